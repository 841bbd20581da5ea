# 13 The proof does not come after the booking
Why: a bank that waits for the paper files again, and then there are two entries and two fees.
Must hold: the booking alone stands; the clock alarms and decides nothing, but the window is asked again for the proof, so many times and no
Must hold: oftener; nothing is filed twice; the late proof is taken, and one that comes twice is one.

when branch A submits unit-1 as first
and the window has first
and the window accepts first as Y-1
and the window books first as Y-1
and 1200 seconds pass
then the window was asked 0 times for the proof of first
when 1 hours pass
then branch A hears at 50 per cent of CERTIFICATE of first
and branch A hears at 80 per cent of CERTIFICATE of first
and branch A hears at 100 per cent of CERTIFICATE of first
and the window was asked 2 times for the proof of first
and first is BOOKED
and the bank may not disburse on first
when the broker is killed and starts again
and 3 hours pass
then the window was asked 2 times for the proof of first
when window-1 comes and takes 8 at a time
and 1 seconds pass
then the window was asked 3 times for the proof of first
and branch A hears at 100 per cent of CERTIFICATE of first
when branch A files the application of first anew
then the answer is a refusal for DUP_CASE
when the window books first as Y-1
then the answer is a receipt
and first is BOOKED
and first is not flagged CONTRADICTION
and branch A hears CASE_BOOKED of first once
when the window certifies first as Y-1 with proof-1
and the window certifies first as Y-1 with proof-1
and 20 hours pass
then first is CERTIFIED
and first has the proof proof-1
and first is not flagged CONTRADICTION
and branch A hears CERT_ISSUED of first once
and the window was asked 3 times for the proof of first
when the branch checks the proof of first
then the bank may disburse on first
and the journal gives the same rows again

shown by tests/system/test_clocks.py::test_a_proof_that_nobody_told_is_asked_for_and_comes
