"""A branch asks what the registry's book says; an application stands on the answer."""
import json
import os
import time
import unittest

import msgpack
from base import BANK, OFFICES, TOP, SystemTest
from client import Branch, Rejected, Window, now_us, sm3, turn_all

WINDOW = OFFICES[0].participant


class Counter(Branch):
    """Keeps answers and refusals of title queries by what they answer."""

    def __init__(self, *arguments, **more):
        self.told, self.refused = {}, {}
        super().__init__(*arguments, **more)

    def take_event(self, message):
        if message.type == "TITLE_ANSWER":
            self.told[message.envelope["cor"]] = message
        super().take_event(message)

    def take_reject(self, message, answered):
        self.refused[answered] = message.body
        super().take_reject(message, answered)


class Registry(Window):
    """Answers from `book`, a title_unit; None: keeps silent."""

    def __init__(self, *arguments, **more):
        self.book, self.asked = None, []
        super().__init__(*arguments, capabilities=["title"], **more)

    def take_delivery(self, message):
        if message.type == "TITLE_ASK":
            self.asked.append(message)
            if self.book:
                self.tell(message, self.book)
        super().take_delivery(message)

    def tell(self, ask, unit):
        self.send("TITLE_RESULT", {"query": ask.body["seq"], "result": "match", "as_of": now_us(), "units": [unit]})


class TitleTest(SystemTest):
    def setUp(self):
        super().setUp()
        settings = self.house.path("broker.conf")
        with open(settings, "w", encoding="ascii") as file:
            file.write("title_timeout_ms = 1000;\ntitle_hour_count_max = 3;\n")
        self.settings = settings
        self.start_broker("--config", settings)
        context = self.context()
        self.branch = self.client(Counter, BANK.participant, context)
        self.registry = self.client(Registry, WINDOW, context)
        self.until(lambda: self.branch.session and self.registry.session, "both sessions")
        self.form = self.maker.application(OFFICES[0], BANK, "M01")

    def until(self, condition, what):
        turn_all((self.branch, self.registry), condition, 20, what)

    def query(self, **more):
        owner = self.form["mortgagors"][0]
        return {"purpose": "mortgage", "consent": "C-1", "district": self.form["district"],
                "bdcdyh": self.form["units"][0]["bdcdyh"], "owner_name": owner["name"], "idt": owner["idt"],
                "id": owner["id"], **more}

    def unit(self, **more):
        filed = self.form["units"][0]
        return {"bdcdyh": filed["bdcdyh"], "bdcqzh": filed["bdcqzh"], "qszt": "1", "zl": filed["zl"],
                "mj": filed["mj"], "use": filed["use"],
                "owners": [{"name": owner["name"], "id": owner["id"]} for owner in self.form["mortgagors"]], **more}

    def ask(self, **more):
        mid = self.branch.send("TITLE_QUERY", self.query(**more))
        self.until(lambda: mid in self.branch.told, "the answer")
        return self.branch.told[mid]

    def test_the_answer_comes_at_once_and_the_case_says_that_it_stands_on_it(self):
        self.registry.book = self.unit()
        started = time.monotonic()
        told = self.ask()
        self.assertLess(time.monotonic() - started, 1)
        self.assertEqual(sm3(told.chunks[0]), told.body["origin_h"])
        self.assertEqual(msgpack.unpackb(told.chunks[0])["result"], "match")
        mid = self.branch.send("CASE_SUBMIT", {**self.form, "title": told.body["query"]})
        self.until(lambda: mid in self.branch.answers, "the receipt")
        case_id = self.branch.answers[mid].body["cid"]
        status = self.branch.answer(self.branch.send_now("STATUS_QUERY", {}, case_id=case_id)).body
        self.assertEqual(status["title"]["query"], told.body["query"])
        self.assertEqual(status["title"]["valid_until"], told.body["valid_until"])

    def test_a_seized_property_is_refused_at_the_door(self):
        self.registry.book = self.unit(seizures=[{"authority": "示例法院", "type": "1"}])
        told = self.ask()
        with self.assertRaises(Rejected) as caught:
            self.branch.submit({**self.form, "title": told.body["query"]})
        self.assertEqual([row["id"] for row in caught.exception.reject["findings"]], ["Q04"])

    def test_nobody_stands_on_a_query_that_does_not_exist(self):
        with self.assertRaises(Rejected) as caught:
            self.branch.submit({**self.form, "title": 999999})
        self.assertEqual([row["id"] for row in caught.exception.reject["findings"]], ["Q15"])

    def test_a_question_without_a_purpose_is_refused(self):
        query = self.query()
        del query["purpose"]
        with self.assertRaises(Rejected) as caught:
            self.branch.answer(self.branch.send("TITLE_QUERY", query))
        self.assertEqual((caught.exception.reject["code"], caught.exception.reject["path"]), ("BAD_BODY", "purpose"))

    def test_a_question_without_a_consent_is_refused(self):
        query = self.query()
        del query["consent"]
        with self.assertRaises(Rejected) as caught:
            self.branch.answer(self.branch.send("TITLE_QUERY", query))
        self.assertEqual((caught.exception.reject["code"], caught.exception.reject["path"]), ("BAD_BODY", "consent"))
        self.assertEqual(self.registry.asked, [])

    def test_a_branch_that_asks_too_often_is_told_to_operations(self):
        self.registry.book = self.unit()
        for _ in range(3):
            self.ask()
        self.assertNotIn("title_alarms", self.house.operator_json("health"))
        self.ask()
        self.assertEqual(self.house.operator_json("health")["title_alarms"], [BANK.participant])
        self.assertIn("title-rate", self.house.processes["broker"].said())

    def test_a_window_that_keeps_silent_is_a_named_time_out_and_its_late_answer_still_comes(self):
        mid = self.branch.send("TITLE_QUERY", self.query())
        self.until(lambda: mid in self.branch.refused, "the time-out")
        self.assertEqual(self.branch.refused[mid]["code"], "TITLE_TIMEOUT")
        self.registry.tell(self.registry.asked[0], self.unit())
        self.until(lambda: mid in self.branch.told, "the late answer")

    def test_a_restarted_broker_gives_the_same_answer_to_the_same_question(self):
        self.registry.book = self.unit()
        mid = self.branch.send("TITLE_QUERY", self.query())
        self.until(lambda: mid in self.branch.told, "the answer")
        first = self.branch.told.pop(mid)
        self.house.processes["broker"].kill()
        self.start_broker("--config", self.settings)
        self.branch.send("TITLE_QUERY", self.query(), mid=mid)
        self.until(lambda: mid in self.branch.told, "the answer again")
        self.assertEqual(self.branch.told[mid].body_bytes, first.body_bytes)


