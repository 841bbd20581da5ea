"""The crash rig: one house of real processes, hurt again and again while branches
hand in applications, and counted by a ledger that stands outside.

Every round hurts it in one way: a process is killed with SIGKILL after 20 to 140
ms, or stands still (SIGSTOP) for longer than every lease and silence, or the street
between agents and broker goes bad. When the rounds are over the street is clear and
everything must come to its end within a bound."""
import datetime
import json
import os
import random
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(TOP, "scripts")]

from applications import Branch, Maker, Window  # noqa: E402
from books import BranchBook, open_book, open_standing  # noqa: E402
from house import OPERATOR, House, wait_for  # noqa: E402
from ledger import Ledger, unended  # noqa: E402
from proxy import FAULTS, Proxy  # noqa: E402
from registry import RegistryBook  # noqa: E402

OFFICES = [Window("370102", "历下区", "370100"), Window("370103", "市中区", "370100"),
           Window("370614", "蓬莱区", "370600")]
BANKS = [Branch("370100"), Branch("370200"), Branch("370600")]
BRANCHES = [bank.participant for bank in BANKS]
KINDS = ("M01", "M01", "M04", "M07")
SHARED = 0.4        # of the mortgages are on a home that has one already: there the order counts
FORMS = (4, 10)     # a branch hands in so many a round
FIRST = 2           # of them before the house is hurt, the others while it is
STRIKE_SECONDS = (0.020, 0.140)
CLERK_SECONDS = (0.005, 0.080)
AWAY_SECONDS = (0.0, 0.4)
SILENCE_SECONDS = 5.0  # both sides' silence_ms_max; leases begin at one second
PAUSE_SECONDS = (SILENCE_SECONDS + 0.5, SILENCE_SECONDS + 1.5)
BAD_SECONDS = (0.4, 1.6)
SETTLE_SECONDS_MAX = 90
WAIT_SECONDS = 60
SHARES = ("--sandbox-shares", "not-accepted=4,supplement=0,refuse=4")
PLAN = ("kill broker", "kill branch", "kill window", "kill clerk", "pause", "street", "street and kill")
PAGE = 500


def today():
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).date()


class Clerk:
    """`onevisit-branch submit -`: lines go in while the house is hurt, and what it printed counts as handed in."""

    def __init__(self, house, branch, forms, said):
        self.branch, self.forms, self.said = branch, forms, said
        self.was_killed = False
        command = [house.program("onevisit-branch"), "submit", *house.branch_arguments(branch), "--json", "-"]
        with open(said, "wb") as file:
            self.popen = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=file, stderr=subprocess.STDOUT)

        self.rest = list(forms)
        self.hand_in(FIRST)

    def hand_in(self, count=None):
        """The next lines, or all that are left."""
        lines = "".join(json.dumps(form, ensure_ascii=False) + "\n" for form in self.rest[:count])
        self.rest = [] if count is None else self.rest[count:]
        self.popen.stdin.write(lines.encode())
        self.popen.stdin.flush()

    def has_begun(self):
        return os.path.getsize(self.said) > 0 or self.popen.poll() is not None

    def kill(self):
        self.was_killed = True
        self.popen.kill()

    def finish(self):
        """All whole lines that it printed."""
        if not self.was_killed:
            self.hand_in()
        self.popen.stdin.close()
        self.popen.wait(WAIT_SECONDS)
        with open(self.said, encoding="utf-8", errors="replace") as file:
            return [json.loads(line) for line in file if line.startswith("{") and line.endswith("}\n")]


