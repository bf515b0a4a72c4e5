"""Scheduled orders: when each reaches the kitchen. Many for one minute (iftar, half-time) are staged over the minutes before.

A station that has a limit gets at most so many scheduled orders a minute. Counted back from the last due time, each order is
released as late as it can be and early enough for all that are due after it. Everything follows from the open orders and hub
time: nothing is lost by a restart, and no key is written by every hold. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from heard.order import LineState, Order
from heard.ticket import due_ms, is_open
from hub.core.site import KitchenRules

MINUTE_MS = 60_000
SLACK_MS = 250
"""Between two looks at the clock: what it costs is not lost to the rate."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    due_ms: int
    order_id: str
    stations: tuple[str, ...]


class Staging:
    """The scheduled orders that wait, and when each station may get the next one."""

    def __init__(self) -> None:
        self._waiting: dict[str, _Waiting] = {}
        self._free_ms: dict[str, int] = {}
        self._asked: dict[str, None] = {}
        self._next_ms: int | None = None
        self._stale = False

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, order_id: str, order: Order | None, rules: KitchenRules) -> None:
        """The order stands so now."""
        if order is not None and order.scheduled and is_open(order):
            self._waiting[order_id] = _Waiting(due_ms(order), order_id, _stations(order))
            self._stale = True
            return
        self._asked.pop(order_id, None)
        if self._waiting.pop(order_id, None) is not None:
            self._stale = True
        if order is not None and order.due_at_ms and rules.release_per_min:
            for line in order.lines:
                for at in line.stations:
                    interval_ms = _interval_ms(at.station, rules.release_per_min)
                    if interval_ms and at.queued_at_ms:
                        free_ms = at.queued_at_ms - SLACK_MS + interval_ms
                        self._free_ms[at.station] = max(self._free_ms.get(at.station, 0), free_ms)

    def take(self, now_ms: int, rules: KitchenRules, paused: Collection[str] = ()) -> list[str]:
        """The orders to release now, in the order in which they are due. `paused` stations get nothing; "" is the site."""
        if not self._waiting or (not self._stale and self._next_ms is not None and now_ms < self._next_ms):
            return []
        self._stale = False
        found: list[str] = []
        later: list[int] = []
        if "" not in paused:
            waiting = sorted(self._waiting.values(), key=lambda one: (one.due_ms, one.order_id))
            wanted = _wanted(waiting, rules)
            for one in waiting:
                if one.order_id in self._asked:
                    continue
                if any(station in paused for station in one.stations):
                    later.append(now_ms + MINUTE_MS)
                    continue
                ready_ms = max([wanted[one.order_id], *(self._free_ms.get(at, 0) for at in one.stations)])
                if ready_ms > now_ms:
                    later.append(ready_ms)
                    continue
                found.append(one.order_id)
                self._asked[one.order_id] = None
                for station in one.stations:
                    interval_ms = _interval_ms(station, rules.release_per_min)
                    if interval_ms:
                        self._free_ms[station] = (
                            max(self._free_ms.get(station, 0), now_ms - SLACK_MS) + interval_ms
                        )
        self._next_ms = min([*later, now_ms + MINUTE_MS])
        return found

    def missed(self, order_id: str) -> None:
        """A release could not be stored: it is asked for again."""
        self._asked.pop(order_id, None)
        self._stale = True

    def look_again(self) -> None:
        """A pause or a setting changed."""
        self._stale = True


def _interval_ms(station: str, release_per_min: Mapping[str, int]) -> int:
    per_min = release_per_min.get(station, 0)
    return MINUTE_MS // per_min if per_min > 0 else 0


def _stations(order: Order) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            at.station
            for line in order.lines
            for at in line.stations
            if at.state is LineState.WAITING and not line.voided
        )
    )


def _wanted(waiting: list[_Waiting], rules: KitchenRules) -> dict[str, int]:
    """The latest moment for each: its own lead, and room at its stations for all that are due after it."""
    found = {one.order_id: one.due_ms - rules.lead_ms for one in waiting}
    after: dict[str, int] = {}
    for one in reversed(waiting):
        for station in one.stations:
            interval_ms = _interval_ms(station, rules.release_per_min)
            if interval_ms:
                latest_ms = min(one.due_ms - rules.lead_ms, after.get(station, one.due_ms) - interval_ms)
                after[station] = latest_ms
                found[one.order_id] = min(found[one.order_id], latest_ms)
    return found
