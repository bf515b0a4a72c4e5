"""The business day of the running hub: opens the first, rolls it when it is due, closes it for a manager, tells of it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol

from heard.business_date import date_of
from heard.errors import UserError
from hub.api import Api, Asked
from hub.core.business_day import (
    close_to,
    decide_close,
    decide_reported,
    decide_roll,
    has_open_ticket,
    roll_due,
)
from hub.core.day_end import decide_leave, is_left_over
from hub.core.day_report import DayTally
from hub.core.decision import DAY_KEY, BusinessDay, ClosedDay, Decision, Docs, order_key
from hub.core.papers import DAY_CLOSE, Paper, make_paper
from hub.core.site import Site
from hub.store.seam import Entry, Store, StoreUnavailable

SLICE = 20
"""Documents read before others have their turn: about 2 ms."""
HUB_DEVICE = "hub"
"""Who made a day's close, for the cloud's totals by device."""

log = logging.getLogger("heard.day")


class Clock(Protocol):
    """What the days need of the hub's clock."""

    @property
    def suspect(self) -> bool: ...

    @property
    def why(self) -> str: ...

    @property
    def in_step(self) -> bool: ...

    def machine_ms(self) -> int: ...

    def wall_ms(self) -> int: ...

    def look(self) -> None: ...

    def confirm(self, user: str) -> None: ...


