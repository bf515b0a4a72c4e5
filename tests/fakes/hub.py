"""A small real hub on a real port, with switches to misbehave. It keeps everything in memory and decides next to nothing."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import grpc
import grpc.aio

from heard.command import (
    Answer,
    Command,
    Hold,
    Outcome,
    Reason,
)
from heard.order import Line, LineState, Order, OrderState, StationLine
from heard.revision import Epoch, digest
from heard.stream import (
    Alive,
    Bookmark,
    Change,
    Document,
    Event,
    Goodbye,
    HeardState,
    HeardValue,
    Hello,
    Live,
    NumberLease,
    Painted,
    Reset,
    SiteProfile,
    SnapshotEnd,
    SnapshotItem,
    StationProfile,
    View,
    ViewKind,
    WatchRequest,
)
from heard.ticket import views
from heard.v1 import service_pb2_grpc
from tests.fakes.hub_services import KitchenService, PosService
from tests.fakes.hub_verbs import STATION, as_seen, changed


@dataclass
class Faults:
    """Switches; each can be turned while the hub runs."""

    silent: bool = False
    """Nothing is sent on any Watch, the connection stays."""
    deaf: bool = False
    """Commands are read and never answered."""
    wrong_digests: int = 0
    """So many bookmarks carry a wrong digest."""
    lose_answers: int = 0
    """So many batches take effect, but the stream breaks before their answers."""
    refuse_submit: bool = False
    unavailable: bool = False
    """As with a full disk: commands consume nothing, the stream ends."""
    gone: set[str] = field(default_factory=set)
    """Orders that the hub does not have (yet)."""
    expected: int = 0
    """Refuse the next batch and say that this seq is expected."""


@dataclass
class FakeHub:
    """`await start()`, then `address`. What it saw stands in `effects`, `painted`, `alive`, `live`."""

    store_id: str = "fake-hub"
    epoch: Epoch = field(default_factory=lambda: Epoch(1, 11))
    bookmark_s: float = 0.1
    profile: SiteProfile = field(
        default_factory=lambda: SiteProfile(
            "Test kitchen", (StationProfile(STATION, {"en": "Grill"}, ages={}),)
        )
    )
    faults: Faults = field(default_factory=Faults)
    rev: int = 0
    compact_rev: int = 0
    orders: dict[str, Order] = field(default_factory=dict)
    log: list[tuple[int, str, Order | None, frozenset[str]]] = field(default_factory=list)
    expected: dict[tuple[str, str], int] = field(default_factory=dict)
    answers: dict[tuple[str, str, int], Answer] = field(default_factory=dict)
    effects: list[tuple[str, int, str, str]] = field(default_factory=list)
    """(incarnation, seq, verb, order id) of each command that took effect."""
    key_devices: list[str] = field(default_factory=list)
    """What the keys of those commands were on."""
    painted: list[Painted] = field(default_factory=list)
    alive: list[Alive] = field(default_factory=list)
    key_maps: dict[str, dict[str, str]] = field(default_factory=dict)
    live: dict[str, Live] = field(default_factory=dict)
    """Live values that devices sent."""
    told: dict[str, Live] = field(default_factory=dict)
    """Live values for watchers; heard states go to terminals only."""
    watches: list[WatchRequest] = field(default_factory=list)
    numbers_left: list[int] = field(default_factory=list)
    next_number: int = 201
    refused: int = 0
    """Batches refused as unavailable."""
    port: int = 0

    def __post_init__(self) -> None:
        self._changed = asyncio.Condition()
        self._server: grpc.aio.Server | None = None
        self._streams: set[asyncio.Future[Any]] = set()
        self._lease_id = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen; the port stays the same over a restart."""
        self._server = grpc.aio.server(
            options=(("grpc.so_reuseport", 0), ("grpc.http2.min_ping_interval_without_data_ms", 1000))
        )
        service_pb2_grpc.add_PosServiceServicer_to_server(PosService(self), self._server)
        service_pb2_grpc.add_KitchenServiceServicer_to_server(KitchenService(self), self._server)
        self.port = self._server.add_insecure_port(f"127.0.0.1:{self.port}")
        await self._server.start()

    async def stop(self) -> None:
        """End every stream without a word and stop listening."""
        server, self._server = self._server, None
        self.drop()
        if server is not None:
            await server.stop(None)

    def drop(self) -> None:
        """Break every stream that is open now."""
        for task in list(self._streams):
            task.cancel()

    async def wake(self) -> None:
        """Let the streams look again."""
        async with self._changed:
            self._changed.notify_all()

    async def new_epoch(self, *, keep_orders: int = 0, expected_minus: int = 0) -> None:
        """As after a restore: only the first orders are kept, and each device's last commands are forgotten."""
        self.epoch = Epoch(self.epoch.n + 1, 22)
        self.rev = self.compact_rev = 1
        self.log.clear()
        self.answers.clear()
        self.orders = dict(list(self.orders.items())[:keep_orders])
        self.expected = {key: max(1, seq - expected_minus) for key, seq in self.expected.items()}
        self.drop()

    async def until(self, true: Callable[[], object], timeout_s: float = 10.0) -> None:
        """Wait for a condition of the test, looking whenever something happened here."""
        async with asyncio.timeout(timeout_s):
            while not true():
                await self.something(0.02)

    async def something(self, timeout_s: float) -> None:
        """Something has happened here, or the time is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s), self._changed:
                await self._changed.wait()

    # What a hub does.

    def put(self, order: Order) -> None:
        """One revision that stores this order."""
        old = self.orders.get(order.order_id)
        self.rev += 1
        self.orders[order.order_id] = replace(order, version=(old.version if old else 0) + 1)
        old_views = views(old) if old else frozenset()
        self.log.append((self.rev, order.order_id, self.orders[order.order_id], old_views))

    def view(self, name: str) -> list[Document]:
        """The documents of a view, as they stand."""
        return [
            document
            for order in self.orders.values()
            if name in views(order) and (document := as_seen(order, name)) is not None
        ]

    def execute(self, command: Command) -> Answer | int:
        """The answer, or the seq that is expected instead."""
        key = (command.device, command.incarnation)
        expected = self.expected.get(key, 1)
        if self.faults.expected:
            expected, self.faults.expected = self.faults.expected, 0
            self.expected[key] = expected
        if command.seq > expected:
            return expected
        if command.seq < expected:
            old = self.answers.get((*key, command.seq), Answer(Outcome.ALREADY, seq=command.seq))
            return replace(old, outcome=Outcome.ALREADY)
        self.expected[key] = expected + 1
        answer = replace(self._decide(command), seq=command.seq, order_id=command.order_id)
        self.answers[*key, command.seq] = answer
        self.key_devices.append(command.key_device)
        self.effects.append((command.incarnation, command.seq, command.verb.name, command.order_id))
        return answer

    def _decide(self, command: Command) -> Answer:
        order = self.orders.get(command.order_id)
        verb = command.verb
        if isinstance(verb, Hold):
            if order is None:
                lines = tuple(
                    replace(line, stations=(StationLine(STATION, LineState.QUEUED, 1),))
                    for line in verb.order.lines
                )
                self.put(replace(verb.order, lines=lines, state=OrderState.HELD, business_date="2026-11-23"))
                return Answer(Outcome.DONE, rev=self.rev, call_number=verb.order.call_number)
            return Answer(Outcome.ALREADY, rev=self.rev)
        if order is None or command.order_id in self.faults.gone:
            return Answer(Outcome.REJECTED, reason=Reason.GONE, rev=self.rev, message="no such order")
        self.put(changed(order, command))
        return Answer(Outcome.DONE, rev=self.rev)

    def hear(self, painted: Painted) -> None:
        """Tell the terminals what a screen has painted."""
        self.painted.append(painted)
        for order_id, version in painted.newly_shown:
            key = f"heard/{order_id}/{STATION}"
            seq = self.told[key].seq + 1 if key in self.told else 1
            value = HeardValue(order_id, STATION, version, HeardState.HEARD)
            self.told[key] = Live(key, f"hub-{self.epoch.n}", seq, value)

    def lease(self) -> NumberLease:
        """A new block of 20."""
        self._lease_id += 1
        first, self.next_number = self.next_number, self.next_number + 20
        return NumberLease(first, first + 19, self._lease_id)

    # Streams.

    async def breakable(self, context: Any, work: Coroutine[Any, Any, Any]) -> Any:
        """Run a call's work so that `drop` can break it; the caller sees UNAVAILABLE at once."""
        task = asyncio.ensure_future(work)
        self._streams.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is None or current.cancelling():
                raise
            await context.abort(grpc.StatusCode.UNAVAILABLE, "the stream was dropped")
        finally:
            self._streams.discard(task)

    def hello(self, device: str, incarnation: str) -> Hello:
        return Hello(
            self.store_id,
            self.epoch,
            self.rev,
            self.compact_rev,
            hub_now_ms(),
            "2026-11-23",
            expected_seq=self.expected.get((device, incarnation), 1),
            site_name=self.profile.name,
            wall_ms=time.time_ns() // 1_000_000,
            profile=self.profile,
            hub_version="fake",
        )

    def bookmark(self, name: str) -> Bookmark:
        total = digest((document.order_id, document.version) for document in self.view(name))
        if self.faults.wrong_digests:
            self.faults.wrong_digests -= 1
            total ^= 1
        return Bookmark(self.rev, hub_now_ms(), "2026-11-23", total)

    async def watch(self, request: WatchRequest, device: str, incarnation: str) -> AsyncIterator[list[Event]]:
        """Batches for one watcher."""
        name, cursor, epoch = request.view.name, request.from_rev, self.epoch
        batch: list[Event] = [self.hello(device, incarnation)]
        if request.epoch != epoch or not self.compact_rev <= cursor <= self.rev:
            documents = self.view(name)
            batch += [Reset("no resume"), *[SnapshotItem(document) for document in documents]]
            batch.append(
                SnapshotEnd(
                    self.rev, len(documents), digest((one.order_id, one.version) for one in documents)
                )
            )
            cursor = self.rev
        told: dict[str, Live] = {}
        while True:
            for rev, key, order, old_views in self.log:
                if rev <= cursor:
                    continue
                if order is not None and name in views(order):
                    batch.append(Change(rev, key, as_seen(order, name)))
                elif name in old_views:
                    batch.append(Change(rev, key, None))
            cursor = self.rev
            for key, live in self.told.items():
                to_all = not key.startswith("heard/")
                if told.get(key) != live and (to_all or request.view.kind is ViewKind.TERMINAL):
                    batch.append(live)
            told = dict(self.told)
            batch.append(self.bookmark(name))
            yield batch
            batch = []
            await self.something(self.bookmark_s)

    async def goodbye(self, retry_after_ms: int) -> None:
        """Say goodbye on every Watch and end it."""
        self.saying_goodbye = Goodbye(retry_after_ms, "test")
        await self.wake()

    saying_goodbye: Goodbye | None = None


def hub_now_ms() -> int:
    return 5_000_000 + time.monotonic_ns() // 1_000_000


@asynccontextmanager
async def running_hub(**settings: Any) -> AsyncIterator[FakeHub]:
    """A hub that listens inside the block."""
    hub = FakeHub(**settings)
    await hub.start()
    try:
        yield hub
    finally:
        await hub.stop()


def order(order_id: str = "o1", call_number: str = "1") -> Order:
    """An order of one line for the fake's only station."""
    return Order(
        order_id, call_number, terminal="T1", lines=(Line(f"{order_id}.1", "burger", {"en": "Burger"}),)
    )


GRILL = View(ViewKind.PREP, station=STATION)
