"""Clocks of real processes: a proof that is asked for, alarms that are told, and a participant whose own clock is wrong."""
import os
import unittest

import msgpack
from base import BANK, OFFICES, SystemTest
from client import Branch, Window

WINDOW = OFFICES[0].participant
AHEAD_US = 3 * 3600 * 1000000


class WindowOfTheFuture(Window):
    """A window whose clock is three hours ahead."""

    def frames(self, kind, body, *arguments, **more):
        envelope, *others = super().frames(kind, body, *arguments, **more)
        fields = msgpack.unpackb(envelope)
        fields["ts"] += AHEAD_US
        return [msgpack.packb(fields), *others]


class OffsetTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.start_broker()

    def test_a_wrong_clock_is_shown_and_told_once_and_a_right_one_is_not(self):
        context = self.context()
        branch = self.client(Branch, BANK.participant, context)
        window = self.client(WindowOfTheFuture, WINDOW, context)

        def health():
            for client in (branch, window):
                client.turn()
            return self.house.operator_json("health")

        self.wait(lambda: (health() or {}).get("clocks_off") == 1, "one clock that is off")
        seen = health()
        self.assertEqual(seen["offset_of"], WINDOW)
        self.assertAlmostEqual(seen["offset_ms"], 3 * 3600000, delta=60000)
        links = {row["participant"]: row.get("offset_ms") for row in self.house.operator_json("link", "list")["links"]}
        self.assertAlmostEqual(links[WINDOW], 3 * 3600000, delta=60000)
        rows = {row["window"]: row.get("offset_ms") for row in self.house.operator_json("window", "list")["windows"]}
        self.assertAlmostEqual(rows[WINDOW], 3 * 3600000, delta=60000)
        self.assertNotIn(OFFICES[1].participant, [name for name, offset in rows.items() if offset is not None])
        said = self.house.processes["broker"].said()
        self.assertEqual(said.count("clock-off participant=" + WINDOW), 1, said)
        self.assertNotIn("clock-off participant=" + BANK.participant, said)

    def test_health_says_when_the_calendar_runs_out(self):
        self.assertRegex(self.house.operator_json("health")["calendar_end"], r"^\d{4}-12-31$")


class ProofTest(SystemTest):
    """The registry books and tells nobody of the proof; the clock for it is a minute here, the shortest there is."""

    def test_a_proof_that_nobody_told_is_asked_for_and_comes(self):
        rules = self.house.path("rules")
        os.mkdir(rules)
        with open(os.path.join(rules, "370102.rules"), "w", encoding="ascii") as file:
            file.write(f'window = "{WINDOW}"; version = 1;\n'
                       'clocks = ( { clock = "CERTIFICATE"; amount = 1; unit = "minutes"; } );\n')
        self.start_broker("--rules", rules)
        self.start_windows("--sandbox-shares", "not-accepted=0,supplement=0,refuse=0", "--sandbox-withhold", "2")
        branch = self.client(Branch, BANK.participant)
        case_id = branch.submit(self.maker.application(OFFICES[0], BANK, "M01"))
        branch.turn_until(lambda: branch.event(case_id, "CASE_BOOKED"), 30, "the booking")
        branch.turn_until(lambda: branch.event(case_id, "CERT_ISSUED"), 110, "the proof")
        steps = [row["typ"] for row in self.house.operator_json("case", "show", case_id)["history"]]
        self.assertIn("FACT_CERT_PULL", steps)
        self.assertLess(steps.index("FACT_CERT_PULL"), steps.index("CERT_ISSUED"))
        self.assertEqual(steps.count("CERT_ISSUED"), 1)
        alarms = [(event.body["clock"], event.body["stage"]) for name, _, event in branch.events_of(case_id)
                  if name == "ALARM"]
        self.assertEqual(alarms, [("CERTIFICATE", 50), ("CERTIFICATE", 80), ("CERTIFICATE", 100)])
        said = self.house.processes["window"].said()
        self.assertIn("50 % of the time for the proof of the booking is over", said)
        self.assertIn("asks for the 1. time", said)


if __name__ == "__main__":
    unittest.main()
