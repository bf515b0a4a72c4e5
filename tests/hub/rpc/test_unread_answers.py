"""A client that sends commands and reads no answers is not read any further: what waits for it is bounded."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from heard.command import BumpLines, Command, PaintedLine, Rush
from heard.order import Line
from hub.rpc import submit as module
from hub.rpc import writing
from hub.rpc.desk import Result
from tests.hub.rpc.serving import WAIT_S, a_batch, an_order, serving

MAX = 64
WRITE_S = 2.0


async def test_answers_that_nobody_reads_stop_the_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IN_FLIGHT_MAX", MAX)
    waiting = 0
    told = module.SubmitSession._told

    def counted(self: module.SubmitSession, seq: int, result: Result) -> None:
        nonlocal waiting
        told(self, seq, result)
        waiting = max(waiting, self.in_flight + len(self._answers))

    monkeypatch.setattr(module.SubmitSession, "_told", counted)
    async with serving(tmp_path) as hub:
        call = hub.submit()

        async def send() -> None:
            for seq in range(1, 20_000, 500):
                await call.write(
                    a_batch(*(Command(f"o{seq}", Rush(True), seq=one) for one in range(seq, seq + 500)))
                )

        sending = asyncio.create_task(send())
        await asyncio.wait((sending,), timeout=WRITE_S)  # ends, or the hub reads no more: both are well
        assert hub.hub.services.counters.commands > MAX, "it was read at first"
        assert waiting <= MAX
        sending.cancel()
        call.cancel()


async def test_a_write_that_blocks_ends_the_stream_and_frees_what_it_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stale bump is answered with the lines as they stand: some MB of answers that nobody reads."""
    monkeypatch.setattr(writing, "WRITE_BLOCKED_MAX_S", 0.3)
    lines = tuple(Line(f"l{n}", "kofta", {"en": "x" * 110}, category="grills") for n in range(200))
    stale = BumpLines("grill", tuple(PaintedLine(line.line_id, 9) for line in lines))
    async with serving(tmp_path) as hub:
        await hub.hold(an_order("o1", lines=lines))
        call = hub.submit()
        services = hub.hub.services
        await call.write(a_batch(Command("o1", stale, seq=1)))
        await call.read()  # the stream is open

        async def send() -> None:
            for seq in range(2, 1_000):
                await call.write(a_batch(Command("o1", stale, seq=seq)))

        sending = asyncio.create_task(send())
        async with asyncio.timeout(WAIT_S * 2):
            await services.sessions.all_ended()
        assert services.writes.ended == 1
        sending.cancel()
        call.cancel()
        await hub.hold(an_order("after"))
