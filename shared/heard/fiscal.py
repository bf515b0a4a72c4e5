"""Fiscal documents of one till: a number and its document on disk in one transaction, reported to the hub, hub or no hub."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from heard.command import Answer, Command, IssueFiscal
from heard.copied import mark_of, mark_path, write_mark
from heard.ids import uuid7
from heard.link import JournalFile, Link
from heard.numbering import Book, FiscalNumber, FiscalPlan, book_from_text
from heard.stream import CounterAdvice, CounterReport, NumberRange, RangeWish

log = logging.getLogger(__name__)

BOOK_KEY = "fiscal"
NONCE_BYTES = 8

Finish = Callable[[FiscalNumber, dict[str, Any]], Mapping[str, Any]]
"""The number and the body as it was given -> the body with what needs the number (its QR, its signature)."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A fiscal document that is on the till's disk. `number.text` is what is printed."""

    document_id: str
    number: FiscalNumber
    body: Mapping[str, Any]


class FiscalDesk:
    """The fiscal numbers of one started till."""

    def __init__(self, link: Link, journal: JournalFile, device: str, plan: FiscalPlan) -> None:
        """Raises ValueError where the journal's book cannot be read: no number may be guessed."""
        self._link = link
        self._journal = journal
        self._device = device
        self._plan = plan
        self._book = book_from_text(journal.kept.values.get(BOOK_KEY, ""), device, plan)
        self._mark = mark_path(journal.path)
        self._marking: asyncio.Task[None] | None = None
        self._news: asyncio.Task[None] | None = None
        self._told: list[Callable[[str], None]] = []
        self._unanswered = {
            one.command.verb.document_id
            for one in link.pending.values()
            if isinstance(one.command.verb, IssueFiscal)
        }

    async def start(self) -> None:
        """Opens the segment of this incarnation and begins to report."""
        await self._change(lambda book: book)
        self._link.on_answer(self._answered)
        self._link.count(self._counters, self._take_news, lambda: self._take_news((), ()))

    async def close(self) -> None:
        """Waits for what is being written."""
        for task in (self._news, self._marking):
            if task is not None:
                await asyncio.gather(task, return_exceptions=True)

    @property
    def book(self) -> Book:
        """Segments, as they stand on disk."""
        return self._book

    def on_told(self, listener: Callable[[str], None]) -> None:
        """Called with what must be told to the manager: a counter that was found wrong, and what was done."""
        self._told.append(listener)

    async def issue(
        self,
        body: Mapping[str, Any],
        *,
        order_id: str = "",
        kind: str = "invoice",
        amount_minor: int = 0,
        currency: str = "",
        business_date: str = "",
        document_id: str = "",
        finish: Finish | None = None,
        user: str = "",
        wall_ms: int = 0,
    ) -> Issued:
        """Number the document and write both; it goes to the hub by itself. See `heard.pos.Terminal.issue`."""
        document_id = document_id or uuid7(wall_ms, secrets.randbits(74))
        issued: list[Issued] = []

        def take(text: str, incarnation: str) -> tuple[str, IssueFiscal]:
            book = book_from_text(text, self._device, self._plan).under(incarnation, new_nonce)
            number, after = book.take()
            whole = dict(body) if finish is None else dict(finish(number, dict(body)))
            issued[:] = [Issued(document_id, number, whole)]
            document = IssueFiscal(
                document_id,
                kind,
                number.series,
                number.incarnation,
                number.number,
                json.dumps(whole, ensure_ascii=False, separators=(",", ":")),
                amount_minor,
                currency,
                business_date,
            )
            return after.to_text(), document

        self._unanswered.add(document_id)
        try:
            await self._link.issue(BOOK_KEY, take, self._now, order_id, user)
        except Exception:
            self._unanswered.discard(document_id)
            raise
        return issued[0]

    def _counters(self) -> tuple[Sequence[CounterReport], RangeWish | None]:
        return self._book.reports(len(self._unanswered)), self._book.wish

    def _answered(self, command: Command, _answer: Answer) -> None:
        if isinstance(command.verb, IssueFiscal) and command.verb.document_id in self._unanswered:
            self._unanswered.discard(command.verb.document_id)
            if not self._unanswered:
                self._link.say_counters()

    def _take_news(self, advice: Sequence[CounterAdvice], ranges: Sequence[NumberRange]) -> None:
        before = self._news

        async def take() -> None:
            if before is not None:
                await asyncio.gather(before, return_exceptions=True)
            try:
                await self._follow(advice, ranges)
            except Exception:
                log.exception("the till could not follow what was said of its fiscal numbers")

        self._news = asyncio.create_task(take(), name="heard-fiscal-news")

    async def _follow(self, advice: Sequence[CounterAdvice], ranges: Sequence[NumberRange]) -> None:
        wrong = next(
            (one for one in advice if one.new_incarnation and one.incarnation == self._journal.incarnation),
            None,
        )
        if wrong is not None:
            await self._link.renew(f"series {wrong.series}: {wrong.detail or 'its counter was found wrong'}")
            for listener in self._told:
                listener(f"the fiscal numbers begin anew: {wrong.detail}")

        def change(book: Book) -> Book:
            for one in advice:
                if one.confirmed_nonce:
                    book = book.confirmed(one.confirmed_nonce, one.confirmed_next, new_nonce)
            for block in ranges:
                book = book.granted(block, new_nonce)
            return book

        if await self._change(change):
            self._link.say_counters()

    async def _change(self, change: Callable[[Book], Book]) -> bool:
        """Changes the book on disk; True where anything changed."""

        def run(text: str, incarnation: str) -> str:
            old = book_from_text(text, self._device, self._plan)
            new = change(old.under(incarnation, new_nonce))
            changed[:] = [new != old]
            return new.to_text() if new != old else text

        changed: list[bool] = []
        # Told in the order of the journal: a later document's number is never taken back by this.
        await self._journal.change(BOOK_KEY, run, self._now)
        return changed[0]

    def _now(self, text: str) -> None:
        self._book = book_from_text(text, self._device, self._plan)
        if self._marking is None or self._marking.done():
            self._marking = asyncio.create_task(self._write_mark(), name="heard-fiscal-mark")

    async def _write_mark(self) -> None:
        """Behind the issuing, and as often as the disk allows."""
        written: dict[str, int] = {}
        while (mark := mark_of(self._book)) != written:
            await asyncio.to_thread(write_mark, self._mark, mark)
            written = mark


def new_nonce() -> str:
    """Names one report of a counter."""
    return secrets.token_hex(NONCE_BYTES)
