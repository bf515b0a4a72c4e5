"""`heard station`: the stations of the running hub during service."""

from __future__ import annotations

import argparse
import json
from typing import Any

from hub.commands.running import add_hub_arguments, running_hub

SUMMARY = "stations of the running hub: close, open, pause, and how they stand"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|close|open|pause|resume")
    status = actions.add_parser("list", help="how every station stands, and its open lines")
    close = actions.add_parser(
        "close", help="a station cooks no longer: its work moves, new work goes elsewhere"
    )
    close.add_argument("station")
    close.add_argument(
        "--to", metavar="STATION", help="who takes its work; default: its equals, else every screen"
    )
    open_ = actions.add_parser("open", help="it cooks again; what moved away stays where it is")
    open_.add_argument("station")
    pause = actions.add_parser("pause", help="prayer, cleaning: tickets are shown, late alarms wait")
    pause.add_argument("station", nargs="?", help="default: the whole site")
    pause.add_argument(
        "--until",
        required=True,
        metavar="TIME",
        help='local time of day ("12:00") or minutes from now ("+20")',
    )
    resume = actions.add_parser("resume", help="end a pause now")
    resume.add_argument("station", nargs="?", help="default: the whole site")
    for one in (status, close, open_, pause, resume):
        add_hub_arguments(one)
        one.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Asks the running hub; raises UserError."""
    hub = running_hub(args)
    what = getattr(args, "station", None) or "the whole site"
    match args.action:
        case "list":
            found = hub.get("stations")
            lines = _table(found)
        case "close":
            found = hub.post("stations/close", station=args.station, to=args.to)
            lines = [
                _said(found, f"{what} is closed; its work goes to {args.to or 'its equals, or every screen'}")
            ]
        case "open":
            found = hub.post("stations/open", station=args.station)
            lines = [_said(found, f"{what} is open")]
        case "pause":
            found = hub.post("stations/pause", station=args.station, until=args.until)
            lines = [_said(found, f"{what} is paused until {found['until']}")]
        case _:
            found = hub.post("stations/resume", station=args.station)
            lines = [_said(found, f"{what} goes on")]
    print(json.dumps(found, ensure_ascii=False) if args.json else "\n".join(lines))
    return 0


def _said(found: dict[str, Any], done: str) -> str:
    return f"{done} already" if found["outcome"] == "ALREADY" else done


def _table(found: dict[str, Any]) -> list[str]:
    rows = []
    for one in found["stations"]:
        stands = (
            [f"closed, work goes to {one['closed_to'] or 'its equals, or every screen'}"]
            if one["closed"]
            else []
        )
        stands += [f"paused until {one['paused_until']}"] if one["paused_until"] else []
        group = f"one of {one['group']}" if one["group"] else ""
        rows.append(
            (
                one["station"],
                one["role"],
                f"{one['open_lines']} open lines",
                ", ".join(stands) or "open",
                group,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]).rstrip()
        for row in rows
    ]
    if found["site_paused_until"]:
        lines.append(f"the whole site is paused until {found['site_paused_until']}")
    if found["nobodys_lines"]:
        lines.append(
            f"{found['nobodys_lines']} open lines are nobody's: heard route --explain ORDER says why"
        )
    return lines
