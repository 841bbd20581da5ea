# 15 The window asks for more again and again
Why: every round can be a second visit of the citizen.
Must hold: one round after acceptance; the next is the window's word, so it is told, but the answer waits until an operator agreed.

when branch A submits unit-1 as first
and the window has first
and the window asks for more about first in round 1
then first is SUPP_PRE
when the branch completes first in round 1
and the window has first
and the window accepts first as Y-1
and the window asks for more about first in round 2
then first is SUPP_POST
when the branch completes first in round 2
then first is REVIEW
when the window asks for more about first in round 3
then first is SUPP_POST
and branch A hears ROUND_LIMIT of first once
when the branch completes first in round 3
then the answer is a refusal for ROUND_LIMIT
when an operator allows one more round of first
and the branch completes first in round 3
then the answer is a receipt
and first is REVIEW
