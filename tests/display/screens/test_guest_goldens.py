"""Pictures of the guests' screens: painted as the goldens are, counted before they are believed, and read by a phone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pygame
import pytest
import zxingcpp

from display.app.roles import ROLES, load
from display.core.draw import Group, Op, Picture, Qr, Text
from display.core.fixture import Fixture, fixture
from display.ui.icons import Icons
from display.ui.text import TextEngine
from heard.cart import check_sums, due_minor
from heard.money import format_minor
from heard.stream import CartState
from tests.display.counting import extent
from tests.display.golden import check_golden, paint
from tests.display.guests import FOLDER, fixtures

ALL = fixtures()
TWICE = {"cart-4k": "cart-order", "board-4k": "board-evening"}
LTR = str.maketrans("", "", "\u2066\u2067\u2068\u2069\u00a0")


def read(name: str) -> Fixture:
    """A fixture from its file, as `--fixture` reads it."""
    return fixture(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def picture_of(name: str, text: TextEngine) -> Picture:
    return load(ROLES[name.partition("-")[0]]).picture_of(read(name), text)


def groups(picture: Picture) -> Iterator[tuple[Group, tuple[Op, ...]]]:
    for op in picture.ops:
        if isinstance(op, Group):
            yield op, op.ops


def written(picture: Picture) -> list[str]:
    """Every text on it, without isolates."""
    found = [op.text for op in picture.ops if isinstance(op, Text)]
    found += [op.text for _, ops in groups(picture) for op in ops if isinstance(op, Text)]
    return [one.translate(LTR) for one in found]


PAGES = frozenset({"paid"})
"""Boxes on which others lie."""


def check_inside(picture: Picture, text: TextEngine) -> None:
    """Nothing is drawn outside its box, no box outside the screen, and none over another."""
    boxes = [(one.key, pygame.Rect(one.x, one.y, one.w, one.h)) for one, _ in groups(picture)]
    boxes = [(key, box) for key, box in boxes if key not in PAGES and key not in ("not-live", "unsafe")]
    for n, (key, box) in enumerate(boxes):
        over = [other for other, place in boxes[n + 1 :] if box.colliderect(place)]
        assert not over, f"{key} and {over} lie over each other"
    for op in picture.ops:
        left, right = extent(op, text)
        assert left >= 0, op
        assert right <= picture.w, op
    for group, ops in groups(picture):
        assert group.y >= 0
        assert group.y + group.h <= picture.h, group.key
        for op in ops:
            left, right = extent(op, text)
            assert left >= 0, (group.key, op)
            assert right <= group.w, (group.key, op)
            if isinstance(op, Text):
                assert 0 <= op.y <= group.h, (group.key, op)


@pytest.mark.parametrize("name", ALL)
def test_the_screen_is_painted_as_its_golden(
    name: str, text: TextEngine, icons: Icons, update_goldens: bool
) -> None:
    picture = picture_of(name, text)
    check_inside(picture, text)
    if name.endswith("4k"):  # twice 1080p, operation by operation: its pixels would cost a second each
        half = picture_of(TWICE[name], text)
        assert (picture.w, picture.h) == (2 * half.w, 2 * half.h)
        assert written(picture) == written(half)
        return
    check_golden(name, picture, text, icons, update=update_goldens)


@pytest.mark.parametrize("name", ALL)
def test_the_fixture_files_are_what_the_guests_say(name: str) -> None:
    on_disk = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert on_disk == ALL[name], "run python -m tests.display.guests"


@pytest.mark.parametrize("name", [name for name in ALL if name.startswith("cart-")])
def test_a_cart_shows_every_line_or_counts_it_and_its_total(name: str, text: TextEngine) -> None:
    content = read(name)
    picture = picture_of(name, text)
    cart, words = content.cart, written(picture)
    if cart is None or cart.state is CartState.PAID or content.silent_s:
        return
    check_sums(cart)
    digits = "arabic" if content.profile.digits == "arabic" else "western"
    total = due_minor(cart) if cart.state is CartState.PAYMENT else cart.total_minor
    assert format_minor(total, cart.currency, digits) in words
    keys = [group.key for group, _ in groups(picture)]
    rows = sum(key.startswith("row/") for key in keys)
    if digits == "western":
        for key, pattern in (("earlier", "+{} earlier"), ("later", "+{} more")):
            if key in keys:
                rows += next(n for n in range(1, 99) if pattern.format(n) in words)
        assert rows == len(cart.lines)


@pytest.mark.parametrize("name", [name for name in ALL if name.startswith("board-")])
def test_a_board_shows_every_number_or_counts_it(name: str, text: TextEngine) -> None:
    content = read(name)
    if content.profile.digits == "arabic":
        return
    words = written(picture_of(name, text))
    numbers = [one.aggregator_code.split()[-1] or one.call_number if one.aggregator_code else one.call_number for one in content.orders]  # fmt: skip
    missing = [one for one in numbers if one not in words]
    more = sum(int(one[1:]) for one in words if one.startswith("+") and one[1:].isdigit())
    assert more == len(missing)
    assert len([one for one in words if one in numbers]) == len(numbers) - len(missing), "none twice"


def seen_codes(surface: pygame.Surface) -> list[str]:
    """What a phone's camera reads on the picture."""
    w, h = surface.get_size()
    grey = pygame.image.tobytes(surface, "RGB")[::3]
    found = zxingcpp.read_barcodes(memoryview(grey).cast("B", (h, w)))
    return [one.text for one in found]


@pytest.mark.parametrize(
    "name",
    ["cart-payment", "cart-payment-arabic", "cart-portrait-payment", "cart-800x480-payment", "cart-paid",
     "cart-portrait-paid", "cart-800x480-paid"],
)  # fmt: skip
def test_a_phone_reads_the_code_as_it_was_given(name: str, text: TextEngine, icons: Icons) -> None:
    cart = read(name).cart
    assert cart is not None
    surface = paint(picture_of(name, text), text, icons)
    assert seen_codes(surface) == [cart.qr or cart.receipt_qr]


def test_an_expired_code_is_not_on_the_picture(text: TextEngine, icons: Icons) -> None:
    picture = picture_of("cart-payment-expired", text)
    assert not [op for _, ops in groups(picture) for op in ops if isinstance(op, Qr)]
    assert seen_codes(paint(picture, text, icons)) == []


def test_a_covered_cart_leaves_nothing_of_the_guest(text: TextEngine) -> None:
    words: Any = written(picture_of("cart-not-live", text))
    cart = read("cart-not-live").cart
    assert cart is not None
    assert not {name for line in cart.lines for name in line.name.values()} & set(words)
    assert "180.00" not in words
    assert "NOT LIVE 0:12" in words
