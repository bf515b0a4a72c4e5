"""Fiscal counters at each gateway check: reports up, findings and advice down, and the blocks that tills wish for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from heard.stream import NumberRange
from hub.cloud.answer import Answer, CloudFailed
from hub.store.seam import StoreUnavailable
from hub.tasks import ended

REPORTS = "counters/reports"
RANGES = "counters/ranges"
WISHES_MAX = 20
"""Blocks asked for at one check; a chain of tills that all begin today is served within minutes."""

log = logging.getLogger("heard.cloud")


class Counters(Protocol):
    """What the hub knows of its tills' counters; see `hub.rpc.counters`."""

    def reports(self) -> list[dict[str, Any]]: ...

    def sent(self) -> dict[str, Any]: ...

    async def took_reports(
        self, sent: Iterable[Mapping[str, Any]], results: Sequence[Mapping[str, Any]]
    ) -> None: ...

    async def took_advice(self, advice: Sequence[Mapping[str, Any]]) -> None: ...

    def wishes(self) -> list[dict[str, Any]]: ...

    async def took_range(self, device: str, block: NumberRange) -> None: ...


class Poster(Protocol):
    """A client of the cloud; see `hub.cloud.client`."""

    async def post(self, path: str, body: object) -> Answer: ...


class Counting:
    """One hub's. Call `checked` after each good answer of the gateway, on the loop."""

    def __init__(self, client: Poster, counters: Counters) -> None:
        self._client = client
        self._counters = counters
        self._task: asyncio.Task[None] | None = None

    def checked(self, advice: Sequence[Mapping[str, Any]]) -> None:
        """The gateway answered, with this advice; what follows runs beside the sync, one at a time."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._guarded(advice), name="heard-counting")

    async def stop(self) -> None:
        """Ends what runs. Harmless when repeated."""
        await ended(self._task)

    async def count(self, advice: Sequence[Mapping[str, Any]] = ()) -> None:
        """Reports, advice and ranges once. Raises CloudFailed and StoreUnavailable; all of it is repeated harmlessly."""
        if advice:
            await self._counters.took_advice(advice)
        sent = self._counters.reports()
        if sent:
            answer = await self._client.post(REPORTS, {"reports": sent, "sent": self._counters.sent()})
            await self._counters.took_reports(sent, _results(answer.body))
        for wish in self._counters.wishes()[:WISHES_MAX]:
            answer = await self._client.post(RANGES, wish)
            block = _block(answer.body)
            if block is not None and block.request_id == wish["request_id"]:
                await self._counters.took_range(wish["device"], block)

    async def _guarded(self, advice: Sequence[Mapping[str, Any]]) -> None:
        try:
            await self.count(advice)
        except CloudFailed as error:
            log.info("counters are reported at the next check: %s", error.failure.reason)
        except StoreUnavailable as error:
            log.warning("what the cloud said of counters could not be stored: %s", error)
        except Exception:
            log.exception("the counters could not be reported")


def _results(body: Any) -> list[Mapping[str, Any]]:
    found = body.get("results") if isinstance(body, Mapping) else None
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _block(body: Any) -> NumberRange | None:
    try:
        return NumberRange(
            str(body["request_id"]),
            str(body["series"]),
            str(body["incarnation"]),
            int(body["first"]),
            int(body["last"]),
        )
    except (KeyError, TypeError, ValueError):
        return None
