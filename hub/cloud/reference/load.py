"""Rows of a module from a JSON or CSV file.

JSON: an array of objects, each with `id`. CSV: a header with `id`; `name.en` becomes {"name": {"en": …}}, columns that end in
_ids, and allergens, are lists (a;b;c), in _minor _milli _ms _s _ppm, seats, sort and course are integers, TRUE and FALSE are booleans; an empty cell
leaves the field out.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from heard.errors import UserError
from hub.cloud.reference.fields import ID

INTEGER_ENDINGS = ("_minor", "_milli", "_ms", "_s", "_ppm")
INTEGERS = frozenset({"seats", "sort", "course"})
LISTS = frozenset({"allergens"})
BOOLEANS = {"TRUE": True, "true": True, "FALSE": False, "false": False}


def read_rows(file: Path) -> dict[str, dict[str, Any]]:
    """Rows by id. Raises UserError that names the file and the row."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"cannot read {file}: {error}", "give a UTF-8 file that ends in .json or .csv"
        ) from None
    if file.suffix == ".json":
        records = _json(file, text)
    elif file.suffix == ".csv":
        records = _csv(file, text)
    else:
        raise UserError(f"{file} is neither .json nor .csv", "give a file that ends in one of them")
    rows: dict[str, dict[str, Any]] = {}
    for place, record in records:
        row_id = record.pop("id", None)
        if not isinstance(row_id, str) or not ID.fullmatch(row_id):
            raise UserError(
                f"{file}, {place}: no usable id ({row_id!r})", f"an id is a string like {ID.pattern}"
            )
        if row_id in rows:
            raise UserError(f"{file}, {place}: id {row_id} stands there twice", "leave one of them")
        rows[row_id] = record
    return rows


def _json(file: Path, text: str) -> list[tuple[str, dict[str, Any]]]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise UserError(f"{file} is not JSON: {error}", "give an array of objects") from None
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise UserError(
            f"{file} is not an array of objects", 'like [{"id": "kabsa", "name": {"en": "Kabsa"}}]'
        )
    return [(f"element {index}", dict(record)) for index, record in enumerate(found)]


def _csv(file: Path, text: str) -> list[tuple[str, dict[str, Any]]]:
    reader = csv.DictReader(text.splitlines())
    found = []
    for cells in reader:
        place = f"line {reader.line_num}"
        if None in cells or None in cells.values():
            raise UserError(
                f"{file}, {place}: not as many cells as the header has", "put cells with commas in quotes"
            )
        record: dict[str, Any] = {}
        for column, cell in cells.items():
            if cell.strip():
                _put(record, column.split("."), _value(file, place, column, cell.strip()))
        found.append((place, record))
    return found


def _put(record: dict[str, Any], path: list[str], value: object) -> None:
    for name in path[:-1]:
        record = record.setdefault(name, {})
    record[path[-1]] = value


def _value(file: Path, place: str, column: str, cell: str) -> object:
    if column in LISTS or column.endswith("_ids"):
        return [part.strip() for part in cell.split(";") if part.strip()]
    if column in INTEGERS or column.endswith(INTEGER_ENDINGS):
        try:
            return int(cell)
        except ValueError:
            raise UserError(
                f"{file}, {place}: {column} is not a whole number: {cell!r}", "amounts are in minor units"
            ) from None
    return BOOLEANS.get(cell, cell) if column != "id" else cell
