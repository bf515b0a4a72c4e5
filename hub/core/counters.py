"""Fiscal counters as the hub knows them: what its tills issued and reported, what the cloud said, and what each till is told.

The tills number; the hub records, reports and passes on. It refuses no document for its number: that one is in a guest's
hand. What it finds by itself: a counter that went back under one incarnation (a journal from an old copy, a second machine).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from heard.command import Command, IssueFiscal
from heard.revision import Epoch
from heard.stream import CounterAdvice, CounterReport, NumberRange, RangeWish
from hub.core.alarm_words import alarm
from hub.core.business_day import open_date
from hub.core.decision import DAY_KEY, Counter, CounterBook, Decision, Docs, Key, counter_key
from hub.core.edit import DONE
from hub.core.epochs import epoch_body
from hub.core.identity import consumed, decision
from hub.core.papers import FISCAL_DOCUMENT, Fiscal, Paper, make_paper
from hub.core.site import Site

COUNTERS_KEPT = 64
"""Segments per device, newest last; closed and confirmed ones go first."""
RANGES_KEPT = 8
NEW_INCARNATION = "NEW_INCARNATION"
WENT_BACK = alarm("numbers.went_back")


def needs(command: Command) -> frozenset[Key]:
    """What `issue` reads beside the records of the command."""
    return frozenset((DAY_KEY, counter_key(command.device)))


def issue(docs: Docs, command: Command, verb: IssueFiscal, now_ms: int, site: Site) -> Decision:
    """Records a fiscal document: a paper for the cloud, and how far its counter is known to be."""
    paper = paper_of(command, verb, now_ms, verb.business_date or open_date(docs, now_ms, site))
    book = book_of(docs, command.device)
    made = _issued(book, verb, now_ms)
    answer = replace(DONE.answer(command, None), business_date=paper.business_date)
    puts = dict(consumed(docs, command, answer, now_ms, None, undo_changed=False))
    if made is not book:
        puts[counter_key(command.device)] = replace(made, version=book.version + 1)
    return replace(decision(docs, answer, puts), outbox=(paper,))


def paper_of(command: Command, verb: IssueFiscal, now_ms: int, business_date: str) -> Paper:
    """The document as the cloud gets it."""
    body = {
        "kind": verb.kind,
        "order_id": command.order_id,
        "user": command.user,
        "document": json.loads(verb.body or "{}"),
    }
    return make_paper(
        FISCAL_DOCUMENT,
        verb.document_id,
        business_date=business_date,
        device=command.device,
        made_at_ms=now_ms,
        body=body,
        amount_minor=verb.amount_minor,
        currency=verb.currency,
        fiscal=Fiscal(verb.series, verb.incarnation, verb.number),
    )


def book_of(docs: Mapping[Key, Any], device: str) -> CounterBook:
    """The device's book; an empty one of version 0 where there is none."""
    found = docs.get(counter_key(device))
    return found if isinstance(found, CounterBook) else CounterBook(device, 0)


def reported(
    book: CounterBook, reports: Sequence[CounterReport], wishes: Sequence[RangeWish], now_ms: int
) -> CounterBook:
    """The book after a till has told where its counters stand; the very same one where nothing is new."""
    counters = list(book.counters)
    for report in reports:
        place = _place(counters, report.series, report.incarnation, report.first)
        old = counters[place] if place is not None else None
        made = _after(old, report, now_ms)
        if old is not None and _same(old, made):
            continue
        if place is None:
            counters.append(made)
        else:
            counters[place] = made
    wished = tuple(one for one in wishes if not any(r.request_id == one.request_id for r in book.ranges))
    made_book = replace(book, counters=_kept(counters), wishes=wished)
    return book if made_book == book else made_book


def judged(book: CounterBook, answers: Iterable[Mapping[str, Any]], sent: Mapping[str, int]) -> CounterBook:
    """The book after the cloud has answered reports (or its gateway reminded of some); `sent`: nonce -> next, as reported."""
    counters = list(book.counters)
    for answer in answers:
        if answer.get("device") != book.device:
            continue
        findings = [one for one in answer.get("findings", ()) if isinstance(one, Mapping)]
        said = "; ".join(f"{one.get('kind')}: {one.get('detail')}" for one in findings[:3])
        for place, one in enumerate(counters):
            if (one.series, one.incarnation) != (answer.get("series"), answer.get("incarnation")):
                continue
            next_number = sent.get(one.nonce)
            counters[place] = replace(
                one,
                advice=str(answer.get("advice", "")),
                detail=said,
                confirmed_nonce=one.nonce if next_number is not None else one.confirmed_nonce,
                confirmed_next=one.confirmed_next if next_number is None else next_number,
            )
    made = replace(book, counters=tuple(counters))
    return book if made == book else made


@dataclass(frozen=True, slots=True)
class Missing:
    """Numbers that the cloud has not got although they were confirmed as sent."""

    device: str
    series: str
    incarnation: str
    low: int
    high: int


def missing(answers: Iterable[Mapping[str, Any]]) -> tuple[Missing, ...]:
    """What the cloud's answers say is missing."""
    found = []
    for answer in answers:
        for one in answer.get("findings", ()):
            if isinstance(one, Mapping) and one.get("kind") == "MISSING":
                low, high = one.get("from"), one.get("to")
                if isinstance(low, int) and isinstance(high, int):
                    device, series, incarnation = (
                        str(one.get(name)) for name in ("device", "series", "incarnation")
                    )
                    found.append(Missing(device, series, incarnation, low, high))
    return tuple(found)


