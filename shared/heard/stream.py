"""The LAN stream in plain values: what a watcher gets, and what a screen reports back.

Longer than a room: a list of the stream's messages, without logic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from heard.board import BoardEntry
from heard.command import Answer
from heard.order import NO_TEXT, Modifier, OpenEnum, Order, Text, VoidAnswer
from heard.preflight import Preflight
from heard.revision import NO_EPOCH, Epoch

CUT_OFF_HOUR = 4
"""Local hour from which a new business date may begin, where nobody says another one."""


class ViewKind(OpenEnum):
    UNSPECIFIED = 0
    PREP = 1
    EXPO = 2
    BOARD = 3
    TERMINAL = 4
    CART = 5


@dataclass(frozen=True, slots=True)
class View:
    """What a watcher wants to see: the orders with a ticket at `station`, all open ones, those of `terminal` …"""

    kind: ViewKind
    station: str = ""
    terminal: str = ""

    @property
    def name(self) -> str:
        """The name used by `heard.ticket.views`; a cart has live values only and no documents."""
        match self.kind:
            case ViewKind.PREP:
                return f"prep:{self.station}"
            case ViewKind.EXPO:
                return "expo"
            case ViewKind.BOARD:
                return "board"
            case ViewKind.TERMINAL:
                return f"terminal:{self.terminal}"
            case _:
                return f"cart:{self.terminal}"


@dataclass(frozen=True, slots=True)
class AgeLimits:
    """Ages in seconds from which a ticket is drawn HURRY and LATE."""

    warn_s: int = 480
    late_s: int = 720


USUAL_LIMITS = AgeLimits()


def ages_key(type_name: str) -> str:
    """How `StationProfile.ages` names a till's own word: never as it names a type of ours, which is in capitals."""
    return type_name.strip().casefold()


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """How the screens of a station look and sound; "" and None: as the screen's own settings say.

    `key_map` is function -> key, over the preset `keys`; `sounds` is event -> "on" or "off".
    """

    layout: str = ""
    keys: str = ""
    key_map: Mapping[str, str] = NO_TEXT
    grammar: str = ""
    slots: str = ""
    rail: bool | None = None
    volume_percent: int | None = None
    sounds: Mapping[str, str] = NO_TEXT


@dataclass(frozen=True, slots=True)
class StationProfile:
    """What a screen needs to know of one station. `ages` by order type word ("DINE_IN"), "" is the default.

    Stations of one `group` are equal: they share what is routed to that word.
    """

    station: str
    name: Text = NO_TEXT
    icon: str = ""
    ages: Mapping[str, AgeLimits] | None = None
    languages: tuple[str, ...] = ()
    role: str = "prep"
    group: str = ""
    screen: ScreenSettings = ScreenSettings()

    def age_limits(self, order_type: str, type_name: Text = NO_TEXT) -> AgeLimits:
        """The limits of that order type here; the till's own word for it goes first."""
        ages = self.ages or {}
        if type_name and ages:
            for word in type_name.values():
                found = ages.get(ages_key(word))
                if found is not None:
                    return found
        return ages.get(order_type) or ages.get("") or USUAL_LIMITS


@dataclass(frozen=True, slots=True)
class SiteProfile:
    """What a screen needs to know of the site; comes with Hello, so a screen follows the hub's settings."""

    name: str = ""
    stations: tuple[StationProfile, ...] = ()
    languages: tuple[str, ...] = ("en",)
    digits: str = "western"
    allergy_words: tuple[str, ...] = ()
    time_zone: str = ""
    cut_off_hour: int = CUT_OFF_HOUR
    remake_reasons: tuple[Text, ...] = ()

    def station(self, station: str) -> StationProfile | None:
        """The profile of `station`, or None where the hub does not know it."""
        for profile in self.stations:
            if profile.station == station:
                return profile
        return None


@dataclass(frozen=True, slots=True)
class Hello:
    """First event of every stream. `expected_seq`: what the hub expects next from this device and incarnation."""

    store_id: str
    epoch: Epoch
    rev: int
    compact_rev: int
    hub_time_ms: int
    business_date: str
    expected_seq: int = 1
    site_name: str = ""
    wall_ms: int = 0
    clock_suspect: bool = False
    unsafe_plaintext: bool = False
    profile: SiteProfile = SiteProfile()
    hub_version: str = ""
    gap_at_ms: int = 0


@dataclass(frozen=True, slots=True)
class Reset:
    """The stream starts again from a snapshot; the old picture stays up until SnapshotEnd."""

    reason: str


