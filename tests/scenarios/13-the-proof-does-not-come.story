# 13 The proof does not come after the booking
Why: a bank that waits for the paper files again, and then there are two entries and two fees.
Must hold: the booking alone stands; the clock alarms and decides nothing; nothing is filed twice; the late proof is taken.

when branch A submits unit-1 as first
and the window has first
and the window accepts first as Y-1
and the window books first as Y-1
and 3 hours pass
then branch A hears at 50 per cent of CERTIFICATE of first
and branch A hears at 80 per cent of CERTIFICATE of first
and branch A hears at 100 per cent of CERTIFICATE of first
and first is BOOKED
and the bank may not disburse on first
when branch A files the application of first anew
then the answer is a refusal for DUP_CASE
when the window books first as Y-1
then the answer is a receipt
and first is BOOKED
and first is not flagged CONTRADICTION
and branch A hears CASE_BOOKED of first once
when 20 hours pass
and the window certifies first as Y-1 with proof-1
then first is CERTIFIED
and first has the proof proof-1
and first is not flagged CONTRADICTION
and branch A hears CERT_ISSUED of first once
when the branch checks the proof of first
then the bank may disburse on first
and the journal gives the same rows again
