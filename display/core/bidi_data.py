"""Character properties that bidi ordering needs and `unicodedata` lacks, as of Unicode 15."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Bidi_Paired_Bracket, which unicodedata lacks: (first opening bracket, last one); its partner is the next code point.
# fmt: off
_BRACKET_PAIRS = (
    (0x28, 0x28), (0xF3A, 0xF3C), (0x169B, 0x169B), (0x2045, 0x2045), (0x207D, 0x207D), (0x208D, 0x208D),
    (0x2308, 0x230A), (0x2329, 0x2329), (0x2768, 0x2774), (0x27C5, 0x27C5), (0x27E6, 0x27EE), (0x2983, 0x298B),
    (0x2991, 0x2997), (0x29D8, 0x29DA), (0x29FC, 0x29FC), (0x2E22, 0x2E28), (0x2E55, 0x2E5B), (0x3008, 0x3010),
    (0x3014, 0x301A), (0xFE59, 0xFE5D), (0xFF08, 0xFF08), (0xFF5F, 0xFF5F), (0xFF62, 0xFF62),
)
# fmt: on
_BRACKET_PAIRS_APART = ("[]", "{}", "\u298d\u2990", "\u298f\u298e", "\uff3b\uff3d", "\uff5b\uff5d")
CLOSING = {chr(o): chr(o + 1) for first, last in _BRACKET_PAIRS for o in range(first, last + 1, 2)}
CLOSING.update((pair[0], pair[1]) for pair in _BRACKET_PAIRS_APART)
CANONICAL = {"\u2329": "\u3008", "\u232a": "\u3009"}
CLOSED = frozenset(CLOSING.values())

# DerivedBidiClass defaults for code points that this Python's unicodedata does not know yet.
# fmt: off
_UNASSIGNED = (
    (0x590, 0x5FF, "R"), (0x600, 0x7BF, "AL"), (0x7C0, 0x85F, "R"), (0x860, 0x8FF, "AL"), (0x20A0, 0x20CF, "ET"),
    (0xFB1D, 0xFB4F, "R"), (0xFB50, 0xFDCF, "AL"), (0xFDD0, 0xFDEF, "BN"), (0xFDF0, 0xFDFF, "AL"),
    (0xFE70, 0xFEFF, "AL"), (0x10800, 0x10CFF, "R"), (0x10D00, 0x10D3F, "AL"), (0x10D40, 0x10EBF, "R"),
    (0x10EC0, 0x10EFF, "AL"), (0x10F00, 0x10F2F, "R"), (0x10F30, 0x10F6F, "AL"), (0x10F70, 0x10FFF, "R"),
    (0x1E800, 0x1EC6F, "R"), (0x1EC70, 0x1ECBF, "AL"), (0x1ECC0, 0x1ECFF, "R"), (0x1ED00, 0x1ED4F, "AL"),
    (0x1ED50, 0x1EDFF, "R"), (0x1EE00, 0x1EEFF, "AL"), (0x1EF00, 0x1EFFF, "R"), (0xE0000, 0xE0FFF, "BN"),
)
# fmt: on


@lru_cache(maxsize=4096)
def bidi_class(char: str) -> str:
    """The character's Bidi_Class, with Unicode's defaults for unassigned code points."""
    known = unicodedata.bidirectional(char)
    if known:
        return known
    code = ord(char)
    if code & 0xFFFE == 0xFFFE:
        return "BN"
    return next((kind for first, last, kind in _UNASSIGNED if first <= code <= last), "L")
