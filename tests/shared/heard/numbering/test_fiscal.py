"""Fiscal numbers: no gap and no repeat in any series, whatever happens to the device; a standby block in time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heard.numbering import Book, FiscalNumber, FiscalPlan, NumbersExhausted, book_from_text
from heard.numbering.fiscal import SEGMENTS_KEPT
from heard.stream import NumberRange

RANGE = FiscalPlan("range", series="INV", block=3)


def token() -> str:
    return f"nonce-{next(_COUNT)}"


_COUNT = count()


def test_a_prefix_is_the_device_and_its_incarnation() -> None:
    book = Book("T1").under("3f9a01c2d4e5f607", token)
    first, book = book.take()
    second, book = book.take()
    assert [first.text, second.text] == ["T1.3f9a01-000001", "T1.3f9a01-000002"]
    assert (book.left, book.wish) == (None, None)
    assert Book("T1", FiscalPlan(prefix="A7")).under("3f9a01c2", token).take()[0].series == "A7.3f9a01"


def test_a_new_incarnation_begins_anew_and_closes_what_was_open() -> None:
    _, book = Book("T1").under("aaaaaa", token).take()
    assert book.under("aaaaaa", token) is book
    fresh = book.under("bbbbbb", token)
    assert fresh.take()[0] == FiscalNumber("T1.bbbbbb", "bbbbbb", 1)
    assert (fresh.segments[0].closed, fresh.segments[0].next, fresh.segments[0].left) == (True, 2, 0)


def test_blocks_active_and_standby_and_none() -> None:
    book = Book("T1", RANGE).under("aaaaaa", token)
    with pytest.raises(NumbersExhausted, match="no fiscal number left") as caught:
        book.take()
    assert "orders go on to the kitchen" in caught.value.hint
    wish = book.wish
    assert wish is not None
    assert (wish.request_id, wish.size) == ("T1.aaaaaa.1", 3)
    book = book.granted(NumberRange(wish.request_id, "INV", "aaaaaa", 10, 12), token)
    assert book.granted(NumberRange(wish.request_id, "INV", "aaaaaa", 10, 12), token) is book, "told again"
    assert book.wish is not None
    assert book.wish.request_id == "T1.aaaaaa.2", "the standby, at once"
    book = book.granted(NumberRange("T1.aaaaaa.2", "INV", "aaaaaa", 40, 42), token)
    assert (book.wish, book.left) == (None, 6)
    got = []
    for _ in range(6):
        number, book = book.take()
        got.append(number.number)
    assert got == [10, 11, 12, 40, 41, 42]
    assert book.wish is not None
    assert book.left == 0
    assert book.granted(NumberRange("T1.aaaaaa.3", "INV", "bbbbbb", 50, 52), token) is book, (
        "of another incarnation"
    )


def test_the_nonce_changes_when_the_cloud_has_confirmed_it() -> None:
    book = Book("T1").under("aaaaaa", token)
    before = book.segments[0].nonce
    _, book = book.take()
    book = book.confirmed(before, 1, token)
    after = book.segments[0]
    assert (after.previous_nonce, after.confirmed_next, after.next) == (before, 1, 2)
    assert after.nonce != before
    assert book.confirmed("unknown", 1, token) is book


def test_a_book_is_bounded_and_forgets_first_what_the_cloud_knows() -> None:
    book = Book("T1")
    for number in range(SEGMENTS_KEPT + 5):
        book = book.under(f"{number:06d}", token)
        for one in book.segments:
            if one.closed and one.incarnation != "000002":
                book = book.confirmed(one.nonce, one.next, token)
    assert len(book.segments) == SEGMENTS_KEPT
    assert any(one.incarnation == "000002" for one in book.segments), "the one that the cloud does not know"


@pytest.mark.parametrize("text", ["x", "{}", '{"segments": [{}], "incarnation": "a", "blocks": 0}', "[]"])
def test_a_text_that_cannot_be_read_is_never_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="no fiscal numbers"):
        book_from_text(text, "T1", FiscalPlan())


@pytest.mark.parametrize("plan", [{"mode": "none"}, {"mode": "range"}])
def test_a_plan_that_cannot_be(plan: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="mode"):
        FiscalPlan(**plan)  # type: ignore[arg-type]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["prefix", "range"]),
    st.lists(st.sampled_from(["take", "grant", "confirm", "renew", "restart"]), max_size=60),
)
def test_whatever_happens_no_series_has_a_gap_or_a_repeat(mode: str, steps: list[str]) -> None:
    plan = FiscalPlan(mode, series="INV", block=4)
    incarnations = count(1)
    book = Book("T1", plan).under(f"{next(incarnations):06d}", token)
    issued: dict[tuple[str, str], list[int]] = defaultdict(list)
    cloud_next = 1
    for step in steps:
        match step:
            case "take":
                try:
                    number, book = book.take()
                except NumbersExhausted:
                    assert mode == "range"
                    assert book.wish is not None
                    continue
                issued[number.series, number.incarnation].append(number.number)
            case "grant" if book.wish is not None:
                wish = book.wish
                last = cloud_next + wish.size - 1
                book = book.granted(
                    NumberRange(wish.request_id, wish.series, wish.incarnation, cloud_next, last), token
                )
                cloud_next = last + 1
            case "confirm" if book.segments:
                book = book.confirmed(book.segments[-1].nonce, book.segments[-1].next, token)
            case "renew":
                book = book.under(f"{next(incarnations):06d}", token)
            case _:
                book = replace(book_from_text(book.to_text(), "T1", plan))
    everything = [(series, number) for (series, _), numbers in issued.items() for number in numbers]
    assert len(everything) == len(set(everything))
    for (series, incarnation), numbers in issued.items():
        known = [one for one in book.segments if (one.series, one.incarnation) == (series, incarnation)]
        assert numbers == [n for one in known for n in range(one.first, one.next)]
