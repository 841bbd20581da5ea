"""A day's folder, looked at when its broker stands still: is everything as the
journal makes it, and how did one case come to where it is."""
import json
import os
import subprocess
import unittest

from base import BUILD, SystemTest


class StepTest(SystemTest):
    def offline(self, *words, code=0):
        done = subprocess.run([os.path.join(BUILD, "bin", "onevisit"), "replay", *words, "--data",
                               self.house.path("broker")], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_a_case_is_shown_event_by_event_with_the_row_of_the_table_that_decided(self):
        self.start_all()
        self.submit(self.forms(3))
        self.wait_until_ended(3)
        case_id = next(iter(self.book().last_states()))
        self.house.close()

        result = json.loads(self.offline("verify", "--json"))
        self.assertEqual((result["verified"], result["difference_count"]), (result["records"], 0))
        steps = json.loads(self.offline("step", case_id, "--json"))
        self.assertEqual(steps[0]["type"], "CASE_SUBMIT")
        moves = [(decision["state"], decision["event"], decision["to"]) for step in steps for decision in step["decided"]
                 if "to" in decision]
        for move in (("QUEUED", "DISPATCH", "SENT"), ("SENT", "DELIVERED", "DELIVERED"),
                     ("DELIVERED", "ACCEPTED", "ACCEPTED"), ("BOOKED", "CERT_ISSUED", "CERTIFIED")):
            self.assertIn(move, moves)
        for before, after in zip(steps, steps[1:]):
            self.assertEqual(before["after"], after["before"], "one step begins where the one before ended")
        said = self.offline("step", case_id)
        self.assertIn("table: (SENT, DELIVERED) move DELIVERED", said)
        self.assertNotIn("鲁（", said, "no certificate number in clear")

    def test_what_is_no_case_and_what_is_no_folder_is_said(self):
        self.start_broker()
        self.house.close()
        self.assertIn("no such case", self.offline("step", "SD370102-20260930-105-00001A-G", code=1))
        self.assertIn("is not a case id", self.offline("step", "370102", code=2))


if __name__ == "__main__":
    unittest.main()
