"""What was really on the glass, against what the hub says was heard: no HEARD that was not painted, no silence without alarm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from heard.order import Order
from heard.stream import HeardState
from heard.ticket import is_open, tickets
from hub.core.hearing import GRACE_MS, NOT_HEARD_MS
from hub.core.hearing_facts import COOKS_VERBS, Alarm, Effect, Told
from hub.rpc.heard import Heard
from hub.store.seam import Entry
from tests.simulation.checks import Broken

SLACK_MS = 1_000
"""Between two looks of the hub at its clock in the simulation."""
Place = tuple[str, str]


@dataclass
class Asked:
    """The newest change by somebody else than the station's own cook, and since when one of them is unpainted."""

    version: int
    since_ms: int


def face(order: Order, station: str) -> object:
    """What a cook can read on the tiles of a station."""
    return [
        (
            tile.batch,
            [(replace(one.line, stations=(), total_minor=0), one.at) for one in tile.lines],
            tile.cancelled,
            tile.allergens,
            order.rush,
        )
        for tile in tickets(order, station)
    ]


@dataclass
class Listening:
    """Compares, from outside: it knows the orders, the glass, and what the hub told."""

    stations: tuple[str, ...]
    glass: dict[Place, int] = field(default_factory=dict)
    asked: dict[Place, Asked] = field(default_factory=dict)
    raised: set[str] = field(default_factory=set)
    booted_ms: int = 0

    def painted(self, station: str, order_id: str, version: int) -> None:
        """A screen of the station flipped this."""
        place = (order_id, station)
        self.glass[place] = max(version, self.glass.get(place, 0))

    def attach(self, heard: Heard, now_ms: int) -> None:
        """A hub has started: what was told before is forgotten, its first seconds are free of alarm."""
        self.booted_ms = now_ms
        self.raised.clear()
        self.asked.clear()
        carry = heard._carry

        def watched(effects: Sequence[Effect]) -> None:
            found = list(effects)
            for effect in found:
                self._check(effect, heard)
            carry(found)

        heard._carry = watched  # type: ignore[method-assign,assignment]

    def committed(self, entries: Sequence[Entry], now_ms: int) -> None:
        """Which stations must hear of these changes, judged by what their tickets look like."""
        for entry in entries:
            new, old = entry.order, entry.old
            if new is None:
                continue
            newest = new.history[-1]
            for station in self.stations:
                place = (new.order_id, station)
                if not is_open(new) or all(tile.waiting_only for tile in tickets(new, station)):
                    self.asked.pop(place, None)  # gone, or it waits for its course or its time
                    continue
                if old is not None and face(old, station) == face(new, station):
                    continue
                if newest.verb in COOKS_VERBS and newest.station == station:
                    continue
                known = self.asked.get(place)
                unheard = known is not None and self.glass.get(place, 0) < known.version
                since_ms = known.since_ms if known is not None and unheard else now_ms
                self.asked[place] = Asked(new.version, since_ms)

    def _check(self, effect: Effect, heard: Heard) -> None:
        if isinstance(effect, Alarm):
            if effect.raised == (effect.station in self.raised):
                raise Broken(f"{effect.station}: the same alarm twice: {effect.message}")
            (self.raised.add if effect.raised else self.raised.discard)(effect.station)
        elif isinstance(effect, Told) and effect.value.state is HeardState.HEARD and not effect.value.message:
            value = effect.value
            place = (value.order_id, value.station)
            known = self.asked.get(place)
            if known is not None and self.glass.get(place, 0) < known.version:
                raise Broken(f"{place} was told as heard, version {known.version} is on no glass")

    def check(self, heard: Heard, now_ms: int) -> None:
        """After every look at the clock: what is on no glass for 5 s is told, and nothing alarms in a young hub."""
        if self.raised and now_ms - self.booted_ms < GRACE_MS - SLACK_MS:
            raise Broken(f"{sorted(self.raised)} alarm {now_ms - self.booted_ms} ms after the start")
        if now_ms - self.booted_ms < GRACE_MS + SLACK_MS:
            return
        for place, known in self.asked.items():
            if self.glass.get(place, 0) >= known.version or now_ms - known.since_ms < NOT_HEARD_MS + SLACK_MS:
                continue
            value = heard.hearing.state(*place)
            if value is None or value.state is not HeardState.NOT_HEARD:
                said = "nothing" if value is None else value.state.name
                raise Broken(
                    f"{place} is on no glass since {now_ms - known.since_ms} ms, the hub says {said}"
                )

    def check_quiet(self, heard: Heard) -> None:
        """Everybody paints and reports: all is heard, no alarm is left."""
        counts = heard.hearing.counts()
        if self.raised or counts["PENDING"] or counts["NOT_HEARD"]:
            raise Broken(f"in the quiet: alarms {sorted(self.raised)}, {counts}")
