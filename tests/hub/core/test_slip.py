"""What stands on a slip: every line of the ticket, allergies white on black, and why it is not the first of its kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heard.command import VoidLines
from heard.order import Allergen, Modifier, ModifierKind, Note
from heard.ticket import tickets
from hub.core.slip import NO_MARKS, Marks, Place, slip
from hub.core.slip_rows import Look, Row, Style
from tests.hub.core.making import Kitchen, line

NAME = {"en": "Grill", "ar": "الشواية"}


def printed(
    kitchen: Kitchen, languages: tuple[str, ...] = ("en",), marks: Marks = NO_MARKS
) -> tuple[Row, ...]:
    (ticket,) = tickets(kitchen.order(), "grill")
    return slip(ticket, Place(NAME, "19:42"), Look(languages, ("nut", "حساسية")), marks)


def words(rows: tuple[Row, ...], style: Style) -> list[str]:
    return [text for row in rows if row.style is style for text in row.texts]


def test_a_slip_says_who_what_and_where() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a", quantity=2), table="12", server="Sara", rush=True)
    rows = printed(kitchen)
    assert (rows[0].texts, rows[0].end) == (("Grill",), "19:42")
    assert rows[1].texts == ("#214",)
    assert words(rows, Style.WORD) == ["RUSH"]
    assert [(row.start, row.texts) for row in rows if row.start] == [("2", ("a",))]
    assert ("Table 12", "Sara") in [(row.texts[0], row.end) for row in rows if row.texts]


def test_allergies_stand_white_on_black_from_wherever_they_come() -> None:
    kitchen = Kitchen()
    dish = line(
        "a",
        modifiers=(
            Modifier("x", {"en": "no nuts"}, ModifierKind.REMOVE),
            Modifier("y", {"en": "ham"}, ModifierKind.ADD),
        ),
        notes=(Note({"en": "very hot"}), Note({"en": "egg!"}, allergy=True)),
    )
    kitchen.hold(
        dish,
        allergens=(Allergen("milk", {"en": "milk", "ar": "حليب"}),),
        notes=(Note({"en": "nut allergy"}),),
    )
    rows = printed(kitchen, ("en", "ar"))
    assert words(rows, Style.ALLERGY) == [
        "ALLERGY: milk", "حساسية: حليب", "nut allergy", "no nuts", "egg!",
    ]  # fmt: skip
    assert words(rows, Style.MODIFIER) == ["ham", "very hot"]


def test_a_void_is_struck_and_said() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a"), line("b"))
    kitchen.do(VoidLines(("b",)))
    rows = printed(kitchen)
    assert [row.texts[0] for row in rows if row.struck] == ["b"]
    assert words(rows, Style.WORD) == ["VOID"]


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        (Marks(copy=True), "COPY"),
        (Marks(may_be_printed=True), "MAY BE PRINTED ALREADY"),
        (Marks(may_be_at={"en": "FRY"}), "MAY BE AT FRY: ASK"),
    ],
)
def test_a_slip_that_is_not_the_first_says_why(marks: Marks, said: str) -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a"))
    assert words(printed(kitchen, marks=marks), Style.WORD) == [said]


@given(
    st.lists(st.text(max_size=120), min_size=1, max_size=20),
    st.sampled_from([("en",), ("ar",), ("en", "ar")]),
)
def test_every_line_of_the_ticket_is_on_the_slip(names: list[str], languages: tuple[str, ...]) -> None:
    kitchen = Kitchen()
    kitchen.hold(*(line(f"l{n}", name={"en": name} if name else {}) for n, name in enumerate(names)))
    dishes = [row for row in printed(kitchen, languages) if row.start and row.style is Style.ITEM]
    assert len(dishes) == len(names)
