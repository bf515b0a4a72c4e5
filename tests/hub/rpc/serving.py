"""A whole hub in this process, on a store in a temporary folder and a port of the system's choice, and thin clients of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import grpc.aio

from heard.command import Command
from heard.order import Line, Order, OrderType
from heard.stream import (
    Alive,
    Event,
    Live,
    OutItems,
    Painted,
    SiteState,
    View,
    ViewKind,
    WatchRequest,
)
from heard.v1 import errors_pb2, kitchen_pb2, pos_pb2, service_pb2_grpc
from heard.wire import (
    alive_to_pb,
    command_to_pb,
    decode_batch,
    order_to_pb,
    painted_to_pb,
    view_to_pb,
    watch_request_to_pb,
)
from hub.app import Hub, HubAddress
from hub.config import Config, Station
from hub.config.model import Network, Retention
from hub.core.routing import Rule

WAIT_S = 10.0
E = TypeVar("E")


def a_config(data: Path, **changes: Any) -> Config:
    """Grill and fry, nothing announced, all ports free."""
    made = Config(
        data=data,
        network=Network(port=0, admin_port=0, mdns=False),
        retention=Retention(backup_every_min=0),
        stations=(Station("grill", {"en": "Grill"}), Station("fry", {"en": "Fry"})),
        routes=(Rule(("grill",), categories=("grills",)), Rule(("fry",), categories=("fried",))),
        time_zone="UTC",
        source="a test",
    )
    return replace(made, **changes)


@asynccontextmanager
async def serving(
    data: Path,
    wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    in_step: Callable[[], bool] = lambda: True,
    monotonic: Callable[[], float] = time.monotonic,
    **changes: Any,
) -> AsyncIterator[Client]:
    """A hub that serves, and a client of it; both end with the block."""
    hub = await Hub.open(a_config(data, **changes), wall_ms, in_step, monotonic)
    try:
        address = await hub.start()
        async with grpc.aio.insecure_channel(address.address, options=OPTIONS) as channel:
            yield Client(hub, address, channel)
    finally:
        await hub.stop()


OPTIONS = (("grpc.max_receive_message_length", 4 << 20),)


def an_order(order_id: str, category: str = "grills", **fields: Any) -> Order:
    """One line for that category's station."""
    line = Line("l1", "kofta", {"en": "Kofta"}, category=category)
    values: dict[str, Any] = {"type": OrderType.TAKEAWAY, "terminal": "T1", "lines": (line,)}
    return Order(order_id, **{**values, **fields})


def metadata(device: str, incarnation: str = "") -> tuple[tuple[str, str], ...]:
    found = (("heard-device", device),)
    return (*found, ("heard-incarnation", incarnation)) if incarnation else found


def error_detail(error: grpc.aio.AioRpcError) -> errors_pb2.ErrorDetail:
    """What `heard-error-bin` says."""
    (data,) = [value for key, value in error.trailing_metadata() or () if key == "heard-error-bin"]
    return errors_pb2.ErrorDetail.FromString(data if isinstance(data, bytes) else data.encode())


@dataclass
class Watch:
    """One Watch call; `until` reads on to the first event of a kind."""

    call: Any
    events: list[Event] = field(default_factory=list)
    batches: list[tuple[Event, ...]] = field(default_factory=list)

    async def batch(self) -> tuple[Event, ...]:
        """The next message; () at the end of the stream."""
        async with asyncio.timeout(WAIT_S):
            message = await self.call.read()
        if message is grpc.aio.EOF:
            return ()
        found = decode_batch(message.SerializeToString())
        self.batches.append(found)
        self.events.extend(found)
        return found

    async def until(self, kind: type[E], **values: object) -> E:
        """The next event of that kind with these values; AssertionError where the stream ends first."""
        async with asyncio.timeout(WAIT_S):
            while True:
                found = await self.batch()
                assert found, f"the stream ended without {kind.__name__} {values}"
                for event in found:
                    if (
                        isinstance(event, Live)
                        and isinstance(event.value, OutItems | SiteState)
                        and not values
                    ):
                        continue  # what stands on every stream; see `site`
                    if isinstance(event, kind) and all(
                        getattr(event, key) == value for key, value in values.items()
                    ):
                        return event

    async def site(self, kind: type[E], fits: Callable[[E], bool] = lambda _: True) -> E:
        """The next of what a hub tells of its site (SiteState, OutItems, SiteProfile) that fits."""
        async with asyncio.timeout(WAIT_S):
            while True:
                found = await self.batch()
                assert found, f"the stream ended without {kind.__name__}"
                for event in found:
                    value = event.value if isinstance(event, Live) else None
                    if isinstance(value, kind) and fits(value):
                        return value


@dataclass
class Client:
    """Stubs and shorthand."""

    hub: Hub
    address: HubAddress
    channel: grpc.aio.Channel

    @property
    def pos(self) -> Any:
        return service_pb2_grpc.PosServiceStub(self.channel)

    @property
    def kitchen(self) -> Any:
        return service_pb2_grpc.KitchenServiceStub(self.channel)

    def watch(self, view: View, device: str = "s1", incarnation: str = "", **fields: Any) -> Watch:
        request = watch_request_to_pb(WatchRequest(view, **fields))
        return Watch(self.kitchen.Watch(request, metadata=metadata(device, incarnation)))

    def screen(self, station: str = "grill", device: str = "s1") -> Watch:
        """A prep screen that counts for heard."""
        view = View(ViewKind.PREP, station)
        return self.watch(view, device, screen=True, headless=True, count_headless=True)

    async def hold(self, order: Order, device: str = "till") -> Any:
        request = pos_pb2.HoldRequest(order=order_to_pb(order))
        return (await self.pos.Hold(request, metadata=metadata(device), timeout=WAIT_S)).answer

    async def execute(self, command: Command, device: str = "till") -> Any:
        request = pos_pb2.ExecuteRequest(command=command_to_pb(command))
        return (await self.pos.Execute(request, metadata=metadata(device), timeout=WAIT_S)).answer

    def report(self, device: str = "s1") -> Any:
        return self.kitchen.Report(metadata=metadata(device))

    def submit(self, device: str = "till", incarnation: str = "1") -> Any:
        return self.pos.Submit(metadata=metadata(device, incarnation))


def a_report(
    view: View, painted: Painted | None = None, alive: Alive | None = None
) -> kitchen_pb2.ReportRequest:
    made = kitchen_pb2.ReportRequest()
    view_to_pb(view, made.view)
    if painted is not None:
        painted_to_pb(painted, made.painted)
    if alive is not None:
        alive_to_pb(alive, made.alive)
    return made


def a_batch(*commands: Command, **fields: Any) -> pos_pb2.SubmitRequest:
    return pos_pb2.SubmitRequest(commands=[command_to_pb(one) for one in commands], **fields)
