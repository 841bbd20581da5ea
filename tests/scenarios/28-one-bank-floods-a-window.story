# 28 One bank loads its cancellations all at once
Why: while thousands of them go to a window one after the other, the citizen at another bank's counter stands and waits.
Must hold: the counter's case goes with the next place that is free, bulk still gets its share, and nothing overtakes on its own unit.

when branch A loads 200 cases in bulk
then 8 of what was loaded went to a window
when branch B submits unit-1 as counter
then no window got counter
when the window has 1 of what is under way
then window-1 got counter
and 8 of what was loaded went to a window

when branch A submits unit-2 as cancellation in bulk
and branch B submits unit-2 as after-it
and branch B submits unit-at-window-2 as elsewhere
then window-2 got elsewhere
and no window got cancellation
when the broker is killed and starts again
and window-1 comes and takes 8 at a time
and window-2 comes and takes 8 at a time
then no window got cancellation
when the window has 1 of what is under way
then window-1 got cancellation
and no window got after-it
when the window has cancellation
then window-1 got after-it
and cancellation was sent before after-it

when the window has everything as it comes
then 200 of what was loaded went to a window
and the journal gives the same rows again
shown by tests/core/test_queue.c::bulk_gets_one_turn_in_four_however_many_counters_wait
