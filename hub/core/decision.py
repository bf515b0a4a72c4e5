"""What the core decides and the store carries out: keys, documents and one Decision per command.

The seam between kitchen and engine: a venue of several hubs on a replicated engine can come without touching the core.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from heard.command import Answer
from heard.order import NO_TEXT, Order, StationLine, StationState
from heard.quick import quick
from heard.stream import NumberRange, RangeWish
from hub.core.outbox import OutboxChange

KEYS_PER_DECISION_MAX = 48
"""What a replicated engine takes in one transaction (etcd: 128 operations, reads and writes)."""
OUTBOX_PER_DECISION_MAX = 64
"""Changes of the outbox beside them, each a key of its own: a batch that was pushed, or a table that pays one by one."""
BYTES_PER_DECISION_MAX = 1 << 20
BYTES_PER_VALUE_MAX = 256 << 10

Key: TypeAlias = str
"""`order/<id>`, `device/<id>`, `answer/<device>/<incarnation>/<seq>`, `unary/<id>`, `day`, `lease` …; at most 500 bytes."""


@quick
@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """What the hub remembers of a device for ever: the next expected seq of each incarnation, and its last undoable action."""

    device: str
    version: int
    expected: Mapping[str, int]
    last_action: UndoRecord | None = None
    with_last: tuple[UndoRecord, ...] = ()
    """What the same key asked for before it, oldest first: a dish that was bumped in many orders is taken back in all."""

    def undoable(self, incarnation: str, seq: int, order_id: str) -> UndoRecord | None:
        """The action of that command, where it may still be taken back."""
        known = (*self.with_last, *(() if self.last_action is None else (self.last_action,)))
        return next(
            (
                one
                for one in known
                if (one.incarnation, one.seq, one.order_id) == (incarnation, seq, order_id)
            ),
            None,
        )


@dataclass(frozen=True, slots=True)
class UndoRecord:
    """The last undoable action of a device: what stood before at its station, so that UNDO can put it back."""

    incarnation: str
    seq: int
    order_id: str
    station: str
    verb: str
    at_ms: int
    order_version: int
    lines_before: tuple[tuple[str, StationLine], ...] = ()
    station_before: StationState | None = None
    item_id: str = ""
    item_before: OutItem | None = None
    """Of an 86: how the item stood, None where it was available."""
    course: int = 0
    """Of a FIRE: the course; `was_scheduled` where it also released the order."""
    was_scheduled: bool = False


@quick
@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """A full answer, kept 7 days, so that a repeated command gets the same one."""

    version: int
    answer: Answer
    at_ms: int
    content_hash: str = ""


@dataclass(frozen=True, slots=True)
class BusinessDay:
    """The business date as stored state; `version` rises with each roll."""

    version: int
    date: str
    opened_at_ms: int
    opened_wall_ms: int = 0
    unreported: tuple[ClosedDay, ...] = ()
    """Days that ended and whose close document is not stored yet, oldest first."""
    previous: str = ""
    """The date before this one; "" for a store's first."""


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A business day that ended: when (hub time and wall), how ("closed" by a person or "cut-off"), by whom, and what came."""

    date: str
    opened_at_ms: int
    opened_wall_ms: int
    closed_at_ms: int
    closed_wall_ms: int
    how: str
    by: str = ""
    next_date: str = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """A block of call numbers, `first` to `last` included, and who has it; released when that device took newer ones."""

    lease_id: int
    first: int
    last: int
    device: str
    at_ms: int
    released_at_ms: int = 0
    incarnation: str = ""


@quick
@dataclass(frozen=True, slots=True)
class CallNumbers:
    """Where the next block of call numbers starts, the lease counter, and the leases that may not be given out again yet.

    Under "own-numbers" the hub's own block: its next number and its last.
    """

    version: int
    next_number: int
    lease_id: int
    leases: tuple[Lease, ...] = ()
    last_number: int = 0
    epoch_n: int = 0


@dataclass(frozen=True, slots=True)
class EpochBegan:
    """When an epoch of the store began, hub time in ms."""

    version: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Counter:
    """One segment of a till's fiscal counter as the hub knows it; `last` 0 has no end. `advice` and `detail` are the cloud's.

    `guessed`: known by documents alone, no report came yet; `went_back`: a report named a lower number than was known.
    """

    series: str
    incarnation: str
    first: int
    last: int
    next: int
    pending: int = 0
    closed: bool = False
    nonce: str = ""
    previous_nonce: str = ""
    at_ms: int = 0
    guessed: bool = False
    went_back: bool = False
    advice: str = ""
    detail: str = ""
    confirmed_nonce: str = ""
    confirmed_next: int = 0


@dataclass(frozen=True, slots=True)
class CounterBook:
    """The fiscal counters of one device, the blocks that it wishes for, and those that wait for it."""

    device: str
    version: int
    counters: tuple[Counter, ...] = ()
    wishes: tuple[RangeWish, ...] = ()
    ranges: tuple[NumberRange, ...] = ()


@dataclass(frozen=True, slots=True)
class OutItem:
    """An item that is out (86), on the business date on which that was said."""

    item_id: str
    since_ms: int
    business_date: str
    by: str = ""
    name: Mapping[str, str] = NO_TEXT


@dataclass(frozen=True, slots=True)
class OutOfStock:
    """All items that were said to be out; those of an earlier business date may stand here until the next change."""

    version: int
    items: tuple[OutItem, ...] = ()


@dataclass(frozen=True, slots=True)
class StationRecord:
    """A station that was closed, paused or resumed; "" is the whole site. Times are unix ms."""

    station: str
    closed: bool = False
    closed_to: str = ""
    paused_until_ms: int = 0
    resumed_at_ms: int = 0
    by: str = ""


@dataclass(frozen=True, slots=True)
class PausedSpan:
    """A pause that was ordered, for reports: unix ms, cut where it was resumed.

    `resumed`: none at all, but a part of the timetable's pause in which somebody had ended it.
    """

    station: str
    from_ms: int
    until_ms: int
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class StationBook:
    """What was said of stations during service, and the newest pauses."""

    version: int
    stations: tuple[StationRecord, ...] = ()
    pauses: tuple[PausedSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteDeed:
    """What somebody did about the site, for the flight recorder. `at_ms` is hub time; `until_ms` is so long after it.

    `what` is the item or the station, `on` whether it is out, paused or closed from then on.
    """

    at_ms: int
    device: str
    user: str
    verb: str
    what: str
    on: bool = True
    to_station: str = ""
    until_ms: int = 0
    name: Mapping[str, str] = NO_TEXT


@dataclass(frozen=True, slots=True)
class SiteDeeds:
    """The newest of them, oldest first: a day's, and some more."""

    version: int
    deeds: tuple[SiteDeed, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """One key that was set at the hub: its value as JSON, who set it, and when (unix ms). `value` "": unset."""

    key: str
    value: str
    by: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Settings:
    """What was set at the hub, by key, and the newest changes of it, oldest first."""

    version: int
    entries: tuple[Setting, ...] = ()
    changes: tuple[Setting, ...] = ()


Doc: TypeAlias = (
    Order
    | DeviceRecord
    | AnswerRecord
    | BusinessDay
    | CallNumbers
    | EpochBegan
    | OutOfStock
    | StationBook
    | SiteDeeds
    | Settings
    | CounterBook
)
"""Every document carries `version`, +1 per change; the store compares it with what a decision read."""

Docs: TypeAlias = Mapping[Key, Doc | None]


@quick
@dataclass(frozen=True, slots=True)
class Decision:
    """Reads that must still hold, writes, and the answer to give once they are on disk.

    Every order that is put gets its row in the outbox by itself; `outbox` says what else changes there.
    """

    answer: Answer | None
    reads: Mapping[Key, int | None] = field(default_factory=dict)
    puts: Mapping[Key, Doc] = field(default_factory=dict)
    deletes: frozenset[Key] = frozenset()
    outbox: tuple[OutboxChange, ...] = ()


def order_key(order_id: str) -> Key:
    return f"order/{order_id}"


def device_key(device: str) -> Key:
    return f"device/{device}"


def answer_key(device: str, incarnation: str, seq: int) -> Key:
    return f"answer/{device}/{incarnation}/{seq:016d}"


def counter_key(device: str) -> Key:
    return f"{COUNTER_PREFIX}{device}"


def epoch_key(n: int) -> Key:
    return f"epoch/{n}"


def unary_key(command_id: str) -> Key:
    return f"unary/{command_id}"


COUNTER_PREFIX = "counter/"
DAY_KEY: Key = "day"
CALL_NUMBERS_KEY: Key = "call-numbers"
OUT_KEY: Key = "eighty-six"
STATIONS_KEY: Key = "stations"
SITE_DEEDS_KEY: Key = "site-deeds"
SETTINGS_KEY: Key = "settings"
