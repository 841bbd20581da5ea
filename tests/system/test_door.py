"""Who may come in, and what strange frames cost: nobody else anything."""
import json
import os
import unittest

import msgpack
import zmq
from base import BANK, OFFICES, SystemTest
from client import Branch, Client, Rejected, new_message_id, now_us, read_key, sm3

STRANGER = "B:105456099994"


class DoorTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.start_broker()

    def refusals(self):
        return self.house.operator_json("link", "list", "--refused")["links"]

    def wait_for_refusal(self, code, key=None):
        def is_shown():
            return [row for row in self.refusals()
                    if row.get("refused") == code and (key is None or row.get("key") == key)]
        return self.wait(is_shown, lambda: f"a refusal {code}; there are {self.refusals()}")[0]

    def assert_others_work(self):
        branch = self.client(Branch, BANK.participant)
        self.assertTrue(branch.submit(self.forms(1)[0]))

    def public_key(self, participant):
        return read_key(os.path.join(self.house.keys, participant.replace(":", "-") + ".key"))["public_key"]

    # ---- who ----

    def test_an_unknown_key_is_refused_and_shown(self):
        other = self.house.path("other-directory.json")
        self.house.must("onevisit", "key", "new", "--keys", self.house.keys, "--directory", other, STRANGER)
        stranger = self.client(Client, STRANGER)
        key = self.public_key(STRANGER)

        def is_refused():
            stranger.turn()
            return any(row.get("refused") == "UNKNOWN_KEY" and row.get("key") == key for row in self.refusals())
        self.wait(is_refused, "the refusal of the unknown key")
        self.assertIsNone(stranger.session)
        self.assert_others_work()

    def test_a_revoked_key_is_refused_at_its_next_message(self):
        branch = self.client(Branch, BANK.participant)
        branch.submit(self.forms(1)[0])
        key = self.public_key(BANK.participant)
        done = self.house.operator("key", "revoke", "--directory", self.house.directory, "--reason", "test",
                                   BANK.participant)
        self.assertEqual(done.returncode, 0, done.stderr)
        mid = branch.send("CASE_SUBMIT", self.forms(1)[0])
        branch.turn_until(lambda: branch.trouble, 20, "the refusal")
        self.assertEqual(branch.trouble["code"], "REVOKED_KEY")
        self.assertNotIn(mid, branch.answers)
        self.wait_for_refusal("REVOKED_KEY", key)

    def end_key_at(self, participant, time_us):
        """As an operator who edits the directory file does."""
        with open(self.house.directory, encoding="utf-8") as file:
            directory = json.load(file)
        for row in directory["participants"]:
            if row["participant"] == participant:
                row.update(added_at=1, valid_until=time_us)
        with open(self.house.directory, "w", encoding="utf-8") as file:
            json.dump(directory, file)
        done = self.house.operator("directory", "load")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_key_that_has_ended_receives_and_sends_nothing_until_it_is_renewed(self):
        self.start_branch()
        self.submit(self.forms(2))
        self.wait(lambda: self.book().waiting() == 0, "both are stored")
        self.end_key_at(BANK.participant, now_us() - 1)
        self.submit(self.forms(1))
        self.wait_for_refusal("EXPIRED_KEY")
        self.start_windows()
        self.wait(lambda: list(self.book().last_states().values()) == ["CERTIFIED"] * 2,
                  lambda: f"what was filed is heard to its end: {self.book().last_states()}")
        self.assertGreater(self.book().waiting(), 0, "what is sent waits")
        self.assertEqual(self.house.operator_json("health")["keys_ending"], 1)
        outbox = self.house.branch(BANK.participant, "outbox")
        self.assertIn("EXPIRED_KEY", outbox.stdout)
        self.end_key_at(BANK.participant, now_us() + 5 * 86400 * 10**6)
        self.house.processes[BANK.participant].stop()
        branch = self.house.start_branch(BANK.participant)
        self.wait_until_ended(3)
        self.assertIn("in 7 day(s) or less", branch.said())
        self.assertIn("key-ends", self.house.processes["broker"].said())

    def test_a_branch_may_not_speak_as_a_window(self):
        branch = self.client(Branch, BANK.participant)
        case_id = branch.submit(self.forms(1)[0])
        with self.assertRaises(Rejected) as rejected:
            branch.answer(branch.send("CASE_ACCEPTED", {"ywh": "1", "slsj": now_us()}, case_id=case_id))
        self.assertEqual(rejected.exception.reject["code"], "WRONG_ROLE")
        self.wait_for_refusal("WRONG_ROLE")

    def test_a_name_that_is_not_the_keys_is_refused(self):
        branch = self.client(Branch, BANK.participant)
        branch.submit(self.forms(1)[0])
        branch.participant = STRANGER
        with self.assertRaises(Rejected) as rejected:
            branch.submit(self.forms(1)[0])
        self.assertEqual(rejected.exception.reject["code"], "WRONG_SENDER")
        branch.participant = BANK.participant
        self.assertTrue(branch.submit(self.forms(1)[0]))

    def test_another_windows_case_is_nobodys_business(self):
        branch = self.client(Branch, BANK.participant)
        case_id = branch.submit(self.maker.application(OFFICES[0], BANK))
        window = self.client(Client, OFFICES[1].participant)
        with self.assertRaises(Rejected) as rejected:
            window.answer(window.send("CASE_ACCEPTED", {"ywh": "1", "slsj": now_us()}, case_id=case_id))
        self.assertIn(rejected.exception.reject["code"], ("NOT_YOURS", "UNKNOWN_CASE"))

    # ---- frames ----

    def raw_frames_are_answered(self, frames, code):
        """Sends raw frames in a standing session and waits for a REJECT with this code."""
        branch, seen = self.client(Branch, BANK.participant), []
        branch.submit(self.forms(1)[0])
        take = branch.take

        def look(message):
            if message.type == "REJECT":
                seen.append(message.body)
            take(message)
        branch.take = look
        branch.socket.send_multipart(frames)
        branch.turn_until(lambda: seen, 20, f"a REJECT {code}")
        self.assertEqual(seen[0]["code"], code, seen[0])
        self.assertTrue(seen[0]["text_zh"] and seen[0]["text_en"])
        self.assertTrue(branch.submit(self.forms(1)[0]), "the session goes on")

    def envelope(self, body=b"\x80", **changes):
        envelope = {"v": 1, "mid": new_message_id(), "typ": "HEARTBEAT", "src": BANK.participant, "dst": "K",
                    "ts": now_us(), "h": sm3(body)}
        envelope.update(changes)
        return msgpack.packb({key: value for key, value in envelope.items() if value is not None})

    def test_garbage_is_answered(self):
        self.raw_frames_are_answered([b"\xc1garbage", b"\xff\xff\xff"], "BAD_ENVELOPE")

    def test_a_single_frame_is_answered(self):
        self.raw_frames_are_answered([self.envelope()], "FRAMES")

    def test_too_many_frames_are_answered(self):
        self.raw_frames_are_answered([self.envelope(), b"\x80"] + [b"x"] * 5000, "FRAMES")

    def test_an_oversized_body_is_answered(self):
        body = msgpack.packb({"x_large": "x" * (1 << 20)})
        self.raw_frames_are_answered([self.envelope(body), body], "TOO_LARGE")

    def test_a_count_beyond_memory_is_answered(self):
        self.raw_frames_are_answered([self.envelope(b"\xdd\xff\x00\x00\x00"), b"\xdd\xff\x00\x00\x00"], "BAD_BODY")

    def test_an_unknown_type_is_answered(self):
        self.raw_frames_are_answered([self.envelope(typ="CASE_EATEN"), b"\x80"], "UNKNOWN_TYPE")

    def test_a_wrong_digest_is_answered(self):
        self.raw_frames_are_answered([self.envelope(h=b"\x00" * 32), b"\x80"], "DIGEST")

    def test_an_unknown_key_of_a_body_is_answered_with_its_path(self):
        branch = self.client(Branch, BANK.participant)
        form = self.forms(1)[0]
        form["units"][0]["colour"] = "green"
        with self.assertRaises(Rejected) as rejected:
            branch.submit(form)
        self.assertIn("units/0/colour", json.dumps(rejected.exception.reject, default=str))

    def test_a_frame_beyond_the_limit_costs_only_its_own_connection(self):
        context = self.context()
        bully = self.client(Branch, BANK.participant, context)
        bully.submit(self.forms(1)[0])
        window = self.client(Client, OFFICES[0].participant, context)
        window.turn_until(lambda: window.session, 20, "the window's session")
        bully.socket.send_multipart([self.envelope(), b"x" * (3 << 20)])
        mid = window.send("WINDOW_STATE", {"window": OFFICES[0].participant, "state": "open"})
        self.assertEqual(window.answer(mid).type, "RECEIPT")
        self.assertTrue(bully.submit(self.forms(1)[0]), "it may come back")

    def test_a_connection_without_curve_learns_nothing(self):
        socket = self.context().socket(zmq.DEALER)
        socket.linger = 0
        socket.connect(self.house.endpoint)
        socket.send_multipart([self.envelope(typ="HELLO"), b"\x80"])
        self.assert_others_work()
        self.assertEqual(socket.poll(0), 0)
        socket.close()


if __name__ == "__main__":
    unittest.main()
