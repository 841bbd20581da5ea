# 09 The registry contradicts itself
Why: refused and then booked, or two numbers for one case: a double entry in the registry that no program may settle.
Must hold: what came second is stored, flagged and told, and never applied; two people decide, and what they decide is journaled.

when branch A submits unit-1 as first
and the window has first
and the window accepts first as Y-1
and the window refuses first
and the window books first as Y-1
then the answer is a receipt
and first is REFUSED
and first is flagged CONTRADICTION
and branch A hears CONTRADICTION of first once
when an operator says that the record of first is right
then first is flagged CONTRADICTION
when an operator says that the record of first is right
then the answer is a refusal for FOUR_EYES
when another operator says that the record of first is right
then first is not flagged CONTRADICTION
and first is REFUSED
and branch A hears CONTRADICTION_SETTLED of first once
when branch B submits unit-2 as second
and the window has second
and the window accepts second as Y-2
and the window accepts second as Y-3
then second is ACCEPTED
and second has the number Y-2
and second is flagged CONTRADICTION
when the window books second as Y-2
then second is BOOKED
shown by tests/core/test_permutation.c::an_inconsistent_history_is_flagged_whichever_comes_first
