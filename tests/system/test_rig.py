"""The crash rig as CI runs it, and whether its street and its ledger can be relied on."""
import os
import socket
import sys
import tempfile
import threading
import time
import unittest

from base import BUILD, TOP

sys.path.insert(0, os.path.join(TOP, "tests", "rig"))
from clerk import SUPPLEMENT, WITHDRAWAL  # noqa: E402
from ledger import CHECKED  # noqa: E402
from proxy import BYTES_TO_END, DELAY_SECONDS, FAULTS, PIECE_SIZE_MAX, Proxy  # noqa: E402
from rig import Rig  # noqa: E402

SEED = 4
LOOPS = 40
SECONDS = 10
SILENT_SECONDS = 0.3
TEXT = bytes(range(256)) * 64


class RigTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="onevisit-rig-")
        self.addCleanup(folder.cleanup)
        self.said = []
        self.rig = Rig(os.path.join(folder.name, "house"), os.path.join(BUILD, "bin"), SEED, LOOPS, self.said.append)

    def run_rounds(self):
        try:
            return self.rig.run()
        except Exception:
            print(f"seed {SEED}, round {self.rig.round}, {self.rig.doing}\n{self.rig.house.report()}", file=sys.stderr)
            raise

    def test_forty_rounds_of_every_hurt_lose_double_and_reorder_nothing_and_a_loss_would_be_seen(self):
        self.addCleanup(self.rig.close)
        self.assertEqual(self.run_rounds(), [], self.said)
        ledger = self.rig.ledger
        self.assertGreater(ledger.shared_units(), 0, "there was an order to keep")
        self.assertTrue(any(self.rig.proxy.met.values()), "the street was bad")
        self.assertTrue({SUPPLEMENT, WITHDRAWAL, CHECKED} <= {word.kind for word in ledger.words.values()})
        self.assertTrue(ledger.titles)
        self.see_a_loss(ledger)
        self.assertEqual(self.rig.close(), [])

    def see_a_loss(self, ledger):
        """Had one more been handed in, or one less, or a receipt been another: the ledger would say so."""
        message_id = next(iter(ledger.applications))
        application, receipt = ledger.applications[message_id], ledger.receipts[message_id]
        ledger.applications["00"] = application
        self.assert_one_differs("was handed in and is not in the outbox")
        del ledger.applications["00"], ledger.applications[message_id]
        self.assert_one_differs("nobody handed it in")
        ledger.applications[message_id] = application
        ledger.receipts[message_id] = receipt._replace(chain="00")
        self.assert_one_differs("had Receipt")
        first, second = self.shared(ledger)
        one, other = ledger.applications[first], ledger.applications[second]
        ledger.applications[first], ledger.applications[second] = other, one
        self.assert_one_differs("filed in the order")
        ledger.applications[first], ledger.applications[second] = one, other
        self.see_a_lost_word(ledger)

    def see_a_lost_word(self, ledger):
        """Likewise a supplement nobody brought to the window, a title query nobody stored, an event that is gone."""
        # one that came too late for its round was refused, and has no receipt
        message_id = next(one for one, word in ledger.words.items() if word.kind == SUPPLEMENT and one in ledger.receipts)
        word, receipt = ledger.words[message_id], ledger.receipts[message_id]
        ledger.words["00"], ledger.receipts["00"] = word, receipt._replace(seq=0)
        self.assert_one_differs("0 times in the window's inbox")
        del ledger.words["00"], ledger.receipts["00"]
        ledger.titles[0] = word.branch
        self.assert_one_differs("its title query 0 was answered")
        del ledger.titles[0]
        branch, broker, number = max(ledger.events)
        ledger.events[branch, broker, number + 1] = ledger.events[branch, broker, number]
        self.assert_one_differs(f"event {number + 1} was")

    def shared(self, ledger):
        """Two applications on one home, of one branch or of two."""
        seen = {}
        for message_id, application in ledger.applications.items():
            if application.units in seen:
                return seen[application.units], message_id
            seen[application.units] = message_id
        raise AssertionError("no home with two mortgages")

    def assert_one_differs(self, words):
        self.rig.ledger.wrong.clear()
        self.assertIn(words, "\n".join(self.rig.count()))


class StreetTest(unittest.TestCase):
    """The proxy before a server that gives back what it gets."""

    def setUp(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.server.close)
        threading.Thread(target=self.serve, daemon=True).start()
        self.proxy = Proxy(self.server.getsockname()[1], SEED)
        self.addCleanup(self.proxy.close)

    def serve(self):
        while True:
            try:
                peer, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.give_back, args=(peer,), daemon=True).start()

    def give_back(self, peer):
        try:
            while data := peer.recv(PIECE_SIZE_MAX):
                peer.sendall(data)
        except OSError:
            pass
        peer.close()

    def connect(self):
        host, _, port = self.proxy.endpoint.removeprefix("tcp://").rpartition(":")
        connection = socket.create_connection((host, int(port)), SECONDS)
        self.addCleanup(connection.close)
        return connection

    def receive(self, connection, size):
        data = b""
        while len(data) < size and (piece := connection.recv(size - len(data))):
            data += piece
        return data

    def assert_carries(self, connection):
        connection.sendall(TEXT)
        self.assertEqual(self.receive(connection, len(TEXT)), TEXT)

    def assert_silent(self, connection):
        connection.sendall(b"anybody?")
        connection.settimeout(SILENT_SECONDS)
        self.assertRaises(TimeoutError, connection.recv, 1)
        connection.settimeout(SECONDS)

    def test_a_clear_street_and_a_trickle_carry_every_byte_in_order(self):
        connection = self.connect()
        self.assert_carries(connection)
        self.proxy.set_fault("trickle")
        self.assert_carries(connection)
        self.assertGreater(self.proxy.met["trickle"], 0)

    def test_a_delay_comes_late_and_whole(self):
        connection = self.connect()
        self.proxy.set_fault("delay")
        started = time.monotonic()
        self.assert_carries(connection)
        self.assertGreaterEqual(time.monotonic() - started, 2 * DELAY_SECONDS[0])

    def test_a_cut_ends_and_a_reset_breaks_in_the_middle(self):
        for fault in ("cut", "reset"):
            connection = self.connect()
            self.proxy.set_fault(fault)
            try:
                connection.sendall(TEXT)
                got = self.receive(connection, len(TEXT))
                self.assertEqual(fault, "cut", "a reset is no end")
            except ConnectionResetError:
                got = b""
            self.assertLessEqual(len(got), BYTES_TO_END[1])
            self.assertEqual(self.proxy.met[fault], 1)
            self.proxy.set_fault(None)
            self.assert_carries(self.connect())

    def test_half_open_is_silent_for_ever_and_the_next_connection_is_not(self):
        before = self.connect()
        self.assert_carries(before)
        self.proxy.set_fault("half-open")
        during = self.connect()
        self.assert_silent(during)
        self.proxy.set_fault(None)
        self.assert_silent(before)
        self.assert_silent(during)
        self.assert_carries(self.connect())

    def test_a_stall_holds_everything_back_until_it_is_over(self):
        connection = self.connect()
        self.proxy.set_fault("stall")
        self.assert_silent(connection)
        self.proxy.set_fault(None)
        self.assertEqual(self.receive(connection, 8), b"anybody?")

    def test_every_fault_leaves_a_street_that_carries(self):
        for fault in FAULTS:
            self.proxy.set_fault(fault)
            self.connect().sendall(TEXT)
        self.proxy.set_fault(None)
        self.assert_carries(self.connect())


if __name__ == "__main__":
    unittest.main()
