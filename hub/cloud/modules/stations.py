"""Stations: the places with a screen, as the chain's office set them up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from heard.order import Text
from hub.cloud.modules.row import BadRow, Fields, ModuleSpec

ROLES = ("prep", "expo", "board", "cart")
STATION = re.compile(r"[A-Za-z0-9_-]{1,32}")
"""As in the settings file: it stands in every line of every order."""


@dataclass(frozen=True, slots=True)
class StationRow:
    """`role` prep cooks; the others show."""

    station_id: str
    name: Text
    role: str


def _read(row_id: str, fields: Fields) -> StationRow:
    if not STATION.fullmatch(row_id):
        raise BadRow("its id is no id of a station: 1 to 32 letters, digits, - and _")
    return StationRow(row_id, fields.name(), fields.word("role", ROLES, default=None))


MODULE = ModuleSpec("stations", _read, {})
