"""`heard display ROLE`: one screen of a station."""

from __future__ import annotations

import argparse
import dataclasses
import logging
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from display.app.roles import ROLES, Role, title
from heard.errors import UserError

if TYPE_CHECKING:
    from display.config import Config

SUMMARY = "run one screen: a station's, the pass's, a guest's, or one in reserve"
SIZE_PX_MAX = 8192
ZOOM_MIN = 0.25
SPARE = "spare"
GIVEN = ("station", "beside", "terminal", "hub", "device", "state")
"""Settings that the command line may give too."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the roles that there are; most arguments are those of all."""
    roles = parser.add_subparsers(dest="role", required=True, metavar="ROLE")
    for role in ROLES.values():
        one = roles.add_parser(role.name, help=role.help, description=role.description, allow_abbrev=False)
        if role.needs == "terminal":
            one.add_argument("--terminal", help="which till, by the id of its terminal")
        one.add_argument("--station", help=role.station_help)
        if role.name == "prep":
            one.add_argument(
                "--beside", metavar="STATION", help="a second station on the other half: split screen"
            )
        if role.name == SPARE:
            one.add_argument("--forget", action="store_true", help="ask anew whose place it takes")
        _add_common(one, role)


def _add_common(parser: argparse.ArgumentParser, role: Role) -> None:
    parser.add_argument("--hub", metavar="HOST:PORT", help="the hub; without it, it is found on the network")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="settings (TOML); systemd/display.toml explains each"
    )
    parser.add_argument("--device", metavar="ID", help="this screen's id; without it, one is made and kept")
    parser.add_argument("--state", metavar="DIR", help="folder of this screen's journal and last picture")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--windowed", metavar="WxH", help="a window of that size, for example 1280x720")
    where.add_argument("--fullscreen", action="store_true", help="the whole panel (the default)")
    where.add_argument(
        "--headless", action="store_true", help="no panel at all: for tests and simulated cooks"
    )
    parser.add_argument(
        "--zoom",
        type=_zoom,
        default=1.0,
        metavar="SHARE",
        help="with --windowed: all of a panel so much smaller, for example 0.5, to look at; too small to cook from",
    )
    parser.add_argument("--size", metavar="WxH", help="size of a headless screen; 1920x1080")
    parser.add_argument(
        "--count-headless", action="store_true", help="let what a headless screen paints count as heard"
    )
    parser.add_argument("--shot", type=Path, metavar="FILE.png", help="write one picture and stop")
    if role.cooks:
        parser.add_argument(
            "--shot-when",
            action="append",
            default=[],
            type=_wanted_shot,
            metavar="WORD=FILE.png",
            help="while it runs, keep the fullest picture of the moments when that word came on a tile, such as RUSH or VOID, or of all with *; may be repeated",
        )
    parser.add_argument(
        "--fixture",
        type=Path,
        metavar="FILE.json",
        help="with --shot: the picture's content, instead of a hub",
    )
    if role.cooks:
        parser.add_argument(
            "--cook",
            default="",
            metavar="PROFILE",
            help="a simulated cook presses the keys: instant, human:SEED; with :wavers behind the seed he also starts, recalls, "
            "undoes and fires",
        )
    if not role.guests and role.screen:
        parser.add_argument(
            "--learn",
            action="store_true",
            help="ask for the bump bar's keys first, and keep them at the hub (F12)",
        )
    parser.add_argument(
        "--ledger", type=Path, metavar="FILE", help="append a line of JSON for all that was painted"
    )
    parser.add_argument(
        "--unsafe-plaintext",
        action="store_true",
        help="talk to a hub on another machine unencrypted; for tests only",
    )
    parser.add_argument("--no-mdns", action="store_true", help="do not search the network for the hub")
    parser.add_argument("--no-sound", action="store_true", help="stay silent")


def run(args: argparse.Namespace) -> int:
    """Show the screen until it is stopped."""
    from display.ui.slim import lean

    with lean():
        return _run(args)


