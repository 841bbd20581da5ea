# 12 A proof that no longer stands
Why: a proof can be shown for years after its mortgage was cancelled, so a bank may rely on a security that is gone.
Must hold: a cancellation or a transfer told of this mortgage stops the advice at once, and no other proof takes its place.

when branch A submits unit-1 as first
and the window has first
and the window accepts first as Y-1
and the window books first as Y-1
and the window certifies first as Y-1 with proof-1
and the branch checks the proof of first
then the bank may disburse on first
when branch B submits unit-1 as second
and window-1 says cancellation on unit-1 by slip-1 for the mortgage of proof-1
then the bank may not disburse on first
and branch A hears DISBURSE_STOPPED of first once
and branch A is alerted 1 times of first
and branch B is alerted 0 times of second
when the clerk 1042 reads the alert on first
then the bank may not disburse on first
when window-1 says that cancellation on unit-1 by slip-1 for the mortgage of proof-1 has ended
then the bank may disburse on first
and branch B is alerted 0 times of second
when window-1 says transfer on unit-1 by slip-2 for the mortgage of proof-1
then the bank may not disburse on first
when the window certifies first as Y-1 with proof-2
then first is flagged CONTRADICTION
and first has the proof proof-1
and branch A hears CONTRADICTION of first once
when window-1 says that transfer on unit-1 by slip-2 for the mortgage of proof-1 has ended
then the bank may not disburse on first
and the journal gives the same rows again
