"""`heard inspect`: what a store or a backup holds, also while its hub runs."""

import argparse
import sys
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from heard.errors import UserError
from hub.config.model import DEFAULT_DATA

if TYPE_CHECKING:
    from heard.order import Order
    from hub.store.seam import Entry
    from hub.store.view import View

SUMMARY = "print orders, tickets and the log of a store or a backup"
LIMIT = 50  # lines that a person reads
LOG_CHUNK = 1_000  # entries read at a time


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where, what of it, how."""
    parser.add_argument("what", nargs="?", choices=("orders", "tickets", "log"), default="orders")
    parser.add_argument(
        "--data",
        type=Path,
        default=DEFAULT_DATA,
        metavar="DIR",
        help="data folder of a hub, or a backup (default %(default)s)",
    )
    parser.add_argument(
        "--json", action="store_true", help="everything, for programs (log: one object a line)"
    )
    parser.add_argument("--order", metavar="ID", help="one order with its history, by id or call number")
    parser.add_argument(
        "--limit", type=int, default=LIMIT, metavar="N", help="lines for people (default %(default)s)"
    )


def run(args: argparse.Namespace) -> int:
    """Prints; raises UserError."""
    from hub.store import show
    from hub.store.layout import CLOSED, OPEN
    from hub.store.view import open_view

    if args.limit < 1:
        raise UserError(f"--limit {args.limit} shows nothing", "give a number from 1 on")
    if args.order and args.what != "orders":
        raise UserError(f"--order shows an order; it does not go with {args.what}")
    with open_view(args.data) as view:
        if args.order:
            found = list(_named(view, args.order))
            for order in found:
                print(show.order_json_text(order) if args.json else "\n".join(show.order_details(order)))
            if not found:
                raise UserError(f"no order {args.order!r} in {view.place}", "heard inspect lists all", 1)
        elif args.what == "log":
            _print_log(view, args.json, args.limit)
        elif args.json:
            tables = (OPEN, CLOSED) if args.what == "orders" else (OPEN,)
            sys.stdout.writelines(show.json_document(view, view.reader.orders(*tables)))
        elif args.what == "tickets":
            _print_heading(view)
            print("\n".join(show.ticket_lines(view.reader.orders(OPEN))))
        else:
            _print_heading(view)
            newest_closed = view.reader.newest_closed(args.limit)
            newest = islice(chain(view.reader.orders(OPEN), newest_closed), args.limit)
            print("\n".join(show.order_table(newest)))
            count = view.reader.count(OPEN), view.reader.count(CLOSED)
            print(f"{count[0]} open (* waits at that station), {count[1]} closed")
    return 0


def _print_heading(view: "View") -> None:
    running = "a hub is serving it" if view.running else "no hub is running on it"
    print(
        f"{view.place}: store {view.identity.store_id}, epoch {view.identity.epoch_n}, "
        f"revision {view.state.rev}; {running}"
    )


def _named(view: "View", name: str) -> "Iterator[Order]":
    from heard.order import Order
    from hub.core.decision import order_key
    from hub.store.layout import CLOSED, OPEN

    found = view.reader.get(order_key(name))
    if isinstance(found, Order):
        yield found
        return
    for order in view.reader.orders(OPEN, CLOSED):
        if order.call_number == name:
            yield order


def _print_log(view: "View", as_json: bool, limit: int) -> None:
    from hub.store import show

    if as_json:
        for entry, hub_ms in _log(view, view.state.compact_rev):
            print(show.log_json(entry, hub_ms))
        return
    _print_heading(view)
    print(f"the log begins after revision {view.state.compact_rev}; the newest {limit}:")
    print("\n".join(show.log_lines(view.reader.newest_log(limit))))


def _log(view: "View", from_rev: int) -> "Iterator[tuple[Entry, int]]":
    from hub.store.reader import to_entry

    while records := view.reader.log_records(from_rev, view.state.rev, LOG_CHUNK):
        for rev, record in records:
            yield to_entry(rev, record), record.hub_ms
        from_rev = records[-1][0]
