"""`heard rewind`: draw what a station's screen had at a moment of a recorded day."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heard.errors import UserError

if TYPE_CHECKING:
    from heard.archive import Day
    from hub.core.rewind import Moment, Recorded
    from hub.store.view import View

SUMMARY = "what did that screen show at 19:42? draw a moment of a recorded day"
DRAW_S = 60.0
"""For the child that draws; a picture takes a second."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which screen, when, where to."""
    parser.add_argument("--station", metavar="NAME", help="whose screen; prep or expo")
    parser.add_argument(
        "--at", metavar="HH:MM[:SS]", help="the wall's time at the site; 01:30 is the night after"
    )
    parser.add_argument(
        "--day", default="", metavar="DATE", help="business date; without it the one that is open"
    )
    parser.add_argument("--shot", type=Path, metavar="FILE.png", help="draw it (needs the extra `display`)")
    parser.add_argument(
        "--fixture",
        type=Path,
        metavar="FILE.json",
        help="write it for `heard display … --shot --fixture`, to draw elsewhere",
    )
    parser.add_argument(
        "--size", default="1920x1080", metavar="WxH", help="size of the picture (default %(default)s)"
    )
    parser.add_argument(
        "--export",
        type=Path,
        metavar="FILE.heard.gz",
        help="write the whole day so far, for `heard replay --log`",
    )
    parser.add_argument("--list", action="store_true", help="list the recorded days, and do nothing else")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="the hub's settings: data folder, time zone, cut-off"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="data folder of a hub")


def run(args: argparse.Namespace) -> int:
    """Draws; raises UserError."""
    from hub.commands.stored import file_settings, settings_that_hold
    from hub.store.view import open_view

    config = file_settings(args.config)
    data = args.data or config.data
    clock, size = (time(), (0, 0)) if args.list or args.export else _asked(args)
    with open_view(data) as view:
        config = settings_that_hold(config, view.reader)
        days = _days(view, data)
        if args.list:
            print("\n".join(_listed(days)) or "no day is recorded yet")
            return 0
        day = _day(days, args.day)
        if args.export is not None:
            print(f"{_export(view, day, args.export)} changes of {day.business_date} in {args.export}")
            return 0
        station = _station(day, args.station)
        moment = _rewound(view, day, clock, config.time_zone, config.cut_off_hour)
    orders = moment.seen_by(station["view"])
    fixture = _fixture(day, moment, orders, args.station, config.time_zone, size)
    if args.fixture is not None:
        _write(args.fixture, fixture)
    if args.shot is not None:
        _draw(station["role"], fixture, args.shot)
    at = datetime.fromtimestamp(fixture["wall_ms"] / 1000, UTC).astimezone(_zone(config.time_zone))
    print(
        f"{args.station} on {day.business_date} at {at:%H:%M:%S}: {len(orders)} orders, revision {moment.rev}"
    )
    for order in orders:
        print(
            f"  {order.call_number or '-':<8} version {order.version:<4} {order.type.name:<10} {len(order.lines)} lines"
        )
    return 0


def _asked(args: argparse.Namespace) -> tuple[time, tuple[int, int]]:
    if not args.station or not args.at or (args.shot is None and args.fixture is None):
        raise UserError(
            "rewind needs --station, --at and where to draw",
            "for example: heard rewind --station grill --at 19:42 --shot grill.png; --list shows the recorded days",
        )
    try:
        clock = time.fromisoformat(args.at)
    except ValueError:
        raise UserError(f"--at {args.at!r} is no time", "for example 19:42 or 19:42:30") from None
    width, _, height = args.size.lower().partition("x")
    if not (
        width.isdigit() and height.isdigit() and 320 <= int(width) <= 8192 and 320 <= int(height) <= 8192
    ):
        raise UserError(
            f"--size {args.size!r} is no size of a screen", "give WIDTHxHEIGHT in px, for example 1280x720"
        )
    for path, ending in ((args.shot, ".png"), (args.fixture, ".json")):
        if path is not None and (path.suffix.lower() != ending or not path.parent.is_dir()):
            raise UserError(
                f"{path} cannot be written", f"name a file that ends in {ending}, in a folder that is there"
            )
    return clock, (int(width), int(height))


def _days(view: View, data: Path) -> list[Day]:
    """All recorded days, the open one last."""
    from heard.archive import list_days
    from hub.store.archive import open_day
    from hub.store.layout import DataDir

    going_on = open_day(view.reader)
    return [*list_days(DataDir(data).archive), *([going_on] if going_on is not None else [])]