class ProgramTest(SystemTest):
    """The real agent of a window, its registry the example program."""

    def start_registry(self, *more):
        self.start_broker()
        program = self.house.path("registry")
        with open(program, "w", encoding="ascii") as file:
            file.write(f"#!/bin/sh\nONEVISIT_EXAMPLE_REGISTRY={self.house.path('registry.json')} "
                       f"exec {os.path.join(TOP, 'agents/window/examples/registry.py')} $1\n")
        os.chmod(program, 0o755)
        self.house.start_windows([WINDOW], "--adapter", "program", "--program", program, *more)

    def test_the_registry_behind_a_program_answers(self):
        self.start_registry("--program-titles")
        branch = self.client(Counter, BANK.participant)
        form = self.maker.application(OFFICES[0], BANK, "M01")
        owner = form["mortgagors"][0]
        case_id = branch.submit(form)
        branch.turn_until(lambda: branch.event(case_id, "CASE_ACCEPTED"), 30, "the acceptance")
        query = {"purpose": "disbursement", "consent": "C-1", "district": form["district"],
                 "bdcdyh": form["units"][0]["bdcdyh"], "owner_name": owner["name"], "idt": owner["idt"],
                 "id": owner["id"]}
        mid = branch.send("TITLE_QUERY", query)
        branch.turn_until(lambda: mid in branch.told, 20, "the answer")
        result = msgpack.unpackb(branch.told[mid].chunks[0])
        self.assertEqual((result["result"], len(result["units"])), ("match", 1))
        other = branch.send("TITLE_QUERY", {**query, "owner_name": "赵某"})
        branch.turn_until(lambda: other in branch.told, 20, "the answer to a stranger")
        result = msgpack.unpackb(branch.told[other].chunks[0])
        self.assertEqual(result["result"], "mismatch")
        self.assertNotIn("units", result)

    def title(self, form, *more, owner=None):
        return self.house.branch(BANK.participant, "title", "--district", form["district"], "--unit",
                                 form["units"][0]["bdcdyh"], "--owner", owner or form["mortgagors"][0]["name"],
                                 "--id", form["mortgagors"][0]["id"], "--consent", "C-1", "--json", *more)

    def test_a_clerk_asks_at_the_command_line(self):
        self.start_registry("--program-titles")
        self.start_branch()
        form = self.maker.application(OFFICES[0], BANK, "M01")
        self.submit([form])
        book = self.book()
        known = {"ACCEPTED", "BOOKED", "CERTIFIED"}
        self.wait(lambda: known & set(book.last_states().values()), "the acceptance")
        done = self.title(form, "--purpose", "mortgage")
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual(answer["result"]["units"][0]["bdcdyh"], form["units"][0]["bdcdyh"])
        self.assertGreater(answer["title"], 0)
        self.assertLess(answer["waited_ms"], 15000)
        stranger = self.title(form, "--purpose", "mortgage", owner="赵某")
        self.assertEqual(stranger.returncode, 1, stranger.stderr)
        self.assertEqual(json.loads(stranger.stdout)["result"]["result"], "mismatch")
        for wrong in ((), ("--purpose", "curiosity")):
            done = self.title(form, *wrong)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("purpose", done.stderr)

    def test_a_clerk_is_told_when_the_window_answers_no_queries(self):
        self.start_registry()
        self.start_branch()
        form = self.maker.application(OFFICES[0], BANK, "M01")
        self.wait(lambda: "TITLE_NOT_OFFERED" in self.title(form, "--purpose", "mortgage").stderr, "the refusal")


