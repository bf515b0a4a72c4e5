"""Reads fields of a JSON body; what does not fit is a problem that names its path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from hub.cloud.reference.problem import Problem

ID = re.compile(r"[A-Za-z0-9._:@+-]{1,128}")
NAME = re.compile(r"[a-z_]{1,40}")
HASH = re.compile(r"[A-Za-z0-9._:-]{8,64}")
HEX16 = re.compile(r"[0-9a-f]{16}")
CURRENCY = re.compile(r"([A-Z]{3})?")
STATE = re.compile(r"[A-Z0-9_]{1,40}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INTEGER_MAX = (1 << 62) - 1  # what SQLite holds, with room to add


class Fields:
    """One JSON object and where it stands."""

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, dict):
            raise Problem("malformed", f"{path or 'the body'} must be a JSON object", path)
        self.value: dict[str, Any] = value
        self.path = path

    def at(self, name: str) -> str:
        """The path of a field."""
        return f"{self.path}.{name}" if self.path else name

    def wrong(self, name: str, what: str) -> Problem:
        """The problem of a field: `what` it must be."""
        return Problem("malformed", f"{self.at(name)} must be {what}", self.at(name))

    def has(self, name: str) -> bool:
        """Whether the field is there."""
        return name in self.value

    def text(self, name: str, pattern: re.Pattern[str] = ID, default: str | None = None) -> str:
        """A string that fits `pattern` wholly."""
        value = self.value.get(name, default)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise self.wrong(name, f"a string like {pattern.pattern}")
        return value

    def integer(self, name: str, low: int, high: int = INTEGER_MAX, default: int | None = None) -> int:
        """An integer in low…high."""
        value = self.value.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.wrong(name, f"an integer from {low} to {high}")
        return value

    def boolean(self, name: str, default: bool | None = None) -> bool:
        """True or false."""
        value = self.value.get(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return value

    def day(self, name: str) -> str:
        """A calendar date."""
        value = self.text(name, DAY)
        try:
            date.fromisoformat(value)
        except ValueError:
            raise self.wrong(name, "a date like 2026-01-31") from None
        return value

    def inner(self, name: str) -> Fields:
        """An object inside."""
        return Fields(self.value.get(name), self.at(name))

    def items(self, name: str, low: int, high: int) -> Iterator[Fields]:
        """The objects of an array of low…high."""
        value = self.value.get(name)
        if not isinstance(value, list) or not low <= len(value) <= high:
            raise self.wrong(name, f"an array of {low} to {high}")
        return (Fields(item, f"{self.at(name)}[{index}]") for index, item in enumerate(value))


def parse(data: bytes) -> Fields:
    """The JSON object of a request body."""
    try:
        return Fields(json.loads(data))
    except (ValueError, RecursionError):
        raise Problem("malformed", "the body is not JSON in UTF-8") from None
