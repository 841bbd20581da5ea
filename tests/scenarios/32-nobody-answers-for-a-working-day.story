# 32 Nobody answers for a working day
Why: the law may treat silence as acceptance, and both sides quarrel over it.
Must hold: the claim is shown with the delivery it rests on, and never applied: the state stays until the registry speaks.

when branch A submits unit-1 as first
and the window has first
then first is not flagged DEEMED_ACCEPT_CLAIM
when 210 hours pass
then first is DELIVERED
and first reads 已送达窗口，未受理，顺位未定
and first is flagged DEEMED_ACCEPT_CLAIM
when the window accepts first as Y-1
then first is ACCEPTED
and first is not flagged CONTRADICTION
and the journal gives the same rows again
shown by tests/core/test_clock.c::alarms_and_the_claim_never_change_the_state
