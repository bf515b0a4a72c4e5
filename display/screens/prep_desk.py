"""The prep role: one station's tickets, what to make now and in what order."""

from __future__ import annotations

from display.config import Config
from display.core.board import Sight
from display.core.draw import Measurer, Picture
from display.core.fixture import Fixture
from display.core.keymap import Action, Grammar
from display.core.look import Look
from display.core.prep_intents import PrepIntents
from display.core.prep_style import PrepStyle
from display.core.site_intents import SiteIntents
from display.screens.kitchen_desk import KitchenDesk
from display.screens.role import Setup
from display.screens.tickets import TicketScreen
from heard.ticket import tickets


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

    def _intents(self, grammar: Grammar, config: Config) -> SiteIntents:
        return PrepIntents(
            self.board, self.slots, self.history, grammar=grammar, rtl=self.look.rtl, rail=config.rail
        )

    def _screen(self, look: Look) -> TicketScreen:
        return TicketScreen(look, look, PrepStyle())


def desk(setup: Setup) -> PrepDesk:
    """The desk of a prep screen."""
    return PrepDesk(setup)


def picture_of(fixture: Fixture, measurer: Measurer) -> Picture:
    """A prep screen from a fixture: no hub, no clock, no window."""
    from display.screens.from_fixture import scene_of  # only pictures need it

    return scene_of(fixture, measurer).picture
