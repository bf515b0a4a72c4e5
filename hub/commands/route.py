"""`heard route`: where each line of an order goes, and why; or where one would go."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from typing import Any

from heard.errors import UserError
from hub.commands.running import add_hub_arguments, data_folder, running_hub

SUMMARY = "where the lines of an order go, and why"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to ask."""
    wish = parser.add_mutually_exclusive_group(required=True)
    wish.add_argument("--explain", metavar="ORDER", help="an order of today, by its number or id")
    wish.add_argument("--try", dest="try_", action="store_true", help="a line that nobody held")
    parser.add_argument("--item", metavar="ID", help="with --try: its item")
    parser.add_argument("--category", metavar="NAME", help="with --try: its category")
    parser.add_argument(
        "--type", metavar="TYPE", help="with --try: dine_in, takeaway, delivery, car, or a till's own word"
    )
    parser.add_argument("--area", metavar="NAME", help="with --try: where the table stands")
    parser.add_argument("--terminal", metavar="NAME", help="with --try: which till holds it")
    parser.add_argument(
        "--store", action="store_true", help="read the store itself, for a hub that does not run, or a backup"
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    add_hub_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Asks the running hub, or looks into its store; raises UserError."""
    from hub.core.explain import explain_lines

    wishes = {name: getattr(args, name) for name in ("item", "category", "type", "area", "terminal")}
    if args.explain and any(wishes.values()):
        raise UserError("--explain takes an order and nothing else", "--item and the others go with --try")
    if args.store:
        found = _from_store(args, wishes)
    elif args.explain:
        found = running_hub(args).get("route/explain", order=args.explain)
    else:
        found = running_hub(args).get("route/try", **wishes)
    print(json.dumps(found, ensure_ascii=False) if args.json else "\n".join(explain_lines(found)))
    return 0


def _from_store(args: argparse.Namespace, wishes: dict[str, Any]) -> dict[str, Any]:
    """With the settings of the file and those that the store holds; the cloud's module is not asked."""
    from hub.commands.stored import file_settings, settings_that_hold
    from hub.core.decision import STATIONS_KEY
    from hub.core.site import Site
    from hub.core.stations import closed_of
    from hub.site_api import explain_order, tried_order
    from hub.store.layout import CLOSED, OPEN
    from hub.store.view import open_view

    base = file_settings(args.config)
    if base.cloud.url:
        print(
            "heard route: what the cloud says of stations and routes only the running hub knows: ask it without --store",
            file=sys.stderr,
        )
    with open_view(data_folder(args)) as view:
        reader = view.reader
        config = settings_that_hold(base, reader)
        plan = config.routing()
        closed = closed_of(reader.get(STATIONS_KEY), config.prep_stations)
        site = Site(replace(plan, floor=replace(plan.floor, closed=closed)), config.site_profile())
        if not args.explain:
            return explain_order(tried_order(wishes), site)
        name = args.explain.removeprefix("#")
        for order in reader.orders(OPEN, CLOSED):
            if name in (order.order_id, order.call_number):
                return explain_order(order, site)
    raise UserError(f"the store has no order {name!r}", "give its number or id; heard inspect lists them")
