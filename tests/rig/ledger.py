"""What the rig itself saw and heard, kept in its own memory and held against the
books of all sides at the end.

It knows an application because `submit` printed its message id, and a receipt or
an event because a branch's outbox showed it once: what was shown once may never
change or go away. The broker is asked only to be compared."""
import collections

from books import REJECTED, STORED
from smallpack import unpack

FILED = "CASE_SUBMIT"
CERTIFIED = {"CERTIFIED", "ARCHIVED"}
ENDED = CERTIFIED | {"NOT_ACCEPTED", "REFUSED"}

Application = collections.namedtuple("Application", "branch contract units round")
Receipt = collections.namedtuple("Receipt", "seq chain case_id")


class Ledger:
    def __init__(self):
        self.applications = {}  # message id: Application
        self.doubtful = {}      # (branch, contract): Application that a killed clerk may have handed in
        self.receipts = {}      # message id: Receipt
        self.events = {}        # (branch, broker, number): (case id, what, state, bytes)
        self.wrong = []

    def differ(self, message_id, what):
        application = self.applications.get(message_id)
        where = f"round {application.round}, {application.branch}, {application.contract}" if application else "nobody's"
        self.wrong.append(f"{where}: {what}")

    # ---- as the day goes by ----

    def take_answers(self, branch, forms, answers, round_number, was_killed):
        """What `submit` printed about these lines: handed in from now on. One that was killed may have handed in more
        than it printed, never less."""
        open_lines = {line: Application(branch, form["dyhth"], tuple(unit["bdcdyh"] for unit in form["units"]), round_number)
                      for line, form in enumerate(forms, 1)}
        for answer in answers:
            if answer["ok"]:
                self.applications[answer["mid"]] = open_lines.pop(answer["line"])
        if was_killed:
            self.doubtful.update({(branch, application.contract): application for application in open_lines.values()})
        elif open_lines:
            self.wrong.append(f"round {round_number}, {branch}: lines {list(open_lines)} were not taken: {answers}")

    def settle_doubt(self, branch, book):
        """What stands in the outbox was handed in, once."""
        if self.doubtful:
            for row in book.book.execute("SELECT mid, body FROM outbox WHERE type = ?", (FILED,)):
                contract = unpack(row["body"])["dyhth"]
                if row["mid"].hex() not in self.applications and (branch, contract) in self.doubtful:
                    self.applications[row["mid"].hex()] = self.doubtful.pop((branch, contract))

    def watch(self, branch, book):
        """Remembers what the branch holds by now; what it held before must be there unchanged."""
        self.settle_doubt(branch, book)
        self.watch_receipts(branch, book)
        rows = book.book.execute("SELECT broker, number, case_id, what, state, body FROM events")
        held = {(branch, row["broker"], row["number"]): (row["case_id"], row["what"], row["state"], row["body"]) for row in rows}
        for key, event in self.events.items():
            if key[0] == branch and held.get(key) != event:
                self.wrong.append(f"{branch}: event {key[2]} was {event[:3]} and is {(held.get(key) or 'gone')[:3]}")
        self.events.update(held)

    def watch_receipts(self, branch, book):
        held = {}
        for row in book.book.execute("SELECT mid, case_id, seq, chain FROM outbox WHERE type = ? AND state = ?", (FILED, STORED)):
            held[row["mid"].hex()] = Receipt(row["seq"], row["chain"].hex(), row["case_id"])
        for message_id, receipt in self.receipts.items():
            application = self.applications.get(message_id)
            if application and application.branch == branch and held.get(message_id) != receipt:
                self.differ(message_id, f"had {receipt} and has {held.get(message_id)}")
        self.receipts.update(held)

    # ---- the end ----

    def compare(self, books, registry, inbox, journal, cases):
        """`inbox` is the window's window.db, `journal` and `cases` are the broker's own words; gives what differs."""
        for branch, book in books.items():
            self.watch(branch, book)
            self.compare_branch(branch, book)
        self.compare_journal(journal)
        self.compare_cases(cases)
        self.compare_inbox(inbox)
        self.compare_registry(registry, [case for book in books.values() for case in book.cases()])
        self.compare_order(registry)
        return self.wrong

    def compare_branch(self, branch, book):
        mine = {message_id for message_id, application in self.applications.items() if application.branch == branch}
        kept = {row["mid"].hex(): row for row in book.book.execute("SELECT mid, state, reject FROM outbox WHERE type = ?", (FILED,))}
        for message_id in mine - kept.keys():
            self.differ(message_id, "was handed in and is not in the outbox")
        for message_id in kept.keys() - mine:
            self.wrong.append(f"{branch}: {message_id} is in the outbox and nobody handed it in")
        for message_id in mine & kept.keys():
            if kept[message_id]["state"] == REJECTED:
                self.differ(message_id, f"was rejected: {kept[message_id]['reject']}")
            elif message_id not in self.receipts:
                self.differ(message_id, "has no receipt")
        for count, what in ((book.gaps(), "gaps or repetitions in the feed"), (book.strange_events(), "events of cases it never filed"),
                            (book.waiting(), "messages still wait in the outbox")):
            if count:
                self.wrong.append(f"{branch}: {count} {what}")

    def compare_journal(self, journal):
        """Each receipt's record stands where the receipt says, with its place in the chain; there is no other."""
        filed = {entry["seq"]: entry for entry in journal if entry["typ"] == FILED}
        if [entry["seq"] for entry in journal] != list(range(1, len(journal) + 1)):
            self.wrong.append("the journal's numbers have a hole")
        for message_id, receipt in self.receipts.items():
            entry, application = filed.pop(receipt.seq, None), self.applications.get(message_id)
            said = entry and (entry["src"], entry.get("cid"), entry["chain"])
            if said != (application and application.branch, receipt.case_id, receipt.chain):
                self.differ(message_id, f"{receipt}, and the journal has {said} there")
        for entry in filed.values():
            self.wrong.append(f"journal {entry['seq']}: an application of {entry['src']} that has no receipt")

    def compare_cases(self, cases):
        listed = collections.Counter(case["cid"] for case in cases)
        self.compare_once("the broker's list of cases", listed)
        for case in cases:
            if case["state"] not in ENDED:
                self.wrong.append(f"{case['cid']}: {case['state']} at the broker when all is over")

    def compare_once(self, where, counted):
        """Every receipt's case is there once, and no other."""
        for message_id, receipt in self.receipts.items():
            if counted[receipt.case_id] != 1:
                self.differ(message_id, f"{receipt.case_id} is {counted[receipt.case_id]} times in {where}")
        for case_id in counted.keys() - {receipt.case_id for receipt in self.receipts.values()}:
            self.wrong.append(f"{case_id}: in {where}, and no branch has a receipt for it")

    def compare_inbox(self, inbox):
        rows = inbox.execute("SELECT case_id, state FROM delivery WHERE type = ?", (FILED,)).fetchall()
        self.compare_once("the window's inbox", collections.Counter(row["case_id"] for row in rows))
        self.wrong += [f"{row['case_id']}: {row['state']} in the window's inbox" for row in rows if row["state"] != "handed"]
        for row in inbox.execute("SELECT case_id, why FROM odd_delivery"):
            self.wrong.append(f"{row['case_id']}: the window was brought something odd: {row['why']}")
        for row in inbox.execute("SELECT case_id, type, code FROM answer WHERE state != 'stored'"):
            self.wrong.append(f"{row['case_id']}: the window's {row['type']} was not stored: {row['code']}")

    def compare_registry(self, registry, cases):
        files = registry.files()
        self.compare_once("the registry's book", collections.Counter({case_id: len(copies) for case_id, copies in files.items()}))
        if registry.second_filings():
            self.wrong.append(f"{registry.second_filings()} times something was handed to the registry again")
        for case in cases:
            file = files.get(case.case_id, [None])[0]
            if file and (case.last_state(), case.certificate()) != (file.state, file.proof):
                self.wrong.append(f"{case.case_id}: {case.last_state()} {case.certificate()} at the branch, "
                                  f"{file.state} {file.proof} at the registry")

    def compare_order(self, registry):
        """On each unit the registry has the contracts in the order of the receipts."""
        by_unit = collections.defaultdict(list)
        for message_id, _ in sorted(self.receipts.items(), key=lambda item: item[1].seq):
            application = self.applications.get(message_id)
            for unit in application.units if application else ():
                by_unit[unit].append(application.contract)
        filed = registry.order_of_units()
        for unit, contracts in by_unit.items():
            if len(contracts) > 1 and filed.get(unit) != contracts:
                self.wrong.append(f"unit {unit}: receipts in the order {contracts}, filed in the order {filed.get(unit)}")

    def shared_units(self):
        """How many units have more than one application."""
        counted = collections.Counter(unit for application in self.applications.values() for unit in application.units)
        return sum(count > 1 for count in counted.values())


def unended(book):
    """Applications of a branch that have not come to their end."""
    return [case for case in book.cases() if case.state != STORED or case.last_state() not in ENDED]
