# 24 The broker dies in the middle of an update
Why: half a state is worse than none.
Must hold: after every death the rows are those of the journal, a receipt that was given is kept, and nothing is done twice.

when branch A submits unit-1 as first
and a checkpoint is written
and branch B submits unit-1 as second
and the window has first
and the broker is killed and starts again
then first is DELIVERED
and second is QUEUED
when window-1 comes and takes 8 at a time
then window-1 got second
when the window accepts first as Y-1
and the broker is killed and starts again
then first is ACCEPTED
and first has the number Y-1
and branch A hears CASE_ACCEPTED of first once
and the journal gives the same rows again
shown by tests/system/test_kill.py::test_of_the_broker_loses_and_doubles_nothing
shown by tests/system/test_kill.py::test_of_all_three_at_once_loses_and_doubles_nothing
