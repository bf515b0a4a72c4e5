"""A client that sends commands and reads no answers is not read any further: what waits for it is bounded."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from heard.command import Command, Rush
from hub.rpc import submit as module
from hub.rpc.desk import Result
from tests.hub.rpc.serving import a_batch, serving

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
