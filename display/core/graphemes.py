"""What a reader sees as one character, and the characters that are not seen at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_MARKS = frozenset(("Mn", "Me", "Mc"))
# Default_Ignorable_Code_Point that bidi ordering leaves in the text, and variation selectors.
_IGNORABLE = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u2060\u3164\ufeff\uffa0")


def clean(text: str) -> str:
    """`text` as something to paint on one line: separators and controls become spaces, lone surrogates U+FFFD."""
    if text.isprintable():  # the usual case; format characters are not printable and go the long way
        return text
    return "".join(_clean(char) for char in text)


def clusters(text: str) -> Iterator[str]:
    """Grapheme clusters (UAX #29 without Hangul and Indic conjuncts): marks, emoji sequences and flags stay whole."""
    start = 0
    flags = 0
    for at in range(1, len(text)):
        before, char = text[at - 1], text[at]
        flags = flags + 1 if _is_flag_half(before) else 0
        if _extends(char) or (before == _ZWJ and _is_pictograph(char)):
            continue
        if _is_flag_half(char) and flags % 2:
            continue
        yield text[start:at]
        start = at
    if text:
        yield text[start:]


@lru_cache(maxsize=4096)
def is_ignorable(char: str) -> bool:
    """Whether the character leaves no mark of its own: it needs no glyph."""
    return (
        char in _IGNORABLE
        or char in (_ZWNJ, _ZWJ)
        or "\ufe00" <= char <= "\ufe0f"
        or "\u180b" <= char <= "\u180f"
        or "\U000e0000" <= char <= "\U000e0fff"
    )


def _clean(char: str) -> str:
    kind = unicodedata.category(char)
    if kind in ("Cc", "Zl", "Zp"):
        return " "
    return "\ufffd" if kind == "Cs" else char


def _extends(char: str) -> bool:
    return (
        unicodedata.category(char) in _MARKS
        or char in (_ZWNJ, _ZWJ)
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= char <= "\U000e007f"  # flag tags
    )


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _is_pictograph(char: str) -> bool:
    return char >= "\u2190" and unicodedata.category(char) in ("So", "Cn", "Sm")
