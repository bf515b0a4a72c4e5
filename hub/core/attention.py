"""What the pass must be told of stations: a void or an allergy that nobody there answers, tickets that nobody looks after. Pure.

A station's screens ring three rounds and are silent for a minute after any key (`heard.unseen`); what is unanswered then is
the pass's, until it is answered. Keys are known from the screens and from what cooks did to orders.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from heard.order import ChangeKind, Order, Text
from heard.station import SOUNDS
from heard.stream import Notice, StationProfile
from heard.ticket import TO_MAKE_STATES
from heard.unseen import AGAIN_S, QUIET_S, ROUNDS, UnseenChange, unseen_of
from hub.core.hearing_words import nobody_words, order_names, unanswered_words
from hub.core.printing import PRINTER
from hub.core.site import Site

AGAIN_MS = round(AGAIN_S * 1000)
QUIET_MS = round(QUIET_S * 1000)
NOBODY_MS = 5 * 60_000
"""A station with a ticket past warn and without a sign of a cook for so long: is anybody there?"""
GRACE_MS = 10_000
"""After a start of the hub: screens come back within it and say when a key was pressed last."""
STATIONS_MAX = 200
"""Stations whose last sign is remembered; a hub has some tens."""
SOUND_OF = {ChangeKind.ALLERGY: "allergy", ChangeKind.VOIDED: "void"}


@dataclass(slots=True)
class _Unanswered:
    """One change and its rounds to come; with the last of them it is the pass's."""

    change: UnseenChange
    left: int
    next_ms: int

    def passed(self, now_ms: int, key_ms: int) -> bool:
        """True once its station has had all rounds."""
        quiet_ms = key_ms + QUIET_MS if key_ms >= self.change.since_ms else 0
        while self.left and (at_ms := max(self.next_ms, quiet_ms)) <= now_ms:
            self.left -= 1
            self.next_ms = at_ms + AGAIN_MS
        return not self.left


@dataclass(slots=True)
class _Held:
    """One open order: what it is called, what waits for a key, and per station since when it has something to make."""

    names: tuple[str, str]
    kind: str
    type_name: Text
    unanswered: tuple[_Unanswered, ...]
    queued_ms: dict[str, int]


class Attention:
    """Takes in orders as they change and keys as they are told of; `look` about once a second."""

    def __init__(self, now_ms: int) -> None:
        self._grace_until_ms = now_ms + GRACE_MS
        self._orders: dict[str, _Held] = {}
        self._changed: dict[str, Order | None] = {}
        self._acted: dict[str, int] = {}

    def put(self, order_id: str, order: Order | None) -> None:
        """An open order as it is now; None where it is gone. Costs nothing until `look`."""
        self._changed[order_id] = order

    def keyed(self, station: str, at_ms: int) -> None:
        """Somebody pressed a key there, at that hub time."""
        if at_ms > self._acted.get(station, 0) and (
            station in self._acted or len(self._acted) < STATIONS_MAX
        ):
            self._acted[station] = at_ms

    def look(self, now_ms: int, site: Site) -> dict[str, Notice]:
        """Every line that must stand at the pass now, by its key."""
        for order_id, order in self._changed.items():
            self._take(order_id, order)
        self._changed.clear()
        if now_ms < self._grace_until_ms:
            return {}
        found: dict[str, Notice] = {}
        for station, kept in self._for_the_pass(now_ms, site).items():
            found[f"alarm/unanswered/{station}"] = self._unanswered_notice(station, kept, site)
        for station in self._nobody(now_ms, site):
            text = nobody_words(site.profile, station)
            found[f"alarm/nobody/{station}"] = Notice("warn", text, station)
        return found

    def _take(self, order_id: str, order: Order | None) -> None:
        if order is None:
            self._orders.pop(order_id, None)
            return
        before = self._orders.get(order_id)
        known = {one.change: one for one in before.unanswered} if before is not None else {}
        unanswered = tuple(
            known.get(change) or _Unanswered(change, ROUNDS, change.since_ms + AGAIN_MS)
            for change in unseen_of(order)
        )
        queued_ms: dict[str, int] = {}
        for line in order.lines:
            for at in line.stations:
                self.keyed(at.station, max(at.started_at_ms, at.done_at_ms))
                if at.state in TO_MAKE_STATES and at.queued_at_ms:
                    queued_ms[at.station] = min(at.queued_at_ms, queued_ms.get(at.station, at.queued_at_ms))
        for entry in order.history[-1:]:
            if entry.station:
                self.keyed(entry.station, entry.at_ms)
        if unanswered or queued_ms:
            self._orders[order_id] = _Held(
                order_names(order), order.type.name, order.type_name, unanswered, queued_ms
            )
        else:
            self._orders.pop(order_id, None)

    def _for_the_pass(self, now_ms: int, site: Site) -> dict[str, dict[str, ChangeKind]]:
        """Station -> its unanswered orders, each with the gravest of what waits there."""
        found: dict[str, dict[str, ChangeKind]] = {}
        for order_id, held in self._orders.items():
            for one in held.unanswered:
                station, kind = one.change.station, one.change.kind
                if not one.passed(now_ms, self._acted.get(station, 0)) or not _has_keys(
                    site.profile.station(station)
                ):
                    continue
                orders = found.setdefault(station, {})
                orders[order_id] = _graver(orders.get(order_id, kind), kind)
        return found

    def _unanswered_notice(self, station: str, orders: dict[str, ChangeKind], site: Site) -> Notice:
        first = next((one for one, kind in orders.items() if kind is ChangeKind.ALLERGY), next(iter(orders)))
        kind = orders[first]
        names = self._orders[first].names
        text = unanswered_words(site.profile, station, kind, names, len(orders) - 1)
        return Notice("alarm", text, station, SOUND_OF[kind], tuple(orders))

    def _nobody(self, now_ms: int, site: Site) -> Iterable[str]:
        """Stations where a ticket is past warn and no key came for NOBODY_MS. A paused one is waited for."""
        wall_ms = now_ms + site.wall_offset_ms
        for profile in site.profile.stations:
            station = profile.station
            if (
                profile.role == "prep"
                and now_ms - self._acted.get(station, 0) >= NOBODY_MS
                and site.state.paused_until_ms(station) <= wall_ms
                and any(self._left_alone(held, profile, now_ms) for held in self._orders.values())
            ):
                yield station

    @staticmethod
    def _left_alone(held: _Held, profile: StationProfile, now_ms: int) -> bool:
        queued_ms = held.queued_ms.get(profile.station)
        if queued_ms is None:
            return False
        waited_ms = now_ms - queued_ms
        return waited_ms >= max(profile.age_limits(held.kind, held.type_name).warn_s * 1000, NOBODY_MS)


def _has_keys(profile: StationProfile | None) -> bool:
    return profile is not None and profile.role != PRINTER


def _graver(one: ChangeKind, other: ChangeKind) -> ChangeKind:
    return min(one, other, key=lambda kind: SOUNDS.index(SOUND_OF[kind]))
