"""Requests between hub and cloud, each answered, lost on the way there, lost on the way back, or late: the world decides."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hub.cloud.answer import Answer, CloudFailed
from hub.core.cloud_failure import Failure, FailureClass
from tests.simulation.cloud.vendor import Vendor

LATE_MAX = 8


@dataclass(eq=False)
class Request:
    path: str
    query: Any
    body: Any
    answer: asyncio.Future[Answer]


class Wire:
    """Stands where `CloudClient` does."""

    def __init__(self, vendor: Vendor, chance: random.Random, now_ms: Callable[[], int]) -> None:
        self.vendor = vendor
        self._random = chance
        self.now_ms = now_ms
        self.waiting: list[Request] = []
        self.late: list[Request] = []
        self.down = False
        self.expired = False
        """The token: every call is refused until it is refreshed."""
        self.closed_until_ms = 0
        """The cloud asked for patience until then (hub time)."""
        self.locked_out = False
        self.calls_while_closed = 0
        self.last_batch: Any = None

    async def get(self, path: str, query: Any = None, *, etag: str = "", bytes_max: int = 0) -> Answer:
        return await self._send(path, query, None)

    async def post(self, path: str, body: object, *, bytes_max: int = 0) -> Answer:
        return await self._send(path, None, body)

    async def refresh(self) -> None:
        if self.down:
            raise CloudFailed(Failure(FailureClass.NOT_REACHED, "no Internet"))
        self.expired = False

    async def reachable(self) -> bool:
        return not self.down

    async def _send(self, path: str, query: Any, body: Any) -> Answer:
        if path == "documents" and self.now_ms() < self.closed_until_ms:
            self.calls_while_closed += 1
        request = Request(path, query, body, asyncio.get_running_loop().create_future())
        self.waiting.append(request)
        try:
            return await request.answer
        finally:
            if request in self.waiting:
                self.waiting.remove(request)

    def deliver(self, *, faults: bool) -> None:
        """One request has its fate."""
        if not self.waiting:
            return
        request = self.waiting.pop(self._random.randrange(len(self.waiting)))
        if request.answer.done():
            return
        chance = self._random.random() if faults else 1.0
        if self.down:
            self._fail(request, FailureClass.NOT_REACHED, "no Internet")
        elif self.expired:
            self._fail(request, FailureClass.UNAUTHORIZED, "token expired")
        elif chance < 0.08:  # it never arrives, or later than anybody waits for it
            if self._random.random() < 0.5 and len(self.late) < LATE_MAX:
                self.late.append(request)
            self._fail(request, FailureClass.TRANSIENT, "timed out")
        elif chance < 0.17:
            self._carry_out(request)
            self._fail(request, FailureClass.TRANSIENT, "the answer was lost")
        elif chance < 0.20:
            wait_ms = self._random.choice((5_000, 60_000))
            if request.path == "documents":
                self.closed_until_ms = self.now_ms() + wait_ms
            request.answer.set_exception(
                CloudFailed(Failure(FailureClass.THROTTLED, "slow down", retry_after_ms=wait_ms))
            )
        elif chance < 0.215:
            self.expired = True
            self._fail(request, FailureClass.UNAUTHORIZED, "token revoked")
        elif chance < 0.22:
            self._fail(request, FailureClass.FORBIDDEN, "not paid")
        elif chance < 0.28 and request.path == "documents":
            self._fail(request, FailureClass.REFUSED, "the cloud is wrong: it refuses everything")
        elif chance < 0.34 and request.path == "documents" and self.last_batch is not None:
            request.answer.set_result(Answer(self.last_batch))  # a proxy gives the answer of another call
        else:
            try:
                body = self.vendor.call(request.path, request.query, request.body)
            except CloudFailed as error:
                request.answer.set_exception(error)
                return
            if request.path == "documents":
                self.last_batch = body
            request.answer.set_result(Answer(body))

    def deliver_late(self) -> None:
        """What was on its way all the time arrives; nobody waits for its answer."""
        if self.late:
            self._carry_out(self.late.pop(self._random.randrange(len(self.late))))

    def _carry_out(self, request: Request) -> None:
        try:
            self.vendor.call(request.path, request.query, request.body)
        except CloudFailed:
            return

    def _fail(self, request: Request, kind: FailureClass, reason: str) -> None:
        request.answer.set_exception(CloudFailed(Failure(kind, reason)))
