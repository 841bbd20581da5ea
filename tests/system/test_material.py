"""The files of a case travel in pieces before it: resumed after a kill, refused when a bit is wrong."""
import random
import unittest

from base import BANK, OFFICES, SystemTest
from client import Branch, Rejected, Window, sm3, turn_all

PIECE = 1 << 18
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


if __name__ == "__main__":
    unittest.main()
