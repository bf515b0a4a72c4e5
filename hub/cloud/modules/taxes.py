"""Taxes: the rate of each kind of item."""

from __future__ import annotations

from dataclasses import dataclass

from heard.order import Text
from hub.cloud.modules.row import Fields, ModuleSpec

RATE_PPM_MAX = 10_000_000


@dataclass(frozen=True, slots=True)
class Tax:
    """`rate_ppm` in parts per million: 150000 is 15 %; `included`: prices have it in them."""

    tax_id: str
    name: Text
    rate_ppm: int
    included: bool


def _read(row_id: str, fields: Fields) -> Tax:
    rate_ppm = fields.integer("rate_ppm", 0, RATE_PPM_MAX, default=None)
    return Tax(row_id, fields.name(), rate_ppm, fields.flag("included", True))


MODULE = ModuleSpec("taxes", _read, {})
