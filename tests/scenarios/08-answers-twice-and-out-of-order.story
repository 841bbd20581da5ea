# 08 The registry answers twice and out of order
Why: the booking comes before the acceptance, the proof before the booking, and each may come twice.
Must hold: the end is the same in every order, each word is told once, the missing step is marked.

when branch A submits unit-1 as first
and the window certifies first as Y-1 with proof-1
then first is DELIVERED
and first reads 已送达窗口，未受理，顺位未定
when the window books first as Y-1
and the window books first as Y-1
and the window accepts first as Y-1
and the window says late that it has first
and the window accepts first as Y-1
then first is CERTIFIED
and first has the number Y-1
and first has the proof proof-1
and first is flagged OUT_OF_ORDER
and first is not flagged CONTRADICTION
and branch A hears CASE_BOOKED of first once
and branch A hears CASE_ACCEPTED of first once
and the journal gives the same rows again
shown by tests/core/test_permutation.c::seven_words_of_one_long_history_end_certified
