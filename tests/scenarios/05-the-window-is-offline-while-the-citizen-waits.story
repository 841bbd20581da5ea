# 05 The window is offline while the citizen sits there
Why: nobody accepts, and "received" must not be read as "accepted".
Must hold: the application is stored and says so, no more; the bank may wait or withdraw at once; when the window is back, the order is kept.

when window-1 leaves
and branch A submits unit-1 as first
then the answer is a receipt
and first is QUEUED
and first reads 已存，未送达，未受理，顺位未定
when branch B submits unit-1 as second
and branch A submits unit-2 as third
and branch A submits unit-3 as regretted
and the branch withdraws regretted
then regretted is WITHDRAWN
when 8 hours pass
then no window got first
and first is not flagged IN_DOUBT
when window-1 comes and takes 8 at a time
then window-1 got first
and window-1 got third
and first was sent before third
and no window got second
when the window has first
then window-1 got second
and no window got regretted
