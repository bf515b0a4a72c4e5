"""What an expeditor's keys mean: SEND OUT with its second thought, CONFIRM of allergies, bags, rider, fire."""

from __future__ import annotations

from dataclasses import dataclass

from display.core.board import TicketKey
from display.core.card import EXPO, card_of
from display.core.card_blocks import CONFIRM
from display.core.effects import Click, Effect
from display.core.keymap import Action, Press
from display.core.menu import Subject
from display.core.menu_intents import MenuIntents
from display.core.standing import Stood
from heard.command import (
    ConfirmAllergy,
    PackBags,
    PaintedLine,
    RecallLines,
    RiderHere,
    SendOut,
    Verb,
)
from heard.expo import ExpoCard, card_version
from heard.order import Order
from heard.ticket import OPEN_STATES, Ticket

OVERRIDE_S = 5.0
"""After it was said what is missing, BUMP sends all the same for this long; not within the time of a double press."""
BAGS_MAX = 99


@dataclass(frozen=True, slots=True)
class _Warned:
    """What would have gone out when it was said; a change of it asks again, an allergy that was just confirmed does not."""

    key: TicketKey
    lines: tuple[PaintedLine, ...]
    at_s: float


class ExpoIntents(MenuIntents):
    """The keys at the pass."""

    _warned: _Warned | None = None

    def _own(self, press: Press, now_s: float) -> tuple[Effect, ...]:
        match press.action:
            case Action.CONFIRM:
                return self._confirm(self.selected, now_s)
            case Action.BAG:
                return self._bags(1, now_s)
            case Action.ERASE:
                return self._bags(-1, now_s)
            case Action.RIDER:
                return self._rider(now_s)
            case Action.PULL:
                return (Click(),)  # nothing is made at the pass
        return super()._own(press, now_s)

    def _bump(self, key: TicketKey, now_s: float, only: frozenset[str] | None = None) -> tuple[Effect, ...]:
        """SEND OUT: all of a ready card; of another one only at the second press, after it said what is missing."""
        ticket, seen = self._standing(key, now_s)
        if ticket is None:
            return self._nothing(now_s)
        card = card_of(ticket)
        refused = _why_not(card)
        if refused:
            self.say(refused, now_s)
            return (Click(),)
        to_send = card.lines_to_send
        lines = tuple(
            PaintedLine(one.line.line_id, one.version)
            for one in to_send
            if seen.get(one.line.line_id) == one.version
        )
        if len(lines) < len(to_send):
            return self._nothing(now_s)
        if card.missing:
            warned = self._warned
            again = warned is not None and (warned.key, warned.lines) == (key, lines)
            if not again or warned is None or now_s - warned.at_s > OVERRIDE_S:
                self._warned = _Warned(key, lines, now_s)
                self._select(key)
                self.say_for("say.missing", now_s, OVERRIDE_S, what=self.missing_words(card))
                return (Click(),)
            if now_s - warned.at_s < self._timing.double_s:
                return (Click(),)
        if self._warned is not None:
            self.saying = None  # it asked to press again, and that was done
        self._warned = None
        self._last_bump_s = now_s
        self._select(None)
        self._slots.bumped(key, now_s)
        return (self._act(ticket, SendOut(lines), now_s, bumped=True),)

    def _tap_line(self, stood: Stood, ids: frozenset[str], now_s: float) -> tuple[Effect, ...]:
        """Nothing is made at the pass: a finger on a line only selects its card."""
        self._select(stood.key)
        return ()

    def _tap_action(self, stood: Stood, action: str, now_s: float) -> tuple[Effect, ...]:
        return self._confirm(stood.key, now_s) if action == CONFIRM else ()

    def _recalls(self, order: Order) -> Verb | None:
        lines = tuple(
            PaintedLine(line.line_id, card_version(line))
            for line in order.lines
            if line.sent_at_ms and not line.voided
        )
        return RecallLines(EXPO, lines) if lines else None

    @property
    def _looks_at(self) -> str:
        return ""

    def _open_at(self, ticket: Ticket, subject: Subject) -> dict[str, tuple[PaintedLine, ...]]:
        found: dict[str, tuple[PaintedLine, ...]] = {}
        for line in ticket.order.lines:
            if not subject.wants(line.line_id) or subject.seen[line.line_id] != card_version(line):
                continue
            for at in line.stations:
                if at.state in OPEN_STATES and not line.nobodys:
                    found[at.station] = (*found.get(at.station, ()), PaintedLine(line.line_id, at.version))
        return found

    def _confirm(self, key: TicketKey | None, now_s: float) -> tuple[Effect, ...]:
        """The allergies as they stood on the picture that this key means; a later one asks again."""
        if key is None:
            self.say("say.nothing_selected", now_s)
            return (Click(),)
        ticket, _ = self._standing(key, now_s)
        if ticket is None:
            return self._nothing(now_s)
        if not card_of(ticket).unconfirmed:
            self.say("say.no_allergy", now_s)
            return (Click(),)
        stood = next(tile for tile in self._meant(now_s).tiles if tile.key == key)
        self.say("say.allergy_confirmed", now_s)
        ids = tuple(one.allergen_id for one in card_of(ticket).allergens)
        return (self._send(ticket, ConfirmAllergy(ids, stood.version)),)

    def _bags(self, by: int, now_s: float) -> tuple[Effect, ...]:
        ticket = self._chosen(now_s)
        if ticket is None:
            return (Click(),)
        bags = min(max(ticket.order.bags + by, 0), BAGS_MAX)
        return (self._send(ticket, PackBags(bags)),) if bags != ticket.order.bags else (Click(),)

    def _rider(self, now_s: float) -> tuple[Effect, ...]:
        ticket = self._chosen(now_s)
        if ticket is None:
            return (Click(),)
        return (self._send(ticket, RiderHere(not ticket.order.rider_here_at_ms)),)

    def missing_words(self, card: ExpoCard) -> str:
        """What is missing, for people; a desk that knows languages says it better."""
        return ", ".join(" + ".join(one.stations) for one in card.missing)


def _why_not(card: ExpoCard) -> str:
    if card.cancelled:
        return "say.cancelled_wait"
    if card.waiting_only:
        return "say.fire_first"
    return "say.confirm_first" if card.unconfirmed else ""
