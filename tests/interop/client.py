"""A client of the protocol, written from docs/protocol.md and docs/messages.md
alone: nothing of OneVisit's own code, only Debian's python3-zmq and
python3-msgpack. What cannot be written from those two pages is a fault of the
pages."""
import hashlib
import os
import re
import time

import msgpack
import zmq

FRAME_SIZE_MAX = (1 << 20) + 4096
SILENCE_SECONDS_MAX = 5
RESEND_SECONDS = 5


def sm3(data):
    return hashlib.new("sm3", data).digest()


def now_us():
    return time.time_ns() // 1000


def new_message_id():
    """UUIDv7: 48 bits of milliseconds, version, variant, chance."""
    raw = bytearray((now_us() // 1000).to_bytes(6, "big") + os.urandom(10))
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    return bytes(raw)


def read_key(path):
    with open(path, encoding="ascii") as file:
        return dict(re.findall(r'^\s*(\w+)\s*=\s*"([^"]*)"\s*;', file.read(), re.M))


class Rejected(Exception):
    """A final REJECT; `reject` is its body."""

    def __init__(self, reject):
        super().__init__(f"{reject['code']} {reject.get('path', '')}: {reject['text_en']}")
        self.reject = reject


class Message:
    def __init__(self, frames):
        self.envelope = msgpack.unpackb(frames[0])
        self.body_bytes, self.chunks = frames[1], frames[2:]
        self.body = msgpack.unpackb(self.body_bytes)
        if sm3(self.body_bytes) != self.envelope["h"]:
            raise ValueError("the body is not what its digest says")

    @property
    def type(self):
        return self.envelope["typ"]


class Client:
    """One participant. `handle(message)` gets what is not an answer to something sent."""

    def __init__(self, context, endpoint, keys, participant, handle=None, **hello):
        key = read_key(os.path.join(keys, participant.replace(":", "-") + ".key"))
        self.participant, self.handle = participant, handle or (lambda message: None)
        self.hello = {"software": "interop 1.0", "versions": ["1"], "test": True, **hello}
        self.context, self.endpoint, self.key = context, endpoint, key
        self.broker_key = read_key(os.path.join(keys, "K.pub"))["public_key"]
        self.socket, self.session, self.owed = None, None, {}
        self.answers, self.last_receipt, self.trouble = {}, None, None
        self.open()

    # ---- the session ----

    def open(self):
        if self.socket:
            self.socket.close(0)
        socket = self.context.socket(zmq.DEALER)
        socket.curve_publickey = self.key["public_key"].encode()
        socket.curve_secretkey = self.key["secret_key"].encode()
        socket.curve_serverkey = self.broker_key.encode()
        socket.linger, socket.maxmsgsize = 2000, FRAME_SIZE_MAX
        socket.heartbeat_ivl, socket.heartbeat_timeout = 1000, 3000
        socket.connect(self.endpoint)
        self.socket, self.session = socket, None
        self.heard = self.sent = self.hello_said = time.monotonic()
        self.hello_id = None

    def close(self):
        self.socket.close()

    def say_hello(self):
        if self.last_receipt:
            self.hello["last_receipt"] = self.last_receipt
        self.hello_id, self.session = new_message_id(), None
        self.hello_said = time.monotonic()
        self.send_now("HELLO", self.hello, mid=self.hello_id)

    # ---- sending ----

    def frames(self, kind, body, mid, case_id=None, answers=None, chunks=()):
        body_bytes = body if isinstance(body, bytes) else msgpack.packb(body)
        envelope = {"v": 1, "mid": mid, "typ": kind, "src": self.participant, "dst": "K"}
        if case_id:
            envelope["cid"] = case_id
        if answers:
            envelope["cor"] = answers
        envelope.update(ts=now_us(), h=sm3(body_bytes))
        return [msgpack.packb(envelope), body_bytes, *chunks]

    def send_now(self, kind, body, mid=None, **more):
        """What needs no keeping: HELLO, DELIVERED, EVENT_ACK, queries."""
        mid = mid or new_message_id()
        try:
            self.socket.send_multipart(self.frames(kind, body, mid, **more), zmq.DONTWAIT)
            self.sent = time.monotonic()
        except zmq.Again:
            pass
        return mid

    def send(self, kind, body, mid=None, **more):
        """What is kept until its RECEIPT: sent again, the same id and bytes."""
        mid = mid or new_message_id()
        body_bytes = body if isinstance(body, bytes) else msgpack.packb(body)
        self.owed[mid] = {"kind": kind, "body": body_bytes, "more": more, "at": 0.0}
        return mid

    def send_owed(self):
        now = time.monotonic()
        for mid, owed in self.owed.items():
            if now >= owed["at"]:
                self.send_now(owed["kind"], owed["body"], mid=mid, **owed["more"])
                owed["at"] = now + RESEND_SECONDS

    # ---- receiving ----

    def take(self, message):
        answered = message.envelope.get("cor")
        if message.type == "HELLO_ACK":
            if answered == self.hello_id:
                self.session = message.body
                for owed in self.owed.values():
                    owed["at"] = 0.0
        elif message.type == "REJECT":
            self.take_reject(message, answered)
        elif message.type == "RECEIPT":
            self.last_receipt = {key: message.body[key] for key in ("seq", "time", "chain", "mac")}
            self.owed.pop(answered, None)
            self.answers[answered] = message
        elif message.type != "HEARTBEAT":
            if answered:
                self.answers[answered] = message
            self.handle(message)

    def take_reject(self, message, answered):
        if message.body["code"] == "NO_SESSION":
            if self.session:
                self.say_hello()
        elif message.body["retryable"]:
            wait = message.body.get("retry_ms", 1000) / 1000
            if answered in self.owed:
                self.owed[answered]["at"] = time.monotonic() + wait
            elif answered == self.hello_id:
                self.hello_said = time.monotonic() + wait
        elif answered is None:
            self.trouble = message.body  # of the link or of unreadable frames: what is owed stays owed
        else:
            self.owed.pop(answered, None)
            self.answers[answered] = message

    def turn(self, wait_ms=20):
        """One turn: what is due goes out, what came is taken."""
        now = time.monotonic()
        if now - self.heard > SILENCE_SECONDS_MAX:
            self.open()
        elif not self.session and (not self.hello_id or now - self.hello_said > 1):
            if self.socket.poll(0, zmq.POLLOUT):
                self.say_hello()
        elif self.session:
            self.send_owed()
            if now - self.sent > self.session["heartbeat_ms"] / 1000:
                self.send_now("HEARTBEAT", {"time": now_us()})
        if self.socket.poll(wait_ms):
            while True:
                try:
                    frames = self.socket.recv_multipart(zmq.DONTWAIT)
                except zmq.Again:
                    break
                self.heard = time.monotonic()
                self.take(Message(frames))

    def turn_until(self, condition, seconds, what):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.participant}: not in {seconds} s: {what}")
            self.turn()

    def answer(self, mid, seconds=20):
        """The answer to what was sent; Rejected when it is a final no."""
        self.turn_until(lambda: mid in self.answers, seconds, "an answer")
        message = self.answers[mid]
        if message.type == "REJECT":
            raise Rejected(message.body)
        return message


class Branch(Client):
    """Keeps the feed: events by number, without a gap, acknowledged."""

    def __init__(self, *arguments, **more):
        self.events = []
        super().__init__(*arguments, handle=self.take_event, event_number=0, **more)

    def take_event(self, message):
        if message.type != "CASE_EVENT":
            return
        number = message.body["number"]
        if number == len(self.events) + 1:
            if "origin_h" in message.body and sm3(message.chunks[0]) != message.body["origin_h"]:
                raise ValueError("the origin is not what its digest says")
            self.events.append(message)
            self.hello["event_number"] = number
        if number <= len(self.events):
            self.send_now("EVENT_ACK", {"number": len(self.events)})

    def events_of(self, case_id):
        """[(what happened, state after it, event)]."""
        return [(event.body.get("fact") or event.body["origin_typ"], event.body["state"], event)
                for event in self.events if event.envelope["cid"] == case_id]

    def event(self, case_id, what):
        return next((event for name, _, event in self.events_of(case_id) if name == what), None)

    def submit(self, form):
        """The case id; Rejected with all findings when the application is wrong."""
        return self.answer(self.send("CASE_SUBMIT", form)).body["cid"]


class Window(Client):
    """Keeps deliveries by message id and acknowledges each time one comes."""

    def __init__(self, *arguments, credit=16, **more):
        self.deliveries, self.times_delivered = {}, {}
        super().__init__(*arguments, handle=self.take_delivery, credit=credit, **more)

    def take_delivery(self, message):
        if message.type != "CASE_DELIVER":
            return
        mid, case_id = message.envelope["mid"], message.envelope["cid"]
        if sm3(message.chunks[0]) != message.body["origin_h"]:
            raise ValueError("the origin is not what its digest says")
        self.deliveries.setdefault(mid, message)
        self.times_delivered[mid] = self.times_delivered.get(mid, 0) + 1
        self.send_now("DELIVERED", {"number": message.body["number"]}, case_id=case_id, answers=mid)

    def delivery(self, case_id, origin_type="CASE_SUBMIT"):
        return next((message for message in self.deliveries.values()
                     if message.envelope["cid"] == case_id and message.body["origin_typ"] == origin_type), None)

    def say(self, kind, case_id, body, **more):
        """A decision, until the broker has it on disk."""
        return self.answer(self.send(kind, body, case_id=case_id, **more))


def turn_all(clients, condition, seconds, what):
    """Turns several clients of one thread until the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not in {seconds} s: {what}")
        for client in clients:
            client.turn(wait_ms=5)
