# 17 A holiday, a make-up Saturday, a calendar that changes
Why: a date promised to a citizen is wrong.
Must hold: clocks run in working time of the window, and are reckoned anew when the calendar or the window's hours change.

then 1 working days after 2026-09-30 end on 2026-10-08
and 5 working days after 2026-09-30 end on 2026-10-13
and 1 working days after 2026-10-09 end on 2026-10-10
and 1 working days after 2026-10-10 end on 2026-10-12
and 1 working days after 2026-02-13 end on 2026-02-14
and 1 working days after 2026-02-14 end on 2026-02-24
and 5 working days after 2026-02-13 end on 2026-02-27
and 30 working days after 2026-02-13 end on 2026-04-02
and 5 working days after 2025-09-28 end on 2025-10-11
and 5 working days after 2020-01-23 end on 2020-02-07

when branch A submits unit-1 as first
and the window has first
and the window accepts first as Y-1
then the clock of first is EXAMINATION until 2026-10-13
when the calendar takes 2026-10-09 off
then the clock of first is EXAMINATION until 2026-10-14
and the clock of first is reckoned with the calendar changed
and 5 working days after 2026-09-30 end on 2026-10-14
when the broker is killed and starts again
then the clock of first is EXAMINATION until 2026-10-14
when the calendar makes 2026-10-07 a working day
then the clock of first is EXAMINATION until 2026-10-12
when noon of 2026-10-07 comes
then branch A hears no alarm of EXAMINATION of first
when noon of 2026-10-09 comes
then branch A hears at 50 per cent of EXAMINATION of first
when the calendar takes 2026-10-10 off
then the clock of first is EXAMINATION until 2026-10-14
when noon of 2026-10-14 comes
then branch A hears at 80 per cent of EXAMINATION of first
when noon of 2026-10-15 comes
then branch A hears at 50 per cent of EXAMINATION of first
and branch A hears at 100 per cent of EXAMINATION of first
and first is ACCEPTED
and the journal gives the same rows again

shown by tests/codes/test_working_time.c::gives_a_make_up_day_the_hours_of_monday_and_keeps_holiday_saturdays_closed
shown by tests/codes/test_working_time.c::lets_the_window_open_and_close_against_the_calendar
