"""`heard numbers`: fiscal numbers of the tills, and whether a gap or a repeat is among them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heard.errors import UserError
from hub.commands.running import add_hub_arguments, data_folder, running_hub

if TYPE_CHECKING:
    from hub.core.verify import IssuedNumber, Run

SUMMARY = "fiscal numbers of the tills: status, verify"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="status|verify")
    status = actions.add_parser(
        "status",
        help="each till's segments: next, left, last report",
        description="Each till's segments as the running hub knows them.",
    )
    verify = actions.add_parser(
        "verify",
        help="walk a store, or a cloud's database, and find gaps and repeats",
        description="Walk the fiscal documents of a store or a backup (a hub may run), or of a reference cloud, and find gaps and "
        "repeats. Exit code 1 where there are any.",
    )
    for one in (status, verify):
        add_hub_arguments(one)
        one.add_argument("--json", action="store_true", help="for programs")
    verify.add_argument(
        "--cloud", type=Path, metavar="DIR", help="the data folder of `heard cloud` instead of a store"
    )


def run(args: argparse.Namespace) -> int:
    """Raises UserError."""
    if args.action == "status":
        found = running_hub(args).get("numbers/status")
        print(json.dumps(found, ensure_ascii=False) if args.json else "\n".join(status_lines(found)))
        return 0
    from hub.core.verify import find_faults

    issued, runs, where = _cloud(args.cloud) if args.cloud else _store(data_folder(args))
    faults = find_faults(issued, runs)
    if args.json:
        print(
            json.dumps(
                {"documents": len(issued), "series": len({one.series for one in issued}), "faults": faults}
            )
        )
    else:
        series = len({one.series for one in issued})
        print(f"{where}: {len(issued)} fiscal documents in {series} series")
        for one in faults:
            print(f"{one['kind']:9}  {one['series']}  {one['what']}")
        print("no gap and no repeat" if not faults else f"{len(faults)} found")
    return 1 if faults else 0


def status_lines(found: dict[str, Any]) -> list[str]:
    """For people."""
    lines = []
    for device in found["devices"]:
        there = "connected" if device["connected"] else "not connected"
        wishes = "; waits for a block of numbers" if device["wishes"] else ""
        lines.append(f"{device['device']} ({there}{wishes})")
        lines.append("  series                next      left     last report   the cloud knows")
        for one in device["segments"]:
            left = "closed" if one["closed"] else "no end" if one["left"] is None else str(one["left"])
            ago = "-" if one["reported_ago_s"] is None else f"{one['reported_ago_s']} s ago"
            reached = one["cloud_knows_next"]
            known = "-" if reached is None else "none" if reached == one["first"] else f"up to {reached - 1}"
            lines.append(f"  {one['series']:<20}  {one['next']:<8}  {left:<7}  {ago:<12}  {known}")
            if one["wrong"]:
                lines.append(f"    WRONG: {one['wrong']}")
    if not lines:
        lines.append("no till has issued a fiscal document")
    lines.append(f"fiscal documents that the cloud has not got: {found['unsynced']}")
    return lines


def _store(folder: Path) -> tuple[list[IssuedNumber], list[Run], str]:
    from hub.core.decision import CounterBook
    from hub.core.verify import IssuedNumber, Run
    from hub.store.layout import DOCS
    from hub.store.view import open_view

    with open_view(folder) as view:
        issued = [
            IssuedNumber(paper.fiscal.series, paper.fiscal.number, paper.document_id, paper.device)
            for paper in view.reader.papers("fiscal_document")
            if paper.fiscal is not None
        ]
        runs = [
            Run(one.series, one.first, one.next, bool(one.pending), book.device)
            for _, book in view.reader.documents(DOCS)
            if isinstance(book, CounterBook)
            for one in book.counters
        ]
        return issued, runs, str(view.place)


def _cloud(folder: Path) -> tuple[list[IssuedNumber], list[Run], str]:
    import sqlite3
    from contextlib import closing

    from hub.cloud.reference.run import DATABASE
    from hub.core.verify import IssuedNumber, Run

    path = folder / DATABASE
    if not path.is_file():
        raise UserError(f"{folder} holds no data of `heard cloud`", "name its --data folder")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            issued = db.execute("SELECT hub, series, number, id, device FROM fiscal").fetchall()
            runs = db.execute("SELECT hub, series, first, next, pending, device FROM segments").fetchall()
    except sqlite3.Error as error:
        raise UserError(f"{path} cannot be read: {error}", exit_code=1) from error
    several = len({row[0] for row in (*issued, *runs)}) > 1

    def named(hub: str, series: str) -> str:
        """Each hub's series are its own."""
        return f"{hub}/{series}" if several else series

    return (
        [IssuedNumber(named(row[0], row[1]), *row[2:]) for row in issued],
        [Run(named(row[0], row[1]), row[2], row[3], bool(row[4]), row[5]) for row in runs],
        str(path),
    )
