#!/usr/bin/python3
"""An example registry behind onevisit-window's program adapter (docs/adapter.md).

    onevisit-window run --adapter program --program agents/window/examples/registry.py ...

It keeps one JSON file (ONEVISIT_EXAMPLE_REGISTRY, or registry.json in the
current folder) and, so that there is something to see, takes every case one
step further each time it is asked: accepted, booked, certified. A real one
would look these up in the registry's own database.

Copy this file, keep the frame (main, the exit codes, the lock), and put your
registry into find() and hand()."""
import datetime
import fcntl
import json
import os
import sys
import time

KNOWN, NOT_KNOWN = 0, 1                  # exit codes of find
TAKEN, CANNOT, LATER = 0, 65, 75         # exit codes of hand
REGISTRATION = {"M01": "100", "M02": "300", "M03": "200", "M04": "400", "M05": "700", "M06": "100", "M07": "100", "M08": "300", "M09": "300",
                "M10": "100", "M10b": "300", "M11": "700", "M12": "100", "M13": "100", "M14": "100"}
PARTS = {"M11": (("prenotice", "700"), ("prenotice_mortgage", "700")), "M12": (("transfer", "200"), ("mortgage", "100")),
         "M13": (("transfer", "200"), ("mortgage", "100"), ("cancellation", "400"))}
PATH = os.environ.get("ONEVISIT_EXAMPLE_REGISTRY", "registry.json")


def now():
    return time.time_ns() // 1000


def accepted(case, question):
    return {"type": "CASE_ACCEPTED", "body": {"ywh": case["number"], "slsj": now(), "slry": "T0001"}}


def booked(case, question):
    form = case["form"]
    body = {"ywh": case["number"], "djsj": now(), "dybdclx": form["dybdclx"], "dyfs": form["dyfs"],
            "units": [{"bdcdyh": unit["bdcdyh"], "dyqsw": 1} for unit in form["units"]],
            "dyr": "、".join(party["name"] for party in form["mortgagors"]),
            "djlx": "200" if "transferor" in form else REGISTRATION[form["kind"]], "qxdm": form["district"], "djjg": "示例不动产登记中心",
            "dbr": "T0002", "qszt": "1", "bdcdjzmh": case["proof"]}
    for key in ("bdbzzqse", "zgzqse", "zwlxqssj", "zwlxjssj", "dbfw", "sfczjzhxz", "zjjzwzl", "zjjzwdyfw",
                "zgzqqdss", "zgzqqdse"):
        if key in form:
            body[key] = form[key]
    if form["kind"] in PARTS:
        body["parts"] = [{"part": part, "djlx": djlx, "ywh": f"{case['number']}-{place}", "djsj": body["djsj"],
                          **({"bdcdjzmh": form["bdcdjzmh"]} if part == "cancellation" else {})}
                         for place, (part, djlx) in enumerate(PARTS[form["kind"]], 1)]
    return {"type": "CASE_BOOKED", "body": body}


def certified(case, question):
    path = os.path.abspath(f"{PATH}.{question['case_id']}.pdf")
    with open(path, "wb") as file:
        file.write(b"%PDF-1.4\n% TEST: a stand-in for the certificate of " + case["number"].encode() + b"\n%%EOF\n")
    return {"type": "CERT_ISSUED", "body": {"ywh": case["number"], "bdcdjzmh": case["proof"]}, "file": path}


STEPS = [accepted, booked, certified]


def find(book, question):
    case = book.get(question["case_id"])
    if case is None:
        print(json.dumps({"known": False}))
        return NOT_KNOWN
    if len(case["answers"]) < len(STEPS) and not case["withdrawn"]:
        case["answers"].append(STEPS[len(case["answers"])](case, question))
        save(book)
    print(json.dumps({"known": True, "deliveries": case["deliveries"], "answers": case["answers"]},
                     ensure_ascii=False))
    return KNOWN


def hand(book, question):
    case = book.get(question["case_id"])
    if case and case["deliveries"] >= question["number"]:
        return TAKEN  # it is here already: never a second time
    if question["type"] == "CASE_SUBMIT":
        year, serial = datetime.date.today().year, len(book) + 1
        book[question["case_id"]] = {
            "form": question["body"], "deliveries": question["number"], "answers": [], "withdrawn": False,
            "number": f"EX-{year}-{serial:06}", "proof": f"鲁（{year}）示例市不动产证明第{serial:07}号"}
    elif case is None:
        print("no such case", file=sys.stderr)
        return CANNOT
    else:
        case["deliveries"] = question["number"]
        if question["type"] == "WITHDRAW_REQ":
            is_booked = len(case["answers"]) > 1
            case["withdrawn"] = not is_booked
            case["answers"].append({"type": "WITHDRAW_RESULT", "body": {"result": "too_late" if is_booked else "ok"}})
    save(book)
    return TAKEN


def title(book, question):
    """What the book says of a unit: one that was filed here, if the owner is one of its owners."""
    asked = question["body"]
    form = next((case["form"] for case in book.values()
                 if any(unit["bdcdyh"] == asked.get("bdcdyh") for unit in case["form"]["units"])), None)
    answer = {"result": "none", "as_of": now()}
    if form:
        owners = [{"name": party["name"], "id": party["id"]} for party in form["mortgagors"]]
        is_owner = {"name": asked["owner_name"], "id": asked["id"]} in owners
        answer["result"] = "match" if is_owner else "mismatch"
        if is_owner:
            unit = next(unit for unit in form["units"] if unit["bdcdyh"] == asked["bdcdyh"])
            answer["units"] = [{**{key: unit[key] for key in ("bdcdyh", "bdcqzh", "zl", "mj", "use") if key in unit},
                                "qszt": "1", "owners": owners}]
    print(json.dumps(answer, ensure_ascii=False))
    return 0


def load():
    try:
        with open(PATH, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def save(book):
    """The old file or the new one, never half of one."""
    with open(PATH + ".new", "w", encoding="utf-8") as file:
        json.dump(book, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(PATH + ".new", PATH)


def main():
    if len(sys.argv) != 2 or sys.argv[1] not in ("find", "hand", "title"):
        print(__doc__, file=sys.stderr)
        return 64
    question = json.load(sys.stdin)
    with open(PATH + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return {"find": find, "hand": hand, "title": title}[sys.argv[1]](load(), question)


if __name__ == "__main__":
    sys.exit(main())
