"""All-day: what a station has to make over all its tickets, by item and the modifiers that change the food.

Every QUEUED and STARTED line counts, drawn or waiting on a later page; never a done, void or held one. Page, filter and
selection change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import is_
from typing import TypeAlias

from heard.order import Line, LineState, Modifier, ModifierKind, Text
from heard.quick import quick
from heard.ticket import TO_MAKE_STATES, Ticket, TicketLine


@quick
@dataclass(frozen=True, slots=True)
class AllDayKey:
    """One thing to make. Two are the same by item and modifiers; the names are only shown."""

    item_id: str
    modifier_ids: tuple[tuple[str, int], ...] = ()
    name: Text = field(default_factory=dict, compare=False)
    modifiers: tuple[Modifier, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class AllDay:
    """Sums of some tickets in thousandths."""

    to_make_milli: Mapping[AllDayKey, int]
    held_milli: int


@quick
@dataclass(frozen=True, slots=True)
class Variant:
    """One way to make an item: how much on the shown page, how much elsewhere."""

    modifiers: tuple[Modifier, ...]
    shown_milli: int
    elsewhere_milli: int


@quick
@dataclass(frozen=True, slots=True)
class RailRow:
    """One item of the rail with the ways to make it; `shown` + `elsewhere` is the item's all-day sum."""

    item_id: str
    name: Text
    shown_milli: int
    elsewhere_milli: int
    variants: tuple[Variant, ...]


def key_of(line: Line) -> AllDayKey:
    """Under which sum a line counts. A line without an item id counts by its name."""
    changing = tuple(
        sorted(
            (one for one in line.modifiers if not one.cosmetic and one.kind is not ModifierKind.ALLERGY),
            key=lambda one: (one.modifier_id, one.quantity_milli),
        )
    )
    item_id = line.item_id or next(iter(sorted(line.name.values())), "")
    ids = tuple((one.modifier_id, one.quantity_milli) for one in changing)
    return AllDayKey(item_id, ids, line.name, changing)


def sums(tickets: Iterable[Ticket]) -> AllDay:
    """The sums of some tickets."""
    return sums_of_lines(line for ticket in tickets for line in ticket.lines)


def sums_of_lines(lines: Iterable[TicketLine]) -> AllDay:
    """The sums of some lines."""
    to_make: dict[AllDayKey, int] = {}
    held = 0
    for line in lines:
        if not line.to_make_milli:
            continue
        if line.at.state in TO_MAKE_STATES:
            key = key_of(line.line)
            to_make[key] = to_make.get(key, 0) + line.to_make_milli
        elif line.at.state is LineState.WAITING:
            held += line.to_make_milli
    return AllDay(to_make, held)


RowsKept: TypeAlias = dict[str, tuple[list["AllDayKey"], list[tuple[int, int]], "RailRow"]]
"""By item: its sums, how much there is of each and how much of it is shown, and the row made of them."""
ROWS_KEPT_MAX = 512
"""Items; a menu has some hundred."""


def rail_rows(
    all_day: Mapping[AllDayKey, int], shown: Mapping[AllDayKey, int], kept: RowsKept | None = None
) -> tuple[RailRow, ...]:
    """Rows of the rail, the most to make first; `shown` is what stands on the page.

    `kept` holds rows from one call to the next: those of an item of which nothing changed are the same objects.
    """
    before = kept if kept is not None else {}
    if len(before) > ROWS_KEPT_MAX:
        before.clear()
    on_page = {key.item_id for key in shown}
    by_item: dict[str, tuple[list[AllDayKey], list[tuple[int, int]]]] = {}
    for key, milli in all_day.items():
        here = min(shown.get(key, 0), milli) if key.item_id in on_page else 0
        keys, amounts = by_item.setdefault(key.item_id, ([], []))
        keys.append(key)
        amounts.append((milli, here))
    rows = []
    for item_id, (keys, amounts) in by_item.items():
        known = before.get(item_id)
        if known is None or known[1] != amounts or not all(map(is_, known[0], keys)):
            known = before[item_id] = (keys, amounts, _rail_row(item_id, keys, amounts))
        rows.append(known[2])
    rows.sort(key=lambda row: (-(row.shown_milli + row.elsewhere_milli), row.item_id))
    return tuple(rows)


def _rail_row(item_id: str, keys: list[AllDayKey], amounts: list[tuple[int, int]]) -> RailRow:
    entries = sorted(zip(keys, amounts, strict=True), key=_plain_first)
    variants = tuple([Variant(key.modifiers, here, milli - here) for key, (milli, here) in entries])
    here = sum(one.shown_milli for one in variants)
    return RailRow(item_id, entries[0][0].name, here, sum(one.elsewhere_milli for one in variants), variants)


def _plain_first(entry: tuple[AllDayKey, tuple[int, int]]) -> tuple[bool, int, tuple[tuple[str, int], ...]]:
    """The plain dish, then the ways that are asked for most."""
    key, (milli, _) = entry
    return bool(key.modifier_ids), -milli, key.modifier_ids


def has_to_make(ticket: Ticket, item_id: str) -> bool:
    """True where this item is still to be made for the ticket."""
    return any(
        line.at.state in TO_MAKE_STATES and key_of(line.line).item_id == item_id for line in ticket.lines
    )