def is_missing(paper: Paper, wanted: Iterable[Missing]) -> bool:
    """True where the cloud misses this document."""
    fiscal = paper.fiscal
    return fiscal is not None and any(
        (one.device, one.series, one.incarnation) == (paper.device, fiscal.series, fiscal.incarnation)
        and one.low <= fiscal.number <= one.high
        for one in wanted
    )


def exhausted(book: CounterBook) -> RangeWish | None:
    """The wish of a till that has no number left and was given no other block: it can issue no invoice."""
    for wish in book.wishes:
        left = sum(
            max(0, one.last - one.next + 1)
            for one in book.counters
            if (one.series, one.incarnation) == (wish.series, wish.incarnation) and not one.closed
        )
        if not left:
            return wish
    return None


def granted(book: CounterBook, block: NumberRange) -> CounterBook:
    """The book after the cloud gave a block: it waits for its till."""
    if any(one.request_id == block.request_id for one in book.ranges):
        return book
    wishes = tuple(one for one in book.wishes if one.request_id != block.request_id)
    return replace(book, wishes=wishes, ranges=(*book.ranges, block)[-RANGES_KEPT:])


@dataclass(frozen=True, slots=True)
class News:
    """What a till is told now."""

    advice: tuple[CounterAdvice, ...] = ()
    ranges: tuple[NumberRange, ...] = ()


def news_for(book: CounterBook, incarnation: str, wishes: Iterable[RangeWish]) -> News:
    """For the till that speaks under this incarnation and wishes for these blocks."""
    advice = []
    for one in book.counters:
        wrong = one.incarnation == incarnation and (one.went_back or one.advice == NEW_INCARNATION)
        confirmed = bool(one.confirmed_nonce) and one.confirmed_nonce == one.nonce
        if wrong or confirmed:
            advice.append(
                CounterAdvice(
                    one.series,
                    one.incarnation,
                    wrong,
                    one.nonce if confirmed else "",
                    one.confirmed_next if confirmed else 0,
                    (WENT_BACK if one.went_back else one.detail) if wrong else "",
                )
            )
    wished = {one.request_id for one in wishes}
    return News(tuple(advice), tuple(one for one in book.ranges if one.request_id in wished))


def report_bodies(books: Iterable[CounterBook], unsynced: int) -> list[dict[str, Any]]:
    """What `POST /v1/counters/reports` is told: counters that the cloud does not know as they stand.

    `unsynced`: fiscal documents that wait in the outbox; only at 0 may the cloud take one for missing.
    """
    return [
        {
            "device": book.device,
            "incarnation": one.incarnation,
            "series": one.series,
            "first": one.first,
            **({"last": one.last} if one.last else {}),
            "next": one.next,
            "pending": one.pending + unsynced,
            "closed": one.closed,
            "nonce": one.nonce,
            "previous_nonce": one.previous_nonce,
        }
        for book in books
        for one in book.counters
        if one.nonce and not (one.confirmed_nonce == one.nonce and one.confirmed_next == one.next)
    ]


def sent_body(epoch: Epoch, now_ms: int) -> dict[str, Any]:
    """When reports leave: the cloud takes none that was overtaken on its way."""
    return {"epoch": epoch_body(epoch), "at_ms": now_ms}


def range_bodies(books: Iterable[CounterBook]) -> list[dict[str, Any]]:
    """What `POST /v1/counters/ranges` is asked, one call each."""
    return [
        {
            "request_id": one.request_id,
            "device": book.device,
            "incarnation": one.incarnation,
            "series": one.series,
            "size": one.size,
        }
        for book in books
        for one in book.wishes
    ]


def _issued(book: CounterBook, verb: IssueFiscal, now_ms: int) -> CounterBook:
    counters = list(book.counters)
    for place, one in enumerate(counters):
        inside = one.first <= verb.number and (not one.last or verb.number <= one.last)
        if (one.series, one.incarnation) == (verb.series, verb.incarnation) and inside:
            if verb.number < one.next:
                return book  # its report came before it, or it is told again
            counters[place] = replace(one, next=verb.number + 1, at_ms=now_ms)
            return replace(book, counters=tuple(counters))
    made = Counter(verb.series, verb.incarnation, verb.number, 0, verb.number + 1, guessed=True, at_ms=now_ms)
    return replace(book, counters=_kept([*counters, made]))


def _after(old: Counter | None, report: CounterReport, now_ms: int) -> Counter:
    made = Counter(
        report.series,
        report.incarnation,
        report.first,
        report.last,
        report.next,
        report.pending,
        report.closed,
        report.nonce,
        report.previous_nonce,
        now_ms,
    )
    if old is None or old.guessed:
        return made if old is None else replace(made, next=max(made.next, old.next))
    return replace(
        made,
        next=max(report.next, old.next),
        went_back=old.went_back or report.next < old.next,
        advice=old.advice,
        detail=old.detail,
        confirmed_nonce=old.confirmed_nonce,
        confirmed_next=old.confirmed_next,
    )


def _same(old: Counter, new: Counter) -> bool:
    """True where only the moment of the report differs."""
    return replace(old, at_ms=0) == replace(new, at_ms=0)


def _place(counters: Sequence[Counter], series: str, incarnation: str, first: int) -> int | None:
    for place, one in enumerate(counters):
        if (one.series, one.incarnation) == (series, incarnation) and (
            one.first == first or (one.guessed and one.first >= first)
        ):
            return place
    return None


def _kept(counters: Sequence[Counter]) -> tuple[Counter, ...]:
    kept = list(counters)
    while len(kept) > COUNTERS_KEPT:
        done = next(
            (place for place, one in enumerate(kept) if one.closed and one.confirmed_next == one.next), 0
        )
        del kept[done]
    return tuple(kept)
