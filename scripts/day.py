"""A day in Shandong on one machine: the windows, the branches, the broker, what
they file and how it goes. Used by `make demo` and `make run`."""
import collections
import datetime
import json
import os
import subprocess
import sys
import time
import zlib

from books import BranchBook, open_standing
from count import Count
from house import OPERATOR, TOP, House, Late, wait_for
from registry import RegistryBook
from scans import scan_some
from titles import TitleDesk

ENDED = {"CERTIFIED", "ARCHIVED", "NOT_ACCEPTED", "REFUSED", "WITHDRAWN", "EXPIRED"}
ENDED_UNBOOKED = {"NOT_ACCEPTED", "REFUSED", "WITHDRAWN", "EXPIRED"}
KILLS_AT = (0.2, 0.45, 0.7)  # share of the cases ended when the broker is killed
BAR_WIDTH = 40
WITHDRAWN_OF = 60  # one in so many accepted cases is withdrawn; a withdrawal may lose the race with the booking
SEIZED_OF = 70  # one in so many accepted cases sees its unit seized
BURDENED = 1  # per cent of the applications, on a property nobody may mortgage now
TITLES_AHEAD = 0.03  # the share of the day by which a title query comes before its application
SANDBOX_DELAYS = "accept=200,book=400,cert=200,archive=300"
SANDBOX_SHARES = "fee=15"
FEE_FIRST = "W:370203"  # the window whose rules say that it books only after the fee is paid


def say(text):
    print(text, flush=True)


class Counter:
    """One branch's counter: `onevisit-branch submit -`, fed line by line as the day goes by."""

    def __init__(self, house, row, forms):
        self.branch = row["participant"]
        with open(os.path.join(forms, row["file"]), "rb") as file:
            self.lines = file.readlines()
        self.fed, self.said = 0, house.path("log", "submit-" + self.branch[2:] + ".jsonl")
        self.numbers, self.turned_away = [], {}  # of the lines handed in; line: check that stood against it
        mistaken, burdened = ({mistake["line"] - 1 for mistake in row[name]} for name in ("mistakes", "burdens"))
        scans = house.path("scans")
        self.lines = scan_some(self.lines, scans, self.branch, mistaken)
        self.desk = TitleDesk([house.program("onevisit-branch"), "title", *house.branch_arguments(self.branch)],
                              self.lines, mistaken, burdened)
        command = [house.program("onevisit-branch"), "submit", *house.branch_arguments(self.branch), "--json",
                   "--materials", scans, "-"]
        with open(self.said, "wb") as said:
            self.popen = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said, stderr=subprocess.STDOUT)

    def serve(self, share):
        """Files up to this share of the lines; True when all are filed and judged."""
        upto, ready = int(len(self.lines) * share), []
        self.desk.work(int(len(self.lines) * (share + TITLES_AHEAD)))
        while self.fed < upto and self.desk.is_ready(self.fed):
            ready += self.take_line(self.fed)
            self.fed += 1
        if ready:
            self.popen.stdin.write(b"".join(ready))
            self.popen.stdin.flush()
        if self.fed == len(self.lines) and not self.popen.stdin.closed:
            self.popen.stdin.close()
        return self.popen.poll() is not None

    def take_line(self, index):
        """The line as it is handed in; none where the registry's book stands against it."""
        query = self.desk.queries.get(index)
        if query and query.turned_away():
            self.turned_away[index + 1] = query
            return []
        self.numbers.append(index + 1)
        return [json.dumps(query.standing(), ensure_ascii=False).encode() + b"\n" if query else self.lines[index]]

    def answers(self):
        """One per line handed in, in order."""
        with open(self.said, encoding="utf-8", errors="replace") as said:
            text = said.read()
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        if self.popen.returncode not in (0, 1) or len(lines) != len(self.numbers):
            raise RuntimeError(f"{self.branch} submit: exit {self.popen.returncode}, {len(lines)} answers to "
                               f"{len(self.numbers)} lines: {text[-300:]}")
        for line in lines:
            line["line"] = self.numbers[line["line"] - 1]
        return lines


