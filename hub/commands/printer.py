"""`heard printer`: the kitchen printers of the running hub, and a ticket on paper once more."""

from __future__ import annotations

import argparse
import json
from typing import Any

from hub.commands.running import add_hub_arguments, running_hub

SUMMARY = "kitchen printers of the running hub, and a ticket on paper once more"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|copy|test")
    listed = actions.add_parser("list", help="ask each printer how it is, and say what waits for it")
    copy = actions.add_parser("copy", help="print a ticket once more, marked COPY")
    copy.add_argument("order", help="an order of today, by its number or id")
    copy.add_argument("--station", default="expo", help="whose ticket; default: expo, the slip of the pass")
    copy.add_argument(
        "--printer",
        metavar="STATION",
        help="where; default: the station's `printer`, else the first of its `backup`",
    )
    test = actions.add_parser("test", help="print a slip of no order, to see whether it can be read")
    test.add_argument("printer", help='a station of role "printer"')
    for one in (listed, copy, test):
        add_hub_arguments(one)
        one.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Asks the running hub; raises UserError. `list` gives 1 where a printer does not print."""
    hub = running_hub(args)
    if args.action == "list":
        found = hub.get("printers")
        lines = _table(found["printers"])
        code = int(not all(one["ready"] and one["served"] for one in found["printers"]))
    elif args.action == "test":
        found = hub.post("printers/test", printer=args.printer)
        lines, code = [f"{args.printer} has printed a test slip"], 0
    else:
        found = hub.post("printers/copy", order=args.order, station=args.station, printer=args.printer)
        waits = " already" if found["outcome"] == "ALREADY" else ""
        lines, code = [f"{found['order']} {found['message']}{waits}"], 0
    print(json.dumps(found, ensure_ascii=False) if args.json else "\n".join(lines))
    return code


def _table(printers: list[dict[str, Any]]) -> list[str]:
    if not printers:
        return ['no station has the role "printer"']
    rows = [
        (
            one["station"],
            one["address"],
            one["state"] if one["served"] else f"{one['state']}, but this hub cannot print: see its log",
            f"{one['waiting']} waiting, {one['printed']} printed, {one['died']} died",
        )
        for one in printers
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    ]
