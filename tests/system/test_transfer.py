"""A home that is mortgaged still is sold (M13, 带押过户), and sales with their
mortgage (M11, M12): real processes from one bank's counter to the other's, the
sandbox as the registry. One case, one acceptance, all parts or none."""
import json
import unittest

from base import ALL_PASS, BANK, ENDED, OFFICES, Bank, BranchBook, SystemTest, open_standing

OLD, NEW = Bank("370600"), BANK
OFFICE = OFFICES[0]
REFUSE_ALL = ("--sandbox-shares", "not-accepted=0,supplement=0,refuse=100")


class TransferTest(SystemTest):
    """The old mortgagee's branch and the new one's, each with its own agent."""

    def setUp(self):
        super().setUp()
        self.house.make_keys(OLD.participant)
        self.start_broker()
        self.books = {}
        for bank in (OLD, NEW):
            self.house.start_branch(bank.participant)
            folder = self.house.branch_folder(bank.participant)
            self.wait(lambda: open_standing(folder), "the branch's session").close()
            self.books[bank] = BranchBook(folder)
            self.addCleanup(self.books[bank].close)

    # ---- doing ----

    def file(self, bank, form):
        """The case's id, once the broker has it."""
        done = self.house.branch(bank.participant, "submit", "--wait", "stored", "--json", "-",
                                 text=json.dumps(form, ensure_ascii=False) + "\n")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)["case"]

    def mortgaged(self):
        """A home with OLD's mortgage on it: (the application, its proof)."""
        form = self.maker.application(OFFICE, OLD, "M01")
        case_id = self.file(OLD, form)
        self.wait_for(OLD, case_id, "CERT_ISSUED")
        return form, self.case(OLD, case_id).certificate()

    def transfer(self, old_form, proof):
        """NEW's application to take over the home and mortgage it."""
        form = self.maker.application(OFFICE, NEW, "M13")
        form["units"], form["dybdclx"] = old_form["units"], old_form["dybdclx"]
        form["bdcdjzmh"] = proof
        form["old_mortgagee"] = {"name": OLD.name, "uscc": OLD.uscc, "cnaps": OLD.cnaps, "agent": self.maker.person()}
        return form

    def confirm(self, case_id, proof, *more):
        return self.house.branch(OLD.participant, "confirm", case_id, "--proof", proof, "--user", "2002", "--wait",
                                 "stored", *more)

    # ---- seeing ----

    def case(self, bank, case_id):
        return next(case for case in self.books[bank].cases() if case.case_id == case_id)

    def events(self, bank, case_id):
        """Of this case, as the clerk's command shows them."""
        done = self.house.branch(bank.participant, "watch", "--json")
        return [event for event in map(json.loads, done.stdout.splitlines()) if event["case"] == case_id]

    def told(self, bank, case_id):
        return [event["what"] for event in self.events(bank, case_id)]

    def wait_for(self, bank, case_id, what):
        self.wait(lambda: what in self.told(bank, case_id), lambda: f"{what} at {bank.name}; it heard "
                  f"{self.told(bank, case_id)}")

    def booked(self, case_id):
        return next(event["body"] for event in self.events(NEW, case_id) if event["what"] == "CASE_BOOKED")

    # ---- M13 ----

    def test_the_old_bank_agrees_and_the_window_books_all_parts_at_once(self):
        self.start_windows()
        old_form, proof = self.mortgaged()
        case_id = self.file(NEW, self.transfer(old_form, proof))
        self.wait_for(OLD, case_id, "PART_ASKED")
        asked = self.events(OLD, case_id)[0]
        self.assertEqual((asked["state"], asked["detail"]), ("SUBMITTED", proof))
        self.assertEqual(self.told(NEW, case_id), [], "nothing goes to the window meanwhile")
        for secret in (NEW.name, NEW.cnaps):
            self.assertNotIn(secret, json.dumps(asked, ensure_ascii=False))
        done = self.confirm(case_id, proof, "--settlement", "JQ-0001")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

        self.wait_for(NEW, case_id, "CERT_ISSUED")
        booked = self.booked(case_id)
        self.assertEqual([(part["part"], part.get("bdcdjzmh")) for part in booked["parts"]],
                         [("transfer", None), ("mortgage", self.case(NEW, case_id).certificate()),
                          ("cancellation", proof)])
        self.assertEqual({part["djsj"] for part in booked["parts"]}, {booked["djsj"]}, "one moment")
        self.wait_for(NEW, case_id, "MAY_DISBURSE")
        heard = self.told(NEW, case_id)
        self.assertEqual((heard[0], heard.count("CASE_ACCEPTED"), heard.count("CASE_BOOKED")), ("PART_CONFIRMED", 1, 1))
        self.wait_for(OLD, case_id, "PART_BOOKED")
        self.assertEqual(self.told(OLD, case_id), ["PART_ASKED", "PART_BOOKED"])
        self.assertIn("我行抵押权已注销", self.house.branch(OLD.participant, "watch").stdout)
        self.assertEqual([(self.books[bank].gaps(), self.books[bank].strange_events()) for bank in (OLD, NEW)],
                         [(0, 0), (0, 0)])

    def test_the_old_bank_declines_and_the_window_never_hears_of_it(self):
        self.start_windows()
        old_form, proof = self.mortgaged()
        case_id = self.file(NEW, self.transfer(old_form, proof))
        self.wait_for(OLD, case_id, "PART_ASKED")
        done = self.confirm(case_id, proof, "--decline", "--why", "贷款尚未结清")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.wait_for(NEW, case_id, "PART_DECLINED")
        self.assertEqual(self.told(NEW, case_id), ["PART_DECLINED"])
        again = self.confirm(case_id, proof)
        self.assertEqual(again.returncode, 1, again.stdout + again.stderr)
        shown = self.house.operator_json("case", "show", case_id)
        self.assertEqual((shown["state"], [step["typ"] for step in shown["history"]]),
                         ("EXPIRED", ["CASE_SUBMIT", "PART_CONFIRM"]))
        self.assertEqual(self.told(OLD, case_id), ["PART_ASKED"])

    def test_the_old_bank_hears_that_a_withdrawn_transfer_asks_nothing_any_more(self):
        self.start_windows()
        old_form, proof = self.mortgaged()
        case_id = self.file(NEW, self.transfer(old_form, proof))
        self.wait_for(OLD, case_id, "PART_ASKED")
        done = self.house.branch(NEW.participant, "withdraw", case_id, "--reason", "买卖取消", "--agreement", "CX-1",
                                 "--wait", "stored")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.wait_for(OLD, case_id, "PART_ENDED")
        ended = self.events(OLD, case_id)[-1]
        self.assertEqual((ended["state"], ended["detail"]), ("WITHDRAWN", proof))
        self.wait_for(NEW, case_id, "WITHDRAWN")
        self.assertEqual(self.confirm(case_id, proof).returncode, 1)

    # ---- M11 and M12 ----

    def sale(self, kind):
        case_id = self.file(NEW, self.maker.application(OFFICE, NEW, kind))
        self.wait(lambda: self.case(NEW, case_id).last_state() in ENDED, "the case ended")
        return case_id

    def test_a_sale_and_its_mortgage_are_booked_in_one_moment(self):
        self.start_windows(*ALL_PASS)
        for kind, parts in (("M11", ["prenotice", "prenotice_mortgage"]), ("M12", ["transfer", "mortgage"])):
            with self.subTest(kind=kind):
                case_id = self.sale(kind)
                booked = self.booked(case_id)
                self.assertEqual([part["part"] for part in booked["parts"]], parts)
                self.assertEqual({part["djsj"] for part in booked["parts"]}, {booked["djsj"]})
                self.assertEqual([self.told(NEW, case_id).count(what) for what in ("CASE_ACCEPTED", "CASE_BOOKED")],
                                 [1, 1])
        self.wait_for(NEW, case_id, "MAY_DISBURSE")

    def test_a_sale_that_is_refused_has_no_part_booked(self):
        self.start_windows(*REFUSE_ALL)
        case_id = self.sale("M12")
        told = self.told(NEW, case_id)
        self.assertEqual((told.count("CASE_REFUSED"), told.count("CASE_BOOKED"), "CERT_ISSUED" in told), (1, 0, False))
        self.assertEqual(self.house.operator_json("case", "show", case_id)["may_disburse"], False)


if __name__ == "__main__":
    unittest.main()