class Day:
    """The demo from the opening of the doors to the count."""

    def __init__(self, options, name="demo"):
        self.options = options
        self.folder = os.path.join(options.build, name)
        self.house = House(self.folder, os.path.join(options.build, "bin"))
        self.forms = self.house.path("applications")
        self.manifest, self.branches = None, []
        self.books, self.heard = {}, collections.Counter()
        self.findings = collections.Counter()   # check id: lines at the counters
        self.refused_at_counter = {}            # (branch, line): set of check ids
        self.supplements, self.kills, self.shown = 0, 0, None
        self.withdrawals, self.seen_accepted = 0, set()
        self.confirmations, self.asked = 0, collections.Counter()
        self.seizures, self.acknowledged, self.alerted = {}, 0, collections.Counter()  # document: (branch, case) until it is heard
        self.payments, self.billed = 0, collections.Counter()
        self.seized = set()                     # units
        self.clerks, self.counters = [], []     # commands under way

    def prepare(self):
        options = self.options
        subprocess.run([sys.executable, os.path.join(TOP, "scripts", "generate-applications"), "--seed",
                        str(options.seed), "--per-window", str(options.per_window), "--burdens",
                        str(BURDENED), "--out", self.forms], check=True)
        with open(os.path.join(self.forms, "manifest.json"), encoding="utf-8") as file:
            self.manifest = json.load(file)
        self.branches = [row["participant"] for row in self.manifest["branches"]]
        self.house.make_keys("K", OPERATOR, *self.branches, all_windows=True)
        os.makedirs(self.house.path("rules"))
        with open(self.house.path("rules", FEE_FIRST[2:] + ".rules"), "w", encoding="utf-8") as file:
            file.write(f"window = \"{FEE_FIRST}\";\nversion = 1;\nfee_first = true;\n")

    def open_doors(self):
        house = self.house
        house.start_broker("--rules", house.path("rules"))
        house.wait_until_serving()
        house.start_windows([row["participant"] for row in self.manifest["windows"]], "--adapter", "sandbox",
                            "--sandbox-delay", SANDBOX_DELAYS, "--sandbox-shares", SANDBOX_SHARES,
                            "--rules", house.path("rules"))
        for branch in self.branches:
            house.start_branch(branch)
        for branch in self.branches:
            self.books[branch] = wait_for(lambda: open_standing(house.branch_folder(branch)), 60,
                                          f"{branch} has a session with the broker")
        say(f"broker, {len(self.manifest['windows'])} windows and {len(self.branches)} branches are up "
            f"at {house.endpoint}")

    # ---- at the counters ----

    def open_counters(self):
        self.counters = [Counter(self.house, row, self.forms) for row in self.manifest["branches"]]

    def serve_counters(self, share):
        """Hands in this share of the day's applications; True when the counters have closed."""
        return all([counter.serve(share) for counter in self.counters])

    def close_counters(self):
        for counter in self.counters:
            for answer in counter.answers():
                if not answer["ok"]:
                    checks = {finding["id"] for finding in answer.get("findings", ()) if finding["level"] == "E"}
                    self.refused_at_counter[counter.branch, answer["line"]] = checks
                    self.findings.update(checks)

    def judge_counter(self):
        """What was planted must be found, and nothing else refused."""
        wrong = []
        planted = {(row["participant"], mistake["line"]): mistake
                   for row in self.manifest["branches"] for mistake in row["mistakes"]}
        for place, mistake in planted.items():
            if mistake["finding"] not in self.refused_at_counter.get(place, ()):
                wrong.append(f"{place[0]} line {place[1]}: {mistake['finding']} ({mistake['what']}) was not found: "
                             f"{sorted(self.refused_at_counter.get(place, ()))}")
        for place in self.refused_at_counter.keys() - planted.keys():
            wrong.append(f"{place[0]} line {place[1]}: refused without a mistake: "
                         f"{sorted(self.refused_at_counter[place])}")
        return wrong + self.judge_titles()

    def judge_titles(self):
        """Who must be turned away by the registry's book was, and nobody else but for a seizure of this day."""
        wrong = []
        burdens = {(row["participant"], burden["line"]): burden["finding"]
                   for row in self.manifest["branches"] for burden in row["burdens"]}
        turned_away = {(counter.branch, line): query for counter in self.counters
                       for line, query in counter.turned_away.items()}
        for place, check in burdens.items():
            found = turned_away[place].turned_away() if place in turned_away else None
            if found != check and self.was_answered(place):
                wrong.append(f"{place[0]} line {place[1]}: {check} was not found by the title: {found}")
        for place in turned_away.keys() - burdens.keys():
            if not self.seized & {unit["bdcdyh"] for unit in turned_away[place].units}:
                wrong.append(f"{place[0]} line {place[1]}: turned away without a reason")
        if not any(counter.desk.waited() for counter in self.counters):
            wrong.append("no title query was answered")
        return wrong

    def was_answered(self, place):
        """In time: where the broker was killed, or the machine is slow, a counter goes on without."""
        query = next(counter.desk.queries[place[1] - 1] for counter in self.counters if counter.branch == place[0])
        return bool(query.answers)

    # ---- on the way ----

    def progress(self):
        """(cases filed, cases ended), by the branches' books."""
        filed = ended = 0
        for branch, book in self.books.items():
            filed += sum(book.submits().values())
            ended += sum(state in ENDED for state in book.last_states().values())
        return filed, ended

    def answer_supplements(self):
        """As a clerk would: what a window asks for is handed in again."""
        self.clerks = [clerk for clerk in self.clerks if clerk.poll() is None]
        for branch, book in self.books.items():
            for event, case_id, request in book.supplements_asked(self.heard[branch]):
                self.heard[branch] = event
                self.supplements += 1
                self.hand_in(branch, case_id, request)

    def hand_in(self, branch, case_id, request):
        answer = {"round": request["round"], "remark": "按要求补齐，无须申请人再次到场",
                  "materials": [self.material(item) for item in request["items"] if item.get("material")],
                  "changes": [{"path": item["path"], "new": "\"已更正\""} for item in request["items"]
                              if item.get("path") and not item.get("material")],
                  "signed_anew": ["mortgagors/0", "mortgagee/agent"] if any(item["needs_new_signature"] for item in request["items"])
                  else []}
        answer = {key: value for key, value in answer.items() if value != []}
        path = os.path.join(self.forms, f"supplement-{case_id}-{request['round']}.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(answer, file, ensure_ascii=False)
        self.clerk("supplement", branch, case_id, path)

    def confirm_parts(self):
        """The old mortgagee of a transfer agrees that its mortgage ends (带押过户); without it nothing moves."""
        for branch, book in self.books.items():
            for event, case_id, proof in book.parts_asked(self.asked[branch]):
                self.asked[branch] = event
                self.confirmations += 1
                self.clerk("confirm", branch, case_id, "--proof", proof, "--user", "1001", "--settlement", "JS-" + case_id[-8:])

    def pay_fees(self):
        """The bank pays what a window asks for."""
        for branch, book in self.books.items():
            for event, case_id, notice in book.fees_told(self.billed[branch]):
                self.billed[branch] = event
                self.payments += 1
                self.clerk("pay", branch, case_id, "--bill", notice["bill"], "--amount", str(notice["amount"]),
                           "--payment", "PZ-" + notice["bill"])

    def meet_accepted(self):
        """Once a case is accepted, some citizens change their mind, and now and then a court comes first."""
        for branch, book in self.books.items():
            for case_id in book.accepted() - self.seen_accepted:
                self.seen_accepted.add(case_id)
                turn = zlib.crc32(case_id.encode())
                if turn % WITHDRAWN_OF == 0:
                    self.withdrawals += 1
                    self.clerk("withdraw", branch, case_id, "--reason", "申请人改变主意", "--agreement", "W-" + case_id[-8:])
                elif turn % SEIZED_OF == 1:
                    self.seize(branch, case_id)

    def seize(self, branch, case_id):
        """The window says that a court has seized the unit: an alert to every bank that has to do with it."""
        form, document = self.books[branch].form(case_id), f"（2026）鲁测执{case_id[-8:]}号"
        if form["kind"] in ("M04", "M10b"):
            return  # may end the mortgage, and then the unit is nothing to this bank
        unit, self.seizures[document] = form["units"][0]["bdcdyh"], (branch, case_id)
        self.seized.add(unit)
        words = [self.house.program("onevisit-window"), "alert", "--data", self.house.path("window"), "--test", "--window",
                 "W:" + case_id[2:8], "--unit", unit, "--risk", "seizure", "--authority", "示例人民法院", "--document", document]
        with open(self.house.path("log", "alert.log"), "ab") as log:
            self.clerks.append(subprocess.Popen(words, stdout=log, stderr=log))

    def acknowledge_alerts(self):
        """A named person at the branch reads each alert."""
        for branch, book in self.books.items():
            for event, case_id, sequence, alert in book.alerts(self.alerted[branch]):
                self.alerted[branch] = event
                self.acknowledged += 1
                self.seizures[alert["document"]] = None
                self.clerk("acknowledge", branch, case_id, "--alert", str(sequence), "--user", "1002")

    def clerk(self, command, branch, *arguments):
        """A command of a clerk at the branch, which hands it to the outbox and ends."""
        words = [self.house.program("onevisit-branch"), command, *self.house.branch_arguments(branch), *arguments]
        with open(self.house.path("log", command + ".log"), "ab") as log:
            self.clerks.append(subprocess.Popen(words, stdout=log, stderr=log))

    def material(self, item):
        return {"code": item["material"], "pages": 1, "size": 180_000, "mime": "application/pdf", "sm3": "a5" * 32}

    def kill_broker_if_due(self, share):
        if not self.options.crash or self.kills >= len(KILLS_AT) or share < KILLS_AT[self.kills]:
            return
        self.kills += 1
        broker = self.house.processes["broker"]
        broker.kill()
        broker.start()
        self.show_end_of_bar()
        say(f"the broker was killed ({self.kills} of {len(KILLS_AT)}) and started again")

    def show(self, ended):
        total = self.manifest["lines"] - self.manifest["mistakes"] - sum(len(counter.turned_away) for counter in self.counters)
        done = BAR_WIDTH * ended // max(total, 1)
        bar = f"[{'#' * done}{'.' * (BAR_WIDTH - done)}] {ended} of {total} cases ended"
        if sys.stdout.isatty():
            print("\r" + bar, end="", flush=True)
        elif done != self.shown and done % 4 == 0:
            say(bar)
        self.shown = done

    def show_end_of_bar(self):
        if sys.stdout.isatty():
            print(flush=True)

    def go(self):
        """From the first application until every case has ended, or the time is up."""
        started = time.monotonic()
        self.open_counters()
        while True:
            passed = time.monotonic() - started
            are_closed = self.serve_counters(min(passed / self.options.day_seconds, 1))
            self.answer_supplements()
            self.confirm_parts()
            self.pay_fees()
            self.meet_accepted()
            self.acknowledge_alerts()
            filed, ended = self.progress()
            self.show(ended)
            self.kill_broker_if_due(ended / self.manifest["lines"])
            if are_closed and ended == filed and self.is_quiet():
                break
            self.look_after_processes()
            if passed > self.options.seconds_max:
                raise Late(f"{filed - ended} of {filed} cases have not ended after {self.options.seconds_max} s")
            time.sleep(0.1)
        self.show_end_of_bar()
        self.close_counters()

    def is_quiet(self):
        """Nobody owes anybody a word: outboxes are empty, clerks have gone, and each seizure was heard, but for
        those of cases that ended without a booking: such a case has no unit any more."""
        unheard = [case_id for branch, case_id in filter(None, self.seizures.values())
                   if self.books[branch].last_states()[case_id] not in ENDED_UNBOOKED]
        return (not unheard and not any(clerk.poll() is None for clerk in self.clerks)
                and not any(book.waiting() or book.fees_open() for book in self.books.values()))

    def compare_books(self):
        """Each branch's book of today against the broker's: what does not agree."""
        today = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).strftime("%Y-%m-%d")
        done = {branch: self.house.branch(branch, "reconcile", "--day", today, "--json") for branch in self.books}
        wrong = [f"{branch}: its book of {today} and the broker's differ: {(one.stdout or one.stderr)[:300]}"
                 for branch, one in done.items() if one.returncode != 0]
        booked = sum(json.loads(one.stdout)["bookings"] for one in done.values() if one.stdout)
        say(f"books of {today} compared (对账): {len(done)} branches, {booked} bookings, {len(wrong)} books differ")
        return wrong

    def what_happened(self):
        return (f"{self.supplements} supplements, {self.withdrawals} withdrawals asked for, {self.confirmations} transfers "
                f"confirmed by the old bank, {sum(counter.desk.standing_count() for counter in self.counters)} applications stand on a "
                f"title result, {len(self.seizures)} units seized, {self.acknowledged} alerts read by name, "
                f"{self.payments} bills paid")

    def stay_open(self):
        while True:
            self.look_after_processes()
            time.sleep(0.5)

    def look_after_processes(self):
        for name, process in self.house.processes.items():
            if not process.is_alive():
                raise Late(f"{name} ended by itself with exit {process.popen.returncode}")

    def who_waits(self):
        """For the report of a day that did not end."""
        lines = []
        for branch, book in self.books.items():
            states = collections.Counter(state for state in book.last_states().values() if state not in ENDED)
            stuck = [case.case_id for case in book.cases() if case.last_state() not in ENDED][:3]
            if states or stuck:
                lines.append(f"  {branch}: {dict(states)}, {book.waiting()} messages in the outbox, e.g. {stuck}")
        health = self.house.operator_json("health")
        windows = self.house.operator_json("window", "list")
        lines.append(f"  broker: {health}")
        for row in (windows or {}).get("windows", []):
            if row.get("queued") or row.get("in_flight"):
                lines.append(f"  {row}")
        return "\n".join(lines[:60])

    # ---- the evening ----

    def close(self):
        for clerk in self.clerks:
            clerk.wait(30)
        for book in self.books.values():
            book.close()
        return {name: status for name, status in self.house.close().items() if status != 0}

    def count(self):
        registry = RegistryBook(self.house.path("window"))
        count = Count(self.manifest, registry)
        for row in self.manifest["branches"]:
            book = BranchBook(self.house.branch_folder(row["participant"]))
            count.take_branch(row["participant"], book, self.house.branch_folder(row["participant"]))
            book.close()
        count.take_counter(self.refused_at_counter, self.forms)
        for counter in self.counters:
            count.take_titles(counter.desk.queries.values())
        count.compare()
        count.judge_fees(FEE_FIRST)
        count.judge_scans(self.house.path("window", "materials"))
        return count
