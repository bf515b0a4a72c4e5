"""A till that sells faster than any: orders held, changed, paid and picked up in batches, each answered before the next."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import grpc.aio

from heard.command import ChangeLine, Command, Hold, MarkPaid, MarkPickedUp, Outcome
from heard.ids import RANDOM_BITS, uuid7
from heard.order import Line, Order, OrderType, Totals
from heard.v1 import pos_pb2, service_pb2_grpc
from heard.wire import answer_from_pb, command_to_pb

BATCH = 90
ANSWER_S = 60.0


class Till:
    """One device; `versions` is what each order must reach at the cloud."""

    def __init__(self, channel: grpc.aio.Channel, device: str, seed: int) -> None:
        self.versions: dict[str, int] = {}
        self.payments = 0
        self._device = device
        self._seed = seed
        self._count = 0
        self._seq = 0
        stub: Any = service_pb2_grpc.PosServiceStub(channel)
        self._call = stub.Submit(metadata=(("heard-device", device), ("heard-incarnation", f"{device}-1")))

    async def sell(self, count: int, wall_ms: int) -> list[str]:
        """So many orders from first to last; their ids."""
        ids = [self._new_id(wall_ms) for _ in range(count)]
        commands = [command for order_id in ids for command in self._life(order_id)]
        for start in range(0, len(commands), BATCH):
            await self._do(commands[start : start + BATCH])
        return ids

    def _new_id(self, wall_ms: int) -> str:
        self._count += 1
        return uuid7(wall_ms, (self._seed << 40 | self._count) % (1 << RANDOM_BITS))

    def _life(self, order_id: str) -> Iterator[Command]:
        """Every third is changed on its way, every second paid when it is held, the others before they go."""
        number = self._count + len(self.versions)
        paid = number % 2 == 0
        lines = tuple(
            Line(f"l{n}", f"dish-{n}", {"en": f"Dish {n}", "ar": "طبق"}, category="grills", total_minor=500)
            for n in (1, 2)
        )
        order = Order(
            order_id,
            type=OrderType.TAKEAWAY,
            call_number=str(len(self.versions) % 9_999 + 1),
            lines=lines,
            terminal=self._device,
            totals=Totals("SAR", total_minor=1_000),
            paid=paid,
        )
        yield self._command(order_id, Hold(order))
        version = 1
        if number % 3 == 0:
            version += 1
            yield self._command(order_id, ChangeLine("l1", quantity_milli=2_000))
        if not paid:
            version += 1
            yield self._command(order_id, MarkPaid(method="card"))
        version += 1
        yield self._command(order_id, MarkPickedUp())
        self.versions[order_id] = version
        self.payments += 1

    def _command(self, order_id: str, verb: Any) -> Command:
        self._seq += 1
        return Command(order_id, verb, seq=self._seq)

    async def _do(self, commands: list[Command]) -> None:
        request = pos_pb2.SubmitRequest(commands=[command_to_pb(one) for one in commands])
        last = commands[-1].seq
        async with asyncio.timeout(ANSWER_S):
            await self._call.write(request)
            while True:
                reply = await self._call.read()
                assert reply is not grpc.aio.EOF, "the hub ended the stream"
                assert not reply.expected_seq, reply
                for answer in map(answer_from_pb, reply.answers):
                    assert answer.outcome is Outcome.DONE, answer
                if reply.next_seq > last:
                    return
