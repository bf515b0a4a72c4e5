"""What layout needs to know of a screen besides its tickets: sizes, languages, the measurer, and how names are chosen."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from display.core.draw import Measurer
from display.core.isolate import Digits, isolate_numbers, with_digits
from display.core.theme import Theme
from display.core.wording import Words, is_rtl
from heard.quick import quick

if TYPE_CHECKING:
    from heard.order import Text

ICONS = frozenset(
    {"flame", "utensils", "snowflake", "cup-soda", "beer", "shopping-bag", "concierge-bell", "bike", "list"}
)
"""Signs that a station may choose; an unknown name becomes STATION_ICON."""
STATION_ICON = "utensils"


@quick
@dataclass(frozen=True, slots=True)
class Said:
    """A text to paint and its base direction."""

    text: str
    rtl: bool


@dataclass(frozen=True, slots=True)
class Look:
    """How one screen looks. `languages`: the first and, if wanted, a second one; `site_languages` say allergies.

    `out` are the items and modifiers that are out (86), by id.

    `local_time` turns unix ms into the site's "19:42"; `wall_of` hub ms into unix ms.
    """

    theme: Theme
    measurer: Measurer
    languages: tuple[str, ...] = ("en",)
    site_languages: tuple[str, ...] = ("en", "ar")
    digits: Digits = Digits.WESTERN
    group_identical: bool = True
    held_lines: bool = False
    ticks: bool = True  # the lines of a greyed tile were made
    allergy_words: tuple[str, ...] = ()
    out: frozenset[str] = frozenset()
    station_names: dict[str, Text] = field(default_factory=dict)
    local_time: Callable[[int], str] = lambda _wall_ms: ""
    wall_of: Callable[[int], int] = lambda hub_ms: hub_ms

    @property
    def first(self) -> str:
        return self.languages[0] if self.languages else "en"

    @property
    def second(self) -> str | None:
        return self.languages[1] if len(self.languages) > 1 else None

    @property
    def rtl(self) -> bool:
        return is_rtl(self.first)

    @property
    def words(self) -> Words:
        return Words(self.first, self.digits)

    def with_theme(self, theme: Theme) -> Look:
        """The same in other sizes."""
        return replace(self, theme=theme)

    def words_in(self, language: str) -> Words:
        return Words(language, self.digits)

    def said(self, text: str, rtl: bool | None = None) -> Said:
        """A free text with its numbers kept together; `rtl` None takes the direction of its first letter."""
        base = text_is_rtl(text) if rtl is None else rtl
        shown = with_digits(text, self.digits) if self.digits is not Digits.WESTERN else text
        return Said(isolate_numbers(shown) if base else shown, base)

    def name(self, name: Text, otherwise: str = "") -> Said:
        """A name in the first language, else in any that it has, else `otherwise`."""
        return self.said(self.pick(name) or otherwise)

    def pick(self, name: Text) -> str:
        """The text of `name`; one that is missing, or that the fonts cannot write, falls back to the other languages."""
        found = pick(name, self.first, self.site_languages)
        if found.isascii() or self.readable(found):
            return found
        texts = (name.get(language, "").strip() for language in (*self.site_languages, *name))
        return next((text for text in texts if text and self.readable(text)), found)

    def readable(self, text: str) -> bool:
        """False where a letter, mark or digit has no glyph. A picture that has none is a dot, and loses no word."""
        return text.isascii() or not any(
            unicodedata.category(char)[0] in "LMN"
            for cluster in self.measurer.missing_glyphs(text)
            for char in cluster
        )

    def second_name(self, name: Text) -> Said | None:
        """The same name in the second language, where it has one that says something else."""
        if self.second is None:
            return None
        text = name.get(self.second, "").strip()
        if not text or text == self.pick(name) or not self.readable(text):
            return None
        return self.said(text)

    @property
    def every_language(self) -> tuple[str, ...]:
        """The screen's own first, then the site's others."""
        return tuple(dict.fromkeys((self.first, *self.languages, *self.site_languages)))

    @property
    def two_languages(self) -> tuple[str, ...]:
        """Of what everybody must understand, where there is room for two."""
        return self.every_language[:2]

    def names_of_both(self, name: Text, otherwise: str) -> tuple[Said, ...]:
        """An allergy: the name in the first language and in every other of the site's, each once."""
        texts = [text for language in self.every_language if (text := name.get(language, "").strip())]
        texts = [text for text in texts if self.readable(text)] or texts
        return tuple(self.said(text) for text in dict.fromkeys(texts or [otherwise]))

    def number(self, milli: int) -> str:
        """A quantity in thousandths without needless zeros: 2, 0.5, 999.5."""
        return with_digits(quantity(milli), self.digits)

    def fires_at(self, hub_ms: int) -> str:
        """A moment of the hub's time line on the site's clock."""
        return self.local_time(self.wall_of(hub_ms))


def pick(name: Text, language: str, others: tuple[str, ...] = ()) -> str:
    """The name in `language`; a missing one falls back to the other languages."""
    for wanted in (language, *others):
        text = name.get(wanted, "").strip()
        if text:
            return text
    return next((text.strip() for text in name.values() if text.strip()), "")


@lru_cache(maxsize=4096)  # names come from the menu again and again
def text_is_rtl(text: str) -> bool:
    """Whether the first letter of a text is of a right-to-left script."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("R", "AL"):
            return True
        if kind == "L":
            return False
    return False


def quantity(milli: int) -> str:
    """Thousandths as a decimal number without trailing zeros."""
    sign = "-" if milli < 0 else ""
    whole, rest = divmod(abs(milli), 1000)
    return f"{sign}{whole}" + (f".{rest:03d}".rstrip("0") if rest else "")
