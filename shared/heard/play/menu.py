"""A menu file: stations, which dishes are made where, names in several languages, modifiers. TOML, checked whole.

A dish goes to the category whose `items` names it, else to the first whose `words` stand in its name, else to none: the
hub then shows it on every prep screen. Without a menu a dish goes to one of two stations by a checksum of its name.
"""

from __future__ import annotations

import difflib
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from heard import config
from heard.errors import UserError
from heard.order import Allergen, Modifier, ModifierKind, Text

DEMO_MENU = Path(__file__).with_name("menu.toml")
_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")
_NOT_IN_IDS = re.compile(r"[^a-z0-9]+")
_WEIGHT_MAX = 99
_COURSE_MAX = 99
_PRICE_MAX = 1e6


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


STATION_NAMES = ("grill", "fry", "cold", "oven", "wok", "pizza", "sweets", "bar")


def without_menu(count: int = 2) -> Menu:
    """So many stations, grill and fry first: a dish goes to one by the CRC-32 of its name."""
    stations = tuple(Station(name, {"en": name.title()}) for name in STATION_NAMES[:count])
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
    return _Checker(str(path), config.load(_File, path)).menu()


@dataclass(frozen=True, slots=True)
class _Site:
    name: str = "Replay"
    languages: tuple[str, ...] = ("en",)
    currency: str = "GBP"
    allergy_words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.languages:
            raise ValueError("languages is empty")


@dataclass(frozen=True, slots=True)
class _Station:
    name: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Category:
    stations: tuple[str, ...]
    items: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Item:
    name: Mapping[str, str]
    category: str = ""
    price: float = 0.0
    modifiers: tuple[str, ...] = ()
    course: int = 0
    weight: int = 1

    def __post_init__(self) -> None:
        _named(self.name)
        _priced(self.price)
        if not 0 <= self.course <= _COURSE_MAX:
            raise ValueError(f"course is {self.course}, not 0 to {_COURSE_MAX}")
        if not 0 <= self.weight <= _WEIGHT_MAX:
            raise ValueError(f"weight is {self.weight}, not 0 to {_WEIGHT_MAX}")


@dataclass(frozen=True, slots=True)
class _Modifier:
    name: Mapping[str, str]
    kind: Literal["add", "remove", "prepare", "allergy"] = "add"
    price: float = 0.0

    def __post_init__(self) -> None:
        _named(self.name)
        _priced(self.price)


@dataclass(frozen=True, slots=True)
class _File:
    """The file's own shape."""

    stations: Mapping[str, _Station]
    site: _Site = _Site()
    categories: Mapping[str, _Category] = field(default_factory=dict)
    items: Mapping[str, _Item] = field(default_factory=dict)
    modifiers: Mapping[str, _Modifier] = field(default_factory=dict)
    allergens: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    notes: tuple[Mapping[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.stations:
            raise ValueError("stations is empty")


def _named(name: Text) -> None:
    if not name:
        raise ValueError('name is empty: write name = { en = "…", ar = "…" }')


def _priced(price: float) -> None:
    if not 0 <= price <= _PRICE_MAX:
        raise ValueError(f"price is {price}, not 0 to {_PRICE_MAX:,.0f}")


class _Checker:
    """Holds together what the parts name of each other."""

    def __init__(self, where: str, file: _File) -> None:
        self._where = where
        self._file = file

    def menu(self) -> Menu:
        file = self._file
        for kind in ("stations", "categories", "items", "modifiers", "allergens"):
            for name in getattr(file, kind):
                self._usable(f"{kind}.{name}", name)
        categories: dict[str, Category] = {}
        by_name: dict[str, Dish] = {}
        for name, category in file.categories.items():
            where = f"categories.{name}.stations"
            if not category.stations:
                self._fail(f"{where} is empty", f"name one of: {', '.join(file.stations)}")
            for station in category.stations:
                self._known(where, station, file.stations)
            words = tuple(word.lower() for word in category.words)
            categories[name] = Category(name, category.stations, words)
            by_name |= {item.lower(): Dish(item_id(item), {"en": item}, name, 0) for item in category.items}
        dishes = tuple(self._dish(name, item) for name, item in file.items.items())
        for dish in dishes:
            by_name[dish.item_id] = dish
            by_name[dish.name.get("en", dish.item_id).lower()] = dish
        return Menu(
            site=file.site.name,
            languages=file.site.languages,
            currency=file.site.currency,
            stations=tuple(
                Station(name, one.name or {"en": name.title()}, one.languages)
                for name, one in file.stations.items()
            ),
            categories=categories,
            dishes=dishes,
            by_name=by_name,
            modifiers={
                name: Modifier(
                    name, one.name, ModifierKind[one.kind.upper()], price_minor=round(one.price * 100)
                )
                for name, one in file.modifiers.items()
            },
            allergens=tuple(Allergen(name, text) for name, text in file.allergens.items()),
            notes=file.notes,
            allergy_words=file.site.allergy_words,
        )

    def _dish(self, name: str, item: _Item) -> Dish:
        if item.category:
            self._known(f"items.{name}.category", item.category, self._file.categories)
        for modifier in item.modifiers:
            self._known(f"items.{name}.modifiers", modifier, self._file.modifiers)
        price = round(item.price * 100)
        return Dish(name, item.name, item.category, price, item.modifiers, item.course, item.weight)

    def _usable(self, where: str, name: str) -> None:
        if not _IDENTIFIER.match(name):
            self._fail(f"{where} is not a usable id", "use lower-case letters, digits, - and _, at most 40")

    def _known(self, where: str, value: str, known: Iterable[str]) -> None:
        names = list(known)
        if value not in names:
            nearest = difflib.get_close_matches(value, names, n=1, cutoff=config.NEAREST_CUTOFF)
            hint = f"did you mean {nearest[0]!r}?" if nearest else f"known are: {', '.join(names)}"
            self._fail(f"{where} = {value!r} is not known", hint)

    def _fail(self, what: str, hint: str) -> None:
        raise UserError(f"{self._where}: {what}", hint)


def item_id(name: str) -> str:
    """An id made of a dish's name: "Tandoori Chicken (1/4)" is "tandoori-chicken-1-4"; at most 60 characters."""
    made = _NOT_IN_IDS.sub("-", name.lower()).strip("-")[:60]
    return made or "dish-" + name.encode().hex()[:40]
