"""The picture of a slip: shaped Arabic, nothing left out, nothing outside the paper. Goldens lie in tests/goldens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from heard.command import ChangeLine, ChangeOrder, ConfirmAllergy, PackBags, Transfer, VoidLines
from heard.order import Allergen, Modifier, ModifierKind, Note, OrderType, WantedSlip
from heard.stream import SiteProfile, StationProfile
from hub.core.slip import Marks, Place, pass_slip, slip
from hub.core.slip_rows import Look, Row, Style
from hub.core.slips import slip_ticket
from hub.printer.render import HEIGHT_DOTS_MAX, MARGIN, WIDTH_DOTS, _font, picture, wrapped
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


PASS = {"en": "Pass", "ar": "التسليم"}
STATIONS = SiteProfile(
    stations=(
        StationProfile("grill", {"en": "Grill", "ar": "الشواية"}),
        StationProfile("fry", {"en": "Fry", "ar": "المقلاة"}),
    )
)


def a_changed_ticket() -> Kitchen:
    """Printed once; then a modifier, a quantity and a void."""
    kitchen = a_kitchen()
    extra = Modifier("x", {"en": "extra pickles", "ar": "مخلل إضافي"}, ModifierKind.ADD)
    kitchen.do(ChangeLine("a", quantity_milli=1000, modifiers=(extra,)))
    return kitchen


def a_salad() -> Kitchen:
    kitchen = Kitchen()
    kitchen.hold(line("a", name={"en": "Fattoush", "ar": "فتوش"}), guest="Layan")
    return kitchen


def a_changed_order(languages: tuple[str, ...]) -> tuple[Row, ...]:
    """Printed; then an allergy in its notes, one note less, more guests, another table and time."""
    was = Note({"en": "window seat, please", "ar": "مقعد بجانب النافذة"})
    kitchen = Kitchen()
    kitchen.hold(
        line("a", quantity=2, name={"en": "Lemon mint", "ar": "ليمون بالنعناع"}),
        line("b", name={"en": "Peanut shake", "ar": "مخفوق الفول السوداني"}),
        type=OrderType.DINE_IN, table="12", server="Sara", covers=2, notes=(was,),
    )  # fmt: skip
    notes = (Note({"en": "NUT allergy at seat 2!", "ar": "حساسية مكسرات، مقعد 2"}),)
    kitchen.do(ChangeOrder(notes=notes, covers=4, due_at_ms=1_000_000))
    kitchen.do(Transfer("7"))
    wanted = WantedSlip("paper", "grill", ("a", "b"), copy=True)
    ticket = slip_ticket(kitchen.order(), wanted)
    assert ticket is not None
    marks = Marks(copy=True, changed=("table", "covers", "due_at_ms", "notes"), gone_notes=(was,))
    return slip(ticket, Place({"en": "Bar", "ar": "البار"}, "19:42", "20:15"), Look(languages), marks)


def a_split_table(languages: tuple[str, ...]) -> tuple[Row, ...]:
    """Two of the drinks on slip #42 are another guest's now; they were taken over from a screen, and one is of an allergy."""
    kitchen = Kitchen()
    kitchen.hold(
        line("a", quantity=2, name={"en": "Lemon mint", "ar": "ليمون بالنعناع"}),
        line("b", name={"en": "Karak tea", "ar": "شاي كرك"}, seat="2",
             modifiers=(Modifier("m", {"en": "no sugar", "ar": "بدون سكر"}, ModifierKind.REMOVE),)),
        type=OrderType.DINE_IN, table="12", server="Sara", call_number="57",
        allergens=(Allergen("milk", {"en": "milk", "ar": "حليب"}, seat="2"),),
    )  # fmt: skip
    ticket = slip_ticket(kitchen.order(), WantedSlip("paper", "grill", ("a", "b"), moved_from="42"))
    assert ticket is not None
    marks = Marks(moved_from="42", instead_of={"en": "Cold", "ar": "البارد"})
    return slip(ticket, Place({"en": "Bar", "ar": "البار"}, "19:42"), Look(languages), marks)


def a_moved_and_changed_drink(languages: tuple[str, ...]) -> tuple[Row, ...]:
    """Slip #42 has it with ice. It was split off while the printer had no paper, and its guest wants no ice."""
    kitchen = Kitchen()
    kitchen.hold(
        line("a", quantity=2, name={"en": "Lemon mint", "ar": "ليمون بالنعناع"}),
        type=OrderType.DINE_IN, table="12", server="Sara", call_number="57",
    )  # fmt: skip
    kitchen.do(
        ChangeLine("a", modifiers=(Modifier("i", {"en": "no ice", "ar": "بدون ثلج"}, ModifierKind.REMOVE),))
    )
    return printed(kitchen, languages, Marks(was=("42",)))


