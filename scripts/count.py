"""The count in the evening: branches' books against the registry's own book."""
import collections
import hashlib
import json
import os
import unicodedata

from books import REJECTED, STORED
from smallpack import unpack

CERTIFIED = {"CERTIFIED", "ARCHIVED"}
REFUSED = {"NOT_ACCEPTED", "REFUSED", "WITHDRAWN", "EXPIRED"}


class City:
    def __init__(self):
        self.submitted = self.refused_at_counter = self.findings = 0
        self.certified = self.supplemented = self.refused = self.withdrawn = self.first_pass = self.fen = 0
        self.single_visit = 0
        self.titles = self.turned_away = 0
        self.fees_told = self.fees_paid = 0
        self.to_stored, self.to_delivered, self.to_certificate, self.to_title = [], [], [], []


def sm3(data):
    return hashlib.new("sm3", data).digest()


class Count:
    def __init__(self, manifest, registry):
        self.registry, self.wrong = registry, []
        self.city_of_window = {row["participant"][2:]: row["city"] for row in manifest["windows"]}
        self.files = {row["participant"]: row["file"] for row in manifest["branches"]}
        self.cities = collections.defaultdict(City)
        self.cases = {}  # case id: Case
        self.lost = self.duplicated = self.certified = self.refused = self.scans = 0

    # ---- the branches ----

    def take_branch(self, branch, book, folder):
        if book.gaps():
            self.wrong.append(f"{branch}: event numbers have {book.gaps()} gaps or repetitions")
        if book.strange_events():
            self.wrong.append(f"{branch}: {book.strange_events()} events of cases it never filed")
        if book.waiting():
            self.wrong.append(f"{branch}: {book.waiting()} messages still wait in the outbox")
        for case in book.cases():
            if case.state == REJECTED:
                self.lost += 1
                self.wrong.append(f"{branch}: the broker rejected {case.form['dyhth']}: {case.reject}")
            elif case.state != STORED or case.case_id in self.cases:
                self.lost += 1
                self.wrong.append(f"{branch}: {case.form['dyhth']} has no case of its own")
            else:
                case.folder = folder
                self.cases[case.case_id] = case
                self.take_case(case)

    def take_case(self, case):
        city, state = self.cities[self.city_of_window[case.form["district"]]], case.last_state()
        city.submitted += 1
        asked = case.event("SUPPLEMENT_REQ") is not None
        city.supplemented += asked
        if state in CERTIFIED:
            city.certified += 1
            city.fen += case.amount
            city.first_pass += not asked
            city.single_visit += not self.came_again(case)
        elif state in REFUSED:
            city.refused += state != "WITHDRAWN"
            city.withdrawn += state == "WITHDRAWN"
        city.fees_told += case.event("FEE_NOTICE") is not None
        city.fees_paid += self.paid_at(case) is not None
        delivered, issued = case.event("DELIVERED"), case.event("CERT_ISSUED")
        city.to_stored.append(case.stored - case.created)
        if delivered:
            city.to_delivered.append(delivered["time"] - case.stored)
        if issued:
            city.to_certificate.append(issued["taken"] - case.created)

    def paid_at(self, case):
        """The place among its events where the registry says that the fee is paid; None: nowhere."""
        return next((place for place, event in enumerate(case.events)
                     if event["what"] == "FEE_CONFIRMED" and unpack(event["body"])["state"] == "2"), None)

    def judge_fees(self, window):
        """This window asks for every fee, and books nothing before it is paid."""
        for case in self.cases.values():
            told, booked = case.event("FEE_NOTICE"), case.event("CASE_BOOKED")
            if case.case_id[2:8] != window[2:8] or not told or not booked:
                continue
            paid = self.paid_at(case)
            if paid is None or case.events.index(booked) < paid:
                self.wrong.append(f"{case.case_id}: booked at {window} before the fee was paid")

    def judge_scans(self, folder):
        """Each file of a case that was delivered is at its window, and is that file."""
        for case in self.cases.values():
            for material in case.form["materials"] if case.event("DELIVERED") else ():
                if not material.get("carried"):
                    continue
                path = os.path.join(folder, material["sm3"])
                self.scans += 1
                if not os.path.exists(path):
                    self.wrong.append(f"{case.case_id}: delivered without its file {material['sm3']}")
                    continue
                with open(path, "rb") as file:
                    if sm3(file.read()).hex() != material["sm3"]:
                        self.wrong.append(f"{case.case_id}: its file {material['sm3']} is another one at the window")
        if not self.scans:
            self.wrong.append("no case carried a file")

    def came_again(self, case):
        """Did the window send for the citizen?"""
        return any(item["needs_citizen"] for event in case.events if event["what"] == "SUPPLEMENT_REQ"
                   for item in unpack(event["body"])["items"])

    def take_counter(self, refused_at_counter, folder):
        """{(branch, line): check ids} of what never left a branch."""
        lines = {branch: open(os.path.join(folder, file), encoding="utf-8").read().splitlines()
                 for branch, file in self.files.items()}
        for (branch, line), checks in refused_at_counter.items():
            city = self.cities[self.city_of_window[json.loads(lines[branch][line - 1])["district"]]]
            city.refused_at_counter += 1
            city.findings += len(checks)

    def take_titles(self, queries):
        """What was asked before filing, and who was not filed because of it."""
        for query in queries:
            city = self.cities[self.city_of_window[query.form["district"]]]
            city.titles += len(query.answers)
            city.turned_away += query.turned_away() is not None
            city.to_title += [answer["waited_ms"] * 1000 for answer in query.answers]

    # ---- both ----

    def compare(self):
        """Every case at a branch is in exactly one registry file, and both say the same of it."""
        filed = self.registry.files()
        for case_id, case in self.cases.items():
            copies, state = filed.get(case_id, []), case.last_state()
            if len(copies) != 1:
                self.lost += not copies
                self.duplicated += len(copies) > 1
                self.wrong.append(f"{case_id}: {len(copies)} files at the registry")
            elif state not in CERTIFIED | REFUSED:
                self.lost += 1
                self.wrong.append(f"{case_id}: ended nowhere, the branch knows {state}")
            else:
                self.certified += state in CERTIFIED
                self.refused += state in REFUSED
                self.compare_case(case, copies[0], state)
        self.compare_whole(filed)

    def compare_case(self, case, file, state):
        if (state in CERTIFIED) != file.is_certified:
            self.wrong.append(f"{case.case_id}: {state} at the branch, {file.state} at the registry")
        if case.certificate() != file.proof:
            self.wrong.append(f"{case.case_id}: certificate {case.certificate()} at the branch, {file.proof} at the registry")
        event = case.event("CERT_ISSUED")
        if event and file.certificate_sm3 and event["file"]:
            with open(os.path.join(case.folder, "certificates", event["file"]), "rb") as stored:
                if sm3(stored.read()) != file.certificate_sm3:
                    self.wrong.append(f"{case.case_id}: the certificate file differs from the registry's")
        elif event:
            self.wrong.append(f"{case.case_id}: the certificate file is missing: {event['file_why']}")

    def compare_whole(self, filed):
        for case_id in filed.keys() - self.cases.keys():
            self.wrong.append(f"{case_id}: at the registry, but no branch filed it")
        proofs = [file.proof for files in filed.values() for file in files if file.proof and file.kind != "M04"]
        self.duplicated += len(proofs) - len(set(proofs))
        again = self.registry.second_filings()
        if again:
            self.duplicated += again
            self.wrong.append(f"{again} cases were handed to the registry a second time")

    def last_line(self):
        return (f"cases {len(self.cases) + self.unnamed()} certified {self.certified} refused {self.refused} "
                f"lost {self.lost} duplicated {self.duplicated}")

    def unnamed(self):
        """Cases a branch took and that never got an id."""
        return max(self.lost + self.certified + self.refused - len(self.cases), 0)


