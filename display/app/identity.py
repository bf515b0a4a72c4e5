"""Whose place a spare screen has taken, kept in its folder: after each start it is that one, until it is told to forget."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from display.app.whole_file import write_whole
from heard.errors import UserError

FILE = "identity.json"
FORGET = "--forget"


@dataclass(frozen=True, slots=True)
class Identity:
    """The screen that this one is."""

    role: str
    station: str


def kept(folder: Path) -> Identity | None:
    """Who it is; None where nobody chose yet, or what was kept cannot be read: then it asks again."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return Identity(str(found["role"]), str(found["station"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def keep(folder: Path, who: Identity) -> None:
    """On disk before anybody relies on it. Raises UserError."""
    try:
        write_whole(folder / FILE, json.dumps(asdict(who)))
    except OSError as error:
        what = f"cannot keep in {folder} whose place this screen takes: {error.strerror}"
        raise UserError(what, "name a folder that can be written: --state DIR", 1) from None


def forget(folder: Path) -> None:
    """It asks again."""
    (folder / FILE).unlink(missing_ok=True)


def start_again() -> None:
    """The same command once more, in the same process; now it is who it was told to be. Does not return."""
    arguments = [one for one in sys.argv[1:] if one != FORGET]
    os.execv(sys.executable, (sys.executable, "-m", "heard", *arguments))  # noqa: S606  # it is our own command
