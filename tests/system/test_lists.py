"""What the operator's lists show: open cases, closed cases, page by page."""
import json
import unittest

from base import SystemTest

ALL_REFUSED = ("--sandbox-shares", "not-accepted=0,supplement=0,refuse=100")


class ListTest(SystemTest):
    def listed(self, *more):
        done = self.house.operator("case", "list", *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout)
        return [(case["cid"], case["state"]) for case in answer["cases"]], answer["has_more"]

    def test_closed_cases_are_listed_behind_open_ones(self):
        self.start_broker()
        windows = self.start_windows(*ALL_REFUSED)
        self.start_branch()
        self.submit(self.forms(5))
        self.wait_until_ended(5)
        windows.stop()
        self.submit(self.forms(2))
        self.wait(lambda: len(self.listed("--state", "open")[0]) == 2, "two cases wait for their windows")
        everything, has_more = self.listed()
        self.assertEqual([state for _, state in everything], ["QUEUED"] * 2 + ["REFUSED"] * 5)
        self.assertFalse(has_more)
        self.assertEqual(len(self.listed("--state", "REFUSED")[0]), 5)

    def test_pages_follow_each_other_without_a_gap(self):
        self.start_broker()
        windows = self.start_windows(*ALL_REFUSED)
        self.start_branch()
        self.submit(self.forms(5))
        self.wait_until_ended(5)
        windows.stop()
        self.submit(self.forms(2))
        self.wait(lambda: len(self.listed("--state", "open")[0]) == 2, "two cases wait for their windows")
        everything, _ = self.listed()
        page, has_more = self.listed("--count", "2")
        seen = list(page)
        while has_more:
            page, has_more = self.listed("--count", "2", "--after", seen[-1][0])
            seen += page
        self.assertEqual(seen, everything)


if __name__ == "__main__":
    unittest.main()
