"""Names that screens must show: which characters they need, and in which languages they are missing."""

from __future__ import annotations

import pytest

from heard.order import Line, Modifier, Order
from hub.core import names
from hub.core.names import Names, characters_of, languages_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Kofta 2", []),
        ("Crème", ["è"]),
        ("Cre\u0300me", ["e\u0300"]),
        ("لحم", ["ل", "ح", "م"]),
        ("👩\u200d🍳!", ["👩\u200d🍳"]),
        ("❤\ufe0f", ["❤\ufe0f"]),
        ("", []),
    ],
)
def test_characters_with_their_marks(text: str, found: list[str]) -> None:
    assert list(characters_of(text)) == found


def test_a_name_without_a_language_of_the_screens_is_found() -> None:
    found = Names(languages_of((("ar", "en", "fr"), ("en",), ()), ("en", "ar")))
    assert found.languages == ("ar", "en")
    found.add("item", "i1", {"en": "Kofta"})
    found.add("item", "i2", {"en": "Rice", "ar": " "})
    found.add("item", "i3", {"en": "Tea", "ar": "شاي", "fr": "Thé"})
    found.add("item", "i4", {})
    listed, total, unreadable = found.findings(frozenset())
    assert [(one.id, one.text, one.lacks) for one in listed] == [
        ("i1", "Kofta", ("ar",)),
        ("i2", "Rice", ("ar",)),
    ]
    assert (total, unreadable, len(found)) == (2, 0, 3)


def test_what_orders_have_is_looked_at_where_no_catalogue_knows_it() -> None:
    found = Names(("en", "ar"))
    found.add("item", "i1", {"en": "Kofta", "ar": "كفتة"})
    order = Order(
        "o1",
        lines=(
            Line("l1", "i1", {"en": "Kofta"}, modifiers=(Modifier("m1", {"en": "Hot"}),)),
            Line("l2", "", {"en": "Open item"}),
        ),
    )
    found.add_order(order)
    assert [(one.kind, one.id) for one in found.findings(frozenset())[0]] == [
        ("item", "Open item"),
        ("modifier", "m1"),
    ]
    found.add("modifier", "m1", {"en": "Hot", "ar": "حار"})
    assert [one.id for one in found.findings(frozenset())[0]] == ["Open item"], (
        "the catalogue knows it better"
    )


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "NAMES_MAX", 2)
    monkeypatch.setattr(names, "CHARACTERS_MAX", 3)
    found = Names()
    for n in range(5):
        found.add("item", f"i{n}", {"ar": chr(0x627 + 3 * n) + chr(0x628 + 3 * n)})
    assert (len(found), len(found.characters)) == (2, 3)
