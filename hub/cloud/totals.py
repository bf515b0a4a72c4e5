"""Compares the control totals of business dates with the cloud, at day close and each night, and offers again what differs.

It waits while something older is still to be pushed: an outage is no difference worth telling. A date that could not be compared,
or differed, is compared again the next night.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hub.cloud.answer import CloudFailed
from hub.cloud.documents import Unfit, device_of, order_document, paper_document
from hub.cloud.push import Pusher, change_outbox
from hub.core.control_totals import Counted, Totals, missed
from hub.core.decision import DAY_KEY, BusinessDay
from hub.core.papers import Paper
from hub.store.seam import CorruptRecord, OutcomeUnknown, Store, StoreUnavailable

LOOK_EVERY_S = 1.0
NIGHTLY_MS = 24 * 3_600_000
DAYS_BACK = 7
"""Dates that are compared each night: a late order of last week is found, a year is not counted every night."""
AFTER_CLOSE_MS = 60_000
"""The day's last documents are pushed first."""
PENDING_WAIT_MS = 6 * 3_600_000
"""With something older still to be pushed, totals wait at most so long; then they say what is missing."""
RETRY_MS = 600_000
KEYS_A_PAGE = 1_000
KEYS_BYTES_MAX = 4 << 20
TOTALS_BYTES_MAX = 4 << 20
DEVICE_DOCUMENTS_MAX = 100_000
"""Keys of one device and date; more are a cloud that never says that it is done."""

log = logging.getLogger("heard.cloud")


@dataclass(frozen=True, slots=True)
class Compared:
    """The outcome for one date: documents offered again, and such as only the cloud has."""

    business_date: str
    same: bool
    reoffered: int = 0
    only_cloud: int = 0


class ControlTotals:
    """One hub's comparing: `start`, then by itself; `stop` at the end."""

    def __init__(self, pusher: Pusher, store: Store) -> None:
        self.last: dict[str, Compared] = {}
        """By business date, newest comparison."""
        self._pusher = pusher
        self._client = pusher.client
        self._store = store
        self._date = self._business_date()
        self._due_ms = store.now_ms() + NIGHTLY_MS
        self._since_ms = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Watches the business date."""
        self._task = asyncio.create_task(self._run(), name="heard-cloud-totals")

    async def stop(self) -> None:
        """At once. Idempotent."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait((task,), timeout=1.0)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            now_ms = self._store.now_ms()
            today = self._business_date()
            if today != self._date:
                self._date, self._due_ms, self._since_ms = today, now_ms + AFTER_CLOSE_MS, 0
            if now_ms < self._due_ms or self._waits(now_ms):
                continue
            try:
                await self.compare_recent()
                self._due_ms, self._since_ms = now_ms + NIGHTLY_MS, 0
            except CloudFailed as error:
                log.info("control totals wait: %s", error)
                self._due_ms = now_ms + RETRY_MS
            except (CorruptRecord, StoreUnavailable, OutcomeUnknown) as error:
                log.warning("control totals wait: %s", error)
                self._due_ms = now_ms + RETRY_MS

    def _waits(self, now_ms: int) -> bool:
        oldest_ms = self._store.outbox.count().oldest_ms
        if not oldest_ms or oldest_ms >= self._due_ms - AFTER_CLOSE_MS:
            return False
        self._since_ms = self._since_ms or now_ms
        return now_ms - self._since_ms < PENDING_WAIT_MS

    def _business_date(self) -> str:
        day = self._store.get(DAY_KEY)
        return day.date if isinstance(day, BusinessDay) else ""

    async def compare_recent(self) -> list[Compared]:
        """The closed days of the last week. Raises CloudFailed and what the store raises."""
        if not self._date:
            return []
        today = date.fromisoformat(self._date)
        days = [(today - timedelta(days=back)).isoformat() for back in range(DAYS_BACK, 0, -1)]
        return [await self.compare(one) for one in days]

    async def compare(self, business_date: str) -> Compared:
        """One date. Raises CloudFailed and what the store raises."""
        totals = await self._count(business_date)
        body = (await self._client.post("control-totals", totals.request(), bytes_max=TOTALS_BYTES_MAX)).body
        differ = _differing(body)
        reoffered = only_cloud = 0
        for device in sorted(differ):
            held = await self._held(business_date, device)
            ours = totals.documents.get(device, [])
            rows = {one.key: row for one in ours if (row := self._store.outbox.get(one.key)) is not None}
            again = missed(ours, held, rows)
            await change_outbox(self._store, again)
            reoffered += len(again)
            only_cloud += len(held.keys() - {one.key for one in ours})
        found = self.last[business_date] = Compared(business_date, not differ, reoffered, only_cloud)
        while len(self.last) > DAYS_BACK:
            del self.last[min(self.last)]
        if differ:
            log.warning(
                "control totals of %s differ at %s: %d documents are pushed again, %d are only at the cloud",
                business_date,
                ", ".join(sorted(differ)),
                reoffered,
                only_cloud,
            )
        if reoffered:
            self._pusher.offered()
        return found

    async def _count(self, business_date: str) -> Totals:
        outbox = self._store.outbox
        totals = Totals(business_date)
        ids = set(outbox.closed_on(business_date))
        ids |= {one.order_id for one in self._store.open_orders() if one.business_date == business_date}
        for order_id in sorted(ids):
            order = outbox.order(order_id)
            if order is not None and order.business_date == business_date:
                with contextlib.suppress(Unfit):  # it stands in ERROR, and never was at the cloud
                    one = order_document(order)
                    totals.add(
                        Counted(
                            one.kind,
                            one.document_id,
                            one.version,
                            one.content_hash,
                            device_of(order),
                            one.amount_minor,
                            one.currency,
                        )
                    )
            await asyncio.sleep(0)
        for key in outbox.papers_of(business_date):
            paper = outbox.paper(key)
            if paper is not None:
                with contextlib.suppress(Unfit):
                    totals.add(_counted_paper(paper))
            await asyncio.sleep(0)
        return totals

    async def _held(self, business_date: str, device: str) -> dict[str, str]:
        """Outbox key -> content hash of what the cloud has. Raises CloudFailed."""
        held: dict[str, str] = {}
        after = ""
        while len(held) < DEVICE_DOCUMENTS_MAX:
            query = {"limit": str(KEYS_A_PAGE), **({"after": after} if after else {})}
            path = f"control-totals/{business_date}/{device}"
            body = (await self._client.get(path, query, bytes_max=KEYS_BYTES_MAX)).body
            for one in body.get("documents", ()):
                part = "" if one.get("version") else f"/{one.get('content_hash')}"
                held[f"{one.get('kind')}/{one.get('id')}{part}"] = str(one.get("content_hash"))
            after = body.get("next") or ""
            if not after:
                break
        return held


def _counted_paper(paper: Paper) -> Counted:
    one = paper_document(paper)
    return Counted(one.kind, one.document_id, 0, one.content_hash, one.device, one.amount_minor, one.currency)


def _differing(body: Any) -> set[str]:
    rows: Iterable[Any] = body.get("totals", ()) if isinstance(body, dict) else ()
    return {str(one["device"]) for one in rows if isinstance(one, dict) and not one.get("same", False)}
