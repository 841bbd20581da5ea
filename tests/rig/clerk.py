"""People at a branch's counter, as commands of `onevisit-branch`, which may be killed like everything else."""
import json
import os
import subprocess

FILED, SUPPLEMENT, WITHDRAWAL = "CASE_SUBMIT", "SUPPLEMENT_SUBMIT", "WITHDRAW_REQ"
WAIT_SECONDS = 60


class Clerk:
    """`onevisit-branch submit -`: lines go in round after round, and what it printed counts as handed in."""

    def __init__(self, house, branch, said):
        self.branch, self.said = branch, said
        self.forms, self.waiting, self.was_killed = [], [], False  # handed over to it; not yet; by us
        command = [house.program("onevisit-branch"), "submit", *house.branch_arguments(branch), "--json", "-"]
        with open(said, "wb") as file:
            self.popen = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=file, stderr=subprocess.STDOUT)

    def hand_in(self, count=None):
        """The next of what waits, or all of it."""
        ready, self.waiting = self.waiting[:count], [] if count is None else self.waiting[count:]
        self.forms += ready
        self.popen.stdin.write("".join(json.dumps(form, ensure_ascii=False) + "\n" for form in ready).encode())
        self.popen.stdin.flush()

    def kill(self):
        self.was_killed = True
        self.popen.kill()
        self.popen.wait()

    def answers(self):
        """All whole lines that it printed so far."""
        with open(self.said, encoding="utf-8", errors="replace") as file:
            return [json.loads(line) for line in file if line.startswith("{") and line.endswith("}\n")]

    def finish(self):
        if not self.was_killed:
            self.hand_in()
        try:
            self.popen.stdin.close()
        except BrokenPipeError:
            pass  # it was killed with a line on its way
        return self.popen.wait(WAIT_SECONDS)


class Errand:
    """One command about a case that is there already: a supplement or a withdrawal."""

    def __init__(self, house, branch, kind, case_id, *arguments):
        self.branch, self.kind, self.case_id = branch, kind, case_id
        self.was_killed = False
        word = {SUPPLEMENT: "supplement", WITHDRAWAL: "withdraw"}[kind]
        command = [house.program("onevisit-branch"), word, *house.branch_arguments(branch), "--json", case_id, *arguments]
        with open(house.path("log", f"{word}.log"), "ab") as log:
            self.popen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)

    def is_over(self):
        return self.popen.poll() is not None

    def kill(self):
        self.was_killed = True
        self.popen.kill()

    def message_id(self):
        """What it printed, or None: then nobody knows whether it was handed in."""
        said = self.popen.communicate()[0]
        return json.loads(said)["mid"] if self.popen.returncode == 0 and said else None


def supplement_of(request):
    """The answer to all that a window asks for."""
    items = request["items"]
    answer = {"round": request["round"], "remark": "按要求补齐，无须申请人再次到场",
              "materials": [{"code": item["material"], "pages": 1, "size": 180_000, "mime": "application/pdf", "sm3": "a5" * 32}
                            for item in items if item.get("material")],
              "changes": [{"path": item["path"], "new": "\"已更正\""} for item in items
                          if item.get("path") and not item.get("material")],
              "signed_anew": ["mortgagors/0", "mortgagee/agent"] if any(item["needs_new_signature"] for item in items) else []}
    return {key: value for key, value in answer.items() if value != []}


def write_supplement(path, request):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(supplement_of(request), file, ensure_ascii=False)
    return path


def log_of(house, branch, number):
    return os.path.join(house.path("log"), f"submit-{branch[2:]}-{number}.jsonl")
