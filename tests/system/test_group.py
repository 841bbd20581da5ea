"""One loan with units in two counties: two cases of one group, each booked by its own window."""
import json
import unittest

from base import BANK, OFFICES, SystemTest

EARLY, LATE = OFFICES[0], OFFICES[2]


class GroupTest(SystemTest):
    """The early window works from the beginning; the late one comes when the test says so."""

    def setUp(self):
        super().setUp()
        self.start_broker()
        self.open_window(EARLY, "early")
        self.start_branch()

    def open_window(self, office, name, refused=0):
        self.house.start_windows([office.participant], "--adapter", "sandbox", "--sandbox-shares",
                                 f"not-accepted=0,supplement=0,refuse={refused}", name=name)

    def submit(self, forms, group):
        text = "".join(json.dumps(form, ensure_ascii=False) + "\n" for form in forms)
        return self.house.branch(BANK.participant, "submit", "--group", group, "--wait", "stored", "-", text=text)

    def group(self, name, *more):
        return self.house.branch(BANK.participant, "group", name, *more)

    def status(self, name):
        done = self.group(name, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def wait_for_word(self, name, word):
        self.wait(lambda: self.status(name)["word"] == word, lambda: f"{word}; it is {self.status(name)}")

    def forms(self):
        return [self.maker.application(office, BANK, "M01") for office in (EARLY, LATE)]

    def test_a_group_is_partly_booked_until_the_second_window_has_come(self):
        done = self.submit(self.forms(), "两地-1")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.wait_for_word("两地-1", "partly_booked")
        states = {case["window"]: case["state"] for case in self.status("两地-1")["cases"]}
        self.assertEqual(set(states), {EARLY.participant, LATE.participant})
        self.assertEqual(states[LATE.participant], "QUEUED")
        shown = self.group("两地-1").stdout
        self.assertIn("部分登簿 partly booked", shown)
        self.assertIn("(QUEUED)", shown)
        self.open_window(LATE, "late")
        self.wait_for_word("两地-1", "booked")

    def states(self, name):
        return {case["window"]: case["state"] for case in self.status(name)["cases"]}

    def wait_for_state(self, name, office, state):
        self.wait(lambda: self.states(name)[office.participant] == state, lambda: f"{state}; it is {self.status(name)}")

    def test_a_half_that_is_refused_leaves_the_group_partly_booked_for_good(self):
        self.submit(self.forms(), "两地-2")
        self.wait_for_state("两地-2", EARLY, "CERTIFIED")
        self.open_window(LATE, "late", refused=100)
        self.wait_for_state("两地-2", LATE, "REFUSED")
        self.assertEqual(self.status("两地-2")["word"], "partly_booked")
        shown = self.group("两地-2").stdout
        self.assertIn("部分登簿 partly booked", shown)
        for words in ("(CERTIFIED)", "(REFUSED)"):
            self.assertIn(words, shown)
        self.assertNotIn("全部登簿", shown)

    def test_a_group_of_which_no_half_is_booked_has_ended(self):
        self.open_window(LATE, "late", refused=100)
        self.submit([self.maker.application(LATE, BANK, "M01") for _ in range(2)], "两地-4")
        self.wait_for_word("两地-4", "ended")
        shown = self.group("两地-4").stdout
        self.assertIn("已结束，均未登簿 ended, none booked", shown)

    def test_a_group_nobody_filed_is_not_known(self):
        done = self.group("G-9")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("no group of this name", done.stderr)

    def test_a_name_that_is_too_long_is_refused_before_anything_is_filed(self):
        done = self.submit(self.forms(), "x" * 41)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertIn("--group", done.stderr)
        self.assertEqual(self.group("x" * 41).returncode, 2)
        self.assertEqual(self.book().cases(), [])


if __name__ == "__main__":
    unittest.main()
