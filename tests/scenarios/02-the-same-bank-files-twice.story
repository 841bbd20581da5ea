# 02 The same bank files twice
Why: a double click, a retry, a new message id after a time-out; each could become a second number, a second proof, a second fee.
Must hold: the same message gets the same receipt; the same application under a new id is refused while the first is open; the same id with other content is refused.

when branch A submits unit-1 as first
and branch A sends the application of first again
then the answer is the receipt of first
when the broker is killed and starts again
and branch A sends the application of first again
then the answer is the receipt of first
when branch A files the application of first anew
then the answer is a refusal for DUP_CASE
when branch A sends the application of first again with one fen changed
then the answer is a refusal for DUP_CONFLICT
when the window has first
and the window accepts first as Y-1
and branch A files the application of first anew
then the answer is a refusal for DUP_CASE
