"""`heard doctor`: check this machine and say what to do."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from heard.doctor import Finding

SUMMARY = "check this machine and say what to do"
DEFAULT_DATA = Path("/var/lib/heard")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--data",
        type=Path,
        default=DEFAULT_DATA,
        metavar="DIR",
        help=f"where the data lies or will lie (default {DEFAULT_DATA})",
    )
    parser.add_argument("--hub", default="", metavar="ADDR", help="the hub to reach, HOST:PORT")
    parser.add_argument(
        "--unsafe-plaintext",
        action="store_true",
        help="speak plaintext with a hub on another machine; for tests only",
    )


def run(args: argparse.Namespace) -> int:
    """0 when nothing FAILs."""
    from heard.doctor import Level

    found = []
    for finding in _findings(args):
        found.append(finding)
        if not args.json:
            print(f"{finding.level.value:5} {finding.name}: {finding.what}", flush=True)
            if finding.hint:
                print(f"        -> {finding.hint}", flush=True)
    failed = sum(finding.level is Level.FAIL for finding in found)
    if args.json:
        listed = [
            {"level": one.level.value, "name": one.name, "what": one.what, "hint": one.hint} for one in found
        ]
        print(json.dumps({"ok": not failed, "findings": listed}))
    else:
        warned = sum(finding.level is Level.WARN for finding in found)
        print(f"\n{len(found)} checks: {failed} failed, {warned} with a warning")
    return 1 if failed else 0


def _findings(args: argparse.Namespace) -> Iterator[Finding]:
    import asyncio

    from heard import doctor
    from heard.link import LOOPBACK_PLAINTEXT, UNSAFE_PLAINTEXT

    yield doctor.check_python()
    yield from doctor.check_extras()
    yield doctor.check_clock()
    yield from doctor.check_data(args.data)
    yield asyncio.run(doctor.check_port())
    mdns, scanned = asyncio.run(doctor.check_mdns())
    yield mdns
    credentials = UNSAFE_PLAINTEXT if args.unsafe_plaintext else LOOPBACK_PLAINTEXT
    yield from asyncio.run(doctor.check_hub(args.hub, scanned.hubs, credentials))
    yield doctor.check_drivers()
    yield doctor.check_groups()
    yield doctor.check_assets(_display_assets())


def _display_assets() -> Path | None:
    """The folder of the display's fonts and icons, without importing the display."""
    import importlib.util

    spec = importlib.util.find_spec("display")
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    return Path(folders[0]) / "assets" if folders else None
