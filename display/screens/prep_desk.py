"""The prep role: one station's tickets, what to make now and in what order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from display.config import Config
from display.core import palette as p
from display.core.bars import Count
from display.core.board import Sight, TicketKey
from display.core.by_item import ItemTicket, Ticked, by_item, keys_on
from display.core.draw import Measurer, Picture
from display.core.fixture import Fixture
from display.core.keymap import Action, Grammar
from display.core.layout import LIST
from display.core.list_intents import ListIntents
from display.core.list_style import ListStyle
from display.core.look import Look, Said
from display.core.menu_intents import MenuIntents
from display.core.prep_intents import PrepIntents
from display.core.prep_style import PrepStyle
from display.core.slots import Stand
from display.screens.kitchen_desk import KitchenDesk
from display.screens.role import Moment, Setup
from display.screens.scene import Scene
from display.screens.tickets import TicketScreen
from heard.ticket import TO_MAKE_STATES, Ticket, TicketLine, tickets

REPLACED_TOLD_S = 600.0
"""Tills and screens offer what the copy lacks in this time; the pass is told as long as the alarm stands."""


class PrepDesk(KitchenDesk):
    """One prep screen."""

    hints = (
        (Action.DIGIT, "key.select"),
        (Action.BUMP, "key.bump"),
        (Action.UNDO, "key.undo"),
        (Action.RECALL, "key.recall"),
        (Action.START, "key.start"),
        (Action.ALL_DAY, "key.all_day"),
        (Action.PAGE_NEXT, "key.page"),
        (Action.FIRE, "key.fire"),
        (Action.OUT, "key.out"),
        (Action.PAUSE, "key.pause"),
        (Action.PULL, "key.pull"),
        (Action.SOUND, "key.sound"),
    )
    buttons = (
        (Action.BUMP, "key.bump"),
        (Action.UNDO, "key.undo"),
        (Action.RECALL, "key.recall"),
        (Action.START, "key.start"),
        (Action.ALL_DAY, "key.all_day"),
        (Action.PAGE_NEXT, "key.page"),
        (Action.PAUSE, "key.pause"),
    )

    def __init__(self, setup: Setup) -> None:
        station = setup.config.station
        super().__init__(setup, station, Sight(lambda order: tickets(order, station), stages=True))
        self._replaced_s: float | None = None
        self._ticked: tuple[Ticked, ...] = ()

    def _intents(self, grammar: Grammar, config: Config) -> MenuIntents:
        meaning = ListIntents if self.panel.layout == LIST else PrepIntents
        return meaning(
            self.board, self.slots, self.history, grammar=grammar, rtl=self.look.rtl, rail=config.rail
        )

    def _screen(self, look: Look) -> TicketScreen:
        return TicketScreen(look, look, ListStyle() if self.panel.layout == LIST else PrepStyle())

    def _alarms(self, moment: Moment) -> tuple[Said, ...]:
        """What every cook must know, not the pass alone: orders may be as they were an hour ago."""
        if not self.floor.store_replaced:
            self._replaced_s = None
            return ()
        if self._replaced_s is None:
            self._replaced_s = moment.now_s
        told = moment.now_s < self._replaced_s + REPLACED_TOLD_S
        return (Said(self.look.words.say("store_replaced"), self.look.rtl),) if told else ()

    # The list by item

    def _counts(self) -> tuple[Count, ...]:
        """What is held stands in no dish, and the list has no rail that would say it."""
        held = self.board.held_milli // 1000
        return (Count("held.count", held, p.DIM),) if held and isinstance(self.intents, ListIntents) else ()

    def _tiles(self) -> tuple[Mapping[TicketKey, Ticket], tuple[Ticket, ...]]:
        if isinstance(self.intents, ListIntents) and self.intents.ticked is not self._ticked:
            self._ticked, self._tiled = self.intents.ticked, None
        return super()._tiles()

    def _lay(
        self, tickets: Mapping[TicketKey, Ticket], in_order: tuple[Ticket, ...]
    ) -> tuple[Mapping[TicketKey, Ticket], tuple[Ticket, ...]]:
        if not isinstance(self.intents, ListIntents):
            return super()._lay(tickets, in_order)
        found = by_item(in_order, self.intents.ticked)
        self.intents.items = found[0]
        return found

    def _standing_tickets(self, scene: Scene) -> tuple[tuple[TicketKey, ...], set[TicketKey]]:
        if not isinstance(self.intents, ListIntents):
            return super()._standing_tickets(scene)
        painted = [line for tile in scene.stands.tiles for line in tile.box.lines if tile.stand is Stand.LIVE]
        here = {tile.key for tile in scene.stands.tiles if tile.key in self.board.tickets}
        return tuple(ticket.key for ticket in self.board.in_order()), keys_on(painted) | here

    def _behind(self, scene: Scene) -> Iterable[TicketKey]:
        if not isinstance(self.intents, ListIntents):
            return super()._behind(scene)
        found: list[TicketKey] = []
        for key in scene.behind:
            item = self.intents.items.get(key)
            found += [ticket.key for ticket, _ in item.members] if isinstance(item, ItemTicket) else [key]
        return found

    def _must_show(self, line: TicketLine) -> bool:
        """The list shows what is to be made and what changed; not what is done or held."""
        if not isinstance(self.intents, ListIntents):
            return True
        return line.at.state in TO_MAKE_STATES or line.unseen


def desk(setup: Setup) -> PrepDesk:
    """The desk of a prep screen."""
    return PrepDesk(setup)


def picture_of(fixture: Fixture, measurer: Measurer) -> Picture:
    """A prep screen from a fixture: no hub, no clock, no window."""
    from display.screens.from_fixture import scene_of, split_of  # only pictures need it

    return split_of(fixture, measurer) if fixture.beside else scene_of(fixture, measurer).picture
