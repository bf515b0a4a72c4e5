"""A screen that goes on from far back hears from the hub while the log is read, also where nothing of it concerns its view."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from heard.stream import Bookmark, Hello, View, ViewKind
from heard.wire import decode_batch
from hub.rpc import kitchen
from hub.rpc.watcher import Watcher
from tests.hub.rpc.serving import WAIT_S, an_order, serving

FRY = View(ViewKind.PREP, "fry")
LOG_S = 0.3


async def test_a_long_log_of_other_stations_is_no_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path) as hub:
        mark = await hub.watch(FRY).until(Bookmark)
        epoch = hub.hub.store.epoch
        await hub.hold(an_order("o1"))
    read = Watcher._from_log
    first_s = 0.0

    def long(self: Watcher) -> bytes:
        nonlocal first_s
        first_s = first_s or time.monotonic()
        return b"" if time.monotonic() - first_s < LOG_S else read(self)

    monkeypatch.setattr(Watcher, "_from_log", long)
    monkeypatch.setattr(kitchen, "BOOKMARK_EVERY_S", 0.05)
    async with serving(tmp_path) as hub:
        call = hub.watch(FRY, epoch=epoch, from_rev=mark.rev).call
        messages = []
        async with asyncio.timeout(WAIT_S):
            while True:
                events = decode_batch((await call.read()).SerializeToString())
                messages.append([type(event) for event in events])
                if Bookmark in messages[-1]:
                    break
        assert messages[0] == [Hello]
        assert messages.count([]) >= 2, "signs of life while pages were read"
