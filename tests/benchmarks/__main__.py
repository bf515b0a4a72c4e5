"""`make bench`: everything in one run, a table, and a JSON file. QUICK=1 takes some five minutes instead of 25, and proves less."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.benchmarks.goals import Judged, judge_all, table
from tests.benchmarks.plan import FULL, OURS, QUICK, Plan
from tests.benchmarks.systems import SYSTEMS

PARTS = ("systems", "hub", "store", "restart", "sync", "push", "screen")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    quick = os.environ.get("QUICK", "") not in ("", "0")
    parser.add_argument("--quick", action="store_true", default=quick, help="one short round")
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part (may be repeated)")
    parser.add_argument("--json", type=Path, default=Path("out/bench.json"), help="where the figures go")
    args = parser.parse_args()
    start = time.monotonic()

    def say(words: str) -> None:
        print(f"[{time.monotonic() - start:6.1f} s] {words}", file=sys.stderr, flush=True)

    plan = Plan(QUICK if args.quick else FULL, say)
    missing = {name: why for name, system in SYSTEMS.items() if (why := system.missing())}
    for name, why in missing.items():
        say(f"no peer {name}: {why}")
    present = [system for name, system in SYSTEMS.items() if name not in missing]
    parts: dict[str, Callable[[], None]] = {
        "systems": lambda: plan.rounds(present),
        "hub": plan.only_ours,
        "store": plan.store,
        "restart": plan.restart,
        "sync": plan.sync,
        "push": plan.push,
        "screen": plan.screen,
    }
    failed = []
    for name, run in parts.items():
        if args.only and name not in args.only:
            continue
        try:
            run()
        except Exception as error:  # the other parts are worth having
            say(f"{name} failed: {error!r}")
            failed.append(name)
    peers = frozenset(system.name for system in present if system.name != OURS)
    judged = judge_all(plan.figures, peers)
    size = "quick: one short round, smaller stores" if args.quick else "full"
    took_min = (time.monotonic() - start) / 60
    print(
        f"\n{size}; {took_min:.0f} min; {os.cpu_count()} cores, Python {platform.python_version()}, {platform.release()}\n"
    )
    print(table(judged))
    print("\n".join(f"NO PEER {name}: {why}" for name, why in missing.items()))
    _write(args.json, plan.figures, judged, args.quick)
    print(f"\n{args.json}")
    if failed:
        print(f"failed parts: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _write(path: Path, figures: dict[str, float], judged: Sequence[Judged], quick: bool) -> None:
    goals = {
        one.goal.number: {"value": one.value, "bound": one.bound, "verdict": one.verdict.value}
        for one in judged
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    found = {"quick": quick, "goals": goals, "figures": figures, "cores": os.cpu_count()}
    path.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
