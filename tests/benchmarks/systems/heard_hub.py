"""Our hub: a till on its command stream, and screens that report every order as painted once they have decoded it.

The clients are as thin as the peers', and each has a connection of its own, as real screens have; what the hub does for them
(deciding, deduping, filtering, hearing) it does for all.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from heard.link.channel import LOOPBACK_PLAINTEXT
from heard.v1 import command_pb2, kitchen_pb2, order_pb2, pos_pb2, service_pb2_grpc
from tests.benchmarks import job
from tests.benchmarks.systems.base import (
    READY_S,
    OnAck,
    OnOrder,
    Screen,
    Server,
    System,
    Till,
    output_of,
    spawn,
)

ALIVE_EVERY_S = 1.0
PAINTED_EVERY_S = 0.02
"""A real screen reports at most 50 times a second."""
COMMANDS_PER_BATCH_MAX = 64


def metadata(device: str) -> tuple[tuple[str, str], ...]:
    return (("heard-device", device), ("heard-incarnation", "1"))


class HubTill(Till):
    def __init__(self, address: str, number: int, on_ack: OnAck) -> None:
        self._name = f"till{number}"
        self._channel = LOOPBACK_PLAINTEXT.open(address)
        self._seq = 0
        self._sent: dict[int, int] = {}
        self._on_ack = on_ack
        self._waiting: list[command_pb2.Command] = []
        self._wake = asyncio.Event()
        call = service_pb2_grpc.PosServiceStub(self._channel).Submit(metadata=metadata(self._name))
        self._tasks = [asyncio.create_task(self._write(call)), asyncio.create_task(self._read(call))]

    def send(self, seq: int, payload: bytes) -> None:
        self._seq += 1
        self._sent[self._seq] = seq
        hold = command_pb2.Hold(order=order_pb2.Order.FromString(payload))
        self._waiting.append(command_pb2.Command(seq=self._seq, order_id=hold.order.order_id, hold=hold))
        self._wake.set()

    async def _write(self, call: Any) -> None:
        while True:
            await self._wake.wait()
            batch, self._waiting = (
                self._waiting[:COMMANDS_PER_BATCH_MAX],
                self._waiting[COMMANDS_PER_BATCH_MAX:],
            )
            if not self._waiting:
                self._wake.clear()
            await call.write(pos_pb2.SubmitRequest(commands=batch))

    async def _read(self, call: Any) -> None:
        while True:
            reply = await call.read()
            for answer in reply.answers:
                if answer.outcome != command_pb2.OUTCOME_DONE:
                    raise RuntimeError(f"refused: {answer}")
            for seq in [seq for seq in self._sent if seq < reply.next_seq]:
                self._on_ack(self._sent.pop(seq))

    async def watch_heard(self, on_heard: OnOrder) -> None:
        view = kitchen_pb2.View(kind=kitchen_pb2.VIEW_KIND_TERMINAL, terminal=self._name)
        stub = service_pb2_grpc.KitchenServiceStub(self._channel)
        call: Any = stub.Watch(kitchen_pb2.WatchRequest(view=view), metadata=metadata(self._name))
        first = asyncio.Event()

        async def read() -> None:
            while True:
                batch = await call.read()
                first.set()
                for event in batch.events:
                    if event.live.heard.state == kitchen_pb2.HEARD_STATE_HEARD:
                        on_heard(event.live.heard.order_id)

        self._tasks.append(asyncio.create_task(read()))
        await first.wait()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self._channel.close()


class HubScreen(Screen):
    def __init__(self, address: str, number: int, on_order: OnOrder, station: str = job.STATION) -> None:
        self._name = f"screen{number}"
        self._view = kitchen_pb2.View(kind=kitchen_pb2.VIEW_KIND_PREP, station=station)
        self._channel = LOOPBACK_PLAINTEXT.open(address)
        self._on_order = on_order
        self._epoch = kitchen_pb2.Epoch()
        self._painted: list[kitchen_pb2.PaintedOrder] = []
        self._rev = 0
        self._wake = asyncio.Event()
        self.live = asyncio.Event()
        stub = service_pb2_grpc.KitchenServiceStub(self._channel)
        request = kitchen_pb2.WatchRequest(
            view=self._view, client="bench", screen=True, headless=True, count_headless=True
        )
        watch = stub.Watch(request, metadata=metadata(self._name))
        report = stub.Report(metadata=metadata(self._name))
        self._tasks = [asyncio.create_task(self._read(watch)), asyncio.create_task(self._report(report))]

    async def _read(self, call: Any) -> None:
        while True:
            batch = await call.read()
            for event in batch.events:
                match event.WhichOneof("kind"):
                    case "change" if event.change.HasField("put"):
                        self._rev = event.change.rev
                        self._take(event.change.put.order)
                    case "snapshot_item":
                        self._take(event.snapshot_item.doc.order)
                    case "hello":
                        self._epoch = event.hello.epoch
                    case "snapshot_end":
                        self._rev = event.snapshot_end.rev
                        self.live.set()
                    case "bookmark":
                        self._rev = event.bookmark.rev
                        self.live.set()

    def _take(self, order: order_pb2.Order) -> None:
        self._on_order(order.order_id)
        self._painted.append(kitchen_pb2.PaintedOrder(order_id=order.order_id, version=order.version))
        self._wake.set()

    async def _report(self, call: Any) -> None:
        await self.live.wait()
        alive_at = 0.0
        while True:
            request = kitchen_pb2.ReportRequest(view=self._view)
            if self._painted:
                request.painted.epoch.CopyFrom(self._epoch)
                request.painted.newly_shown.extend(self._painted)
                self._painted.clear()
            if time.monotonic() - alive_at >= ALIVE_EVERY_S:
                alive_at = time.monotonic()
                request.alive.rev = self._rev
            if request.HasField("painted") or request.HasField("alive"):
                await call.write(request)
                await asyncio.sleep(PAINTED_EVERY_S)
            self._wake.clear()
            if not self._painted:
                try:
                    async with asyncio.timeout(ALIVE_EVERY_S):
                        await self._wake.wait()
                except TimeoutError:
                    pass

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self._channel.close()


CONFIG = f"""
[network]
admin_port = 0
[store]
backup_every_min = 0
[stations.{job.STATION}]
[[routes]]
stations = ["{job.STATION}"]
"""
"""Routed, as a kitchen is: a line that no rule matches is marked as nobody's on every screen."""


