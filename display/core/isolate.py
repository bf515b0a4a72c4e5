"""Keeping amounts, times, #numbers, "2×" and ranges readable inside Arabic, and a site's digits."""

from __future__ import annotations

import re
from enum import StrEnum

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"

_ARABIC_INDIC = str.maketrans("0123456789.,%", "٠١٢٣٤٥٦٧٨٩٫٬٪")
_WESTERN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬٪", "01234567890123456789.,%")
_DIGIT = "0-9٠-٩۰-۹"
# A number with what belongs to it: sign, #, ≥, a unit of counting, and further numbers joined by a separator.
_NUMBER = re.compile(
    rf"[#≥≤+\-−–(]*[{_DIGIT}]+(?:\s?[×xX/:.,٫٬\-–−]\s?[{_DIGIT}]+)*\s?[×%٪]?\)?|×\s?[{_DIGIT}]+"
)


class Digits(StrEnum):
    """The one digit set of a site."""

    WESTERN = "western"
    ARABIC_INDIC = "arabic-indic"

    @classmethod
    def of_site(cls, setting: str) -> Digits:
        """The hub's settings say "western" or "arabic"."""
        return cls.ARABIC_INDIC if setting in ("arabic", "arabic-indic") else cls.WESTERN


def ltr(text: str) -> str:
    """`text` as a left-to-right isolate: its inside keeps its order wherever it stands."""
    return f"{LRI}{text}{PDI}"


def own_direction(text: str) -> str:
    """`text` as an isolate in the direction of its own first letter: a guest's name inside a sentence."""
    return f"{FSI}{text}{PDI}"


def isolate_numbers(text: str) -> str:
    """Every number of a free text as a left-to-right isolate, with its sign, "×" or range; isolates stay as they are."""
    if LRI in text or RLI in text or FSI in text:
        return text
    return _NUMBER.sub(_isolated, text)


def with_digits(text: str, digits: Digits) -> str:
    """All digits of `text`, and the separators inside numbers, in the site's set."""
    if digits is Digits.WESTERN:
        return text.translate(_WESTERN)
    return re.sub(r"[0-9]+(?:[.,][0-9]+)*%?", lambda number: number[0].translate(_ARABIC_INDIC), text)


def _isolated(match: re.Match[str]) -> str:
    before, number, after = "", match[0].rstrip(), match[0][len(match[0].rstrip()) :]
    if number.startswith("(") and not number.endswith(")"):  # a bracket of the sentence, not of the number
        before, number = "(", number[1:]
    elif number.endswith(")") and not number.startswith("("):
        number, after = number[:-1], ")" + after
    return before + ltr(number) + after
