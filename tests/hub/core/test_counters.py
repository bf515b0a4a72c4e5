"""Fiscal counters as the hub knows them: reports, documents, the cloud's word, and what a till is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from heard.stream import CounterAdvice, CounterReport, NumberRange, RangeWish
from hub.core import counters
from hub.core.counters import COUNTERS_KEPT, News
from hub.core.decision import Counter, CounterBook

EMPTY = CounterBook("T1", 0)
REPORT = CounterReport("T1.aa", "aa", 1, 0, 5, 0, nonce="n1")


def told(*reports: CounterReport, book: CounterBook = EMPTY) -> CounterBook:
    return counters.reported(book, reports, (), 1_000)


def answer(advice: str = "OK", **finding: Any) -> dict[str, Any]:
    findings = [finding] if finding else []
    return {"device": "T1", "series": "T1.aa", "incarnation": "aa", "advice": advice, "findings": findings}


def test_a_report_is_kept_once() -> None:
    book = told(REPORT)
    assert book.counters == (Counter("T1.aa", "aa", 1, 0, 5, nonce="n1", at_ms=1_000),)
    assert told(REPORT, book=book) is book, "no write for what is known"
    assert told(replace(REPORT, next=6), book=book).counters[0].next == 6


def test_a_counter_that_goes_back_is_told_to_begin_anew_and_stays_as_far_as_it_was() -> None:
    book = told(replace(REPORT, next=3), book=told(REPORT))
    assert (book.counters[0].next, book.counters[0].went_back) == (5, True)
    advice = CounterAdvice("T1.aa", "aa", True, detail=counters.WENT_BACK)
    assert counters.news_for(book, "aa", ()) == News((advice,))
    assert counters.news_for(book, "bb", ()) == News(), "who has begun anew is not told again"


def test_what_the_cloud_confirms_reaches_the_till_once() -> None:
    book = told(REPORT)
    (body,) = counters.report_bodies([book], 2)
    assert body == {
        "device": "T1", "incarnation": "aa", "series": "T1.aa", "first": 1, "next": 5, "pending": 2, "closed": False,
        "nonce": "n1", "previous_nonce": "",
    }  # fmt: skip
    book = counters.judged(book, [answer()], {"n1": 5})
    assert counters.report_bodies([book], 0) == [], "the cloud knows it as it stands"
    assert counters.news_for(book, "aa", ()) == News((CounterAdvice("T1.aa", "aa", False, "n1", 5),))
    book = told(replace(REPORT, nonce="n2", previous_nonce="n1"), book=book)
    assert counters.news_for(book, "aa", ()) == News()
    assert counters.judged(book, [answer() | {"device": "T2"}], {}) is book


def test_a_fork_is_told_with_the_clouds_words() -> None:
    book = counters.judged(told(REPORT), [answer("NEW_INCARNATION", kind="FORK", detail="two machines")], {})
    assert counters.news_for(book, "aa", ()).advice == (
        CounterAdvice("T1.aa", "aa", True, detail="FORK: two machines"),
    )


def test_a_block_waits_for_the_till_that_wished_for_it() -> None:
    wish = RangeWish("r1", "INV", "aa", 100)
    book = counters.reported(EMPTY, (), (wish,), 1)
    assert counters.range_bodies([book]) == [
        {"request_id": "r1", "device": "T1", "incarnation": "aa", "series": "INV", "size": 100}
    ]
    block = NumberRange("r1", "INV", "aa", 1, 100)
    book = counters.granted(book, block)
    assert (book.wishes, counters.granted(book, block)) == ((), book)
    assert counters.news_for(book, "aa", (wish,)).ranges == (block,)
    assert counters.news_for(book, "aa", ()).ranges == ()
    assert counters.reported(book, (), (wish,), 2) is book, "a wish that is granted is not asked again"


def test_a_book_is_bounded() -> None:
    book = EMPTY
    for number in range(COUNTERS_KEPT + 3):
        book = told(replace(REPORT, series=f"s{number}"), book=book)
    assert len(book.counters) == COUNTERS_KEPT


def test_what_is_missing_is_read_from_findings() -> None:
    finding = {"device": "T1", "series": "T1.aa", "incarnation": "aa", "from": 2, "to": 4}
    found = counters.missing([answer("REPUSH", kind="MISSING", **finding), answer("OK", kind="FORK"), {}])
    assert [(one.low, one.high) for one in found] == [(2, 4)]
