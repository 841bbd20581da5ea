"""`onevisit stats`: what the cases of today took, in three formats."""
import csv
import io
import json
import unittest

from base import BANK, OFFICES, SystemTest
from client import Branch, Window, turn_all
from house import OPERATOR

MISSING = {"family": "MATERIAL", "text": "缺少询问笔录", "avoidable": "yes", "check": "MAT01"}
BLURRED = {"family": "IMAGE", "text": "身份证复印件模糊", "avoidable": "yes", "check": "MAT02"}
NOBODYS = {"family": "LAW", "text": "政策调整", "avoidable": "no"}
BEFORE = ("--from", "2026-01-01", "--to", "2026-01-02")


class StatsTest(SystemTest):
    def stats(self, *more):
        done = self.house.run("onevisit", "stats", "--endpoint", self.house.endpoint, "--keys", self.house.keys,
                              "--as", OPERATOR, "--test", *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def stats_json(self, *more):
        return json.loads(self.stats("--format", "json", *more))

    def stats_csv(self, *more):
        return list(csv.DictReader(io.StringIO(self.stats("--format", "csv", *more))))

    def test_what_was_certified_today_is_counted_alike_in_three_formats(self):
        self.start_all()
        self.submit(self.forms(6))
        self.wait_until_ended(6)
        answer = self.stats_json("--by", "city")
        self.assertEqual([(group["city_name"], group["cases"]) for group in answer["groups"]],
                         [("济南市", 4), ("烟台市", 2)])
        total = answer["total"]
        self.assertEqual((total["cases"], total["booked"], total["certificate_minutes"]["count"]), (6, 6, 6))
        self.assertEqual((total["certificate_wall_minutes"]["count"], total["within_1_days"]), (6, 1.0))
        self.assertEqual((total["first_pass_rate"], total["single_visit_rate"]), (1.0, 1.0))
        rows = self.stats_csv("--by", "window,bank")
        self.assertEqual({row["window"]: row["cases"] for row in rows if row["bank_name"] == "建设银行"},
                         {"W:370102": "2", "W:370103": "2", "W:370614": "2"})
        self.assertTrue(all(row["certificate_wall_p99"] for row in rows))
        text = self.stats("--by", "window")
        self.assertIn("济南市历下区", text)
        self.assertIn("100.0 %", text)

    def refuse(self, window, reasons):
        """A case of BANK at this window, not accepted for these reasons."""
        office = next(office for office in OFFICES if office.participant == window.participant)
        case_id = self.branch.submit(self.maker.application(office, BANK, "M01"))
        self.until(lambda: window.delivery(case_id), "the delivery")
        mid = window.send("CASE_NOT_ACCEPTED", {"reasons": reasons}, case_id=case_id)
        self.until(lambda: mid in window.answers, "the receipt")
        self.assertEqual(window.answers[mid].type, "RECEIPT", window.answers[mid].body)

    def until(self, condition, what):
        turn_all([self.branch, *self.windows], condition, 30, what)

    def test_what_the_counter_could_have_found_is_told_by_check_window_and_branch(self):
        self.start_broker()
        context = self.context()
        self.branch = self.client(Branch, BANK.participant, context)
        self.windows = [self.client(Window, office.participant, context) for office in OFFICES[:2]]
        self.until(lambda: all(client.session for client in (self.branch, *self.windows)), "the sessions")
        here, there = self.windows
        self.refuse(here, [MISSING])
        self.refuse(there, [MISSING, BLURRED, NOBODYS])
        self.refuse(there, [MISSING])
        wanted = [(there, "MAT01", "MATERIAL", 2), (here, "MAT01", "MATERIAL", 1), (there, "MAT02", "IMAGE", 1)]

        answer = self.stats_json("--defects")
        self.assertEqual(answer["defects"], [{"window": window.participant, "branch": BANK.participant, "check": check,
                                              "family": family, "count": count}
                                             for window, check, family, count in wanted])
        self.assertEqual((answer["total"]["cases"], answer["total"]["avoidable_defects"]), (3, 4))
        self.assertEqual(self.stats_csv("--defects"), [{**row, "count": str(row["count"])}
                                                       for row in answer["defects"]])
        text = self.stats("--defects")
        self.assertRegex(text, "avoidable defects, most frequent first / 可避免的问题\nCOUNT +CHECK +FAMILY")
        self.assertRegex(text, f" 2 +MAT01 +MATERIAL +济南市市中区 +{BANK.participant}\n")
        self.assertIn("first pass    一次通过      0.0 %", text)

    def test_days_without_a_case_are_said_in_words(self):
        self.start_broker()
        text = self.stats("--defects", *BEFORE)
        self.assertEqual(text, "2026-01-01 to 2026-01-02: no case was booked or ended\n"
                               "这些天没有登簿或以其他方式办结的案件\n")
        answer = self.stats_json("--defects", "--by", "window", *BEFORE)
        self.assertEqual((answer["groups"], answer["defects"], answer["total"]["cases"]), ([], [], 0))
        self.assertEqual((self.stats_csv("--defects", *BEFORE), self.stats_csv("--by", "window", *BEFORE)), ([], []))


if __name__ == "__main__":
    unittest.main()
