"""What the rig itself saw and heard, kept in its own memory and held against the
books of all sides at the end.

It knows a message because a clerk's command printed its id, and a receipt or an
event because a branch's book showed it once: what was shown once may never
change or go away. The broker is asked only to be compared."""
import collections

from books import REJECTED, STORED
from clerk import FILED, SUPPLEMENT, WITHDRAWAL
from smallpack import unpack

CHECKED = "CERT_ACK"  # the branch's agent says it by itself
TITLE = "TITLE_QUERY"
DELIVERED = (FILED, SUPPLEMENT, WITHDRAWAL, CHECKED)  # what a branch files and a window gets
CERTIFIED = {"CERTIFIED", "ARCHIVED"}
ENDED = CERTIFIED | {"NOT_ACCEPTED", "REFUSED", "WITHDRAWN", "EXPIRED"}

Application = collections.namedtuple("Application", "branch contract units round")
Word = collections.namedtuple("Word", "branch kind case_id")
Receipt = collections.namedtuple("Receipt", "seq chain case_id")


class Ledger:
    def __init__(self):
        self.applications = {}  # message id: Application
        self.words = {}         # message id: Word, of everything else handed in
        self.doubtful = {}      # (branch, contract): Application that a killed clerk may have handed in
        self.receipts = {}      # message id: Receipt
        self.events = {}        # (branch, broker, number): (case id, what, state, bytes, sequence)
        self.titles = {}        # sequence of a query that was answered: branch
        self.wrong = []

    def differ(self, message_id, what):
        application, word = self.applications.get(message_id), self.words.get(message_id)
        where = f"round {application.round}, {application.branch}, {application.contract}" if application else str(word or "nobody's")
        self.wrong.append(f"{where}: {what}")

    # ---- as the day goes by ----

    def take_answers(self, clerk, round_number, has_ended):
        """What `submit` printed by now about its lines: handed in from now on. One that was killed may have handed in
        more than it printed, never less."""
        open_lines = {line: Application(clerk.branch, form["dyhth"], tuple(unit["bdcdyh"] for unit in form["units"]), round_number)
                      for line, form in enumerate(clerk.forms, 1)}
        for answer in clerk.answers():
            application = open_lines.pop(answer["line"])
            if answer["ok"]:
                self.applications.setdefault(answer["mid"], application)
            else:
                self.wrong.append(f"{clerk.branch}: line {answer['line']} was not taken: {answer}")
        if has_ended and clerk.was_killed:
            self.doubtful.update({(clerk.branch, application.contract): application for application in open_lines.values()})
        elif has_ended and open_lines:
            self.wrong.append(f"round {round_number}, {clerk.branch}: nothing was said of lines {list(open_lines)}")

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
        rows = book.book.execute("SELECT broker, number, case_id, what, state, body, seq FROM events")
        held = {(branch, row["broker"], row["number"]): (row["case_id"], row["what"], row["state"], row["body"], row["seq"]) for row in rows}
        for key, event in self.events.items():
            if key[0] == branch and held.get(key) != event:
                self.wrong.append(f"{branch}: event {key[2]} was {event[:3]} and is {(held.get(key) or 'gone')[:3]}")
        self.events.update(held)

    def watch_receipts(self, branch, book):
        held = {}
        for row in book.book.execute("SELECT mid, type, case_id, seq, chain FROM outbox WHERE state = ?", (STORED,)):
            held[row["mid"].hex()] = Receipt(row["seq"], row["chain"].hex(), row["case_id"])
            if row["type"] == CHECKED:
                self.words[row["mid"].hex()] = Word(branch, CHECKED, row["case_id"])
        for message_id, receipt in self.receipts.items():
            if self.branch_of(message_id) == branch and held.get(message_id) != receipt:
                self.differ(message_id, f"had {receipt} and has {held.get(message_id)}")
        self.receipts.update(held)

    def branch_of(self, message_id):
        said = self.applications.get(message_id) or self.words.get(message_id)
        return said.branch if said else None

    def kind_of(self, message_id):
        return self.words[message_id].kind if message_id in self.words else FILED

    # ---- the end ----

    def compare(self, books, registry, inbox, journal, cases):
        """`inbox` is the window's window.db, `journal` and `cases` are the broker's own words; gives what differs."""
        states = {case["cid"]: case["state"] for case in cases}
        for branch, book in books.items():
            self.watch(branch, book)
            self.compare_branch(branch, book, states)
            self.compare_feed(branch)
        self.compare_journal(journal)
        self.compare_cases(cases)
        self.compare_inbox(inbox, states)
        self.compare_registry(registry, [case for book in books.values() for case in book.cases()], states)
        self.compare_order(registry)
        return self.wrong

    def compare_branch(self, branch, book, states):
        mine = {message_id for said in (self.applications, self.words) for message_id, one in said.items() if one.branch == branch}
        kept = {row["mid"].hex(): row for row in book.book.execute("SELECT mid, type, case_id, state, reject FROM outbox")}
        for message_id in mine - kept.keys():
            self.differ(message_id, "was handed in and is not in the outbox")
        for message_id in kept.keys() - mine:
            self.wrong.append(f"{branch}: {message_id} ({kept[message_id]['type']}) is in the outbox and nobody handed it in")
        for message_id in mine & kept.keys():
            row = kept[message_id]
            if row["state"] == REJECTED and not self.is_late(row, states):
                self.differ(message_id, f"was rejected: {row['reject']}")
            elif row["state"] == STORED and message_id not in self.receipts:
                self.differ(message_id, "has no receipt")
        for count, what in ((book.gaps(), "gaps or repetitions in the feed"), (book.strange_events(), "events of cases it never filed"),
                            (book.waiting(), "messages still wait in the outbox")):
            if count:
                self.wrong.append(f"{branch}: {count} {what}")

    def is_late(self, row, states):
        """Who withdraws, or completes, what has ended meanwhile is told so."""
        return row["type"] in (WITHDRAWAL, SUPPLEMENT) and "WRONG_STATE" in row["reject"] and states.get(row["case_id"]) in ENDED

    def compare_feed(self, branch):
        """The feed goes in the order of the journal."""
        last = {}
        for (owner, broker, number), event in sorted(self.events.items(), key=lambda item: (item[0][1], item[0][2])):
            if owner == branch and number > 0:
                if event[4] < last.get(broker, 0):
                    self.wrong.append(f"{branch}: event {number} is of record {event[4]} and comes after record {last[broker]}")
                last[broker] = event[4]

    def compare_journal(self, journal):
        """Each receipt's record stands where the receipt says, with its place in the chain; there is no other."""
        filed = {entry["seq"]: entry for entry in journal if entry["typ"] in DELIVERED}
        if [entry["seq"] for entry in journal] != list(range(1, len(journal) + 1)):
            self.wrong.append("the journal's numbers have a hole")
        for message_id, receipt in self.receipts.items():
            entry = filed.pop(receipt.seq, None)
            said = entry and (entry["src"], entry["typ"], entry.get("cid"), entry["chain"])
            if said != (self.branch_of(message_id), self.kind_of(message_id), receipt.case_id, receipt.chain):
                self.differ(message_id, f"{receipt}, and the journal has {said} there")
        for entry in filed.values():
            self.wrong.append(f"journal {entry['seq']}: a {entry['typ']} of {entry['src']} that has no receipt")
        asked = {entry["seq"]: entry["src"] for entry in journal if entry["typ"] == TITLE}
        for sequence, branch in self.titles.items():
            if asked.get(sequence) != branch:
                self.wrong.append(f"{branch}: its title query {sequence} was answered, and the journal has {asked.get(sequence)} there")

    def compare_cases(self, cases):
        self.compare_once("the broker's list of cases", collections.Counter(case["cid"] for case in cases))
        for case in cases:
            if case["state"] not in ENDED:
                self.wrong.append(f"{case['cid']}: {case['state']} at the broker when all is over")

    def filed(self):
        """(message id, receipt) of each application."""
        return [(message_id, receipt) for message_id, receipt in self.receipts.items() if self.kind_of(message_id) == FILED]

    def compare_once(self, where, counted, never=()):
        """Every receipt's case is there once, and no other; of `never` none."""
        for message_id, receipt in self.filed():
            if counted[receipt.case_id] != (0 if receipt.case_id in never else 1):
                self.differ(message_id, f"{receipt.case_id} is {counted[receipt.case_id]} times in {where}")
        for case_id in counted.keys() - {receipt.case_id for _, receipt in self.filed()}:
            self.wrong.append(f"{case_id}: in {where}, and no branch has a receipt for it")

    def compare_inbox(self, inbox, states):
        rows = inbox.execute("SELECT case_id, number, type, sequence, state, handed_at FROM delivery ORDER BY case_id, number").fetchall()
        brought = collections.Counter((row["case_id"], row["type"], row["sequence"]) for row in rows)
        for message_id, receipt in self.receipts.items():
            kind, state = self.kind_of(message_id), states.get(receipt.case_id)
            count = brought.pop((receipt.case_id, kind, receipt.seq), 0)
            # What a case does not need any more falls away: a late withdrawal, and all of it once it was withdrawn.
            if count != 1 and not (count == 0 and (kind == WITHDRAWAL or state not in CERTIFIED and kind == SUPPLEMENT
                                                   or state == "WITHDRAWN")):
                self.differ(message_id, f"{receipt} is {count} times in the window's inbox")
        self.wrong += [f"{key}: in the window's inbox, and no branch has a receipt for it" for key in brought]
        self.wrong += [f"{row['case_id']}: {row['state']} in the window's inbox" for row in rows if row["state"] != "handed"]
        for one, next_one in zip(rows, rows[1:]):
            if one["case_id"] == next_one["case_id"] and (one["sequence"] >= next_one["sequence"] or one["handed_at"] > next_one["handed_at"]):
                self.wrong.append(f"{one['case_id']}: {one['type']} and {next_one['type']} were handed over in the wrong order")
        for row in inbox.execute("SELECT case_id, why FROM odd_delivery"):
            self.wrong.append(f"{row['case_id']}: the window was brought something odd: {row['why']}")
        for row in inbox.execute("SELECT case_id, type, code FROM answer WHERE state != 'stored'"):
            self.wrong.append(f"{row['case_id']}: the window's {row['type']} was not stored: {row['code']}")

    def compare_registry(self, registry, cases, states):
        files = registry.files()
        never = {case_id for case_id, state in states.items() if state == "WITHDRAWN"} - files.keys()  # before it was delivered
        self.compare_once("the registry's book", collections.Counter({case_id: len(copies) for case_id, copies in files.items()}), never)
        if registry.second_filings():
            self.wrong.append(f"{registry.second_filings()} times something was handed to the registry again")
        for case in cases:
            file = files.get(case.case_id, [None])[0]
            if file and (case.last_state(), case.certificate()) != (file.state, file.proof):
                self.wrong.append(f"{case.case_id}: {case.last_state()} {case.certificate()} at the branch, "
                                  f"{file.state} {file.proof} at the registry")

    def compare_order(self, registry):
        """On each unit the registry has the contracts in the order of the receipts."""
        by_unit, known = collections.defaultdict(list), registry.files()
        for message_id, receipt in sorted(self.receipts.items(), key=lambda item: item[1].seq):
            application = self.applications.get(message_id)
            for unit in application.units if application and receipt.case_id in known else ():
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
