# 23 The disk is full
Why: a receipt without a durable record is a promise that breaks.
Must hold: nothing is acknowledged that is not on disk; what was committed stays; a nearly full disk is refused before anything is made.

shown by tests/store/test_journal_open.c::keeps_all_that_was_committed_when_the_disk_gets_full
shown by tests/store/test_journal_open.c::refuses_a_nearly_full_disk_before_anything_is_made
shown by tests/branch/agent.c::acknowledges_nothing_while_the_disk_is_full_and_goes_on_after_it
