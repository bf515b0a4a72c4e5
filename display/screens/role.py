"""What the application and a role's desk (prep, expo, board, cart) know of each other.

A desk holds everything that one screen knows between two pictures, without a window, a link or a clock. The application
hands in documents, live values, keys and time, carries out effects, paints `scene` and tells `flipped`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from display.config import Config
from display.core.board import TicketKey
from display.core.cook import Cook
from display.core.draw import Image, Picture
from display.core.effects import AskRecall, Effect
from display.core.keymap import Grammar, Keymap, Press
from display.core.layout import COLUMNS
from display.core.look import Look
from display.core.slots import Timing
from display.core.touch import Touched
from heard.command import Answer, Command, Verb
from heard.order import Order
from heard.revision import Epoch
from heard.stream import Document, Live, Painted, SiteProfile
from heard.sums_name import SumKey


@dataclass(frozen=True, slots=True)
class Panel:
    """The output and what its installer asked for."""

    w: int
    h: int
    columns: int
    keymap: Keymap
    touch: bool = False
    bottom_h: int = 0
    flash: bool = True
    layout: str = COLUMNS


@dataclass(frozen=True, slots=True)
class Moment:
    """What the shell knows at the moment of a picture. `now_s` is monotonic, `now_ms` the hub's time line."""

    now_s: float
    now_ms: int
    clock: str
    business_date: str = ""
    suspect: bool = False
    """Nothing is known of the hub's time: every age is at least what it seems."""
    gap_at_ms: int = 0
    """The hub was off for an unknown time before this: ages of older stamps are at least what they seem."""
    unsafe: bool = False
    last_message_s: float | None = None
    live: bool = True
    unplugged: bool = False
    """The bump bar was pulled out."""
    line: str = ""
    """What else the top bar says beside the station's name."""
    alarm: str = ""
    """What else must be told over everything."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a desk is made with. The shop's own pictures: their names, and whether one is ready to be painted."""

    config: Config
    look: Look
    panel: Panel
    timing: Timing
    grammar: Grammar
    now_s: float
    pictures: tuple[str, ...] = ()
    logo: str = ""
    ready: Callable[[Image], bool] = lambda _image: False
    broken: Callable[[str], bool] = lambda _name: False
    clips: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Drawn:
    """The all-day of the last scene, for the ledger: as its rail was drawn, as the tickets on the screen add up with this
    screen's own echoes, and as they add up without them, which is what the hub's orders say.
    """

    rail: Mapping[SumKey, int]
    tickets: Mapping[SumKey, int]
    orders: Mapping[SumKey, int]


class Scene(Protocol):
    """A picture, with whatever its desk wants to remember of it."""

    @property
    def picture(self) -> Picture:
        """What is painted."""
        ...


