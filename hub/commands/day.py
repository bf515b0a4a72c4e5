"""`heard day`: the business date of the running hub."""

from __future__ import annotations

import argparse
import json
from typing import Any

from hub.commands.running import add_hub_arguments, running_hub

SUMMARY = "the business day of the running hub"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    status = actions.add_parser("status", help="the open business date, beside the wall's clock")
    add_hub_arguments(status)
    status.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Asks the running hub; raises UserError."""
    found = running_hub(args).get("day/status")
    print(json.dumps(found) if args.json else "\n".join(_status_lines(found)))
    return 0


def _status_lines(found: dict[str, Any]) -> list[str]:
    return [
        f"business date {found['business_date']}, open since {found['opened_at']}",
        f"wall clock    {found['wall']}",
        f"open orders   {found['open_orders']}",
    ]
