"""Which words of a line speak of an allergy, by the site's list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from heard.alike import once_a_dish
from heard.order import Line, Modifier, ModifierKind, Note
from heard.quick import replaced
from heard.ticket import speaks_of_allergy
from hub.core.site import Site


def marked_line(line: Line, site: Site) -> Line:
    """The line with its modifiers and notes marked that speak of an allergy, so that every screen knows without the list."""
    if not line.modifiers and not line.notes:
        return line
    modifiers, notes = _marks(line, site.profile.allergy_words)
    if modifiers is line.modifiers and notes is line.notes:
        return line
    return replaced(line, modifiers=modifiers, notes=notes)


@once_a_dish
def _marks(line: Line, words: tuple[str, ...]) -> tuple[tuple[Modifier, ...], tuple[Note, ...]]:
    return marked(line.modifiers, words), marked_notes(line.notes, words)


def marked(modifiers: tuple[Modifier, ...], words: tuple[str, ...]) -> tuple[Modifier, ...]:
    """The modifiers with those marked whose name has one of the site's words; the same ones where none has."""
    found = [
        replace(one, allergy=True) if not one.allergy and speaks_of_allergy(one.name, words) else one
        for one in modifiers
    ]
    return modifiers if all(map(_same, found, modifiers)) else tuple(found)


def marked_notes(notes: tuple[Note, ...], words: tuple[str, ...]) -> tuple[Note, ...]:
    """As `marked`, for notes."""
    found = [
        replace(one, allergy=True) if not one.allergy and speaks_of_allergy(one.text, words) else one
        for one in notes
    ]
    return notes if all(map(_same, found, notes)) else tuple(found)


def _same(one: object, other: object) -> bool:
    return one is other


def is_allergic(line: Line, site: Site) -> bool:
    """True where a modifier or note of the line speaks of an allergy."""
    return says_allergy(line.modifiers, line.notes, site)


def says_allergy(modifiers: Iterable[Modifier], notes: Iterable[Note], site: Site) -> bool:
    """True where one of these is an allergy, by its kind or mark or by a word of the site's list."""
    words = site.profile.allergy_words
    return any(
        one.allergy or one.kind is ModifierKind.ALLERGY or (words and speaks_of_allergy(one.name, words))
        for one in modifiers
    ) or any(note.allergy or (words and speaks_of_allergy(note.text, words)) for note in notes)
