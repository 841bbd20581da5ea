# 11 The amount in the wrong unit
Why: yuan for ten thousand yuan is a factor of 10 000, and the book, not the contract, counts.
Must hold: amounts are whole fen; what is out of all proportion is found at the counter; a booked amount that differs by one fen is flagged.

when the counter looks at an application over 800000 yuan
then the counter finds nothing against the amount
when the counter looks at an application over 80 yuan
then the counter finds F10
when the counter looks at an application over 800000000000 yuan
then the counter finds F10

when branch A submits unit-1 as first
and the window has first
and the window accepts first as Y-1
and the window books first as Y-1 over 80 yuan where 800000 yuan were filed
then first is BOOKED
and first is flagged ECHO_DIFF
and first is not flagged MAY_DISBURSE
and branch A hears ECHO_DIFF of first once
and the bank may not disburse on first
and the journal gives the same rows again

when branch A submits unit-2 as second
and the window has second
and the window accepts second as Y-2
and the window books second as Y-2 over 800000 yuan where 800000 yuan were filed
then second is BOOKED
and second is not flagged ECHO_DIFF
shown by tests/checks/test_check_mutations.c::find_exactly_what_was_broken
shown by tests/shell/test_keeper.c::flags_a_booking_that_differs_from_what_was_filed
