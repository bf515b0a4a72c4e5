"""The order: the only kitchen document, with its lines and their states at every station.

Immutable values; `version` rises by one per change. Money is integer minor units, quantities are thousandths
(`quantity_milli`, 2000 is two), times are hub milliseconds unless the name says `wall` or `due`. The numbers of the
enums are those of protos/heard/v1/order.proto; a number that this release does not know survives as itself.

Longer than a room: a list of what orders are made of, almost without logic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Self, TypeAlias

from heard.quick import quick

Text: TypeAlias = Mapping[str, str]
"""A name by language tag ("en", "ar"). Never changed once made."""


class _NoText(dict[str, str]):
    """Empty, and hashable, so that it can be a default of frozen dataclasses."""

    def __hash__(self) -> int:  # type: ignore[override]
        return 0


NO_TEXT: Text = _NoText()


def in_english(text: Text, otherwise: str = "") -> str:
    """For logs and the command line: English where there is one, else the first language, else this."""
    return text.get("en") or next(iter(text.values()), otherwise)


ONE_MILLI = 1000


class OpenEnum(IntEnum):
    """An enum that keeps numbers of a newer release instead of refusing them."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        unknown = int.__new__(cls, value)
        unknown._name_ = f"UNKNOWN_{value}"
        unknown._value_ = value
        return unknown


class OrderType(OpenEnum):
    """How the guest gets it."""

    UNSPECIFIED = 0
    DINE_IN = 1
    TAKEAWAY = 2
    DELIVERY = 3
    CAR = 4


class OrderState(OpenEnum):
    """Life cycle of an order; paid and heard stand beside it."""

    UNSPECIFIED = 0
    HELD = 1
    STARTED = 2
    READY = 3
    PICKED_UP = 4
    VOIDED = 5
    MERGED = 6


class LineState(OpenEnum):
    """Life cycle of a line at one station."""

    UNSPECIFIED = 0
    WAITING = 1
    QUEUED = 2
    STARTED = 3
    DONE = 4
    VOIDED = 5
    SENT = 6


class ModifierKind(OpenEnum):
    """What a modifier does to the dish."""

    UNSPECIFIED = 0
    ADD = 1
    REMOVE = 2
    PREPARE = 3
    ALLERGY = 4


class VoidAnswer(OpenEnum):
    """What the kitchen says of a voided line."""

    UNSPECIFIED = 0
    MADE = 1
    NOT_MADE = 2
    UNKNOWN = 3


class ChangeKind(OpenEnum):
    """What a change after sending was."""

    UNSPECIFIED = 0
    ADDED = 1
    QUANTITY = 2
    MODIFIERS = 3
    NOTES = 4
    VOIDED = 5
    ALLERGY = 6
    MOVED = 7


@quick
@dataclass(frozen=True, slots=True)
class Modifier:
    """One modifier of a line; `quantity_milli` is of the modifier, 1000 is one."""

    modifier_id: str
    name: Text = NO_TEXT
    kind: ModifierKind = ModifierKind.ADD
    quantity_milli: int = ONE_MILLI
    price_minor: int = 0
    routed_item_id: str = ""
    cosmetic: bool = False
    allergy: bool = False
    """Its name speaks of an allergy: said by the till, or found by the hub in the site's list of words."""


@quick
@dataclass(frozen=True, slots=True)
class Note:
    """Free text from the till."""

    text: Text
    allergy: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Allergen:
    """An allergy of the whole order (`seat` and `line_id` empty), of a seat, or of one line."""

    allergen_id: str
    name: Text = NO_TEXT
    seat: str = ""
    line_id: str = ""
    added_version: int = 0


