"""What goes on at the branches' counters while the house is hurt: applications of several kinds, some after a title
query and some on homes that have a mortgage already, supplements where a window asks for them, and withdrawals."""
import random
import zlib

from applications import Branch, Maker, Window
from clerk import FILED, SUPPLEMENT, WITHDRAWAL, Clerk, Errand, log_of, write_supplement
from ledger import Word
from smallpack import unpack
from titles import Query

OFFICES = [Window("370102", "历下区", "370100"), Window("370103", "市中区", "370100"),
           Window("370614", "蓬莱区", "370600")]
BANKS = [Branch("370100"), Branch("370200"), Branch("370600")]
BRANCHES = [bank.participant for bank in BANKS]
KINDS = ("M01", "M01", "M01", "M04", "M07", "M12")
SHARED = 0.4          # of the mortgages are on a home that has one already: there the order counts
ASKING = 0.1           # of the applications that can stand on a title query do
ASKING_KINDS = ("M07", "M12")
FORMS = (2, 5)        # a branch hands in so many a round
FIRST = 1             # of them before the house is hurt, the others while it is
WITHDRAWN_OF = 14     # one in so many cases is withdrawn


class Traffic:
    def __init__(self, house, ledger, books, seed, today):
        self.house, self.ledger, self.books = house, ledger, books
        self.maker, self.homes = Maker(random.Random(seed), today), []  # (window, units) of mortgages so far
        self.clerks, self.clerk_count = {}, 0
        self.errands, self.heard, self.unsaid = [], dict.fromkeys(BRANCHES, 0), []
        self.queries, self.unanswered = [], []  # (branch, Query, files) under way; (branch, form) that went without an answer
        self.met_cases = set()

    # ---- applications ----

    def counter(self, branch):
        """The clerk of a branch, a new one where there is none."""
        if branch not in self.clerks:
            self.clerk_count += 1
            self.clerks[branch] = Clerk(self.house, branch, log_of(self.house, branch, self.clerk_count))
        return self.clerks[branch]

    def receive_citizens(self, luck):
        """The applications of a round; what asks for a title first comes to the counter when it is answered."""
        for bank in BANKS:
            counter = self.counter(bank.participant)
            for _ in range(luck.randint(*FORMS)):
                form = self.form(bank, luck)
                if form["kind"] in ASKING_KINDS and luck.random() < ASKING:
                    self.ask_title(bank.participant, form)
                else:
                    counter.waiting.append(form)

    def form(self, bank, luck):
        office, kind = luck.choice(OFFICES), luck.choice(KINDS)
        form = self.maker.application(office, bank, kind)
        used = [units for window, units in self.homes if window == office]
        if kind == "M01" and used and luck.random() < SHARED:
            form["units"], form["sw"] = luck.choice(used), 2
        elif kind == "M01":
            self.homes.append((office, form["units"]))
        return form

    def ask_title(self, branch, form, files=True):
        query = Query([self.house.program("onevisit-branch"), "title", *self.house.branch_arguments(branch)], form)
        query.start()
        self.queries.append((branch, query, files))

    def hand_in(self, count=None):
        for clerk in self.clerks.values():
            if not clerk.was_killed:
                clerk.hand_in(count)

    def kill_clerk(self, luck):
        """A `submit`, and whoever else is at work at that branch."""
        clerk = self.clerks[luck.choice(BRANCHES)]
        clerk.kill()
        for errand in self.errands:
            if errand.branch == clerk.branch and not errand.is_over():
                errand.kill()
        return clerk.branch

    # ---- what follows ----

    def work(self):
        """Goes on with whatever waits for somebody at a counter."""
        self.hear_titles()
        self.hear_errands()
        for branch, book in self.books.items():
            for event, case_id, request in book.supplements_asked(self.heard[branch]):
                self.heard[branch] = event
                self.unsaid.append((branch, case_id, request))
            self.meet_cases(branch, book)
        for branch, case_id, request in self.unsaid:
            path = self.house.path("log", f"supplement-{case_id}-{request['round']}.json")
            errand = Errand(self.house, branch, SUPPLEMENT, case_id, write_supplement(path, request))
            errand.request = request
            self.errands.append(errand)
        self.unsaid = []

    def meet_cases(self, branch, book):
        """Once a case has its receipt, some citizens change their mind."""
        for row in book.book.execute("SELECT case_id FROM outbox WHERE type = ? AND case_id IS NOT NULL", (FILED,)):
            if row["case_id"] not in self.met_cases:
                self.met_cases.add(row["case_id"])
                if zlib.crc32(row["case_id"].encode()) % WITHDRAWN_OF == 0:
                    self.errands.append(Errand(self.house, branch, WITHDRAWAL, row["case_id"], "--reason", "申请人改变主意",
                                               "--agreement", "W-" + row["case_id"][-8:]))

    def hear_titles(self):
        for one in list(self.queries):
            branch, query, files = one
            if not query.work():
                if not query.popen:
                    query.start()
                continue
            self.queries.remove(one)
            self.ledger.titles.update({answer["title"]: branch for answer in query.answers})
            if len(query.answers) < len(query.units):
                self.unanswered.append((branch, query.form))
            if files:
                self.counter(branch).waiting.append(query.standing())

    def hear_errands(self):
        over = [errand for errand in self.errands if errand.is_over()]
        self.errands = [errand for errand in self.errands if errand not in over]
        for errand in over:
            said = errand.message_id() or self.look_for(errand)
            if said:
                self.ledger.words[said] = Word(errand.branch, errand.kind, errand.case_id)
            elif not errand.was_killed:
                self.ledger.wrong.append(f"{errand.branch}: the {errand.kind} of {errand.case_id} was not taken")
            elif errand.kind == SUPPLEMENT:
                self.unsaid.append((errand.branch, errand.case_id, errand.request))

    def look_for(self, errand):
        """One that was killed may have handed in all the same."""
        for row in self.books[errand.branch].book.execute("SELECT mid, body FROM outbox WHERE type = ? AND case_id = ?",
                                                          (errand.kind, errand.case_id)):
            is_it = errand.kind == WITHDRAWAL or unpack(row["body"])["round"] == errand.request["round"]
            if is_it and row["mid"].hex() not in self.ledger.words:
                return row["mid"].hex()
        return None

    # ---- the counters close ----

    def take(self, round_number):
        """What the clerks said in a round; who was killed is followed by another."""
        for branch, clerk in list(self.clerks.items()):
            if clerk.was_killed:
                clerk.finish()
                del self.clerks[branch]
            self.ledger.take_answers(clerk, round_number, clerk.was_killed)
            if clerk.was_killed and clerk.waiting:  # these citizens still stand at the counter
                self.counter(branch).waiting = clerk.waiting

    def close(self, round_number):
        for clerk in self.clerks.values():
            status = clerk.finish()
            self.ledger.take_answers(clerk, round_number, True)
            if status != 0:
                self.ledger.wrong.append(f"{clerk.branch}: submit ended with exit {status}")
        self.clerks = {}

    def is_over(self):
        return not (self.errands or self.queries or self.unsaid or self.unanswered)

    def ask_again(self):
        """The titles nobody answered while the street was bad; their applications went without."""
        again, self.unanswered = self.unanswered, []
        for branch, form in again:
            self.ask_title(branch, form, files=False)
