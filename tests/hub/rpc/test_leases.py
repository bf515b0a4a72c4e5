"""Call numbers over a Submit stream: the newest block is told again to who has it, never to a till that lost its journal."""

from __future__ import annotations

import asyncio
from pathlib import Path

from heard.stream import NumberLease
from heard.wire import submit_reply_from_pb
from tests.hub.rpc.serving import WAIT_S, Client, a_batch, serving


async def leased(hub: Client, incarnation: str) -> NumberLease:
    """What a till without numbers is told."""
    call = hub.submit("T1", incarnation)
    await call.write(a_batch(numbers_left=0))
    async with asyncio.timeout(WAIT_S):
        while True:
            lease = submit_reply_from_pb(await call.read()).lease
            if lease is not None:
                call.cancel()
                return lease


async def test_a_lost_answer_is_told_again_and_a_lost_journal_gets_new_numbers(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        first = await leased(hub, "1")
    async with serving(tmp_path) as hub:
        assert await leased(hub, "1") == first
    async with serving(tmp_path) as hub:
        new = await leased(hub, "2")
        assert new.first > first.last
        third = await leased(hub, "3")  # the journal is lost again, and the hub was there all the time
        assert third.first > new.last