class Desk(Protocol):
    """One screen of a role. Every module in the table of roles has `desk(setup) -> Desk`."""

    look: Look

    @property
    def busy(self) -> bool:
        """Something stands on the screen, or behind it, that nothing may hide."""
        ...

    # What comes in

    def settle(self, look: Look, panel: Panel, site: SiteProfile) -> None:
        """The hub's settings or the screen changed."""
        ...

    def use(self, grammar: Grammar, timing: Timing, rail: bool | None) -> None:
        """The hub says how keys are meant, how tiles close up, and whether the all-day rail stands (None: as it stands)."""
        ...

    def documents(
        self, puts: Iterable[Document], removes: Iterable[str], *, reset: bool, pending: Collection[int]
    ) -> None:
        """A batch from the stream; `pending` are the link's open commands after it."""
        ...

    def live_values(self, values: Sequence[Live], now_s: float) -> None:
        """The newest values of some live keys: carts, heard states, notices. A cleared key has the value None."""
        ...

    def settled(self, pending: Collection[int]) -> bool:
        """The link's open commands changed without a batch; True when the picture does."""
        ...

    def press(self, press: Press, now_s: float) -> tuple[Effect, ...]:
        """A key; what it asks for is on the picture at once."""
        ...

    def touch(self, touched: Touched, now_s: float) -> tuple[Effect, ...]:
        """A finger or the mouse."""
        ...

    def stirred(self, now_s: float) -> None:
        """A key that means nothing here: somebody is there all the same."""
        ...

    def tell(self, key: str, now_s: float, **values: object) -> None:
        """Say these words of the wording for a moment."""
        ...

    def thoughts(self, cook: Cook, now_s: float) -> tuple[tuple[Press, ...], ...]:
        """What a simulated cook presses at this picture."""
        ...

    # What becomes of a command

    def made(self, token: int, order_id: str, verb: Verb) -> None:
        """A command shows at once."""
        ...

    def taking_back(self, of: int) -> Verb | None:
        """The command that takes back `of`; None where that never reached the journal."""
        ...

    def journaled(self, token: int, seq: int) -> None:
        """It is on this screen's disk under `seq`."""
        ...

    def failed(self, token: int, now_s: float, key: str, **values: object) -> None:
        """The journal or the hub did not take a command."""
        ...

    def answered(self, command: Command, answer: Answer, token: int, now_s: float) -> tuple[Effect, ...]:
        """The hub's answer; what is to be done about it."""
        ...

    def recalled(self, ask: AskRecall, orders: tuple[Order, ...] | None) -> None:
        """The hub's answer to a question of this desk, None where there is no hub to ask."""
        ...

    # The picture

    def pass_time(self, moment: Moment) -> None:
        """Let time pass."""
        ...

    def scene(self, moment: Moment) -> Scene:
        """The picture of this moment."""
        ...

    def flipped(self, now_s: float, epoch: Epoch) -> Painted | None:
        """The picture of the last `scene` stands on the screen; what to report of it."""
        ...

    def connected(self) -> None:
        """Whoever listens knows nothing of this screen: the next report is the whole picture."""
        ...

    def tiles(self) -> Iterable[TicketKey]:
        """What is on the screen or behind it, for the ledger."""
        ...

    def order(self, order_id: str) -> Order | None:
        """An order as the hub has it, for the ledger."""
        ...

    def drawn(self) -> Drawn | None:
        """What the rail of the last scene said, for the ledger; None where none was drawn."""
        ...

    def sound(self, now_s: float, silent: Collection[str] = ()) -> str | None:
        """What to play now; `silent` are the events that the hub's settings switch off here."""
        ...

    def next_due_s(self, moment: Moment) -> float:
        """When the next picture is due at the latest."""
        ...


@dataclass(frozen=True, slots=True)
class GuestScene:
    """The picture is all there is."""

    picture: Picture


class Onlooker:
    """A desk for guests: it takes no key and makes no command. A role adds its documents, live values and picture."""

    def use(self, grammar: Grammar, timing: Timing, rail: bool | None) -> None:
        """Guests have no keys."""

    def settled(self, pending: Collection[int]) -> bool:
        return False

    def press(self, press: Press, now_s: float) -> tuple[Effect, ...]:
        return ()

    def touch(self, touched: Touched, now_s: float) -> tuple[Effect, ...]:
        return ()

    def stirred(self, now_s: float) -> None:
        """Guests have no keys."""

    def tell(self, key: str, now_s: float, **values: object) -> None:
        """Guests are told nothing of the kitchen's."""

    def thoughts(self, cook: Cook, now_s: float) -> tuple[tuple[Press, ...], ...]:
        return ()

    def made(self, token: int, order_id: str, verb: Verb) -> None:
        """No command is ever made here."""

    def taking_back(self, of: int) -> Verb | None:
        return None

    def journaled(self, token: int, seq: int) -> None:
        """No command is ever made here."""

    def failed(self, token: int, now_s: float, key: str, **values: object) -> None:
        """No command is ever made here."""

    def answered(self, command: Command, answer: Answer, token: int, now_s: float) -> tuple[Effect, ...]:
        return ()

    def recalled(self, ask: AskRecall, orders: tuple[Order, ...] | None) -> None:
        """Nobody asked."""

    def connected(self) -> None:
        """Nothing is reported as painted unless a role says so."""

    def tiles(self) -> Iterable[TicketKey]:
        return ()

    def order(self, order_id: str) -> Order | None:
        return None

    def drawn(self) -> Drawn | None:
        return None

    def sound(self, now_s: float, silent: Collection[str] = ()) -> str | None:
        return None