class HeardHub(System):
    config = CONFIG
    name = "heard"
    program = sys.executable
    package = "heard"
    durable = True

    def missing(self) -> str | None:
        return None

    def start(self, folder: Path) -> Server:
        return self.start_on(folder, folder / "data")

    def start_on(self, folder: Path, data: Path) -> Server:
        """A hub on a store that may exist already."""
        ready = folder / "ready.json"
        ready.unlink(missing_ok=True)
        (folder / "hub.toml").write_text(self.config)
        command = [sys.executable, "-m", "heard", "hub", "--data", str(data), "--port", "0", "--no-mdns"]
        command += ["--config", str(folder / "hub.toml"), "--ready-file", str(ready)]
        process = spawn(command, folder)
        deadline = time.monotonic() + READY_S
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise RuntimeError(f"the hub did not start: {output_of(folder)}")
            time.sleep(0.002)
        while True:
            try:
                address = json.loads(ready.read_text())["address"]
                break
            except ValueError:  # being written
                time.sleep(0.001)
        return Server(process, address, folder)

    def counters(self, server: Server) -> dict[str, float]:
        """The sums of its metrics by name, without labels."""
        admin = json.loads((server.folder / "ready.json").read_text())["admin"]
        with urllib.request.urlopen(f"http://{admin}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        found: dict[str, float] = {}
        for line in lines:
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                name = name.partition("{")[0]
                found[name] = found.get(name, 0.0) + float(value)
        return found

    async def till(self, address: str, number: int, on_ack: OnAck) -> Till:
        return HubTill(address, number, on_ack)

    async def screen(self, address: str, number: int, on_order: OnOrder) -> Screen:
        screen = HubScreen(address, number, on_order)
        async with asyncio.timeout(READY_S):
            await screen.live.wait()
        return screen
