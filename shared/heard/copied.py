"""A till's journal that was copied: put back from a backup, or on a card that was cloned. It begins a new incarnation.

Beside the journal lies a mark of how far its fiscal numbers had come, and inside it the machine that it was written on. A
copy of the journal alone is behind the mark; a card in another machine names that one. Two clones in machines that cannot be
told apart are found by the hub and the cloud.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from heard.numbering import Book

MACHINE_KEY = "machine"


def mark_path(journal: Path) -> Path:
    """Where the mark of this journal lies."""
    return journal.with_name(f"{journal.name}.mark")


def why_copied(values: dict[str, str], book: Book, machine: str, mark: dict[str, int]) -> str:
    """Why the journal with these values is a copy, for the log; "" where it is not. Pure."""
    known = values.get(MACHINE_KEY, "")
    if known and machine and known != machine:
        return f"the journal was written on another machine ({known}), this one is {machine}"
    for segment in book.segments:
        reached = mark.get(f"{segment.series} {segment.first}", 0)
        if reached > segment.next:
            return f"the journal is an older copy: series {segment.series} had reached {reached}, it says {segment.next}"
    return ""


def mark_of(book: Book) -> dict[str, int]:
    """How far the numbers have come, by series and first number."""
    return {f"{one.series} {one.first}": one.next for one in book.segments}


def read_mark(path: Path) -> dict[str, int]:
    """The mark; empty where there is none or it cannot be read: it is a lower bound. Blocking."""
    try:
        found = json.loads(path.read_text())
        return {str(key): int(value) for key, value in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def write_mark(path: Path, mark: dict[str, int]) -> None:
    """Whole or not at all; never raises: without it an older copy is found later, by the hub. Blocking."""
    half = path.with_name(f"{path.name}.tmp")
    with suppress(OSError), half.open("w") as file:
        json.dump(mark, file)
        file.flush()
        os.fsync(file.fileno())
        half.replace(path)
