"""The comparison of both sides' books at the end of a day, by the real processes."""
import datetime
import json
import sqlite3
import unittest

import msgpack

from base import BANK, OFFICES, SystemTest
from house import OPERATOR

SECOND = "O:second"
WINDOW = OFFICES[0].participant
CHINA = datetime.timezone(datetime.timedelta(hours=8))


def day_of(microseconds):
    return datetime.datetime.fromtimestamp(microseconds / 1e6, CHINA).strftime("%Y-%m-%d")


class ReconTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.house.make_keys(SECOND)

    # ---- doing ----

    def certify(self, count):
        """`count` cases that are certified; those of the day of the first booking, and the day."""
        self.start_all()
        self.submit(self.forms(count))
        self.wait_until_ended(count)
        booked = {}
        for case_id, body in self.branch_rows("SELECT case_id, body FROM events WHERE what = 'CASE_BOOKED'"):
            booked[case_id] = day_of(msgpack.unpackb(body)["djsj"])
        self.day = min(booked.values())
        return sorted(case_id for case_id, day in booked.items() if day == self.day)

    def open_branch(self):
        return sqlite3.connect(self.house.branch_folder(BANK.participant) + "/branch.db")

    def branch_rows(self, sql, *values):
        book = self.open_branch()
        try:
            return book.execute(sql, values).fetchall()
        finally:
            book.close()

    def alter_branch(self, *changes):
        """With the branch's process stopped, as somebody does who spoils its book."""
        self.house.processes[BANK.participant].stop()
        book = self.open_branch()
        for sql, values in changes:
            self.assertGreater(book.execute(sql, values).rowcount, 0, sql)
        book.execute("DELETE FROM link")  # what the process said of its session before it ended
        book.commit()
        book.close()
        self.start_branch()

    def reconcile_branch(self, code):
        done = self.house.branch(BANK.participant, "reconcile", "--day", self.day, "--json")
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def operator(self, who, *words):
        return self.house.run("onevisit", *words, "--endpoint", self.house.endpoint, "--keys", self.house.keys,
                              "--as", who, "--test")

    def listed(self, *more):
        done = self.operator(OPERATOR, "recon", "list", "--json", *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return {row["cid"]: row for row in json.loads(done.stdout)["differences"]}

    # ---- tests ----

    def test_altered_rows_of_a_branch_are_found_each_with_its_class(self):
        cases = self.certify(6)
        self.assertGreaterEqual(len(cases), 3)
        equal = self.reconcile_branch(0)
        self.assertEqual((equal["bookings"], equal["broker_bookings"], equal["count"]), (len(cases), len(cases), 0))
        lost, changed, behind = cases[:3]
        (body,), = self.branch_rows("SELECT body FROM events WHERE what = 'CASE_BOOKED' AND case_id = ?", changed)
        booked = msgpack.unpackb(body)
        booked["ywh"] = "X" + booked["ywh"][1:]
        self.alter_branch(
            ("DELETE FROM events WHERE case_id = ?", (lost,)),
            ("UPDATE events SET body = ? WHERE what = 'CASE_BOOKED' AND case_id = ?",
             (msgpack.packb(booked, use_bin_type=True), changed)),
            ("UPDATE events SET state = 'BOOKED' WHERE case_id = ?", (behind,)))
        found = {row["cid"]: row for row in self.reconcile_branch(1)["differences"]}
        self.assertEqual({case_id: row["class"] for case_id, row in found.items()},
                         {lost: "only-window", changed: "field-diff", behind: "state-lag"})
        self.assertEqual([field["field"] for field in found[changed]["fields"]], ["ywh"])
        self.assertEqual({row["owner"] for row in found.values()}, {BANK.participant})
        self.assertEqual(set(self.listed("--day", self.day)), {lost, changed, behind})
        self.alter_branch(("UPDATE events SET state = 'CERTIFIED' WHERE case_id = ?", (behind,)))
        self.assertEqual(self.reconcile_branch(1)["count"], 2)
        self.assertEqual(set(self.listed()), {lost, changed})
        self.decide_with_two(f"{self.day}/{BANK.participant}/{lost}")
        self.assertEqual(set(self.listed()), {changed})
        self.assertEqual(self.listed("--all")[lost]["second"], SECOND)

    def test_altered_rows_of_a_window_are_found_each_with_its_class(self):
        cases = self.certify(9)
        booked = self.window_rows("SELECT case_id, body FROM answer WHERE type = 'CASE_BOOKED' AND window = ?", WINDOW)
        bodies = {case_id: msgpack.unpackb(body) for case_id, body in booked if case_id in cases}
        self.assertGreaterEqual(len(bodies), 3)
        equal = self.reconcile_window(0)
        self.assertEqual((equal["bookings"], equal["broker_bookings"], equal["count"]), (len(bodies), len(bodies), 0))
        lost, changed, behind = sorted(bodies)[:3]
        amount = "bdbzzqse" if "bdbzzqse" in bodies[changed] else "zgzqse"
        bodies[changed][amount] = bodies[changed].get(amount, 0) + 1
        self.alter_window(
            ("UPDATE answer SET type = 'STATUS' WHERE type = 'CASE_BOOKED' AND case_id = ?", (lost,)),
            ("UPDATE answer SET body = ? WHERE type = 'CASE_BOOKED' AND case_id = ?",
             (msgpack.packb(bodies[changed], use_bin_type=True), changed)),
            ("UPDATE answer SET type = 'STATUS' WHERE type = 'CERT_ISSUED' AND case_id = ?", (behind,)))
        found = {row["cid"]: row for row in self.reconcile_window(1)["differences"]}
        self.assertEqual({case_id: row["class"] for case_id, row in found.items()},
                         {lost: "only-bank", changed: "field-diff", behind: "state-lag"})
        self.assertEqual([field["field"] for field in found[changed]["fields"]], ["amount"])
        self.assertEqual(set(self.listed("--day", self.day, "--peer", WINDOW)), {lost, changed, behind})
        self.assertEqual(self.reconcile_branch(0)["count"], 0, "the branch's book is as it was")

    def window_rows(self, sql, *values):
        book = sqlite3.connect(self.house.path("window", "window.db"))
        try:
            return book.execute(sql, values).fetchall()
        finally:
            book.close()

    def alter_window(self, *changes):
        self.house.processes["window"].stop()
        book = sqlite3.connect(self.house.path("window", "window.db"))
        for sql, values in changes:
            self.assertGreater(book.execute(sql, values).rowcount, 0, sql)
        book.commit()
        book.close()
        self.start_windows()
        self.wait(self.window_has_session, "the window's session")

    def window_has_session(self):
        links = self.house.operator_json("link", "list")
        return any(link.get("participant") == WINDOW and "refused" not in link for link in links["links"])

    def reconcile_window(self, code):
        done = self.house.run("onevisit-window", "reconcile", "--data", self.house.path("window"), "--test",
                              "--window", WINDOW, "--day", self.day, "--json")
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def decide_with_two(self, name):
        words = ("recon", "fix", name, "--action", "record-right", "--reason", "分行已补登 the branch entered it")
        self.assertEqual(self.operator(OPERATOR, *words).returncode, 0)
        again = self.operator(OPERATOR, *words)
        self.assertEqual(again.returncode, 1, again.stdout + again.stderr)
        self.assertIn("FOUR_EYES", again.stderr)
        agreed = self.operator(SECOND, *words)
        self.assertEqual(agreed.returncode, 0, agreed.stderr)
        shown = self.operator(OPERATOR, "recon", "show", name)
        self.assertIn("record-right", shown.stdout)
        self.assertIn(SECOND, shown.stdout)


if __name__ == "__main__":
    unittest.main()
