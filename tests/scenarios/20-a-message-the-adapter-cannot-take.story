# 20 A message that the window's adapter cannot take
Why: one bad case could block a window for everybody.
Must hold: after so many attempts that case alone is set aside with its unit's line held; other units go on; only persons end it.

when branch A submits unit-1 as poison
and branch B submits unit-1 as behind
and branch B submits unit-2 as other
and the window has other
and 8 hours pass
then poison is PARKED
and branch A hears PARKED of poison once
and no window got behind
and other is DELIVERED
when two operators give up poison
then poison is EXPIRED
and window-1 got behind
shown by tests/system/test_door.py::test_garbage_is_answered
shown by tests/system/test_door.py::test_a_count_beyond_memory_is_answered
