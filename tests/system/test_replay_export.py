"""Records out of a journal and into another folder: what leaves it, what verifies on its own, and what a broker that
goes on from there answers."""
import ctypes
import fcntl
import json
import os
import shutil
import signal
import subprocess
import termios
import unittest

from base import BANK, SystemTest
from client import Client, Window
from exported import records_of
from house import die_with_parent

SECOND = "O:second"
NOBODY = "O:third"


class ReplayExportTest(SystemTest):
    # ---- doing ----

    def onevisit(self, *arguments, **more):
        return self.house.run("onevisit", *arguments, **more)

    def must(self, *arguments):
        done = self.onevisit(*arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def ask(self, operator, *arguments):
        return self.onevisit(*arguments, "--endpoint", self.house.endpoint, "--keys", self.house.keys,
                             "--as", operator, "--test")

    def a_day_of_traffic(self, count=6):
        self.start_all()
        self.submit(self.forms(count))
        self.wait_until_ended(count)

    def copied(self):
        """The broker's folder as it was left at a clean stop."""
        self.house.close()
        return self.house.path("broker")

    def lines(self, *arguments):
        return [json.loads(line) for line in self.must("replay", "export", *arguments).splitlines()]

    def compact(self, folder, *filters):
        path = self.house.path(f"records-{len(filters)}.ovj")
        self.must("replay", "export", path, "--compact", "--data", folder, *filters)
        return path

    def refused(self, code, sentence, *arguments):
        done = self.onevisit(*arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertIn(sentence, done.stderr)

    # ---- export of a folder ----

    def test_lines_of_a_folder_are_masked_and_can_be_filtered(self):
        self.a_day_of_traffic(4)
        folder = self.copied()
        everything = self.lines("--data", folder)
        self.assertEqual([line["seq"] for line in everything], list(range(1, len(everything) + 1)))
        text = json.dumps(everything, ensure_ascii=False)
        for form in [line["body"] for line in everything if line["typ"] == "CASE_SUBMIT"]:
            self.assertIn("*", form["mortgagors"][0]["name"])
            self.assertRegex(form["mortgagors"][0]["id"], r"^.{0,6}\*+.{0,4}$")
        for person in self.book().cases()[0].form["mortgagors"]:
            self.assertNotIn(person["name"], text)
            self.assertNotIn(person["id"], text)
        case = next(line["cid"] for line in everything if line["typ"] == "CASE_BOOKED")
        of_case = self.lines("--data", folder, "--case", case)
        self.assertEqual(of_case[0]["typ"], "CASE_SUBMIT")
        self.assertEqual({line["cid"] for line in of_case}, {case})
        unit = of_case[0]["body"]["units"][0]["bdcdyh"]
        self.assertEqual({line["cid"] for line in self.lines("--data", folder, "--unit", unit)}, {case})
        window, branch = "W:" + case[2:8], of_case[0]["src"]
        of_window = self.lines("--data", folder, "--window", window)
        self.assertIn(of_case[0]["seq"], [line["seq"] for line in of_window])
        self.assertTrue({line["src"] for line in of_window if line["src"].startswith("W:")} <= {window})
        self.assertGreater(len(self.lines("--data", folder, "--branch", branch)), len(of_case))
        booked = self.lines("--data", folder, "--type", "CASE_BOOKED", "--window", window, "--first", "3")
        self.assertEqual({line["typ"] for line in booked}, {"CASE_BOOKED"})
        self.assertEqual(self.lines("--data", folder, "--until", "2020-01-01"), [])
        self.assertEqual(len(self.lines("--data", folder, "--since", "2020-01-01T00:00")), len(everything))
        self.refused(1, "the journal ends at record", "replay", "export", "--data", folder, "--first", "99999")
        self.refused(2, "the range is backwards", "replay", "export", "--data", folder, "--first", "5", "--last", "4")
        self.refused(2, "ask the live broker", "replay", "export", "--data", folder, "--case", case, "--unmasked")

    def test_a_compact_file_verifies_on_its_own_and_tells_what_was_done_to_it(self):
        self.a_day_of_traffic(3)
        folder = self.copied()
        path = self.compact(folder)
        self.assertEqual(len(records_of(path)), len(self.lines("--data", folder)))
        self.assertIn("gaps     none", self.must("replay", "verify", "--file", path, "--data", folder))
        for form in self.book().cases():
            with open(path, "rb") as file:
                self.assertNotIn(form.form["mortgagors"][0]["name"].encode(), file.read())
        filtered = self.compact(folder, "--type", "CASE_SUBMIT")
        self.assertRegex(self.must("replay", "verify", "--file", filtered), r"gaps     [1-9]")

        with open(path, "rb") as file:
            whole = file.read()
        records = records_of(path)
        second = 76 + 21 + len(records[0].stored)
        third = second + 21 + len(records[1].stored)
        fourth = third + 21 + len(records[2].stored)
        flipped = whole[:second + 50] + bytes([whole[second + 50] ^ 1]) + whole[second + 51:]
        swapped = whole[:second] + whole[third:fourth] + whole[second:third] + whole[fourth:]
        hurt = self.house.path("hurt.ovj")
        for sentence, data in (("cut short", whole[:len(whole) // 2]), ("bytes were altered", flipped),
                               ("records were swapped", swapped),
                               ("format version 77", whole[:8] + (77).to_bytes(4, "big") + whole[12:]),
                               ("no file of journal records", b"x" * 100)):
            with open(hurt, "wb") as file:
                file.write(data)
            self.refused(4, sentence, "replay", "verify", "--file", hurt)
        self.refused(1, "No such file", "replay", "verify", "--file", hurt + "?")
        self.house.start("other", "onevisitd", "--data", self.house.path("other"), "--keys", self.house.keys,
                         "--directory", self.house.directory, "--listen", "tcp://127.0.0.1:*", "--test")
        self.wait(lambda: os.path.exists(self.house.path("other", "SEAL")), "another broker's folder")
        self.house.processes["other"].stop()
        self.refused(4, "of another broker", "replay", "verify", "--file", path, "--data", self.house.path("other"))

    def test_ctrl_c_leaves_no_half_file(self):
        self.a_day_of_traffic(2)
        folder = self.copied()
        path = self.house.path("never.jsonl")
        os.mkfifo(path + ".new")
        pipe = os.open(path + ".new", os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, pipe)
        room = fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 4096)
        export = subprocess.Popen([self.house.program("onevisit"), "replay", "export", path, "--data", folder],
                                  stderr=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
        size = ctypes.c_int()

        def is_full():
            fcntl.ioctl(pipe, termios.FIONREAD, size)
            return size.value == room
        self.wait(is_full, "the export writes and waits for somebody to read")
        export.send_signal(signal.SIGINT)
        os.set_blocking(pipe, True)
        while os.read(pipe, 1 << 16):
            continue
        self.assertIn("broken off", export.communicate(timeout=60)[1])
        self.assertEqual(export.returncode, 1)
        self.assertFalse(os.path.exists(path) or os.path.exists(path + ".new"))

    # ---- export of a live broker ----

    def test_a_live_broker_exports_masked_pages_and_clear_ones_only_to_two_operators(self):
        self.house.make_keys(SECOND, NOBODY)
        self.a_day_of_traffic(4)
        case = self.book().cases()[0]
        export = ("replay", "export", "--case", case.case_id)
        masked = [json.loads(line) for line in self.ask("O:demo", *export).stdout.splitlines()]
        self.assertEqual(masked[0]["typ"], "CASE_SUBMIT")
        self.assertNotEqual(masked[0]["body"]["mortgagors"][0]["name"], case.form["mortgagors"][0]["name"])
        unmask = ("replay", "unmask", case.case_id, "--minutes", "5", "--reason")
        self.assertEqual(self.ask("O:demo", *export, "--unmasked").returncode, 1)
        self.assertEqual(self.ask("O:demo", *unmask, "审计").returncode, 0)
        again = self.ask("O:demo", *unmask, "审计")
        self.assertEqual(again.returncode, 1)
        self.assertIn("FOUR_EYES", again.stderr)
        self.assertEqual(self.ask("O:demo", *export, "--unmasked").returncode, 1)
        self.assertEqual(self.ask(SECOND, *unmask, "seen").returncode, 0)
        clear = [json.loads(line) for line in self.ask("O:demo", *export, "--unmasked").stdout.splitlines()]
        self.assertEqual(clear[0]["body"]["mortgagors"], case.form["mortgagors"])
        self.assertIn("FOUR_EYES", self.ask(NOBODY, *export, "--unmasked").stderr)
        other = ("replay", "export", "--first", "1", "--last", "9", "--unmasked")
        self.assertIn("FOUR_EYES", self.ask("O:demo", *other).stderr)
        words = [json.loads(line) for line in
                 self.ask("O:demo", "replay", "export", "--type", "OPS_UNMASK").stdout.splitlines()]
        self.assertEqual([line["src"] for line in words], ["O:demo", SECOND])

        live, left = self.house.path("live.ovj"), self.house.path("left.ovj")
        self.assertEqual(self.ask("O:demo", "replay", "export", live, "--compact").returncode, 0)
        folder = self.copied()
        count = len(records_of(live))
        self.must("replay", "export", left, "--compact", "--data", folder, "--last", str(count))
        with open(live, "rb") as one, open(left, "rb") as two:
            self.assertEqual(one.read(), two.read())

    # ---- import, and what a broker then answers ----

    def resend(self, records, keys):
        """Every message that branches and windows sent, the same bytes; {sequence: receipt}."""
        context, clients, receipts = self.context(), {}, {}
        for record in records:
            if not record.sender.startswith(("B:", "W:")):
                continue
            if record.sender not in clients:
                kind = Window if record.sender.startswith("W:") else Client
                clients[record.sender] = client = self.client(kind, record.sender, context)
                client.turn_until(lambda client=client: client.session, 20, "a session")
            client, frames = clients[record.sender], record.frames(keys)
            mid = frames[0][frames[0].index(b"\xa3mid\xc4\x10") + 6:][:16]
            client.socket.send_multipart(frames)
            if any(kind in frames[0] for kind in (b"DELIVERED", b"EVENT_ACK")):
                continue  # answered by nothing
            client.turn_until(lambda client=client, mid=mid: mid in client.answers, 20, f"record {record.sequence}")
            receipts[record.sequence] = client.answers[mid]
        return receipts

    def standing(self):
        """All that operators can see of the cases."""
        return [self.house.operator_json("case", "show", case["cid"])
                for case in self.house.operator_json("case", "list", "--count", "500")["cases"]]

    def test_a_day_that_is_sent_again_changes_nothing_here_or_where_its_journal_was_imported(self):
        self.a_day_of_traffic(6)
        before = self.standing()
        keys, path = self.house.path("broker", "keys"), self.house.path("live.ovj")
        for name in ("window", BANK.participant):
            self.house.processes[name].stop()
        self.assertEqual(self.ask("O:demo", "replay", "export", path, "--compact").returncode, 0)
        records = records_of(path)
        first = self.resend(records, keys)
        self.assertTrue(any(record.sender.startswith("W:") for record in records))
        self.assertEqual({answer.type for answer in first.values()}, {"RECEIPT"})
        for sequence, answer in first.items():
            self.assertEqual(answer.body["seq"], sequence)
            self.assertEqual(answer.body["chain"], records[sequence - 1].chain)
        self.assertEqual(self.standing(), before)
        self.house.processes["broker"].stop()
        self.must("replay", "verify", "--data", self.house.path("broker"))

        new, head = self.house.path("imported"), self.house.path("head2")
        self.must("replay", "import", path, "--data", new, "--keys", keys, "--head", head)
        self.must("replay", "verify", "--data", new)
        self.refused(2, "not empty", "replay", "import", path, "--data", new, "--keys", keys)
        for name in ("mac", *os.listdir(keys)):
            self.assertEqual(os.stat(os.path.join(new, "keys", name)).st_mode & 0o777, 0o600)
        self.house.start("broker", "onevisitd", "--data", new, "--keys", self.house.keys, "--directory",
                         self.house.directory, "--head", head, "--listen", self.house.endpoint, "--test",
                         "--take-over")
        self.house.wait_until_serving()
        second = self.resend(records, keys)
        self.assertEqual({sequence: answer.body for sequence, answer in second.items()},
                         {sequence: answer.body for sequence, answer in first.items()})
        self.assertEqual(self.standing(), before)
        self.start_windows()
        self.start_branch()
        self.submit(self.forms(2))
        self.wait_until_ended(8)

    def test_an_import_that_cannot_be_whole_leaves_nothing(self):
        self.a_day_of_traffic(2)
        folder = self.copied()
        path, new, keys = self.compact(folder), self.house.path("new"), self.house.path("broker", "keys")
        filtered = self.compact(folder, "--type", "CASE_SUBMIT")
        self.refused(2, "records were left out", "replay", "import", filtered, "--data", new, "--keys", keys)
        few = self.house.path("few-keys")
        os.mkdir(few)
        shutil.copy(os.path.join(keys, "mac"), few)
        day = next(name for name in os.listdir(keys) if name.startswith("day-"))
        self.refused(2, day, "replay", "import", path, "--data", new, "--keys", few)
        shutil.copy(os.path.join(keys, "mac"), os.path.join(few, day))
        self.refused(4, "does not open it", "replay", "import", path, "--data", new, "--keys", few)
        with open(path, "r+b") as file:
            file.truncate(os.path.getsize(path) - 100)
        self.refused(4, "cut short", "replay", "import", path, "--data", new, "--keys", keys)
        self.assertFalse(os.path.exists(new) or os.path.exists(new + ".new"))


if __name__ == "__main__":
    unittest.main()
