# 25 A whole day is sent again
Why: a restored branch or window sends what it sent already, and each effect could happen twice.
Must hold: nothing changes; the same questions get the same receipts.

when branch A submits unit-1 as first
and the window has first
and the window accepts first as Y-1
and the window examines first
and the window books first as Y-1
and the window certifies first as Y-1 with proof-1
and a checkpoint is written
and branch A sends the application of first again
then the answer is the receipt of first
when the window accepts first as Y-1
and the window examines first
and the window books first as Y-1
and the window certifies first as Y-1 with proof-1
then first is CERTIFIED
and first is not flagged CONTRADICTION
and branch A hears CASE_ACCEPTED of first once
and branch A hears STATUS of first once
and branch A hears CASE_BOOKED of first once
and branch A hears CERT_ISSUED of first once
and the journal gives the same rows again
