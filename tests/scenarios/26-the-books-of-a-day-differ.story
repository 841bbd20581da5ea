# 26 The books of bank and registry differ at the end of a day
Why: a row that one side lost, or has and nobody filed, stays unseen until somebody relies on it.
Must hold: every difference is listed with its class and an owner; what is only late closes by itself, the rest waits for two people.

when branch A submits unit-1 as first
and branch A submits unit-2 as second
and branch A submits unit-3 as third
and the window has first
and the window has second
and the window has third
and the window accepts first as Y-1
and the window accepts second as Y-2
and the window accepts third as Y-3
and the window books first as Y-1
and the window books second as Y-2
and the window books third as Y-3
and the book of A is as the broker has the day
and the books are compared
then they differ in 0 places
when the window certifies third as Y-3 with proof-1
and it loses first
and it has second under another number
and the books are compared
then they differ in 3 places
and first is listed as only-window with the owner A
and second is listed as field-diff with the owner A
and third is listed as state-lag with the owner A
when the book of A is as the broker has the day
and it loses first
and it has a booking like second that nobody filed as ghost
and the books are compared
then they differ in 2 places
and the lag of third is made up
and ghost is listed as only-bank with the owner K
and second is listed as field-diff with the owner A
when two operators say that the record of first is right in this book
then two people decided about first
and first is BOOKED
when the book of window-1 is as the broker has the day
and it loses first
and it has second with one fen more
and it knows no proof of third
and it has a booking like third that nobody filed as stranger
and the books are compared
then they differ in 4 places
and first is listed as only-bank with the owner window-1
and second is listed as field-diff with the owner window-1
and third is listed as state-lag with the owner window-1
and stranger is listed as only-window with the owner K
and the journal gives the same rows again
shown by tests/system/test_recon.py::test_altered_rows_of_a_branch_are_found_each_with_its_class
shown by tests/system/test_recon.py::test_altered_rows_of_a_window_are_found_each_with_its_class
