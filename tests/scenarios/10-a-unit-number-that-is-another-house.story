# 10 A mis-typed unit number is a valid other house
Why: the unit number has no check digit, so a slip can name a stranger's home.
Must hold: what the book says is held against what was filed, and a difference is shown to the bank.

when branch A submits unit-1 as first
and the window has first
and the window accepts first as Y-1
and the window books first on unit-2 as Y-1
then first is BOOKED
and first is flagged ECHO_DIFF
and first is not flagged MAY_DISBURSE
and branch A hears ECHO_DIFF of first once
