"""`heard sync`: how far the running hub is in step with the cloud, and what is held back."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from heard.errors import UserError
from hub.commands.running import RunningHub, add_hub_arguments, running_hub

SUMMARY = "in step with the cloud: status, now, reset, quarantine, graph"
WAIT_S = 120.0
"""For a cycle that was asked for; a first sync of a large catalogue goes on by itself."""
LOOK_EVERY_S = 0.2
QUARANTINE_PAGE = 500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="status|now|reset|quarantine|graph")
    status = actions.add_parser("status", help="what is up to date since when, what failed and why")
    add_hub_arguments(status)
    status.add_argument("--json", action="store_true", help="for programs")
    now = actions.add_parser("now", help="ask the cloud now, and wait for the end of it")
    add_hub_arguments(now)
    reset = actions.add_parser(
        "reset", help="pull a module from the beginning; the old rows serve until it is done"
    )
    reset.add_argument("module", metavar="MODULE", help="such as prices; 'heard sync graph' has them all")
    add_hub_arguments(reset)
    for one in (now, reset):
        one.add_argument(
            "--wait-s",
            type=float,
            default=WAIT_S,
            metavar="S",
            help="for its end (default %(default)g; 0: do not wait)",
        )
    quarantine = actions.add_parser("quarantine", help="rows of the cloud that cannot be used, and why")
    quarantine.add_argument("module", nargs="?", default="", metavar="MODULE", help="of this module only")
    add_hub_arguments(quarantine)
    quarantine.add_argument("--json", action="store_true", help="with the rows as the cloud sent them")
    graph = actions.add_parser("graph", help="which module is pulled after which; needs no hub")
    graph.add_argument(
        "--profile", metavar="NAME", help="restaurant or retail; over [cloud] profile of --config"
    )
    graph.add_argument("--config", type=Path, metavar="FILE", help="a hub's settings")
    graph.add_argument("--mermaid", action="store_true", help="as a Mermaid flow chart, for documents")


def run(args: argparse.Namespace) -> int:
    """Raises UserError."""
    if args.action == "graph":
        print(_graph(args))
        return 0
    hub = running_hub(args)
    if args.action == "status":
        found = hub.get("sync/status")
        print(json.dumps(found, ensure_ascii=False) if args.json else "\n".join(status_lines(found)))
        return 0
    if args.action == "quarantine":
        return _quarantine(hub, args)
    asked = hub.post("sync/now") if args.action == "now" else hub.post("sync/reset", module=args.module)
    if args.wait_s <= 0:
        print("the hub was told; heard sync status says how far it is")
        return 0
    return _wait(hub, int(asked["cycle"]), args.wait_s)


def _wait(hub: RunningHub, cycle: int, wait_s: float) -> int:
    """0 when the cycle after `cycle` others left nothing undone."""
    until = time.monotonic() + wait_s
    while True:
        found = hub.get("sync/status")
        if found["cycles"] > cycle and found["phase"] in ("IDLE", "PAUSED"):
            print("\n".join(status_lines(found)))
            bad = found["failure"] or any(one["failure"] for one in found["modules"])
            return 1 if bad else 0
        if time.monotonic() >= until:
            raise UserError(
                f"it is not done after {wait_s:g} s and goes on by itself",
                "heard sync status says how far it is",
                1,
            )
        time.sleep(LOOK_EVERY_S)


def status_lines(found: dict[str, Any]) -> Iterator[str]:
    """For people."""
    yield f"cloud    {found['url']} as {found['hub']}, profile {found['profile']}"
    checked = found["checked_at"]
    yield f"checked  {_moment(checked) if checked else 'never'}, asked every {found['poll_interval_s']} s"
    if found["phase"] == "PAUSED":
        yield "PAUSED   the cloud does not let this hub in; mend that, then: heard sync now"
    elif found["phase"] != "IDLE":
        yield "now      a cycle is running"
    failure = found["failure"]
    if failure:
        yield f"FAILED   since {_moment(failure['since'])}: {failure['reason']}"
    yield ""
    width = max(len(one["module"]) for one in found["modules"])
    yield f"{'MODULE':<{width}}  {'STATE':<12}  {'ROWS':>7}  {'HELD BACK':>9}  {'UP TO DATE (UTC)':<19}"
    for one in found["modules"]:
        held = str(one["quarantined"] or "")
        state = f"{one['state']}*" if one["resetting"] else one["state"]
        yield (
            f"{one['module']:<{width}}  {state:<12}  {one['rows']:>7}  {held:>9}  "
            f"{_moment(one['up_to_date_at']) or 'never':<19}"
        ).rstrip()
    if any(one["resetting"] for one in found["modules"]):
        yield "* is being pulled from the beginning; the rows of before serve until that is done"
    for one in found["modules"]:
        if one["failure"]:
            yield f"{one['module']}: {one['state']} since {_moment(one['failed_since'])}: {one['failure']}"
    if any(one["quarantined"] for one in found["modules"]):
        yield "held back rows cannot be used, their old ones stay: heard sync quarantine says why"


def _quarantine(hub: RunningHub, args: argparse.Namespace) -> int:
    after = None
    count = 0
    while True:
        page = hub.get("sync/quarantine", module=args.module or None, after=after, limit=QUARANTINE_PAGE)
        for row in page["rows"]:
            count += 1
            if args.json:
                print(json.dumps(row, ensure_ascii=False))
            else:
                print(f"{row['module']} {row['id']}, since {_moment(row['since'])}: {row['reason']}")
        after = page["next"] or None
        if after is None:
            break
    if not count and not args.json:
        print("nothing is held back")
    return 0


def _graph(args: argparse.Namespace) -> str:
    from hub.core.sync_graph import PROFILES, GraphError, as_mermaid, as_text, profile_graph

    profile = args.profile
    if profile is None and args.config is not None:
        from hub.config import load_config

        profile = load_config(args.config).cloud.profile
    try:
        found = profile_graph(profile or "restaurant")
    except GraphError as error:
        raise UserError(str(error), f"--profile is one of {', '.join(PROFILES)}") from None
    return as_mermaid(found) if args.mermaid else as_text(found)


def _moment(text: str) -> str:
    """A time of the hub's answer (UTC) without its zone."""
    return text.partition("+")[0].replace("T", " ")
