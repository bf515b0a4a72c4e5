"""A report for people, for programs and for spreadsheets. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from hub.core.report import Made, Paused, Report, Times

ITEMS_SHOWN = 20
LATE_SHOWN = 20
"""Of each so many rows for people; --json has all."""
SPANS_SHOWN = 4
"""Pauses of a station that are named; more are counted."""
NAME_W = 28


def as_text(report: Report) -> Iterator[str]:
    """Tables, the whole first."""
    yield f"business date {report.days}: {report.orders} orders, {report.lines} lines"
    whole = report.whole
    if not whole.made:
        yield f"no ticket was bumped; {report.open} open"
    else:
        yield (
            f"{whole.made} tickets made, {report.open} open; {whole.on_time_percent:.1f} % on time, "
            f"{whole.late} late; times p50 {clock(whole.p50_s)}, p90 {clock(whole.p90_s)}, p99 {clock(whole.p99_s)}"
        )
    if report.counts:
        yield ", ".join(f"{name} {count}" for name, count in report.counts)
    if report.remade:
        yield "remade: " + ", ".join(f"{count} {reason}" for reason, count in report.remade)
    if report.paused:
        yield "paused, in no ticket's time: " + "; ".join(map(_pause, report.paused))
    for title, groups in (("STATION", report.stations), ("HOUR", report.hours), ("ITEM", report.items)):
        if groups:
            yield ""
            yield from _table(title, groups[:ITEMS_SHOWN] if title == "ITEM" else groups)
            if title == "ITEM" and len(groups) > ITEMS_SHOWN:
                yield f"… {len(groups) - ITEMS_SHOWN} more items: --json has all"
    if report.late:
        yield ""
        yield from _late(report.late)


def as_json(report: Report) -> str:
    """One object; times in seconds."""
    found: dict[str, Any] = {
        "days": report.days,
        "orders": report.orders,
        "lines": report.lines,
        "open": report.open,
        "whole": _times_json(report.whole),
        "counts": dict(report.counts),
        "remade": dict(report.remade),
        "paused": [asdict(one) for one in report.paused],
    }
    for name in ("stations", "hours", "items"):
        found[name] = [_times_json(one) for one in getattr(report, name)]
    found["late"] = [asdict(one) for one in report.late]
    return json.dumps(found, ensure_ascii=False)


def as_csv(report: Report) -> Iterator[str]:
    """A head and one row a group: by (all, station, hour, item), name, and its figures."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("by", "name", "made", "p50_s", "p90_s", "p99_s", "on_time_percent", "late"))
    groups = (
        ("all", (report.whole,)),
        ("station", report.stations),
        ("hour", report.hours),
        ("item", report.items),
    )
    for by, rows in groups:
        for one in rows:
            share = round(one.on_time_percent, 1)
            writer.writerow((by, one.name, one.made, one.p50_s, one.p90_s, one.p99_s, share, one.late))
    for name, count in report.counts:
        writer.writerow(("count", name, count, "", "", "", "", ""))
    for reason, count in report.remade:
        writer.writerow(("remade", reason, count, "", "", "", "", ""))
    for pause in report.paused:
        writer.writerow(("paused_s", pause.station or "site", round(pause.seconds), "", "", "", "", ""))
    yield out.getvalue()


def _pause(one: Paused) -> str:
    said = f"{one.station or 'the whole site'} {clock(one.seconds)}"
    if len(one.spans) > SPANS_SHOWN:
        return f"{said} in {len(one.spans)} pauses"
    return f"{said} ({', '.join(one.spans)})"


def clock(seconds: float) -> str:
    """ "7:05", "1:02:33"."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def _table(title: str, groups: tuple[Times, ...]) -> Iterator[str]:
    width = min(NAME_W, max(len(title), *(len(one.name) for one in groups)))
    yield f"{title:<{width}}  {'MADE':>6} {'P50':>8} {'P90':>8} {'P99':>8} {'ON TIME':>8} {'LATE':>5}"
    for one in groups:
        name = one.name if len(one.name) <= width else one.name[: width - 1] + "…"
        yield (
            f"{name:<{width}}  {one.made:>6} {clock(one.p50_s):>8} {clock(one.p90_s):>8} {clock(one.p99_s):>8} "
            f"{one.on_time_percent:>6.1f} % {one.late:>5}"
        )


def _late(late: tuple[Made, ...]) -> Iterator[str]:
    yield f"{'LATE':<8} {'STATION':<12} {'TOOK':>8} {'LATE BY':>8}  {'TYPE':<10} {'BUMPED BY':<16} ORDER"
    for one in late[:LATE_SHOWN]:
        yield (
            f"{one.call_number or '-':<8} {one.station:<12} {clock(one.seconds or 0):>8} {clock(one.late_by_s):>8}  "
            f"{one.order_type:<10} {one.by or '-':<16} {one.order_id}"
        )
    if len(late) > LATE_SHOWN:
        yield f"… {len(late) - LATE_SHOWN} more: --json has them"


def _times_json(one: Times) -> dict[str, Any]:
    return {**asdict(one), "on_time_percent": round(one.on_time_percent, 2)}
