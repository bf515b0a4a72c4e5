"""`heard report`: how a business day went, from the orders' own histories."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from heard.business_date import is_date
from heard.errors import UserError

if TYPE_CHECKING:
    from hub.config import Config
    from hub.core.report import Report
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
        help="the hub's settings: thresholds, time zone and data folder",
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
    from hub.config import Config, load_config
    from hub.reports import text as report_text
    from hub.store.view import open_view

    config = load_config(args.config) if args.config else Config()
    if args.plot is not None:
        from hub.reports.plot import check_plot

        check_plot(args.plot)
    with open_view(args.data or config.data) as view:
        report = _report(view, config, args)
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
    from hub.core.report import Day

    profile = config.site_profile()
    stations = [one.station for one in profile.stations]
    if args.station and args.config and args.station not in stations:
        raise UserError(f"no station {args.station!r} in {args.config}", f"there are {', '.join(stations)}")

    def late_after(station: str, order_type: str) -> int:
        from heard.stream import StationProfile

        return (profile.station(station) or StationProfile(station)).age_limits(order_type).late_s

    day = Day(late_after, _hours(config), args.station, args.item)
    days = list(_days(args.day or _open_day(view)))
    for one in days:
        for order in view.reader.day_orders(one):
            day.add(order)
    return day.report(days[0] if len(days) == 1 else f"{days[0]}..{days[-1]}")


def _hours(config: Config) -> Callable[[int], str]:
    from datetime import UTC, datetime

    from hub.zones import site_zone

    zone = site_zone(config.time_zone)
    return lambda wall_ms: datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(zone).strftime("%H:00")


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
