"""A whole house of real processes in one folder: broker, windows, branches.

Used by the demo, by `make run` and by the system tests. Everything listens on
the loopback alone, on a port nobody has; only processes started here are ever
signalled, and they end with the process that started them.

    FOLDER/keys/            key files          FOLDER/broker/   the broker's data
    FOLDER/directory.json   known keys         FOLDER/head/     its head, on another path
    FOLDER/window/          the windows        FOLDER/branch/X/ one branch each
    FOLDER/log/             what each process said
"""
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time

OPERATOR = "O:demo"
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PR_SET_PDEATHSIG = 1


class Late(Exception):
    """A condition that was waited for did not come in time."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def wait_for(condition, seconds, what):
    """Polls until `condition()` is true and gives its value; Late after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Late(f"not in {seconds} s: {what() if callable(what) else what}")
        time.sleep(0.02)


class Process:
    """One started program; its output goes to a log file."""

    def __init__(self, name, command, log):
        self.name, self.command, self.log = name, command, log
        self.popen = None
        self.start()

    def start(self):
        with open(self.log, "ab") as log:
            # A group of its own: Ctrl-C reaches us alone, and we end the house in order.
            self.popen = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                          process_group=0, preexec_fn=die_with_parent)

    def is_alive(self):
        return self.popen.poll() is None

    def kill(self):
        """SIGKILL, as a power cut would."""
        self.popen.kill()
        return self.popen.wait()

    def stop(self, seconds=20):
        """SIGTERM and the exit status; None when it had to be killed."""
        if self.is_alive():
            self.popen.send_signal(signal.SIGTERM)
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def last_words(self, lines=8):
        return "\n".join(f"    {self.name}: {line}" for line in self.said().splitlines()[-lines:])


class House:
    def __init__(self, folder, binaries, port=None):
        self.folder, self.binaries = os.path.abspath(folder), os.path.abspath(binaries)
        self.endpoint = f"tcp://127.0.0.1:{port or free_port()}"
        self.keys, self.directory = self.path("keys"), self.path("directory.json")
        self.processes = {}
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in ("keys", "log", "branch"):
            os.makedirs(self.path(name), mode=0o700)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    # ---- programs ----

    def program(self, name):
        return os.path.join(self.binaries, name)

    def run(self, program, *arguments, environment=None, text=None, seconds=60):
        """A program that ends by itself: its CompletedProcess."""
        return subprocess.run([self.program(program), *arguments], input=text, capture_output=True, text=True,
                              timeout=seconds, env={**os.environ, **(environment or {})}, preexec_fn=die_with_parent)

    def must(self, program, *arguments, **others):
        done = self.run(program, *arguments, **others)
        if done.returncode != 0:
            raise RuntimeError(f"{program} {' '.join(arguments)}: exit {done.returncode}: {done.stderr.strip()}")
        return done

    def start(self, name, program, *arguments):
        log = self.path("log", name + ".log")
        self.processes[name] = Process(name, [self.program(program), *arguments], log)
        return self.processes[name]

    # ---- who there is ----

    def make_keys(self, *participants, all_windows=False, keys=None):
        more = ["--all-windows"] if all_windows else []
        self.must("onevisit", "key", "new", "--keys", keys or self.keys, "--directory", self.directory,
                  *more, *participants)

    def start_broker(self, *more):
        return self.start("broker", "onevisitd", "--data", self.path("broker"), "--keys", self.keys,
                          "--directory", self.directory, "--head", self.path("head"), "--listen", self.endpoint,
                          "--test", *more)

    def start_windows(self, participants, *more, name="window"):
        listed = self.path(name + ".list")
        with open(listed, "w", encoding="utf-8") as file:
            file.writelines(participant + "\n" for participant in participants)
        return self.start(name, "onevisit-window", "run", "--endpoint", self.endpoint, "--keys", self.keys,
                          "--windows", listed, "--data", self.path(name), "--test", *more)

    def branch_arguments(self, participant):
        return ("--as", participant, "--data", self.branch_folder(participant), "--test")

    def branch_folder(self, participant):
        return self.path("branch", participant[2:])

    def start_branch(self, participant, *more):
        return self.start(participant, "onevisit-branch", "run", "--endpoint", self.endpoint, "--keys", self.keys,
                          *self.branch_arguments(participant), *more)

    def branch(self, participant, command, *arguments, **others):
        """A command of the branch's clerk."""
        return self.run("onevisit-branch", command, *self.branch_arguments(participant), *arguments, **others)

    def operator(self, *arguments, **others):
        """`onevisit NOUN VERB ...` with the operator's key; --json."""
        return self.run("onevisit", *arguments, "--endpoint", self.endpoint, "--keys", self.keys, "--as", OPERATOR,
                        "--test", "--json", **others)

    def operator_json(self, *arguments):
        done = self.operator(*arguments)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def wait_until_serving(self, seconds=30):
        def is_serving():
            broker = self.processes["broker"]
            if not broker.is_alive():
                raise RuntimeError(f"the broker ended with exit {broker.popen.returncode}:\n{broker.last_words()}")
            health = self.operator_json("health")
            return health and health.get("state") == "serving"
        wait_for(is_serving, seconds, "the broker serves")

    # ---- the end ----

    def close(self):
        """Ends what runs, agents first; gives {name: exit status} (None: had to be killed)."""
        if threading.current_thread() is not threading.main_thread():
            return self.stop_all()
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # impatience must not leave half a house
        try:
            return self.stop_all()
        finally:
            signal.signal(signal.SIGINT, before)

    def stop_all(self):
        order = sorted(self.processes, key=lambda name: name == "broker")
        for name in order:
            if name != "broker" and self.processes[name].is_alive():
                self.processes[name].popen.send_signal(signal.SIGTERM)
        return {name: self.processes[name].stop() for name in order}

    def report(self):
        """What each process said last, for a failure."""
        return "\n".join(process.last_words() for process in self.processes.values())
