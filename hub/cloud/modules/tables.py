"""Tables: where guests sit, and in which area, which routing may go by."""

from __future__ import annotations

from dataclasses import dataclass

from heard.order import Text
from hub.cloud.modules.row import Fields, ModuleSpec


@dataclass(frozen=True, slots=True)
class Table:
    """`seats` 0 is not known."""

    table_id: str
    name: Text
    area: str
    seats: int


def _read(row_id: str, fields: Fields) -> Table:
    return Table(row_id, fields.name(), fields.text("area", 80), fields.integer("seats", 0, 10_000))


MODULE = ModuleSpec("tables", _read, {})
