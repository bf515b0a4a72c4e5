"""Tasks that run beside end with what they belong to."""

from __future__ import annotations

import asyncio

import pytest

from hub.tasks import ended


async def test_they_are_over_when_it_returns_however_they_end() -> None:
    left: list[str] = []

    async def tidies_up() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            left.append("tidied up")

    async def fails() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise OSError("no route")

    async def is_done() -> None: ...

    tasks = [asyncio.create_task(one()) for one in (tidies_up, fails, is_done)]
    await asyncio.sleep(0)
    await ended(None, *tasks)
    assert left == ["tidied up"]
    assert [one.done() for one in tasks] == [True] * 3
    assert tasks[0].cancelled()
    with pytest.raises(OSError, match="no route"):
        tasks[1].result()
    await ended()
