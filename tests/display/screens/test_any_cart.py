"""Any cart and any board, in any size: never an error, never outside its box, never more than a screen can hold."""

from __future__ import annotations

import string

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from display.core.cart_watch import Code, Showing, Shown
from display.core.isolate import Digits
from display.core.look import Look
from display.core.pickups import Block, Called, Numbers
from display.core.theme import Theme
from display.screens.board import BoardView
from display.screens.board import picture as board_picture
from display.screens.cart import CartView
from display.screens.cart import picture as cart_picture
from display.ui.icons import Icons
from display.ui.text import TextEngine
from heard.order import Modifier, ModifierKind, Text
from heard.stream import Cart, CartAmount, CartLine, CartState
from tests.display.golden import paint
from tests.display.screens.test_guest_goldens import check_inside

SIZES = [
    (1920, 1080),
    (1080, 1920),
    (800, 480),
    (1024, 600),
    (1024, 768),
    (480, 800),
    (3840, 2160),
]
odd = st.sampled_from(
    ["مشاوي ", "\u200b", "\u202e", "😀", "ﷺ", "W" * 30, "a\u0301" * 9, "﷽", "漢字", " ", "\t", "١٢٫٥", "10 %"]
)
texts = st.lists(st.one_of(odd, st.text(max_size=20), st.text(string.printable, max_size=8)), max_size=6).map(
    lambda parts: "".join(parts)[:120]
)
names: st.SearchStrategy[Text] = st.dictionaries(st.sampled_from(["en", "ar", "fr"]), texts, max_size=2)
amounts = st.integers(-(10**15), 10**15)
quantities = st.one_of(st.integers(-9_999_999, 9_999_999), st.just(1000))
named = st.lists(st.builds(CartAmount, names, amounts), max_size=9).map(tuple)
modifiers = st.lists(
    st.builds(Modifier, texts, names, st.sampled_from(ModifierKind), quantities, amounts), max_size=8
).map(tuple)
lines = st.lists(
    st.builds(
        CartLine,
        texts,
        names,
        quantities,
        modifiers,
        amounts,
        amounts,
        st.booleans(),
        named.map(lambda one: one[:2]),
    ),
    max_size=12,
).map(tuple)
carts = st.builds(
    Cart,
    terminal=st.just("T1"),
    state=st.just(CartState.OPEN),
    currency=st.sampled_from(["SAR", "KWD", "JPY", "", "XYZ"]),
    lines=lines,
    discounts=named,
    subtotal_minor=amounts,
    tax_minor=amounts,
    tax_rate_bp=st.integers(0, 2**32 - 1),
    tax_included=st.booleans(),
    total_minor=amounts,
    method=names,
    qr=st.text(max_size=120),
    change_minor=amounts,
    call_number=texts,
    receipt_qr=st.text(max_size=60),
    loyalty=names,
    rounding_minor=amounts,
    charges=named,
    payments=named,
)
looks = st.tuples(st.sampled_from([("en",), ("ar",), ("en", "ar"), ("ar", "en")]), st.sampled_from(Digits))
FUZZ = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink a cart takes minutes
)


def a_look(text: TextEngine, chosen: tuple[tuple[str, ...], Digits]) -> Look:
    return Look(Theme.at_scale(1.0), text, chosen[0], digits=chosen[1])


@FUZZ
@given(
    carts,
    looks,
    st.sampled_from(SIZES),
    st.sampled_from(Showing),
    st.sampled_from(Code),
    texts,
    st.booleans(),
)
def test_any_cart_stays_inside(
    text: TextEngine,
    icons: Icons,
    cart: Cart,
    chosen: tuple[tuple[str, ...], Digits],
    size: tuple[int, int],
    showing: Showing,
    code: Code,
    site: str,
    unsafe: bool,
) -> None:
    newest = cart.lines[0].line_id if cart.lines else ""
    has_cart = showing in (Showing.OPEN, Showing.PAYMENT, Showing.PAID)
    shown = Shown(showing, cart if has_cart else None, newest, code)
    view = CartView(*size, shown, site, (("en", site),), "19:42", not_live_s=99_999, unsafe=unsafe)
    picture = cart_picture(a_look(text, chosen), view)
    check_inside(picture, text)
    if size == (800, 480):
        paint(picture, text, icons)


numbers = st.builds(
    Called, st.uuids().map(str), texts, texts, texts, texts, st.booleans(), st.booleans(), st.booleans()
)
blocks = st.builds(
    Block,
    st.lists(st.one_of(st.none(), numbers), max_size=30).map(tuple),
    st.lists(numbers, max_size=60).map(tuple),
)


@FUZZ
@given(st.builds(Numbers, blocks, blocks), looks, st.sampled_from(SIZES), texts, st.booleans())
def test_any_board_stays_inside(
    text: TextEngine,
    icons: Icons,
    shown: Numbers,
    chosen: tuple[tuple[str, ...], Digits],
    size: tuple[int, int],
    site: str,
    not_live: bool,
) -> None:
    view = BoardView(*size, shown, "19:42", site, (), 75 if not_live else None, unsafe=not_live)
    picture = board_picture(a_look(text, chosen), view)
    check_inside(picture, text)
    if size == (800, 480):
        paint(picture, text, icons)
