"""Calling a number aloud from recorded clips: which clips, in which order. English and Arabic count differently. Pure.

Clips are files named after what is said in them: "call" (Order number …, رقم …), "0" to "20", "30" … "90", and for Arabic
"100" to "900", "1000", "2000"; for English "hundred"; for both "thousand"; for Arabic "thousands" (آلاف) and "and" (و).
Letters are "a" to "z".
"""

from __future__ import annotations

import re
from collections.abc import Collection

CALL, AND, HUNDRED, THOUSAND, THOUSANDS = "call", "and", "hundred", "thousand", "thousands"
_NUMBER = re.compile(r"([A-Za-z]{0,3})-?([0-9]{1,4})")
LANGUAGES = ("en", "ar")


def clips(number: str, language: str) -> tuple[str, ...]:
    """The names of the clips for a call number such as "214" or "A12"; empty for one that cannot be said."""
    match = _NUMBER.fullmatch(number.strip())
    if match is None or language not in LANGUAGES:
        return ()
    letters, digits = match[1].lower(), match[2]
    said = _leading_zeros(digits) or (_english(int(digits)) if language == "en" else _arabic(int(digits)))
    return (CALL, *letters, *said)


def missing(names: Collection[str], have: Collection[str]) -> tuple[str, ...]:
    """Clips that are not recorded, each once."""
    return tuple(dict.fromkeys(name for name in names if name not in have))


def _leading_zeros(digits: str) -> tuple[str, ...]:
    """ "007" is said digit by digit."""
    return tuple(digits) if len(digits) > 1 and digits[0] == "0" else ()


def _english(number: int) -> tuple[str, ...]:
    """ "two hundred fourteen"."""
    if number < 20:
        return (str(number),)
    if number < 100:
        tens, rest = number - number % 10, number % 10
        return (str(tens), *((str(rest),) if rest else ()))
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return (str(hundreds), HUNDRED, *(_english(rest) if rest else ()))
    thousands, rest = divmod(number, 1000)
    return (*_english(thousands), THOUSAND, *(_english(rest) if rest else ()))


def _arabic(number: int) -> tuple[str, ...]:
    """ "two hundred and five and forty": units before tens, and "and" between all."""
    if number < 20:
        return (str(number),)
    if number < 100:
        tens, rest = number - number % 10, number % 10
        return (str(rest), AND, str(tens)) if rest else (str(tens),)
    if number < 1000:
        hundreds, rest = number - number % 100, number % 100
        return (str(hundreds), *((AND, *_arabic(rest)) if rest else ()))
    thousands, rest = divmod(number, 1000)
    if thousands in (1, 2):
        head: tuple[str, ...] = (str(thousands * 1000),)
    elif thousands <= 10:
        head = (str(thousands), THOUSANDS)
    else:
        head = (*_arabic(thousands), THOUSAND)
    return (*head, *((AND, *_arabic(rest)) if rest else ()))
