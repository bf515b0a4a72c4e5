"""`heard orders`: what the cloud has not got and why, and another try of what it refused."""

from __future__ import annotations

import argparse
import json
from typing import Any

from heard.errors import UserError
from hub.commands.running import add_hub_arguments, data_folder, running_hub

SUMMARY = "orders on their way to the cloud: --not-synced, --errors, retry"
LIMIT = 50  # lines that a person reads


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which list, or what to do."""
    parser.add_argument("action", nargs="?", choices=("retry",), help="try again what is in ERROR")
    parser.add_argument("id", nargs="?", metavar="ID", help="the order or document to try again")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--not-synced", action="store_true", help="list what is still to be pushed, oldest first"
    )
    what.add_argument("--errors", action="store_true", help="list what the cloud will not take, and why")
    what.add_argument("--all", action="store_true", help="with retry: all that is in ERROR")
    add_hub_arguments(parser)
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument(
        "--limit", type=int, default=LIMIT, metavar="N", help="lines of a list (default %(default)s)"
    )


def run(args: argparse.Namespace) -> int:
    """Asks the running hub, or looks into the store of one that does not run; raises UserError."""
    if args.action == "retry":
        found, lines = _retry(args), retried_lines
    elif args.id or args.all or not (args.not_synced or args.errors):
        raise UserError(
            "say what of the orders", "heard orders --not-synced, --errors, or heard orders retry ID|--all"
        )
    elif args.limit < 1:
        raise UserError(f"--limit {args.limit} shows nothing", "give a number from 1 on")
    else:
        found, lines = _listed(args), listed_lines
    print(json.dumps(found, ensure_ascii=False) if args.json else "\n".join(lines(found)))
    return 0


def _retry(args: argparse.Namespace) -> dict[str, Any]:
    if args.not_synced or args.errors or bool(args.id) == args.all:
        raise UserError("retry takes one ID, or --all", "heard orders --errors lists the ids")
    hub = running_hub(args)
    return hub.post("orders/retry", all=True) if args.all else hub.post("orders/retry", id=args.id)


def _listed(args: argparse.Namespace) -> dict[str, Any]:
    from hub.store.layout import DataDir
    from hub.store.view import is_served

    state = "errors" if args.errors else "not-synced"
    folder = data_folder(args)
    if is_served(DataDir(folder)):
        return running_hub(args).get("orders/outbox", state=state, limit=args.limit)
    from hub.cloud.outgoing import listing
    from hub.store.view import open_view

    with open_view(folder) as view:
        return listing(view.reader.outbox(), state, args.limit) | {"cloud": "no hub is running on this store"}


def listed_lines(found: dict[str, Any]) -> list[str]:
    """For people."""
    lines = []
    if found["documents"]:
        lines.append(f"{'NUMBER':<8} {'CHANGED (UTC)':<25} {'V':>3}  {'DOCUMENT':<46} WHY")
    for one in found["documents"]:
        number = one["call_number"] or "-"
        document = f"{one['kind']} {one['id']}"
        lines.append(
            f"{number:<8} {one['changed_at']:<25} {one['version']:>3}  {document:<46} {one['reason']}".rstrip()
        )
    lines.append(f"{found['pending']} not at the cloud yet, {found['errors']} refused by it")
    if found["cloud"]:
        lines.append(found["cloud"])
    return lines


def retried_lines(found: dict[str, Any]) -> list[str]:
    """For people."""
    count = len(found["retried"])
    lines = [f"trying again: {key}" for key in found["retried"][:LIMIT]]
    if count > LIMIT:
        lines.append(f"… and {count - LIMIT} more")
    return lines or ["nothing is in ERROR"]
