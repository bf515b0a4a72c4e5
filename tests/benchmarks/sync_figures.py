"""A first sync of a large catalogue while orders go on: how long it takes, what the orders feel, what it costs in memory.

A hub and the reference cloud, a process each. The cloud refuses until the quiet round is over; both rounds are of one run.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from heard.play.figures import percentile
from hub.admin.access import read_access
from hub.cloud.client import CloudClient
from hub.cloud.gateway import SyncGateway
from hub.commands.running import RunningHub
from hub.core.sync_graph import profile_graph
from hub.store.layout import DataDir
from tests.benchmarks import loop
from tests.benchmarks.rounds import LOW_RATE, WARM_UP_ORDERS, Bench
from tests.benchmarks.systems.base import READY_S, STOP_S, Server, output_of, spawn
from tests.benchmarks.systems.heard_hub import CONFIG, HeardHub

HUB = "bench"
CATEGORIES = 200
SYNC_S_MAX = 240.0
LOOK_EVERY_S = 0.25
SCREENS = 8

Say = Callable[[str], None]


class SyncedHub(HeardHub):
    """Our hub with a cloud."""

    def __init__(self, url: str, secret: Path) -> None:
        self.config = f'{CONFIG}[cloud]\nurl = "{url}"\nhub = "{HUB}"\nsecret_file = "{secret}"\n'


def catalogue(items: int, barcodes: int) -> dict[str, list[dict[str, Any]]]:
    """Rows as long as real ones: names in two languages, a price for each item."""
    return {
        "categories": [{"id": f"cat-{n}", "name": {"en": f"Category {n}", "ar": f"فئة {n}"}} for n in range(CATEGORIES)],
        "item_definitions": [
            {
                "id": f"item-{n:06}",
                "name": {"en": f"Dish number {n} with rice", "ar": f"طبق رقم {n} مع الأرز"},
                "category_id": f"cat-{n % CATEGORIES}",
                "prep_time_s": 60 + n % 900,
                "allergens": ["nuts", "milk"] if n % 3 == 0 else [],
            }
            for n in range(items)
        ],
        "item_barcodes": [{"id": f"628{n:010}", "item_id": f"item-{n % items:06}"} for n in range(barcodes)],
        "prices": [
            {"id": f"price-{n:06}", "item_id": f"item-{n:06}", "price_minor": 500 + n, "currency": "SAR"}
            for n in range(items)
        ],
    }  # fmt: skip


def measure(folder: Path, items: int, barcodes: int, orders: int, say: Say) -> dict[str, float]:
    """The figures of goal 9. RuntimeError where the sync does not end."""
    with _cloud(folder, catalogue(items, barcodes)) as url:
        _control(url, "POST", "misbehave", {"name": "unavailable", "value": "-1", "path": "/v1/gateway"})
        secret = folder / "cloud" / f"{HUB}.token"
        system = SyncedHub(url, secret)
        server = system.start_on(folder, folder / "data")
        try:
            loop.run(system.listening(server))
            with Bench(system, server, SCREENS, heard=False) as bench:
                bench.round(WARM_UP_ORDERS, LOW_RATE * 5)
                quiet = bench.round(orders, LOW_RATE)
                hub = RunningHub(folder / "data", read_access(DataDir(folder / "data").admin))
                _control(url, "DELETE", "misbehave")
                say(f"  a first sync of {items:,} items and {barcodes:,} barcodes")
                watch = _Watch(hub, server)
                received, acked = [], []
                while not watch.done.is_set():
                    busy = bench.round(max(LOW_RATE, orders // 5), LOW_RATE)
                    received += busy.received_ms
                    acked += busy.acked_ms
                watch.join()
                after = bench.round(orders // 2, LOW_RATE)
            figures = {
                "sync.first_s": watch.took_s(),
                "sync.quiet_p99_ms": quiet.p(99),
                "sync.p99_ms": percentile(sorted(received), 99) or 0.0,
                "sync.quiet_acked_p99_ms": percentile(sorted(quiet.acked_ms), 99) or 0.0,
                "sync.acked_p99_ms": percentile(sorted(acked), 99) or 0.0,
                "sync.rss_growth_mb": max(watch.rss_mb, after.rss_mb) - quiet.rss_mb,
            }
        finally:
            server.stop()
        figures["sync.idle_bytes"] = loop.run(_idle_bytes(url, secret))
    return figures


class _Watch(threading.Thread):
    """Asks for a sync and looks how far it is, and how much memory the hub takes."""

    def __init__(self, hub: RunningHub, server: Server) -> None:
        super().__init__(name="bench-sync-watch")
        self.done = threading.Event()
        self.rss_mb = 0.0
        self._hub = hub
        self._server = server
        self._error = ""
        self._begun = time.monotonic()
        self._ended = 0.0
        self.start()

    def run(self) -> None:
        try:
            cycle = self._hub.post("sync/now")["cycle"]
            while time.monotonic() - self._begun < SYNC_S_MAX:
                self.rss_mb = max(self.rss_mb, self._server.rss_mb())
                found = self._hub.get("sync/status")
                if found["cycles"] > cycle and found["phase"] == "IDLE":
                    self._error = "; ".join(one["failure"] for one in found["modules"] if one["failure"])
                    self._ended = time.monotonic()
                    return
                time.sleep(LOOK_EVERY_S)
            self._error = f"it did not end within {SYNC_S_MAX:g} s"
        except Exception as error:
            self._error = repr(error)
        finally:
            self.done.set()

    def took_s(self) -> float:
        if self._error:
            raise RuntimeError(f"the sync failed: {self._error}")
        return self._ended - self._begun


@contextmanager
def _cloud(folder: Path, rows: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    ready = folder / "cloud.json"
    command = [sys.executable, "-m", "heard", "cloud", "--data", str(folder / "cloud"), "--port", "0"]
    command += ["--hub", HUB, "--ready-file", str(ready)]
    for module, found in rows.items():
        file = folder / f"{module}.json"
        file.write_text(json.dumps(found))
        command += ["--load", f"{module}={file}"]
    logs = folder / "cloud-logs"
    logs.mkdir()
    process = spawn(command, logs)
    try:
        until = time.monotonic() + READY_S * 2
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the cloud did not start: {output_of(logs)}")
            time.sleep(0.05)
        yield str(json.loads(ready.read_text())["url"])
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _control(url: str, method: str, path: str, body: object = None) -> None:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"{url}/control/{path}", data, {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        answer.read()


async def _idle_bytes(url: str, secret: Path) -> float:
    """What goes over the wire, both ways, for a check of a site that is up to date: the second on a kept connection."""
    host, port = url.removeprefix("http://").split(":")
    count = 0

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        while data := await reader.read(65536):
            count += len(data)
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream, downstream = await asyncio.open_connection(host, int(port))
        await asyncio.gather(pump(reader, downstream), pump(upstream, writer))

    relay = await asyncio.start_server(serve, "127.0.0.1", 0)
    client = CloudClient(f"http://127.0.0.1:{relay.sockets[0].getsockname()[1]}", HUB, secret)
    try:
        gateway = SyncGateway(client)
        cursors = {}
        first = await gateway.check(dict.fromkeys(profile_graph("restaurant").order, ""))
        for module in profile_graph("restaurant").order:
            query = {"watermark": str(first.watermark), "limit": "1"}
            page = await client.get(f"modules/{module}/changes", query)
            # The newest cursor of its module, as long as a real one.
            cursors[module] = f"{page.body['cursor'].rpartition('.')[0]}.{first.watermark}"
        await gateway.check(cursors)
        before = count
        await gateway.check(cursors)
        return count - before
    finally:
        await client.close()
        relay.close()
