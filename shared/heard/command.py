"""What a device asks of the hub, and what the hub answers.

A verb names the wanted state, never a toggle; verbs on lines name the lines that were painted, each with the version
that the cook saw. (device, incarnation, seq) is a command's identity.

Longer than a room: a list of verbs and answers, without logic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from heard.order import (
    NO_TEXT,
    Allergen,
    Line,
    Modifier,
    Note,
    OpenEnum,
    Order,
    OrderType,
    Text,
    VoidAnswer,
)
from heard.quick import quick


@dataclass(frozen=True, slots=True)
class PaintedLine:
    """A line at a version (`StationLine.version`) that stood on the screen."""

    line_id: str
    version: int


@dataclass(frozen=True, slots=True)
class Hold:
    name: ClassVar[str] = "hold"
    order: Order


@dataclass(frozen=True, slots=True)
class AddLines:
    name: ClassVar[str] = "add_lines"
    lines: tuple[Line, ...] = ()
    allergens: tuple[Allergen, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """None leaves as it is. `expected_version` is the order version the till knew; 0 takes the newest."""

    name: ClassVar[str] = "change_line"
    line_id: str
    expected_version: int = 0
    quantity_milli: int | None = None
    modifiers: tuple[Modifier, ...] | None = None
    notes: tuple[Note, ...] | None = None
    total_minor: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeOrder:
    """None leaves as it is."""

    name: ClassVar[str] = "change_order"
    notes: tuple[Note, ...] | None = None
    guest: str | None = None
    covers: int | None = None
    due_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class VoidLines:
    name: ClassVar[str] = "void_lines"
    line_ids: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class VoidOrder:
    name: ClassVar[str] = "void_order"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rush:
    name: ClassVar[str] = "rush"
    rush: bool = True


@dataclass(frozen=True, slots=True)
class StartLines:
    name: ClassVar[str] = "start"
    station: str
    lines: tuple[PaintedLine, ...]


@dataclass(frozen=True, slots=True)
class BumpLines:
    name: ClassVar[str] = "bump"
    station: str
    lines: tuple[PaintedLine, ...]


@dataclass(frozen=True, slots=True)
class RecallLines:
    name: ClassVar[str] = "recall"
    station: str
    lines: tuple[PaintedLine, ...]


@dataclass(frozen=True, slots=True)
class Undo:
    """Takes back this device's command `undo_seq` of at most 60 s ago, if nothing came between.

    The last one, or one that the same key asked for (`Command.first_seq`).
    """

    name: ClassVar[str] = "undo"
    station: str
    undo_seq: int


@dataclass(frozen=True, slots=True)
class Acknowledge:
    name: ClassVar[str] = "acknowledge"
    station: str
    lines: tuple[PaintedLine, ...]
    void_answer: VoidAnswer = VoidAnswer.UNSPECIFIED


@dataclass(frozen=True, slots=True)
class MarkPaid:
    """`bill`: what is paid, or with `unpaid` taken back, is of this bill (`Line.bill`)."""

    name: ClassVar[str] = "mark_paid"
    paid_minor: int = 0
    method: str = ""
    unpaid: bool = False
    partly: bool = False
    payment_id: str = ""
    amount_minor: int = 0
    business_date: str = ""
    bill: str = ""


@dataclass(frozen=True, slots=True)
class MarkPickedUp:
    name: ClassVar[str] = "mark_picked_up"
    pick_up_point: str = ""


@dataclass(frozen=True, slots=True)
class FireCourse:
    """`fires_at_ms` is hub time; 0 fires at once."""

    name: ClassVar[str] = "fire"
    course: int
    fires_at_ms: int = 0


@dataclass(frozen=True, slots=True)
class HoldCourse:
    name: ClassVar[str] = "hold_course"
    course: int


@dataclass(frozen=True, slots=True)
class Remake:
    name: ClassVar[str] = "remake"
    line_ids: tuple[str, ...]
    reason: str = ""
    new_line_prefix: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    name: ClassVar[str] = "split"
    new_order_id: str
    line_ids: tuple[str, ...]
    call_number: str = ""
    bill_only: bool = False


@dataclass(frozen=True, slots=True)
class Merge:
    name: ClassVar[str] = "merge"
    into_order_id: str


@dataclass(frozen=True, slots=True)
class Transfer:
    name: ClassVar[str] = "transfer"
    table: str = ""
    server: str = ""
    area: str = ""
    type: OrderType = OrderType.UNSPECIFIED


@dataclass(frozen=True, slots=True)
class EightySix:
    name: ClassVar[str] = "eighty_six"
    item_id: str
    available: bool = False
    item_name: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class MoveTicket:
    name: ClassVar[str] = "move"
    from_station: str
    to_station: str
    lines: tuple[PaintedLine, ...]


@dataclass(frozen=True, slots=True)
class Pause:
    """Until `until_ms` (unix time) late alarms wait; `station` "" is the whole site."""

    name: ClassVar[str] = "pause"
    station: str = ""
    until_ms: int = 0
    resume: bool = False


@dataclass(frozen=True, slots=True)
class CloseStation:
    """Its work moves to `to_station`; "" is to its equals, else to the other open prep stations."""

    name: ClassVar[str] = "close_station"
    station: str
    to_station: str = ""


@dataclass(frozen=True, slots=True)
class OpenStation:
    name: ClassVar[str] = "open_station"
    station: str


@dataclass(frozen=True, slots=True)
class SendOut:
    """`lines` carry the newest version at their stations (`heard.expo.card_version`)."""

    name: ClassVar[str] = "send_out"
    lines: tuple[PaintedLine, ...]
    pick_up_point: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmAllergy:
    name: ClassVar[str] = "confirm_allergy"
    allergen_ids: tuple[str, ...] = ()
    painted_version: int = 0


@dataclass(frozen=True, slots=True)
class RiderHere:
    name: ClassVar[str] = "rider_here"
    here: bool = True


@dataclass(frozen=True, slots=True)
class PackBags:
    name: ClassVar[str] = "pack"
    bags: int


@dataclass(frozen=True, slots=True)
class PrintTicket:
    """Once more on paper, as a COPY: these lines of `station` (none: all), `printer` "" as the settings say."""

    name: ClassVar[str] = "print"
    station: str
    line_ids: tuple[str, ...] = ()
    printer: str = ""


@dataclass(frozen=True, slots=True)
class UnknownVerb:
    """A verb of a newer release: it consumes its seq as REJECTED(UNSUPPORTED)."""

    name: ClassVar[str] = "unknown"


@dataclass(frozen=True, slots=True)
class IssueFiscal:
    """A fiscal document that the till has issued under its own number; `body` is its JSON text."""

    name: ClassVar[str] = "issue_fiscal"
    document_id: str
    kind: str = "invoice"
    series: str = ""
    incarnation: str = ""
    number: int = 0
    body: str = ""
    amount_minor: int = 0
    currency: str = ""
    business_date: str = ""


SiteVerb: TypeAlias = EightySix | Pause | CloseStation | OpenStation
"""About the site and no order: `Command.order_id` is empty."""

Verb: TypeAlias = (
    Hold
    | AddLines
    | ChangeLine
    | ChangeOrder
    | VoidLines
    | VoidOrder
    | Rush
    | StartLines
    | BumpLines
    | RecallLines
    | Undo
    | Acknowledge
    | MarkPaid
    | MarkPickedUp
    | IssueFiscal
    | FireCourse
    | HoldCourse
    | Remake
    | Split
    | Merge
    | Transfer
    | EightySix
    | MoveTicket
    | Pause
    | SendOut
    | ConfirmAllergy
    | CloseStation
    | OpenStation
    | RiderHere
    | PackBags
    | PrintTicket
    | UnknownVerb
)


@quick
@dataclass(frozen=True, slots=True)
class Command:
    """One wish of one device about one order. `seq` is 0 in the unary calls, which carry a `command_id`.

    `first_seq`: of the first command of the same key, where it asked for several; 0 where this stands alone.
    """

    order_id: str
    verb: Verb
    seq: int = 0
    command_id: str = ""
    device: str = ""
    incarnation: str = ""
    epoch_n: int = 0
    user: str = ""
    made_at_ms: int = 0
    key_device: str = ""
    first_seq: int = 0


class Outcome(OpenEnum):
    UNSPECIFIED = 0
    DONE = 1
    ALREADY = 2
    REJECTED = 3
    PARTLY = 4


class Reason(OpenEnum):
    NONE = 0
    STALE = 1
    INVALID = 2
    GONE = 3
    NOT_NOW = 4
    UNSUPPORTED = 5
    CONFLICT = 6


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What became of one named line; `current` is the line as it stands when the answer is STALE."""

    line_id: str
    outcome: Outcome
    reason: Reason = Reason.NONE
    current: Line | None = None


@quick
@dataclass(frozen=True, slots=True)
class Answer:
    """The hub's durable answer to one command; `rev` is the revision that it rests on."""

    outcome: Outcome
    seq: int = 0
    command_id: str = ""
    order_id: str = ""
    reason: Reason = Reason.NONE
    message: str = ""
    field: str = ""
    order_version: int = 0
    rev: int = 0
    lines: tuple[LineAnswer, ...] = ()
    call_number: str = ""
    business_date: str = ""
