"""`heard discover`: list the hubs that announce themselves on this network."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

SUMMARY = "list the hubs on this network"
DEFAULT_SECONDS = 3.0
SECONDS_MAX = 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seconds",
        type=_seconds,
        default=DEFAULT_SECONDS,
        metavar="S",
        help=f"listen so long (default {DEFAULT_SECONDS:g})",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds <= SECONDS_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds up to {SECONDS_MAX:g}")
    return seconds


def run(args: argparse.Namespace) -> int:
    """0 when a hub was found, 1 when none was."""
    import asyncio

    from heard.link.scan import scan

    found = asyncio.run(scan(args.seconds))
    if args.json:
        print(json.dumps({"mdns": not found.blocked, "hubs": [asdict(hub) for hub in found.hubs]}))
        return 0 if found.hubs else 1
    if found.blocked:
        print(f"mDNS is not available: {found.blocked}")
    if not found.hubs:
        print(f"no hub announced itself within {args.seconds:g} s")
        print("  is it on, and on this network? A network that keeps its guests apart hides it too;")
        print("  then give screens and tills its address: --hub HOST:PORT")
        return 1
    rows = [("NAME", "ADDRESS", "VERSION", "REACHABLE", "ID")]
    rows += [
        (hub.name, hub.address, hub.version or "?", "yes" if hub.reachable else "no", hub.id)
        for hub in found.hubs
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0
