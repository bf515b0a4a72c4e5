"""What a key asks for: effects for the shell to carry out in order, and words for the cook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from display.core.board import TicketKey
from heard.command import Verb


@dataclass(frozen=True, slots=True)
class Send:
    """Make this command; `token` names it until it has a seq. `first`: of the first one where a key asks for several."""

    token: int
    order_id: str
    verb: Verb
    first: int = 0


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Undo the command `of` of this screen."""

    token: int
    order_id: str
    of: int


@dataclass(frozen=True, slots=True)
class Click:
    """The key did nothing: a short sound only."""


@dataclass(frozen=True, slots=True)
class AskRecall:
    """Ask the hub what `station` bumped today ("": any station), or, `open_now`, what stands there now."""

    search: str
    station: str = ""
    open_now: bool = False


@dataclass(frozen=True, slots=True)
class Become:
    """A spare is this screen from now on."""

    role: str
    station: str


@dataclass(frozen=True, slots=True)
class TurnSound:
    """One step louder; after the loudest the quietest."""


@dataclass(frozen=True, slots=True)
class BeginPreflight:
    """Every screen of the site paints, beeps and takes a key."""


Effect: TypeAlias = Send | TakeBack | Click | AskRecall | Become | TurnSound | BeginPreflight


@dataclass(frozen=True, slots=True)
class Saying:
    """A word for the cook, by its key in the wording. `again`: it stood there already; a key must be seen to be taken."""

    key: str
    until_s: float
    values: Mapping[str, object] = field(default_factory=dict)
    again: bool = False


@dataclass(frozen=True, slots=True)
class Last:
    """The last action that UNDO can take back."""

    token: int
    at_s: float
    ticket: TicketKey
    bumped: bool
    order_id: str = ""  # where the tile is of more than one order
    before: tuple[tuple[int, str], ...] = ()  # (token, order) of what the same key asked for before it
