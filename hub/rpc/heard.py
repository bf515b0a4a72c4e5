"""Carries the core's hearing: commits and reports in, live values for terminals, alarms in the log, notes to the store out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence

from heard.order import Order
from heard.stream import Alive, Notice, Painted, View, ViewKind
from hub.core.decision import DAY_KEY, BusinessDay
from hub.core.hearing import Hearing
from hub.core.hearing_facts import NOTES_TABLE, Alarm, Effect, Note, Told, void_answers
from hub.core.last_words import last_words
from hub.rpc.live import LiveValues
from hub.store.seam import CorruptRecord, Entry, Store

INTRODUCED_MAX = 4_096
"""Terminals that were told of their earlier orders; names are free until pairing. Telling one again does no harm."""
CLOSED_KEPT_MS = 60_000
"""How long the last word about a closed order is sent to a terminal that connects again."""
CLOSED_MAX = 5_000
"""Of those; a stadium closes 600 a minute."""
ANSWERS_KEPT_MS = 24 * 3_600_000
"""… and where a void of it was answered: a till that was off for a day must know what to refund."""
ANSWERS_MAX = 500
"""Closed orders whose voids are told again and again; the oldest goes first. A busy day has fifty."""
LAST_WORDS_REVS = 500
"""Newest revisions that a killed hub may have committed and not told: a tenth of a second at its fastest, many times over."""

log = logging.getLogger("heard.alarm")


class Heard:
    """The screens' side is `hub.rpc.services.Screens`; `tick` about four times a second."""

    def __init__(
        self,
        store: Store,
        hearing: Hearing,
        live: LiveValues,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Takes in the store's open orders and notes, and every commit from now on.

        `failed` is told of a mistake of ours in a commit: an order would be unheard, and nobody alarmed.
        """
        self._failed = failed
        self.on_key: Callable[[str, int], None] | None = None
        """Told of the last key at a station: (station, hub time)."""
        self.hearing = hearing
        self._store = store
        self._live = live
        self._introduced: set[str] = set()
        self._keys: dict[str, dict[str, str]] = {}
        self._closed: dict[str, int] = {}
        self._answered: dict[str, int] = {}
        self._carry(hearing.restore(store.open_orders(), store.notes(NOTES_TABLE), store.now_ms()))
        self._tell_last_words()
        store.on_commit(self._committed)

    def joined(self, device: str, station: str, counts: bool) -> None:
        self._carry(self.hearing.screen_joined(device, station, counts=counts, now_ms=self._store.now_ms()))

    def left(self, device: str, station: str) -> None:
        self._carry(self.hearing.screen_left(device, station, self._store.now_ms()))

    def painted(self, device: str, station: str, painted: Painted) -> None:
        self._carry(self.hearing.painted(device, station, painted, self._store.now_ms()))

    def alive(self, device: str, station: str, alive: Alive) -> None:
        if alive.key_ms_ago is not None and self.on_key is not None:
            self.on_key(station, self._store.now_ms() - alive.key_ms_ago)
        self._carry(self.hearing.alive(device, station, alive, self._store.now_ms()))

    def printed(self, order_id: str, station: str, version: int) -> None:
        """A printer has that version on paper."""
        self._carry(self.hearing.printed(order_id, station, version))

    def introduce(self, view: View) -> None:
        """A terminal watches: what was heard of its orders before this start of the hub is put where it finds it."""
        if view.kind is ViewKind.TERMINAL:
            self._introduce(view.terminal)

    def _introduce(self, terminal: str) -> None:
        if terminal and terminal not in self._introduced:
            if len(self._introduced) >= INTRODUCED_MAX:
                self._introduced.clear()
            self._introduced.add(terminal)
            for value in self.hearing.values_for(terminal, self._store.now_ms()):
                self._tell(Told(terminal, value))

    def _tell_last_words(self) -> None:
        """What closed just before this start: its till may have heard nothing of it."""
        store = self._store
        closed: dict[str, Order] = {}
        try:
            for entry in store.log(max(store.compact_rev, store.rev - LAST_WORDS_REVS), LAST_WORDS_REVS):
                order_id = entry.key.partition("/")[2]
                closed.pop(order_id, None)
                if entry.old_views and not entry.new_views and (order := entry.order) is not None:
                    closed[order_id] = order
        except CorruptRecord as error:
            log.error("what closed before this start is not told again: %s", error)
        for order in ({one.order_id: one for one in self._answered_before()} | closed).values():
            self._carry(last_words(order))
            self._keep(order.order_id, order)

    def _answered_before(self) -> Sequence[Order]:
        """Closed orders of this business day and the one before with a void, last closed last."""
        day = self._store.get(DAY_KEY)
        dates = (day.date, day.previous) if isinstance(day, BusinessDay) else ()
        found: list[Order] = []
        try:
            for date in filter(None, dates):
                found += self._store.closed_orders(date, limit=ANSWERS_MAX - len(found), voided=True)
        except CorruptRecord as error:
            log.error("what became of earlier voids is not told again: %s", error)
        found.reverse()
        return found

    def tick(self) -> None:
        """Time has passed."""
        now_ms = self._store.now_ms()
        self._carry(self.hearing.tick(now_ms))
        for kept, most in ((self._closed, CLOSED_MAX), (self._answered, ANSWERS_MAX)):
            while kept:
                order_id, due_ms = next(iter(kept.items()))
                if due_ms > now_ms and len(kept) <= most:
                    break
                del kept[order_id]
                for key, audience in self._keys.pop(order_id, {}).items():
                    self._live.forget(audience, key)

    def _keep(self, order_id: str, order: Order | None) -> None:
        """It is closed, or gone: what was told of it stands for a while."""
        if order_id not in self._keys:
            return
        now_ms = self._store.now_ms()
        if order is not None and any(void_answers(order, there.station) for there in order.stations):
            self._answered[order_id] = now_ms + ANSWERS_KEPT_MS
        else:
            self._closed[order_id] = now_ms + CLOSED_KEPT_MS

    def _committed(self, entries: Sequence[Entry]) -> None:
        try:
            self._take(entries)
        except Exception as error:
            if self._failed is None:
                raise
            self._failed(error)

    def _take(self, entries: Sequence[Entry]) -> None:
        now_ms = self._store.now_ms()
        for entry in entries:
            if entry.old is not None and not entry.new_views:
                self._introduce(
                    entry.old.terminal
                )  # its till is not back yet: afterwards nobody could tell it
            self._carry(self.hearing.changed(entry.old, entry.order, now_ms))
            order_id = entry.key.partition("/")[2]
            self._closed.pop(order_id, None)
            self._answered.pop(order_id, None)
            if not entry.new_views:
                self._keep(order_id, entry.order)

    def _carry(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Told):
                self._tell(effect)
            elif isinstance(effect, Note):
                self._store.note(NOTES_TABLE, effect.key, effect.value)
            else:
                self._alarm(effect)

    def _tell(self, told: Told) -> None:
        value = told.value
        audience = f"terminal:{told.terminal}"
        key = f"heard/{value.order_id}/{value.station}"
        self._keys.setdefault(value.order_id, {})[key] = audience
        self._live.put(audience, key, value)

    def _alarm(self, alarm: Alarm) -> None:
        key = f"alarm/{alarm.station}"
        if alarm.raised:
            log.error("%s", alarm.message)
            self._live.put("expo", key, Notice("alarm", alarm.text, alarm.station, "not_heard"))
        else:
            log.info("%s", alarm.message)
            self._live.put("expo", key, None)
