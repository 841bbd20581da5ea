"""One bank loads many cases at once; the counter of another goes first all the same."""
import json
import unittest

from base import ALL_PASS, BANK, OFFICES, Bank, BranchBook, SystemTest, open_standing

WINDOW, OTHER_WINDOW = OFFICES[0], OFFICES[1]
OTHER_BANK = Bank("370600")
BULK_COUNT = 120


class FloodTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.house.make_keys(OTHER_BANK.participant)
        self.start_broker()
        self.books = {}
        for bank in (BANK, OTHER_BANK):
            self.house.start_branch(bank.participant)
            folder = self.house.branch_folder(bank.participant)
            self.wait(lambda: open_standing(folder), "the branch's session").close()
            self.books[bank] = BranchBook(folder)
            self.addCleanup(self.books[bank].close)

    # ---- doing ----

    def file(self, bank, forms, *more):
        text = "".join(json.dumps(form, ensure_ascii=False) + "\n" for form in forms)
        done = self.house.branch(bank.participant, "submit", "--wait", "stored", *more, "-", text=text)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return [case.case_id for case in self.books[bank].cases()]

    def open_windows(self):
        self.house.start_windows([office.participant for office in (WINDOW, OTHER_WINDOW)], "--adapter", "sandbox",
                                 "--credit", "4", *ALL_PASS)

    # ---- seeing ----

    def wait_until_certified(self, bank, count):
        book = self.books[bank]
        self.wait(lambda: sum(state == "CERTIFIED" for state in book.last_states().values()) == count,
                  lambda: f"{count} certified; the branch knows {book.last_states()}")

    def sequences(self, case_id):
        """Where in the journal each step of a case stands, by the step's name; its first where it comes again."""
        steps = {}
        for step in self.house.operator_json("case", "show", case_id)["history"]:
            steps.setdefault(step["typ"], step["seq"])
        return steps

    # ---- tests ----

    def test_a_counter_goes_first_and_the_bulk_comes_through(self):
        bulk_forms = [self.maker.application(WINDOW, BANK, "M01") for _ in range(BULK_COUNT)]
        bulk = self.file(BANK, bulk_forms, "--bulk")
        counter, = self.file(OTHER_BANK, [self.maker.application(WINDOW, OTHER_BANK, "M01")])
        self.open_windows()
        self.wait_until_certified(OTHER_BANK, 1)
        self.wait_until_certified(BANK, BULK_COUNT)
        sent = {case_id: self.sequences(case_id)["FACT_DISPATCH"] for case_id in (*bulk, counter)}
        self.assertEqual(min(sent, key=sent.get), counter, "it was handed in last and went first")
        self.assertEqual(len(set(sent.values())), BULK_COUNT + 1)
        for book in self.books.values():
            self.assertEqual((book.gaps(), book.strange_events(), book.waiting()), (0, 0, 0))

    def test_nothing_overtakes_on_a_unit_and_bulk_a_counter_waits_for_goes_before_other_bulk(self):
        bulk_forms = [self.maker.application(WINDOW, BANK, "M01") for _ in range(10)]
        bulk = self.file(BANK, bulk_forms, "--bulk")
        second = self.maker.application(WINDOW, OTHER_BANK, "M01")
        second["units"], second["sw"] = bulk_forms[-1]["units"], 2
        counter, = self.file(OTHER_BANK, [second])
        self.open_windows()
        self.wait_until_certified(OTHER_BANK, 1)
        self.wait_until_certified(BANK, len(bulk))
        sent = {case_id: self.sequences(case_id)["FACT_DISPATCH"] for case_id in (*bulk, counter)}
        self.assertEqual(min(sent, key=sent.get), bulk[-1])
        self.assertLess(sent[bulk[-1]], sent[counter])


if __name__ == "__main__":
    unittest.main()
