"""`heard report`: how a business day went, from the orders' own histories."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from heard.business_date import is_date
from heard.errors import UserError

if TYPE_CHECKING:
    from heard.order import Order
    from hub.config import Config
    from hub.core.pauses import Pauses
    from hub.core.report import Paused, Report
    from hub.store.view import View

SUMMARY = "ticket times, on-time share, voids and late tickets of a day"
DAYS_MAX = 400  # closed orders are kept as long


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which day, what of it, how."""
    parser.add_argument(
        "--day",
        default="",
        metavar="DATE",
        help="business date, as 2026-11-23, or from..to; without it the day that is open",
    )
    parser.add_argument("--station", default="", metavar="NAME", help="this station only")
    parser.add_argument(
        "--item", default="", metavar="TEXT", help="lines of this item only: its id, or a part of its name"
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="the hub's settings: thresholds, time zone, pauses and data folder; what was set at the hub itself goes before them",
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="data folder of a hub, or a backup of it")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one object, for programs")
    form.add_argument("--csv", action="store_true", help="one row a group, for spreadsheets")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE.png", help="draw tickets and times by the hour too"
    )


def run(args: argparse.Namespace) -> int:
    """Prints; raises UserError."""
    from hub.commands.stored import file_settings, settings_that_hold
    from hub.reports import text as report_text
    from hub.store.view import open_view

    base = file_settings(args.config)
    if args.plot is not None:
        from hub.reports.plot import check_plot

        check_plot(args.plot)
    with open_view(args.data or base.data) as view:
        report = _report(view, settings_that_hold(base, view.reader), args)
    if args.json:
        print(report_text.as_json(report))
    elif args.csv:
        sys.stdout.writelines(report_text.as_csv(report))
    else:
        print("\n".join(report_text.as_text(report)))
    if args.plot is not None:
        from hub.reports.plot import plot

        plot(report, args.plot)
        print(f"drawn: {args.plot}", file=sys.stderr)
    return 0


def _report(view: View, config: Config, args: argparse.Namespace) -> Report:
    from heard.stream import StationProfile
    from hub.core.report import Day
    from hub.zones import site_zone

    profile = config.site_profile()
    stations = [one.station for one in profile.stations]

    def late_after(station: str, order: Order) -> int:
        there = profile.station(station) or StationProfile(station)
        return there.age_limits(order.type.name, order.type_name).late_s

    zone = site_zone(config.time_zone)
    days = list(_days(args.day or _open_day(view)))
    pauses = _pauses(view, config, days, zone)
    day = Day(late_after, lambda ms: f"{_local(ms, zone):%H:00}", args.station, args.item, pauses.within)
    were: dict[str, None] = {}
    for one in days:
        for order in view.reader.day_orders(one):
            were |= dict.fromkeys(at.station for line in order.lines for at in line.stations)
            day.add(order)
    known = dict.fromkeys((*(stations if args.config else ()), *were))
    if args.station and known and args.station not in known:
        where = f"in {args.config}" if args.config else "on these days"
        raise UserError(f"no station {args.station!r} {where}", f"there are {', '.join(known)}")
    if not were:
        print(f"heard report: the store has no order of {args.day or days[0]}", file=sys.stderr)
    said = days[0] if len(days) == 1 else f"{days[0]}..{days[-1]}"
    return day.report(said, tuple(_paused(pauses, args.station, zone)))


def _pauses(view: View, config: Config, days: list[str], zone: tzinfo) -> Pauses:
    """Of these business days, each from cut-off to cut-off, so far."""
    from hub.core.decision import STATIONS_KEY, StationBook
    from hub.core.pauses import Pauses

    book = view.reader.get(STATIONS_KEY)
    begin, end = (date.fromisoformat(one) for one in (days[0], days[-1]))
    from_ms, until_ms = (
        int(datetime.combine(one, time(config.cut_off_hour), zone).timestamp() * 1000)
        for one in (begin, end + timedelta(days=1))
    )
    until_ms = min(until_ms, int(datetime.now(UTC).timestamp() * 1000))
    book = book if isinstance(book, StationBook) else StationBook(0)
    return Pauses(book, config.pauses, from_ms, max(from_ms, until_ms), zone)


def _paused(pauses: Pauses, station: str, zone: tzinfo) -> Iterator[Paused]:
    from hub.core.pauses import total_ms
    from hub.core.report import Paused

    for name, spans in pauses.spans.items():
        if not station or name in ("", station):
            said = tuple(f"{_local(a, zone):%H:%M}-{_local(b, zone):%H:%M}" for a, b in spans)
            yield Paused(name, total_ms(spans) / 1000, said)


def _local(wall_ms: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(zone)


def _open_day(view: View) -> str:
    from hub.core.decision import DAY_KEY, BusinessDay

    day = view.reader.get(DAY_KEY)
    if not isinstance(day, BusinessDay):
        raise UserError(f"{view.place} has no business day yet", "a hub opens one when it starts", 1)
    return day.date


def _days(text: str) -> Iterator[str]:
    first, dots, last = text.partition("..")
    for one in (first, last) if dots else (first,):
        if not is_date(one):
            raise UserError(
                f"--day {text!r}: {one!r} is no date", "for example 2026-11-23, or 2026-11-17..2026-11-23"
            )
    begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
    if not 0 <= (end - begin).days < DAYS_MAX:
        raise UserError(f"--day {text!r} is no span of 1 to {DAYS_MAX} days", "give the earlier date first")
    for number in range((end - begin).days + 1):
        yield (begin + timedelta(days=number)).isoformat()
