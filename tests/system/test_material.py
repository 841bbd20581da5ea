"""The files of a case travel in pieces before it: resumed after a kill, refused when a bit is wrong."""
import json
import os
import random
import unittest

from base import BANK, OFFICES, SystemTest
from client import Branch, Rejected, Window, sm3, turn_all
from scans import png

PIECE = 1 << 18
SUBMIT = ("submit", "--json", "--materials")
OFFICE = OFFICES[0]


class Counter(Branch):
    """Sends a file as the protocol says: asks what is held, and goes on from there."""

    def held(self, data):
        return self.answer(self.send_now("MATERIAL_QUERY", {"sm3": sm3(data)})).body["held"]

    def send_piece(self, data, offset, piece=None, name=None, pieces_name=None):
        piece = data[offset:offset + PIECE] if piece is None else piece
        return self.send("MATERIAL_CHUNK", {"sm3": name or sm3(data), "size": len(data), "offset": offset,
                                            "chunk_sm3": pieces_name or sm3(piece)}, chunks=(piece,))

    def send_file(self, data, pieces=1000, **more):
        """At most so many pieces, one after the other."""
        offset = self.held(data)
        while offset < len(data) and pieces > 0:
            self.answer(self.send_piece(data, offset, **more))
            offset += PIECE
            pieces -= 1


class Registry(Window):
    def fetch(self, case_id, name, size):
        data = b""
        while len(data) < size:
            part = self.answer(self.send_now("MATERIAL_GET", {"sm3": name, "offset": len(data)}, case_id=case_id))
            assert sm3(part.chunks[0]) == part.body["chunk_sm3"]
            data += part.chunks[0]
        return data


class MaterialTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.start_broker()
        context = self.context()
        self.branch = self.client(Counter, BANK.participant, context)
        self.window = self.client(Registry, OFFICE.participant, context)
        self.until(lambda: self.branch.session and self.window.session, "both sessions")
        self.data = random.Random(7).randbytes(5 * PIECE + 1234)

    def until(self, condition, what):
        turn_all((self.branch, self.window), condition, 30, what)

    def form(self, *files):
        form = self.maker.application(OFFICE, BANK, "M01")
        for material, data in zip(form["materials"], files):
            material.update(sm3=sm3(data).hex(), size=len(data), carried=True)
        return form

    def assert_rejected(self, code, mid, path=None):
        with self.assertRaises(Rejected) as refused:
            self.branch.answer(mid)
        self.assertEqual(refused.exception.reject["code"], code)
        if path:
            self.assertEqual(refused.exception.reject["path"], path)

    def test_a_file_goes_on_after_a_kill_and_reaches_the_window_with_its_case(self):
        self.branch.send_file(self.data, pieces=3)
        self.house.processes["broker"].kill()
        self.house.processes["broker"].start()
        self.branch.session = None
        self.until(lambda: self.branch.session and self.window.session, "both sessions again")
        self.assertEqual(self.branch.held(self.data), 3 * PIECE, "what had a receipt is there")
        self.branch.send_file(self.data)
        case_id = self.branch.submit(self.form(self.data))
        self.until(lambda: self.window.delivery(case_id), "the delivery")
        self.assertEqual(self.window.fetch(case_id, sm3(self.data), len(self.data)), self.data)

    def test_the_application_waits_for_its_files(self):
        self.branch.send_file(self.data, pieces=5)
        mid = self.branch.send("CASE_SUBMIT", self.form(self.data))
        self.branch.send_file(self.data)
        self.assertEqual(self.branch.answer(mid).type, "RECEIPT")
        self.assertEqual(self.branch.held(self.data), len(self.data))

    def test_one_wrong_bit_in_a_piece_is_refused(self):
        piece = bytearray(self.data[:PIECE])
        piece[1000] ^= 4
        self.assert_rejected("DIGEST", self.branch.send_piece(self.data, 0, bytes(piece), None, sm3(self.data[:PIECE])),
                             "chunk_sm3")
        self.assertEqual(self.branch.held(self.data), 0)

    def test_a_whole_that_is_not_what_its_name_says_is_refused_and_begins_anew(self):
        wrong = bytearray(self.data)
        wrong[1000] ^= 4
        wrong = bytes(wrong)
        for offset in range(0, 5 * PIECE, PIECE):
            self.branch.answer(self.branch.send_piece(wrong, offset, name=sm3(self.data)))
        self.assert_rejected("DIGEST", self.branch.send_piece(wrong, 5 * PIECE, name=sm3(self.data)), "sm3")
        self.assertEqual(self.branch.held(self.data), 5 * PIECE)
        self.branch.answer(self.branch.send_piece(self.data, 0))
        self.branch.send_file(self.data)
        self.assertEqual(self.branch.held(self.data), len(self.data))

    def test_pieces_of_another_length_are_refused(self):
        self.assert_rejected("BAD_BODY", self.branch.send_piece(self.data, 0, self.data[:1000]), "size")
        self.assert_rejected("BAD_BODY", self.branch.send_piece(self.data, 1000), "offset")
        self.assert_rejected("MATERIAL_ORDER", self.branch.send_piece(self.data, PIECE), "offset")

    def test_a_large_file_whose_last_piece_comes_after_a_kill_is_checked_as_a_whole(self):
        data = random.Random(8).randbytes(40 * PIECE)
        self.branch.send_file(data, pieces=39)
        self.house.processes["broker"].kill()
        self.house.processes["broker"].start()
        self.branch.session = None
        self.until(lambda: self.branch.session, "the session again")
        self.branch.send_file(data)
        self.assertEqual(self.branch.held(data), len(data))


