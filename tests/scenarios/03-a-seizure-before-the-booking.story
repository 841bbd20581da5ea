# 03 A seizure arrives after acceptance, before booking
Why: seized property must not be mortgaged, and the bank must know before it pays.
Must hold: the alert reaches every open case of the unit, ahead of the ordinary feed, and the disbursing stops, whichever comes first.

when branch A submits unit-1 as first
and branch B submits unit-1 as second
and branch B submits unit-2 as elsewhere
and the window has first
and the window accepts first as Y-1
and window-1 says seizure on unit-1 by order-1
then first is flagged RISK
and second is flagged RISK
and elsewhere is not flagged RISK
and branch A is alerted 1 times of first
and branch B is alerted 1 times of second
and branch B is alerted 0 times of elsewhere
when the window books first as Y-1
and the window certifies first as Y-1 with proof-1
and the branch checks the proof of first
then first is CERTIFIED
and the bank may not disburse on first
when the clerk 1042 reads the alert on first
then the bank may not disburse on first
when window-1 says that seizure on unit-1 by order-1 has ended
then first is not flagged RISK
and the bank may disburse on first
and branch A is alerted 2 times of first
and the journal gives the same rows again
shown by tests/core/test_risk.c::reaches_every_open_case_of_the_unit_and_no_other
shown by tests/core/test_risk.c::overtakes_the_ordinary_feed_but_not_its_own_case
shown by tests/core/test_risk.c::before_the_booking_or_after_it_stops_the_disbursing_until_it_ended_and_was_read
