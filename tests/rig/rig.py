"""The crash rig: one house of real processes, hurt again and again while branches
hand in applications, complete and withdraw them and ask for titles, and counted by a
ledger that stands outside.

Every round hurts it in one way: processes are killed with SIGKILL 20 to 140 ms after
the last ones were started, one stands still (SIGSTOP) for longer than every lease and
silence, or the street between agents and broker goes bad. Rounds follow each other
closely: most begin while the house still recovers from the one before. When they are
over the street is clear and everything must come to its end within a bound."""
import datetime
import os
import random
import signal
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(TOP, "scripts")]

from books import BranchBook, open_book, open_standing  # noqa: E402
from house import OPERATOR, House, wait_for  # noqa: E402
from ledger import Ledger, unended  # noqa: E402
from proxy import FAULTS, Proxy  # noqa: E402
from registry import RegistryBook  # noqa: E402
from traffic import BRANCHES, FIRST, OFFICES, Traffic  # noqa: E402

# Shorter than at work, so that every one of them runs out in a round.
SETTINGS = {"silence_ms_max": 1500, "heartbeat_ms": 300, "lease_ms": 200, "lease_ms_max": 1000, "feed_retry_ms": 1000,
            "title_timeout_ms": 2000, "guard_settle_ms": 500, "delivery_attempts_max": 1000, "checkpoint_records_max": 64}
AGENT_SILENCE_SECONDS = 5.0  # how long an agent waits for a broker that says nothing
PAUSE_SECONDS = {"broker": (AGENT_SILENCE_SECONDS + 0.3, AGENT_SILENCE_SECONDS + 0.8), "window": (1.8, 2.4), "branch": (1.8, 2.4)}
STRIKE_SECONDS = (0.020, 0.140)
AWAY_SECONDS = (0.0, 0.1)
BAD_SECONDS = (0.3, 0.9)
BREATHING = 0.4      # of the rounds end only when something has gone on
BREATH_SECONDS_MAX = 60
SETTLE_SECONDS_MAX = 180
WAIT_SECONDS = 60
SHARES = ("--sandbox-shares", "not-accepted=4,supplement=8,refuse=4", "--sandbox-delay", "accept=50,book=150,cert=50")
PLAN = (("kill broker",) * 7 + ("kill window",) * 3 + ("kill branch",) * 2 + ("kill agents",) * 2 + ("kill all",) * 3
        + ("kill clerk",) * 2 + ("street",) * 2 + ("street and kill",) * 2 + ("pause",) * 2)
PAUSED = ("broker", "window", "branch")
STREET_VICTIMS = ("broker", "branch", "window", "all")
PAGE = 500


def today():
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).date()


