"""What the core knows of the site besides the documents: settings, as one frozen value that the wiring makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from types import MappingProxyType

from heard.menu import NO_MENU, Menu
from heard.stream import SiteProfile, SiteState
from hub.core.routing import RoutingPlan

CUT_OFF_HOUR = 4
"""Local hour from which a new business date may begin; kitchens are empty then."""

LEAD_MS = 20 * 60_000
"""Most dishes and their packing take less."""


def _never(_number: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class KitchenRules:
    """How the kitchen works, as set for the site. What is off costs nothing."""

    auto_fire: bool = False
    """The next course is fired when every line of the one before it is done."""
    pacing: bool = False
    """What is eaten together is finished together: what is quick waits for what takes long."""
    lead_ms: int = LEAD_MS
    """A scheduled order reaches the kitchen so long before it is due."""
    release_per_min: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Most scheduled orders that a station gets in a minute; a station that is not named has no limit."""
    backup: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Station -> who takes over, one after another, what it does not see in time."""
    printers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Station ("expo" for the pass) -> where a ticket of it is printed when somebody asks."""
    slip_on_bump: str = ""
    """The printer that gets the slip of what expo sends out; "": none."""


@dataclass(frozen=True, slots=True)
class Site:
    """Settings and the hub's place in time.

    `wall_offset_ms` added to hub time gives the wall clock; `epoch_began_ms` is the hub time at which this epoch began, 0
    when that is not known. Call numbers run from `first_number` to
    `last_number`; `number_taken` says of one whether an open order carries it (see `call_numbers.OpenNumbers`).
    """

    routing: RoutingPlan
    profile: SiteProfile = field(default_factory=SiteProfile)
    epoch_n: int = 0
    epoch_began_ms: int = 0
    wall_offset_ms: int = 0
    zone: tzinfo = UTC
    cut_off_hour: int = CUT_OFF_HOUR
    first_number: int = 1
    last_number: int = 9999
    menu: Menu = NO_MENU
    number_taken: Callable[[str], bool] = _never
    state: SiteState = field(default_factory=SiteState)
    """Closed and paused stations as everybody is told; a station is paused while `paused_until_ms` is not 0."""
    out: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Items that are out (86), id -> what they are called."""
    rules: KitchenRules = field(default_factory=KitchenRules)
    keep_86: bool = False
    """What is out stays out when the business day rolls."""
