"""A sale with its mortgage (M12) is booked in parts: one that lacks a part is no
ground to disburse, whatever certificate follows."""
import hashlib
import unittest

import msgpack
from base import BANK, OFFICES, SystemTest
from client import Branch, Window, now_us, turn_all

TRANSFER = {"part": "transfer", "djlx": "200", "ywh": "370102-T", "djsj": 5}
MORTGAGE = {"part": "mortgage", "djlx": "100", "ywh": "370102-M", "djsj": 6}


class PartsTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.count = 0
        self.start_broker()
        context = self.context()
        self.branch = self.client(Branch, BANK.participant, context)
        self.window = self.client(Window, OFFICES[0].participant, context)
        self.until(lambda: self.branch.session and self.window.session, "both sessions")

    def until(self, condition, what):
        turn_all([self.branch, self.window], condition, 30, what)

    def say(self, client, kind, case_id, body, **more):
        mid = client.send(kind, body, case_id=case_id, **more)
        self.until(lambda: mid in client.answers, f"the answer to {kind}")
        self.assertEqual(client.answers[mid].type, "RECEIPT", client.answers[mid].body)

    def status_after_booking(self, parts):
        """Filed, booked in these parts, certified, the proof checked: what the branch is told."""
        self.count += 1
        number, proof = f"370102-{self.count}", f"鲁（2026）济南市不动产证明第{self.count:07}号"
        case_id = self.branch.submit(self.maker.application(OFFICES[0], BANK, "M12"))
        self.until(lambda: self.window.delivery(case_id), "the case at the window")
        filed = msgpack.unpackb(self.window.delivery(case_id).chunks[0])
        self.say(self.window, "CASE_ACCEPTED", case_id, {"ywh": number, "slsj": now_us()})
        self.say(self.window, "CASE_BOOKED", case_id, {
            "ywh": number, "djsj": now_us(), "units": [{"bdcdyh": unit["bdcdyh"]} for unit in filed["units"]],
            "dyr": "、".join(owner["name"] for owner in filed["mortgagors"]), "djlx": "100", "bdcdjzmh": proof,
            "qxdm": filed["district"], "djjg": "登记中心", "dbr": "T1", "qszt": "1", **({"parts": parts} if parts else {}),
            **{key: filed[key] for key in ("dybdclx", "dyfs", "bdbzzqse", "zwlxqssj", "zwlxjssj", "dbfw", "sfczjzhxz")}})
        file = b"%PDF-1.4 a test certificate\n"
        self.say(self.window, "CERT_ISSUED", case_id, {
            "ywh": number, "bdcdjzmh": proof, "sm3": hashlib.new("sm3", file).digest(), "size": len(file),
            "mime": "application/pdf"}, chunks=[file])
        self.say(self.branch, "CERT_ACK", case_id, {"verified": True})
        return self.branch.answer(self.branch.send_now("STATUS_QUERY", {}, case_id=case_id)).body

    def broken(self, status):
        return [condition["what"] for condition in status["evidence"] if not condition["holds"]]

    def test_all_parts_in_their_order_may_be_disbursed_on(self):
        status = self.status_after_booking([TRANSFER, MORTGAGE])
        self.assertEqual((status["state"], status["may_disburse"], self.broken(status)), ("CERTIFIED", True, []))

    def test_a_missing_part_may_never_be_disbursed_on(self):
        for parts in ([], [TRANSFER], [MORTGAGE]):
            with self.subTest(parts=[part["part"] for part in parts]):
                status = self.status_after_booking(parts)
                self.assertIn("ECHO_DIFF", status["flags"])
                self.assertEqual((status["may_disburse"], self.broken(status)), (False, ["echo"]))
                told = [what for what, _, _ in self.branch.events_of(status["cid"])]
                self.assertNotIn("MAY_DISBURSE", told)


if __name__ == "__main__":
    unittest.main()
