"""The catalogue as the menu that fills orders: looked up by id when an order is held, kept decoded for the next one."""

from __future__ import annotations

from collections.abc import Iterable

from heard.menu import NO_MENU, Menu, MenuItem, MenuModifier
from heard.order import OrderType
from hub.cloud.catalogue import Catalogue

DECODED_MAX = 4_096
"""Items and modifiers kept decoded, about 1 KiB each: a busy day's menu, not a warehouse's."""
TABLES_MAX = 1_000
"""Of one site; they are read at once, in some milliseconds after they changed."""
FILLING = frozenset({"item_definitions", "prices", "modifiers"})


class CatalogueMenu:
    """Always as of now: what is decoded is forgotten when the catalogue changes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._items: dict[str, MenuItem | None] = {}
        self._modifiers: dict[str, MenuModifier | None] = {}
        self._areas: dict[str, str] | None = None
        catalogue.on_change(self._changed)

    def menu_for(self, item_ids: Iterable[str], modifier_ids: Iterable[str], table: str = "") -> Menu:
        """As much of the menu as these need; NO_MENU where none of them is known."""
        modifiers: dict[str, MenuModifier] = {}
        items: dict[str, MenuItem] = {}
        wanted = list(item_ids)
        for one in modifier_ids:
            modifier = self._modifier(one)
            if modifier is not None:
                modifiers[one] = modifier
                wanted.append(modifier.routed_item_id)
        for one in wanted:
            item = self._item(one) if one else None
            if item is not None:
                items[one] = item
        area = self._area(table) if table else ""
        areas = {table: area} if area else {}
        return Menu(items, modifiers, areas) if items or modifiers or areas else NO_MENU

    def _item(self, item_id: str) -> MenuItem | None:
        if item_id in self._items:
            return self._items[item_id]
        row = self._catalogue.get("item_definitions", item_id)
        found = None
        if row is not None:
            prices = list(self._catalogue.found("prices", item_id))
            for_all = next((one for one in prices if not one.order_type), None)
            currency = prices[0].currency if prices else ""
            found = MenuItem(
                item_id,
                row.name,
                category=row.category_id,
                price_minor=for_all.price_minor if for_all is not None else 0,
                prep_time_s=row.prep_time_s,
                course=row.course,
                no_kitchen=row.no_kitchen,
                prices={
                    OrderType[one.order_type]: one.price_minor
                    for one in prices
                    if one.order_type and one.currency == currency
                },
                currency=currency,
                contains=row.allergens,
            )
        if len(self._items) >= DECODED_MAX:
            self._items.clear()
        self._items[item_id] = found
        return found

    def _modifier(self, modifier_id: str) -> MenuModifier | None:
        if modifier_id in self._modifiers:
            return self._modifiers[modifier_id]
        row = self._catalogue.get("modifiers", modifier_id)
        found = None
        if row is not None:
            # A reference of its own module's rows is checked when it is pulled; the item may still have gone since.
            routed = row.routed_item_id if self._item(row.routed_item_id) is not None else ""
            found = MenuModifier(
                modifier_id,
                row.name,
                kind=row.kind,
                price_minor=row.price_minor,
                routed_item_id=routed,
                cosmetic=row.cosmetic,
            )
        if len(self._modifiers) >= DECODED_MAX:
            self._modifiers.clear()
        self._modifiers[modifier_id] = found
        return found

    def _area(self, table: str) -> str:
        """Tills name a table by its id, or by its name in some language."""
        if self._areas is None:
            tables = self._catalogue.first("tables", TABLES_MAX)
            self._areas = {name: one.area for one in tables for name in one.name.values()}
            self._areas |= {one.table_id: one.area for one in tables}
        return self._areas.get(table, "")

    def _changed(self, module: str) -> None:
        if module == "tables":
            self._areas = None
        if module in FILLING:
            self._items.clear()
            self._modifiers.clear()
