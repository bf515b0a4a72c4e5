"""The rows of a slip: words in each language of the printer, and how a dish, a modifier, a note or an allergy is set. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from heard.order import (
    NO_TEXT,
    Allergen,
    ChangeKind,
    Modifier,
    ModifierKind,
    Note,
    Order,
    OrderType,
    Text,
)
from heard.stream import SiteProfile
from heard.ticket import TicketLine, speaks_of_allergy, unseen_changes

# Behind Arabic letters a number needs the mark \u200e: without it its # stands at the other end.
WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "DINE_IN": {"en": "DINE IN", "ar": "محلي"},
        "TAKEAWAY": {"en": "TAKEAWAY", "ar": "سفري"},
        "DELIVERY": {"en": "DELIVERY", "ar": "توصيل"},
        "CAR": {"en": "CAR", "ar": "سيارة"},
        "UNSPECIFIED": {"en": "ORDER", "ar": "طلب"},
        "allergy": {"en": "ALLERGY", "ar": "حساسية"},
        "void": {"en": "VOID", "ar": "ملغى"},
        "cancelled": {"en": "CANCELLED", "ar": "أُلغي"},
        "rush": {"en": "RUSH", "ar": "عاجل"},
        "add_on": {"en": "ADD-ON", "ar": "إضافة"},
        "copy": {"en": "COPY", "ar": "نسخة"},
        "changed": {"en": "CHANGED", "ar": "معدّل"},
        "may_be": {"en": "MAY BE AT {station}: ASK", "ar": "قد يكون عند {station}: اسأل"},
        "instead_of": {"en": "INSTEAD OF {station}", "ar": "بدلًا من {station}"},
        "was_order": {"en": "WAS #{n}", "ar": "كان \u200e#{n}"},
        "not_again": {"en": "DO NOT MAKE AGAIN", "ar": "لا تحضّره ثانية"},
        "may_be_on": {"en": "MAY BE ON #{n}: LOOK", "ar": "قد يكون على \u200e#{n}: انظر"},
        "may_be_printed": {"en": "MAY BE PRINTED ALREADY", "ar": "ربما طُبع من قبل"},
        "sent_by_expo": {"en": "SENT BY EXPO", "ar": "أخرجه التسليم"},
        "missing": {"en": "MISSING", "ar": "ناقص"},
        "pass": {"en": "Pass", "ar": "التسليم"},
        "of": {"en": "of {dish}", "ar": "من {dish}"},
        "course": {"en": "Course {n}", "ar": "الطبق {n}"},
        "covers": {"en": "Guests: {n}", "ar": "الضيوف: {n}"},
        "due": {"en": "due {time}", "ar": "موعده {time}"},
        "bags": {"en": "BAGS {n}", "ar": "الأكياس {n}"},
        "test": {"en": "TEST", "ar": "تجربة"},
        "test_dish": {"en": "This slip is no order", "ar": "هذه القسيمة ليست طلبًا"},
        "table": {"en": "Table {n}", "ar": "طاولة {n}"},
        "seat": {"en": "seat {n}", "ar": "مقعد {n}"},
        "was": {"en": "WAS {n}", "ar": "كان {n}"},
    }
)
SIGNS = {
    ModifierKind.ADD: "+",
    ModifierKind.REMOVE: "−",
    ModifierKind.PREPARE: "•",
    ModifierKind.ALLERGY: "!",
}


COMMAS = {"ar": "، ", "fa": "، ", "ur": "، "}


class Style(StrEnum):
    """How a row is set."""

    TITLE = "title"
    WORD = "word"
    """White on black: a state that changes what the cook does."""
    ALLERGY = "allergy"
    ITEM = "item"
    MODIFIER = "modifier"
    SMALL = "small"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `texts`: the same in each language of the printer, main one first; `start` stands before it (a quantity, a sign)."""

    style: Style
    texts: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    struck: bool = False
    inset: bool = False
    """It belongs to the dish above: stands where names stand."""


Slip: TypeAlias = tuple[Row, ...]
"""One strip of paper, top to bottom; it is cut off below."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a printer writes: its languages, main one first, and the words that the site takes for an allergy."""

    languages: tuple[str, ...] = ("en",)
    allergy_words: tuple[str, ...] = ()

    def of(self, text: Text) -> tuple[str, ...]:
        """The text in each language."""
        return in_languages(text, self.languages)

    def said(self, word: str, **values: str) -> tuple[str, ...]:
        """A word of ours in each language."""
        return tuple(one.format(**values) if values else one for one in self.of(WORDS[word]))


