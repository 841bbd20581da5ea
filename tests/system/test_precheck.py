"""A draft is checked at the broker, and a submission stands on what was seen."""
import json
import os
import unittest

import msgpack
from base import BANK, OFFICES, SystemTest
from books import STORED
from client import Branch, Rejected, Window, turn_all


class PrecheckTest(SystemTest):
    """A branch of the protocol, and a window that gets what is filed."""

    def setUp(self):
        super().setUp()
        self.start_broker()
        context = self.context()
        self.branch = self.client(Branch, BANK.participant, context)
        self.window = self.client(Window, OFFICES[0].participant, context)
        self.branch.turn_until(lambda: self.branch.session, 20, "the session")

    def form(self, **more):
        return {**self.maker.application(OFFICES[0], BANK, "M01"), **more}

    def precheck(self, draft):
        message = self.branch.answer(self.branch.send_now("PRECHECK", draft))
        self.assertEqual(message.type, "PRECHECK_RESULT")
        return message.body

    def refusal(self, form):
        with self.assertRaises(Rejected) as caught:
            self.branch.submit(form)
        return caught.exception.reject

    def test_a_good_draft_has_no_findings_and_files_under_its_digest(self):
        form = self.form()
        result = self.precheck(form)
        self.assertEqual((result["findings"], result["errors"], result["warnings"]), ([], 0, 0))
        self.assertEqual(result["window"], OFFICES[0].participant)
        case_id = self.branch.submit({**form, "precheck": result["digest"]})
        self.assertTrue(case_id)

    def test_all_findings_come_at_once_in_one_order_and_nothing_is_stored(self):
        draft = self.form(bank={"approved": False}, surprise=1)
        draft["mortgagee"] = {**draft["mortgagee"], "cnaps": "105451099996"}
        draft["materials"] = [row for row in draft["materials"] if row["code"] != "XWBL"]
        del draft["fee_payer"]
        first, second = self.precheck(draft), self.precheck(draft)
        found = [finding["id"] for finding in first["findings"]]
        self.assertEqual(found, ["F02", "F09", "MAT01", "B01", "B04", "S03"])
        self.assertEqual((first["errors"], first["warnings"]), (5, 1))
        self.assertEqual([finding["source"] for finding in first["findings"]], ["F", "F", "F", "B", "B", "F"])
        self.assertEqual((first["findings"], first["digest"]), (second["findings"], second["digest"]))
        self.assertIsNone(self.branch.last_receipt)

    def test_a_submission_of_another_draft_is_stale_and_shows_what_is_found_now(self):
        result = self.precheck(self.form())
        reject = self.refusal(self.form(bank={"approved": False}, precheck=result["digest"]))
        self.assertEqual((reject["code"], reject["path"]), ("PRECHECK_STALE", "precheck"))
        self.assertEqual([finding["id"] for finding in reject["findings"]], ["B01"])

    def test_a_contested_warning_travels_to_the_window_with_its_reason(self):
        form = self.form(bank={"approved": False})
        result = self.precheck(form)
        self.assertEqual([finding["id"] for finding in result["findings"]], ["B01"])
        contest = [{"finding": "B01", "path": "bank/approved", "reason": "明日审批"}]
        case_id = self.branch.submit({**form, "precheck": result["digest"], "contest": contest})
        turn_all([self.branch, self.window], lambda: self.window.delivery(case_id), 30, "the delivery")
        self.assertEqual(msgpack.unpackb(self.window.delivery(case_id).chunks[0])["contest"], contest)

    def test_an_error_cannot_be_contested(self):
        form = self.form(contest=[{"finding": "B04", "reason": "以后再定"}])
        del form["fee_payer"]
        reject = self.refusal(form)
        self.assertEqual((reject["code"], [finding["path"] for finding in reject["findings"]]),
                         ("FINDINGS", ["contest/0", "fee_payer"]))

    def test_a_contract_that_is_filed_in_another_open_case_is_found(self):
        filed = self.form()
        self.branch.submit(filed)
        result = self.precheck(self.form(dyhth=filed["dyhth"]))
        self.assertEqual([(finding["id"], finding["path"]) for finding in result["findings"]], [("B03", "dyhth")])
        reject = self.refusal(filed)
        self.assertEqual(reject["code"], "DUP_CASE")


