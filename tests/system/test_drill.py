"""The drill of docs/operations.md, "The data folder is lost": a broker with an empty folder gets every open case back
from the branches and windows, and nothing is filed or issued a second time."""
import json
import os
import shutil
import unittest

from base import ALL_PASS, BANK, ENDED, OFFICES, Bank, SystemTest
from books import STORED, BranchBook, open_book, open_standing
from registry import RegistryBook

SANDBOX, DESK, AWAY = OFFICES
OTHER = Bank("370200")
BANKS = (BANK, OTHER)
MATERIAL = {"code": "SQS", "pages": 1, "size": 180_000, "mime": "application/pdf", "sm3": "a5" * 32}


class DrillTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.house.make_keys(OTHER.participant)
        self.start_broker()
        self.open_window("window", SANDBOX, "sandbox", *ALL_PASS)
        self.open_window("desk", DESK, "person")
        for bank in BANKS:
            self.house.start_branch(bank.participant)
        self.books = {}
        for bank in BANKS:
            folder = self.house.branch_folder(bank.participant)
            self.wait(lambda: open_standing(folder), f"{bank.name} has a session").close()
            self.books[bank] = BranchBook(folder)
            self.addCleanup(self.books[bank].close)

    def open_window(self, name, office, adapter, *more):
        self.house.start_windows([office.participant], "--adapter", adapter, *more, name=name)

    # ---- a day ----

    def file(self, office, bank=BANK, kind="M07", **changes):
        """Hands an application in; its case."""
        form = {**self.maker.application(office, bank, kind), **changes}
        done = self.house.branch(bank.participant, "submit", "--json", "--wait", "stored", "-", text=json.dumps(form, ensure_ascii=False))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)["case"]

    def file_at_desk(self, bank=BANK):
        case = self.file(DESK, bank)
        self.wait_at_desk(case, "DELIVERED")
        return case

    def wait_for(self, case, state):
        self.wait(lambda: self.states().get(case) == state, lambda: f"{case} is {state}; it is {self.states().get(case)}")

    def wait_at_desk(self, case, state):
        """By the window's own docket."""
        inbox = open_book(self.house.path("desk", "window.db"))
        self.addCleanup(inbox.close)
        self.wait(lambda: inbox.execute("SELECT 1 FROM docket WHERE case_id = ? AND state = ? AND EXISTS(SELECT 1 FROM delivery d"
                                        " WHERE d.case_id = docket.case_id AND d.number = 1 AND d.state <> 'new')", (case, state)).fetchone(),
                  f"{case} is {state} at the desk")

    def say(self, command, case, *arguments):
        """A person at the desk."""
        self.house.must("onevisit-window", command, case, "--data", self.house.path("desk"), "--test", *arguments)

    def accept(self, case):
        self.say("accept", case, "--ywh", "YW-" + case[-8:])

    def ask_supplement(self, case):
        self.say("supplement", case, "--item", "SQS|申请书缺页|no|no")

    def supplement(self, case, round_number=1):
        text = json.dumps({"round": round_number, "materials": [MATERIAL]})
        done = self.house.branch(BANK.participant, "supplement", case, "-", text=text)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def withdraw(self, case):
        self.house.must("onevisit-branch", "withdraw", *self.house.branch_arguments(BANK.participant), case,
                        "--reason", "申请人改变主意", "--agreement", "W-1")

    def states(self):
        """{case id: state} at the broker."""
        listed = self.house.operator_json("case", "list", "--count", "200")
        return {case["cid"]: case["state"] for case in listed["cases"]} if listed else {}

    def spend_a_day(self):
        """Cases in every state a broker may lose; gives {case id: state}."""
        day = {}

        def note(case, state):
            self.wait_for(case, state)
            day[case] = state

        first = self.file(AWAY)
        unit = self.books[BANK].form(first)["units"]
        self.waiting = [first, self.file(AWAY, units=unit, sw=2), self.file(AWAY, units=unit, sw=3)]
        for case in (*self.waiting, self.file(AWAY, OTHER)):
            note(case, "QUEUED")
        for bank in BANKS:
            self.plain = self.file_at_desk(bank)
            note(self.plain, "DELIVERED")
        case = self.file_at_desk()
        self.ask_supplement(case)
        note(case, "SUPP_PRE")
        self.asked = case
        case = self.file_at_desk()
        self.ask_supplement(case)
        self.wait_for(case, "SUPP_PRE")
        self.supplement(case)
        note(case, "DELIVERED")
        case = self.file_at_desk(OTHER)
        self.accept(case)
        note(case, "ACCEPTED")
        case = self.file_at_desk()
        self.accept(case)
        self.say("status", case, "--step", "初审")
        note(case, "REVIEW")
        case = self.file_at_desk()
        self.accept(case)
        self.ask_supplement(case)
        note(case, "SUPP_POST")
        case = self.file_at_desk()
        self.accept(case)
        self.say("suspend", case, "--reason", "权属争议", "--authority", "示例人民法院")
        note(case, "SUSPENDED")
        case = self.withdrawing = self.file_at_desk()
        self.accept(case)
        self.wait_for(case, "ACCEPTED")
        self.withdraw(case)
        note(case, "WITHDRAWING")
        case = self.file_at_desk()
        self.withdraw(case)
        self.wait_at_desk(case, "WITHDRAWING")
        self.say("withdraw-result", case, "--too-late")
        note(case, "DELIVERED")
        case = self.file_at_desk()
        self.withdraw(case)
        self.wait_at_desk(case, "WITHDRAWING")
        self.say("withdraw-result", case)
        note(case, "WITHDRAWN")
        case = self.file_at_desk()
        self.say("not-accept", case, "--family", "MATERIAL", "--text", "材料不齐")
        note(case, "NOT_ACCEPTED")
        case = self.file_at_desk()
        self.accept(case)
        self.say("book", case, "--registrar", "王某", "--proof", "鲁（2026）济南市不动产证明第0000001号")
        note(case, "BOOKED")
        self.certified = [self.file(SANDBOX, bank) for bank in BANKS for _ in range(2)]
        for case in self.certified:
            note(case, "CERTIFIED")
        self.wait(lambda: not any(book.waiting() for book in self.books.values()), "each proof is acknowledged")
        return day

    # ---- the loss, and the page of operations.md step by step ----

    def lose_the_folder(self):
        """1: the broker is gone and so is its disk; what people do goes on."""
        self.house.processes["broker"].kill()
        shutil.move(self.house.path("broker"), self.house.path("broker.lost"))
        self.supplement(self.asked)
        self.accept(self.plain)

    def resend(self):
        """2: at every branch."""
        for bank in BANKS:
            done = self.house.branch(bank.participant, "resend", "--since", "0")
            self.assertEqual(done.returncode, 0, done.stderr)

    def make_a_new_folder(self):
        """3: with the keys of bodies and receipts from their own backup."""
        os.mkdir(self.house.path("broker"), 0o700)
        shutil.copytree(self.house.path("broker.lost", "keys"), self.house.path("broker", "keys"))

    def see_it_refused(self):
        """4: HEAD knows better; without it the agents do."""
        broker = self.house.start_broker()
        self.wait(lambda: not broker.is_alive(), "the start is refused")
        self.assertIn("CORRUPT", broker.said())
        self.assertIn("HEAD", broker.said())
        shutil.move(self.house.path("head"), self.house.path("head.lost"))
        self.house.start_broker()
        self.wait(lambda: self.health().get("state") in ("behind", "fenced"), lambda: f"the broker serves nobody: {self.health()}")
        self.assertEqual(self.states(), {})
        self.house.processes["broker"].stop()

    def health(self):
        said = self.house.operator("health").stdout.strip()
        return json.loads(said) if said else {}

    def accept_the_loss(self):
        """5, 6: once, until nothing waits any more; 7: from then on without."""
        self.house.start_broker("--accept-loss")
        self.house.wait_until_serving()
        self.wait_until_back()
        self.assertEqual(self.house.processes["broker"].stop(), 0)
        self.start_broker()

    def wait_until_back(self):
        expected = {**self.day, self.asked: "DELIVERED", self.plain: "ACCEPTED"}

        def differing():
            states = self.states()
            return {case: (state, states.get(case)) for case, state in expected.items() if states.get(case) != state}
        self.wait(lambda: not differing() and not any(book.waiting() for book in self.books.values()),
                  lambda: f"as before the loss: {differing()}, {[book.waiting() for book in self.books.values()]} wait")
        self.assertEqual(self.states().keys(), expected.keys(), "no case more than before")

    # ---- what must be true ----

    def files(self):
        """What the branches hold as certificates: {path: time it was written}."""
        found = {}
        for bank in BANKS:
            folder = os.path.join(self.house.branch_folder(bank.participant), "certificates")
            found.update({os.path.join(folder, name): os.stat(os.path.join(folder, name)).st_mtime_ns
                          for name in (os.listdir(folder) if os.path.exists(folder) else ())})
        return found

    def registry(self):
        book = RegistryBook(self.house.path("window"))
        try:
            return {case: [(file.state, file.number, file.proof) for file in copies] for case, copies in book.files().items()}, book.second_filings()
        finally:
            book.close()

    def assert_nothing_was_done_again(self, files, registry):
        self.assertEqual(self.files(), files, "no certificate was written again")
        self.assertEqual(self.registry(), registry)
        self.assertEqual({len(copies) for copies in registry[0].values()}, {1})
        for book in self.books.values():
            rows = book.book.execute("SELECT type, case_id, state, reject FROM outbox").fetchall()
            self.assertEqual([tuple(row) for row in rows if row["state"] != STORED], [])
            checks = [row["case_id"] for row in rows if row["type"] == "CERT_ACK"]
            self.assertEqual(len(checks), len(set(checks)), "each proof is checked once")
        for name in ("window", "desk"):
            inbox = open_book(self.house.path(name, "window.db"))
            self.addCleanup(inbox.close)
            self.assertEqual([tuple(row) for row in inbox.execute("SELECT case_id, why FROM odd_delivery")], [])
            self.assertEqual([tuple(row) for row in inbox.execute("SELECT case_id, type, code FROM answer WHERE state <> 'stored'")], [])
            doubled = inbox.execute("SELECT case_id FROM delivery GROUP BY case_id, origin HAVING count(*) > 1").fetchall()
            self.assertEqual([tuple(row) for row in doubled], [])

    def assert_life_goes_on(self):
        """Each open case can be brought to its end, on the unit of three in the order of filing."""
        self.open_window("away", AWAY, "sandbox", *ALL_PASS)
        for case in self.waiting:
            self.wait_for(case, "CERTIFIED")
        registry = RegistryBook(self.house.path("away"))
        self.addCleanup(registry.close)
        contracts = [self.books[BANK].form(case)["dyhth"] for case in self.waiting]
        self.assertIn(contracts, list(registry.order_of_units().values()))
        self.say("withdraw-result", self.withdrawing)
        self.wait_for(self.withdrawing, "WITHDRAWN")
        self.accept(self.asked)
        self.wait_for(self.asked, "ACCEPTED")
        self.assertNotIn(self.file(SANDBOX), self.day)

    def test_an_empty_broker_gets_every_case_back_and_does_nothing_twice(self):
        self.day = self.spend_a_day()
        files, registry = self.files(), self.registry()
        self.lose_the_folder()
        self.resend()
        self.make_a_new_folder()
        self.see_it_refused()
        self.accept_the_loss()
        self.assert_nothing_was_done_again(files, registry)
        self.assert_life_goes_on()


if __name__ == "__main__":
    unittest.main()
