# 22 The key of a branch is revoked, or comes to its end
Why: who holds a lost key could file in the bank's name; a key that ends unnoticed cuts a branch off from what is under way.
Must hold: a revoked key gets nothing taken, also in a session that stands; one that has ended still receives, and what it sends waits for the renewal.

shown by tests/system/test_door.py::test_a_revoked_key_is_refused_at_its_next_message
shown by tests/system/test_door.py::test_an_unknown_key_is_refused_and_shown
shown by tests/system/test_door.py::test_a_key_that_has_ended_receives_and_sends_nothing_until_it_is_renewed
