"""A client process: all screens, or all tills, of one system. Told what to do by JSON lines on stdin, answers on stdout.

Times are CLOCK_MONOTONIC nanoseconds, which all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from tests.benchmarks import job
from tests.benchmarks.systems import SYSTEMS
from tests.benchmarks.systems.base import Screen, Till

NANO = 1_000_000_000


class ScreensWorker:
    """`count` screens in this process; counts arrivals, and keeps every time when asked."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self._spec = spec
        self._count: int = spec["count"]
        self._screens: list[Screen] = []
        self._first = 0
        self._seen: list[dict[int, int]] = [{} for _ in range(self._count)]
        self._expected = 0
        self._complete = 0
        self._done = asyncio.Event()

    async def connect(self) -> None:
        system = SYSTEMS[self._spec["system"]]
        for number in range(self._count):
            name = self._spec["first_number"] + number
            self._screens.append(await system.screen(self._spec["address"], name, self._taker(number)))

    def _taker(self, number: int) -> Any:
        def take(order_id: str) -> None:
            now = time.monotonic_ns()
            seq = job.seq_of(order_id) - self._first
            seen = self._seen[number]
            if 0 <= seq < self._expected and seq not in seen:  # a second version of an order counts once
                seen[seq] = now
                if len(seen) == self._expected:
                    self._complete += 1
                    if self._complete == self._count:
                        self._done.set()

        return take

    async def round(self, ask: dict[str, Any]) -> dict[str, Any]:
        self._first, self._expected, self._complete = ask["first"], ask["orders"], 0
        self._seen = [{} for _ in range(self._count)]
        self._done.clear()
        say({"armed": True})
        try:
            async with asyncio.timeout(ask["limit_s"]):
                await self._done.wait()
        except TimeoutError:
            pass
        answer: dict[str, Any] = {
            "counts": [len(seen) for seen in self._seen],
            "last_ns": [max(seen.values(), default=0) for seen in self._seen],
        }
        if ask.get("detail"):
            answer["times"] = [[seen.get(seq, 0) for seq in range(self._expected)] for seen in self._seen]
        return answer

    async def close(self) -> None:
        for screen in self._screens:
            await screen.close()


class TillsWorker:
    """The tills of a system in this process; sends at a rate, or as fast as acks allow."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self._spec = spec
        self._system = SYSTEMS[spec["system"]]
        self._count: int = spec["count"]
        self._tills: list[Till] = []
        self._acked: dict[int, int] = {}
        self._heard: dict[int, int] = {}
        self._free = [asyncio.Semaphore(self._system.window) for _ in range(self._count)]
        self._done = asyncio.Event()
        self._wanted = 0
        self._all_heard = asyncio.Event()

    async def connect(self) -> None:
        for number in range(self._count):
            till = await self._system.till(self._spec["address"], number, self._ack)
            if self._spec.get("heard"):
                await till.watch_heard(self._hear)
            self._tills.append(till)

    def _ack(self, seq: int) -> None:
        self._acked[seq] = time.monotonic_ns()
        self._free[seq % self._count].release()
        if len(self._acked) == self._wanted:
            self._done.set()

    def _hear(self, order_id: str) -> None:
        self._heard.setdefault(job.seq_of(order_id), time.monotonic_ns())
        if len(self._heard) == self._wanted:
            self._all_heard.set()

    async def round(self, ask: dict[str, Any]) -> dict[str, Any]:
        first, orders, rate = ask["first"], ask["orders"], ask["rate"]
        ready = [job.payload(seq, f"till{seq % self._count}") for seq in range(first, first + orders)]
        self._acked, self._heard, self._wanted = {}, {}, orders
        self._done.clear()
        self._all_heard.clear()
        sent: list[int] = []
        start = time.monotonic_ns()
        for place, payload in enumerate(ready):
            seq = first + place
            if rate:
                await asyncio.sleep(max(0.0, (start + place * NANO / rate - time.monotonic_ns()) / NANO))
            await self._free[seq % self._count].acquire()
            sent.append(time.monotonic_ns())
            self._tills[seq % self._count].send(seq, payload)
        async with asyncio.timeout(ask["limit_s"]):
            await self._done.wait()
            if self._spec.get("heard"):
                await self._all_heard.wait()
        wanted = range(first, first + orders)
        return {
            "sent_ns": sent,
            "acked_ns": [self._acked[seq] for seq in wanted],
            "heard_ns": [self._heard.get(seq, 0) for seq in wanted],
        }

    async def close(self) -> None:
        for till in self._tills:
            await till.close()


def say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


async def main(spec: dict[str, Any]) -> None:
    """Serve rounds until stdin ends."""
    worker = ScreensWorker(spec) if spec["role"] == "screens" else TillsWorker(spec)
    await worker.connect()
    reader = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    say({"ready": True})
    while line := await reader.readline():
        say(await worker.round(json.loads(line)))
    await worker.close()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
