"""An operator allows a window one more round of supplements."""
import json
import unittest

from base import SystemTest


class RoundTest(SystemTest):
    def open_cases(self):
        done = self.house.operator("case", "list", "--state", "open")
        self.assertEqual(done.returncode, 0, done.stderr)
        return [case["cid"] for case in json.loads(done.stdout)["cases"]]

    def test_an_operator_allows_one_more_round_of_an_open_case(self):
        self.start_broker()
        self.start_branch()
        self.submit(self.forms(1))
        self.wait(lambda: len(self.open_cases()) == 1, "the case is stored")
        done = self.house.operator("case", "allow-round", self.open_cases()[0], "--reason", "agreed with the window")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["cid"], self.open_cases()[0])


if __name__ == "__main__":
    unittest.main()
