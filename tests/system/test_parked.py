"""What a registry does not take is set aside alone, and operators decide about it."""
import json
import unittest

from base import SystemTest

TAKES_NONE = ("--sandbox-shares", "permanent=100,not-accepted=0,supplement=0,refuse=0")


class ParkedTest(SystemTest):
    def parked(self, *more):
        done = self.house.operator("parked", "list", *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["cases"]

    def decide(self, verb, *more):
        return self.house.operator("parked", verb, "--reason", "test", *more)

    def test_what_the_registry_never_takes_is_parked_and_decided(self):
        self.start_broker()
        windows = self.start_windows(*TAKES_NONE)
        self.start_branch()
        self.submit(self.forms(3))
        self.wait(lambda: len(self.parked()) == 3, "three parked cases")
        first = self.parked()[0]
        self.assertEqual(first["parked"]["class"], "permanent")
        self.assertEqual(first["parked"]["cause"], "test: permanent by the share set")
        self.assertTrue(first["parked"]["holds_units"])
        self.assertEqual(len(self.parked("--window", first["window"], "--class", "permanent")), 1)
        self.assertEqual(self.parked("--class", "poison"), [])
        self.assertEqual(self.parked("--older", "60"), [])
        self.assertEqual(self.house.operator_json("health")["parked"], 3)
        steps = self.house.operator_json("case", "show", first["cid"])["history"]
        told = [step["text"] for step in steps if step["typ"] == "DELIVERY_FAILED"]
        self.assertIn("permanent: test: permanent by the share set", told[0])

        self.assertEqual(self.decide("discard", "--approver", "O:zhang", "--dry-run", first["cid"]).returncode, 0)
        self.assertEqual(len(self.parked()), 3)
        self.assertEqual(self.decide("discard", "--approver", "O:zhang", first["cid"]).returncode, 0)
        self.assertEqual(self.decide("retry", first["cid"]).returncode, 1, "it was decided already")

        windows.stop()
        self.start_windows()
        self.assertEqual(self.decide("retry", "--class", "permanent").returncode, 0)
        self.wait_until_ended(3)
        states = sorted(self.book().last_states().values())
        self.assertEqual(states, ["CERTIFIED", "CERTIFIED", "EXPIRED"])
        self.assertEqual(self.parked(), [])
        self.assertEqual(self.house.operator_json("health")["parked"], 0)


if __name__ == "__main__":
    unittest.main()
