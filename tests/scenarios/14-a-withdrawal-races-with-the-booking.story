# 14 A withdrawal races with the booking
Why: the customer thinks it is off, while the right exists.
Must hold: the book wins in both orders; after it only a registration of its own undoes it.

when branch A submits unit-1 as first
and the window has first
and the window accepts first as Y-1
and the branch withdraws first
then first is WITHDRAWING
and first reads 撤回申请待窗口答复，未登簿
when the window books first as Y-1
and the window answers the withdrawal of first with too_late
then first is BOOKED
and first is not flagged CONTRADICTION
when branch A submits unit-2 as second
and the window has second
and the window accepts second as Y-2
and the branch withdraws second
and the window answers the withdrawal of second with too_late
and the window books second as Y-2
then second is BOOKED
and second is not flagged CONTRADICTION
when the branch withdraws second
then the answer is a refusal for WRONG_STATE
when branch A submits unit-3 as third
and the window has third
and the branch withdraws third
and the window answers the withdrawal of third with ok
then third is WITHDRAWN
