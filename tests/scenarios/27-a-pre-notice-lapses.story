# 27 A pre-notice lapses after 90 days
Why: the priority of the pre-notice is lost.
Must hold: from the day the real registration is possible a clock runs, and the bank is reminded in time.

shown by tests/core/test_clock.c::a_pre_notice_has_ninety_days_from_when_the_real_registration_is_possible
