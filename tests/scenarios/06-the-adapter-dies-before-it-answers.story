# 06 The window's adapter dies after storing, before it answers
Why: the broker cannot know whether the window has the case.
Must hold: the same message is sent again, the doubt is shown, no second case is made, nothing overtakes on the unit.

when branch A submits unit-1 as first
and branch B submits unit-1 as second
then window-1 got first
when window-1 leaves
and window-1 comes and takes 8 at a time
and 10 seconds pass
then first is QUEUED
and first is flagged IN_DOUBT
and branch A hears IN_DOUBT of first once
and no window got second
when the window has first
then first is DELIVERED
and first is not flagged IN_DOUBT
and window-1 got second
shown by tests/system/test_kill.py::test_of_the_window_agent_loses_and_doubles_nothing