@quick
@dataclass(frozen=True, slots=True)
class StationLine:
    """A line at one station. `version` is the order version that last changed it there; commands name it.

    `step` above 0 waits for the steps before it (make, oven, cut). `starts_at_ms`: planned start of a paced line.
    """

    station: str
    state: LineState
    version: int = 0
    batch: int = 0
    queued_at_ms: int = 0
    started_at_ms: int = 0
    done_at_ms: int = 0
    made_milli: int = 0
    acknowledged_version: int = 0
    void_answer: VoidAnswer = VoidAnswer.UNSPECIFIED
    recalled: bool = False
    state_before_void: LineState = LineState.UNSPECIFIED
    step: int = 0
    starts_at_ms: int = 0
    taken_from: tuple[str, ...] = ()
    """Stations that did not see it in time, first one first; what `may_be_at` names of them may have it all the same."""
    may_be_at: tuple[str, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class LineChange:
    """A change after sending: which order version made it, and what stood before."""

    kind: ChangeKind
    version: int
    at_ms: int = 0
    was_quantity_milli: int = 0
    added_modifier_ids: tuple[str, ...] = ()
    removed_modifiers: tuple[Modifier, ...] = ()
    from_number: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Line:
    """One line. `combo` lines stand for their parts and are made by nobody; `no_kitchen` lines only go on expo's list."""

    line_id: str
    item_id: str = ""
    name: Text = NO_TEXT
    quantity_milli: int = ONE_MILLI
    part_of: str = ""
    modifiers: tuple[Modifier, ...] = ()
    notes: tuple[Note, ...] = ()
    seat: str = ""
    course: int = 0
    category: str = ""
    unit_price_minor: int = 0
    total_minor: int = 0
    prep_time_s: int = 0
    no_kitchen: bool = False
    combo: bool = False
    # Set by the hub:
    voided: bool = False
    added_version: int = 0
    added_at_ms: int = 0
    changes: tuple[LineChange, ...] = ()
    stations: tuple[StationLine, ...] = ()
    nobodys: bool = False
    void_reason: str = ""
    remake: bool = False
    then: tuple[str, ...] = ()
    """Stations that make it after those of `stations`, one after another, as it was routed."""
    sent_at_ms: int = 0
    bill: str = ""
    remake_of: str = ""
    contains: tuple[str, ...] = ()
    """Allergens that are in it, by id, as the till or the catalogue says."""

    def at(self, station: str) -> StationLine | None:
        """This line's state at `station`, None where it is not made there."""
        for there in self.stations:
            if there.station == station:
                return there
        return None


@quick
@dataclass(frozen=True, slots=True)
class Course:
    """A course and when it was or will be fired; an unlisted course counts as fired.

    `by_hand`: the till says so, or somebody held it: auto-fire leaves it alone.
    """

    course: int
    name: Text = NO_TEXT
    fired: bool = False
    fired_at_ms: int = 0
    fires_at_ms: int = 0
    by_hand: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Totals:
    """Amounts of the whole order in minor units of `currency` (ISO 4217)."""

    currency: str = ""
    subtotal_minor: int = 0
    discount_minor: int = 0
    tax_minor: int = 0
    total_minor: int = 0
    paid_minor: int = 0
    taxes: tuple[TaxAmount, ...] = ()


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """The tax of one rate; `rate_ppm` is parts per million, `base_minor` what it is counted on."""

    tax_id: str = ""
    rate_ppm: int = 0
    base_minor: int = 0
    tax_minor: int = 0


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment with its own moment and business date; never changed. A negative amount takes back.

    `bill`: of which bill (`Line.bill`), "" is of the order.
    """

    payment_id: str = ""
    method: str = ""
    amount_minor: int = 0
    at_ms: int = 0
    wall_ms: int = 0
    business_date: str = ""
    device: str = ""
    user: str = ""
    bill: str = ""


@quick
@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """Who did what, and when (hub time)."""

    verb: str
    device: str
    at_ms: int
    version: int
    line_ids: tuple[str, ...] = ()
    user: str = ""
    station: str = ""
    detail: str = ""
    key_device: str = ""


@quick
@dataclass(frozen=True, slots=True)
class StationState:
    """One station's part in an order. New lines join tile `batch`; `ticket_version` is what must be heard there."""

    station: str
    batch: int = 0
    first_bumped_at_ms: int = 0
    bumped_at_ms: int = 0
    recalled: bool = False
    ticket_version: int = 0


@quick
@dataclass(frozen=True, slots=True)
class WantedSlip:
    """A slip that was asked for and is not on paper yet: a ticket of `station`, or of the pass ("expo").

    `version` is of the order that asked, and names the slip at its printer. `copy`: it was on paper before; since then these fields of
    the order were `changed`, and `gone_notes` are no more. `moved_from`: the number on the paper that has these lines, of an order that
    they left.
    """

    printer: str
    station: str
    line_ids: tuple[str, ...] = ()
    version: int = 0
    at_ms: int = 0
    copy: bool = False
    changed: tuple[str, ...] = ()
    gone_notes: tuple[Note, ...] = ()
    moved_from: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Order:
    """One order. The second half is set by the hub and ignored in what a terminal holds."""

    order_id: str
    call_number: str = ""
    type: OrderType = OrderType.UNSPECIFIED
    type_name: Text = NO_TEXT
    table: str = ""
    guest: str = ""
    aggregator_code: str = ""
    covers: int = 0
    server: str = ""
    area: str = ""
    terminal: str = ""
    due_at_ms: int = 0
    lines: tuple[Line, ...] = ()
    allergens: tuple[Allergen, ...] = ()
    notes: tuple[Note, ...] = ()
    courses: tuple[Course, ...] = ()
    totals: Totals = Totals()
    rush: bool = False
    paid: bool = False
    business_date: str = ""
    pick_up_point: str = ""
    loyalty_member: str = ""
    loyalty_points: int = 0
    """Earned by this order, or spent (negative)."""
    # Set by the hub:
    version: int = 0
    state: OrderState = OrderState.UNSPECIFIED
    held_at_ms: int = 0
    changed_at_ms: int = 0
    started_at_ms: int = 0
    ready_at_ms: int = 0
    picked_up_at_ms: int = 0
    held_wall_ms: int = 0
    merged_into: str = ""
    history: tuple[HistoryEntry, ...] = ()
    stations: tuple[StationState, ...] = ()
    scheduled: bool = False
    allergy_confirmed_version: int = 0
    rider_here_at_ms: int = 0
    bags: int = 0
    split_from: str = ""
    voided_at_ms: int = 0
    see_cashier: bool = False
    payments: tuple[Payment, ...] = ()
    """A terminal may bring some; the hub stamps them."""
    slips: tuple[WantedSlip, ...] = ()

    def line(self, line_id: str) -> Line | None:
        """The line of that id, or None."""
        for line in self.lines:
            if line.line_id == line_id:
                return line
        return None

    def at(self, station: str) -> StationState | None:
        """The part of `station` in this order, or None."""
        for there in self.stations:
            if there.station == station:
                return there
        return None
