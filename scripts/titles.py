"""Title queries at a branch's counter: who asks before filing, what came back,
and what the application then stands on."""
import json
import subprocess
import time
import zlib

ASKED_OF = 5  # one in so many applications that can ask does; others stand on none
ASKING_MAX = 2  # queries a counter has out at the same time
WAIT_SECONDS_MAX = 4  # then the application goes without: a query never holds a counter up
TRIES_MAX = 12  # while the window is away
ASKING_KINDS = ("M01", "M05", "M07", "M10", "M11", "M12", "M14")  # not those that follow a mortgage of an earlier day
BURDENS = ("seizures", "locks")


class Query:
    """The title queries of one line, one a unit, asked one after the other."""

    def __init__(self, command, form):
        self.command, self.form, self.units = command, form, list(form["units"])
        self.started, self.popen, self.tries = None, None, 0
        self.answers, self.is_over = [], False

    def start(self):
        owner = self.form.get("sellers", self.form["mortgagors"])[0]
        unit = self.units[len(self.answers)]
        self.started = self.started or time.monotonic()
        self.tries += 1
        self.popen = subprocess.Popen(
            [*self.command, "--district", self.form["district"], "--unit", unit["bdcdyh"], "--owner", owner["name"],
             "--idt", owner["idt"], "--id", owner["id"], "--purpose", "mortgage", "--consent",
             self.form["consent"]["pipl"], "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def work(self):
        """Goes on; True when it is over."""
        is_late = self.started and time.monotonic() - self.started > WAIT_SECONDS_MAX
        if not self.is_over and self.popen and (self.popen.poll() is not None or is_late):
            self.take(is_late)
        return self.is_over

    def take(self, is_late):
        if self.popen.poll() is None:
            self.popen.kill()
        said = self.popen.communicate()[0]
        is_answered = said and self.popen.returncode in (0, 1)
        if is_answered:
            self.answers.append(json.loads(said))
        self.popen = None
        is_found = all(answer["result"]["result"] == "match" for answer in self.answers)
        self.is_over = is_late or not is_found or len(self.answers) == len(self.units) or self.tries == TRIES_MAX
        if not self.is_over and is_answered:
            self.tries = 0
            self.start()

    def books(self):
        """What the registry says of each unit."""
        return [unit for answer in self.answers for unit in answer["result"].get("units", ())]

    def turned_away(self):
        """The check that stands against filing; None: nothing does."""
        if any(answer["result"]["result"] != "match" for answer in self.answers):
            return "Q02"
        found = [name for book in self.books() for name in BURDENS if book.get(name)]
        return {"seizures": "Q04", "locks": "Q05"}[found[0]] if found else None

    def standing(self):
        """The application with the results it stands on, and the rank that is really free."""
        form = self.form
        if len(self.answers) != len(self.units):
            return form
        if len(self.units) == 1:
            form["title"] = self.answers[0]["title"]
        for unit, answer in zip(self.units, self.answers) if len(self.units) > 1 else ():
            unit["title"] = answer["title"]
        if "sw" in form:
            form["sw"] = 1 + max(len(book.get("mortgages", ())) for book in self.books())
        return form


class TitleDesk:
    """Asks for some of the lines before they are filed."""

    def __init__(self, command, lines, never, always):
        self.queries = {}
        for index, line in enumerate(lines):
            form = json.loads(line)
            asks = form["kind"] in ASKING_KINDS and zlib.crc32(form["dyhth"].encode()) % ASKED_OF == 0
            if index in always or (asks and index not in never):
                self.queries[index] = Query(command, form)

    def work(self, upto):
        """Asks for the lines up to here, and hears what has come."""
        out = 0
        for index, query in self.queries.items():
            if query.popen and not query.work():
                out += 1
            elif not query.popen and not query.is_over and index < upto and out < ASKING_MAX:
                query.start()
                out += 1

    def is_ready(self, index):
        return index not in self.queries or self.queries[index].is_over

    def waited(self):
        """Milliseconds of each answer."""
        return [answer["waited_ms"] for query in self.queries.values() for answer in query.answers]

    def standing_count(self):
        return sum(len(query.answers) == len(query.units) and not query.turned_away() for query in self.queries.values())
