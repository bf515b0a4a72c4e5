"""`heard preflight`: before the doors open, every screen paints, beeps and takes a key; a table says which did not."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from heard.errors import UserError
from heard.order import in_english
from heard.preflight import WAIT_S_DEFAULT, WAIT_S_MAX, WAIT_S_MIN
from hub.commands.running import RunningHub, add_hub_arguments, running_hub

SUMMARY = "before opening: every screen paints, beeps and takes a key, and who did not"
LOOK_EVERY_S = 0.25
OVERDUE_S = 10.0
"""After its time is up the hub ends it within a tick."""
WAITED_FOR_MAX = 5
NAMES_SHOWN = 12
CELLS = ("", "painted", "sound", "key", "letters")

TO_DO = {
    "no_screen": "it is not connected: switch it on, look at its network",
    "gone": "its screen went away in the middle: look at its power and its network",
    "no_answer": "it is connected and did not answer: start it again (systemctl restart heard-display@{place})",
    "not_painted": "nobody can see its picture: is the panel switched off, or its window hidden?",
    "no_sound": "it cannot beep ({sound_why}): look at its speaker and cable; heard doctor on it says more",
    "no_key": "nobody pressed a key there; where somebody did, look at the plug of its bump bar",
    "unplugged": "its bump bar is unplugged: plug it in again",
    "no_printer": "{why}",
    "sound_off": "its sound is switched off: is that meant?",
    "glyphs": "its fonts lack {lacking}: the names below show dots, or another language",
    "sizes": "{sizes}",
}
LANGUAGES = {"en": "English", "ar": "Arabic"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long, and how it is told."""
    parser.description = (
        "Every screen shows PREFLIGHT, beeps and waits for one key or touch, which does nothing else; printers are "
        "asked how they are, and every name is looked for in the screens' fonts. Orders go on meanwhile: a screen with "
        "tickets keeps them in view. Exit code 0: all is well, 1: something must be mended."
    )
    add_hub_arguments(parser)
    parser.add_argument(
        "--wait",
        type=int,
        default=WAIT_S_DEFAULT,
        metavar="SECONDS",
        help=f"until it ends, whoever is missing; {WAIT_S_MIN} to {WAIT_S_MAX}, {WAIT_S_DEFAULT} without it",
    )
    parser.add_argument("--json", action="store_true", help="for programs")


def run(args: argparse.Namespace) -> int:
    """Runs one, or joins the one that runs; raises UserError."""
    if not WAIT_S_MIN <= args.wait <= WAIT_S_MAX:
        raise UserError(f"--wait is {args.wait}", f"give {WAIT_S_MIN} to {WAIT_S_MAX} seconds")
    hub = running_hub(args)
    begun = hub.post("preflight/begin", wait=args.wait)
    found = _until_over(hub, begun["id"], quiet=args.json, joined=begun["already"])
    print(json.dumps(found, ensure_ascii=False) if args.json else "\n".join(report(found)))
    return 1 if found["failed"] else 0


def _until_over(hub: RunningHub, run_id: str, *, quiet: bool, joined: bool) -> dict[str, Any]:
    """The report once it is over; who is waited for is said to people meanwhile."""
    said = ""
    end_s = time.monotonic() + WAIT_S_MAX + OVERDUE_S
    while time.monotonic() < end_s:
        found = _look(hub, run_id)
        if not found["running"]:
            return found
        waits = waiting(found)
        if not quiet and waits != said:
            if not said:
                first = f"{found['by']} began one already" if joined else "press a key on every screen"
                print(f"{first}; at most {found['wait_s']} s", file=sys.stderr)
            print(f"  {waits}", file=sys.stderr)
            said = waits
        time.sleep(LOOK_EVERY_S)
    raise UserError("the hub does not end its preflight", "look at its log", 1)


def _look(hub: RunningHub, run_id: str) -> dict[str, Any]:
    try:
        found = hub.get("preflight")
    except UserError as error:
        raise _broken(error.what) from error
    if found["id"] != run_id:
        raise _broken("another one has begun")
    return found


def _broken(why: str) -> UserError:
    return UserError(
        f"the preflight broke off: {why}",
        "the hub stopped or started again in the middle, and its screens have taken it down: run it once more",
        1,
    )


