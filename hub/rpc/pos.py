"""PosService: Submit (a stream of command batches with cumulative answers), and Hold and Execute for simple clients."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import grpc

from heard.command import Answer, Command, Hold
from heard.errors import InvalidInput
from heard.v1 import kitchen_pb2, pos_pb2
from heard.wire import answer_to_pb, check_command, check_order, command_from_pb, order_from_pb
from hub.core.identity import Expected
from hub.rpc.caller import Caller, read_caller
from hub.rpc.counters import Counters
from hub.rpc.customer import Carts
from hub.rpc.desk import Desk, Result
from hub.rpc.errors import Fenced, Stopping, refuse_answer
from hub.rpc.leases import Leases
from hub.rpc.services import Services
from hub.rpc.sessions import Stream
from hub.rpc.submit import SubmitSession
from hub.rpc.writing import Write

WRONG_CARTS_MAX = 500
"""Devices whose wrong live values were said in the log."""
TAKE_AT_ONCE = 32
"""Commands of one message decided before others have their turn: some ms."""

log = logging.getLogger("heard.rpc")


class PosService:
    """The calls of tills, and of screens that send commands."""

    def __init__(
        self, services: Services, desk: Desk, carts: Carts, leases: Leases, counters: Counters
    ) -> None:
        self._services = services
        self._desk = desk
        self._carts = carts
        self._leases = leases
        self._counters = counters
        self._wrong_carts: set[str] = set()

    async def submit(self, _requests: Any, context: Any) -> None:
        services = self._services
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[None] | None = None
        room = asyncio.Event()

        def wake() -> None:
            room.set()
            if waiting is not None and not waiting.done():
                waiting.set_result(None)

        session: SubmitSession | None = None
        stream: Stream | None = None
        reader: asyncio.Task[None] | None = None
        write: Write | None = None
        failure: Exception | None = None
        try:
            caller = read_caller(context.invocation_metadata(), incarnation=True)
            session = SubmitSession(
                caller,
                self._desk,
                self._leases,
                self._counters,
                services.expected_seq(caller),
                services.store.epoch,
                services.business_date,
                wake,
            )
            stream = Stream(
                "submit", caller.device, caller.incarnation, services.store.now_ms(), session.fail
            )
            for replaced in services.sessions.open(stream):
                replaced.end(Fenced(f"{caller.device} opened a new command stream"))
            session.opened()
            services.counters.grpc_operations += 2
            reader = asyncio.create_task(self._read(session, room, context), name="heard-submit-read")
            write = services.writes.open(caller.device, context.write)
            while True:
                payload = session.reply()
                if payload is not None:
                    room.set()
                    await write(payload)
                    services.counters.grpc_operations += 1
                    services.counters.bytes_sent += len(payload)
                elif session.error is not None:
                    raise session.error
                elif session.drained:
                    return
                else:
                    waiting = loop.create_future()
                    await waiting
                    waiting = None
        except Stopping:
            return  # what was taken in is answered; the client comes back to the next start
        except Exception as error:
            failure = error  # told last: a client that reads nothing lets that wait too
        finally:
            if reader is not None:
                reader.cancel()
            if session is not None:
                session.closed()
            if write is not None:
                services.writes.close(write)
            if stream is not None:
                services.sessions.close(stream)
        if failure is not None:
            async with services.refusing(context):
                raise failure

    async def _read(self, session: SubmitSession, room: asyncio.Event, context: Any) -> None:
        counters, read = self._services.counters, context.read
        parse = pos_pb2.SubmitRequest.FromString
        try:
            while not session.ended():
                data = await read()
                if data is grpc.aio.EOF:
                    break
                counters.grpc_operations += 1
                message = parse(data)
                for index in range(len(message.commands)):
                    if index % TAKE_AT_ONCE == TAKE_AT_ONCE - 1:
                        await asyncio.sleep(0)
                    while session.full and not session.ended():
                        room.clear()
                        await room.wait()
                    if session.ended():
                        return  # a newer stream has taken over: nothing of this one may come after it
                    session.take(index, message)
                for place, live in enumerate(message.live):
                    self._show(session.caller, live, f"live[{place}]")
                session.numbers_left(message.numbers_left)
                session.counted(message)
        except Exception as error:
            session.fail(error)
        finally:
            session.stop_reading()

    def _show(self, caller: Caller, live: kitchen_pb2.Live, field: str) -> None:
        """A live value that is wrong is left out: no order may wait because of what a guest is shown."""
        try:
            self._carts.take(caller, live, field, asyncio.get_running_loop().time())
        except InvalidInput as error:
            self._services.counters.live_values_refused += 1
            if caller.device not in self._wrong_carts and len(self._wrong_carts) < WRONG_CARTS_MAX:
                self._wrong_carts.add(caller.device)
                log.warning(
                    "%s sends a live value that cannot be shown: %s %s", caller.device, error.field, error
                )
        else:
            self._wrong_carts.discard(caller.device)

    async def hold(self, data: bytes, context: Any) -> bytes:
        self._services.counters.grpc_operations += 4
        async with self._services.refusing(context):
            caller = read_caller(context.invocation_metadata())
            order = check_order(order_from_pb(pos_pb2.HoldRequest.FromString(data).order))
            command = Command(
                order.order_id, Hold(order), device=caller.device, incarnation=caller.incarnation
            )
            answer = await self._execute(command)
        await refuse_answer(context, answer)
        reply = pos_pb2.HoldReply()
        answer_to_pb(answer, reply.answer)
        return reply.SerializeToString()

    async def execute(self, data: bytes, context: Any) -> bytes:
        self._services.counters.grpc_operations += 4
        async with self._services.refusing(context):
            caller = read_caller(context.invocation_metadata())
            command = self._unary_command(pos_pb2.ExecuteRequest.FromString(data), caller)
            answer = await self._execute(command)
        await refuse_answer(context, answer)
        reply = pos_pb2.ExecuteReply()
        answer_to_pb(answer, reply.answer)
        return reply.SerializeToString()

    @staticmethod
    def _unary_command(request: pos_pb2.ExecuteRequest, caller: Caller) -> Command:
        command = command_from_pb(request.command, caller.device, caller.incarnation)
        if command.seq:
            raise InvalidInput("command.seq", f"is {command.seq}", "leave it 0 here, or open a Submit stream")
        if not command.command_id and not isinstance(command.verb, Hold):
            raise InvalidInput(
                "command.command_id", "is empty", "give each command an id, so that repeating it is harmless"
            )
        return command

    async def _execute(self, command: Command) -> Answer:
        """The durable answer. Raises InvalidInput, StoreUnavailable, OutcomeUnknown and Stopping."""
        if self._services.sessions.stopping:
            raise Stopping("the hub is stopping")
        command = check_command(command)
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

        def told(result: Result) -> None:
            if not future.done():
                future.set_result(result)

        self._desk.submit(command, told)
        result = await future
        if isinstance(result, Exception):
            raise result
        assert not isinstance(result, Expected), "a command without a seq never comes too early"
        return result