Document: TypeAlias = Order | BoardEntry
"""What a view holds, keyed by `order_id`."""


@dataclass(frozen=True, slots=True)
class SnapshotItem:
    doc: Document


@dataclass(frozen=True, slots=True)
class SnapshotEnd:
    rev: int
    count: int
    digest: int


@dataclass(frozen=True, slots=True)
class Change:
    """One document of the view as it is since `rev`; `put` None means that `order_id` left the view."""

    rev: int
    order_id: str
    put: Document | None


@dataclass(frozen=True, slots=True)
class Bookmark:
    """The watcher has everything up to `rev`; `digest` is what its view must add up to.

    `wall_offset_ms` added to hub time is the site's wall clock (None: an older hub does not say); stamps before `gap_at_ms`
    have ages that are at least what they seem.
    """

    rev: int
    hub_time_ms: int
    business_date: str
    digest: int
    wall_offset_ms: int | None = None
    clock_suspect: bool = False
    gap_at_ms: int = 0


class HeardState(OpenEnum):
    """What the kitchen has of one change; only NOT_HEARD alarms."""

    UNSPECIFIED = 0
    PENDING = 1
    HEARD = 2
    BEHIND = 3
    SCHEDULED = 4
    HELD_BACK = 5
    PRINTED = 6
    MOOT = 7
    NOT_HEARD = 8


@dataclass(frozen=True, slots=True)
class LineVoided:
    """What the kitchen says of a voided line: whether it had been made."""

    line_id: str
    answer: VoidAnswer


@dataclass(frozen=True, slots=True)
class HeardValue:
    """Heard is a fact about (order, station, version); `behind` counts the tickets before it.

    `voided`: what is known of the voided lines of this station, all of them: a newer value takes the place of an older one.
    """

    order_id: str
    station: str
    version: int
    state: HeardState
    behind: int = 0
    message: str = ""
    voided: tuple[LineVoided, ...] = ()


@dataclass(frozen=True, slots=True)
class NumberLease:
    """A block of call numbers, `first` to `last` included, that only this terminal gives out."""

    first: int
    last: int
    lease_id: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """A line for people on the screen. `sound`: the event of heard.station.SOUNDS that rings; `order_ids`: what it is about."""

    severity: str
    text: Text
    station: str = ""
    sound: str = ""
    order_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemAvailability:
    """An item that is out (86); `since_ms` hub time, `by` the user or device that said so."""

    item_id: str
    available: bool = False
    name: Text = NO_TEXT
    since_ms: int = 0
    by: str = ""


@dataclass(frozen=True, slots=True)
class OutItems:
    """Every item that is out now, oldest first; the whole list each time, under the key OUT_ITEMS_KEY."""

    items: tuple[ItemAvailability, ...] = ()


@dataclass(frozen=True, slots=True)
class StationStatus:
    """A station that is closed or paused; `station` "" is the whole site. `paused_until_ms` is unix time, 0 for not."""

    station: str
    closed: bool = False
    closed_to: str = ""
    paused_until_ms: int = 0


@dataclass(frozen=True, slots=True)
class SiteState:
    """Every station that is not simply open, under the key SITE_STATE_KEY; `nobodys_lines` are open lines without a rule."""

    stations: tuple[StationStatus, ...] = ()
    nobodys_lines: int = 0

    def of(self, station: str) -> StationStatus:
        """How that station stands, the site's pause left out."""
        return next((one for one in self.stations if one.station == station), StationStatus(station))

    def paused_until_ms(self, station: str) -> int:
        """Until when this station is paused, by itself or with the whole site; 0 where it is not. Unix time."""
        return max((one.paused_until_ms for one in self.stations if one.station in ("", station)), default=0)


OUT_ITEMS_KEY = "86"
SITE_STATE_KEY = "site"
PROFILE_KEY = "profile"


@dataclass(frozen=True, slots=True)
class PickUpCancelled:
    """An order that was ready to be fetched was voided: boards say "see the cashier" for a while."""

    order_id: str


class CartState(OpenEnum):
    UNSPECIFIED = 0
    IDLE = 1
    OPEN = 2
    PAYMENT = 3
    PAID = 4


@dataclass(frozen=True, slots=True)
class CartAmount:
    """A discount, charge or payment by its name."""

    name: Text
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CartLine:
    """A line as it is rung: `total_minor` is unit price x quantity and the line's discounts. A refund's is zero or below."""

    line_id: str
    name: Text
    quantity_milli: int
    modifiers: tuple[Modifier, ...] = ()
    unit_price_minor: int = 0
    total_minor: int = 0
    refund: bool = False
    discounts: tuple[CartAmount, ...] = ()


