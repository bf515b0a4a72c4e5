"""A hub on a store with a long log: how soon it serves, and how soon a screen has caught up once it is connected."""

from __future__ import annotations

import asyncio
import statistics
import time
from pathlib import Path

import grpc.aio

from heard.v1 import kitchen_pb2, service_pb2_grpc
from hub.store.lmdb_store import LmdbStore
from tests.benchmarks import job, loop
from tests.benchmarks.store_figures import OPTIONS, fill, opened
from tests.benchmarks.systems.heard_hub import HeardHub, metadata

LOG_ENTRIES = 100_000
OPEN_ORDERS = 200
MISSED = 100
"""Revisions that the screen has not had when it comes back."""
RESUME_S = 20.0


async def _fill(data: Path, entries: int) -> None:
    store = await LmdbStore.open(data, OPTIONS)
    try:
        await fill(store, 0, entries - OPEN_ORDERS)
        await fill(store, entries, OPEN_ORDERS, opened)
    finally:
        await store.close()


async def _resume_ms(
    address: str, epoch: kitchen_pb2.Epoch | None, from_rev: int
) -> tuple[float, kitchen_pb2.Hello]:
    """From a ready channel to the bookmark that says: you have everything."""
    view = kitchen_pb2.View(kind=kitchen_pb2.VIEW_KIND_PREP, station=job.STATION)
    async with grpc.aio.insecure_channel(
        address, options=[("grpc.max_receive_message_length", 4 << 20)]
    ) as channel:
        async with asyncio.timeout(RESUME_S):
            await channel.channel_ready()
            start = time.monotonic()
            request = kitchen_pb2.WatchRequest(view=view, epoch=epoch, from_rev=from_rev, client="bench")
            call = service_pb2_grpc.KitchenServiceStub(channel).Watch(request, metadata=metadata("resume"))
            hello: kitchen_pb2.Hello | None = None
            async for batch in call:
                for event in batch.events:
                    if event.HasField("hello"):
                        hello = event.hello
                    elif event.HasField("reset") and epoch is not None:
                        raise RuntimeError(f"the hub started again from a snapshot: {event.reset.reason}")
                    elif event.HasField("bookmark") and hello is not None:
                        return (time.monotonic() - start) * 1000, hello
    raise RuntimeError("the stream ended")


def measure(folder: Path, entries: int, rounds: int) -> dict[str, float]:
    """Medians in ms of `rounds` starts."""
    data = folder / "data"
    loop.run(_fill(data, entries))
    hub = HeardHub()
    starts, resumes = [], []
    for _ in range(rounds):
        begun = time.monotonic()
        server = hub.start_on(folder, data)
        starts.append((time.monotonic() - begun) * 1000)
        try:
            _, hello = loop.run(_resume_ms(server.address, None, 0))
            found, _ = loop.run(_resume_ms(server.address, hello.epoch, hello.rev - MISSED))
            resumes.append(found)
        finally:
            server.stop()
    return {"restart_ms": statistics.median(starts), "resume_ms": statistics.median(resumes)}
