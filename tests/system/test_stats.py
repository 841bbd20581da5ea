"""`onevisit stats`: what the cases of today took, in three formats."""
import csv
import io
import json
import unittest

from base import SystemTest
from house import OPERATOR


class StatsTest(SystemTest):
    def stats(self, *more):
        done = self.house.run("onevisit", "stats", "--endpoint", self.house.endpoint, "--keys", self.house.keys,
                              "--as", OPERATOR, "--test", *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_what_was_certified_today_is_counted_alike_in_three_formats(self):
        self.start_all()
        self.submit(self.forms(6))
        self.wait_until_ended(6)
        answer = json.loads(self.stats("--by", "city", "--format", "json"))
        self.assertEqual([(group["city_name"], group["cases"]) for group in answer["groups"]],
                         [("济南市", 4), ("烟台市", 2)])
        total = answer["total"]
        self.assertEqual((total["cases"], total["booked"], total["certificate_minutes"]["count"]), (6, 6, 6))
        self.assertEqual((total["first_pass_rate"], total["single_visit_rate"]), (1.0, 1.0))
        rows = list(csv.DictReader(io.StringIO(self.stats("--by", "window,bank", "--format", "csv"))))
        self.assertEqual({row["window"]: row["cases"] for row in rows if row["bank_name"] == "建设银行"},
                         {"W:370102": "2", "W:370103": "2", "W:370614": "2"})
        text = self.stats("--by", "window")
        self.assertIn("济南市历下区", text)
        self.assertIn("100.0 %", text)


if __name__ == "__main__":
    unittest.main()
