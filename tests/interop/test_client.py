"""An independent client against the real programs: docs/protocol.md is complete."""
import datetime
import hashlib
import json
import os
import random
import sys
import tempfile
import unittest

import msgpack
import zmq

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "scripts"), os.path.dirname(os.path.abspath(__file__))]
sys.dont_write_bytecode = True
from applications import Branch as Bank  # noqa: E402
from applications import Maker  # noqa: E402
from applications import Window as Office  # noqa: E402
from client import Branch, Rejected, Window, now_us, turn_all  # noqa: E402
from house import OPERATOR, House  # noqa: E402

BUILD = os.environ.get("ONEVISIT_BUILD", os.path.join(TOP, "build"))
SECONDS_MAX = 60
BANK, OFFICE = Bank("370100"), Office("370102", "历下区", "370100")


def today():
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).date()


class InteropTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="onevisit-")
        self.addCleanup(self.folder.cleanup)
        self.house = House(os.path.join(self.folder.name, "house"), os.path.join(BUILD, "bin"))
        self.addCleanup(self.house.close)
        self.house.make_keys("K", OPERATOR, BANK.participant, OFFICE.participant)
        self.house.start_broker()
        self.house.wait_until_serving()
        self.context = zmq.Context()
        self.addCleanup(self.context.destroy, 0)
        self.maker = Maker(random.Random(7), today())

    def client(self, kind, participant, **more):
        client = kind(self.context, self.house.endpoint, self.house.keys, participant, **more)
        self.addCleanup(client.close)
        return client

    def application(self, kind="M01"):
        return self.maker.application(OFFICE, BANK, kind)

    def test_submits_a_case_and_follows_it_to_the_certificate(self):
        self.house.start_windows([OFFICE.participant], "--adapter", "sandbox",
                                 "--sandbox-shares", "not-accepted=0,supplement=0,refuse=0")
        branch = self.client(Branch, BANK.participant)
        case_id = branch.submit(self.application())
        branch.turn_until(lambda: branch.event(case_id, "CERT_ISSUED"), SECONDS_MAX, "the certificate")
        issued = branch.event(case_id, "CERT_ISSUED")
        message = msgpack.unpackb(issued.chunks[0])
        self.assertEqual(hashlib.new("sm3", issued.chunks[1]).digest(), message["sm3"])
        self.assertEqual(len(issued.chunks[1]), message["size"])
        receipt = branch.answer(branch.send("CERT_ACK", {"verified": True}, case_id=case_id))
        self.assertGreater(receipt.body["seq"], issued.body["seq"])
        happened = [what for what, _, _ in branch.events_of(case_id)]
        for earlier, later in zip(("DELIVERED", "CASE_ACCEPTED", "CASE_BOOKED"),
                                  ("CASE_ACCEPTED", "CASE_BOOKED", "CERT_ISSUED")):
            self.assertLess(happened.index(earlier), happened.index(later))
        status = branch.answer(branch.send_now("STATUS_QUERY", {"history": True}, case_id=case_id)).body
        self.assertEqual((status["cid"], status["state"]), (case_id, "CERTIFIED"))

    def test_gets_the_same_answer_to_the_same_message(self):
        branch = self.client(Branch, BANK.participant)
        body = msgpack.packb(self.application())
        mid = branch.send("CASE_SUBMIT", body)
        first = branch.answer(mid)
        del branch.answers[mid]
        second = branch.answer(branch.send("CASE_SUBMIT", body, mid=mid))
        self.assertEqual(first.body_bytes, second.body_bytes)
        self.assertTrue(second.envelope["dup"])
        self.assertNotIn("dup", first.envelope)

    def test_hears_of_a_conflict_and_of_an_open_twin(self):
        branch = self.client(Branch, BANK.participant)
        form = self.application()
        mid = branch.send("CASE_SUBMIT", form)
        case_id = branch.answer(mid).body["cid"]
        del branch.answers[mid]
        with self.assertRaises(Rejected) as conflict:
            branch.answer(branch.send("CASE_SUBMIT", {**form, "dbfw": "其他范围"}, mid=mid))
        self.assertEqual(conflict.exception.reject["code"], "DUP_CONFLICT")
        with self.assertRaises(Rejected) as twin:
            branch.submit(form)
        self.assertEqual((twin.exception.reject["code"], twin.exception.reject["cid"]), ("DUP_CASE", case_id))

    def test_hears_all_findings_of_a_wrong_application(self):
        branch = self.client(Branch, BANK.participant)
        form = self.application()
        form["mortgagors"][0]["id"] = form["mortgagors"][0]["id"][:-1]
        del form["fee_payer"]
        with self.assertRaises(Rejected) as rejected:
            branch.submit(form)
        self.assertEqual(rejected.exception.reject["code"], "FINDINGS")
        findings = {(row["id"], row["path"]) for row in rejected.exception.reject["findings"] if row["level"] == "E"}
        self.assertIn(("F07", "mortgagors/0/id"), findings)
        self.assertIn("B04", {check for check, _ in findings})

    def test_plays_a_window(self):
        house = self.house
        house.start_branch(BANK.participant)
        window = self.client(Window, OFFICE.participant)
        form = self.application()
        submitted = house.branch(BANK.participant, "submit", "--json", "-", text=json.dumps(form, ensure_ascii=False))
        self.assertEqual(submitted.returncode, 0, submitted.stdout + submitted.stderr)
        window.turn_until(lambda: window.deliveries, SECONDS_MAX, "the case at the window")
        delivery = next(iter(window.deliveries.values()))
        case_id, filed = delivery.envelope["cid"], msgpack.unpackb(delivery.chunks[0])
        self.assertEqual(filed, form)
        self.register(window, case_id, filed)
        window.turn_until(lambda: window.delivery(case_id, "CERT_ACK"), SECONDS_MAX, "the branch's CERT_ACK")
        self.assertTrue(msgpack.unpackb(window.delivery(case_id, "CERT_ACK").chunks[0])["verified"])
        status = house.branch(BANK.participant, "status", "--json", case_id)
        self.assertIn("CERTIFIED", status.stdout)

    def register(self, window, case_id, filed):
        """Accepts, books and certifies as a registry does."""
        number, proof = "370102-20260901-000001", "鲁（2026）济南市不动产证明第0000001号"
        window.say("CASE_ACCEPTED", case_id, {"ywh": number, "slsj": now_us()})
        window.say("STATUS", case_id, {"step": "初审"})
        window.say("CASE_BOOKED", case_id, {
            "ywh": number, "djsj": now_us(), "units": [{"bdcdyh": unit["bdcdyh"], "dyqsw": 1} for unit in filed["units"]],
            "dybdclx": filed["dybdclx"], "dyr": "、".join(owner["name"] for owner in filed["mortgagors"]),
            "dyfs": filed["dyfs"], "djlx": "100", "bdbzzqse": filed["bdbzzqse"], "zwlxqssj": filed["zwlxqssj"],
            "zwlxjssj": filed["zwlxjssj"], "bdcdjzmh": proof, "qxdm": filed["district"],
            "djjg": "济南市历下区不动产登记中心", "dbr": "T0001", "qszt": "1", "dbfw": filed["dbfw"],
            "sfczjzhxz": filed["sfczjzhxz"]})
        file = b"%PDF-1.4 a test certificate\n"
        issued = {"ywh": number, "bdcdjzmh": proof, "sm3": hashlib.new("sm3", file).digest(), "size": len(file),
                  "mime": "application/pdf"}
        for chunks, code, path in (([file[:-1] + b"!"], "DIGEST", "sm3"), ([file + b"!"], "BAD_BODY", "size"),
                                   ([], "FRAMES", "chunks")):
            with self.assertRaises(Rejected) as refused:
                window.answer(window.send("CERT_ISSUED", issued, case_id=case_id, chunks=chunks))
            self.assertEqual(refused.exception.reject["code"], code, "a file that is not what its certificate says")
            self.assertEqual(refused.exception.reject["path"], path)
        window.say("CERT_ISSUED", case_id, issued, chunks=[file])

    def test_takes_a_delivery_again_until_it_says_delivered(self):
        branch, window = self.client(Branch, BANK.participant), self.client(Window, OFFICE.participant)
        says, window.handle = window.handle, lambda message: seen.append(message)
        seen = []
        mid = branch.send("CASE_SUBMIT", self.application())
        turn_all([branch, window], lambda: mid in branch.answers, SECONDS_MAX, "the receipt")
        deliveries = lambda: [message for message in seen if message.type == "CASE_DELIVER"]  # noqa: E731
        turn_all([branch, window], lambda: len(deliveries()) >= 2, SECONDS_MAX, "the delivery a second time")
        first, second = deliveries()[:2]
        self.assertEqual(first.envelope["mid"], second.envelope["mid"])
        self.assertEqual(first.body_bytes, second.body_bytes)
        self.assertEqual(branch.events, [])
        says(second)
        turn_all([branch, window], lambda: branch.events, SECONDS_MAX, "the event DELIVERED")
        self.assertEqual(branch.events[0].body["fact"], "DELIVERED")


if __name__ == "__main__":
    unittest.main()