class Days:
    """The day's keeper. `register` its routes while the hub is wired; `look` every some seconds."""

    def __init__(self, store: Store, clock: Clock, site: Callable[[], Site]) -> None:
        self._store = store
        self._clock = clock
        self._site = site
        self._reporting = asyncio.Lock()
        self._last_order_at_ms = store.now_ms()
        self._cleared = ""
        """The business date at whose beginning the days before were cleared."""
        store.on_commit(self._committed)

    def register(self, api: Api) -> None:
        """What `heard day` asks."""
        api.get("day/status", self.status)
        api.post("day/close", self.close)
        api.get("day/report", self.report, takes=("date",))
        api.post("day/confirm-clock", self.confirm_clock)

    @property
    def day(self) -> BusinessDay | None:
        """The open business day; None before the first."""
        found = self._store.get(DAY_KEY)
        return found if isinstance(found, BusinessDay) else None

    async def open(self) -> None:
        """A new store gets its business date before the first screen asks for it."""
        if self.day is None:
            with suppress(StoreUnavailable):
                await self._roll("")

    async def look(self) -> None:
        """Rolls the day when it is due, and makes the reports that are missing."""
        day = self.day
        if day is None:
            return
        if day.unreported:
            with suppress(StoreUnavailable):
                await self._report_all()
        if day.date != self._cleared:
            with suppress(StoreUnavailable):
                await self._clear(day)
        if self._clock.suspect:
            return
        site, now_ms, wall_ms = self._site(), self._store.now_ms(), self._clock.wall_ms()

        def due(last_order_at_ms: int | None, any_open: bool) -> str | None:
            return roll_due(day, wall_ms, site.zone, site.cut_off_hour, last_order_at_ms, any_open, now_ms)

        if due(None, False) is None:
            return  # nothing could make it due: the open orders need no look
        date = due(self._last_order_at_ms, has_open_ticket(self._store.open_orders()))
        if date is not None:
            with suppress(StoreUnavailable):  # it is looked at again in a moment
                await self._roll(date)
                await self._report_all()

    async def close(self, asked: Asked) -> dict[str, Any]:
        """Closes the day for a manager. Raises UserError where it may not be closed now."""
        self._clock.look()
        self._believe()

        def decide(docs: Docs, now_ms: int) -> Decision:
            self._believe()
            return decide_close(docs, now_ms, self._site(), asked.user)

        before = self.day
        await self._store.submit(frozenset((DAY_KEY,)), decide)
        after = self.day
        assert before is not None
        assert after is not None
        log.info("%s closed the business day %s; %s is open", asked.user or "-", before.date, after.date)
        with suppress(StoreUnavailable):  # it is closed all the same; the report is made in a moment
            await self._report_all()
        return self._reported(before.date) or {"business_date": before.date, "next_date": after.date}

    async def report(self, asked: Asked) -> dict[str, Any]:
        """The Z report of a closed day, as it was made at its close; the newest closed day without a date."""
        day = self.day
        date = asked.text("date", "") or (day.previous if day else "")
        found = self._reported(date) if date else None
        if found is None:
            open_ = f"{day.date} is still open" if day is not None and date == day.date else ""
            raise UserError(
                f"there is no Z report of {date or 'any day'}",
                open_ or "a day has one once it is closed: heard day close",
                1,
            )
        return found

    async def confirm_clock(self, asked: Asked) -> dict[str, Any]:
        """A manager says that the machine's clock is right. Raises UserError where it cannot be."""
        self._clock.look()
        was = self._clock.why
        self._clock.confirm(asked.user)
        return {"was_suspect": was, "wall": self._local(self._clock.wall_ms())}

    async def status(self, _asked: Asked) -> dict[str, Any]:
        """The open business day beside the wall's clock, and whether a manager may close it now."""
        day, site = self.day, self._site()
        machine_ms, wall_ms = self._clock.machine_ms(), self._clock.wall_ms()
        closes, hint = self._closes(day)
        return {
            "business_date": day.date if day else "",
            "opened_at": self._local(day.opened_wall_ms) if day else "",
            "closing_opens": closes,
            "not_now": hint,
            "wall": self._local(wall_ms),
            "wall_date": date_of(wall_ms, site.zone, 0),
            "machine_clock": self._local(machine_ms),
            "clock_suspect": self._clock.suspect,
            "clock_suspect_why": self._clock.why,
            "ntp_in_step": self._clock.in_step,
            "time_zone": getattr(site.zone, "key", None) or "the time zone of this machine",
            "cut_off_hour": site.cut_off_hour,
            "rolls_by_itself": self._when_it_rolls(day),
            "open_orders": len(self._store.open_orders()),
            "unreported": [one.date for one in day.unreported] if day else [],
        }

    def _reported(self, date: str) -> dict[str, Any] | None:
        """The close document of that day, as it was stored."""
        outbox = self._store.outbox
        for key in outbox.papers_of(date):
            paper = outbox.paper(key) if key.startswith(f"{DAY_CLOSE}/") else None
            if paper is not None:
                found: dict[str, Any] = json.loads(paper.body)
                return found
        return None

    async def _report_all(self) -> None:
        """Makes and stores the close document of each day that has none yet. Raises StoreUnavailable."""
        async with self._reporting:
            while (day := self.day) is not None and day.unreported:
                closed = day.unreported[0]
                paper = await self._made(closed)

                def decide(
                    docs: Docs, _now_ms: int, paper: Paper = paper, date: str = closed.date
                ) -> Decision:
                    return decide_reported(docs, paper, date)

                await self._store.submit(frozenset((DAY_KEY,)), decide)

    async def _clear(self, day: BusinessDay) -> None:
        """Takes what ended days left behind as fetched, in slices so that no hold waits. Raises StoreUnavailable."""
        left = [one.order_id for one in self._store.open_orders() if is_left_over(one, day)]
        for start in range(0, len(left), SLICE):
            await asyncio.gather(*(self._leave(order_id, day) for order_id in left[start : start + SLICE]))
        if left:
            log.info("%d orders of ended business days were ready and are taken as fetched", len(left))
        self._cleared = day.date

    async def _leave(self, order_id: str, day: BusinessDay) -> None:
        def decide(docs: Docs, now_ms: int) -> Decision:
            return decide_leave(docs, order_id, day, now_ms, self._site())

        await self._store.submit(frozenset((order_key(order_id),)), decide)

    async def _made(self, closed: ClosedDay) -> Paper:
        """The close document: the day's orders and papers, read in slices so that no hold waits."""
        tally, outbox = DayTally(closed.date), self._store.outbox
        for order in self._store.open_orders():
            tally.order(order)
        for place, order_id in enumerate(outbox.closed_on(closed.date), start=1):
            found = outbox.order(order_id)
            if found is not None:
                tally.order(found)
            if place % SLICE == 0:
                await asyncio.sleep(0)
        for place, key in enumerate(outbox.papers_of(closed.date), start=1):
            paper = outbox.paper(key)
            if paper is not None:
                tally.paper(paper)
            if place % SLICE == 0:
                await asyncio.sleep(0)
        count = outbox.count()
        report = tally.report()
        body = {
            "business_date": closed.date,
            "next_date": closed.next_date,
            "opened_at": self._local(closed.opened_wall_ms),
            "closed_at": self._local(closed.closed_wall_ms),
            "how": closed.how,
            "closed_by": closed.by,
            **report,
            "cloud": {"unsynced": count.pending, "errors": count.errors},
        }
        one = report["sales"][0] if len(report["sales"]) == 1 else {}  # two currencies have no sum
        return make_paper(
            DAY_CLOSE,
            f"day-{closed.date}",
            business_date=closed.date,
            device=HUB_DEVICE,
            made_at_ms=closed.closed_at_ms,
            body=body,
            amount_minor=int(one.get("total_minor", 0)),
            currency=str(one.get("currency", "")),
        )

    def _closes(self, day: BusinessDay | None) -> tuple[str, str]:
        """What a close now would open, or why it cannot be."""
        if day is None:
            return "", "no business day is open"
        site, now_ms = self._site(), self._store.now_ms()
        try:
            self._believe()
            return close_to(day, self._clock.wall_ms(), site.zone, site.cut_off_hour, now_ms), ""
        except UserError as error:
            return "", f"{error.what}; {error.hint}"

    def _when_it_rolls(self, day: BusinessDay | None) -> str:
        if day is None or self._clock.suspect:
            return "not while the clock is in doubt"
        site = self._site()
        if date_of(self._clock.wall_ms(), site.zone, site.cut_off_hour) <= day.date:
            return f"after {site.cut_off_hour:02d}:00, in the first quiet half hour"
        return "in the first half hour without a new order and without an open ticket"

    def _believe(self) -> None:
        if self._clock.suspect:
            raise UserError(
                f"the clock is in doubt: {self._clock.why}",
                "it ends by itself when NTP or the cloud agrees; or set it and run: heard day confirm-clock",
                1,
            )

    async def _roll(self, date: str) -> None:
        def decide(docs: Docs, now_ms: int) -> Decision:
            return decide_roll(docs, date, now_ms, self._site())

        await self._store.submit(frozenset((DAY_KEY,)), decide)
        day = self.day
        log.info("the business date is %s now", day.date if day else "")

    def _committed(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if entry.order is not None and entry.order.version == 1:
                self._last_order_at_ms = max(self._last_order_at_ms, entry.order.held_at_ms)

    def _local(self, wall_ms: int) -> str:
        zone = self._site().zone
        return datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(zone).isoformat(timespec="seconds")
