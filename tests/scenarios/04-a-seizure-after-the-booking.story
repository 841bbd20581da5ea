# 04 A seizure arrives after booking, before disbursement
Why: the mortgage stands, but the claims of a maximum-amount mortgage stop growing when the bank knows.
Must hold: who read the alert and when is on record; for a maximum-amount mortgage the fixing of the claims is advised.

shown by tests/core/test_risk.c::that_a_person_must_read_blocks_until_then_and_says_who_read_it
shown by tests/core/test_risk.c::advises_to_fix_a_maximum_amount_mortgage_when_its_property_is_seized
shown by tests/core/test_risk.c::is_sent_again_until_it_is_acknowledged