class CommandTest(SystemTest):
    """`onevisit-branch precheck`: the clerk asks through the running agent."""

    def precheck(self, forms, *options):
        text = "".join(json.dumps(form, ensure_ascii=False) + "\n" for form in forms)
        return self.house.branch(BANK.participant, "precheck", *options, "-", text=text)

    def test_shows_all_findings_and_the_digest_to_file_under(self):
        self.start_broker()
        self.start_branch()
        good, bad = self.forms(2)
        del bad["fee_payer"]
        bad["surprise"] = 1
        done = self.precheck([good, bad], "--json")
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual([row["ok"] for row in rows], [True, False])
        self.assertEqual([finding["id"] for finding in rows[1]["findings"]], ["F02", "B04"])
        self.assertEqual(self.book().waiting(), 0)
        self.submit([{**good, "precheck": rows[0]["digest"]}])
        book = self.book()
        self.wait(lambda: [case.state for case in book.cases()] == [STORED], "the application stored at the broker")
        shown = self.precheck([bad])
        self.assertIn("B04 E fee_payer", shown.stdout)

    def submit_asking(self, *options):
        done = self.house.branch(BANK.participant, "submit", "--precheck", "--json", *options)
        return done, [json.loads(line) for line in done.stdout.splitlines()]

    def test_a_folder_is_handed_in_under_what_was_seen_and_a_warning_needs_a_reason(self):
        self.start_broker()
        self.start_branch()
        good, doubtful, bad = self.forms(3)
        doubtful["bank"] = {"approved": False}
        del bad["fee_payer"]
        folder = self.house.path("today")
        os.mkdir(folder)
        for name, form in (("1.jsonl", good), ("2.jsonl", doubtful), ("3.jsonl", bad)):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                json.dump(form, file)
        done, rows = self.submit_asking(folder)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertEqual([(row["file"], row["ok"], row.get("held_back", False)) for row in rows],
                         [("1.jsonl", True, False), ("2.jsonl", False, True), ("3.jsonl", False, False)])
        self.assertEqual([[finding["id"] for finding in row.get("findings", [])] for row in rows],
                         [[], ["B01"], ["B04"]])
        shown = self.house.branch(BANK.participant, "submit", "--precheck", os.path.join(folder, "2.jsonl"))
        self.assertIn("B01 W bank/approved", shown.stdout)
        self.assertIn("--contest B01=", shown.stdout)
        done, rows = self.submit_asking("--contest", "B01=明日审批", "--wait", "stored", os.path.join(folder, "2.jsonl"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual([row["ok"] for row in rows], [True])
        cases = self.book().cases()
        self.assertEqual([case.state for case in cases], [STORED, STORED])
        self.assertTrue(all(len(case.form["precheck"]) == 64 for case in cases))
        self.assertEqual([case.form.get("contest") for case in cases],
                         [None, [{"finding": "B01", "reason": "明日审批"}]])

    def test_two_cases_of_one_contract_are_asked_about_as_the_group_they_are_filed_in(self):
        self.start_broker()
        self.start_branch()
        here, there = (self.maker.application(office, BANK, "M01") for office in (OFFICES[0], OFFICES[2]))
        there["dyhth"] = here["dyhth"]
        paths = [self.house.path(name) for name in ("here.jsonl", "there.jsonl")]
        for path, form in zip(paths, (here, there)):
            with open(path, "w", encoding="utf-8") as file:
                json.dump(form, file)
        done, _ = self.submit_asking("--group", "两地-3", "--wait", "stored", paths[0])
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        done, rows = self.submit_asking(paths[1])
        self.assertEqual((done.returncode, [finding["id"] for finding in rows[0]["findings"]]), (1, ["B03"]))
        done, _ = self.submit_asking("--group", "两地-3", "--wait", "stored", paths[1])
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def clerks(self, rows):
        path = self.house.path("clerks.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(rows, file)
        return "--clerks", path

    def test_the_branchs_own_list_of_clerks_is_told_beside_what_the_broker_finds(self):
        self.start_broker()
        self.start_branch()
        form = self.maker.application(OFFICES[0], BANK, "M01")
        allowed, other = ({**form, "bank": {"clerk": clerk}} for clerk in ("1001", "1002"))
        listed = self.clerks([{"clerk": "1001", "kinds": ["M01"]}, {"clerk": "1002", "kinds": ["M04"]}])
        done = self.precheck([allowed, other, form], "--json", *listed)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual([[finding["id"] for finding in row["findings"]] for row in rows], [[], ["B02"], ["B02"]])
        self.assertEqual([row["ok"] for row in rows], [True, False, False])
        self.assertTrue(all(row["digest"] for row in rows))
        self.assertIn("B02 E bank/clerk", self.precheck([other], *listed).stdout)
        for command in ("check", "submit"):
            done = self.house.branch(BANK.participant, command, *listed, "-", text=json.dumps(other))
            self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
            self.assertIn("B02", done.stdout)
        self.assertEqual(self.book().cases(), [])

    def test_a_list_of_clerks_with_a_wrong_row_stops_everything(self):
        form = self.maker.application(OFFICES[0], BANK, "M01")
        listed = self.clerks([{"clerk": "1001", "kinds": ["*"]}, {"clerk": "1002", "kinds": ["M99"]}])
        for command in ("check", "submit"):
            done = self.house.branch(BANK.participant, command, *listed, "-", text=json.dumps(form))
            self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
            self.assertIn("row 2: kinds", done.stderr)


if __name__ == "__main__":
    unittest.main()
