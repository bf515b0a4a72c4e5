"""The proof of a mixed evening, from the hub's whole log and the screens' ledgers: made once, voids answered, all-day and due times right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from heard.archive import open_archive, read_changes
from heard.order import Order, VoidAnswer
from heard.play.all_day_proof import AllDayProof
from heard.play.compare import Verdict
from heard.play.due_proof import DueProof
from heard.play.made_once import MadeOnce
from heard.play.screen_ledger import ScreenLedger
from heard.play.void_proof import Place, check_voids
from heard.wire import decode_order

COOKS_VERBS = frozenset({"start", "bump", "undo", "recall", "acknowledge"})


@dataclass(frozen=True, slots=True)
class Kitchen:
    """What the kitchen made of it. `changes`: what the hub took of the changes that were mixed in, by verb."""

    changes: Mapping[str, int]
    cooks: Mapping[str, int]
    """What the cooks did, by verb."""
    lines_made: int
    made_twice: int
    not_made: int
    voids: int
    voids_made: int
    voids_not_made: int
    voids_unacknowledged: int
    voids_untold: int
    voids_wrong: int
    all_day_checked: int
    all_day_wrong: int
    scheduled: int
    scheduled_in_time: int
    scheduled_brought: int
    due_moved: int
    due_wrong: int

    @property
    def good(self) -> bool:
        """Every line made once, every void acknowledged, answered truly and told, every all-day right, every scheduled order in its time."""
        voids = self.voids_unacknowledged or self.voids_untold or self.voids_wrong
        return not (self.made_twice or self.not_made or voids or self.all_day_wrong or self.due_wrong)

    def rows(self) -> list[tuple[str, str]]:
        """For people."""
        return [
            ("mixed in", _counted(self.changes)),
            ("cooks", _counted(self.cooks)),
            (
                "made",
                f"{self.lines_made:,} lines once; {self.made_twice:,} twice, {self.not_made:,} not or not all of it",
            ),
            (
                "voids",
                f"{self.voids:,} at a station ({self.voids_made:,} MADE, {self.voids_not_made:,} NOT MADE); "
                f"{self.voids_unacknowledged:,} not acknowledged, "
                f"{self.voids_wrong:,} answered wrongly, {self.voids_untold:,} not told to the till",
            ),
            (
                "all-day",
                f"{self.all_day_checked:,} pictures held against the hub's log; {self.all_day_wrong:,} wrong",
            ),
            (
                "due times",
                f"{self.scheduled:,} orders scheduled ({self.scheduled_in_time:,} made in their time, "
                f"{self.scheduled_brought:,} brought forward), {self.due_moved:,} times moved; "
                f"{self.due_wrong:,} too early, late or never",
            ),
        ]


def _counted(verbs: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {verb}" for verb, count in verbs.items()) or "nothing"


def prove(
    day: Path,
    screens: Mapping[str, ScreenLedger],
    told: Mapping[Place, VoidAnswer],
    changes: Mapping[str, int],
    verdict: Verdict,
) -> Kitchen:
    """`day` is the exported log. Raises UserError for a file that cannot be read."""
    return judge(_versions(day), screens, told, changes, verdict)


def judge(
    log: Iterable[tuple[int, Order]],
    screens: Mapping[str, ScreenLedger],
    told: Mapping[Place, VoidAnswer],
    changes: Mapping[str, int],
    verdict: Verdict,
) -> Kitchen:
    """`log`: every version of every order with its revision, `screens` by station, `told` what the tills know of voids."""
    made = MadeOnce((bump for one in screens.values() for bump in one.bumped), verdict)
    all_day = AllDayProof({station: one.drawn for station, one in screens.items()}, verdict)
    due = DueProof(verdict)
    last: dict[str, Order] = {}
    cooks: Counter[str] = Counter()
    for rev, order in log:
        if order.version > 1 and order.order_id not in last and not order.split_from:
            verdict.say(f"the log knows {order.order_id} only from version {order.version} on")
        last[order.order_id] = order
        entry = order.history[-1] if order.history else None
        if entry is not None and entry.verb in COOKS_VERBS:
            cooks[entry.verb] += 1
        made.change(order)
        all_day.change(rev, order)
        due.change(order)
    made.end()
    all_day.end()
    due.end()
    voids = check_voids(last.values(), told, made.made_milli, verdict)
    return Kitchen(
        changes=changes,
        cooks=dict(sorted(cooks.items())),
        lines_made=made.made,
        made_twice=len(made.twice),
        not_made=len(made.missing),
        voids=voids.voids,
        voids_made=voids.made,
        voids_not_made=voids.not_made,
        voids_unacknowledged=voids.unacknowledged,
        voids_untold=voids.untold,
        voids_wrong=voids.wrong,
        all_day_checked=all_day.checked,
        all_day_wrong=all_day.wrong,
        scheduled=due.scheduled,
        scheduled_in_time=due.in_time,
        scheduled_brought=due.brought,
        due_moved=due.moved,
        due_wrong=due.wrong,
    )


def _versions(day: Path) -> Iterator[tuple[int, Order]]:
    for change in read_changes(open_archive(day)):
        if change.order_bytes is not None:
            yield change.rev, decode_order(change.order_bytes)