def pdf(random_bytes, pages):
    """A file of so many pages, the first with a stream that packs no smaller than it is."""
    kids = " ".join(f"{number} 0 R" for number in range(4, 4 + pages))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [ {kids} ] /Count {pages} >>".encode(),
               b"<< /Length %d >>\nstream\n%s\nendstream" % (len(random_bytes), random_bytes)]
    objects += [b"<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 595 842 ] /Metadata 3 0 R >>"] * pages
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + table + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(data))


class Scans(SystemTest):
    """A broker, a folder of scans, and an application that may name some of them."""

    def setUp(self):
        super().setUp()
        self.start_broker()
        self.scans = os.path.join(self.folder.name, "scans")
        os.mkdir(self.scans)
        self.form = self.maker.application(OFFICE, BANK, "M01")

    def scan(self, name, data, index=0, pages=1):
        """The material at `index` names this file, and says nothing of it but its pages."""
        with open(os.path.join(self.scans, name), "wb") as file:
            file.write(data)
        material = self.form["materials"][index]
        for key in ("sm3", "size", "mime"):
            material.pop(key, None)
        material.update(file=name, pages=pages)

    def hand_in(self, code=0, *more):
        done = self.house.branch(BANK.participant, *SUBMIT, self.scans, *more, "-", text=json.dumps(self.form) + "\n")
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout.splitlines()[0])

    def journaled(self, kind):
        entries, after = [], 0
        while True:
            page = self.house.operator_json("journal", "tail", "--after", str(after), "-n", "500")["entries"]
            if not page:
                return sum(entry["typ"] == kind for entry in entries)
            entries += page
            after = page[-1]["seq"]