class SandboxTest(SystemTest):
    """The real agent of a window, its registry the sandbox, which answers from its own book."""

    def setUp(self):
        super().setUp()
        self.start_broker()
        self.start_windows()
        self.branch = self.client(Counter, BANK.participant)
        self.form = self.maker.application(OFFICES[0], BANK, "M01")

    def ask(self, form, unit=0):
        owner = form["mortgagors"][0]
        query = {"purpose": "mortgage", "consent": form["consent"]["pipl"], "district": form["district"],
                 "bdcdyh": form["units"][unit]["bdcdyh"], "owner_name": owner["name"], "idt": owner["idt"],
                 "id": owner["id"]}
        mid = self.branch.send("TITLE_QUERY", query)
        self.branch.turn_until(lambda: mid in self.branch.told or mid in self.branch.refused, 20, "the answer")
        return self.branch.told.get(mid)

    def ask_until_answered(self, form):
        """The window may still be on its way to the broker."""
        told = []
        self.wait(lambda: told.append(self.ask(form)) or told[-1], "an answer")
        return told[-1]

    def findings(self, form):
        with self.assertRaises(Rejected) as caught:
            self.branch.submit(form)
        return {row["id"] for row in caught.exception.reject["findings"] if row["level"] == "E"}

    def test_the_sandbox_answers_at_once_and_an_application_stands_on_it(self):
        self.ask_until_answered(self.form)
        started = time.monotonic()
        told = self.ask(self.form)
        self.assertLess(time.monotonic() - started, 1)
        result = msgpack.unpackb(told.chunks[0])
        self.assertEqual((result["result"], result["units"][0]["qszt"]), ("match", "1"))
        case_id = self.branch.submit({**self.form, "title": told.body["query"]})
        self.branch.turn_until(lambda: self.branch.event(case_id, "CASE_BOOKED"), 30, "the booking")
        again = msgpack.unpackb(self.ask(self.form).chunks[0])["units"][0]
        self.assertEqual([row["dyqr"] for row in again["mortgages"]], [self.form["mortgagee"]["name"]])
        self.assertNotIn(self.form["mortgagors"][0]["id"], json.dumps(again, ensure_ascii=False))

    def form_of_two(self):
        """The same owners' second unit is two floors further up."""
        unit = dict(self.form["units"][0])
        unit["bdcdyh"] = unit["bdcdyh"][:24] + f"{int(unit['bdcdyh'][24:26]) % 33 + 2:02}" + unit["bdcdyh"][26:]
        self.form["units"] = [self.form["units"][0], unit]
        return self.form

    def test_each_unit_of_an_application_stands_on_a_result_of_its_own(self):
        form = self.form_of_two()
        self.ask_until_answered(form)
        first, second = (self.ask(form, unit).body["query"] for unit in (0, 1))
        self.assertEqual(self.findings({**form, "units": [{**unit, "title": first} for unit in form["units"]]}), {"Q01"})
        form["units"][0]["title"], form["units"][1]["title"] = first, second
        case_id = self.branch.submit(form)
        status = self.branch.answer(self.branch.send_now("STATUS_QUERY", {}, case_id=case_id)).body
        self.assertEqual([row["query"] for row in status["titles"]], [first, second])
        self.assertEqual(status["title"]["query"], first)

    def test_a_seizure_of_the_second_unit_is_found_there(self):
        form = self.form_of_two()
        number = form["units"][1]["bdcdyh"]
        form["units"][1]["bdcdyh"] = number[:6] + "999901" + number[12:]
        self.ask_until_answered(form)
        form["title"], form["units"][1]["title"] = (self.ask(form, unit).body["query"] for unit in (0, 1))
        with self.assertRaises(Rejected) as caught:
            self.branch.submit(form)
        self.assertEqual([(row["id"], row["path"]) for row in caught.exception.reject["findings"] if row["level"] == "E"],
                         [("Q04", "units/1")])

    def test_a_test_property_that_is_seized_is_found(self):
        number = self.form["units"][0]["bdcdyh"]
        self.form["units"][0]["bdcdyh"] = number[:6] + "999901" + number[12:]
        told = self.ask_until_answered(self.form)
        self.assertEqual(self.findings({**self.form, "title": told.body["query"]}), {"Q04"})

    def test_a_seizure_the_window_has_told_is_found(self):
        self.ask_until_answered(self.form)
        self.house.must("onevisit-window", "alert", "--data", self.house.path("window"), "--test", "--window", WINDOW,
                        "--unit", self.form["units"][0]["bdcdyh"], "--risk", "seizure", "--authority", "示例人民法院",
                        "--document", "（2026）鲁测执1号")
        told = self.ask(self.form)
        self.assertEqual(self.findings({**self.form, "title": told.body["query"]}), {"Q04"})


if __name__ == "__main__":
    unittest.main()
