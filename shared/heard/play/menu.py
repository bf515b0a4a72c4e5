"""A menu file: stations, which dishes are made where, names in several languages, modifiers. TOML, checked whole.

A dish goes to the category whose `items` names it, else to the first whose `words` stand in its name, else to none: the
hub then shows it on every prep screen. Without a menu a dish goes to one of two stations by a checksum of its name.
"""

from __future__ import annotations

import difflib
import re
import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heard.errors import UserError
from heard.order import Allergen, Modifier, ModifierKind, Text

MENU_BYTES_MAX = 4 << 20
DEMO_MENU = Path(__file__).with_name("menu.toml")
_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")
_KINDS = {kind.name.lower(): kind for kind in ModifierKind if kind}


@dataclass(frozen=True, slots=True)
class Station:
    """A prep station and the languages of its screen, main one first (empty: the site's)."""

    station_id: str
    name: Text
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    """What is made at the same stations. `words` are lower case."""

    category_id: str
    stations: tuple[str, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dish:
    """One dish. `weight`: how often it is ordered beside the others; `course` 0 is served at once."""

    item_id: str
    name: Text
    category: str
    price_minor: int
    modifiers: tuple[str, ...] = ()
    course: int = 0
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Menu:
    """A checked menu. `by_name` maps a dish's lower-case English name or id to its dish."""

    site: str
    languages: tuple[str, ...]
    currency: str
    stations: tuple[Station, ...]
    categories: Mapping[str, Category]
    dishes: tuple[Dish, ...]
    by_name: Mapping[str, Dish]
    modifiers: Mapping[str, Modifier]
    allergens: tuple[Allergen, ...]
    notes: tuple[Text, ...]
    allergy_words: tuple[str, ...]
    by_checksum: bool = False

    def category_of(self, item: str) -> str:
        """The category of a recorded dish; empty where the menu does not map it."""
        dish = self.by_name.get(item.lower())
        if dish is not None:
            return dish.category
        if self.by_checksum:
            return self.stations[zlib.crc32(item.encode()) % len(self.stations)].station_id
        name = item.lower()
        for category in self.categories.values():
            if any(word in name for word in category.words):
                return category.category_id
        return ""


def without_menu() -> Menu:
    """Two stations, grill and fry: a dish goes to grill when the CRC-32 of its name is even, else to fry."""
    stations = (Station("grill", {"en": "Grill"}), Station("fry", {"en": "Fry"}))
    return Menu(
        site="Replay",
        languages=("en",),
        currency="GBP",
        stations=stations,
        categories={one.station_id: Category(one.station_id, (one.station_id,)) for one in stations},
        dishes=(),
        by_name={},
        modifiers={},
        allergens=(),
        notes=(),
        allergy_words=(),
        by_checksum=True,
    )


def load_menu(path: Path) -> Menu:
    """Read and check a menu. UserError names the file, the place and what is wrong."""
    try:
        with path.open("rb") as file:
            data = file.read(MENU_BYTES_MAX + 1)
    except FileNotFoundError:
        raise UserError(f"no menu file {path}", "give the path of a TOML file") from None
    except OSError as error:
        raise UserError(f"cannot read the menu {path}: {error.strerror or error}") from None
    if len(data) > MENU_BYTES_MAX:
        raise UserError(f"the menu {path} is larger than {MENU_BYTES_MAX >> 20} MiB")
    try:
        table = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"menu {path}: not TOML: {error}") from None
    return _Reader(str(path)).menu(table)


