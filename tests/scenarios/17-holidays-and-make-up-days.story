# 17 A holiday, a make-up Saturday, a calendar that changes
Why: a date promised to a citizen is wrong.
Must hold: clocks run in working time of the window, and are reckoned anew when the calendar or the window's hours change.

shown by tests/core/test_clock.c::alarms_come_at_their_moments_and_the_holiday_does_not_count
shown by tests/core/test_clock.c::the_calendar_changes_while_clocks_run
shown by tests/codes/test_working_time.c::gives_a_make_up_day_the_hours_of_monday_and_keeps_holiday_saturdays_closed
shown by tests/codes/test_working_time.c::lets_the_window_open_and_close_against_the_calendar
