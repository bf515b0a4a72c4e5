"""`heard day`: the business date of the running hub."""

from __future__ import annotations

import argparse
import json
from typing import Any

from hub.commands.day_text import report_lines
from hub.commands.running import add_hub_arguments, running_hub

SUMMARY = "the business day of the running hub: status, close, report, confirm-clock"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="status|close|report|confirm-clock")
    for name, text in (
        ("status", "the open business date, beside the wall's clock"),
        ("close", "close the business day, and print its Z report: what comes now is of the next one"),
        ("report", "the Z report of a closed day again, as it was made"),
        ("confirm-clock", "say that this machine's clock is right, where the hub doubts it"),
    ):
        one = actions.add_parser(name, help=text, description=f"{text[:1].upper()}{text[1:]}.")
        add_hub_arguments(one)
        one.add_argument("--json", action="store_true", help="for programs")
        if name == "report":
            one.add_argument(
                "--date", metavar="DATE", help="the business date (default: the last closed one)"
            )


def run(args: argparse.Namespace) -> int:
    """Asks the running hub; raises UserError."""
    hub = running_hub(args)
    if args.action == "status":
        found, lines = hub.get("day/status"), status_lines
    elif args.action == "close":
        found, lines = hub.post("day/close"), report_lines
    elif args.action == "report":
        found, lines = hub.get("day/report", date=args.date), report_lines
    else:
        found, lines = hub.post("day/confirm-clock"), confirmed_lines
    print(json.dumps(found, ensure_ascii=False) if args.json else "\n".join(lines(found)))
    return 0


def status_lines(found: dict[str, Any]) -> list[str]:
    """For people."""
    differs = (
        "" if found["business_date"] == found["wall_date"] else f"; the calendar says {found['wall_date']}"
    )
    close = f"opens {found['closing_opens']}" if found["closing_opens"] else f"not now: {found['not_now']}"
    lines = [
        f"business date  {found['business_date']}, open since {found['opened_at']}{differs}",
        f"wall clock     {found['wall']} ({found['time_zone']})",
    ]
    if found["clock_suspect"]:
        lines += [
            f"CLOCK SUSPECT  {found['clock_suspect_why']}",
            f"               this machine says {found['machine_clock']}; when that is right: heard day confirm-clock",
        ]
    else:
        lines.append(f"NTP            {'in step' if found['ntp_in_step'] else 'not in step'}")
    return [
        *lines,
        f"heard day close {close}",
        f"by itself      {found['rolls_by_itself']}",
        f"open orders    {found['open_orders']}",
    ]


def confirmed_lines(found: dict[str, Any]) -> list[str]:
    """For people."""
    if not found["was_suspect"]:
        return [f"the clock was not in doubt: {found['wall']}"]
    return [f"the hub believes its clock again: {found['wall']}"]
