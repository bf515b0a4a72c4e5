"""What the shop sells, as far as the kitchen must know it: names, categories, prices, prep times. Pure.

The menu fills what a hold left empty, when it is held; what is stored then stays as it is when the menu changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from heard.order import Line, Modifier, ModifierKind, Order, OrderType, Text


@dataclass(frozen=True, slots=True)
class Part:
    """A component of a combo."""

    item_id: str
    quantity_milli: int = 1000


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A dish. `parts` make it a combo, which is made by nobody itself; `no_kitchen`: rung up, but nobody makes it."""

    item_id: str
    name: Text
    category: str = ""
    price_minor: int = 0
    prep_time_s: int = 0
    course: int = 0
    modifier_ids: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    no_kitchen: bool = False
    prices: Mapping[OrderType, int] = field(default_factory=dict)
    """Where an order type has a price of its own; `currency` "" fits every order."""
    currency: str = ""
    contains: tuple[str, ...] = ()
    """Allergens that are in it, by id."""

    def price_of(self, order: Order) -> int:
        """The price of one in this order; 0 where it is not known in its currency."""
        if self.currency and order.totals.currency not in ("", self.currency):
            return 0
        return self.prices.get(order.type, self.price_minor)


@dataclass(frozen=True, slots=True)
class MenuModifier:
    """A modifier; `prep_time_s` is added to the dish's and may be below zero."""

    modifier_id: str
    name: Text
    kind: ModifierKind = ModifierKind.ADD
    price_minor: int = 0
    prep_time_s: int = 0
    routed_item_id: str = ""
    cosmetic: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """Items and modifiers by id. Raises ValueError where an item names what is not on the menu, or contains itself."""

    items: Mapping[str, MenuItem] = field(default_factory=dict)
    modifiers: Mapping[str, MenuModifier] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    """Where a table stands, by what tills call it."""

    def __post_init__(self) -> None:
        for item in self.items.values():
            for modifier_id in item.modifier_ids:
                if modifier_id not in self.modifiers:
                    raise ValueError(f"item {item.item_id!r} names the unknown modifier {modifier_id!r}")
            for part in item.parts:
                found = self.items.get(part.item_id)
                if found is None:
                    raise ValueError(f"item {item.item_id!r} has the unknown part {part.item_id!r}")
                if found.parts:
                    raise ValueError(f"item {item.item_id!r} has the combo {part.item_id!r} as a part")
        for modifier in self.modifiers.values():
            if modifier.routed_item_id and modifier.routed_item_id not in self.items:
                raise ValueError(
                    f"modifier {modifier.modifier_id!r} is the unknown item {modifier.routed_item_id!r}"
                )

    def prep_time_s(self, item_id: str, modifier_ids: tuple[str, ...] = ()) -> int:
        """How long a dish with these modifiers takes; 0 when it is not known."""
        item = self.items.get(item_id)
        if item is None or not item.prep_time_s:
            return 0
        found = (self.modifiers.get(one) for one in modifier_ids)
        return max(1, item.prep_time_s + sum(one.prep_time_s for one in found if one is not None))


NO_MENU = Menu()


def filled(order: Order, menu: Menu) -> Order:
    """The order with what it left empty and the menu knows; what the till said stays as it said it."""
    if menu is NO_MENU:
        return order
    lines = tuple([_filled_line(line, menu, order) for line in order.lines])
    area = order.area or menu.areas.get(order.table, "")
    same = area == order.area and all(new is old for new, old in zip(lines, order.lines, strict=True))
    return order if same else replace(order, lines=lines, area=area)


def filled_modifiers(
    modifiers: tuple[Modifier, ...], menu: Menu, known: tuple[Modifier, ...] = ()
) -> tuple[Modifier, ...]:
    """Modifiers with what they left empty; what the line has already (`known`) keeps the name that it had."""
    if menu is NO_MENU or not modifiers:
        return modifiers
    had = {one.modifier_id: one for one in known}
    return tuple([_filled_modifier(one, menu, had.get(one.modifier_id)) for one in modifiers])


def _filled_line(line: Line, menu: Menu, order: Order) -> Line:
    modifiers = filled_modifiers(line.modifiers, menu)
    item = menu.items.get(line.item_id)
    if item is None:
        return line if modifiers == line.modifiers else replace(line, modifiers=modifiers)
    return replace(
        line,
        name={**item.name, **line.name},
        category=line.category or item.category,
        course=line.course or item.course,
        unit_price_minor=line.unit_price_minor or item.price_of(order),
        prep_time_s=line.prep_time_s
        or menu.prep_time_s(line.item_id, tuple(one.modifier_id for one in modifiers)),
        no_kitchen=line.no_kitchen or item.no_kitchen,
        combo=line.combo or bool(item.parts),
        contains=line.contains or item.contains,
        modifiers=modifiers,
    )


def _filled_modifier(modifier: Modifier, menu: Menu, had: Modifier | None) -> Modifier:
    if had is not None:
        return replace(
            modifier,
            name={**had.name, **modifier.name},
            price_minor=modifier.price_minor or had.price_minor,
            routed_item_id=modifier.routed_item_id or had.routed_item_id,
            cosmetic=modifier.cosmetic or had.cosmetic,
        )
    known = menu.modifiers.get(modifier.modifier_id)
    if known is None:
        return modifier
    return replace(
        modifier,
        name={**known.name, **modifier.name},
        kind=modifier.kind or known.kind,
        price_minor=modifier.price_minor or known.price_minor,
        routed_item_id=modifier.routed_item_id or known.routed_item_id,
        cosmetic=modifier.cosmetic or known.cosmetic,
    )
