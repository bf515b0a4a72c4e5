"""Three days without Internet: hub and reference cloud as real processes, on a clock that the test turns.

The shop sells on through all of it. When the cloud is back, what gathered is pushed while the shop goes on selling: every order is at
the cloud once, in its newest version, none is in ERROR but the one that the cloud will not take, and no live sale waits behind the
backlog. HEARD_OUTAGE_HOURS makes it shorter or longer.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import grpc.aio
import pytest

from hub.core.outbox import BATCH_DOCUMENTS_MAX, OrderSyncState
from hub.store.layout import CLOSED, OPEN
from hub.store.seam import OutboxCount
from hub.store.view import open_view
from tests.fakes.hub_process import environment
from tests.faults.outage.clock import SharedClock
from tests.faults.outage.till import Till

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1_500)]

HOURS = int(os.environ.get("HEARD_OUTAGE_HOURS", "72"))
ORDERS_AN_HOUR = 400
LIVE_ORDERS = min(60, max(8, HOURS))
OWN_DOCUMENTS = 2
"""The order itself and its payment."""
READY_S = 30.0
DRAIN_S = 900.0
LOOK_S = 0.05
CONFIG = """
[network]
admin_port = 0
port = 0
mdns = false
[store]
data = "{data}"
backup_every_min = 0
[cloud]
url = "{url}"
hub = "hub-1"
secret_file = "{secret}"
[stations.grill]
[[routes]]
stations = ["grill"]
categories = ["grills"]
"""


class Cloud:
    """The vendor's cloud: its process comes and goes, its database stays."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *misbehave: str) -> None:
        ready = self.folder / "cloud-ready.json"
        ready.unlink(missing_ok=True)
        arguments = ["--data", str(self.folder / "cloud"), "--port", str(self.port), "--hub", "hub-1"]
        for one in misbehave:
            arguments += ["--misbehave", one]
        self.process = run(
            self.folder / "cloud.log", "heard", "cloud", *arguments, "--ready-file", str(ready)
        )
        wait(ready.exists, "the cloud did not start")

    def lose(self) -> None:
        """The line is cut, in the middle of anything."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    def rows(self, what: str, *values: object) -> list[tuple[object, ...]]:
        with closing(
            sqlite3.connect(f"file:{self.folder}/cloud/cloud.sqlite3?mode=ro", uri=True, timeout=20)
        ) as db:
            return db.execute(what, values).fetchall()

    def newest(self) -> int:
        """How many documents it took so far; each has its place in this count."""
        (row,) = self.rows("SELECT coalesce(max(seq), 0) FROM documents")
        return int(str(row[0]))

    def has(self, order_id: str) -> bool:
        return self.place_of(order_id) > 0

    def place_of(self, order_id: str) -> int:
        """When it took this order, in that count; 0: not yet."""
        found = self.rows("SELECT seq FROM documents WHERE kind='order' AND id=?", order_id)
        return int(str(found[0][0])) if found else 0


def run(log: Path, module: str, *arguments: str) -> subprocess.Popen[bytes]:
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment(),
        )


def wait(what: Callable[[], bool], why: str, seconds: float = READY_S) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, why
        time.sleep(LOOK_S)


class Hub:
    """The hub's process; stopped cleanly, or killed where a test failed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, cloud: Cloud) -> str:
        """Its address."""
        folder = self.folder
        config, ready = folder / "hub.toml", folder / "hub-ready.json"
        secret = folder / "cloud" / "hub-1.token"
        config.write_text(CONFIG.format(data=folder / "data", url=cloud.url, secret=secret))
        arguments = [str(config), str(folder / "clock"), str(ready)]
        self.process = run(folder / "hub.log", "tests.faults.outage.hub", *arguments)
        wait(ready.exists, "the hub did not start")
        return str(json.loads(ready.read_text())["address"])

    def stop(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0, (self.folder / "hub.log").read_text()[-3_000:]

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)


def waiting(folder: Path) -> OutboxCount:
    """What the hub has left to push, looked up beside it."""
    with open_view(folder / "data") as view:
        return view.reader.outbox().count()


async def pushed(folder: Path, clock: SharedClock) -> None:
    """Until the hub has nothing left to push; time passes a little faster meanwhile."""
    end = time.monotonic() + DRAIN_S
    while (count := await asyncio.to_thread(waiting, folder)).pending:
        assert time.monotonic() < end, count
        clock.later(5)
        await asyncio.sleep(0.2)


