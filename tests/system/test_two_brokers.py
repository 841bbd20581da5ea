"""Two brokers on two copies of one folder (DOMAIN 7, event 30): the old one was
only paused, the new one took over, and the old one comes back. It cannot
acknowledge anything to anybody who met the new one."""
import json
import os
import shutil
import signal
import unittest

from base import BANK, OFFICES, SystemTest
from house import free_port

OLD, NEW = "broker", "broker-new"


class TwoBrokersTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.endpoints = {OLD: self.house.endpoint, NEW: f"tcp://127.0.0.1:{free_port()}"}

    # ---- doing ----

    def signal_old(self, number):
        self.house.processes[OLD].popen.send_signal(number)

    def pause_old(self):
        self.signal_old(signal.SIGSTOP)
        self.addCleanup(self.house.processes[OLD].kill)

    def copy_folder(self):
        for name in ("broker", "head"):
            shutil.copytree(self.house.path(name), self.house.path(NEW, name))

    def start_new(self, *more):
        self.house.start(NEW, "onevisitd", "--data", self.house.path(NEW, "broker"), "--keys", self.house.keys,
                         "--directory", self.house.directory, "--head", self.house.path(NEW, "head"),
                         "--listen", self.endpoints[NEW], "--test", *more)
        self.wait(lambda: self.state(NEW) == "serving", "the new broker serves")

    def point_branch_to(self, broker):
        self.house.processes[BANK.participant].stop()
        self.house.endpoint = self.endpoints[broker]
        return self.house.start_branch(BANK.participant)

    def point_windows_to(self, broker, *more):
        self.house.processes["window"].stop()
        self.house.endpoint = self.endpoints[broker]
        return self.start_windows(*more)

    # ---- seeing ----

    def health(self, broker):
        self.house.endpoint = self.endpoints[broker]
        done = self.house.operator("health")
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def state(self, broker):
        return self.health(broker).get("state")

    def wait_until_fenced(self, broker):
        self.wait(lambda: self.state(broker) == "fenced", lambda: f"the broker is fenced: {self.health(broker)}")

    # ---- the stories ----

    def take_over_while_the_old_one_is_paused(self):
        """Three cases at the old one; the new one on a copy; everybody has moved there."""
        self.start_all()
        self.submit(self.forms(3))
        self.wait_until_ended(3)
        self.pause_old()
        self.copy_folder()
        self.start_new("--take-over")
        self.point_windows_to(NEW)
        self.point_branch_to(NEW)

    def test_a_paused_broker_that_comes_back_acknowledges_nothing(self):
        self.take_over_while_the_old_one_is_paused()
        self.submit(self.forms(3))
        self.wait_until_ended(6)
        self.signal_old(signal.SIGCONT)
        self.wait(lambda: self.state(OLD) == "serving", "the old one is back and knows nothing yet")
        self.assertGreater(self.health(NEW)["epoch"], self.health(OLD)["epoch"])

        branch = self.point_branch_to(OLD)
        self.submit(self.forms(1))
        self.wait_until_fenced(OLD)
        self.assertIn("--take-over", self.health(OLD)["reason"])
        self.wait(lambda: "FENCED" in branch.said(), "the branch says why")
        self.assertEqual(self.book().waiting(), 1, "no receipt of the old one")

        self.point_branch_to(NEW)
        self.wait_until_ended(7)
        self.assertEqual(self.state(NEW), "serving")
        self.assert_both_sides_agree(7)

    def test_a_branch_that_only_said_hello_to_the_new_one_gets_nothing_from_the_old_one(self):
        self.take_over_while_the_old_one_is_paused()
        self.wait(lambda: self.has_met(1000000), "the branch has met the new one")
        self.signal_old(signal.SIGCONT)
        self.point_branch_to(OLD)
        self.submit(self.forms(1))
        self.wait_until_fenced(OLD)
        self.assertEqual(self.book().waiting(), 1)
        self.point_branch_to(NEW)
        self.wait_until_ended(4)
        self.assert_both_sides_agree(4)

    def has_met(self, epoch):
        met = self.book().book.execute("SELECT max(epoch) FROM opening").fetchone()[0]
        return met is not None and met >= epoch

    def test_a_window_that_met_the_new_one_stops_the_old_one_for_all(self):
        self.take_over_while_the_old_one_is_paused()
        self.submit(self.forms(2))
        self.wait_until_ended(5)
        self.signal_old(signal.SIGCONT)
        windows = self.point_windows_to(OLD)
        self.wait_until_fenced(OLD)
        self.wait(lambda: "FENCED" in windows.said(), "the windows say why")
        self.house.make_keys("B:105452099997")
        with self.subTest("a branch that met nobody yet is not served either"):
            self.assertEqual(self.house.operator("directory", "load").returncode, 0)
            other = self.house.start_branch("B:105452099997")
            self.wait(lambda: "FENCED" in other.said(), "the other branch is refused")

    def test_a_case_on_its_way_is_booked_once(self):
        """Cases wait for windows that are away when the old one stops; both brokers know them."""
        self.start_broker()
        self.start_branch()
        self.submit(self.forms(6))
        self.wait(lambda: self.book().waiting() == 0, "all are stored")
        self.pause_old()
        self.copy_folder()
        self.start_new("--take-over")
        self.start_windows()
        self.point_branch_to(NEW)
        self.wait_until_ended(6)
        self.signal_old(signal.SIGCONT)
        self.point_windows_to(OLD)
        self.wait_until_fenced(OLD)
        self.assert_both_sides_agree(6)

    def test_two_starts_of_one_number_do_not_share_a_branch(self):
        """Neither was told to take over: who met the one is not served by the other, and it says so."""
        self.start_broker()
        self.house.processes[OLD].stop()
        self.copy_folder()
        self.start_broker()
        self.start_new()
        self.assertEqual(self.health(OLD)["epoch"], self.health(NEW)["epoch"])
        self.house.endpoint = self.endpoints[OLD]
        self.start_branch()
        self.point_branch_to(NEW)
        self.submit(self.forms(1))
        self.wait_until_fenced(NEW)
        self.assertEqual(self.book().waiting(), 1)
        self.house.processes[NEW].stop()
        self.start_new("--take-over")
        self.wait(lambda: self.book().waiting() == 0, "the one that took over serves the branch")

    def test_a_broker_on_a_folder_in_use_is_refused_with_a_clear_message(self):
        self.start_broker()
        done = self.house.run("onevisitd", "--data", self.house.path("broker"), "--keys", self.house.keys, "--directory",
                              self.house.directory, "--head", self.house.path("head"), "--listen",
                              self.endpoints[NEW], "--test", "--take-over", seconds=30)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("IN_USE", done.stderr)
        self.assertIn(self.house.path("broker"), done.stderr)
        self.assertTrue(os.path.exists(self.house.path("broker", "db", "LOCK")))


if __name__ == "__main__":
    unittest.main()
