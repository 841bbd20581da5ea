# 04 A seizure arrives after booking, before disbursement
Why: the mortgage stands, but the claims of a maximum-amount mortgage stop growing when the bank knows.
Must hold: who read the alert and when is on record; for a maximum-amount mortgage the fixing of the claims is advised.

when branch A submits unit-1 as first of kind M07
and the window has first
and the window accepts first as Y-1
and the window books first as Y-1
and the window certifies first as Y-1 with proof-1
and the branch checks the proof of first
then the bank may disburse on first
when window-1 says seizure on unit-1 by order-1
then the bank may not disburse on first
and first is CERTIFIED
and branch A hears DISBURSE_STOPPED of first once
and branch A is advised M09 for first
when the clerk 1042 reads the alert on first
then the alert order-1 on first was read by 1042
and the bank may not disburse on first
when the broker is killed and starts again
then the alert order-1 on first was read by 1042
and the journal gives the same rows again
shown by tests/core/test_risk.c::that_a_person_must_read_blocks_until_then_and_says_who_read_it
shown by tests/core/test_risk.c::advises_to_fix_a_maximum_amount_mortgage_when_its_property_is_seized
shown by tests/core/test_risk.c::is_sent_again_until_it_is_acknowledged
