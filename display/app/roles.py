"""The roles that a screen can have. A role's module is imported when a screen of it starts, and no other's."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Protocol, cast

if TYPE_CHECKING:
    from display.config import Config
    from display.core.draw import Measurer, Picture
    from display.core.fixture import Fixture
    from display.screens.role import Desk, Setup
    from heard.stream import SiteProfile, StationProfile, View

Needs = Literal["station", "terminal", ""]


@dataclass(frozen=True, slots=True)
class Role:
    """One row. `view` is the kind of view that it watches (heard.stream.ViewKind), `needs` what must be named."""

    name: str
    view: str
    module: str
    needs: Needs
    help: str
    description: str
    station_help: str = "which of the hub's stations this is; without it, the first one of this role"
    columns_px: int | None = None
    """How wide a card and its gap are at scale 1, where that is not a station's ticket."""
    cooks: bool = False
    """A simulated cook may press its keys."""
    screen: bool = True
    """The hub waits for what it paints."""
    guests: bool = False
    """Guests look at it: it speaks all languages of the site, and shows its own picture while it waits for the hub."""


ROLES: Mapping[str, Role] = MappingProxyType(
    {
        role.name: role
        for role in (
            Role(
                "prep",
                "PREP",
                "display.screens.prep_desk",
                "station",
                "a station's tickets: what to make now, in what order",
                "The prep screen of a station: its tickets in the order of work, bumped by keys or touch.",
                "which station, as the hub's settings call it",
                cooks=True,
            ),
            Role(
                "expo",
                "EXPO",
                "display.screens.expo_desk",
                "",
                "the pass: every open order, what is missing and where, what is ready to go out",
                "The expo screen: every open order as a card, with what is missing by station, allergies to confirm "
                "and what goes into the bag.",
                columns_px=318,
                cooks=True,
            ),
            Role(
                "cart",
                "CART",
                "display.screens.cart_desk",
                "terminal",
                "a till's cart as it is rung up, for its guest",
                "The guest's screen at a till: the cart as it is rung up, payment, change, and the shop's pictures between.",
                guests=True,
            ),
            Role(
                "board",
                "BOARD",
                "display.screens.board_desk",
                "",
                "who is being prepared and who may fetch, for guests and riders",
                "The order board: numbers being prepared, and those that are ready with their pick-up point.",
                guests=True,
            ),
            Role(
                "spare",
                "BOARD",
                "display.screens.spare_desk",
                "",
                "a screen in reserve: it asks whose place it takes, and keeps it",
                "A spare screen: it lists the site's screens, becomes the one that is chosen by its digit, pressed twice, "
                "and is that one after each start, until --forget.",
                screen=False,
            ),
        )
    }
)


class RoleModule(Protocol):
    """What a role's module offers."""

    def desk(self, setup: Setup) -> Desk:
        """A desk for a running screen."""
        ...

    def picture_of(self, fixture: Fixture, measurer: Measurer) -> Picture:
        """A picture without a hub, for `--shot --fixture` and goldens."""
        ...


def load(role: Role) -> RoleModule:
    """Import a role's module."""
    return cast(RoleModule, importlib.import_module(role.module))


def view_of(role: Role, config: Config) -> View:
    """What a screen of this role asks the hub for."""
    from heard.stream import View, ViewKind

    station = config.station if role.needs == "station" else ""
    terminal = config.terminal if role.needs == "terminal" else ""
    return View(ViewKind[role.view], station, terminal)


def stations_of(role: Role, site: SiteProfile) -> tuple[StationProfile, ...]:
    """The hub's stations of this role."""
    return tuple(one for one in site.stations if one.role == role.name)


def title(role: Role, config: Config) -> str:
    """What a screen calls itself before it knows the hub: its folder, its first picture."""
    return config.station or (f"{role.name}-{config.terminal}" if config.terminal else role.name)
