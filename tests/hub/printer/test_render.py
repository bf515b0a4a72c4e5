"""The picture of a slip: shaped Arabic, nothing left out, nothing outside the paper. Goldens lie in tests/goldens."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from heard.command import VoidLines
from heard.order import Allergen, Modifier, ModifierKind, Note
from hub.core.slip import Marks
from hub.core.slip_rows import Row, Style
from hub.printer.render import HEIGHT_DOTS_MAX, WIDTH_DOTS, _font, picture, wrapped
from tests.hub.core.making import Kitchen, line
from tests.hub.core.test_slip import printed

GOLDENS = Path(__file__).parents[2] / "goldens"


def a_kitchen() -> Kitchen:
    kitchen = Kitchen()
    kitchen.hold(
        line("a", quantity=2, name={"en": "Zinger Burger", "ar": "برجر زنجر"},
             modifiers=(Modifier("m", {"en": "no onion", "ar": "بدون بصل"}, ModifierKind.REMOVE),)),
        line("b", name={"en": "Mixed grill with a very long name that must wrap", "ar": "مشاوي مشكلة 12.50"},
             notes=(Note({"en": "nut allergy!"}),), seat="2"),
        line("c", name={"en": "Fries", "ar": "بطاطس"}),
        allergens=(Allergen("nuts", {"en": "nuts", "ar": "مكسرات"}),), table="12", server="Sara", rush=True,
    )  # fmt: skip
    kitchen.do(VoidLines(("c",)))
    return kitchen


@pytest.mark.parametrize(
    ("name", "languages"), [("english", ("en",)), ("arabic", ("ar",)), ("both", ("en", "ar"))]
)
def test_the_slip_looks_as_it_did(
    name: str, languages: tuple[str, ...], request: pytest.FixtureRequest
) -> None:
    drawn = picture(printed(a_kitchen(), languages, Marks(may_be_at={"en": "FRY", "ar": "المقلاة"})))
    golden = GOLDENS / f"slip-{name}.png"
    if request.config.getoption("--update-goldens"):
        drawn.save(golden, optimize=True)
    wanted = Image.open(golden)
    assert drawn.size == wanted.size
    differ = ImageChops.difference(drawn.convert("L"), wanted.convert("L"))
    assert sum(differ.histogram()[1:]) < 0.002 * drawn.width * drawn.height, (
        "another FreeType may set a few dots otherwise"
    )


@settings(max_examples=40)
@given(st.text(max_size=120), st.sampled_from([58, 80]), st.sampled_from(list(Style)))
def test_any_text_is_drawn_on_the_paper(text: str, paper_mm: int, style: Style) -> None:
    drawn = picture((Row(style, (text,), "2", "x"),), paper_mm)
    assert drawn.width == WIDTH_DOTS[paper_mm]


@settings(max_examples=40)
@given(st.lists(st.text("abcW ", min_size=1, max_size=40), min_size=1, max_size=5))
def test_wrapping_leaves_nothing_out(words: list[str]) -> None:
    text = " ".join(words)
    font = _font(42, True)
    pieces = wrapped(text, font, 300)
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")
    assert all(font.getlength(piece) <= 300 for piece in pieces)


def test_paper_has_an_end_and_the_slip_says_so() -> None:
    drawn = picture(tuple(Row(Style.TITLE, ("x",)) for _ in range(400)))
    assert drawn.height <= HEIGHT_DOTS_MAX + 200
