"""Lines that are laid out once: whatever a line says, its block is the one that is laid out for it alone."""

from __future__ import annotations

import dataclasses
from typing import Any

from display.core.kept_lines import KeptLines
from display.core.lines import grouped, line_block
from display.core.look import Look
from display.core.theme import Theme
from heard.order import Allergen, Line, LineState, Modifier, ModifierKind, Note, Order, StationLine
from heard.ticket import tickets
from tests.display.desks import Letters

AT = StationLine("grill", LineState.QUEUED, 1)
DISH = Line("l1", "tawook", {"en": "Shish Tawook"}, 1000, stations=(AT,))
HOT = Modifier("hot", {"en": "Hot"}, ModifierKind.ADD)
OTHERS: list[dict[str, Any]] = [
    {"quantity_milli": 2000},
    {"item_id": "kofta", "name": {"en": "Kofta"}},
    {"name": {"en": "Tawook"}},
    {"modifiers": (HOT,)},
    {"modifiers": (dataclasses.replace(HOT, kind=ModifierKind.REMOVE),)},
    {"modifiers": (dataclasses.replace(HOT, quantity_milli=2000),)},
    {"notes": (Note({"en": "well done"}),)},
    {"notes": (Note({"en": "well done"}, True),)},
    {"seat": "2"},
    {"part_of": "set"},
    {"remake": True},
    {"nobodys": True},
    {"stations": (dataclasses.replace(AT, state=LineState.STARTED),)},
    {"stations": (AT, StationLine("fry", LineState.QUEUED, 1))},
    {"stations": (dataclasses.replace(AT, may_be_at=("fry",)),)},
]


def test_what_is_kept_is_what_is_laid_out_anew() -> None:
    look, kept = Look(Theme.at_scale(1.0), Letters(), station_names={"fry": {"en": "Fry"}}), KeptLines()
    for more in [{}, *OTHERS] * 2:
        for allergens in ((), (Allergen("nuts", {"en": "Nuts"}, line_id="l1"),)):
            dish = dataclasses.replace(DISH, **more)
            family = Line("set", "family", {"en": "Family set"}, 1000, combo=True)
            order = Order("o1", "201", lines=(family, dish), allergens=allergens, version=1)
            (ticket,) = tickets(order, "grill")
            (same,) = grouped(list(ticket.lines), allergens, together=True)
            for greyed in (False, True):
                block = kept.block(look, 388, order, same, allergens, greyed)
                assert block == line_block(look, 388, order, same, allergens, greyed), more
    wider = kept.block(look, 500, order, same, (), greyed=False)
    assert wider == line_block(look, 500, order, same, ())
