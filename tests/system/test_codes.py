"""Windows that call the codes of the house by other names (抵押权 is 37 here and 23 there), through the whole
house: a broker and a window agent with the same rule files, and a registry program that speaks its own codes only."""
import json
import os
import textwrap
import unittest

from base import BANK, OFFICES, TOP, SystemTest
from smallpack import unpack

PLAIN, TRANSLATED = OFFICES[0].participant, OFFICES[1].participant
REGISTRY = '''\
#!/usr/bin/python3
"""The example registry, where the second window has codes of its own and takes no others."""
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, {examples!r})
import registry

METHODS, MORTGAGE = {{"{translated}": ("B1", "B2")}}, {{"{translated}": "23"}}
book, hand = registry.STEPS[1], registry.hand

def booked(case, question):
    answer = book(case, question)
    answer["body"]["qllx"] = MORTGAGE.get(question["window"], "37")
    return answer

def taken(store, question):
    if question["type"] == "CASE_SUBMIT" and question["body"]["dyfs"] not in METHODS.get(question["window"], ("1", "2")):
        print("dyfs: not a code of this window", file=sys.stderr)
        return registry.CANNOT
    return hand(store, question)

registry.STEPS[1], registry.hand = booked, taken
sys.exit(registry.main())
'''


class CodesTest(SystemTest):
    def setUp(self):
        super().setUp()
        os.makedirs(self.house.path("rules"))
        self.program = self.house.path("registry.py")
        with open(self.program, "w", encoding="utf-8") as file:
            file.write(REGISTRY.format(examples=os.path.join(TOP, "agents", "window", "examples"), translated=TRANSLATED))
        os.chmod(self.program, 0o700)
        os.environ["ONEVISIT_EXAMPLE_REGISTRY"] = self.house.path("registry.json")
        self.addCleanup(os.environ.pop, "ONEVISIT_EXAMPLE_REGISTRY")

    def write_rules(self, version, methods):
        rows = [("dyfs", code, local) for code, local in methods.items()]
        rows += [("qllx", "4", "4"), ("qllx", "37", "23"), ("qllx", "96", "37")]
        listed = ",\n".join(f'{{ dictionary = "{name}"; code = "{code}"; local = "{local}"; }}' for name, code, local in rows)
        with open(self.house.path("rules", "370103.rules"), "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(f'window = "{TRANSLATED}";\nversion = {version};\ntranslations = (\n{listed}\n);\n'))

    def start_registry(self):
        self.house.start_windows([office.participant for office in OFFICES], "--adapter", "program", "--program",
                                 self.program, "--program-poll", "1", "--rules", self.house.path("rules"))

    def start_house(self):
        self.start_broker("--rules", self.house.path("rules"))
        self.start_registry()
        self.start_branch()

    def inbox(self):
        done = self.house.must("onevisit-window", "inbox", "--data", self.house.path("window"), "--json")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_each_window_hears_its_own_codes_and_the_bank_those_of_the_house(self):
        self.write_rules(1, {"1": "B1", "2": "B2"})
        self.start_house()
        self.submit([self.maker.application(office, BANK, "M01") for office in OFFICES * 2])
        self.wait_until_some_certified(6)
        for case in self.book().cases():
            booked = unpack(case.event("CASE_BOOKED")["body"])
            self.assertEqual((booked["dyfs"], booked["qllx"]), (case.form["dyfs"], "37"))
            self.assertIsNone(case.event("ECHO_DIFF"))
        self.assertEqual(self.inbox(), [])
        self.assertNotIn("rules-differ", self.house.processes["broker"].said())

    def test_a_code_that_is_missing_waits_for_a_person_who_mends_the_file(self):
        self.write_rules(1, {"2": "B2"})
        self.start_house()
        form = next(form for form in (self.maker.application(OFFICES[1], BANK, "M01") for _ in range(50))
                    if form["dyfs"] == "1")
        self.submit([form])
        held = self.wait(self.inbox, "the case is held")
        self.assertIn("dyfs: 本窗口代码对照表中没有“1”", json.dumps(held, ensure_ascii=False))
        self.house.processes["window"].stop()
        self.write_rules(2, {"1": "B1", "2": "B2"})
        self.start_registry()
        case_id = self.book().cases()[0].case_id
        self.house.must("onevisit-window", "decide", "--data", self.house.path("window"), case_id, "--not-filed",
                        "--reason", "代码对照表已补充")
        self.wait_until_some_certified(1)
        self.assertIn(f"window={TRANSLATED} agent=2 broker=1", self.house.processes["broker"].said(),
                      "an agent ahead of the broker is told of")


if __name__ == "__main__":
    unittest.main()
