# 18 A district is merged while cases are open
Why: the old district's window is gone, and the same unit has two numbers.
Must hold: a unit under its old district number goes to the new window, and stands in one line with its new number.

when window-penglai comes and takes 8 at a time
and branch A submits unit-of-old-penglai as first
then window-penglai got first
when branch B submits the-same-unit-of-new-penglai as second
then no window got second
when the window has first
then window-penglai got second
