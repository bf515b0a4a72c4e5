"""Breaking a name into lines: between words, never an ellipsis."""

from __future__ import annotations

import re
from collections.abc import Callable

from display.core.graphemes import clusters

_BREAKS = re.compile(r"[^\S\u00a0\u2007\u202f]+|\u200b")  # white space that is not "no-break"
_OPENS = "\u2066\u2067\u2068\u202a\u202b\u202d\u202e"
_CLOSED_BY = {
    **dict.fromkeys("\u2066\u2067\u2068", "\u2069"),
    **dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c"),
}


def wrap(text: str, width_px: int, width_of: Callable[[str], int]) -> tuple[str, ...]:
    """Lines no wider than `width_px`, nothing left out; at least one.

    A word that is too long breaks between grapheme clusters; a single cluster may stay wider than the line.
    """
    words = [word for word in _BREAKS.split(text) if word]
    if not words:
        return ("",)
    lines: list[str] = []
    line = ""
    for word in words:
        joined = f"{line} {word}" if line else word
        if width_of(joined) <= width_px:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, width_px, width_of)
        lines += full
    lines.append(line)
    return _balanced(lines)


def _pieces(word: str, width_px: int, width_of: Callable[[str], int]) -> list[str]:
    """One word in pieces that fit, at least one cluster each."""
    if width_of(word) <= width_px:
        return [word]
    pieces = [""]
    for cluster in clusters(word):
        if pieces[-1] and width_of(pieces[-1] + cluster) > width_px:
            pieces.append("")
        pieces[-1] += cluster
    return pieces


def _balanced(lines: list[str]) -> tuple[str, ...]:
    """Isolates and embeddings that a break cut are closed at its end and opened again on the next line."""
    balanced: list[str] = []
    unclosed: list[str] = []
    for line in lines:
        opened = "".join(unclosed)
        for char in line:
            if char in _OPENS:
                unclosed.append(char)
            elif unclosed and char == _CLOSED_BY[unclosed[-1]]:
                unclosed.pop()
        balanced.append(opened + line + "".join(_CLOSED_BY[char] for char in reversed(unclosed)))
    return tuple(balanced)
