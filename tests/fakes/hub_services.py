"""The fake hub on the wire: its two services, with its switches to misbehave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import grpc.aio

from heard.stream import (
    SubmitReply,
    WatchRequest,
)
from heard.v1 import kitchen_pb2, pos_pb2, service_pb2_grpc
from heard.wire import (
    alive_from_pb,
    command_from_pb,
    encode_batch,
    live_from_pb,
    order_to_pb,
    painted_from_pb,
    submit_reply_to_pb,
    watch_request_from_pb,
)

if TYPE_CHECKING:
    from tests.fakes.hub import FakeHub


def identity(context: Any) -> tuple[str, str]:
    metadata = dict(context.invocation_metadata())
    return str(metadata.get("heard-device", "")), str(metadata.get("heard-incarnation", ""))


class KitchenService(service_pb2_grpc.KitchenServiceServicer):
    def __init__(self, hub: FakeHub) -> None:
        self.hub = hub

    async def Watch(self, request: kitchen_pb2.WatchRequest, context: Any) -> None:  # type: ignore[override]
        await self.hub.breakable(context, self._watch(watch_request_from_pb(request), context))

    async def _watch(self, asked: WatchRequest, context: Any) -> None:
        hub = self.hub
        hub.watches.append(asked)
        async for batch in hub.watch(asked, *identity(context)):
            goodbye = hub.saying_goodbye
            if goodbye is not None:
                batch.append(goodbye)
            while hub.faults.silent:
                await hub.something(0.02)
            await context.write(kitchen_pb2.WatchBatch.FromString(encode_batch(batch)))
            if goodbye is not None:
                hub.saying_goodbye = None
                return

    async def Report(self, request_iterator: Any, context: Any) -> kitchen_pb2.ReportSummary:
        await self.hub.breakable(context, self._report(request_iterator))
        return kitchen_pb2.ReportSummary(painted=len(self.hub.painted))

    async def _report(self, request_iterator: Any) -> None:
        hub = self.hub
        async for request in request_iterator:
            if request.HasField("painted"):
                hub.hear(painted_from_pb(request.painted))
            if request.HasField("alive"):
                hub.alive.append(alive_from_pb(request.alive))
            await hub.wake()

    async def RecallList(
        self, request: kitchen_pb2.RecallListRequest, context: Any
    ) -> kitchen_pb2.RecallListReply:
        found = [order for order in self.hub.orders.values() if request.search in order.call_number]
        return kitchen_pb2.RecallListReply(orders=[order_to_pb(order) for order in found[: request.limit]])

    async def SetKeyMap(
        self, request: kitchen_pb2.SetKeyMapRequest, context: Any
    ) -> kitchen_pb2.SetKeyMapReply:
        if not request.key_map:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "key_map is empty")
        self.hub.key_maps[request.station] = dict(request.key_map)
        return kitchen_pb2.SetKeyMapReply()

    async def BeginPreflight(
        self, request: kitchen_pb2.BeginPreflightRequest, context: Any
    ) -> kitchen_pb2.BeginPreflightReply:
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, "this hub is older than preflights")
        raise AssertionError

    async def GetPreflight(
        self, request: kitchen_pb2.GetPreflightRequest, context: Any
    ) -> kitchen_pb2.PreflightResult:
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, "this hub is older than preflights")
        raise AssertionError


class PosService(service_pb2_grpc.PosServiceServicer):
    def __init__(self, hub: FakeHub) -> None:
        self.hub = hub

    async def Submit(self, request_iterator: Any, context: Any) -> None:  # type: ignore[override]
        if self.hub.faults.refuse_submit:
            await context.abort(grpc.StatusCode.PERMISSION_DENIED, "no commands from you")
        await self.hub.breakable(context, self._submit(request_iterator, context))

    async def _submit(self, request_iterator: Any, context: Any) -> None:
        device, incarnation = identity(context)
        async for request in request_iterator:
            reply = await self._batch(request, context, device, incarnation)
            if reply is not None:
                await context.write(submit_reply_to_pb(reply))

    async def Hold(self, request: pos_pb2.HoldRequest, context: Any) -> pos_pb2.HoldReply:
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, "the fake has no unary calls")
        raise AssertionError

    async def Execute(self, request: pos_pb2.ExecuteRequest, context: Any) -> pos_pb2.ExecuteReply:
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, "the fake has no unary calls")
        raise AssertionError

    async def _batch(
        self, request: pos_pb2.SubmitRequest, context: Any, device: str, incarnation: str
    ) -> SubmitReply | None:
        hub = self.hub
        if hub.faults.deaf:
            return None
        if hub.faults.unavailable:
            hub.refused += bool(request.commands)
            await context.abort(grpc.StatusCode.UNAVAILABLE, "the disk is full")
        hub.numbers_left.append(request.numbers_left)
        for live in map(live_from_pb, request.live):
            hub.live[live.key] = live
        answers = []
        expected = 0
        for command in request.commands:
            answer = hub.execute(command_from_pb(command, device, incarnation))
            if isinstance(answer, int):
                expected = answer
                break
            answers.append(answer)
        await hub.wake()
        if hub.faults.lose_answers and request.commands:
            hub.faults.lose_answers -= 1
            await context.abort(grpc.StatusCode.UNAVAILABLE, "the answers are lost")
        return SubmitReply(
            next_seq=hub.expected.get((device, incarnation), 1),
            answers=tuple(answers),
            expected_seq=expected,
            epoch=hub.epoch,
            lease=hub.lease() if request.numbers_left < 10 else None,
            business_date="2026-11-23",
        )
