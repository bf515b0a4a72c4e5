"""What is still to happen to an order by the script: its guest goes only when all of it was answered, and was seen. Pure."""

from __future__ import annotations

from collections import Counter

from heard.command import Answer, Command, Hold, MarkPaid, MarkPickedUp, Merge, Remake, Verb
from heard.order import Order
from heard.play.script import Script
from heard.play.sent import refused

OF_FETCHING = (Hold, MarkPaid, MarkPickedUp)
"""Verbs with which an order begins and ends; all others of a script change it on the way."""
WHEN_READY = (Remake,)
"""Verbs that make no sense before: what was dropped had been made."""


class ToCome:
    """Counts down a script's changes as the hub answers them."""

    def __init__(self, script: Script) -> None:
        self._left: Counter[str] = Counter()
        self._versions: dict[str, int] = {}
        self._merging: dict[str, str] = {}
        self._gone: set[str] = set()
        self._when_ready: dict[str, list[Verb]] = {}
        for act in script.acts:
            if isinstance(act.verb, OF_FETCHING):
                continue
            if isinstance(act.verb, WHEN_READY):
                self._when_ready.setdefault(act.order_id, []).append(act.verb)
            self._left[act.order_id] += 1
            if isinstance(act.verb, Merge):
                self._left[act.verb.into_order_id] += 1

    def answered(self, command: Command, answer: Answer) -> tuple[str, ...]:
        """Orders for which one thing less is to come."""
        verb, order_id = command.verb, command.order_id
        if isinstance(verb, OF_FETCHING):
            return ()
        self._versions[order_id] = max(self._versions.get(order_id, 0), answer.order_version)
        self._left[order_id] -= 1
        if not isinstance(verb, Merge):
            return (order_id,)
        if not refused(answer) and order_id not in self._gone:
            self._merging[order_id] = verb.into_order_id  # what came over is seen when this one is gone
            return (order_id,)
        self._left[verb.into_order_id] -= 1
        return (order_id, verb.into_order_id)

    def gone(self, order_id: str) -> str:
        """It left the till's view; the order that it was merged into, "" where it was not."""
        self._gone.add(order_id)
        into = self._merging.pop(order_id, "")
        if into:
            self._left[into] -= 1
        return into

    def over(self, order: Order) -> bool:
        """True where nothing more is to come, and `order` shows all that came."""
        return self._left[order.order_id] <= 0 and self._seen(order)

    def now_ready(self, order: Order) -> Verb | None:
        """What happens to a ready order when all else is over; once each."""
        left = self._when_ready.get(order.order_id)
        if not left or self._left[order.order_id] > len(left) or not self._seen(order):
            return None
        return left.pop()

    def _seen(self, order: Order) -> bool:
        return order.version >= self._versions.get(order.order_id, 0)
