"""What people and windows get wrong."""
import json
import unittest

import msgpack
from base import BANK, OFFICES, SystemTest
from client import Branch, Rejected, Window, now_us, turn_all


class CounterTest(SystemTest):
    """The branch's command line."""

    def file_with_broken_line(self):
        lines = [json.dumps(form, ensure_ascii=False) for form in self.forms(9)]
        lines[6] = lines[6][:-2]
        path = self.house.path("nine.jsonl")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        return path

    def answers(self, done):
        return {row["line"]: row for row in map(json.loads, done.stdout.splitlines())}

    def test_check_names_the_broken_line_and_judges_the_others(self):
        done = self.house.run("onevisit-branch", "check", self.file_with_broken_line())
        answers = self.answers(done)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(sorted(answers), list(range(1, 10)))
        self.assertEqual([line for line, row in answers.items() if not row["ok"]], [7])
        finding = answers[7]["findings"][0]
        self.assertTrue(finding["text_zh"] and finding["text_en"])

    def test_submit_takes_the_right_lines_and_only_those(self):
        done = self.house.branch(BANK.participant, "submit", "--json", self.file_with_broken_line())
        answers = self.answers(done)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual([line for line, row in answers.items() if not row["ok"]], [7])
        self.assertEqual(self.book().waiting(), 8)

    def test_check_finds_all_that_is_wrong_at_once(self):
        form = self.forms(1)[0]
        form["mortgagee"]["cnaps"] = "105451099996"
        form["materials"] = [row for row in form["materials"] if row["code"] != "XWBL"]
        del form["fee_payer"]
        done = self.house.run("onevisit-branch", "check", "-", text=json.dumps(form, ensure_ascii=False) + "\n")
        found = {finding["id"] for finding in self.answers(done)[1]["findings"] if finding["level"] == "E"}
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertLessEqual({"F09", "MAT01", "B04"}, found)


class CaseTest(SystemTest):
    """A branch and a window of the protocol, so that they can do what the agents never would."""

    def setUp(self):
        super().setUp()
        self.start_broker()
        context = self.context()
        self.branch = self.client(Branch, BANK.participant, context)
        self.window = self.client(Window, OFFICES[0].participant, context)
        self.case_id = self.branch.submit(self.maker.application(OFFICES[0], BANK, "M01"))
        self.until(lambda: self.branch.event(self.case_id, "DELIVERED"), "delivered")

    def until(self, condition, what):
        turn_all([self.branch, self.window], condition, 30, what)

    def say(self, kind, body, **more):
        mid = self.window.send(kind, body, case_id=self.case_id, **more)
        self.until(lambda: mid in self.window.answers, f"the answer to {kind}")
        message = self.window.answers[mid]
        if message.type == "REJECT":
            raise Rejected(message.body)
        return message

    def status(self):
        return self.branch.answer(self.branch.send_now("STATUS_QUERY", {}, case_id=self.case_id)).body

    def events(self):
        return [what for what, _, _ in self.branch.events_of(self.case_id)]

    def test_the_same_answer_under_a_new_id_changes_nothing(self):
        body = {"ywh": "370102-1", "slsj": now_us()}
        self.say("CASE_ACCEPTED", body)
        self.until(lambda: "CASE_ACCEPTED" in self.events(), "accepted")
        self.say("CASE_ACCEPTED", body)
        self.assertEqual(self.status()["state"], "ACCEPTED")
        self.assertNotIn("CONTRADICTION", self.status().get("flags", []))
        self.assertEqual(self.events().count("CASE_ACCEPTED"), 1)

    def test_a_second_answer_with_other_content_is_a_contradiction(self):
        self.say("CASE_ACCEPTED", {"ywh": "370102-1", "slsj": now_us()})
        self.say("CASE_ACCEPTED", {"ywh": "370102-2", "slsj": now_us()})
        self.until(lambda: "CONTRADICTION" in self.events(), "the contradiction")
        status = self.status()
        self.assertEqual((status["state"], status["ywh"]), ("ACCEPTED", "370102-1"))
        self.assertIn("CONTRADICTION", status["flags"])

    def test_refused_and_then_accepted_is_a_contradiction(self):
        reason = {"family": "LAW", "text": "不符合受理条件", "avoidable": "no"}
        self.say("CASE_NOT_ACCEPTED", {"reasons": [reason]})
        self.say("CASE_ACCEPTED", {"ywh": "370102-1", "slsj": now_us()})
        self.until(lambda: "CONTRADICTION" in self.events(), "the contradiction")
        self.assertEqual(self.status()["state"], "NOT_ACCEPTED")

    def test_booked_before_accepted_is_taken_and_marked(self):
        filed = msgpack.unpackb(self.window.delivery(self.case_id).chunks[0])
        self.say("CASE_BOOKED", {
            "ywh": "370102-1", "djsj": now_us(), "units": [{"bdcdyh": row["bdcdyh"]} for row in filed["units"]],
            "dybdclx": "2", "dyr": "某", "dyfs": "1", "djlx": "100", "qxdm": "370102", "djjg": "登记中心", "dbr": "T1",
            "qszt": "1", "bdbzzqse": filed["bdbzzqse"]})
        self.until(lambda: "CASE_BOOKED" in self.events(), "booked")
        status = self.status()
        self.assertEqual(status["state"], "BOOKED")
        self.assertIn("OUT_OF_ORDER", status["flags"])

    def test_a_withdrawal_of_somebody_elses_case_is_refused(self):
        other = "SD370102-20260930-105-00001A-G"
        with self.assertRaises(Rejected) as rejected:
            self.branch.answer(self.branch.send("WITHDRAW_REQ", {"reason": "x", "agreement": "y"}, case_id=other))
        self.assertIn(rejected.exception.reject["code"], ("UNKNOWN_CASE", "NOT_YOURS"))

    def test_an_unknown_district_is_refused(self):
        form = self.maker.application(OFFICES[0], BANK, "M01")
        form["district"] = "110101"
        with self.assertRaises(Rejected) as rejected:
            self.branch.submit(form)
        self.assertIn(rejected.exception.reject["code"], ("FINDINGS", "UNKNOWN_DISTRICT"))
        self.assertIn("district", json.dumps(rejected.exception.reject, default=str))


if __name__ == "__main__":
    unittest.main()
