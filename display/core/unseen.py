"""What rings until somebody has seen it: voids, allergies that came after sending, what the hub tells the pass. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from display.core.sounding import Sound
from heard.expo import ExpoCard, allergy_version
from heard.order import ChangeKind, Order
from heard.stream import Notice
from heard.unseen import UnseenChange, unseen_of

AS_HELD = 1
"""The version of an order as it was sent; an allergy of it stands on every ticket and rings with it."""
SOUNDS = {ChangeKind.VOIDED: Sound.VOID, ChangeKind.ALLERGY: Sound.ALLERGY}
KNOWN_SOUNDS = frozenset(Sound)


@dataclass(frozen=True, slots=True)
class Unseen:
    """One thing: `key` tells it from others."""

    key: Hashable
    sound: Sound


class UnseenLines:
    """What waits for a cook's key at one station; an order is looked at once for each of its versions."""

    def __init__(self, station: str) -> None:
        self._station = station
        self._known: dict[str, tuple[Order, tuple[Unseen, ...]]] = {}

    def of(self, orders: Iterable[Order]) -> tuple[Unseen, ...]:
        """All of it in these orders."""
        before, self._known = self._known, {}
        for order in orders:
            there = before.get(order.order_id)
            if there is None or there[0] is not order:
                here = (one for one in unseen_of(order) if one.station == self._station)
                there = order, tuple(_ringing(one) for one in here)
            self._known[order.order_id] = there
        return tuple(one for _, found in self._known.values() for one in found)


def _ringing(one: UnseenChange) -> Unseen:
    return Unseen((one.kind, one.order_id, one.line_id, one.version), SOUNDS[one.kind])


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
    return Unseen(("confirm", card.key, newest), Sound.ALLERGY)


def told_by_hub(notices: Iterable[Notice]) -> tuple[Unseen, ...]:
    """Alarms that ring at the pass: each order that one is about by itself, so that one more rings anew.

    An alarm without a station is the hub's own and only stands there."""
    found = []
    for one in notices:
        if not one.station or not (sound := sound_of_notice(one)):
            continue
        found += [Unseen((sound, one.station, about), sound) for about in one.order_ids or ("",)]
    return tuple(found)


def sound_of_notice(notice: Notice) -> Sound | None:
    """What rings with it; an older hub does not say, and its alarms of stations are NOT HEARD."""
    if notice.sound in KNOWN_SOUNDS:
        return Sound(notice.sound)
    return Sound.NOT_HEARD if notice.severity == "alarm" and notice.station and not notice.sound else None
