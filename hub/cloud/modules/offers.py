"""Offers: so much off these items or categories, from then until then. For tills; a kitchen does not look at them."""

from __future__ import annotations

from dataclasses import dataclass

from heard.order import Text
from hub.cloud.modules.row import BadRow, Fields, ModuleSpec

MS_MAX = 1 << 52


@dataclass(frozen=True, slots=True)
class Offer:
    """Either `off_ppm` or `off_minor`; times are ms since 1970, 0 is open."""

    offer_id: str
    name: Text
    item_ids: tuple[str, ...]
    category_ids: tuple[str, ...]
    off_ppm: int
    off_minor: int
    from_ms: int
    until_ms: int


def _read(row_id: str, fields: Fields) -> Offer:
    offer = Offer(
        offer_id=row_id,
        name=fields.name(),
        item_ids=fields.ids("item_ids"),
        category_ids=fields.ids("category_ids"),
        off_ppm=fields.integer("off_ppm", 0, 1_000_000),
        off_minor=fields.integer("off_minor", 0),
        from_ms=fields.integer("from_ms", 0, MS_MAX),
        until_ms=fields.integer("until_ms", 0, MS_MAX),
    )
    if offer.off_ppm and offer.off_minor:
        raise BadRow("off_ppm and off_minor: give one of them")
    if offer.until_ms and offer.until_ms < offer.from_ms:
        raise BadRow("until_ms is before from_ms")
    return offer


MODULE = ModuleSpec("offers", _read, {"item_ids": "item_definitions", "category_ids": "categories"})
