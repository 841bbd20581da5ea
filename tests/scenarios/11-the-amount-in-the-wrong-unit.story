# 11 The amount in the wrong unit
Why: yuan for ten thousand yuan is a factor of 10 000, and the book, not the contract, counts.
Must hold: amounts are whole fen; what is out of all proportion is found at the counter; a booked amount that differs by one fen is flagged.

shown by tests/checks/test_check_mutations.c::find_exactly_what_was_broken
shown by tests/shell/test_keeper.c::flags_a_booking_that_differs_from_what_was_filed
