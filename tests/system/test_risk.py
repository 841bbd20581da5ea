"""A window says that something hits a property: every bank with a case on it
hears that, and none is told to disburse until the alert has ended and a person
has read it."""
import copy
import json
import unittest

from base import BANK, OFFICES, Bank, BranchBook, SystemTest, open_standing

WINDOW = OFFICES[0]
OTHER_BANK = Bank("370600")
DOCUMENT = "（2026）鲁01执1号"


class RiskTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.house.make_keys(OTHER_BANK.participant)
        self.start_broker()
        self.start_windows()
        self.banks = (BANK, OTHER_BANK)
        self.books = {}
        for bank in self.banks:
            self.house.start_branch(bank.participant)
            folder = self.house.branch_folder(bank.participant)
            self.wait(lambda: open_standing(folder), "the branch's session").close()
            self.books[bank] = BranchBook(folder)
            self.addCleanup(self.books[bank].close)

    # ---- doing ----

    def file(self, bank, form):
        """The case's id, once the broker has it."""
        done = self.house.branch(bank.participant, "submit", "--json", "-",
                                 text=json.dumps(form, ensure_ascii=False) + "\n")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return self.wait(lambda: next((case.case_id for case in self.books[bank].cases() if case.case_id), None),
                         "the receipt of the application")

    def alert(self, risk, *more):
        done = self.house.run("onevisit-window", "alert", "--data", self.house.path("window"), "--window",
                              WINDOW.participant, "--unit", self.unit, "--risk", risk, "--authority", "示例法院",
                              "--document", DOCUMENT, *more)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def acknowledge(self, case_id, alert):
        done = self.house.branch(BANK.participant, "acknowledge", case_id, "--alert", str(alert), "--user", "1001",
                                 "--wait", "stored")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    # ---- seeing ----

    def history(self, case_id):
        shown = self.house.operator_json("case", "show", case_id)
        return [(step["typ"], step["state"], step.get("text", "")) for step in shown["history"]]

    def events(self, bank, what):
        done = self.house.branch(bank.participant, "watch", "--json")
        events = [json.loads(line) for line in done.stdout.splitlines()]
        return [event for event in events if event["what"] == what]

    def wait_for_events(self, bank, what, count):
        return self.wait(lambda: len(self.events(bank, what)) >= count and self.events(bank, what),
                         f"{count} {what} at {bank.name}")

    def status(self, case_id):
        done = self.house.branch(BANK.participant, "status", case_id, "--remote", "--json")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def wait_for_status(self, case_id, holds, what):
        def look():
            status = self.status(case_id)
            return status and holds(status) and status
        return self.wait(look, what)

    def certified(self, kind):
        """A case of ours whose proof was checked, and one of another bank on the same unit."""
        form = self.maker.application(WINDOW, BANK, kind)
        self.unit = form["units"][0]["bdcdyh"]
        case_id = self.file(BANK, form)
        self.wait_for_events(BANK, "MAY_DISBURSE", 1)
        return case_id, form

    def file_on_same_unit(self, form):
        second = self.maker.application(WINDOW, OTHER_BANK, "M01")
        second["units"] = copy.deepcopy(form["units"])
        second["sw"] = 2
        return self.file(OTHER_BANK, second)

    # ---- tests ----

    def test_a_seizure_stops_the_disbursing_until_it_has_ended(self):
        case_id, form = self.certified("M01")
        self.assertTrue(self.status(case_id)["may_disburse"])
        other_id = self.file_on_same_unit(form)
        self.alert("seizure")
        alert = self.wait_for_events(BANK, "RISK_ALERT", 1)[0]
        self.assertEqual((alert["case"], alert["body"]["risk"], alert["body"]["document"]),
                         (case_id, "seizure", DOCUMENT))
        self.wait_for_events(BANK, "DISBURSE_STOPPED", 1)
        self.assertFalse(self.status(case_id)["may_disburse"])

        other = self.wait_for_events(OTHER_BANK, "RISK_ALERT", 1)[0]
        self.assertEqual(other["case"], other_id)
        told = self.house.branch(OTHER_BANK.participant, "watch", "--json").stdout
        for secret in (BANK.name, BANK.cnaps, case_id):
            self.assertNotIn(secret, told)

        self.house.processes["broker"].kill()
        self.house.processes["broker"].start()
        self.house.wait_until_serving()
        self.acknowledge(case_id, alert["seq"])
        read = self.wait_for_status(case_id, lambda status: status["risks"][0].get("user"), "the reading in the status")
        self.assertEqual((read["risks"][0]["user"], read["risks"][0]["blocks"], read["may_disburse"]),
                         ("1001", True, False))

        self.alert("seizure", "--ended")
        self.wait_for_events(BANK, "MAY_DISBURSE", 2)
        ended = self.status(case_id)
        self.assertTrue(ended["may_disburse"])
        self.assertTrue(ended["risks"][0]["ended"])
        self.assertEqual(len(self.events(BANK, "RISK_ALERT")), 2, "the alert and its end, each once")

        steps = self.history(case_id)
        told = [step for step in steps if step[0].startswith("RISK")]
        self.assertEqual([(kind, state) for kind, state, _ in told],
                         [("RISK_ALERT", "CERTIFIED"), ("RISK_ACK", "CERTIFIED"), ("RISK_ALERT", "CERTIFIED")])
        self.assertTrue(told[0][2].endswith(": 查封 seizure"), told[0][2])
        self.assertTrue(told[2][2].endswith(": 查封 seizure, ended 已解除"), told[2][2])
        self.assertLess(steps.index(next(step for step in steps if step[0] == "CERT_ISSUED")), steps.index(told[0]))
        self.assertEqual([kind for kind, _, _ in self.history(other_id) if kind.startswith("RISK")],
                         ["RISK_ALERT", "RISK_ALERT"])
        for bank in self.banks:
            self.assertEqual(self.books[bank].gaps(), 0, "neither in the ordinary feed nor in the urgent one")

    def test_the_clerk_reads_the_alert_and_what_to_think_of_in_words(self):
        case_id, _ = self.certified("M07")
        self.alert("seizure")
        alert = self.wait_for_events(BANK, "RISK_ALERT", 1)[0]
        self.assertEqual(alert["detail"], "M09")
        said = self.house.branch(BANK.participant, "watch").stdout
        for words in (f"!!! 风险提示 ALERT {alert['seq']}: 查封 seizure", f"文号 document {DOCUMENT}",
                      "机关 authority 示例法院", "建议 advice: M09 最高额抵押权确定登记"):
            self.assertIn(words, said)
        said = self.house.branch(BANK.participant, "status", case_id, "--remote").stdout
        self.assertRegex(said, f"ALERT 风险提示！ {alert['seq']}  查封 seizure +{DOCUMENT}")
        self.assertIn("may disburse 可放款  NO 否", said)
        self.alert("seizure", "--ended")
        ended = self.wait_for_events(BANK, "RISK_ALERT", 2)[1]
        self.assertNotIn("detail", ended)
        said = self.house.branch(BANK.participant, "watch").stdout
        self.assertIn(f"已解除 ended {ended['seq']}: 查封 seizure", said)


if __name__ == "__main__":
    unittest.main()