def waiting(found: dict[str, Any]) -> str:
    """ "waiting for GRILL: key · FRY: beep, key"."""
    pieces = []
    for row in found["rows"]:
        if row["kind"] == "screen" and row["connected"]:
            lacks = [
                word
                for word, there in (
                    ("picture", row["painted"]),
                    ("beep", row["sound"] != "UNSPECIFIED"),
                    ("key", row["keys"] != "UNSPECIFIED"),
                )
                if not there
            ]
            if lacks:
                pieces.append(f"{called(row)}: {', '.join(lacks)}")
        elif "gone" in row["problems"]:
            pieces.append(f"{called(row)}: it went away")
    more = len(pieces) - WAITED_FOR_MAX
    told = " · ".join(pieces[:WAITED_FOR_MAX]) + (f" · and {more} more" if more > 0 else "")
    return f"waiting for {told}" if pieces else "reading names, asking printers"


def called(row: dict[str, Any]) -> str:
    """ "GRILL", "the board", "cart T1"."""
    name = in_english(row["name"])
    if name:
        return str(name).upper()
    return f"{row['role']} {row['place']}".strip()


def report(found: dict[str, Any]) -> list[str]:
    """The table, what to do, and a last line that says whether all is well."""
    rows = [_cells(row) for row in found["rows"]]
    widths = [max(map(len, column)) for column in zip(CELLS, *rows, strict=True)]
    lines = [_line(CELLS, widths)] if rows else []
    for row, cells in zip(found["rows"], rows, strict=True):
        lines.append(_line(cells, widths))
        lines += [f"    → {text}" for text in to_do(row)]
    lines += _names(found)
    bad = sum(bool(row["problems"]) for row in found["rows"])
    count = len(found["rows"])
    if not count:
        return [*lines, "no screen is connected, and the settings name none"]
    if found["failed"]:
        return [
            *lines,
            f"NOT READY: {bad} of {count} must be looked at" if bad else "NOT READY: see the names",
        ]
    return [*lines, f"READY: {count} of {count}, in {found['took_s']:g} s"]


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    mark = "✗" if row["problems"] else "✓"
    name = f"{mark} {called(row)}"
    if row["kind"] != "screen":
        return (name, row["kind"] if row["kind"] == "printer" else "no screen", "", "", "")
    same = f" ({row['device']})" if row["device"] else ""
    for problem, words in (("no_screen", "no screen"), ("no_answer", "no answer")):
        if problem in row["problems"]:
            return (name + same, words, "", "", "")
    sound = {"PLAYED": "beeped", "OFF": "off", "BROKEN": "broken"}.get(row["sound"], "no")
    key = {"TAKEN": row["key"] or row["key_device"] or "yes", "NONE": "–"}.get(row["keys"], "no")
    letters = f"{len(row['missing'])} lack" if row["missing"] else "all"
    return (name + same, "yes" if row["painted"] else "no", sound, key, letters)


def to_do(row: dict[str, Any]) -> list[str]:
    """A sentence for each thing that is wrong with it."""
    lacking = " ".join(row["missing"][:8])
    told = []
    for word in (*row["problems"], *row["warnings"]):
        key = "unplugged" if word == "no_key" and row["unplugged"] else word
        text = TO_DO.get(key, key)
        why = row["sound_why"] or "it did not say why"
        told.append(text.format(**{**row, "sound_why": why, "lacking": lacking}))
    return told


def _names(found: dict[str, Any]) -> list[str]:
    if not found["names_total"]:
        return [f"names: {found['names_checked']} looked at, all can be shown in every language"]
    lines = [
        f"names: {found['names_checked']} looked at, {found['names_total']} cannot be shown as they should"
    ]
    for one in found["names"][:NAMES_SHOWN]:
        wrong = []
        if one["lacks"]:
            wrong.append("no " + " and no ".join(LANGUAGES.get(code, code) for code in one["lacks"]))
        if one["glyphs"]:
            dots = "shows dots in every language" if one["unreadable"] else "no font has"
            wrong.append(f"{dots}: {' '.join(one['glyphs'][:8])}")
        lines.append(f"    {one['kind']} {one['text']} · {', '.join(wrong)}")
    more = found["names_total"] - min(NAMES_SHOWN, len(found["names"]))
    return [*lines, f"    and {more} more"] if more > 0 else lines
