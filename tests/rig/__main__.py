"""make rig: LOOPS rounds on one house of real processes, and the count. A failure names seed, round and what differs,
and keeps the folder."""
import argparse
import os
import shutil
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from rig import Rig  # noqa: E402

SHOWN_MAX = 40


def say(text):
    print(text, flush=True)


def run(rig):
    """What differs, or went wrong, in lines."""
    try:
        wrong = rig.run()
    except Exception as failure:
        wrong = rig.ledger.wrong + [f"round {rig.round} ({rig.doing}): {type(failure).__name__}: {failure}", rig.house.report()]
    except KeyboardInterrupt:
        rig.close()
        raise
    return wrong + rig.close()


def main():
    parser = argparse.ArgumentParser(prog="rig", description=__doc__)
    parser.add_argument("--build", default="build")
    parser.add_argument("--loops", type=int, default=40)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    folder = os.path.join(options.build, f"rig-{options.seed}")
    say(f"rig: seed {options.seed}, {options.loops} rounds; again: make rig LOOPS={options.loops} SEED={options.seed}")
    rig = Rig(folder, os.path.join(options.build, "bin"), options.seed, options.loops, say)
    wrong = run(rig)
    say("rig: " + rig.summary())
    for line in wrong[:SHOWN_MAX]:
        say("wrong: " + line)
    if wrong:
        say(f"rig: seed {options.seed}: {len(wrong)} things are wrong; the folder is kept: {folder}")
        return 1
    shutil.rmtree(folder)
    say("rig: nothing lost, nothing twice, nothing out of order")
    return 0


if __name__ == "__main__":
    sys.exit(main())