class Rig:
    def __init__(self, folder, binaries, seed, loops, say):
        self.seed, self.loops, self.say = seed, loops, say
        self.house, self.ledger = House(folder, binaries), Ledger()
        self.proxy = Proxy(int(self.house.endpoint.rpartition(":")[2]), seed)
        self.maker, self.homes = Maker(random.Random(seed), today()), []  # (window, units) of mortgages so far
        self.books, self.clerks = {}, []
        self.round, self.doing = 0, "the start"

    # ---- the house ----

    def open(self):
        house = self.house
        house.make_keys("K", OPERATOR, *BRANCHES, *(office.participant for office in OFFICES))
        house.start_broker()
        house.wait_until_serving()
        direct, house.endpoint = house.endpoint, self.proxy.endpoint
        house.start_windows([office.participant for office in OFFICES], "--adapter", "sandbox", "--seed", str(self.seed), *SHARES)
        for branch in BRANCHES:
            house.start_branch(branch)
        house.endpoint = direct
        for branch in BRANCHES:
            wait_for(lambda: open_standing(house.branch_folder(branch)), WAIT_SECONDS, f"{branch} has a session").close()
            self.books[branch] = BranchBook(house.branch_folder(branch))

    def close(self):
        """Ends everything; what did not end well."""
        for book in self.books.values():
            book.close()
        unclean = [f"{name} ended with exit {status}" for name, status in self.house.close().items() if status != 0]
        self.proxy.close()
        return unclean + [f"{process.name} has a fault of memory" for process in self.house.processes.values()
                          if "Sanitizer" in process.said() or "runtime error:" in process.said()]

    def look_after(self):
        for name, process in self.house.processes.items():
            if not process.is_alive():
                raise RuntimeError(f"{name} ended by itself with exit {process.popen.returncode}")

    # ---- the rounds ----

    def run(self):
        """All rounds and the count; gives what differs."""
        self.open()
        plan, faults = self.drawn(PLAN), self.drawn(FAULTS)
        for self.round in range(1, self.loops + 1):
            self.play(next(plan), random.Random(f"{self.seed}/{self.round}"), faults)
        self.doing = "the end"
        self.settle()
        return self.count()

    def drawn(self, kinds):
        """Each kind once in an order that is drawn, and again, without end: more rounds begin as fewer do."""
        luck = random.Random(f"{self.seed}/{kinds}")
        while True:
            yield from luck.sample(kinds, len(kinds))

    def play(self, what, luck, faults):
        self.clerks = [self.open_counter(bank, luck) for bank in BANKS]
        if what == "kill clerk":
            self.kill_clerk(luck.choice(self.clerks), luck)
        wait_for(lambda: all(clerk.has_begun() for clerk in self.clerks), WAIT_SECONDS, "the clerks have begun")
        if what.startswith("street"):
            self.spoil(next(faults), what.endswith("kill"), luck)
        elif what == "pause":
            self.pause(luck)
        elif what != "kill clerk":
            self.kill(self.victim(what.split()[-1], luck), luck)
        for clerk in self.clerks:
            self.ledger.take_answers(clerk.branch, clerk.forms, clerk.finish(), self.round, clerk.was_killed)
        for branch, book in self.books.items():
            self.ledger.watch(branch, book)
        self.look_after()
        self.say(f"round {self.round}: {self.doing}; handed in {len(self.ledger.applications)}, "
                 f"receipts {len(self.ledger.receipts)}")

    def open_counter(self, bank, luck):
        forms = [self.form(bank, luck) for _ in range(luck.randint(*FORMS))]
        return Clerk(self.house, bank.participant, forms, self.house.path("log", f"submit-{bank.participant[2:]}-{self.round}.jsonl"))

    def form(self, bank, luck):
        office, kind = luck.choice(OFFICES), luck.choice(KINDS)
        form = self.maker.application(office, bank, kind)
        used = [units for window, units in self.homes if window == office]
        if kind == "M01" and used and luck.random() < SHARED:
            form["units"], form["sw"] = luck.choice(used), 2
        elif kind == "M01":
            self.homes.append((office, form["units"]))
        return form

    def hand_in_rest(self):
        for clerk in self.clerks:
            if not clerk.was_killed:
                clerk.hand_in()

    def victim(self, kind, luck):
        return luck.choice(BRANCHES) if kind == "branch" else kind

    def kill(self, name, luck):
        after, away = luck.uniform(*STRIKE_SECONDS), luck.uniform(*AWAY_SECONDS)
        self.doing = f"kill {name} after {after * 1000:.0f} ms, away for {away * 1000:.0f} ms"
        before = luck.uniform(0, after)
        time.sleep(before)
        self.hand_in_rest()
        time.sleep(after - before)
        self.house.processes[name].kill()
        time.sleep(away)
        self.house.processes[name].start()

    def kill_clerk(self, clerk, luck):
        """At any moment from its start on."""
        after = luck.uniform(*CLERK_SECONDS)
        self.doing = f"kill submit of {clerk.branch} after {after * 1000:.0f} ms"
        clerk.hand_in()
        time.sleep(after)
        clerk.kill()

    def pause(self, luck):
        name, after, seconds = luck.choice(("broker", "window")), luck.uniform(*STRIKE_SECONDS), luck.uniform(*PAUSE_SECONDS)
        self.doing = f"pause {name} for {seconds:.1f} s"
        time.sleep(after)
        popen = self.house.processes[name].popen
        popen.send_signal(signal.SIGSTOP)
        try:
            self.hand_in_rest()
            time.sleep(seconds)
        finally:
            popen.send_signal(signal.SIGCONT)

    def spoil(self, fault, is_killing, luck):
        seconds = luck.uniform(*BAD_SECONDS)
        time.sleep(luck.uniform(*STRIKE_SECONDS))
        self.proxy.set_fault(fault)
        self.hand_in_rest()
        self.doing = f"street {fault} for {seconds:.1f} s"
        time.sleep(seconds)
        if is_killing:
            street = self.doing
            self.kill(self.victim(luck.choice(("broker", "branch", "window")), luck), luck)
            self.doing = f"{street}, {self.doing}"
        self.proxy.set_fault(None)

    # ---- the end ----

    def settle(self):
        """The faults have stopped: everything ends, and nobody owes anybody a word."""
        started = time.monotonic()
        self.house.wait_until_serving(WAIT_SECONDS)
        wait_for(lambda: not self.who_waits(), SETTLE_SECONDS_MAX, lambda: "; ".join(self.who_waits()))
        self.look_after()
        self.say(f"all ended {time.monotonic() - started:.1f} s after the last fault")

    def who_waits(self):
        waits = []
        for branch, book in self.books.items():
            cases = unended(book)
            if cases or book.waiting():
                states = [f"{case.case_id} {case.last_state()}" for case in cases[:3]]
                waits.append(f"{branch}: {len(cases)} cases have not ended, {book.waiting()} messages wait, e.g. {states}")
        if waits:
            return waits
        inbox = open_book(self.house.path("window", "window.db"))
        owed = inbox.execute("SELECT count(*) FROM answer WHERE state = 'owed'").fetchone()[0]
        lying = inbox.execute("SELECT count(*) FROM delivery WHERE state != 'handed'").fetchone()[0]
        inbox.close()
        windows = (self.house.operator_json("window", "list") or {}).get("windows")
        if owed or lying or windows is None:
            return [f"the windows owe {owed} answers, {lying} deliveries are not handed over"]
        return [f"the broker has deliveries on their way: {row}" for row in windows if row.get("queued") or row.get("in_flight")]

    def cases(self):
        """The broker's list, newest first, page after page."""
        rows, has_more = [], True
        while has_more:
            page = self.ask("case", "list", "--count", str(PAGE), *(("--after", rows[-1]["cid"]) if rows else ()))
            rows, has_more = rows + page["cases"], page["has_more"]
        return rows

    def journal(self):
        rows, has_more = [], True
        while has_more:
            page = self.ask("journal", "tail", "-n", str(PAGE), "--after", str(len(rows)))["entries"]
            rows, has_more = rows + page, len(page) == PAGE
        return rows

    def ask(self, *command):
        answer = self.house.operator_json(*command)
        if answer is None:
            raise RuntimeError(f"the broker does not answer {' '.join(command)}")
        return answer

    def count(self):
        journal, cases = self.journal(), self.cases()
        registry, inbox = RegistryBook(self.house.path("window")), open_book(self.house.path("window", "window.db"))
        try:
            return self.ledger.compare(self.books, registry, inbox, journal, cases)
        finally:
            registry.close()
            inbox.close()

    def summary(self):
        ledger = self.ledger
        met = ", ".join(f"{fault} {count}" for fault, count in self.proxy.met.items() if count)
        return (f"applications {len(ledger.applications)} receipts {len(ledger.receipts)} events {len(ledger.events)} "
                f"units with more than one {ledger.shared_units()}; on the street: {met or 'nothing'}")
