"""How a row of the cloud is read: field by field, with errors that name the field; what nobody reads is not kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from heard.order import Text

ID = re.compile(r"[A-Za-z0-9._:@+-]{1,128}")
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
LANGUAGES_MAX = 16
NAME_CHARACTERS_MAX = 400
IDS_MAX = 2_000
"""Items of one offer; the row stays below 256 KiB."""
AMOUNT_MAX = 10**12
ORDER_TYPES = ("DINE_IN", "TAKEAWAY", "DELIVERY", "CAR")

T = TypeVar("T")


class BadRow(Exception):
    """A row that cannot be used; the text names the field and what is wrong with it."""


class Fields:
    """The fields of one row. `kept` gathers what was read, as it was: that is what is stored."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row = row
        self.kept: dict[str, Any] = {}

    def name(self, field: str = "name") -> Text:
        """A text by language, at least one."""
        value = self._row.get(field)
        if not isinstance(value, dict) or not value or len(value) > LANGUAGES_MAX:
            raise BadRow(f"{field} is no name by language, such as {{'en': 'Rice'}}")
        for language, text in value.items():
            if not LANGUAGE.fullmatch(language):
                raise BadRow(f"{field} has {language[:20]!r}, which is no language tag")
            if not isinstance(text, str) or not text.strip() or len(text) > NAME_CHARACTERS_MAX:
                raise BadRow(f"{field}.{language} is empty, too long or no text")
        self.kept[field] = value
        return value

    def text(self, field: str, characters_max: int, default: str | None = "") -> str:
        """A text; `default` None: it must be there."""
        value = self._get(field, default)
        if not isinstance(value, str) or len(value) > characters_max:
            raise BadRow(f"{field} is no text of at most {characters_max} characters")
        return value

    def id(self, field: str, *, required: bool = False) -> str:
        """An id, "" where it may be missing and is."""
        value = self._get(field, None if required else "")
        if value == "" and not required:
            return ""
        if not isinstance(value, str) or not ID.fullmatch(value):
            raise BadRow(f"{field} is no id")
        return value

    def ids(self, field: str) -> tuple[str, ...]:
        """A list of ids, empty where there is none."""
        value = self._get(field, [])
        if not isinstance(value, list) or len(value) > IDS_MAX:
            raise BadRow(f"{field} is no list of at most {IDS_MAX} ids")
        if not all(isinstance(one, str) and ID.fullmatch(one) for one in value):
            raise BadRow(f"{field} holds something that is no id")
        return tuple(value)

    def parts(self, field: str, parts_max: int) -> tuple[Fields, ...]:
        """A list of tables, each read field by field; empty where there is none."""
        value = self._get(field, [])
        if not isinstance(value, list) or len(value) > parts_max:
            raise BadRow(f"{field} is no list of at most {parts_max} objects")
        if not all(isinstance(one, dict) for one in value):
            raise BadRow(f"{field} holds something that is no object")
        return tuple(Fields(one) for one in value)

    def integer(self, field: str, low: int, high: int = AMOUNT_MAX, default: int | None = 0) -> int:
        """A whole number from `low` to `high`; `default` None: it must be there."""
        value = self._get(field, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadRow(f"{field} is no whole number")
        if not low <= value <= high and field in self._row:
            raise BadRow(f"{field} is {value}, not {low} to {high}")
        return value

    def flag(self, field: str, default: bool) -> bool:
        """True or false."""
        value = self._get(field, default)
        if not isinstance(value, bool):
            raise BadRow(f"{field} is neither true nor false")
        return value

    def word(self, field: str, words: tuple[str, ...], default: str | None = "") -> str:
        """One of `words`; `default` None: it must be there."""
        value = self._get(field, default)
        if value != default and value not in words:
            raise BadRow(f"{field} is {str(value)[:40]!r}, not one of {', '.join(words)}")
        return str(value)

    def _get(self, field: str, default: Any) -> Any:
        value = self._row.get(field)
        if value is None:
            if default is None:
                raise BadRow(f"{field} is missing")
            return default
        self.kept[field] = value
        return value


@dataclass(frozen=True, slots=True)
class ModuleSpec(Generic[T]):
    """One module: how its rows are read, what they refer to, and by which field they are found besides their id."""

    name: str
    read: Callable[[str, Fields], T]
    """(id, fields) -> the typed row. Raises BadRow."""
    refers: Mapping[str, str]
    """Field with one id or a list of ids -> the module that they are of."""
    found_by: str = ""
    """Also looked up by this field, which holds one id."""

    def references(self, kept: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        """(field, module, id) of everything that a stored row refers to."""
        for field, module in self.refers.items():
            value = kept.get(field)
            if isinstance(value, str):
                yield field, module, value
            elif value:
                for one in value:
                    yield field, module, one
