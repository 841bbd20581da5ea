# 07 The registry answers days later
Why: a timer that decides would close a case that the registry goes on with.
Must hold: time raises alarms and never decides; a late answer counts.

when branch A submits unit-1 as first
and the window has first
and 200 hours pass
then first is DELIVERED
when the window accepts first as Y-1
then first is ACCEPTED
when 200 hours pass
and the window books first as Y-1
then first is BOOKED
and first is not flagged CONTRADICTION
and branch A hears CASE_BOOKED of first once
