"""Which words of a line speak of an allergy, by the site's list."""

from __future__ import annotations

from collections.abc import Iterable

from heard.order import Line, Modifier, ModifierKind, Note
from heard.ticket import speaks_of_allergy
from hub.core.site import Site


def is_allergic(line: Line, site: Site) -> bool:
    """True where a modifier or note of the line speaks of an allergy."""
    return says_allergy(line.modifiers, line.notes, site)


def says_allergy(modifiers: Iterable[Modifier], notes: Iterable[Note], site: Site) -> bool:
    """True where one of these is an allergy, by its kind or mark or by a word of the site's list."""
    words = site.profile.allergy_words
    return any(
        one.kind is ModifierKind.ALLERGY or (words and speaks_of_allergy(one.name, words))
        for one in modifiers
    ) or any(note.allergy or (words and speaks_of_allergy(note.text, words)) for note in notes)
