"""What a kitchen printer puts on paper for one ticket: rows of words, largest first what a cook must not miss. Pure.

A slip is printed once; a second one of the same ticket says so, and so does one that may already lie at another station.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from heard.order import Modifier, ModifierKind, Order, OrderType, Text
from heard.ticket import Ticket, TicketLine, speaks_of_allergy

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
        "may_be": {"en": "MAY BE AT {station}: ASK", "ar": "قد يكون عند {station}: اسأل"},
        "may_be_printed": {"en": "MAY BE PRINTED ALREADY", "ar": "ربما طُبع من قبل"},
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


@dataclass(frozen=True, slots=True)
class Marks:
    """Why this slip is not the first of its kind."""

    copy: bool = False
    may_be_printed: bool = False
    may_be_at: Text | None = None


NO_MARKS = Marks()


def slip(
    ticket: Ticket,
    station_name: Text,
    languages: tuple[str, ...],
    clock: str,
    allergy_words: Iterable[str] = (),
    marks: Marks = NO_MARKS,
) -> tuple[Row, ...]:
    """The rows of one ticket, top to bottom. `clock`: when it was held, on the site's wall."""
    order = ticket.order
    words = tuple(allergy_words)

    def said(text: Text, **values: str) -> tuple[str, ...]:
        return tuple(one.format(**values) if values else one for one in in_languages(text, languages))

    rows = [Row(Style.SMALL, in_languages(station_name, languages), end=clock)]
    rows.append(Row(Style.TITLE, (f"#{order.call_number or '-'}",), end=order.aggregator_code))
    rows.append(Row(Style.ITEM, said(order.type_name or WORDS[_type(order)])))
    if order.table:
        rows.append(Row(Style.ITEM, said(WORDS["table"], n=order.table), end=order.server))
    elif order.guest:
        rows.append(Row(Style.ITEM, (order.guest,)))
    for name, wanted in (
        ("cancelled", ticket.cancelled),
        ("rush", order.rush),
        ("add_on", ticket.add_on),
        ("copy", marks.copy),
        ("may_be_printed", marks.may_be_printed),
    ):
        if wanted:
            rows.append(Row(Style.WORD, said(WORDS[name])))
    if marks.may_be_at is not None:
        where = in_languages(marks.may_be_at, languages)
        texts = in_languages(WORDS["may_be"], languages)
        rows.append(
            Row(Style.WORD, tuple(one.format(station=at) for one, at in zip(texts, where, strict=True)))
        )
    rows += [
        Row(Style.ALLERGY, _both(said(WORDS["allergy"]), in_languages(one.name, languages)), end=one.seat)
        for one in ticket.allergens
        if not one.line_id
    ]
    rows += [_note_row(note.text, note.allergy, languages, words) for note in order.notes]
    rows.append(Row(Style.RULE))
    for line in ticket.lines:
        rows += _line_rows(ticket, line, languages, words)
    rows.append(Row(Style.RULE))
    return tuple(rows)


def in_languages(text: Text, languages: tuple[str, ...]) -> tuple[str, ...]:
    """The text in each language; a missing one falls back to the first there is."""
    spare = next(iter(text.values()), "")
    return tuple(dict.fromkeys(text.get(language) or spare for language in languages)) if text else ("",)


def _type(order: Order) -> str:
    return order.type.name if order.type.name in WORDS else OrderType.UNSPECIFIED.name


def _line_rows(
    ticket: Ticket, one: TicketLine, languages: tuple[str, ...], words: tuple[str, ...]
) -> list[Row]:
    line = one.line
    name = in_languages(line.name or {"en": line.item_id or "?"}, languages)
    end = (
        " ".join(in_languages(WORDS["was"], languages)[:1]).format(n=_number(one.was_milli))
        if one.was_milli
        else ""
    )
    rows = []
    if line.voided:
        rows.append(Row(Style.WORD, in_languages(WORDS["void"], languages)))
    rows.append(
        Row(Style.ITEM, name, _number(one.to_make_milli or line.quantity_milli), end, struck=line.voided)
    )
    rows += [_modifier_row(modifier, languages, words) for modifier in line.modifiers]
    rows += [_note_row(note.text, note.allergy, languages, words) for note in line.notes]
    rows += [
        Row(
            Style.ALLERGY,
            _both(in_languages(WORDS["allergy"], languages), in_languages(allergen.name, languages)),
        )
        for allergen in ticket.allergens
        if allergen.line_id == line.line_id
    ]
    if line.seat:
        seat = tuple(text.format(n=line.seat) for text in in_languages(WORDS["seat"], languages))
        rows.append(Row(Style.SMALL, seat))
    return rows


def _modifier_row(modifier: Modifier, languages: tuple[str, ...], words: tuple[str, ...]) -> Row:
    texts = in_languages(modifier.name or {"en": modifier.modifier_id or "?"}, languages)
    alarming = modifier.kind is ModifierKind.ALLERGY or speaks_of_allergy(modifier.name, words)
    sign = SIGNS.get(modifier.kind, "•")
    return Row(Style.ALLERGY if alarming else Style.MODIFIER, texts, sign)


def _note_row(text: Text, allergy: bool, languages: tuple[str, ...], words: tuple[str, ...]) -> Row:
    alarming = allergy or speaks_of_allergy(text, words)
    return Row(Style.ALLERGY if alarming else Style.MODIFIER, in_languages(text, languages), "•")


def _both(words: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """ "ALLERGY: nuts" in each language."""
    longest = max(len(words), len(names))
    padded = [(words[min(n, len(words) - 1)], names[min(n, len(names) - 1)]) for n in range(longest)]
    return tuple(f"{word}: {name}" if name else word for word, name in padded)


def _number(milli: int) -> str:
    return f"{milli / 1000:g}"


def lines_on(rows: Iterable[Row]) -> int:
    """How many dishes a slip names, to hold it against its ticket."""
    return sum(bool(row.start) and row.style is Style.ITEM for row in rows)
