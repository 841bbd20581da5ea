# 23 The disk is full
Why: a receipt without a durable record is a promise that breaks.
Must hold: nothing is acknowledged that is not on disk; what was committed stays; new cases are held back before the disk is full, answers of windows are not.

shown by tests/store/test_journal_open.c::keeps_all_that_was_committed_when_the_disk_gets_full
shown by tests/store/test_journal_open.c::refuses_a_nearly_full_disk_before_anything_is_made
shown by tests/branch/agent.c::acknowledges_nothing_while_the_disk_is_full_and_goes_on_after_it
shown by tests/shell/test_guard.c::shuts_when_less_is_free_than_is_reserved
shown by tests/shell/test_guard.c::holds_back_what_is_new_and_nothing_else
