"""A kitchen whose commits go to the hearing, and what the hearing says of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from heard.command import (
    Verb,
)
from heard.order import Order
from heard.revision import Epoch
from heard.stream import (
    Alive,
    Behind,
    HeardState,
    HeardValue,
    Painted,
    SiteProfile,
    StationProfile,
)
from hub.core.hearing import GRACE_MS, Hearing
from hub.core.hearing_facts import Alarm, Effect, Note, Told
from tests.hub.core.making import Kitchen

EPOCH = Epoch(1, 7)


PROFILE = SiteProfile(
    stations=(
        StationProfile("grill", {"en": "Grill", "ar": "شواية"}),
        StationProfile("fry", {"ar": "قلي"}),
    )
)


@dataclass
class Room:
    """A kitchen whose commits go to the hearing; two screens, one a station, after the grace of a start."""

    kitchen: Kitchen = field(default_factory=Kitchen)
    told: list[HeardValue] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    notes: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hearing = Hearing(self.now_ms, PROFILE, EPOCH)
        self.kitchen.now_ms += GRACE_MS
        for station in ("grill", "fry"):
            self.join(station)

    @property
    def now_ms(self) -> int:
        return self.kitchen.now_ms

    def take(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Told():
                    assert effect.terminal == "T1"
                    self.told.append(effect.value)
                case Alarm():
                    self.alarms.append(effect)
                case Note() if effect.value is None:
                    self.notes.pop(effect.key, None)
                case Note():
                    assert effect.value is not None
                    self.notes[effect.key] = effect.value

    def join(self, station: str, device: str = "", *, counts: bool = True) -> None:
        name = device or f"screen-{station}"
        self.take(self.hearing.screen_joined(name, station, counts=counts, now_ms=self.now_ms))
        self.take(self.hearing.alive(name, station, Alive(0), self.now_ms))

    def do(self, verb: Verb, device: str = "T1", order_id: str = "o1") -> None:
        old = self.kitchen.docs.get(f"order/{order_id}")
        self.kitchen.do(verb, device, order_id)
        new = self.kitchen.order(order_id)
        if new is not old:
            self.take(self.hearing.changed(old if isinstance(old, Order) else None, new, self.now_ms))

    def hold(self, *lines: object, order_id: str = "o1", **fields: object) -> None:
        self.kitchen.hold(*lines, order_id=order_id, **fields)  # type: ignore[arg-type]
        self.take(self.hearing.changed(None, self.kitchen.order(order_id), self.now_ms))

    def release(self) -> None:
        old = self.kitchen.order()
        assert self.kitchen.due(release=True)
        self.take(self.hearing.changed(old, self.kitchen.order(), self.now_ms))

    def cook(self, verb: str, station: str, *line_ids: str) -> None:
        old = self.kitchen.order()
        getattr(self.kitchen, verb)(station, *line_ids)
        self.take(self.hearing.changed(old, self.kitchen.order(), self.now_ms))

    def paint(self, station: str, version: int = 0, device: str = "", order_id: str = "o1") -> None:
        shown = ((order_id, version or self.kitchen.order(order_id).version),)
        report = Painted(EPOCH, shown)
        self.take(self.hearing.painted(device or f"screen-{station}", station, report, self.now_ms))

    def behind(self, station: str, before: int) -> None:
        report = Painted(EPOCH, (), (Behind("o1", self.kitchen.order().version, before),))
        self.take(self.hearing.painted(f"screen-{station}", station, report, self.now_ms))

    def wait(self, ms: int, *alive: str) -> None:
        """Time passes in seconds' steps; only these screens go on reporting."""
        end = self.now_ms + ms
        while self.now_ms < end:
            self.kitchen.now_ms = min(end, self.now_ms + 1000)
            for station in alive:
                self.take(self.hearing.alive(f"screen-{station}", station, Alive(0), self.now_ms))
            self.take(self.hearing.tick(self.now_ms))

    def state(self, station: str = "grill") -> HeardState:
        value = self.hearing.state("o1", station)
        return HeardState.UNSPECIFIED if value is None else value.state
