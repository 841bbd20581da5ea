"""A broker whose disk was put back to an older state: nobody is served with a
hole in the journal, and an operator's decision to go on is safe."""
import json
import shutil
import unittest

from base import BANK, SystemTest


class LossTest(SystemTest):
    def keep_a_copy(self):
        for name in ("broker", "head"):
            shutil.copytree(self.house.path(name), self.house.path("copy", name))

    def put_the_copy_back(self):
        for name in ("broker", "head"):
            shutil.rmtree(self.house.path(name))
            shutil.copytree(self.house.path("copy", name), self.house.path(name))

    def health(self):
        done = self.house.operator("health")
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def lose_three_of_six(self):
        """Six cases end; then the disk is as it was after three."""
        self.start_all()
        self.submit(self.forms(3))
        self.wait_until_ended(3)
        self.house.processes["broker"].stop()
        self.keep_a_copy()
        self.start_broker()
        self.submit(self.forms(3))
        self.wait_until_ended(6)
        self.known = set(self.book().last_states())
        self.house.processes["broker"].stop()
        self.put_the_copy_back()

    def test_a_broker_behind_its_receipts_serves_nobody(self):
        self.lose_three_of_six()
        self.house.start_broker()
        self.wait(lambda: self.health().get("state") == "behind", lambda: f"the broker is behind: {self.health()}")
        self.assertIn("holds receipt", self.health()["reason"])
        self.assertEqual(self.house.operator("health").returncode, 1)
        self.submit(self.forms(1))
        self.wait(lambda: "BEHIND" in self.house.processes[BANK.participant].said(), "the branch was told why")
        self.assertEqual(self.book().waiting(), 1, "what was handed in waits in the outbox")

    def test_an_accepted_loss_gives_no_case_id_twice(self):
        self.lose_three_of_six()
        self.house.start_broker("--accept-loss")
        self.house.wait_until_serving()
        done = self.house.branch(BANK.participant, "resend", "--since", "0")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.submit(self.forms(2))

        def all_stored():
            return self.book().waiting() == 0
        self.wait(all_stored, "everything handed in has its receipt again")
        done = self.house.operator("case", "list", "--count", "100")
        self.assertEqual(done.returncode, 0, done.stderr)
        listed = json.loads(done.stdout)
        new = {case["cid"] for case in listed["cases"]} - self.known
        self.assertGreaterEqual(len(new), 2)
        counters = sorted(case_id[22:28] for case_id in self.known)
        for case_id in new:
            self.assertNotIn(case_id[22:28], counters, "the counter skipped what may have been given")


if __name__ == "__main__":
    unittest.main()
