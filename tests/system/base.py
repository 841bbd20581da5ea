"""What the system tests share: a small house of real processes in a temporary
folder, a few applications, and ways to wait that are never a fixed sleep."""
import datetime
import json
import os
import random
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(TOP, "scripts"), os.path.join(TOP, "tests", "interop")]

import zmq  # noqa: E402

from applications import Branch as Bank  # noqa: E402
from applications import Maker, Window  # noqa: E402
from books import STORED, BranchBook, open_standing  # noqa: E402
from house import OPERATOR, House, wait_for  # noqa: E402
from registry import RegistryBook  # noqa: E402

BUILD = os.environ.get("ONEVISIT_BUILD", os.path.join(TOP, "build"))
SECONDS_MAX = 90
ENDED = {"CERTIFIED", "ARCHIVED", "NOT_ACCEPTED", "REFUSED", "WITHDRAWN", "EXPIRED"}
ALL_PASS = ("--sandbox-shares", "not-accepted=0,supplement=0,refuse=0")
BANK = Bank("370100")
OFFICES = [Window("370102", "历下区", "370100"), Window("370103", "市中区", "370100"),
           Window("370614", "蓬莱区", "370600")]


def today():
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).date()


class SystemTest(unittest.TestCase):
    """A broker and its keys; windows and the branch are started by the test."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="onevisit-")
        self.addCleanup(self.folder.cleanup)
        self.house = House(os.path.join(self.folder.name, "house"), os.path.join(BUILD, "bin"))
        self.addCleanup(self.close_house)
        self.house.make_keys("K", OPERATOR, BANK.participant, *(office.participant for office in OFFICES))
        self.maker = Maker(random.Random(11), today())

    def close_house(self):
        self.house.close()
        for process in self.house.processes.values():
            said = process.said()
            for flaw in ("Sanitizer", "runtime error:"):
                self.assertNotIn(flaw, said, f"{process.name} has a fault of memory")
        if self._outcome and not self._outcome.success:
            print(self.house.report(), file=sys.stderr)

    # ---- doing ----

    def start_broker(self, *more):
        self.house.start_broker(*more)
        self.house.wait_until_serving()

    def start_windows(self, *more):
        return self.house.start_windows([office.participant for office in OFFICES], "--adapter", "sandbox",
                                        *(more or ALL_PASS))

    def start_branch(self):
        self.house.start_branch(BANK.participant)
        self.wait(lambda: open_standing(self.house.branch_folder(BANK.participant)), "the branch's session").close()

    def start_all(self):
        self.start_broker()
        self.start_windows()
        self.start_branch()

    def context(self):
        context = zmq.Context()
        self.addCleanup(context.destroy, 0)
        return context

    def client(self, kind, participant, context=None, **more):
        client = kind(context or self.context(), self.house.endpoint, self.house.keys, participant, **more)
        self.addCleanup(client.close)
        return client

    def forms(self, count):
        return [self.maker.application(OFFICES[index % len(OFFICES)], BANK) for index in range(count)]

    def submit(self, forms):
        """Through the branch's command line; every line must be taken."""
        text = "".join(json.dumps(form, ensure_ascii=False) + "\n" for form in forms)
        done = self.house.branch(BANK.participant, "submit", "--json", "-", text=text)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    # ---- seeing ----

    def book(self):
        book = BranchBook(self.house.branch_folder(BANK.participant))
        self.addCleanup(book.close)
        return book

    def wait(self, condition, what, seconds=SECONDS_MAX):
        return wait_for(condition, seconds, what)

    def wait_until_ended(self, count):
        book = self.book()

        def all_ended():
            states = book.last_states()
            return len(states) == count and set(states.values()) <= ENDED and book.waiting() == 0
        self.wait(all_ended, lambda: f"{count} cases ended and the outbox empty; the branch knows {book.last_states()}")

    def wait_until_some_certified(self, count):
        book = self.book()
        self.wait(lambda: sum(state == "CERTIFIED" for state in book.last_states().values()) >= count,
                  f"{count} cases certified")

    def assert_both_sides_agree(self, count):
        """Nothing lost, nothing doubled, by the two sides' own books."""
        self.house.close()
        book, registry = self.book(), RegistryBook(self.house.path("window"))
        self.addCleanup(registry.close)
        cases, files = book.cases(), registry.files()
        self.assertEqual(len(cases), count)
        self.assertEqual({case.state for case in cases}, {STORED})
        self.assertEqual(len({case.case_id for case in cases}), count)
        self.assertEqual({case.case_id for case in cases}, set(files))
        self.assertEqual([len(copies) for copies in files.values()], [1] * count)
        self.assertEqual(registry.second_filings(), 0)
        self.assertEqual((book.gaps(), book.strange_events(), book.waiting()), (0, 0, 0))
        for case in cases:
            file = files[case.case_id][0]
            self.assertEqual((case.last_state(), case.certificate()), (file.state, file.proof))
