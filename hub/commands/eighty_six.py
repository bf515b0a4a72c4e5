"""`heard 86`: what is out. Screens and tills see it at once; orders with it are taken all the same."""

from __future__ import annotations

import argparse
import json

from heard.errors import UserError
from hub.commands.running import add_hub_arguments, running_hub

SUMMARY = "what is out at the running hub, and saying so"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    parser.add_argument("item", nargs="?", help="the id of an item that is out; without one: what is out now")
    parser.add_argument("--back", action="store_true", help="it is available again")
    parser.add_argument(
        "--name", metavar="TEXT", help="what people call it, where screens do not know the id"
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    add_hub_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Asks the running hub; raises UserError."""
    if not args.item and (args.back or args.name):
        raise UserError("which item?", "give its id: heard 86 fries --back")
    hub = running_hub(args)
    if args.item:
        found = hub.post("eighty-six/set", item=args.item, back=args.back, name=args.name)
        lines = [
            f"{args.item} is {'available' if args.back else 'out'}{' already' if found['outcome'] == 'ALREADY' else ''}"
        ]
    else:
        found = hub.get("eighty-six")
        lines = [
            f"{one['item']}  {' / '.join(one['name'].values())}  for {one['minutes']} min, says {one['by']}"
            for one in found["items"]
        ] or ["nothing is out"]
    print(json.dumps(found, ensure_ascii=False) if args.json else "\n".join(lines))
    return 0
