"""The expo role: every open order as a card at the pass, with what is missing, what is ready and what goes into the bag."""

from __future__ import annotations

from collections.abc import Iterable

from display.config import Config
from display.core import palette as p
from display.core.bars import Count
from display.core.card import EXPO, EXPO_SIGHT, card_of, whole_card
from display.core.card_blocks import station_words
from display.core.card_close import CloseStyle
from display.core.cook import Cook, Work
from display.core.draw import Measurer, Picture
from display.core.expo_intents import ExpoIntents
from display.core.expo_rows import ExpoRowStyle
from display.core.expo_style import ExpoStyle
from display.core.expo_theme import expo_theme
from display.core.fixture import Fixture
from display.core.keymap import Action, Grammar, Press
from display.core.layout import GRID, LIST
from display.core.look import Look, Said
from display.core.menu_intents import MenuIntents
from display.core.sounding import GRAVITY, Sound
from display.core.strip_close import CloseRowStyle
from display.core.unseen import Unseen, sound_of_notice, told_by_hub, unconfirmed_news
from display.screens.kitchen_desk import KitchenDesk
from display.screens.role import Moment, Setup
from display.screens.tickets import TicketScreen
from heard.expo import ExpoCard
from heard.order import Order
from heard.stream import Notice, SiteProfile, StationProfile
from heard.ticket import Ticket

NAME = {"en": "Expo", "ar": "التسليم"}
ICON = "concierge-bell"


def _before(ticket: Ticket) -> tuple[Press, ...]:
    return (Press(Action.CONFIRM),) if card_of(ticket).unconfirmed else ()


EXPEDITOR = Work(to_do=lambda ticket: card_of(ticket).ready, before=_before, starts=False)


CROWDED = 3
"""Where a second page begins all the same, what is begun is named: to count it would only make that page shorter."""


class ExpoDesk(KitchenDesk):
    """One expo screen."""

    hints = (
        (Action.DIGIT, "key.select"),
        (Action.BUMP, "key.send"),
        (Action.CONFIRM, "key.confirm"),
        (Action.UNDO, "key.undo"),
        (Action.RECALL, "key.recall"),
        (Action.BAG, "key.bag"),
        (Action.RIDER, "key.rider"),
        (Action.FIRE, "key.fire"),
        (Action.ALL_DAY, "key.all_day"),
        (Action.PAGE_NEXT, "key.page"),
        (Action.SOUND, "key.sound"),
    )
    buttons = (
        (Action.BUMP, "key.send"),
        (Action.UNDO, "key.undo"),
        (Action.RECALL, "key.recall"),
        (Action.BAG, "key.bag"),
        (Action.RIDER, "key.rider"),
        (Action.FIRE, "key.fire"),
        (Action.ALL_DAY, "key.all_day"),
        (Action.PAGE_NEXT, "key.page"),
        (Action.PAUSE, "key.pause"),
    )

    def __init__(self, setup: Setup) -> None:
        self._named = setup.config.station
        self._ready_of: tuple[tuple[Ticket, ...], int] = ((), 0)
        super().__init__(setup, EXPO, EXPO_SIGHT)
        self._floor_station = self.intents.pauses = ""
        self.profile = self._own_station(SiteProfile())

    def _intents(self, grammar: Grammar, config: Config) -> MenuIntents:
        return _Keys(self, grammar)

    def _screen(self, look: Look) -> TicketScreen:
        return expo_screen(look, touch=self.panel.touch, layout=self.panel.layout)

    def _own_station(self, site: SiteProfile) -> StationProfile:
        """The station that was named, else the site's first pass, else one that the hub need not know."""
        named = site.station(self._named) if self._named else None
        return named or first_pass(site)

    def _sound(self, old: Ticket | None, new: Ticket) -> Sound | None:
        """READY, RIDER HERE and what is grave; a new order rings at its stations."""
        sound = super()._sound(old, new)
        if sound is Sound.ALLERGY or sound is Sound.VOID or sound is Sound.RUSH:
            return sound
        before = card_of(old) if old is not None else None
        card = card_of(new)
        if card.order.rider_here_at_ms and not (before and before.order.rider_here_at_ms):
            return Sound.CHANGED
        if card.ready and before is not None and not before.ready:
            return Sound.NEW
        return Sound.CHANGED if sound is Sound.CHANGED else None

    def _waits_for_eyes(self, moment: Moment) -> Iterable[Unseen]:
        """What the hub tells of stations (not heard, not answered), and allergies for expo's own key."""
        yield from told_by_hub(self.floor.notices())
        for ticket in self.board.in_order():
            news = unconfirmed_news(card_of(ticket))
            if news is not None:
                yield news

    def _ring_new(self, sound: Sound | None) -> None:
        """Here it rings when it comes to expo, not when it happened."""
        self.sounds.happened(sound)

    def thoughts(self, cook: Cook, now_s: float) -> tuple[tuple[Press, ...], ...]:
        """A simulated expeditor confirms allergies and sends out what is ready."""
        return cook.keys(self.history.newest, dict(self.board.tickets), now_s, EXPEDITOR)

    def _alarms(self, moment: Moment) -> tuple[Said, ...]:
        """What the hub tells of stations, the gravest first; a station where nobody seems to be comes last."""
        notices = sorted(self.floor.notices(), key=_gravity)
        return tuple(self.look.name(notice.text) for notice in notices)

    def _whole_ticket(self, order: Order, station: str) -> Ticket | None:
        return whole_card(order) if not station else super()._whole_ticket(order, station)

    def _counts(self) -> tuple[Count, ...]:
        in_order = self.board.in_order()
        if self._ready_of[0] is not in_order:
            self._ready_of = (in_order, sum(card_of(ticket).ready for ticket in in_order))
        return counts(len(in_order), self._ready_of[1])


