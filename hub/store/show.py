"""Orders, tickets and log entries of a store as text for people and as JSON for programs."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from heard.order import Order, in_english
from heard.ticket import is_open, tickets, views, work_key
from hub.store.seam import Entry
from hub.store.view import View

HOLD_VERB = "hold"
ALWAYS = frozenset(
    {"order_id", "version", "state", "line_id", "item_id", "quantity_milli", "station", "lines"}
)
"""Written even where they stand at their default; all other fields are left out then."""


def json_document(view: View, orders: Iterable[Order]) -> Iterator[str]:
    """One JSON object in pieces, an order a line: a store of any size passes through little memory."""
    epoch = f"{view.identity.epoch_n}-{view.identity.epoch_random:016x}"
    yield f'{{"store_id": {json.dumps(view.identity.store_id)}, "epoch": "{epoch}", "rev": {view.state.rev},\n'
    yield f' "compact_rev": {view.state.compact_rev}, "orders": ['
    comma = "\n"
    for order in orders:
        yield comma + order_json_text(order)
        comma = ",\n"
    yield "\n]}\n"


def order_json(order: Order) -> dict[str, Any]:
    """Every field by its name, enums by theirs; `open`, and `holds`: how many holds its history tells of."""
    found: dict[str, Any] = to_json(order)
    found["open"] = is_open(order)
    found["holds"] = sum(1 for entry in order.history if entry.verb == HOLD_VERB)
    return found


def order_json_text(order: Order) -> str:
    """One order as one line of JSON."""
    return json.dumps(order_json(order), ensure_ascii=False, separators=(",", ":"))


def to_json(value: Any) -> Any:
    """A plain value of the vocabulary as JSON values, without fields at their default."""
    if dataclasses.is_dataclass(value):
        found = {}
        for field in dataclasses.fields(value):
            one = getattr(value, field.name)
            if one != field.default or field.name in ALWAYS:
                found[field.name] = to_json(one)
        return found
    if isinstance(value, IntEnum):
        return value.name
    if isinstance(value, tuple):
        return [to_json(one) for one in value]
    if isinstance(value, dict):
        return {key: to_json(one) for key, one in value.items()}
    return value


def order_table(orders: Iterable[Order]) -> Iterator[str]:
    """One line an order."""
    yield f"{'NUMBER':<8} {'STATE':<10} {'HELD (UTC)':<19}  {'V':>3} {'LINES':>5}  {'STATIONS':<28} ORDER"
    for order in orders:
        stations = sorted({at.station for line in order.lines for at in line.stations})
        waiting = {name.removeprefix("prep:") for name in views(order) if name.startswith("prep:")}
        marks = " ".join(f"{name}*" if name in waiting else name for name in stations)
        yield (
            f"{order.call_number or '-':<8} {order.state.name:<10} {utc(order.held_at_ms)}  {order.version:>3} "
            f"{len(order.lines):>5}  {marks:<28} {order.order_id}"
        )


def order_details(order: Order) -> Iterator[str]:
    """Everything about one order."""
    paid = "paid" if order.paid else "not paid"
    yield f"order {order.order_id}: number {order.call_number or '-'}, {order.state.name}, version {order.version}, {paid}"
    yield f"  {order.type.name} held {utc(order.held_at_ms)} at {order.terminal or '-'}, business date {order.business_date}"
    for line in order.lines:
        void = " VOIDED" if line.voided else ""
        yield f"  {quantity(line.quantity_milli)} x {in_english(line.name) or line.item_id}  [{line.line_id}]{void}"
        for modifier in line.modifiers:
            yield f"      {modifier.kind.name.lower()} {in_english(modifier.name) or modifier.modifier_id}"
        for at in line.stations:
            yield f"      {at.station}: {at.state.name} since version {at.version}"
    for allergen in order.allergens:
        yield f"  ALLERGY {in_english(allergen.name) or allergen.allergen_id}"
    for entry in order.history:
        where = f" at {entry.station}" if entry.station else ""
        yield f"  {utc(entry.at_ms)}  v{entry.version} {entry.verb}{where} by {entry.device} {' '.join(entry.line_ids)}"


def ticket_lines(orders: Iterable[Order]) -> Iterator[str]:
    """The open tickets of every station, in the order of work."""
    by_station: dict[str, list[Any]] = {}
    for order in orders:
        for station in {at.station for line in order.lines for at in line.stations}:
            by_station.setdefault(station, []).extend(tickets(order, station))
    if not any(by_station.values()):
        yield "no open tickets"
    for station, found in sorted(by_station.items()):
        if found:
            yield f"{station}: {len(found)} open"
        for ticket in sorted(found, key=work_key):
            add_on = " ADD-ON" if ticket.add_on else ""
            yield f"  {ticket.order.call_number or '-'}{add_on}  since {utc(ticket.age_from_ms)}  v{ticket.version}"
            for one in ticket.lines:
                name = in_english(one.line.name) or one.line.item_id
                yield f"      {quantity(one.to_make_milli)} x {name}  {one.at.state.name}"


def log_lines(entries: Iterable[tuple[Entry, int]]) -> Iterator[str]:
    """One line a log entry: revision, time of its commit, order and views that it came into (+) and left (-)."""
    yield f"{'REV':>10}  {'COMMITTED (UTC)':<19}  {'V':>4}  {'ORDER':<38} VIEWS"
    for entry, hub_ms in entries:
        version = "gone" if entry.order is None else str(entry.order.version)
        marks = [f"+{name}" for name in sorted(entry.new_views - entry.old_views)]
        marks += [f"-{name}" for name in sorted(entry.old_views - entry.new_views)]
        marks += sorted(entry.new_views & entry.old_views)
        order_id = entry.key.removeprefix("order/")
        yield f"{entry.rev:>10}  {utc(hub_ms)}  {version:>4}  {order_id:<38} {' '.join(marks)}"


def log_json(entry: Entry, hub_ms: int) -> str:
    """One log entry as one line of JSON."""
    return json.dumps(
        {
            "rev": entry.rev,
            "hub_ms": hub_ms,
            "order_id": entry.key.removeprefix("order/"),
            "version": None if entry.order is None else entry.order.version,
            "old_views": sorted(entry.old_views),
            "new_views": sorted(entry.new_views),
        }
    )


def utc(ms: int) -> str:
    """A time of the hub's line for people, 19 characters."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S") if ms else "-" * 19


def quantity(milli: int) -> str:
    """2000 as "2", 1500 as "1.5"."""
    return f"{milli / 1000:g}"
