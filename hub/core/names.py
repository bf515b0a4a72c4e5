"""Names that screens must be able to show: of the catalogue, of stations and of orders, and what is wrong with them. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from heard.order import Order, Text
from heard.preflight import NAMES_LISTED, PreflightName

NAMES_MAX = 100_000
"""Names looked at: the largest catalogues have half of that."""
CHARACTERS_MAX = 4_000
"""Distinct characters asked of a screen; English and Arabic have some 150, and a message of all holds 16 KiB."""
_JOINS = frozenset(("Mn", "Me", "Mc", "Cf"))
_JOINER = "\u200d"


def characters_of(text: str) -> Iterator[str]:
    """Its characters with the marks that belong to them, as a font must have them; ASCII is in every font."""
    if text.isascii():
        return
    start = 0
    for at in range(1, len(text) + 1):
        if at < len(text) and (unicodedata.category(text[at]) in _JOINS or text[at - 1] == _JOINER):
            continue
        if not text[start:at].isascii():
            yield text[start:at]
        start = at


@dataclass(slots=True)
class Names:
    """Each name once. `languages` are those that the kitchen's screens show; a name must have them all."""

    languages: tuple[str, ...] = ()
    characters: dict[str, None] = field(default_factory=dict)
    _names: dict[tuple[str, str], Text] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._names)

    def add(self, kind: str, id_: str, name: Text) -> None:
        """A name that a screen may have to show."""
        key = (kind, id_)
        if not any(text.strip() for text in name.values()):
            return
        if key not in self._names and len(self._names) >= NAMES_MAX:
            return
        self._names[key] = name
        for text in name.values():
            for one in characters_of(text):
                if len(self.characters) < CHARACTERS_MAX:
                    self.characters[one] = None

    def add_order(self, order: Order) -> None:
        """Its dishes and modifiers, where the catalogue does not know them."""
        for line in order.lines:
            self._add_known("item", line.item_id, line.name)
            for modifier in line.modifiers:
                self._add_known("modifier", modifier.modifier_id, modifier.name)

    def _add_known(self, kind: str, id_: str, name: Text) -> None:
        id_ = id_ or next(iter(name.values()), "")
        if (kind, id_) not in self._names:
            self.add(kind, id_, name)

    def findings(self, missing: frozenset[str]) -> tuple[tuple[PreflightName, ...], int, int]:
        """The gravest names, how many there are, and how many of these cannot be read at all.

        `missing`: characters that some screen has no glyph for."""
        found = [one for key, name in self._names.items() if (one := self._finding(*key, name, missing))]
        found.sort(key=lambda one: (not one.unreadable, not one.glyphs, one.kind, one.text))
        return tuple(found[:NAMES_LISTED]), len(found), sum(one.unreadable for one in found)

    def _finding(self, kind: str, id_: str, name: Text, missing: frozenset[str]) -> PreflightName | None:
        lacks = tuple(one for one in self.languages if not name.get(one, "").strip())
        glyphs: tuple[str, ...] = ()
        unreadable = False
        if missing:
            texts = [text for text in name.values() if text.strip()]
            per_text = [[one for one in characters_of(text) if one in missing] for text in texts]
            glyphs = tuple(dict.fromkeys(one for found in per_text for one in found))
            unreadable = all(any(is_word(one) for one in found) for found in per_text)
        if not lacks and not glyphs:
            return None
        text = next((text for one in self.languages if (text := name.get(one, "").strip())), "")
        text = text or next(text for text in name.values() if text.strip())
        return PreflightName(kind, id_, text, lacks, glyphs, unreadable)


def is_word(character: str) -> bool:
    """Part of a word or a number: without it the name cannot be read. A picture is not."""
    return any(unicodedata.category(one)[0] in "LMN" for one in character)


def languages_of(stations: Iterable[tuple[str, ...]], site: tuple[str, ...]) -> tuple[str, ...]:
    """What the kitchen's screens show: at each station the first language and a second one."""
    return tuple(dict.fromkeys(one for languages in stations for one in (languages or site)[:2]))