def _run(args: argparse.Namespace) -> int:
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from display.config import Config, check, load

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    if args.fixture is not None and args.shot is None:
        raise UserError(
            "--fixture is only for --shot", f"heard display {args.role} --shot FILE.png --fixture FILE.json"
        )
    if args.fixture is not None:
        from display.app.shot import from_file

        from_file(args.fixture, args.shot, args.role, args.station or "")
        return 0
    config = load(args.config) if args.config is not None else Config()
    given = {name: getattr(args, name, None) for name in GIVEN}
    config = dataclasses.replace(
        config, **{name: value for name, value in given.items() if value is not None}
    )
    if args.no_sound:
        config = dataclasses.replace(config, sound=False)
    check(config, str(args.config or "the settings"))
    role = ROLES[args.role]
    if role.name == SPARE and args.shot is None:
        role, config = _spare(args, role, config)
    _check_beside(config, args)
    if role.needs and not getattr(config, role.needs):
        example = {"station": "grill", "terminal": "T1"}[role.needs]
        raise UserError(
            f"which {role.needs}? no --{role.needs} was given",
            f"for example: heard display {role.name} --{role.needs} {example}",
        )
    return _show(args, role, config)


def _spare(args: argparse.Namespace, role: Role, config: Config) -> tuple[Role, Config]:
    """Who the spare is; it keeps one folder whoever it is."""
    from display.app.device import state_folder
    from display.app.identity import forget, kept

    if args.headless:
        raise UserError(
            "a spare asks people whose place it takes: not with --headless", "name the role itself"
        )
    folder = state_folder(config.state, SPARE)
    config = dataclasses.replace(config, state=str(folder))
    if args.forget:
        forget(folder)
    who = kept(folder)
    if who is None or who.role not in ROLES:
        return role, config
    logging.getLogger("heard.display").info("this spare is %s %s", who.role, who.station)
    return ROLES[who.role], dataclasses.replace(config, station=who.station)


def _check_beside(config: Config, args: argparse.Namespace) -> None:
    if not config.beside:
        return
    if args.role != "prep":
        raise UserError(f"beside is for prep screens, not for {args.role}", "leave it out of the settings")
    if config.beside == config.station:
        raise UserError(f"{config.beside} stands on both halves", "name another station: --beside STATION")
    if getattr(args, "cook", "") or args.shot is not None:
        raise UserError("--beside does not go with --cook or --shot", "run the two stations one by one")


def _show(args: argparse.Namespace, role: Role, config: Config) -> int:
    from display.app.device import device_id, state_folder
    from display.app.options import Options

    headless = args.headless or args.shot is not None
    cook = getattr(args, "cook", "")
    if cook:
        from display.core.cook import profile

        profile(cook)
    size = parse_size(args.windowed or (args.size if headless else None))
    if args.zoom != 1.0 and not args.windowed:
        raise UserError(
            "--zoom is only for --windowed: a kitchen must be able to read its screen", "leave it out"
        )
    if args.ledger is not None:
        _check_ledger(args.ledger)
    name = title(role, config)
    folder = state_folder(config.state, name)
    options = Options(
        config=config,
        role=role.name,
        size=size,
        zoom=args.zoom,
        headless=headless,
        count_headless=args.count_headless,
        cook=cook,
        learn=getattr(args, "learn", False),
        shots=tuple(getattr(args, "shot_when", ())),
        ledger=args.ledger,
        unsafe_plaintext=args.unsafe_plaintext,
        mdns=not args.no_mdns,
        state=folder,
        device=device_id(folder, config.device, name),
    )
    if options.learn and (headless or cook):
        raise UserError(
            "--learn asks people for keys: not with --headless, --shot or --cook", "leave one out"
        )
    if args.shot is not None:
        from display.app.shot import from_hub

        from_hub(options, args.shot)
        return 0
    from display.app.start import run as start

    return start(options)


def _wanted_shot(text: str) -> tuple[str, Path]:
    word, equals, file = text.partition("=")
    if not (word and equals and file):
        raise argparse.ArgumentTypeError(f"{text!r} is not WORD=FILE.png, for example RUSH=rush.png")
    return word, Path(file)


def _zoom(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not ZOOM_MIN <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not {ZOOM_MIN} to 1")
    return share


def parse_size(text: str | None) -> tuple[int, int] | None:
    """ "1280x720" as two numbers; UserError for anything else."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d{2,5})[xX×](\d{2,5})", text.strip())
    if match is None or not all(320 <= int(side) <= SIZE_PX_MAX for side in match.groups()):
        raise UserError(f"{text!r} is no size of a screen", "give WIDTHxHEIGHT in px, for example 1280x720")
    return int(match[1]), int(match[2])


def _check_ledger(file: Path) -> None:
    try:
        with file.open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise UserError(f"cannot write the ledger {file}: {error.strerror}", exit_code=1) from None
