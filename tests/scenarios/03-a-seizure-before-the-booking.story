# 03 A seizure arrives after acceptance, before booking
Why: seized property must not be mortgaged, and the bank must know before it pays.
Must hold: the alert reaches every open case of the unit, ahead of the ordinary feed, and the disbursing stops, whichever comes first.

shown by tests/core/test_risk.c::reaches_every_open_case_of_the_unit_and_no_other
shown by tests/core/test_risk.c::overtakes_the_ordinary_feed_but_not_its_own_case
shown by tests/core/test_risk.c::before_the_booking_or_after_it_stops_the_disbursing_until_it_ended_and_was_read
