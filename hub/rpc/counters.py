"""Fiscal counters of all tills: takes their reports, tells them what the cloud said, and gives the cloud's side what to report.

The decisions are the core's (`hub.core.counters`); here they are carried to the store, and to the streams that are open.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date as date_type
from datetime import timedelta
from typing import Any

from heard.stream import CounterAdvice, CounterReport, NumberRange, RangeWish
from hub.api import Api, Asked
from hub.core import counters as core
from hub.core.alarm_words import AlarmText, alarm
from hub.core.decision import (
    COUNTER_PREFIX,
    DAY_KEY,
    BusinessDay,
    Counter,
    CounterBook,
    Decision,
    Docs,
    counter_key,
)
from hub.core.outbox import Reoffer
from hub.core.papers import FISCAL_DOCUMENT
from hub.rpc.caller import Caller
from hub.store.seam import Committed, Store, StoreUnavailable

REPORTS_MAX = 200
"""In one call; the contract's. The rest goes with the next check."""
UNSYNCED_LOOK_MAX = 500
"""Rows of the outbox that are looked at for fiscal documents; where more wait, some may be fiscal."""

EMPTY_MS = 10_000
"""A till without a fiscal number is news for staff after it: a new one gets its first block within a second where the cloud is reached."""
DAYS_BACK = 14
"""Business dates in which a document is looked for that the cloud misses; an older one is found by `heard numbers verify`."""
SLICE = 50
"""Papers read before others have their turn: about 2 ms."""
REOFFERS_AT_ONCE = 40
"""In one decision; the seam takes 48 keys."""

Tell = Callable[[Sequence[CounterAdvice], Sequence[NumberRange]], None]
Alarm = Callable[[str, AlarmText | None], None]

log = logging.getLogger("heard.counters")


@dataclass(slots=True)
class _Till:
    tell: Tell
    wishes: tuple[RangeWish, ...] = ()


