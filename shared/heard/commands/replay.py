"""`heard replay`: recorded orders from N tills, and what became of each."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random, SystemRandom

from heard.errors import UserError
from heard.link import LOOPBACK_PLAINTEXT, UNSAFE_PLAINTEXT
from heard.link.channel import split_address
from heard.play.menu import STATION_NAMES, load_menu, without_menu
from heard.play.mix import mixed
from heard.play.parts import HubPart, Look, ScreensPart
from heard.play.recorded import between, read_orders
from heard.play.run import Plan, minting, run_here
from heard.play.script import from_recorded
from heard.play.stage import Part
from heard.play.tills import Settings

SUMMARY = "play recorded orders from N tills and count what was heard"
TERMINALS = 3
TERMINALS_MAX = 50
OPEN_MAX = 200
OPEN_MAX_MAX = 5_000
KILLS_MAX = 1_000
SPEED_MAX = 100_000.0
STATIONS = 2
SEED_MAX = 999_999
EXIT_NOT_ALL = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, the hub, and how fast."""
    parser.add_argument(
        "file",
        type=Path,
        nargs="?",
        metavar="FILE.csv[.gz]",
        help="orders: order_id, ordered_at, item, quantity, unit_price",
    )
    parser.add_argument(
        "--log",
        type=Path,
        metavar="DAY.heard.gz",
        help="instead of a file of orders: a day that a hub recorded (archive/ in its data folder, or `heard rewind --export`), "
        "with what its tills and cooks really did; goes with --hub, --speed and --json",
    )
    parser.add_argument(
        "--hub",
        metavar="ADDR",
        default="",
        help="play into this hub (default: one of our own in a temporary folder)",
    )
    parser.add_argument(
        "--menu",
        type=Path,
        metavar="MENU.toml",
        help="which dish is made where (default: by a checksum of its name)",
    )
    parser.add_argument(
        "--stations",
        type=_count(1, len(STATION_NAMES)),
        metavar="N",
        help=f"without --menu: how many stations cook (default {STATIONS}, at most {len(STATION_NAMES)})",
    )
    parser.add_argument(
        "--mix",
        type=_count(0, SEED_MAX),
        metavar="SEED",
        help="mix in what guests and cooks do besides: courses, added lines, changes, voids, rush, other tables, splits, merges, "
        "orders for later that are put off or brought forward, undo and recall, by this seed; then prove from the hub's whole log that "
        "every line was made once, every void answered, every all-day right and every scheduled order made in its time (needs --cook, and "
        "a hub of our own)",
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        default=1.0,
        metavar="X|max",
        help="times real time, or as fast as the screens allow (default 1)",
    )
    parser.add_argument("--from", dest="first", type=_day, metavar="DATE", help="first day, YYYY-MM-DD")
    parser.add_argument("--to", dest="last", type=_day, metavar="DATE", help="last day, included")
    parser.add_argument(
        "--terminals",
        type=_count(1, TERMINALS_MAX),
        default=TERMINALS,
        metavar="N",
        help="tills (default %(default)s)",
    )
    parser.add_argument(
        "--cook", action="store_true", help="simulated cooks start and bump with real keys on real screens"
    )
    parser.add_argument(
        "--kill",
        type=_count(0, KILLS_MAX),
        default=0,
        metavar="N",
        help="kill our own hub N times on the way and start it again",
    )
    parser.add_argument(
        "--open-max",
        type=_count(1, OPEN_MAX_MAX),
        default=OPEN_MAX,
        metavar="N",
        help="at speed max a till waits while a screen has N open tickets (default %(default)s)",
    )
    parser.add_argument(
        "--unsafe-plaintext",
        action="store_true",
        help="let orders go unencrypted to a hub on another machine; for tests only",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Play and print the summary. 1 when an order was lost, doubled or not heard."""
    if args.log is not None:
        return _replay_log(args)
    plan = make_plan(args)
    summary = run_here(plan)
    print(json.dumps(summary.json()) if args.json else f"heard replay: {args.file}\n{summary.text()}")
    if summary.stopped_early:
        raise UserError(summary.stopped_early, "the summary above counts what had come so far", EXIT_NOT_ALL)
    return 0 if summary.good else EXIT_NOT_ALL


def make_plan(args: argparse.Namespace) -> Plan:
    """Everything that can be wrong with the call is found here, before anything is started."""
    if args.file is None:
        raise UserError(
            "what shall be played? no file was given",
            "heard replay FILE.csv, or heard replay --log DAY.heard.gz",
        )
    if args.hub and args.kill:
        raise UserError("--kill kills a hub of our own, not the one at --hub", "leave one of the two out")
    if args.menu and args.stations:
        raise UserError(
            "--stations is for a kitchen without --menu, which names its own", "leave one of the two out"
        )
    if args.hub and args.stations:
        raise UserError(
            "--stations is for a hub of our own, not the one at --hub", "leave one of the two out"
        )
    if args.mix is not None and args.hub:
        raise UserError(
            "--mix proves from the log of a hub of our own, not the one at --hub", "leave one of the two out"
        )
    if args.mix is not None and not args.cook:
        raise UserError("--mix needs cooks who make and acknowledge what changes", "add --cook")
    menu = load_menu(args.menu) if args.menu else without_menu(args.stations or STATIONS)
    orders = between(read_orders(args.file), args.first, args.last, str(args.file))
    if args.hub:
        split_address(args.hub)
    elif args.speed is None and not args.cook and len(orders) > args.open_max:
        raise UserError(
            f"{len(orders):,} orders at --speed max would wait for ever: nobody cooks, and --open-max is {args.open_max}",
            "add --cook, or play fewer days with --from and --to",
        )
    credentials = UNSAFE_PLAINTEXT if args.unsafe_plaintext else LOOPBACK_PLAINTEXT
    mint = minting(SystemRandom())
    script = from_recorded(orders, menu, mint)
    if args.mix is not None:
        script = mixed(script, menu, Random(args.mix), mint)
    look = Look(cook=_cook(args.speed, args.mix) if args.cook else "")
    parts: list[Part] = []
    if not args.hub:
        stations = [one.station_id for one in menu.stations]
        parts = [HubPart(), ScreensPart(stations, look)]
    elif args.cook:
        parts = [ScreensPart((), look, credentials=credentials)]
    settings = Settings(speed=args.speed, open_max=args.open_max, cooked=args.cook)
    return Plan(
        script=script,
        menu=menu,
        settings=settings,
        terminals=args.terminals,
        parts=parts,
        hub=args.hub,
        credentials=credentials,
        kills=args.kill,
        mixed=args.mix is not None,
    )


def _replay_log(args: argparse.Namespace) -> int:
    """0 where every order ended as on the day and nothing was refused."""
    from heard.play.recorded_day import as_json, play_recording, read_recording, text

    given = [name for name, value in (("a file of orders", args.file), ("--menu", args.menu), ("--from", args.first),
             ("--to", args.last), ("--cook", args.cook), ("--kill", args.kill), ("--stations", args.stations),
             ("--mix", args.mix is not None)) if value]  # fmt: skip
    if given:
        raise UserError(
            f"--log plays a whole recorded day; it does not go with {given[0]}", "leave one of the two out"
        )
    if args.hub:
        split_address(args.hub)
    recording = read_recording(args.log, by_stations=not args.hub)
    credentials = UNSAFE_PLAINTEXT if args.unsafe_plaintext else LOOPBACK_PLAINTEXT
    played = play_recording(recording, args.hub, args.speed, credentials)
    print(
        json.dumps(as_json(recording, played))
        if args.json
        else f"heard replay: {args.log}\n{text(recording, played)}"
    )
    return EXIT_NOT_ALL if played.other or played.refused else 0


def _cook(speed: float | None, mix: int | None) -> str:
    """At full speed a cook presses at once what was painted; else works like a person. With changes he has second thoughts."""
    if mix is None:
        return "instant" if speed is None else "human:1"
    return f"{'instant' if speed is None else 'human'}:{mix}{{n}}:wavers"


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= SPEED_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is neither max nor a number above 0")
    return speed


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write YYYY-MM-DD") from None


def _count(low: int, high: int) -> Callable[[str], int]:
    def count(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
        return int(text)

    return count