def _gravity(notice: Notice) -> int:
    sound = sound_of_notice(notice)
    return len(GRAVITY) if sound is None else GRAVITY[sound]


class _Keys(ExpoIntents):
    """The keys, with words for what is missing in the screen's language."""

    def __init__(self, desk: ExpoDesk, grammar: Grammar) -> None:
        super().__init__(desk.board, desk.slots, desk.history, grammar=grammar, rtl=desk.look.rtl, rail=False)
        self._desk = desk

    def missing_words(self, card: ExpoCard) -> str:
        look = self._desk.look
        whole = missing_words(look, card)
        said = Said(look.words.say("say.missing", what=whole), look.rtl)
        return whole if self._desk.fits(said, rows=2) else missing_counts(look, card)


def counts(open_: int, ready: int) -> tuple[Count, ...]:
    """Open and Ready, before the numbers of every screen."""
    return Count("open", open_), Count("ready.count", ready, p.CHECK if ready else p.INK)


def expo_screen(look: Look, *, touch: bool, layout: str) -> TicketScreen:
    """Cards, or in the list strips, between bars of the usual size; where there are keys, each has its number.

    Cards become closer, step by step, before a second page begins; in the grid each has its cell.
    """
    slots = not touch
    strip = layout == LIST
    roomy = look.with_theme(expo_theme(look.theme, strips=strip))
    if layout == GRID:
        return TicketScreen(roomy, look, ExpoStyle(slots=slots))
    close = look.with_theme(expo_theme(look.theme, close=True, strips=strip))
    if strip:
        return TicketScreen(
            roomy, look, ExpoRowStyle(slots=slots), _closer(close, CloseRowStyle, slots), CROWDED
        )
    return TicketScreen(roomy, look, ExpoStyle(slots=slots), _closer(close, CloseStyle, slots), CROWDED)


def _closer(
    close: Look, style: type[CloseStyle] | type[CloseRowStyle], slots: bool
) -> tuple[tuple[Look, CloseStyle | CloseRowStyle], ...]:
    """The steps by which cards or strips stand closer, each leaving out or counting more than the one before."""
    return (
        (close, style(slots=slots)),
        (close, style(slots=slots, folds=True)),
        (close, style(slots=slots, folds=True, counts=True)),
        (close, style(slots=slots, folds=True, counts=True, far=3)),
        (close, style(slots=slots, folds=True, counts=True, far=2)),
        (close, style(slots=slots, folds=True, counts=True, far=2, notes=False)),
    )


def first_pass(site: SiteProfile) -> StationProfile:
    """The hub's first station of this role, else a pass of our own name."""
    found = next((one for one in site.stations if one.role == "expo"), None)
    return found or StationProfile(EXPO, NAME, ICON)


def missing_words(look: Look, card: ExpoCard) -> str:
    """ "GRILL 2 Shish Tawook, 1 Lamb Kebab · FRY 1 Fries"."""
    by: dict[tuple[str, ...], list[str]] = {}
    for one in card.missing:
        name = look.name(one.line.name, one.line.item_id or "?").text
        by.setdefault(one.stations, []).append(f"{look.number(one.line.quantity_milli)} {name}")
    pieces = []
    for stations, names in by.items():
        said = station_words(look, stations)
        pieces.append(f"{said.text if said is not None else ''} {', '.join(names)}".strip())
    return " · ".join(pieces)


def missing_counts(look: Look, card: ExpoCard) -> str:
    """ "GRILL 24 · FRY 12": how much of it, where there is no room for names."""
    sums: dict[tuple[str, ...], int] = {}
    for one in card.missing:
        sums[one.stations] = sums.get(one.stations, 0) + one.line.quantity_milli
    pieces = []
    for stations, milli in sums.items():
        said = station_words(look, stations)
        pieces.append(f"{said.text if said is not None else ''} {look.number(milli)}".strip())
    return " · ".join(pieces)


def desk(setup: Setup) -> ExpoDesk:
    """The desk of an expo screen."""
    return ExpoDesk(setup)


def picture_of(fixture: Fixture, measurer: Measurer) -> Picture:
    """An expo screen from a fixture: no hub, no clock, no window."""
    from display.screens.from_fixture import expo_scene_of  # only pictures need it

    return expo_scene_of(fixture, measurer).picture