class BranchMaterialTest(Scans):
    """The branch's own programs: what is named in `file` is looked at, copied, and taken to the broker."""

    def setUp(self):
        super().setUp()
        self.window = self.client(Registry, OFFICE.participant)

    def refused(self):
        """[(path, English)] of what the counter found of the files."""
        return [(finding["path"], finding["text_en"]) for finding in self.hand_in(1)["findings"]]

    def the_case(self):
        return next((message for message in self.window.deliveries.values()), None)

    def test_a_scan_reaches_the_window_and_is_not_sent_twice(self):
        data = png(random.Random(1).randbytes(700 * 1024))
        self.scan("sqs.png", data)
        self.start_branch()
        self.hand_in()
        self.window.turn_until(self.the_case, 30, "the case")
        self.assertEqual(self.window.fetch(self.the_case().envelope["cid"], sm3(data), len(data)), data)
        pieces = self.journaled("MATERIAL_CHUNK")
        self.assertEqual(pieces, 3)
        self.form["dyhth"] += "-2"
        self.hand_in()
        self.window.turn_until(lambda: len(self.window.deliveries) == 2, 30, "the second case")
        self.assertEqual(self.journaled("MATERIAL_CHUNK"), pieces, "the broker knew the file")

    def test_a_large_scan_goes_on_after_the_broker_was_killed(self):
        data = pdf(random.Random(2).randbytes(12 << 20), 16)
        self.scan("large.pdf", data, pages=16)
        self.hand_in()
        self.start_branch()
        store = os.path.join(self.house.path("broker"), "db")

        def stored():
            return sum(entry.stat().st_size for entry in os.scandir(store)) if os.path.isdir(store) else 0
        self.wait(lambda: stored() > 3 << 20, "some of the file")
        self.house.processes["broker"].kill()
        self.house.processes["broker"].start()
        self.window.turn_until(self.the_case, 60, "the case")
        self.assertEqual(self.window.fetch(self.the_case().envelope["cid"], sm3(data), len(data)), data)
        self.assertLessEqual(self.journaled("MATERIAL_CHUNK"), -(-len(data) // PIECE) + 8, "it did not begin anew")

    def test_what_the_counter_can_see_of_a_file_the_counter_says(self):
        data = png(random.Random(3).randbytes(4 * 1024))
        wrong = bytearray(data)
        wrong[1000] ^= 1
        self.scan("cut.png", data[:len(data) * 99 // 100], 0)
        self.scan("flipped.png", bytes(wrong), 1)
        self.scan("letter.docx", b"PK\3\4 no scan", 2)
        self.scan("../outside.png", data, 3)
        self.scan("good.png", data, 4)
        self.form["materials"][4]["pages"] = 2
        self.assertEqual(self.refused(), [
            ("materials/0/file", "the file is damaged, cut off or locked with a password"),
            ("materials/1/file", "the file is damaged, cut off or locked with a password"),
            ("materials/2/file", "the file is no PDF, JPEG or PNG by its content"),
            ("materials/3/file", "there is no such file, or it cannot be read"),
            ("materials/4/pages", "the file has another number of pages than written here; of the file: 1")])

    def test_a_file_that_is_not_the_one_of_the_application_is_refused(self):
        self.scan("sqs.png", png(random.Random(4).randbytes(4 * 1024)))
        self.form["materials"][0]["sm3"] = "0" * 64
        self.assertEqual(self.refused(), [("materials/0/sm3", "it is not so of the file")])


    def test_a_supplement_promises_no_file(self):
        case_id = "SD370102-20260930-105-00001A-G"
        material = {**self.form["materials"][0], "carried": True}
        done = self.house.branch(BANK.participant, "supplement", case_id, "-",
                                 text=json.dumps({"round": 1, "materials": [material]}))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("materials/0/carried", done.stdout)


class WindowMaterialTest(Scans):
    """All three programs: a case reaches the registry with its files, or not at all."""

    def arrived(self, data):
        path = os.path.join(self.house.path("window"), "materials", sm3(data).hex())
        if not os.path.exists(path):
            return False
        with open(path, "rb") as file:
            self.assertEqual(file.read(), data)
        return True

    def test_a_scan_reaches_the_window_and_is_not_sent_twice(self):
        first, second = (png(random.Random(seed).randbytes(300 << 10)) for seed in (5, 6))
        self.scan("sqs.png", first)
        self.scan("id.png", second, 1)
        self.start_branch()
        self.start_windows()
        self.hand_in()
        self.wait_until_ended(1)
        self.assertTrue(self.arrived(first) and self.arrived(second))
        self.assert_both_sides_agree(1)

    def test_a_large_scan_goes_on_after_the_broker_was_killed(self):
        data = pdf(random.Random(9).randbytes(12 << 20), 16)
        self.scan("large.pdf", data, pages=16)
        self.start_branch()
        self.hand_in()
        book = self.book()
        self.wait(lambda: book.waiting() == 0, "the case at the broker")
        self.start_windows()
        part = os.path.join(self.house.path("window"), "materials", sm3(data).hex() + ".part")
        self.wait(lambda: os.path.exists(part) and os.path.getsize(part) > PIECE, "some of the file at the window")
        for name in ("broker", "window"):
            self.house.processes[name].kill()
        self.assertFalse(self.arrived(data))
        self.assertEqual(book.last_states(), {}, "not delivered: the file is not there")
        for name in ("broker", "window"):
            self.house.processes[name].start()
        self.wait_until_ended(1)
        self.assertTrue(self.arrived(data))
        self.assertFalse(os.path.exists(part))
        self.assert_both_sides_agree(1)


if __name__ == "__main__":
    unittest.main()