class Rig:
    def __init__(self, folder, binaries, seed, loops, say):
        self.seed, self.loops, self.say = seed, loops, say
        self.house, self.ledger = House(folder, binaries), Ledger()
        self.proxy = Proxy(int(self.house.endpoint.rpartition(":")[2]), seed)
        self.books = {}
        self.traffic = Traffic(self.house, self.ledger, self.books, seed, today())
        self.round, self.doing = 0, "the start"
        self.spent = dict.fromkeys(("rounds", "breaths", "end"), 0.0)

    # ---- the house ----

    def open(self):
        house = self.house
        house.make_keys("K", OPERATOR, *BRANCHES, *(office.participant for office in OFFICES))
        with open(house.path("broker.conf"), "w", encoding="ascii") as file:
            file.writelines(f"{name} = {value};\n" for name, value in SETTINGS.items())
        house.start_broker("--config", house.path("broker.conf"))
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
        plan, faults, paused = self.drawn(PLAN), self.drawn(FAULTS), self.drawn(PAUSED)
        for self.round in range(1, self.loops + 1):
            started = time.monotonic()
            self.play(next(plan), random.Random(f"{self.seed}/{self.round}"), faults, paused)
            self.spent["rounds"] += time.monotonic() - started
        self.doing = "the end"
        self.settle()
        return self.count()

    def drawn(self, kinds):
        """Each kind once in an order that is drawn, and again, without end: more rounds begin as fewer do."""
        luck = random.Random(f"{self.seed}/{kinds}")
        while True:
            yield from luck.sample(kinds, len(kinds))

    def play(self, what, luck, faults, paused):
        traffic = self.traffic
        traffic.receive_citizens(luck)
        traffic.hand_in(FIRST)
        if what.startswith("street"):
            self.spoil(next(faults), what.endswith("kill"), luck)
        elif what == "pause":
            self.pause(next(paused), luck)
        elif what == "kill clerk":
            self.kill_clerk(luck)
        else:
            self.kill(what.split()[-1], luck)
        traffic.take(self.round)
        for branch, book in self.books.items():
            self.ledger.watch(branch, book)
        traffic.work()
        self.look_after()
        if luck.random() < BREATHING:
            self.breathe()
        self.say(f"round {self.round}: {self.doing}; handed in {len(self.ledger.applications)} and {len(self.ledger.words)} more, "
                 f"receipts {len(self.ledger.receipts)}, titles {len(self.ledger.titles)}")

    def breathe(self):
        """Until something has gone on: a house that is only ever hurt shows nothing."""
        started, before = time.monotonic(), self.progress()
        wait_for(lambda: self.progress() > before or not self.who_waits(), BREATH_SECONDS_MAX, "anything goes on")
        self.spent["breaths"] += time.monotonic() - started

    def progress(self):
        """What the branches hold: receipts and events."""
        return sum(book.book.execute("SELECT (SELECT count(*) FROM outbox WHERE state = 1) + (SELECT count(*) FROM events)").fetchone()[0]
                   for book in self.books.values())

    def victims(self, kind, luck):
        groups = {"branch": [luck.choice(BRANCHES)], "agents": ["window", *BRANCHES], "all": ["broker", "window", *BRANCHES]}
        names = groups.get(kind, [kind])
        luck.shuffle(names)
        return names

    def kill(self, kind, luck):
        names, after, away = self.victims(kind, luck), luck.uniform(*STRIKE_SECONDS), luck.uniform(*AWAY_SECONDS)
        self.doing = f"kill {kind if len(names) > 1 else names[0]} after {after * 1000:.0f} ms, away for {away * 1000:.0f} ms"
        before = luck.uniform(0, after)
        time.sleep(before)
        self.traffic.hand_in()
        time.sleep(after - before)
        for name in names:
            self.house.processes[name].kill()
        time.sleep(away)
        for name in names:
            self.house.processes[name].start()

    def kill_clerk(self, luck):
        """At any moment while its lines go in."""
        after = luck.uniform(0, STRIKE_SECONDS[1])
        self.traffic.hand_in()
        time.sleep(after)
        self.doing = f"kill the clerks of {self.traffic.kill_clerk(luck)} after {after * 1000:.0f} ms"

    def pause(self, kind, luck):
        """Longer than every lease and silence; then it goes on as if nothing had been."""
        name, after, seconds = self.victims(kind, luck)[0], luck.uniform(*STRIKE_SECONDS), luck.uniform(*PAUSE_SECONDS[kind])
        self.doing = f"pause {name} for {seconds:.1f} s"
        time.sleep(after)
        popen = self.house.processes[name].popen
        popen.send_signal(signal.SIGSTOP)
        try:
            self.traffic.hand_in()
            time.sleep(seconds)
        finally:
            popen.send_signal(signal.SIGCONT)

    def spoil(self, fault, is_killing, luck):
        seconds = luck.uniform(*BAD_SECONDS)
        time.sleep(luck.uniform(*STRIKE_SECONDS))
        self.proxy.set_fault(fault)
        self.traffic.hand_in()
        self.doing = f"street {fault} for {seconds:.1f} s"
        time.sleep(seconds)
        if is_killing:
            street = self.doing
            self.kill(luck.choice(STREET_VICTIMS), luck)
            self.doing = f"{street}, {self.doing}"
        self.proxy.set_fault(None)

    # ---- the end ----

    def settle(self):
        """The faults have stopped: everything ends, and nobody owes anybody a word."""
        started = time.monotonic()
        self.house.wait_until_serving(WAIT_SECONDS)
        self.traffic.hand_in()
        wait_for(self.is_quiet, SETTLE_SECONDS_MAX, lambda: "; ".join(self.who_waits()))
        self.traffic.close(self.round)
        self.look_after()
        self.spent["end"] = time.monotonic() - started
        self.say(f"all ended {self.spent['end']:.1f} s after the last fault")

    def is_quiet(self):
        self.traffic.work()
        self.traffic.hand_in()
        self.traffic.ask_again()
        return self.traffic.is_over() and not self.who_waits()

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
        ledger, kinds = self.ledger, [word.kind for word in self.ledger.words.values()]
        met = ", ".join(f"{fault} {count}" for fault, count in self.proxy.met.items() if count)
        return (f"applications {len(ledger.applications)} receipts {len(ledger.receipts)} events {len(ledger.events)} "
                f"supplements {kinds.count('SUPPLEMENT_SUBMIT')} withdrawals {kinds.count('WITHDRAW_REQ')} titles {len(ledger.titles)} "
                f"units with more than one {ledger.shared_units()}; on the street: {met or 'nothing'}; "
                + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self.spent.items()))
