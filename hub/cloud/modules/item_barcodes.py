"""Item barcodes: which item a scanned code is. The row's id is the code; only after item definitions."""

from __future__ import annotations

from dataclasses import dataclass

from hub.cloud.modules.row import Fields, ModuleSpec


@dataclass(frozen=True, slots=True)
class ItemBarcode:
    """`quantity_milli`: a code of a box of twelve is 12000."""

    barcode: str
    item_id: str
    quantity_milli: int


def _read(row_id: str, fields: Fields) -> ItemBarcode:
    item_id = fields.id("item_id", required=True)
    return ItemBarcode(row_id, item_id, fields.integer("quantity_milli", 1, default=1000))


MODULE = ModuleSpec("item_barcodes", _read, {"item_id": "item_definitions"})