def a_pass_slip(languages: tuple[str, ...]) -> tuple[Row, ...]:
    kitchen = Kitchen()
    kitchen.hold(
        line("a", quantity=2, name={"en": "Zinger Burger", "ar": "برجر زنجر"}),
        line("f", "fry", name={"en": "Fries", "ar": "بطاطس"}),
        line("w", "drinks", 3, name={"en": "Water", "ar": "ماء"}, no_kitchen=True),
        allergens=(Allergen("nuts", {"en": "nuts", "ar": "مكسرات"}),), type=OrderType.DELIVERY,
        aggregator_code="HungerStation 8841 of the north branch", guest="Mona", covers=2,
    )  # fmt: skip
    kitchen.do(PackBags(3), "expo")
    kitchen.do(ConfirmAllergy((), kitchen.order().version), "expo")
    kitchen.bump("grill")
    kitchen.send_out()
    ticket = slip_ticket(kitchen.order(), WantedSlip("paper", "expo", ("a", "f", "w")))
    assert ticket is not None
    return pass_slip(ticket, Place(PASS, "19:42", "20:15"), Look(languages), STATIONS, Marks(copy=True))


def forty_modifiers(languages: tuple[str, ...]) -> tuple[Row, ...]:
    kitchen = Kitchen()
    toppings = [
        Modifier(f"m{n}", {"en": f"topping number {n}", "ar": f"إضافة رقم {n}"}, ModifierKind.ADD)
        for n in range(40)
    ]
    kitchen.hold(line("a", name={"en": "Build your own", "ar": "اصنع طبقك"}, modifiers=tuple(toppings)))
    return printed(kitchen, languages)


ASK = Marks(may_be_at={"en": "FRY", "ar": "المقلاة"})
TAKEN_OVER = Marks(instead_of={"en": "Cold", "ar": "البارد"})
AGAIN = Marks(copy=True, may_be_printed=True)
BOTH = ("en", "ar")
SLIPS: dict[str, tuple[Callable[[], tuple[Row, ...]], int, bool]] = {
    "english": (lambda: printed(a_kitchen(), ("en",), ASK), 80, False),
    "arabic": (lambda: printed(a_kitchen(), ("ar",), ASK), 80, True),
    "both": (lambda: printed(a_kitchen(), BOTH, ASK), 80, False),
    "narrow": (lambda: printed(a_kitchen(), BOTH, AGAIN), 58, False),
    "changed": (lambda: printed(a_changed_ticket(), BOTH), 80, False),
    "changed-arabic": (lambda: printed(a_changed_ticket(), ("ar", "en")), 80, True),
    "taken-over": (lambda: printed(a_salad(), BOTH, TAKEN_OVER), 80, False),
    "taken-over-arabic": (lambda: printed(a_salad(), ("ar",), TAKEN_OVER), 80, True),
    "changed-order": (lambda: a_changed_order(BOTH), 80, False),
    "changed-order-arabic": (lambda: a_changed_order(("ar",)), 58, True),
    "moved": (lambda: a_split_table(("en",)), 80, False),
    "moved-arabic": (lambda: a_split_table(("ar",)), 80, True),
    "moved-narrow": (lambda: a_split_table(("ar", "en")), 58, True),
    "moved-and-changed": (lambda: a_moved_and_changed_drink(("en",)), 80, False),
    "moved-and-changed-arabic": (lambda: a_moved_and_changed_drink(("ar",)), 80, True),
    "may-be-on": (lambda: printed(a_salad(), BOTH, Marks(may_be_on=("42", "1043"))), 80, False),
    "pass": (lambda: a_pass_slip(BOTH), 80, False),
    "pass-arabic": (lambda: a_pass_slip(("ar",)), 80, True),
    "modifiers": (lambda: forty_modifiers(BOTH), 80, False),
}


@pytest.mark.parametrize("name", SLIPS)
def test_the_slip_looks_as_it_did(name: str, request: pytest.FixtureRequest) -> None:
    rows, paper_mm, mirrored = SLIPS[name]
    drawn = picture(rows(), paper_mm, mirrored=mirrored)
    golden = GOLDENS / f"slip-{name}.png"
    if request.config.getoption("--update-goldens"):
        drawn.save(golden, optimize=True)
    wanted = Image.open(golden)
    assert drawn.size == wanted.size
    differ = ImageChops.difference(drawn.convert("L"), wanted.convert("L"))
    assert sum(differ.histogram()[1:]) < 0.002 * drawn.width * drawn.height, (
        "another FreeType may set a few dots otherwise"
    )


def colours(part: Image.Image) -> int:
    return sum(bool(count) for count in part.histogram())


@settings(max_examples=40)
@given(
    st.text("abcW ", max_size=80), st.text("xyzW ", max_size=80), st.sampled_from(list(Style)), st.booleans()
)
def test_nothing_reaches_over_the_edge_of_the_paper(
    text: str, end: str, style: Style, mirrored: bool
) -> None:
    drawn = picture((Row(style, (text,), "2", end),), mirrored=mirrored).convert("L")
    for edge in ((0, 0, MARGIN - 2, drawn.height), (drawn.width - MARGIN + 2, 0, drawn.width, drawn.height)):
        assert colours(drawn.crop(edge)) == 1, "the margin is of one colour"


def test_marks_above_a_letter_are_whole() -> None:
    row = Row(Style.WORD, ("أُلغي",))
    drawn = picture((row,), mirrored=True).convert("L")
    assert colours(drawn.crop((0, 0, drawn.width, 2))) == 1


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
