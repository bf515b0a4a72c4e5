"""Whether scheduled orders came to the kitchen when they should: not before their time, not late, and each in the end.

Pure. Fed with every version of every order as the hub's log has it.
"""

from __future__ import annotations

from heard.order import LineState, Order
from heard.play.compare import Verdict
from heard.play.script import LEAD_MIN
from heard.ticket import TO_MAKE_STATES, due_ms, is_open

LEAD_MS = LEAD_MIN * 60_000
SLACK_MS = 2_000
"""Of the wall clock, which may be set while an order waits."""
LATE_MS = 30_000
"""So long after its time an order may come: a hub that was killed has to start again, on a machine that has much to do."""
BY_HAND = frozenset({"fire", "undo"})
"""Verbs with which a person has a scheduled order made now, or takes that back."""
MERGE = "merge"
"""The verb with which lines come from another order as they stood in it."""


class DueProof:
    """Feed `change` with every version in the order of the log, then `end`."""

    def __init__(self, verdict: Verdict) -> None:
        self._verdict = verdict
        self._known: dict[str, Order] = {}
        self._waited: set[str] = set()
        self._since_ms: dict[str, int] = {}
        self._late: set[str] = set()
        self.moved = 0
        """Changes of a due time."""
        self.in_time = 0
        """Orders that came to the kitchen because it was their time."""
        self.brought = 0
        """… because somebody had them made sooner."""
        self.wrong = 0
        """… too early, late, or never."""

    @property
    def scheduled(self) -> int:
        """Orders that the kitchen got later."""
        return len(self._waited)

    def change(self, order: Order) -> None:
        """The next version of this order."""
        was = self._known.get(order.order_id)
        self._known[order.order_id] = order
        if order.scheduled:
            self._waited.add(order.order_id)
            if was is None or not was.scheduled or was.due_at_ms != order.due_at_ms:
                self._since_ms[order.order_id] = order.changed_at_ms
        if not order.history:
            return
        if was is None:
            if order.scheduled and not order.split_from:
                self._still(None, order)
            elif order.due_at_ms and not order.split_from:
                self._early(order)
            return
        self.moved += order.due_at_ms != was.due_at_ms
        if was.scheduled and is_open(was):
            self._in_time(was, order)
        if was.scheduled and order.scheduled:
            self._still(was, order)
        elif was.scheduled and order.lines:
            self._came(order)

    def _came(self, order: Order) -> None:
        verb = order.history[-1].verb
        self.in_time += verb == "release"
        self.brought += verb != "release"
        if verb not in BY_HAND and order.due_at_ms:
            self._early(order)

    def _early(self, order: Order) -> None:
        early_ms = due_ms(order) - LEAD_MS - SLACK_MS - order.changed_at_ms
        if early_ms > 0:
            verb = order.history[-1].verb
            self._say(order, f"came to the kitchen {early_ms / 1000:.0f} s too early, by {verb}")

    def _in_time(self, was: Order, order: Order) -> None:
        """It waited until this version, whoever made it: that somebody had it made at last does not make it timely."""
        asked_ms = max(due_ms(was) - LEAD_MS, self._since_ms[was.order_id])
        late_ms = order.changed_at_ms - asked_ms - LATE_MS
        if late_ms > 0 and order.order_id not in self._late:
            self._late.add(order.order_id)
            verb = order.history[-1].verb
            self._say(order, f"waited {late_ms / 1000:.0f} s longer than it may, until {verb}")

    def _still(self, was: Order | None, order: Order) -> None:
        merged = was is not None and order.history[-1].verb == MERGE
        for line in order.lines:
            before = None if was is None else was.line(line.line_id)
            if before is None and merged:
                continue
            waited = before is None or all(at.state is LineState.WAITING for at in before.stations)
            for at in line.stations:
                there = None if before is None else before.at(at.station)
                if (
                    waited if there is None else there.state is LineState.WAITING
                ) and at.state in TO_MAKE_STATES:
                    self._say(order, f"line {line.line_id} is made at {at.station} while the order waits")

    def end(self) -> None:
        """Nothing more comes."""
        for order in self._known.values():
            if order.scheduled and is_open(order):
                self._say(order, "never came to the kitchen")

    def _say(self, order: Order, why: str) -> None:
        self.wrong += 1
        self._verdict.say(f"due: order {order.aggregator_code or order.order_id} {why}")