def _listed(days: list[Day]) -> Iterator[str]:
    from hub.store.show import utc

    for day in days:
        where = day.path.name if day.path is not None else "goes on"
        yield f"{day.business_date}  {utc(day.from_ms)} to {utc(day.to_ms)} UTC by the hub's time  {where}"


def _day(days: list[Day], date: str) -> Day:
    wanted = [day for day in days if not date or day.business_date == date]
    if not wanted:
        known = ", ".join(day.business_date for day in days) or "none yet"
        raise UserError(
            f"the business day {date or 'of this store'} is not recorded", f"recorded are: {known}", 1
        )
    return wanted[-1]


def _export(view: View, day: Day, path: Path) -> int:
    from heard.archive import SUFFIX, read_changes, write_day
    from hub.store.archive import changes_of

    if not path.name.endswith(SUFFIX) or not path.parent.is_dir():
        raise UserError(
            f"{path} cannot be written", f"name a file that ends in {SUFFIX}, in a folder that is there"
        )
    changes = read_changes(day) if day.path is not None else changes_of(view.reader, day)
    try:
        return write_day(path, day, changes)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}", exit_code=1) from None


def _rewound(view: View, day: Day, clock: time, zone: str, cut_off_hour: int) -> Moment:
    from hub.core.rewind import rewind, wall_of

    until_ms = wall_of(day.business_date, clock, _zone(zone), cut_off_hour)
    moment = rewind(_changes(view, day), until_ms)
    if not moment.rev:
        raise UserError(
            f"nothing happened on {day.business_date} before {clock}",
            "heard rewind --list shows when each day began",
            1,
        )
    return moment


def _changes(view: View, day: Day) -> Iterator[Recorded]:
    from heard.archive import read_changes
    from heard.wire import decode_order
    from hub.core.rewind import Recorded
    from hub.store.archive import changes_of

    for one in read_changes(day) if day.path is not None else changes_of(view.reader, day):
        try:
            order = None if one.order_bytes is None else decode_order(one.order_bytes)
        except ValueError as error:
            raise UserError(
                f"the record of {day.business_date}, revision {one.rev}: {error}", "", 1
            ) from error
        yield Recorded(one.rev, one.at_ms, one.order_id, order)


def _station(day: Day, station: str) -> dict[str, str]:
    known = {one.get("station", ""): one.get("role", "prep") for one in day.profile.get("stations", ())}
    role = known.get(station, "prep")
    if known and station not in known:
        raise UserError(
            f"no station {station!r} on {day.business_date}", f"there were {', '.join(sorted(known))}"
        )
    if role not in ("prep", "expo"):
        raise UserError(f"{station!r} is a {role}", "the recorder draws prep and expo screens")
    return {"role": role, "view": "expo" if role == "expo" else f"prep:{station}"}


def _fixture(
    day: Day, moment: Moment, orders: list[Any], station: str, zone: str, size: tuple[int, int]
) -> dict[str, Any]:
    from hub.core.rewind import wall_clock
    from hub.store.show import to_json

    wall_ms = moment.until_wall_ms
    return {
        "station": station,
        "orders": [{**to_json(order), "history": []} for order in orders],
        "profile": day.profile,
        "now_ms": moment.at_ms,
        "wall_ms": wall_ms,
        "clock": wall_clock(wall_ms, _zone(zone)),
        "time_zone": zone or "UTC",
        "width": size[0],
        "height": size[1],
    }


def _zone(name: str) -> Any:
    from hub.zones import site_zone

    return site_zone(name)


def _write(path: Path, fixture: dict[str, Any]) -> None:
    try:
        path.write_text(json.dumps(fixture, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}", exit_code=1) from None


def _draw(role: str, fixture: dict[str, Any], shot: Path) -> None:
    """By the display's own command, in a process of its own: a hub's machine may have no display installed."""
    with tempfile.TemporaryDirectory(prefix="heard-rewind-") as folder:
        file = Path(folder) / "moment.json"
        _write(file, fixture)
        command = [
            sys.executable,
            "-m",
            "heard",
            "display",
            role,
            "--shot",
            str(shot),
            "--fixture",
            str(file),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=DRAW_S, check=False)
    if done.returncode:
        said = done.stderr.strip().removeprefix("heard: ")
        raise UserError(
            f"it could not be drawn: {said}", "--fixture FILE.json writes it, to draw it elsewhere", 1
        )
