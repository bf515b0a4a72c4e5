"""Ids, texts and numbers as they may come through the door: each check raises InvalidInput naming the field."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

from heard.errors import InvalidInput
from heard.order import Text

LINES_PER_ORDER_MAX = 200
MODIFIERS_PER_LINE_MAX = 60
TEXT_CHARACTERS_MAX = 120
"""One name, note or table on the wire; a screen must draw all of it."""
LANGUAGES_MAX = 8
ID_BYTES_MAX = 64
"""Ids are parts of store keys, whose engine takes at most 511 bytes."""
QUANTITY_MILLI_MAX = 9_999_999
"""9,999.999 of one dish; more is a slip of the finger."""
AMOUNT_MINOR_MAX = 10**15

_BIDI_OVERRIDES = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_STRIPPED: dict[int, int | None] = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), *_BIDI_OVERRIDES, 0xFEFF, 0x2028, 0x2029]
)
_STRIPPED[0x09] = _STRIPPED[0x0A] = _STRIPPED[0x0D] = ord(" ")


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """The text without control characters and bidirectional overrides; tabs and line ends become spaces."""
    return text.translate(_STRIPPED)


def fail(field: str, what: str, hint: str = "") -> InvalidInput:
    """The error to raise."""
    return InvalidInput(field, what, hint)


def check_id(field: str, value: str, *, required: bool = True) -> None:
    """What may be part of a key and of a view's name."""
    if not value:
        if required:
            raise fail(field, "is empty", "give every order and line an id of its own")
        return
    if not value.isascii() or len(value) > ID_BYTES_MAX:
        raise fail(field, f"is not 1 to {ID_BYTES_MAX} ASCII characters")
    if not value.isprintable() or "/" in value or " " in value:
        raise fail(field, "contains a space, a slash or a control character")


def check_text(field: str, text: Text) -> None:
    """A name in several languages."""
    if len(text) > LANGUAGES_MAX:
        raise fail(field, f"has more than {LANGUAGES_MAX} languages")
    for language, words in text.items():
        if len(words) > TEXT_CHARACTERS_MAX:
            raise fail(f"{field}[{language}]", f"is longer than {TEXT_CHARACTERS_MAX} characters")
        if not language or len(language) > 16:
            raise fail(field, "has a language tag that is empty or longer than 16 characters")


def check_number(field: str, value: int, low: int, high: int) -> None:
    """Both ends included."""
    if not low <= value <= high:
        raise fail(field, f"is {value}, not between {low} and {high}")


def check_amount(field: str, amount_minor: int) -> None:
    """Money in minor units, of either sign."""
    check_number(field, amount_minor, -AMOUNT_MINOR_MAX, AMOUNT_MINOR_MAX)


def cleaned(value: Any) -> Any:
    """The same value with every text in it cleaned; shares what needed no change."""
    if isinstance(value, str):
        return value if value.isprintable() and value.isascii() else clean(value)
    if isinstance(value, tuple):
        if not value:
            return value
        made = tuple([cleaned(one) for one in value])
        return value if all(new is old for new, old in zip(made, value, strict=True)) else made
    if isinstance(value, dict):
        new = {key: cleaned(words) for key, words in value.items()}
        return value if new == value else new
    if is_dataclass(value) and not isinstance(value, type):
        changed = {}
        for name in field_names(type(value)):
            old = getattr(value, name)
            if isinstance(old, int):
                continue
            fresh = cleaned(old)
            if fresh is not old and fresh != old:
                changed[name] = fresh
        return replace(value, **changed) if changed else value
    return value


@lru_cache(maxsize=256)
def field_names(kind: type) -> tuple[str, ...]:
    """Of a dataclass."""
    return tuple(one.name for one in fields(kind))


def check_modifiers(field: str, modifiers: tuple[Any, ...]) -> None:
    """Of one line, of an order or of a cart."""
    if len(modifiers) > MODIFIERS_PER_LINE_MAX:
        raise fail(field, f"has more than {MODIFIERS_PER_LINE_MAX} modifiers")
    for index, modifier in enumerate(modifiers):
        try:
            check_text("name", modifier.name)
            if len(modifier.modifier_id) > ID_BYTES_MAX:
                raise fail("modifier_id", f"is longer than {ID_BYTES_MAX} characters")
            check_number("quantity_milli", modifier.quantity_milli, 1, QUANTITY_MILLI_MAX)
        except InvalidInput as error:
            raise error.under(f"{field}[{index}]") from None


def check_length(field: str, text: str) -> None:
    """One text of no language."""
    if len(text) > TEXT_CHARACTERS_MAX:
        raise fail(field, f"is longer than {TEXT_CHARACTERS_MAX} characters")
