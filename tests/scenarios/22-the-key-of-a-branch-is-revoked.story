# 22 The key of a branch is revoked
Why: who holds a lost key could file in the bank's name.
Must hold: from the revocation on nothing with this key is taken, also in a session that stands.

shown by tests/system/test_door.py::test_a_revoked_key_is_refused_at_its_next_message
shown by tests/system/test_door.py::test_an_unknown_key_is_refused_and_shown
