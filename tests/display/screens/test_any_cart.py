"""Any cart and any board, in any size: never an error, never outside its box, never more than a screen can hold."""

from __future__ import annotations

import random
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
PARTS = st.lists(
    st.one_of(odd, st.text(max_size=20), st.text(string.printable, max_size=8)), min_size=2, max_size=8
)
SEEDS = st.integers(0, 2**32 - 1)


class Chance:
    """Carts and boards of any size, put together by plain chance out of a few drawn parts.

    To draw each of their thousand values costs ten times what it takes to lay them out.
    """

    def __init__(self, parts: list[str], seed: int) -> None:
        self._parts = parts
        self._random = random.Random(seed)
        self.pick, self.upto = self._random.choice, self._random.randint

    def text(self) -> str:
        return "".join(self._random.choices(self._parts, k=self.upto(0, 6)))[:120]

    def name(self) -> Text:
        return {
            language: self.text() for language in self._random.sample(["en", "ar", "fr"], self.upto(0, 2))
        }

    def amount(self) -> int:
        """Of any number of digits."""
        return self.upto(-1, 1) * self.upto(0, 10 ** self.upto(0, 15))

    def quantity(self) -> int:
        return self.pick((1000, self.upto(-9_999_999, 9_999_999)))

    def yes(self) -> bool:
        return self.pick((True, False))

    def named(self, most: int = 9) -> tuple[CartAmount, ...]:
        return tuple(CartAmount(self.name(), self.amount()) for _ in range(self.upto(0, most)))

    def modifier(self) -> Modifier:
        kind = self.pick(list(ModifierKind))
        return Modifier(self.text(), self.name(), kind, self.quantity(), self.amount())

    def line(self) -> CartLine:
        modifiers = tuple(self.modifier() for _ in range(self.upto(0, 8)))
        what = (self.text(), self.name(), self.quantity(), modifiers)
        return CartLine(*what, self.amount(), self.amount(), self.yes(), self.named(2))

    def cart(self) -> Cart:
        return Cart(
            terminal="T1",
            state=CartState.OPEN,
            currency=self.pick(("SAR", "KWD", "JPY", "", "XYZ")),
            lines=tuple(self.line() for _ in range(self.upto(0, 12))),
            discounts=self.named(),
            subtotal_minor=self.amount(),
            tax_minor=self.amount(),
            tax_rate_bp=self.pick((0, 1500, self.upto(0, 2**32 - 1))),
            tax_included=self.yes(),
            total_minor=self.amount(),
            method=self.name(),
            qr=self.text(),
            change_minor=self.amount(),
            call_number=self.text(),
            receipt_qr=self.text()[:60],
            loyalty=self.name(),
            rounding_minor=self.amount(),
            charges=self.named(),
            payments=self.named(),
        )

    def number(self, n: int) -> Called:
        name, brand, point = self.text(), self.text(), self.text()
        return Called(f"o{n}", self.text(), name, brand, point, self.yes(), self.yes(), self.yes())

    def block(self) -> Block:
        ready = (None if self.upto(0, 3) == 0 else self.number(n) for n in range(self.upto(0, 30)))
        return Block(tuple(ready), tuple(self.number(100 + n) for n in range(self.upto(0, 60))))


looks = st.tuples(st.sampled_from([("en",), ("ar",), ("en", "ar"), ("ar", "en")]), st.sampled_from(Digits))
FUZZ = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # parts and a seed cannot be made simpler
)


def a_look(text: TextEngine, chosen: tuple[tuple[str, ...], Digits]) -> Look:
    return Look(Theme.at_scale(1.0), text, chosen[0], digits=chosen[1])


@FUZZ
@given(
    PARTS,
    SEEDS,
    looks,
    st.sampled_from(SIZES),
    st.sampled_from(Showing),
    st.sampled_from(Code),
    st.booleans(),
)
def test_any_cart_stays_inside(
    text: TextEngine,
    icons: Icons,
    parts: list[str],
    seed: int,
    chosen: tuple[tuple[str, ...], Digits],
    size: tuple[int, int],
    showing: Showing,
    code: Code,
    unsafe: bool,
) -> None:
    chance = Chance(parts, seed)
    cart, site = chance.cart(), chance.text()
    newest = cart.lines[0].line_id if cart.lines else ""
    has_cart = showing in (Showing.OPEN, Showing.PAYMENT, Showing.PAID)
    shown = Shown(showing, cart if has_cart else None, newest, code)
    view = CartView(*size, shown, site, (("en", site),), "19:42", not_live_s=99_999, unsafe=unsafe)
    picture = cart_picture(a_look(text, chosen), view)
    check_inside(picture, text)
    if size == (800, 480):
        paint(picture, text, icons)


@FUZZ
@given(PARTS, SEEDS, looks, st.sampled_from(SIZES), st.booleans())
def test_any_board_stays_inside(
    text: TextEngine,
    icons: Icons,
    parts: list[str],
    seed: int,
    chosen: tuple[tuple[str, ...], Digits],
    size: tuple[int, int],
    not_live: bool,
) -> None:
    chance = Chance(parts, seed)
    shown, site = Numbers(chance.block(), chance.block()), chance.text()
    view = BoardView(*size, shown, "19:42", site, (), 75 if not_live else None, unsafe=not_live)
    picture = board_picture(a_look(text, chosen), view)
    check_inside(picture, text)
    if size == (800, 480):
        paint(picture, text, icons)
