"""`heard demo`: a lunch rush with hub, cloud, tills, cooks, kitchen, pass and guests' screens, and the proof at its end."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from pathlib import Path
from random import Random, SystemRandom

from heard.play.cloud import CloudPart
from heard.play.cues import with_cues
from heard.play.encores import encores
from heard.play.menu import DEMO_MENU, load_menu
from heard.play.narration import Narrator
from heard.play.others import OtherScreensPart, being_called, being_rung_up, take_other_picture
from heard.play.parts import HubPart, Look, ScreensPart, room_for_windows, told
from heard.play.printer import PrinterPart, can_print, with_bar, with_paper
from heard.play.run import Plan, minting, run_here
from heard.play.rush import lunch_rush
from heard.play.stage import Stage
from heard.play.tills import Settings, Tills

SUMMARY = (
    "a lunch rush: hub, cloud, tills, cooks, two kitchen screens, a printer, an expo, a board and a cart"
)
SECONDS = 60.0
SECONDS_MAX = 24 * 3600.0
SECONDS_MIN = 2.0
TILLS = 3
PICTURE_AT_SHARE = 0.55
"""Of the demo: the rush is thickest there."""
CART_PICTURE_AT_SHARE = 0.25
"""Of the demo: the first till is sure to ring up somebody after it."""
CLOUD_GONE_SHARE, CLOUD_BACK_SHARE = 0.3, 0.6
"""Of the demo: the cloud is away where the rush is thickest."""
FETCH_AFTER_S = 8.0
"""A guest takes a ready order so much later: a board calls it three seconds after the last bump."""
EXIT_NOT_ALL = 1
MOMENTS = {
    "Main ·": "courses",
    "RUSH": "rush",
    "VOID": "void",
    "ALLERGY": "allergy",
    "RECALLED": "recalled",
    "REMAKE": "remake",
}
"""By the word on a tile: the picture that the first station's screen keeps of itself, besides its fullest one."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long, where to, and how to print."""
    parser.add_argument(
        "--seconds",
        type=_seconds,
        default=SECONDS,
        metavar="S",
        help="how long the rush lasts (default %(default)g)",
    )
    parser.add_argument(
        "--headless", action="store_true", help="no windows, even where there is a screen; PNGs in --out"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out/demo"),
        metavar="DIR",
        help="where PNGs go: the printer's paper, and the screens when headless (default %(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=None,
        metavar="N",
        help="the same rush again (default: a new one each time)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Play and print the summary. 1 when an order was lost, doubled or not heard."""
    paper = can_print()
    menu = load_menu(DEMO_MENU)
    menu = with_bar(menu) if paper else menu
    seed = args.seed if args.seed is not None else SystemRandom().randrange(10_000)
    random = Random(seed)
    headless = args.headless or not room_for_windows(os.environ)
    mint = minting(random)
    script = with_cues(lunch_rush(menu, random, args.seconds, mint), menu, random, args.seconds, mint)
    script = with_paper(script, random, mint) if paper else script
    stations = [one.station_id for one in menu.stations]
    first = stations[0]
    shots = {one: [("*", args.out / f"{one}.png")] for one in stations}
    shots[first] += [(word, args.out / f"{first}-{name}.png") for word, name in MOMENTS.items()]
    of_the_pass = [("*", args.out / "expo.png")]

    async def pictures(stage: Stage, tills: Tills) -> None:
        begun_s = time.monotonic()
        await asyncio.sleep(args.seconds * CART_PICTURE_AT_SHARE)
        await being_rung_up(tills.tills[0].terminal, args.seconds / 4)
        await take_other_picture(stage, "cart", args.out)
        await asyncio.sleep(max(0.0, begun_s + args.seconds * PICTURE_AT_SHARE - time.monotonic()))
        await being_called(tills, args.seconds / 4)
        await take_other_picture(stage, "board", args.out)
        await told(stage, of_the_pass)

    async def during(stage: Stage, tills: Tills) -> None:
        Narrator(tills, stage.say).listen()
        async with asyncio.TaskGroup() as group:
            group.create_task(encores(stage, tills, first, args.seconds))
            if headless:
                group.create_task(pictures(stage, tills))

    print(
        f"heard demo: {script.orders} orders in {args.seconds:g} s, two stations, {TILLS} tills, an expo, a board, a guest's cart, "
        f"{'' if paper else 'no printer (heard[printer] is not installed), '}"
        f"{'no window here, so pictures' if headless else 'a window each'} (--seed {seed})",
        file=sys.stderr,
    )
    cloud = CloudPart(args.seconds * CLOUD_GONE_SHARE, args.seconds * CLOUD_BACK_SHARE)
    plan = Plan(
        script=script,
        menu=menu,
        settings=Settings(seconds=args.seconds, carts_in=menu.currency, fetch_after_s=FETCH_AFTER_S),
        terminals=TILLS,
        parts=[
            cloud,
            *([PrinterPart(args.out)] if paper else []),
            HubPart(),
            ScreensPart(
                stations,
                Look(f"human:{seed}", windowed=not headless, shots=shots if headless else {}),
            ),
            OtherScreensPart(windowed=not headless, of_the_pass=of_the_pass if headless else ()),
        ],
        during=during,
    )
    summary = run_here(plan)
    print(json.dumps(summary.json()) if args.json else summary.text())
    return 0 if summary.good else EXIT_NOT_ALL


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not SECONDS_MIN <= seconds <= SECONDS_MAX:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a number of seconds from {SECONDS_MIN:g} to {SECONDS_MAX:g}"
        )
    return seconds
