"""All-day: what a station has to make over all its tickets, by item and the modifiers that change the food.

Every QUEUED and STARTED line counts, drawn or waiting on a later page; never a done, void or held one. Page, filter and
selection change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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


def rail_rows(all_day: Mapping[AllDayKey, int], shown: Mapping[AllDayKey, int]) -> tuple[RailRow, ...]:
    """Rows of the rail, the most to make first; `shown` is what stands on the page."""
    by_item: dict[str, list[tuple[AllDayKey, int]]] = {}
    for entry in all_day.items():
        by_item.setdefault(entry[0].item_id, []).append(entry)
    rows = []
    for item_id, entries in by_item.items():
        if len(entries) > 1:
            entries.sort(key=_plain_first)
        variants = []
        on_page = total = 0
        for key, milli in entries:
            here = min(shown.get(key, 0), milli)
            on_page += here
            total += milli
            variants.append(Variant(key.modifiers, here, milli - here))
        rows.append(RailRow(item_id, entries[0][0].name, on_page, total - on_page, tuple(variants)))
    rows.sort(key=lambda row: (-(row.shown_milli + row.elsewhere_milli), row.item_id))
    return tuple(rows)


def _plain_first(entry: tuple[AllDayKey, int]) -> tuple[bool, int, tuple[tuple[str, int], ...]]:
    """The plain dish, then the ways that are asked for most."""
    key, milli = entry
    return bool(key.modifier_ids), -milli, key.modifier_ids


def has_to_make(ticket: Ticket, item_id: str) -> bool:
    """True where this item is still to be made for the ticket."""
    return any(
        line.at.state in TO_MAKE_STATES and key_of(line.line).item_id == item_id for line in ticket.lines
    )