class _Reader:
    """Turns tables into a Menu; every complaint names file and place."""

    def __init__(self, file: str) -> None:
        self._file = file

    def menu(self, table: dict[str, Any]) -> Menu:
        known = ("site", "stations", "categories", "items", "modifiers", "allergens", "notes")
        self._known("", table, known)
        site = self._table("site", table.get("site", {}))
        self._known("site", site, ("name", "languages", "currency", "allergy_words"))
        stations = tuple(self._station(name, value) for name, value in self._tables(table, "stations"))
        if not stations:
            raise self._wrong(
                "stations", "is missing", 'name at least one: [stations.grill] name = {en = "Grill"}'
            )
        names = [one.station_id for one in stations]
        categories: dict[str, Category] = {}
        listed: dict[str, str] = {}
        for name, value in self._tables(table, "categories"):
            categories[name] = self._category(name, value, names)
            for item in self._texts(f"categories.{name}.items", value.get("items", [])):
                listed[item.lower()] = name
        modifiers = {name: self._modifier(name, value) for name, value in self._tables(table, "modifiers")}
        dishes = tuple(
            self._dish(name, value, categories, modifiers) for name, value in self._tables(table, "items")
        )
        by_name = {item: Dish(item, {"en": item}, category, 0) for item, category in listed.items()}
        for dish in dishes:
            by_name[dish.item_id] = dish
            by_name[dish.name.get("en", dish.item_id).lower()] = dish
        return Menu(
            site=self._string("site.name", site.get("name", "Replay")),
            languages=self._texts("site.languages", site.get("languages", ["en"])),
            currency=self._string("site.currency", site.get("currency", "GBP")),
            stations=stations,
            categories=categories,
            dishes=dishes,
            by_name=by_name,
            modifiers=modifiers,
            allergens=tuple(
                Allergen(name, self._text(f"allergens.{name}", value))
                for name, value in self._tables(table, "allergens")
            ),
            notes=tuple(self._text("notes", one) for one in self._list("notes", table.get("notes", []))),
            allergy_words=self._texts("site.allergy_words", site.get("allergy_words", [])),
        )

    def _station(self, name: str, value: dict[str, Any]) -> Station:
        where = f"stations.{name}"
        self._known(where, value, ("name", "languages"))
        languages = self._texts(f"{where}.languages", value.get("languages", []))
        return Station(name, self._text(f"{where}.name", value.get("name", {"en": name.title()})), languages)

    def _category(self, name: str, value: dict[str, Any], stations: list[str]) -> Category:
        where = f"categories.{name}"
        self._known(where, value, ("stations", "items", "words"))
        made_at = self._texts(f"{where}.stations", value.get("stations", []))
        if not made_at:
            raise self._wrong(f"{where}.stations", "is empty", f"name one of: {', '.join(stations)}")
        for station in made_at:
            self._one_of(f"{where}.stations", station, stations)
        words = self._texts(f"{where}.words", value.get("words", []))
        return Category(name, made_at, tuple(word.lower() for word in words))

    def _modifier(self, name: str, value: dict[str, Any]) -> Modifier:
        where = f"modifiers.{name}"
        self._known(where, value, ("name", "kind", "price"))
        kind = self._string(f"{where}.kind", value.get("kind", "add"))
        self._one_of(f"{where}.kind", kind, list(_KINDS))
        price = self._price(f"{where}.price", value.get("price", 0))
        return Modifier(name, self._text(f"{where}.name", value.get("name")), _KINDS[kind], price_minor=price)

    def _dish(
        self,
        name: str,
        value: dict[str, Any],
        categories: Mapping[str, Category],
        modifiers: Mapping[str, Modifier],
    ) -> Dish:
        where = f"items.{name}"
        self._known(where, value, ("name", "category", "price", "modifiers", "course", "weight"))
        category = self._string(f"{where}.category", value.get("category", ""))
        if category:
            self._one_of(f"{where}.category", category, list(categories))
        offered = self._texts(f"{where}.modifiers", value.get("modifiers", []))
        for modifier in offered:
            self._one_of(f"{where}.modifiers", modifier, list(modifiers))
        return Dish(
            item_id=name,
            name=self._text(f"{where}.name", value.get("name")),
            category=category,
            price_minor=self._price(f"{where}.price", value.get("price", 0)),
            modifiers=offered,
            course=self._count(f"{where}.course", value.get("course", 0)),
            weight=self._count(f"{where}.weight", value.get("weight", 1)),
        )

    def _wrong(self, where: str, what: str, hint: str = "") -> UserError:
        return UserError(f"menu {self._file}: {where} {what}", hint)

    def _known(self, where: str, table: dict[str, Any], known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                self._unknown(f"{where}.{key}" if where else key, key, known)

    def _one_of(self, where: str, value: str, known: list[str]) -> None:
        if value not in known:
            self._unknown(f"{where} = {value!r}", value, tuple(known))

    def _unknown(self, what: str, value: str, known: tuple[str, ...]) -> None:
        nearest = difflib.get_close_matches(value, known, n=1, cutoff=0.5)
        hint = f"did you mean {nearest[0]!r}?" if nearest else f"known are: {', '.join(known)}"
        raise self._wrong(what, "is not known", hint)

    def _tables(self, table: dict[str, Any], key: str) -> list[tuple[str, dict[str, Any]]]:
        inner = self._table(key, table.get(key, {}))
        for name in inner:
            if not _IDENTIFIER.match(name):
                hint = "use lower-case letters, digits, - and _, at most 40"
                raise self._wrong(f"{key}.{name}", "is not a usable id", hint)
        return [(name, self._table(f"{key}.{name}", value)) for name, value in inner.items()]

    def _table(self, where: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._wrong(where, "is not a table")
        return value

    def _list(self, where: str, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self._wrong(where, "is not a list")
        return value

    def _string(self, where: str, value: Any) -> str:
        if not isinstance(value, str):
            raise self._wrong(where, "is not a text")
        return value

    def _texts(self, where: str, value: Any) -> tuple[str, ...]:
        return tuple(self._string(where, one) for one in self._list(where, value))

    def _text(self, where: str, value: Any) -> Text:
        table = self._table(where, value if value is not None else {})
        if not table:
            raise self._wrong(where, "has no text", 'write name = {en = "…", ar = "…"}')
        return {language: self._string(f"{where}.{language}", words) for language, words in table.items()}

    def _count(self, where: str, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 99:
            raise self._wrong(where, "is not a whole number from 0 to 99")
        return value

    def _price(self, where: str, value: Any) -> int:
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1e6:
            raise self._wrong(where, "is not an amount")
        return round(value * 100)
