# 20 A message that the window's adapter cannot take
Why: one bad case could block a window for everybody.
Must hold: after so many attempts that case alone is set aside with its unit's line held; other units go on; only persons end it.

when branch A submits unit-1 as poison
and branch B submits unit-1 as behind
and branch B submits unit-2 as other
and the window has other
and the window fails to take poison as poison
and 12 seconds pass
and the window fails to take poison as poison
then poison is QUEUED
when the broker is killed and starts again
and window-1 comes and takes 8 at a time
and the window fails to take poison as poison
then poison is PARKED
and poison is set aside as poison after 3 attempts
and branch A hears PARKED of poison once
and no window got behind
and other is DELIVERED
when two operators give up poison
then poison is EXPIRED
and window-1 got behind
shown by tests/system/test_door.py::test_garbage_is_answered
shown by tests/system/test_door.py::test_a_count_beyond_memory_is_answered
shown by tests/system/test_parked.py::test_what_the_registry_never_takes_is_parked_and_decided
shown by tests/window/setback.c::what_the_program_crashes_over_three_times_is_poison
