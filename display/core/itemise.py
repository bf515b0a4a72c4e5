"""Cutting a line into pieces that one font can shape in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from display.core.bidi import Base, visual_runs
from display.core.graphemes import clean, clusters, is_ignorable

Face = Literal["main", "second"]
DOT = "·"  # in place of a character that no shipped font has

# Scripts that the shipped fonts hold; every other letter shapes well enough as Latin. ISO 15924 codes.
_SCRIPTS = (
    (0x370, 0x3FF, "Grek"),
    (0x400, 0x52F, "Cyrl"),
    (0x590, 0x5FF, "Hebr"),
    (0x600, 0x6FF, "Arab"),
    (0x750, 0x77F, "Arab"),
    (0x870, 0x8FF, "Arab"),
    (0x1F00, 0x1FFF, "Grek"),
    (0xFB1D, 0xFB4F, "Hebr"),
    (0xFB50, 0xFDFF, "Arab"),
    (0xFE70, 0xFEFF, "Arab"),
)
_JOINING = "Arab"  # its letters take their form from their neighbours


@dataclass(frozen=True, slots=True)
class Piece:
    """Text in logical order for one shaping call."""

    text: str
    rtl: bool
    script: str
    face: Face


def pieces(text: str, base: Base, has: Callable[[str, Face], bool]) -> tuple[Piece, ...]:
    """The pieces of one line from left to right; `has` says whether a face holds a character."""
    found: list[Piece] = []
    for run in visual_runs(clean(text), base):
        cut = list(_cut(run.text, run.rtl, has))
        found += reversed(cut) if run.rtl else cut
    return tuple(found)


def missing(text: str, has: Callable[[str, Face], bool]) -> tuple[str, ...]:
    """The grapheme clusters of `text` that will be painted as a dot, each once."""
    cut = (cluster for run in visual_runs(clean(text), "ltr") for cluster in clusters(run.text))
    return tuple(
        dict.fromkeys(
            cluster
            for cluster in cut
            if not _holds(cluster, "main", has) and not _holds(cluster, "second", has)
        )
    )


@lru_cache(maxsize=4096)
def script_of(char: str) -> str | None:
    """The script of a letter; None for what takes the script of its neighbours."""
    code = ord(char)
    for first, last, script in _SCRIPTS:
        if first <= code <= last:
            return script
    return "Latn" if char.isalpha() else None


def _cut(text: str, rtl: bool, has: Callable[[str, Face], bool]) -> Iterator[Piece]:
    """The pieces of one run in logical order."""
    scripts = {found for char in text if (found := script_of(char))}
    if len(scripts) < 2 and all(has(char, "main") and not is_ignorable(char) for char in text):
        yield Piece(text, rtl, next(iter(scripts), "Latn"), "main")  # nearly every name
        return
    units = [_unit(cluster, has) for cluster in clusters(text)]
    units = [unit for unit in units if unit[0]]
    _keep_words_whole(units, has)
    script = next((unit[2] for unit in units if unit[2]), "Latn") or "Latn"
    start = 0
    for at in range(1, len(units) + 1):
        following = units[at] if at < len(units) else None
        if following and following[1] == units[start][1] and following[2] in (None, script):
            continue
        yield Piece("".join(unit[0] for unit in units[start:at]), rtl, script, units[start][1])
        start = at
        if following and following[2]:
            script = following[2]


_Unit = tuple[str, Face, str | None]  # what to shape, its face, its script


def _unit(cluster: str, has: Callable[[str, Face], bool]) -> _Unit:
    script = next((found for char in cluster if (found := script_of(char))), None)
    if script != _JOINING:  # only joining scripts need the joiners; elsewhere they might show as a box
        cluster = "".join(char for char in cluster if not is_ignorable(char))
    else:
        cluster = "".join(char for char in cluster if char in "\u200c\u200d" or not is_ignorable(char))
    if _holds(cluster, "main", has):
        return cluster, "main", script
    if _holds(cluster, "second", has):
        return cluster, "second", script
    return DOT, "main", None


def _holds(cluster: str, face: Face, has: Callable[[str, Face], bool]) -> bool:
    return all(is_ignorable(char) or has(char, face) for char in cluster)


def _keep_words_whole(units: list[_Unit], has: Callable[[str, Face], bool]) -> None:
    """A joined word with a letter of the second face goes there whole, or its letters would lose their joins."""
    start = 0
    for at in range(len(units) + 1):
        if at < len(units) and units[at][2] == _JOINING:
            continue
        word = units[start:at]
        if any(face == "second" for _, face, _ in word) and all(_holds(u, "second", has) for u, _, _ in word):
            units[start:at] = [(u, "second", script) for u, _, script in word]
        start = at + 1