class Counters:
    """One hub's. `alarm(name, text)` tells staff of a counter that is wrong; None takes it down."""

    def __init__(self, store: Store, alarm: Alarm) -> None:
        self._store = store
        self._alarm = alarm
        self._tills: dict[Caller, _Till] = {}
        self._wrong: dict[str, AlarmText] = {}
        self._asked: set[str] = set()
        self._empty: dict[str, tuple[str, int]] = {}
        """Devices without a fiscal number: of which series, since when (hub time); 0: staff knows."""
        self._on_wish: list[Callable[[], None]] = []

    def register(self, api: Api) -> None:
        """What `heard numbers` asks."""
        api.get("numbers/status", self.status)

    def on_wish(self, tell: Callable[[], None]) -> None:
        """`tell` is called when a till wishes for a block that the cloud was not asked for: it need not wait for the next check."""
        self._on_wish.append(tell)

    # Tills.

    def opened(self, caller: Caller, tell: Tell) -> None:
        """A stream of this till is open."""
        self._tills[caller] = _Till(tell)

    def closed(self, caller: Caller, tell: Tell) -> None:
        """That stream has ended."""
        known = self._tills.get(caller)
        if known is not None and known.tell == tell:
            del self._tills[caller]

    def reported(self, caller: Caller, reports: Sequence[CounterReport], wishes: Sequence[RangeWish]) -> None:
        """The till says where its counters stand and what it wishes for."""
        till = self._tills.get(caller)
        if till is None or not (reports or wishes):
            return
        till.wishes = tuple(wishes)
        self._change(
            caller.device,
            lambda book, now_ms: core.reported(book, reports, wishes, now_ms),
            lambda _outcome: self._taken(caller.device, wishes),
        )

    def tick(self) -> None:
        """Time has passed; call it about once a second."""
        connected = {caller.device for caller in self._tills}
        for device in self._empty.keys() - connected:
            self._has_numbers(device)
        for device, (series, since_ms) in self._empty.items():
            if since_ms and self._store.now_ms() - since_ms >= EMPTY_MS:
                self._empty[device] = series, 0
                text = alarm("numbers.none_left", device=device, series=series)
                log.error("%s", text)
                self._alarm(f"numbers-left/{device}", text)

    # The cloud's side, at each gateway check.

    def reports(self) -> list[dict[str, Any]]:
        """What is to be reported now, as the contract words it; empty when the cloud knows all."""
        bodies = core.report_bodies(self.books, 0)
        if not bodies:
            return []
        unsynced = self._unsynced()
        return [{**one, "pending": one["pending"] + unsynced} for one in bodies[:REPORTS_MAX]]

    def sent(self) -> dict[str, Any]:
        """When what is reported now leaves, as the contract words it."""
        return core.sent_body(self._store.epoch, self._store.now_ms())

    async def took_reports(
        self, sent: Iterable[Mapping[str, Any]], results: Sequence[Mapping[str, Any]]
    ) -> None:
        """The cloud's answer to what was sent. Raises StoreUnavailable."""
        nonces = {str(one["nonce"]): int(one["next"]) for one in sent}
        await self._judge(results, nonces)

    async def took_advice(self, advice: Sequence[Mapping[str, Any]]) -> None:
        """What the gateway reminds of. Raises StoreUnavailable."""
        await self._judge(advice, {})

    def wishes(self) -> list[dict[str, Any]]:
        """Blocks to ask the cloud for, one call each."""
        return core.range_bodies(self.books)

    async def took_range(self, device: str, block: NumberRange) -> None:
        """The cloud gave a block. Raises StoreUnavailable."""
        self._asked.discard(block.request_id)
        await self._submit(device, lambda book, _now_ms: core.granted(book, block))
        self._tell(device)

    # What people ask.

    @property
    def books(self) -> list[CounterBook]:
        """All devices' counters, by name."""
        found = [one for one in self._store.docs_under(COUNTER_PREFIX) if isinstance(one, CounterBook)]
        return sorted(found, key=lambda one: one.device)

    async def status(self, _asked: Asked) -> dict[str, Any]:
        """Every segment: next, left, last report, and what is wrong with it."""
        now_ms = self._store.now_ms()
        return {
            "unsynced": self._unsynced(),
            "devices": [
                {
                    "device": book.device,
                    "connected": any(one.device == book.device for one in self._tills),
                    "wishes": [one.request_id for one in book.wishes],
                    "segments": [_shown(one, now_ms) for one in book.counters],
                }
                for book in self.books
            ],
        }

    def _unsynced(self) -> int:
        rows = 0
        found = 0
        for rows, row in enumerate(self._store.outbox.live(0), start=1):
            found += row.key.startswith(f"{FISCAL_DOCUMENT}/")
            if rows >= UNSYNCED_LOOK_MAX:
                return max(1, found)
        return found

    def _taken(self, device: str, wishes: Sequence[RangeWish]) -> None:
        self._tell(device)
        new = {one.request_id for one in wishes} - self._asked
        if new:
            self._asked |= new
            for tell in self._on_wish:
                tell()

    async def _judge(self, answers: Sequence[Mapping[str, Any]], nonces: Mapping[str, int]) -> None:
        for device in dict.fromkeys(str(one.get("device")) for one in answers):
            await self._submit(device, lambda book, _now_ms: core.judged(book, answers, nonces))
            self._tell(device)
        await self._offer_again(answers)

    async def _offer_again(self, answers: Sequence[Mapping[str, Any]]) -> None:
        """What the cloud misses and was confirmed as sent is offered once more, where it is still here."""
        wanted = core.missing(answers)
        if not wanted:
            return
        outbox = self._store.outbox
        looked = 0
        changes: list[Reoffer] = []
        for date in self._newest_dates():
            for key in outbox.papers_of(date):
                looked += 1
                if looked % SLICE == 0:
                    await asyncio.sleep(0)
                paper = outbox.paper(key) if key.startswith(f"{FISCAL_DOCUMENT}/") else None
                if paper is not None and core.is_missing(paper, wanted):
                    changes.append(Reoffer(key, 1))
        for start in range(0, len(changes), REOFFERS_AT_ONCE):
            some = tuple(changes[start : start + REOFFERS_AT_ONCE])

            def decide(_docs: Docs, _now_ms: int, some: tuple[Reoffer, ...] = some) -> Decision:
                return Decision(None, outbox=some)

            await self._store.submit(frozenset(), decide)
        if changes:
            log.warning("the cloud misses %d fiscal documents: they are offered again", len(changes))

    def _newest_dates(self) -> list[str]:
        day = self._store.get(DAY_KEY)
        if not isinstance(day, BusinessDay):
            return []
        last = date_type.fromisoformat(day.date)
        return [(last - timedelta(days=back)).isoformat() for back in range(DAYS_BACK)]

    async def _submit(self, device: str, change: Callable[[CounterBook, int], CounterBook]) -> None:
        await self._store.submit(frozenset((counter_key(device),)), _decided(device, change))

    def _change(
        self,
        device: str,
        change: Callable[[CounterBook, int], CounterBook],
        done: Callable[[Committed], None],
    ) -> None:
        def told(outcome: Committed | Exception) -> None:
            if isinstance(outcome, Committed):
                done(outcome)
            elif not isinstance(outcome, StoreUnavailable):
                log.error("the counters of %s cannot be stored", device, exc_info=outcome)

        self._store.submit_soon(frozenset((counter_key(device),)), _decided(device, change), told)

    def _tell(self, device: str) -> None:
        book = self._store.get(counter_key(device))
        if not isinstance(book, CounterBook):
            return
        self._say_wrong(book)
        wish = core.exhausted(book)
        if wish is None:
            self._has_numbers(device)
        elif self._empty.get(device, ("", 0))[0] != wish.series:
            self._has_numbers(device)
            self._empty[device] = (wish.series, self._store.now_ms())
        for caller, till in tuple(self._tills.items()):
            if caller.device == device:
                news = core.news_for(book, caller.incarnation, till.wishes)
                if news.advice or news.ranges:
                    till.tell(news.advice, news.ranges)

    def _has_numbers(self, device: str) -> None:
        """Or is not here to need one."""
        if device in self._empty and not self._empty.pop(device)[1]:
            log.info("%s has fiscal numbers again, or needs none", device)
            self._alarm(f"numbers-left/{device}", None)

    def _say_wrong(self, book: CounterBook) -> None:
        wrong = [one for one in book.counters if not one.closed and _what_is_wrong(one)]
        if wrong:
            last = wrong[-1]
            why = core.WENT_BACK if last.went_back else last.detail
            text = alarm("numbers", device=book.device, series=last.series, why=why)
            if text != self._wrong.get(book.device):
                self._wrong[book.device] = text
                log.error("%s", text)
                self._alarm(f"numbers/{book.device}", text)
        elif self._wrong.pop(book.device, None) is not None:
            self._alarm(f"numbers/{book.device}", None)


def _decided(
    device: str, change: Callable[[CounterBook, int], CounterBook]
) -> Callable[[Docs, int], Decision]:
    def decide(docs: Docs, now_ms: int) -> Decision:
        key = counter_key(device)
        book = core.book_of(docs, device)
        made = change(book, now_ms)
        reads = {key: book.version or None}
        if made is book or made == book:
            return Decision(None, reads)
        return Decision(None, reads, {key: replace(made, version=book.version + 1)})

    return decide


def _what_is_wrong(one: Counter) -> str:
    if one.went_back:
        return core.WENT_BACK
    return one.detail if one.advice not in ("", "OK") else ""


def _shown(one: Counter, now_ms: int) -> dict[str, Any]:
    left = None if not one.last else max(0, one.last - one.next + 1)
    return {
        "series": one.series,
        "incarnation": one.incarnation,
        "first": one.first,
        "last": one.last or None,
        "next": one.next,
        "left": 0 if one.closed else left,
        "closed": one.closed,
        "pending": one.pending,
        "reported_ago_s": None if one.guessed or not one.at_ms else (now_ms - one.at_ms) // 1000,
        "cloud_knows_next": one.confirmed_next or None,
        "wrong": _what_is_wrong(one),
    }
