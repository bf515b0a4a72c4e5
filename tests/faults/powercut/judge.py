"""Opens states that a power cut left and says whether every promise was kept. A process of its own: a bad one may die.

Reads lines "FOLDER REV" and a JSON object {order key: version} of what was acknowledged; answers one line each.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from heard.order import Order
from hub.store.check import check
from hub.store.inline import InlineLmdbStore
from hub.store.layout import DataDir
from hub.store.marker import read_marker
from hub.store.opening import why_bad
from hub.store.seam import Committed
from hub.store.swap import finish_swap
from tests.faults.powercut.writer import OPTIONS
from tests.hub.store.making import hold

LIGHT = replace(OPTIONS, check_before=False)


def judge(place: Path, rev: int, acknowledged: dict[str, int]) -> str:
    """ "ok", or what is wrong. `rev` is the highest acknowledged revision."""
    files = DataDir(place)
    finish_swap(files)
    marker = read_marker(files.marker)
    if files.store.exists():
        report = check(files.store, whole=True)
        bad = report.what if not report.ok else why_bad(report, marker)
        if bad:
            return f"found bad: {bad}"
    elif rev or marker:
        return "there is no store"
    store = InlineLmdbStore.open_here(place, LIGHT)
    try:
        return _judge_opened(store, rev, acknowledged)
    finally:
        store.crash()


def _judge_opened(store: InlineLmdbStore, rev: int, acknowledged: dict[str, int]) -> str:
    if store.rev < rev:
        return f"lost: revision {store.rev}, acknowledged was {rev}"
    for key, version in acknowledged.items():
        order = store.get(key)
        if not isinstance(order, Order) or order.version < version:
            return f"lost: {key} at version {version}"
    log = store.log(store.compact_rev, 1_000_000)
    newest = {entry.key: entry.order for entry in log}
    if any(store.get(key) != order for key, order in newest.items()):
        return "half: log and orders differ"
    if [entry.rev for entry in log] != sorted({entry.rev for entry in log}):
        return "half: revisions do not rise"
    outcomes: list[Committed | Exception] = []
    store.submit_soon(*hold("after-the-cut"), outcomes.append)
    while store.step():
        pass
    if not isinstance(outcomes[0], Committed) or outcomes[0].rev <= rev:
        return "does not go on"
    return "ok"


def main() -> None:
    """One state a pair of lines, until the end of the input."""
    for line in sys.stdin:
        place, rev = line.split()
        acknowledged = json.loads(sys.stdin.readline())
        try:
            found = judge(Path(place), int(rev), acknowledged)
        except Exception as error:
            found = f"cannot be opened: {type(error).__name__}: {error}"
        print(found.replace("\n", " "), flush=True)


if __name__ == "__main__":
    main()
