# 27 A pre-notice lapses after 90 days
Why: the priority of the pre-notice is lost.
Must hold: from the day the real registration is possible a clock runs, the case stays open for it, and the bank is reminded in time; the clock decides nothing.

when branch A submits unit-1 as flat of kind M05
and the window has flat
and the window accepts flat as Y-1
and the window books flat as Y-1
and the window certifies flat as Y-1 with proof-1
and the branch checks the proof of flat
and the window has flat
and 1800 seconds pass
and window-1 says that unit-1 can be registered since 0 days
then the clock of flat is PRENOTICE until 2026-12-29
when 44 days pass
then branch A hears no alarm of PRENOTICE of flat
and flat is CERTIFIED
when 2 days pass
then branch A hears at 50 per cent of PRENOTICE of flat
when the broker is killed and starts again
and 27 days pass
then branch A hears at 80 per cent of PRENOTICE of flat
and branch A hears at 50 per cent of PRENOTICE of flat
and flat is CERTIFIED
when 16 days pass
then flat is CERTIFIED
when 2 days pass
then branch A hears at 100 per cent of PRENOTICE of flat
and flat is ARCHIVED
and flat has the proof proof-1
and the journal gives the same rows again

when window-1 comes and takes 8 at a time
and branch A submits unit-2 as late of kind M05
and the window has late
and the window accepts late as Y-2
and the window books late as Y-2
and the window certifies late as Y-2 with proof-2
and window-1 says that unit-2 can be registered since 85 days
and 1 seconds pass
then branch A hears at 80 per cent of PRENOTICE of late
when 6 days pass
then branch A hears at 100 per cent of PRENOTICE of late
and late is CERTIFIED
when the branch checks the proof of late
then late is CERTIFIED
