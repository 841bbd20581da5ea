"""A query from an auditor: cases by what is on the paper, and persons only behind a journaled lookup."""
import json
import os
import unittest

from base import BANK, SystemTest
from house import OPERATOR

STRANGER = "370614199002280006"


class FindTest(SystemTest):
    def setUp(self):
        super().setUp()
        settings = self.house.path("broker.conf")
        with open(settings, "w", encoding="ascii") as file:
            file.write("lookup_hour_count_max = 3;\n")
        self.start_broker("--config", settings)
        self.start_windows()
        self.start_branch()
        self.form_list = self.forms(4)
        self.submit(self.form_list)
        self.wait_until_ended(4)

    def find(self, *more):
        done = self.house.operator("case", "find", *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def found(self, *more):
        return [case["cid"] for case in self.find(*more)["cases"]]

    def person(self, form):
        return form["mortgagors"][0]["id"]

    def test_a_case_is_found_by_what_is_on_its_papers(self):
        form = self.form_list[1]
        unit = self.found("--unit", form["units"][0]["bdcdyh"])
        self.assertEqual(len(unit), 1)
        everything = self.found("--branch", BANK.participant)
        self.assertEqual(len(everything), 4)
        self.assertEqual(set(self.found("--branch", BANK.participant, "--state", "CERTIFIED", "--newer", "1h")),
                         set(everything))
        self.assertEqual(self.found("--branch", BANK.participant, "--older", "1d"), [])
        for name, value in (("--contract", form["dyhth"]), ("--certificate", form["units"][0]["bdcqzh"])):
            self.assertIn(unit[0], self.found(name, value), name)
        shown = self.house.operator_json("case", "show", unit[0])
        self.assertEqual(self.found("--number", shown["ywh"], "--window", shown["window"]), unit)
        proof = self.house.must("onevisit", "case", "find", "--case", unit[0], *self.as_operator())
        self.assertNotIn(form["mortgagors"][0]["name"], proof.stdout)
        self.assertEqual(self.find("--unit", form["units"][0]["bdcdyh"])["indexed_from"], 1)

    def as_operator(self):
        return ("--endpoint", self.house.endpoint, "--keys", self.house.keys, "--as", OPERATOR, "--test")

    def test_pages_give_each_case_once(self):
        page = self.find("--branch", BANK.participant, "--count", "3")
        rest = self.find("--branch", BANK.participant, "--count", "3", "--after", page["next"])
        self.assertEqual((page["has_more"], rest["has_more"]), (True, False))
        self.assertEqual([case["cid"] for case in page["cases"] + rest["cases"]], self.found("--branch", BANK.participant))

    def test_a_person_is_found_behind_a_journaled_lookup_and_curiosity_is_told(self):
        person = self.person(self.form_list[0])
        refused = self.house.operator("case", "find", "--citizen", person)
        self.assertEqual(refused.returncode, 2, "without a reason")
        answer = self.find("--citizen", person, "--reason", "audit 17")
        units = {case["cid"] for case in answer["cases"]}
        self.assertLessEqual(set(self.found("--unit", self.form_list[0]["units"][0]["bdcdyh"])), units)
        self.assertEqual(self.found("--lookup", str(answer["lookup"])), [case["cid"] for case in answer["cases"]])
        tail = self.house.operator_json("journal", "tail", "--after", str(answer["lookup"] - 1), "-n", "1")["entries"]
        self.assertEqual((tail[0]["typ"], tail[0]["src"]), ("OPS_CITIZEN_LOOKUP", OPERATOR))
        self.assertEqual(self.found("--citizen", STRANGER, "--reason", "audit 17"), [])
        self.assertNotIn("lookup_alarms", self.house.operator_json("health"))
        for _ in range(2):
            self.find("--citizen", STRANGER, "--reason", "audit 17")
        self.assertEqual(self.house.operator_json("health")["lookup_alarms"], [OPERATOR])
        self.assertIn("lookup-rate", self.house.processes["broker"].said())
        other = self.house.operator("case", "find", "--lookup", "1")
        self.assertEqual(other.returncode, 1)
        self.assertIn("NOT_FOUND", other.stderr)
        self.assert_nothing_on_disk_shows(person)

    def assert_nothing_on_disk_shows(self, person):
        """Bodies are sealed, and the index has hashes; the rows are what the journal makes."""
        self.house.processes["broker"].stop()
        data = self.house.path("broker")
        for folder, _, names in os.walk(data):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    self.assertNotIn(person.encode(), file.read(), os.path.join(folder, name))
        done = self.house.run("onevisit", "replay", "verify", "--data", data)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