@dataclass(frozen=True, slots=True)
class Cart:
    """A terminal's cart as the guest sees it; amounts in minor units of `currency`. `heard.cart` makes and checks it."""

    terminal: str
    cart_revision: int = 0
    state: CartState = CartState.IDLE
    currency: str = ""
    lines: tuple[CartLine, ...] = ()
    discounts: tuple[CartAmount, ...] = ()
    subtotal_minor: int = 0
    tax_minor: int = 0
    tax_rate_bp: int = 0
    tax_included: bool = False
    total_minor: int = 0
    method: Text = NO_TEXT
    qr: str = ""
    qr_expires_ms: int = 0
    tendered_minor: int = 0
    change_minor: int = 0
    call_number: str = ""
    receipt_qr: str = ""
    loyalty: Text = NO_TEXT
    newest_line_id: str = ""
    rounding_minor: int = 0
    charges: tuple[CartAmount, ...] = ()
    payments: tuple[CartAmount, ...] = ()


LiveValue: TypeAlias = (
    HeardValue
    | Cart
    | NumberLease
    | Notice
    | PickUpCancelled
    | OutItems
    | SiteState
    | SiteProfile
    | Preflight
)


@dataclass(frozen=True, slots=True)
class Live:
    """A value outside the log; the last one of a key wins. `value` None: the key is cleared."""

    key: str
    incarnation: str
    seq: int
    value: LiveValue | None


@dataclass(frozen=True, slots=True)
class Goodbye:
    """The hub ends the stream; come back after `retry_after_ms`."""

    retry_after_ms: int
    reason: str


Event: TypeAlias = Hello | Reset | SnapshotItem | SnapshotEnd | Change | Bookmark | Live | Goodbye


@dataclass(frozen=True, slots=True)
class WatchRequest:
    """Asks for a view, from `from_rev` in `epoch` on or from a snapshot. `screen`: it paints and counts for Heard."""

    view: View
    epoch: Epoch = NO_EPOCH
    from_rev: int = 0
    client: str = ""
    screen: bool = False
    headless: bool = False
    count_headless: bool = False


@dataclass(frozen=True, slots=True)
class Behind:
    """Received but on a later page, `before` tickets before it."""

    order_id: str
    version: int
    before: int


@dataclass(frozen=True, slots=True)
class Painted:
    """(order, version) pairs that were flipped to the screen; `whole_picture` says that there is nothing else on it."""

    epoch: Epoch
    newly_shown: tuple[tuple[str, int], ...] = ()
    behind: tuple[Behind, ...] = ()
    whole_picture: bool = False


@dataclass(frozen=True, slots=True)
class Alive:
    """Sent from the paint loop: this much has been taken in, and the output is really visible.

    `key_ms_ago`: since the last key or touch on this screen; None where there was none."""

    rev: int
    digest: int = 0
    hidden: bool = False
    output_off: bool = False
    key_ms_ago: int | None = None


@dataclass(frozen=True, slots=True)
class CounterReport:
    """Where one segment of a fiscal counter stands, by the one who counts; `last` 0 has no end, `pending` is not answered yet."""

    series: str
    incarnation: str
    first: int
    last: int
    next: int
    pending: int = 0
    closed: bool = False
    nonce: str = ""
    previous_nonce: str = ""


@dataclass(frozen=True, slots=True)
class RangeWish:
    """A device wishes for a block; the same `request_id` until it has it, so that asking twice gives one block."""

    request_id: str
    series: str
    incarnation: str
    size: int


@dataclass(frozen=True, slots=True)
class NumberRange:
    """A block of fiscal numbers that the cloud gave for a wish."""

    request_id: str
    series: str
    incarnation: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class CounterAdvice:
    """What the cloud or the hub says of a counter; see protos/heard/v1/pos.proto."""

    series: str
    incarnation: str
    new_incarnation: bool = False
    confirmed_nonce: str = ""
    confirmed_next: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SubmitReply:
    """Cumulative: everything below `next_seq` is answered and on the hub's disk. `expected_seq` above 0: go on from there."""

    next_seq: int
    answers: tuple[Answer, ...] = ()
    expected_seq: int = 0
    epoch: Epoch = NO_EPOCH
    lease: NumberLease | None = None
    business_date: str = ""
    counter_advice: tuple[CounterAdvice, ...] = ()
    ranges: tuple[NumberRange, ...] = ()