# ---- the table ----

def width(text):
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def part(values, share):
    """A percentile in a word: ms below 10 s, else seconds."""
    if not values:
        return "-"
    milliseconds = sorted(values)[min(int(len(values) * share), len(values) - 1)] / 1000
    return f"{milliseconds:.0f}ms" if milliseconds < 10_000 else f"{milliseconds / 1000:.1f}s"


def row_of(name, city):
    ended = city.certified + city.refused
    single = f"{100 * city.single_visit / city.certified:.1f}%" if city.certified else "-"
    return [name, city.submitted, city.refused_at_counter, city.findings, city.certified, city.supplemented, city.refused,
            city.withdrawn, city.fees_told, city.fees_paid, city.titles, city.turned_away, f"{100 * city.first_pass / ended:.1f}%" if ended else "-", single, f"{city.fen / 100:,.0f}",
            *(part(values, share) for values in (city.to_title, city.to_stored, city.to_delivered, city.to_certificate)
              for share in (0.5, 0.99))]


HEAD = ["city", "submitted", "refused at counter", "findings", "certified", "supplemented", "refused by window",
        "withdrawn", "fees told", "paid", "titles", "turned away", "first pass", "single visit", "sum in yuan", "title p50", "p99", "stored p50", "p99", "delivered p50", "p99", "certificate p50", "p99"]


def print_count(count, findings):
    total = City()
    for city in count.cities.values():
        for name, value in vars(city).items():
            setattr(total, name, getattr(total, name) + value)
    rows = [HEAD] + [row_of(name, count.cities[name]) for name in sorted(
        count.cities, key=list(count.city_of_window.values()).index)] + [row_of("all", total)]
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(width(row[column]) for row in rows) for column in range(len(HEAD))]
    print()
    for row in rows:
        cells = [row[0] + " " * (widths[0] - width(row[0]))]
        cells += [" " * (size - width(cell)) + cell for cell, size in zip(row[1:], widths[1:])]
        print("  ".join(cells))
    print("\ntitles: title queries answered before filing, and how long the counter waited; turned away: the book stood against it"
          "\nstored: submit -> the broker has it on disk; delivered: stored -> the window has it on disk; "
          "certificate: submit -> certificate at the branch")
    print(f"scans: {count.scans} files travelled with their cases and are whole at the windows")
    print("findings at the counters: " + (", ".join(f"{check} {times}" for check, times in sorted(findings.items()))
                                          or "none"))
    print()
