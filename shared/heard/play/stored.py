"""Reads what `heard inspect --json` prints: as much of each order as the comparison needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TextIO

from heard.errors import UserError
from heard.order import ChangeKind, HistoryEntry, Line, LineChange, LineState, Order, OrderState, StationLine


def orders_of_inspect(file: TextIO) -> tuple[Order, ...]:
    """The orders of one printed store. UserError when it is not what inspect prints."""
    try:
        return tuple(_order(one) for one in json.load(file)["orders"])
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"heard inspect printed something unreadable: {error!r}", exit_code=1) from None


def _order(found: Mapping[str, Any]) -> Order:
    return Order(
        order_id=found["order_id"],
        version=found["version"],
        state=OrderState[found["state"]],
        aggregator_code=found.get("aggregator_code", ""),
        terminal=found.get("terminal", ""),
        lines=tuple(_line(one) for one in found["lines"]),
        history=tuple(_entry(one) for one in found.get("history", ())),
        split_from=found.get("split_from", ""),
        due_at_ms=int(found.get("due_at_ms", 0)),
    )


def _line(found: Mapping[str, Any]) -> Line:
    return Line(
        line_id=found["line_id"],
        item_id=found["item_id"],
        quantity_milli=found["quantity_milli"],
        voided=found.get("voided", False),
        added_version=found.get("added_version", 0),
        remake=found.get("remake", False),
        nobodys=found.get("nobodys", False),
        changes=tuple(
            LineChange(ChangeKind[one["kind"]], one["version"]) for one in found.get("changes", ())
        ),
        stations=tuple(
            StationLine(
                station=one["station"],
                state=LineState[one["state"]],
                version=one.get("version", 0),
                batch=one.get("batch", 0),
            )
            for one in found.get("stations", ())
        ),
    )


def _entry(found: Mapping[str, Any]) -> HistoryEntry:
    return HistoryEntry(
        verb=found["verb"],
        device=found.get("device", ""),
        at_ms=found.get("at_ms", 0),
        version=found["version"],
        line_ids=tuple(found.get("line_ids", ())),
        station=found.get("station", ""),
        detail=found.get("detail", ""),
    )
