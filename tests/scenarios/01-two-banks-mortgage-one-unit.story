# 01 Two banks mortgage one unit at the same time
Why: the rank is the order of acceptance, so whoever is overtaken on the way loses it.
Must hold: the window gets them in the order the broker stored them, one after the other, also when the broker dies between.

when branch A submits unit-1 as first
and branch B submits unit-1 as second
then window-1 got first
and no window got second
when the broker is killed and starts again
and window-1 comes and takes 8 at a time
then no window got second
when the window has first
then window-1 got second
and first was sent before second
and the journal gives the same rows again