async def test_three_days_without_internet(tmp_path: Path) -> None:
    clock = await asyncio.to_thread(SharedClock, tmp_path / "clock")
    cloud = Cloud(tmp_path)
    await asyncio.to_thread(cloud.start)
    hub = Hub(tmp_path)
    try:
        address = await asyncio.to_thread(hub.start, cloud)
        async with grpc.aio.insecure_channel(address) as channel:
            till, live = Till(channel, "T1", 1), Till(channel, "T2", 2)
            before = await till.sell(20, clock.wall_ms())
            await pushed(tmp_path, clock)
            await asyncio.to_thread(cloud.lose)

            poisoned = await outage(till, clock)
            count = await asyncio.to_thread(waiting, tmp_path)
            closes = count.pending - 2 * HOURS * ORDERS_AN_HOUR
            assert HOURS // 24 - 1 <= closes <= HOURS // 24 + 1, (
                "orders, their payments, and the report of each day that was closed"
            )
            assert count.errors == 0, "an outage is nobody's fault"

            await asyncio.to_thread(cloud.start, f"poison={poisoned}")
            begun = time.monotonic()
            behind = await drain_while_selling(live, cloud, clock, tmp_path)
            await pushed(tmp_path, clock)
            drained_s = time.monotonic() - begun
        await asyncio.to_thread(hub.stop)
        print(
            f"\n{HOURS} h without a cloud: {count.pending} documents drained in {drained_s:.0f} s while {LIVE_ORDERS} orders "
            f"were sold; others taken since a live order was sold: {sorted(behind)[LIVE_ORDERS // 2]} p50, {max(behind)} at most"
        )
        # The batch on its way when the guest ordered, the one that began before the order was on disk: never the backlog.
        assert max(behind) <= 2 * BATCH_DOCUMENTS_MAX
        await asyncio.to_thread(
            compare, tmp_path, cloud, till.versions | live.versions, poisoned, len(before)
        )
    finally:
        await asyncio.to_thread(hub.kill)
        await asyncio.to_thread(cloud.lose)


async def outage(till: Till, clock: SharedClock) -> str:
    """So many hours of sales; an order from the middle of them, which the cloud will not take."""
    ids: list[str] = []
    for _ in range(HOURS):
        for _ in range(4):
            ids += await till.sell(ORDERS_AN_HOUR // 4, clock.wall_ms())
            clock.later(900)
    return ids[len(ids) // 2]


async def drain_while_selling(live: Till, cloud: Cloud, clock: SharedClock, folder: Path) -> list[int]:
    """Live sales against the backlog; how many other documents were taken since each live order was sold."""
    first = await asyncio.to_thread(cloud.newest)
    clock.later(300)  # the longest back-off
    await asyncio.to_thread(wait, lambda: cloud.newest() > first, "nothing is pushed after the outage", 60)
    found = []
    for _ in range(LIVE_ORDERS):
        at = await asyncio.to_thread(cloud.newest)
        (order_id,) = await live.sell(1, clock.wall_ms())
        await asyncio.to_thread(wait, partial(cloud.has, order_id), "a live order waits", 60)
        found.append((await asyncio.to_thread(cloud.place_of, order_id)) - at - OWN_DOCUMENTS)
        clock.later(9)  # 400 an hour
    count = await asyncio.to_thread(waiting, folder)
    assert count.pending > 0, "the backlog was gone before the live sales ended"
    return found


def compare(folder: Path, cloud: Cloud, versions: dict[str, int], poisoned: str, before: int) -> None:
    """What was sold, what the hub's store says, and what the cloud holds: one and the same."""
    with open_view(folder / "data") as view:
        outbox = view.reader.outbox()
        stored = {one.order_id: one for one in view.reader.orders(OPEN, CLOSED)}
        errors = list(outbox.errors())
        assert [(one.key, one.state) for one in errors] == [(f"order/{poisoned}", OrderSyncState.ERROR)]
        assert "told to be refused" in errors[0].reason
        assert outbox.count().pending == 0
    assert {name: one.version for name, one in stored.items()} == versions, "the hub lost an order"
    assert len(stored) == before + HOURS * ORDERS_AN_HOUR + LIVE_ORDERS
    held = cloud.rows("SELECT id, version, paid FROM documents WHERE kind='order'")
    assert len(held) == len({row[0] for row in held}), "an order is at the cloud twice"
    wanted = {name: version for name, version in versions.items() if name != poisoned}
    assert {str(row[0]): row[1] for row in held} == wanted
    assert all(row[2] for row in held), "every order was paid"
    payments = cloud.rows("SELECT count(*), count(DISTINCT id) FROM documents WHERE kind='payment'")
    assert payments == [(len(versions), len(versions))], "a payment of each order, once"
