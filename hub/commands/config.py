"""`heard config`: the settings of the running hub. A change is checked, stored with who made it, and followed by every screen."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from hub.commands.running import add_hub_arguments, running_hub

SUMMARY = "the running hub's settings: what holds, who said it, and changing it"
WIDTH_MAX = 60
"""Of the column of keys and values; longer ones push what follows aside."""
PLACES = {"set": "set here", "file": "the file", "cloud": "the cloud", "default": "default"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="get|set|unset|diff|log|reload")
    get = actions.add_parser("get", help="what holds, key by key, and where it comes from")
    get.add_argument("key", nargs="?", default="", help='"site.name", or "stations.grill" for all below it')
    set_ = actions.add_parser("set", help="set a key; a wrong value is refused, and the old one stays")
    set_.add_argument("key", help='as in hub.toml: "stations.grill.ages.default.late_s"')
    set_.add_argument("value", help="""as in hub.toml: 600, true, '["en", "ar"]'; a text needs no quotes""")
    unset = actions.add_parser(
        "unset", help="take away what was set here: the file, cloud or default holds again"
    )
    unset.add_argument("key")
    diff = actions.add_parser(
        "diff", help="every key that somebody said, what each place says, and which holds"
    )
    log = actions.add_parser("log", help="who set what, and when, newest last")
    reload = actions.add_parser("reload", help="read the hub's file again; a wrong one changes nothing")
    for one in (get, set_, unset, diff, log, reload):
        add_hub_arguments(one)
        one.add_argument("--json", action="store_true", help="for programs")
    for one in (set_, unset):
        one.add_argument("--by", metavar="NAME", help="who says so, for the history; default: your user name")


def run(args: argparse.Namespace) -> int:
    """Asks the running hub; raises UserError."""
    hub = running_hub(args)
    match args.action:
        case "get":
            found = hub.get("config", key=args.key or None)
            lines = _columns(_value_row(row) for row in found["settings"])
        case "set":
            from hub.config.layers import parse_value

            found = hub.post("config/set", key=args.key, value=parse_value(args.value), by=args.by)
            lines = [f"{found['key']} = {_said(found['value'])}; every screen follows"]
        case "unset":
            found = hub.post("config/unset", key=args.key, by=args.by)
            value = "no value of its own" if found["value"] is None else _said(found["value"])
            lines = [f"{found['key']} is {value} again, from {PLACES[found['source']]}"]
        case "diff":
            found = hub.get("config/diff")
            lines = _diff_lines(found)
        case "reload":
            found = hub.post("config/reload")
            lines = [f"{found['file']} was read again; every screen follows"]
            if found["needs_restart"]:
                lines.append("what [network], [store] and [cloud] say now holds after a restart")
        case _:
            found = hub.get("config/log")
            lines = [_change(one) for one in found["changes"]] or ["nothing was ever set at this hub"]
    print(json.dumps(found, ensure_ascii=False) if args.json else "\n".join(lines))
    return 0


def _value_row(row: dict[str, Any]) -> tuple[str, str]:
    return f"{row['key']} = {_said(row['value'])}", _from(row)


def _from(row: dict[str, Any]) -> str:
    place = PLACES[row["source"]]
    return f"{place} by {row['by']}, {_local(row['at'])}" if "by" in row else place


def _diff_lines(found: dict[str, Any]) -> list[str]:
    rows = []
    for row in found["settings"]:
        rows.append(_value_row(row))
        for name, value in row["said"].items():
            if name != row["source"]:
                rows.append(("", f"not {_said(value)}, as {PLACES[name]} says"))
    lines = _columns(rows) or ["nobody said anything: every setting is the default"]
    for one in found["left_out"]:
        lines.append(f"left out: {one['key']} of {PLACES[one['layer']]}: {one['why']}")
    return lines


def _change(one: dict[str, Any]) -> str:
    what = "taken away" if one["value"] is None else f"= {_said(one['value'])}"
    return f"{_local(one['at'])}  {one['by']}: {one['key']} {what}"


def _columns(rows: Iterable[tuple[str, str]]) -> list[str]:
    found = list(rows)
    width = min(WIDTH_MAX, max((len(left) for left, _ in found), default=0))
    return [f"{left:<{width}}  {right}" for left, right in found]


def _said(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _local(text: str) -> str:
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M")
