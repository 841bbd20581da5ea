# 19 The clock of a window is three hours ahead
Why: the time of acceptance and of booking is what a court reads, and a wrong clock writes a wrong one.
Must hold: the offset is shown and told to operations; what the registry states is kept as stated; the order on a unit stays the broker's, whatever the window's clock says.

when branch A submits unit-1 as first
and branch B submits unit-1 as second
and the window has first
and the window accepts first as Y-1 by a clock 3 hours ahead
then the acceptance of first is kept as stated, 3 hours ahead
and first is not flagged CONTRADICTION
when the window has second
and the window accepts second as Y-2
then first was sent before second
when the window books first as Y-1 by a clock 3 hours ahead
then first is BOOKED
and first is not flagged ECHO_DIFF
and first is not flagged OUT_OF_ORDER
when the broker is killed and starts again
then the acceptance of first is kept as stated, 3 hours ahead
and the journal gives the same rows again

shown by tests/system/test_clocks.py::test_a_wrong_clock_is_shown_and_told_once_and_a_right_one_is_not
shown by tests/shell/test_offset.c::is_told_by_the_message_that_was_quickest
