"""Lines that say the same are laid out once: a dish of the menu stands on many tickets, and on each as often as it changes."""

from __future__ import annotations

from display.core.blocks import Block
from display.core.lines import Same, line_block, other_stations, reads
from display.core.look import Look
from heard.order import Allergen, Order

BLOCKS_MAX = 512
"""Blocks kept, some 2 kB each; a menu with its usual modifiers has some hundred."""


class KeptLines:
    """The blocks of one screen. Another look or width begins anew."""

    def __init__(self) -> None:
        self._of: tuple[Look, int] | None = None
        self._blocks: dict[object, Block] = {}

    def block(
        self, look: Look, w: int, order: Order, same: Same, allergens: tuple[Allergen, ...], greyed: bool
    ) -> Block:
        """As `line_block`; only what is of this one ticket alone (a change, an allergy, a bump) is laid out for it."""
        one = same.one
        own = any(allergen.line_id == one.line.line_id for allergen in allergens)
        if greyed or own or one.unseen or one.was_milli is not None or one.line.changes:
            return line_block(look, w, order, same, allergens, greyed)
        if self._of is None or self._of[0] is not look or self._of[1] != w:
            self._of = (look, w)
            self._blocks.clear()
        parent = order.line(one.line.part_of) if one.line.part_of else None
        key = (
            reads(one),
            same.to_make_milli or -sum(line.line.quantity_milli for line in same.lines),
            other_stations(one.line, one.at.station),
            None if parent is None else (parent.item_id, *parent.name.items()),
        )
        found = self._blocks.get(key)
        if found is None:
            if len(self._blocks) >= BLOCKS_MAX:
                self._blocks.clear()
            found = self._blocks[key] = line_block(look, w, order, same, allergens)
        return Block(found.kind, found.h, found.ops, same.painted, found.cuts)