def in_languages(text: Text, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The text in each language; a missing one falls back to the first there is."""
    spare = next(iter(text.values()), "")
    return tuple(dict.fromkeys(text.get(language) or spare for language in languages)) if text else ("",)


def names_of(profile: SiteProfile, stations: Iterable[str]) -> Text:
    """What these stations are called, in each language that any of them has a name in."""
    found = []
    for station in stations:
        known = profile.station(station)
        found.append(known.name if known is not None and known.name else {"en": station.capitalize()})
    languages = dict.fromkeys(language for name in found for language in name)
    return {
        one: COMMAS.get(one, ", ").join(name.get(one) or next(iter(name.values())) for name in found)
        for one in languages
    }


def type_of(order: Order) -> Text:
    """How the guest gets it, as a word."""
    return (
        order.type_name or WORDS[order.type.name if order.type.name in WORDS else OrderType.UNSPECIFIED.name]
    )


def line_rows(
    one: TicketLine,
    allergens: Sequence[Allergen],
    look: Look,
    part_of: Text = NO_TEXT,
    *,
    cancelled: bool = False,
    notes_changed: bool = False,
) -> list[Row]:
    """A dish with all that belongs to it; `part_of` is the dish that it is a part of.

    `cancelled`, `notes_changed`: said above for all of them.
    """
    line = one.line
    end = look.said("was", n=number(one.was_milli))[0] if one.was_milli else ""
    changed = () if line.voided else unseen_changes(line, one.at)
    rows = []
    if line.voided and not cancelled:
        rows.append(Row(Style.WORD, look.said("void")))
    elif any(change.kind in (_OF_DISH if notes_changed else _MARKED) for change in changed):
        rows.append(Row(Style.WORD, look.said("changed")))
    quantity = number(one.to_make_milli or line.quantity_milli)
    rows.append(
        Row(Style.ITEM, look.of(line.name or {"en": line.item_id or "?"}), quantity, end, line.voided)
    )
    if part_of:
        dish = look.of(part_of)
        words = look.of(WORDS["of"])
        rows.append(
            Row(Style.SMALL, tuple(word.format(dish=name) for word, name in paired(words, dish)), inset=True)
        )
    rows += [_modifier_row(modifier, look) for modifier in line.modifiers]
    gone = [modifier for change in changed for modifier in change.removed_modifiers]
    rows += [replace(_modifier_row(modifier, look), struck=True) for modifier in gone]
    rows += [note_row(note, look) for note in line.notes]
    rows += [allergy_row(one, look) for one in allergens if one.line_id == line.line_id]
    if line.seat:
        rows.append(Row(Style.SMALL, look.said("seat", n=line.seat), inset=True))
    return rows


_MARKED = frozenset({ChangeKind.MODIFIERS, ChangeKind.NOTES, ChangeKind.ALLERGY})
"""A changed quantity says what it was."""
_OF_DISH = frozenset({ChangeKind.MODIFIERS})


def _modifier_row(modifier: Modifier, look: Look) -> Row:
    alarming = (
        modifier.allergy
        or modifier.kind is ModifierKind.ALLERGY
        or speaks_of_allergy(modifier.name, look.allergy_words)
    )
    texts = look.of(modifier.name or {"en": modifier.modifier_id or "?"})
    return Row(Style.ALLERGY if alarming else Style.MODIFIER, texts, SIGNS.get(modifier.kind, "•"))


def note_row(note: Note, look: Look) -> Row:
    """What the till wrote."""
    alarming = note.allergy or speaks_of_allergy(note.text, look.allergy_words)
    return Row(Style.ALLERGY if alarming else Style.MODIFIER, look.of(note.text), "•")


def allergy_row(allergen: Allergen, look: Look) -> Row:
    """ "ALLERGY: nuts" in each language, and whose."""
    pairs = paired(look.said("allergy"), look.of(allergen.name or {"en": allergen.allergen_id}))
    seat = look.said("seat", n=allergen.seat)[0] if allergen.seat and not allergen.line_id else ""
    return Row(Style.ALLERGY, tuple(f"{word}: {name}" if name else word for word, name in pairs), end=seat)


def paired(words: tuple[str, ...], names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Word and name in each language; the shorter goes on with its last."""
    longest = max(len(words), len(names))
    return [(words[min(n, len(words) - 1)], names[min(n, len(names) - 1)]) for n in range(longest)]


def number(milli: int) -> str:
    """Thousandths for people: "2", "0.5"."""
    return f"{milli / 1000:g}"
