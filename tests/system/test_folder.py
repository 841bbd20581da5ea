"""Starting and stopping: clean ends, and folders that must not be opened."""
import os
import re
import signal
import sqlite3
import unittest

from base import BANK, SystemTest


class FolderTest(SystemTest):
    def test_all_programs_stop_cleanly_on_sigterm(self):
        self.start_all()
        self.submit(self.forms(5))
        self.wait_until_some_certified(1)
        self.assertEqual(set(self.house.close().values()), {0})

    def test_the_broker_stops_cleanly_on_sigint_too(self):
        self.start_broker()
        broker = self.house.processes["broker"]
        broker.popen.send_signal(signal.SIGINT)
        self.assertEqual(broker.popen.wait(20), 0)

    def test_a_second_broker_on_the_same_folder_is_refused(self):
        self.start_broker()
        done = self.broker_that_ends("--listen", "tcp://127.0.0.1:*")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("IN_USE", done.stderr)
        self.house.wait_until_serving()

    def test_a_second_branch_agent_on_the_same_folder_is_refused(self):
        self.start_broker()
        self.start_branch()
        self.wait(lambda: os.path.exists(self.house.path("branch", BANK.cnaps, "branch.db")), "the branch's book")
        done = self.house.run("onevisit-branch", "run", "--endpoint", self.house.endpoint, "--keys", self.house.keys,
                              *self.house.branch_arguments(BANK.participant))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("in use by another", done.stderr)

    def test_a_folder_sealed_as_test_is_refused_in_production(self):
        self.start_broker()
        self.house.processes["broker"].stop()
        done = self.broker_that_ends("--listen", self.house.endpoint, is_test=False)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("SEALED_OTHERWISE", done.stderr)

    def test_a_broker_folder_of_a_newer_version_is_refused(self):
        self.start_broker()
        self.house.processes["broker"].stop()
        with open(self.house.path("broker", "SEAL"), "r+b") as seal:
            seal.seek(8)
            seal.write((99).to_bytes(4, "big"))
        done = self.broker_that_ends("--listen", self.house.endpoint)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("NEWER", done.stderr)

    def test_a_branch_book_of_a_newer_version_is_refused(self):
        self.start_all()
        self.submit(self.forms(1))
        self.wait_until_ended(1)
        self.house.close()
        path = self.house.path("branch", BANK.cnaps, "branch.db")
        with sqlite3.connect(path) as book:
            book.execute("PRAGMA user_version = 4711")
        book.close()
        done = self.house.branch(BANK.participant, "outbox")
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr, re.compile("newer", re.I))

    def broker_that_ends(self, *more, is_test=True):
        return self.house.run("onevisitd", "--data", self.house.path("broker"), "--keys", self.house.keys,
                              "--directory", self.house.directory, "--head", self.house.path("head"), *more,
                              *(["--test"] if is_test else []), seconds=30)

    def test_an_address_that_is_not_one_makes_no_folder(self):
        done = self.broker_that_ends("--listen", "127.0.0.1:7136")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("tcp://ADDRESS:PORT", done.stderr)
        self.assertFalse(os.path.exists(self.house.path("broker")))

    def test_an_agent_says_how_an_endpoint_is_written(self):
        done = self.house.run("onevisit-branch", "run", "--endpoint", "127.0.0.1:7136", "--keys", self.house.keys,
                              *self.house.branch_arguments(BANK.participant))
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("tcp://HOST:PORT", done.stderr)

    def test_a_restart_keeps_every_case(self):
        self.start_all()
        self.submit(self.forms(6))
        self.wait_until_ended(6)
        before = self.house.operator_json("case", "list")
        self.house.processes["broker"].stop()
        self.house.processes["broker"].start()
        self.house.wait_until_serving()
        after = self.house.operator_json("case", "list")
        self.assertEqual(len(before["cases"]), 6)
        self.assertEqual(before["cases"], after["cases"])


if __name__ == "__main__":
    unittest.main()
