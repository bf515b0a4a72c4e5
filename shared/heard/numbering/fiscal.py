"""Fiscal numbers of one device: assigned in their document's own transaction, no gap, no repeat. Pure.

Prefix mode (the default): one endless segment per incarnation, whose series is the device's prefix and the incarnation.
Range mode: where the law wants one series for all, blocks from the cloud, an active one and a standby; the next is wished for
when the standby becomes active, and when none is left no number is issued.

A device that was replaced, reset or restored is a new incarnation: its old segments are closed and nothing more is issued
under them. Each segment carries a nonce that changes when the cloud has confirmed it, so that two machines that count with
one counter (a cloned card) are found: the reports of one do not follow those of the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from heard.errors import HeardError
from heard.stream import CounterReport, NumberRange, RangeWish

DIGITS = 6
"""Of a number as it is printed; more digits follow when they are needed."""
INCARNATION_DIGITS = 6
"""Of the incarnation in a series: 16 million, and a device has a handful."""
SEGMENTS_KEPT = 32
"""Newest last; a closed one is kept until the cloud has confirmed it, and as many more as fit."""
BLOCK = 500
"""Numbers of a block in range mode: a busy till's day, so that a standby lasts a day without the cloud."""
Token = Callable[[], str]


class NumbersExhausted(HeardError):
    """Range mode without a block: no invoice can be issued, the kitchen goes on."""


@dataclass(frozen=True, slots=True)
class FiscalPlan:
    """How a device numbers. `series` names the one series of range mode; `prefix` is the device's name where it is empty."""

    mode: str = "prefix"
    prefix: str = ""
    series: str = ""
    block: int = BLOCK

    def __post_init__(self) -> None:
        if self.mode not in ("prefix", "range"):
            raise ValueError(f"the mode is {self.mode!r}: write prefix or range")
        if self.mode == "range" and not self.series:
            raise ValueError("range mode needs the name of its series")


@dataclass(frozen=True, slots=True)
class FiscalNumber:
    """One number of one series, under the incarnation that issued it."""

    series: str
    incarnation: str
    number: int

    @property
    def text(self) -> str:
        """As it is printed: "T1.3f9a01-000012"."""
        return f"{self.series}-{self.number:0{DIGITS}d}"


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of numbers of one incarnation; `last` 0 has no end. `next` is the next one that is issued."""

    series: str
    incarnation: str
    first: int
    last: int
    next: int
    nonce: str
    previous_nonce: str = ""
    closed: bool = False
    confirmed_next: int = 0
    """What the cloud last confirmed of `next`; 0 before its first word."""

    @property
    def left(self) -> int | None:
        """Numbers left; None without an end."""
        if self.closed:
            return 0
        return self.last - self.next + 1 if self.last else None

    @property
    def told(self) -> bool:
        """The cloud knows this segment as it stands, and nothing more will come of it."""
        return (self.closed or self.left == 0) and self.confirmed_next == self.next


@dataclass(frozen=True, slots=True)
class Book:
    """All that a device knows of its fiscal numbers; one text in its journal."""

    device: str
    plan: FiscalPlan = FiscalPlan()
    incarnation: str = ""
    segments: tuple[Segment, ...] = ()
    blocks: int = 0
    """Blocks that this incarnation got; the next wish's number follows from it."""

    @property
    def usable(self) -> tuple[Segment, ...]:
        """Segments of this incarnation with numbers left: the active one first, then the standby."""
        return tuple(one for one in self.segments if one.incarnation == self.incarnation and one.left != 0)

    @property
    def left(self) -> int | None:
        """Numbers left; None where they do not end."""
        found = 0
        for one in self.usable:
            if one.left is None:
                return None
            found += one.left
        return found

    def under(self, incarnation: str, token: Token) -> Book:
        """As this incarnation's; another one closes what was open, and numbers begin anew."""
        if incarnation == self.incarnation:
            return self
        closed = tuple(
            one if one.closed else replace(one, closed=True, confirmed_next=0) for one in self.segments
        )
        fresh = replace(self, incarnation=incarnation, segments=closed, blocks=0)
        if self.plan.mode == "range":
            return fresh
        series = f"{self.plan.prefix or self.device}.{incarnation[:INCARNATION_DIGITS]}"
        return fresh._with(Segment(series, incarnation, 1, 0, 1, token()))

    def take(self) -> tuple[FiscalNumber, Book]:
        """The next number, and the book after it. Raises NumbersExhausted."""
        if not self.usable:
            raise NumbersExhausted(
                f"{self.device} has no fiscal number left in series {self.plan.series!r}",
                "the hub brings a new block when it reaches the cloud; orders go on to the kitchen",
            )
        active = self.usable[0]
        issued = FiscalNumber(active.series, active.incarnation, active.next)
        return issued, self._put(active, replace(active, next=active.next + 1))

    @property
    def wish(self) -> RangeWish | None:
        """The block that is wished for now: a standby beside the active one."""
        if self.plan.mode != "range" or not self.incarnation or len(self.usable) >= 2:
            return None
        request_id = f"{self.device}.{self.incarnation}.{self.blocks + 1}"
        return RangeWish(request_id, self.plan.series, self.incarnation, self.plan.block)

    def granted(self, block: NumberRange, token: Token) -> Book:
        """With the block; one of another wish or incarnation, or told again, changes nothing."""
        wish = self.wish
        if wish is None or (block.request_id, block.incarnation) != (wish.request_id, wish.incarnation):
            return self
        if block.last < block.first:
            return self
        made = Segment(block.series, block.incarnation, block.first, block.last, block.first, token())
        return replace(self._with(made), blocks=self.blocks + 1)

    def confirmed(self, nonce: str, next_number: int, token: Token) -> Book:
        """The cloud has taken the report with this nonce, at `next_number`: the next one carries a new nonce."""
        for one in self.segments:
            if one.nonce == nonce:
                rotated = replace(one, nonce=token(), previous_nonce=nonce, confirmed_next=next_number)
                return self._put(one, rotated)
        return self

    def reports(self, pending: int) -> tuple[CounterReport, ...]:
        """Of every segment that the cloud does not know whole; `pending` documents are not answered by the hub."""
        return tuple(
            CounterReport(
                one.series,
                one.incarnation,
                one.first,
                one.last,
                one.next,
                pending,
                one.closed,
                one.nonce,
                one.previous_nonce,
            )
            for one in self.segments
            if not one.told
        )

    def _with(self, segment: Segment) -> Book:
        kept = self.segments
        while len(kept) >= SEGMENTS_KEPT:
            # What the cloud knows whole goes first.
            place = next((place for place, one in enumerate(kept) if one.told), 0)
            kept = (*kept[:place], *kept[place + 1 :])
        return replace(self, segments=(*kept, segment))

    def _put(self, old: Segment, new: Segment) -> Book:
        return replace(self, segments=tuple(new if one is old else one for one in self.segments))

    def to_text(self) -> str:
        """For the journal; the plan is the program's, not the journal's."""
        segments = [asdict(one) for one in self.segments]
        return json.dumps({"incarnation": self.incarnation, "blocks": self.blocks, "segments": segments})


def book_from_text(text: str, device: str, plan: FiscalPlan) -> Book:
    """What `to_text` wrote; an empty book for no text. Raises ValueError for any other: no number may be guessed."""
    if not text:
        return Book(device, plan)
    try:
        found = json.loads(text)
        segments = tuple(Segment(**one) for one in found["segments"])
        return Book(device, plan, str(found["incarnation"]), segments, int(found["blocks"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"no fiscal numbers: {text[:80]!r}") from error
