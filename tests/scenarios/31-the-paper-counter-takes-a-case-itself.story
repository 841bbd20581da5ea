# 31 The paper counter takes a case itself
Why: the broker never saw that case, so its order on the unit is not the whole order, and a bank may lend on a rank it has not.
Must hold: every bank with a case on the unit hears that another is under way; the rank is the one booked; another rank stops the advice.

when branch A submits unit-1 as first
and branch B submits unit-1 as second
and the window has first
and the window accepts first as Y-1
and window-1 says other_case on unit-1 by counter-1
then branch A is alerted 1 times of first
and branch B is alerted 1 times of second
and first is ACCEPTED
when the clerk 1042 reads the alert on first
and the window books first as Y-1 at another rank than filed
and the window certifies first as Y-1 with proof-1
and the branch checks the proof of first
then first is flagged RANK_DIFF
and first is flagged ECHO_DIFF
and branch A hears ECHO_DIFF of first once
and the bank may not disburse on first
when the window has second
and the window accepts second as Y-2
and the window books second as Y-2
and the window certifies second as Y-2 with proof-2
and the branch checks the proof of second
then second is not flagged RANK_DIFF
and the bank may not disburse on second
when the clerk 2077 reads the alert on second
then the bank may disburse on second
and the journal gives the same rows again
shown by tests/checks/test_echo.c::names_each_field_of_the_book_that_differs
