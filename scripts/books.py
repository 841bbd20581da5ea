"""Reads the books that the two sides keep for themselves: each branch's
branch.db and the sandbox registry's registry.db. What the demo and the system
tests count comes from here, never from the broker."""
import os
import sqlite3

from smallpack import unpack

WAITING, STORED, REJECTED = 0, 1, 2  # branch.db: outbox.state


def open_book(path):
    """Read-only in effect: the file may be in use by its daemon."""
    book = sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=10, isolation_level=None)
    book.execute("PRAGMA query_only = 1")
    book.row_factory = sqlite3.Row
    return book


def open_standing(folder):
    """The book of a branch whose daemon has a session, or None."""
    if not os.path.exists(os.path.join(folder, "branch.db")):
        return None
    book = BranchBook(folder)
    try:
        if book.is_standing():
            return book
    except sqlite3.OperationalError:  # the tables are just being made
        pass
    book.close()
    return None


class Case:
    """One application as its branch knows it."""

    def __init__(self, row):
        self.case_id, self.state, self.reject = row["case_id"], row["state"], row["reject"]
        self.created, self.stored = row["created"], row["time"]
        self.form = unpack(row["body"])
        self.events = []

    @property
    def amount(self):
        """Fen."""
        return self.form.get("bdbzzqse", self.form.get("zgzqse", 0))

    def event(self, what):
        return next((event for event in self.events if event["what"] == what), None)

    def last_state(self):
        return self.events[-1]["state"] if self.events else ("SUBMITTED" if self.state == STORED else "OUTBOX")

    def certificate(self):
        event = self.event("CERT_ISSUED")
        return unpack(event["body"])["bdcdjzmh"] if event else None


class BranchBook:
    def __init__(self, folder):
        self.book = open_book(os.path.join(folder, "branch.db"))

    def close(self):
        self.book.close()

    def is_standing(self):
        row = self.book.execute("SELECT standing FROM link").fetchone()
        return row is not None and row[0] == 1

    def waiting(self):
        """How many messages wait for the broker's answer."""
        return self.book.execute("SELECT count(*) FROM outbox WHERE state = 0").fetchone()[0]

    def submits(self):
        """{state: count} of all applications."""
        return dict(self.book.execute("SELECT state, count(*) FROM outbox WHERE type = 'CASE_SUBMIT' GROUP BY state"))

    def last_states(self):
        """{case id: state} after the newest event of each case of its own: of another bank's it may hear, too."""
        return dict(self.book.execute("SELECT case_id, state FROM events WHERE id IN"
                                      " (SELECT max(id) FROM events WHERE number > 0 GROUP BY case_id)"
                                      " AND case_id IN (SELECT case_id FROM outbox WHERE type = 'CASE_SUBMIT')"))

    def supplements_asked(self, after):
        """[(event id, case id, the request)] behind the event `after`."""
        rows = self.book.execute("SELECT id, case_id, body FROM events WHERE what = 'SUPPLEMENT_REQ' AND id > ?"
                                 " ORDER BY id", (after,))
        return [(row["id"], row["case_id"], unpack(row["body"])) for row in rows]

    def parts_asked(self, after):
        """[(event id, case id, proof)] behind the event `after`: transfers that wait for this branch's word."""
        return [tuple(row) for row in self.book.execute("SELECT id, case_id, detail FROM events WHERE what ="
                                                        " 'PART_ASKED' AND id > ? ORDER BY id", (after,))]

    def fees_told(self, after):
        """[(event id, case id, the notice)] behind the event `after`."""
        rows = self.book.execute("SELECT id, case_id, body FROM events WHERE what = 'FEE_NOTICE' AND id > ?"
                                 " ORDER BY id", (after,))
        return [(row["id"], row["case_id"], unpack(row["body"])) for row in rows]

    def fees_open(self):
        """How many bills the registry has not closed: paid, void or paid back."""
        rows = self.book.execute("SELECT what, body FROM events WHERE what IN ('FEE_NOTICE', 'FEE_CONFIRMED', 'FEE_REFUND')")
        told, closed = set(), set()
        for row in rows:
            body = unpack(row["body"])
            (told if row["what"] == "FEE_NOTICE" else closed).add(body["bill"])
        return len(told - closed)

    def alerts(self, after):
        """[(event id, case id, sequence, the alert)] of the urgent feed behind the event `after`."""
        rows = self.book.execute("SELECT id, case_id, seq, body FROM events WHERE what = 'RISK_ALERT' AND id > ?"
                                 " ORDER BY id", (after,))
        return [(row["id"], row["case_id"], row["seq"], unpack(row["body"])) for row in rows]

    def form(self, case_id):
        """The application of a case."""
        return unpack(self.book.execute("SELECT body FROM outbox WHERE type = 'CASE_SUBMIT' AND case_id = ?",
                                        (case_id,)).fetchone()[0])

    def accepted(self):
        """Case ids the registry has accepted."""
        return {row[0] for row in self.book.execute("SELECT case_id FROM events WHERE what = 'CASE_ACCEPTED'")}

    def cases(self):
        """All applications with their events, in the order of filing."""
        cases = [Case(row) for row in self.book.execute(
            "SELECT case_id, state, reject, created, time, body FROM outbox WHERE type = 'CASE_SUBMIT' ORDER BY id")]
        by_id = {case.case_id: case for case in cases if case.case_id}
        for event in self.book.execute("SELECT * FROM events WHERE number > 0 ORDER BY id"):
            if event["case_id"] in by_id:
                by_id[event["case_id"]].events.append(event)
        return cases

    def gaps(self):
        """Event numbers missing or doubled, over both feeds of all brokers met (those of the urgent one are
        negative): none when all is right."""
        return self.book.execute("SELECT coalesce(sum(wrong), 0) FROM (SELECT abs(max(abs(number)) - count(*)) +"
                                 " abs(count(*) - count(DISTINCT number)) + abs(min(abs(number)) - 1) AS wrong"
                                 " FROM events GROUP BY broker, number < 0)").fetchone()[0]

    def strange_events(self):
        """Events of cases this branch never filed, besides those about a mortgage of its own."""
        return self.book.execute("SELECT count(*) FROM events WHERE what NOT IN ('PART_ASKED', 'PART_BOOKED',"
                                 " 'PART_ENDED') AND case_id NOT IN (SELECT case_id FROM outbox WHERE type = 'CASE_SUBMIT' AND case_id IS NOT NULL)").fetchone()[0]
