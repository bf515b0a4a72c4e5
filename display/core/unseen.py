"""What rings until somebody has seen it: voids, allergies that came after sending, alarms that nobody heard. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from display.core.repeats import GOES_TO_EXPO_S
from display.core.sounding import Sound
from heard.expo import ExpoCard, allergy_version
from heard.order import ChangeKind, Line, Order, StationLine
from heard.stream import Notice
from heard.ticket import OPEN_STATES, not_here_yet, unseen_changes, unseen_void

AS_HELD = 1
"""The version of an order as it was sent; an allergy of it stands on every ticket and rings with it."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """One thing: `key` tells it from others, `since_ms` is the hub's time at which it happened."""

    key: Hashable
    sound: Sound
    since_ms: int

    def is_expos(self, now_ms: int) -> bool:
        """True once its station has had its rounds."""
        return now_ms - self.since_ms >= GOES_TO_EXPO_S * 1000


class UnseenLines:
    """What waits for a cook's key, at one station or ("") at all; an order is looked at once for each of its versions."""

    def __init__(self, station: str) -> None:
        self._station = station
        self._known: dict[str, tuple[Order, tuple[Unseen, ...]]] = {}

    def of(self, orders: Iterable[Order]) -> tuple[Unseen, ...]:
        """All of it in these orders."""
        before, self._known = self._known, {}
        for order in orders:
            there = before.get(order.order_id)
            if there is None or there[0] is not order:
                there = order, self._look(order)
            self._known[order.order_id] = there
        return tuple(one for _, found in self._known.values() for one in found)

    def _look(self, order: Order) -> tuple[Unseen, ...]:
        return tuple(
            found
            for line in order.lines
            for at in line.stations
            if not self._station or at.station == self._station
            if (found := _unseen(order, line, at)) is not None
        )


def _unseen(order: Order, line: Line, at: StationLine) -> Unseen | None:
    if unseen_void(at):
        sound, kind = Sound.VOID, ChangeKind.VOIDED
    elif at.state in OPEN_STATES and not not_here_yet(at) and allergy_unseen(line, at):
        sound, kind = Sound.ALLERGY, ChangeKind.ALLERGY
    else:
        return None
    times = [one.at_ms for one in line.changes if one.kind is kind and one.version > at.acknowledged_version]
    key = (sound, order.order_id, line.line_id, at.station, at.version)
    return Unseen(key, sound, min(times, default=order.changed_at_ms))


def allergy_unseen(line: Line, at: StationLine) -> bool:
    """True where an allergy came after sending and waits for this station's key."""
    return any(one.kind is ChangeKind.ALLERGY for one in unseen_changes(line, at))


def unconfirmed_news(card: ExpoCard) -> Unseen | None:
    """An allergy that came after sending and waits for expo's own key."""
    if not card.unconfirmed:
        return None
    newest = max(
        (
            *(one.added_version for one in card.allergens),
            *(allergy_version(line) for line in card.order.lines if not line.voided),
        ),
        default=0,
    )
    if newest <= max(AS_HELD, card.order.allergy_confirmed_version):
        return None
    return Unseen(("confirm", card.key, newest), Sound.ALLERGY, 0)


def not_heard(notices: Iterable[Notice]) -> tuple[Unseen, ...]:
    """Stations that did not hear; an alarm without a station is the hub's own and only stands there."""
    return tuple(
        Unseen(("not heard", one.station), Sound.NOT_HEARD, 0)
        for one in notices
        if one.station and one.severity == "alarm"
    )
