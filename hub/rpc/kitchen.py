"""KitchenService: Watch, Report, RecallList, SetKeyMap and the preflight. Bytes in, bytes out; what to send is decided by `Watcher`."""

from __future__ import annotations

import asyncio
import difflib
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import grpc

from heard.errors import InvalidInput, UserError
from heard.expo import EXPO
from heard.order import Order
from heard.stream import View, ViewKind, WatchRequest
from heard.ticket import tickets, work_key
from heard.v1 import kitchen_pb2
from heard.why import why
from heard.wire import (
    alive_from_pb,
    order_to_pb,
    painted_from_pb,
    preflight_report_from_pb,
    preflight_result_to_pb,
    view_from_pb,
    watch_request_from_pb,
)
from hub.core.decision import DAY_KEY, BusinessDay
from hub.rpc.caller import Caller, read_caller
from hub.rpc.errors import Fenced, NotFound, Stopping, TooSlow
from hub.rpc.preflight import Preflights
from hub.rpc.services import Services
from hub.rpc.sessions import Stream
from hub.rpc.watcher import Watcher

BOOKMARK_EVERY_S = 1.0
"""Each message is a heartbeat; after 2.5 s without one a screen says NOT LIVE."""
GOODBYE_RETRY_MS = 500
RECALL_LIMIT_MAX = 200
RECALL_BYTES_MAX = 3 << 20
"""A client takes 4 MiB; 200 banquets would be more. The newest come first, so the oldest are left out."""
TEXT_CHARACTERS_MAX = 120
NEAREST_CUTOFF = 0.5

PutSetting: TypeAlias = Callable[[str, Any, str], Awaitable[object]]
"""(key, value, by whom): checks and stores a setting. Raises UserError."""

log = logging.getLogger("heard.rpc")


class _WatchStream:
    """One Watch call: wakes, waits and writes."""

    def __init__(self, services: Services, caller: Caller, request: WatchRequest, context: Any) -> None:
        self._services = services
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Future[None] | None = None
        self._write = services.writes.open(caller.device, context.write)
        self.watcher = Watcher(
            services.store, services.feeds, services.live, request, self.wake, services.bookmark
        )
        self.stream = Stream(
            "watch",
            caller.device,
            request.view.name,
            services.store.now_ms(),
            self._end,
            request.client[:TEXT_CHARACTERS_MAX],
        )

    def wake(self) -> None:
        waiting = self._waiting
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    def _end(self, cause: Exception) -> None:
        self.watcher.goodbye(GOODBYE_RETRY_MS, str(cause))

    async def run(self) -> None:
        """Until the watcher says goodbye or the client goes away. Raises TooSlow."""
        watcher, counters, loop = self.watcher, self._services.counters, self._loop
        write = self._write
        quiet_until_s = loop.time() + BOOKMARK_EVERY_S
        timer = loop.call_later(BOOKMARK_EVERY_S, self._mark)
        self._timer = timer
        try:
            while not watcher.ended:
                payload = watcher.next()
                # A long stretch of the log that does not concern this view: the client must hear from us all the same.
                if payload or (payload is not None and loop.time() >= quiet_until_s):
                    quiet_until_s = loop.time() + BOOKMARK_EVERY_S
                    await write(payload)
                    counters.grpc_operations += 1
                    counters.bytes_sent += len(payload)
                elif payload is None:
                    self._waiting = loop.create_future()
                    await self._waiting
                    self._waiting = None
                else:
                    await asyncio.sleep(0)
        finally:
            self._timer.cancel()
            self.close()

    def close(self) -> None:
        """Leaves what it was entered in."""
        self._services.writes.close(self._write)
        self.watcher.close()

    def _mark(self) -> None:
        self._timer = self._loop.call_later(BOOKMARK_EVERY_S, self._mark)
        self.watcher.bookmark()


class KitchenService:
    """The calls of screens."""

    def __init__(self, services: Services, put_setting: PutSetting, preflights: Preflights) -> None:
        self._services = services
        self._preflights = preflights
        self._put_setting = put_setting
        self._watches: set[_WatchStream] = set()

    @property
    def watchers(self) -> dict[str, int]:
        """Open watches by the kind of their view, for /metrics."""
        found: dict[str, int] = {}
        for one in self._watches:
            kind = one.stream.what.partition(":")[0]
            found[kind] = found.get(kind, 0) + 1
        return found

    async def watch(self, data: bytes, context: Any) -> None:
        services = self._services
        async with services.refusing(context):
            caller = read_caller(context.invocation_metadata())
            request = watch_request_from_pb(kitchen_pb2.WatchRequest.FromString(data))
            self._check_view(request.view)
            one = _WatchStream(services, caller, request, context)
            try:
                for replaced in services.sessions.open(one.stream):
                    replaced.end(Fenced(f"{caller.device} has too many streams open"))
            except Exception:
                one.close()
                raise
        services.counters.watches += 1
        services.counters.grpc_operations += 2
        self._watches.add(one)
        station = _heard_at(request.view)
        counts = not request.headless or request.count_headless
        is_screen, checked = request.screen and bool(station), request.screen and counts
        services.screens.introduce(request.view)
        if is_screen:
            services.screens.joined(caller.device, station, counts)
        if checked:
            self._preflights.joined(caller.device, request.view)
        blocked: TooSlow | None = None
        try:
            if one.watcher.start(services.hello(caller)):
                services.counters.resumes += 1
            else:
                services.counters.snapshots += 1
            await one.run()
        except TooSlow as error:
            blocked = error
        finally:
            self._watches.discard(one)
            services.sessions.close(one.stream)
            if is_screen:
                services.screens.left(caller.device, station)
            if checked:
                self._preflights.left(caller.device, request.view)
        if blocked is not None:
            async with services.refusing(context):
                raise blocked

    async def report(self, _requests: Any, context: Any) -> bytes:
        async with self._services.refusing(context):
            painted = await self._take_reports(context)
        return kitchen_pb2.ReportSummary(painted=painted).SerializeToString()

    async def _take_reports(self, context: Any) -> int:
        """Until the client is done, another stream takes over or the hub stops; how many orders were painted."""
        services = self._services
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[None] = loop.create_future()

        def end(cause: Exception) -> None:
            if not ended.done():
                ended.set_exception(cause)

        stream: Stream | None = None
        reader: asyncio.Task[int] | None = None
        try:
            caller = read_caller(context.invocation_metadata())
            stream = Stream("report", caller.device, "report", services.store.now_ms(), end)
            for replaced in services.sessions.open(stream):
                replaced.end(Fenced(f"{caller.device} has too many streams open"))
            services.counters.grpc_operations += 2
            reader = asyncio.create_task(self._read_reports(caller, context))
            await asyncio.wait((reader, ended), return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                ended.result()
            return reader.result()
        except Stopping:
            return 0  # the client's Watch said goodbye already
        finally:
            if reader is not None:
                reader.cancel()
            if stream is not None:
                services.sessions.close(stream)

    async def _read_reports(self, caller: Caller, context: Any) -> int:
        """Until the client is done."""
        services, counters = self._services, self._services.counters
        screens, device, read = services.screens, caller.device, context.read
        parse = kitchen_pb2.ReportRequest.FromString
        painted = 0
        station = ""
        view: View | None = None
        while True:
            data = await read()
            if data is grpc.aio.EOF:
                return painted
            counters.grpc_operations += 1
            message = parse(data)
            if message.HasField("view"):
                view = view_from_pb(message.view)
                self._check_view(view)
                station = _heard_at(view)
            if view is not None and message.HasField("preflight"):
                self._preflights.reported(device, view, preflight_report_from_pb(message.preflight))
            if not station:
                continue  # only kitchens and the pass are asked to hear
            alive = alive_from_pb(message.alive) if message.HasField("alive") else None
            if alive is not None and not (alive.hidden or alive.output_off):
                screens.alive(
                    device, station, alive
                )  # first: what a window that is shown again painted counts
                alive = None
            if message.HasField("painted"):
                report = painted_from_pb(message.painted)
                painted += len(report.newly_shown)
                screens.painted(device, station, report)
            if alive is not None:
                screens.alive(device, station, alive)

    async def recall_list(self, data: bytes, context: Any) -> bytes:
        services = self._services
        services.counters.grpc_operations += 4
        async with services.refusing(context):
            read_caller(context.invocation_metadata())
            request = kitchen_pb2.RecallListRequest.FromString(data)
            if request.station:
                self._check_station("station", request.station)
            if len(request.search) > TEXT_CHARACTERS_MAX:
                raise InvalidInput("search", f"is longer than {TEXT_CHARACTERS_MAX} characters")
            limit = min(request.limit or 50, RECALL_LIMIT_MAX)
            wanted = self._standing if request.open_now else self._recallable
            found = wanted(request.station, request.search.casefold(), limit)
        reply = kitchen_pb2.RecallListReply()
        size = 0
        for order in found:
            message = order_to_pb(order)
            size += message.ByteSize()
            if size > RECALL_BYTES_MAX:
                break
            reply.orders.append(message)
        return reply.SerializeToString()

    async def set_key_map(self, data: bytes, context: Any) -> bytes:
        services = self._services
        services.counters.grpc_operations += 4
        async with services.refusing(context):
            caller = read_caller(context.invocation_metadata())
            request = kitchen_pb2.SetKeyMapRequest.FromString(data)
            self._check_station("station", request.station)
            if not request.key_map:
                raise InvalidInput("key_map", "is empty", "say at least the key of BUMP")
            key = f"stations.{request.station}.screen.key_map"
            try:
                await self._put_setting(key, dict(request.key_map), caller.device)
            except UserError as error:
                refused = why("keys.refused", f"is refused: {error.what}")
                raise InvalidInput("key_map", refused, error.hint) from None
        return kitchen_pb2.SetKeyMapReply().SerializeToString()

    async def begin_preflight(self, data: bytes, context: Any) -> bytes:
        self._services.counters.grpc_operations += 4
        async with self._services.refusing(context):
            caller = read_caller(context.invocation_metadata())
            request = kitchen_pb2.BeginPreflightRequest.FromString(data)
            run_id, already = self._preflights.begin(caller.device, request.wait_s)
        return kitchen_pb2.BeginPreflightReply(id=run_id, already=already).SerializeToString()

    async def get_preflight(self, _data: bytes, context: Any) -> bytes:
        self._services.counters.grpc_operations += 4
        async with self._services.refusing(context):
            read_caller(context.invocation_metadata())
            result = self._preflights.result()
            if result is None:
                raise NotFound("", "this hub has had no preflight since it started", "begin one")
        return preflight_result_to_pb(result).SerializeToString()

    def _recallable(self, station: str, search: str, limit: int) -> list[Order]:
        """Orders whose ticket this station has bumped on this business day, last first, closed ones too."""
        store = self._services.store
        open_now = [
            order for order in store.open_orders() if _bumped_at(order, station) and _matches(order, search)
        ]
        day = store.get(DAY_KEY)
        closed = list(store.closed_orders(self._services.business_date(), station, search, limit))
        if isinstance(day, BusinessDay) and day.previous:
            # It came before the roll, and was bumped or fetched after it.
            carried = store.closed_orders(day.previous, station, search, limit)
            closed += [order for order in carried if order.changed_at_ms >= day.opened_at_ms]
        found = sorted((*open_now, *closed), key=lambda order: _bumped_at(order, station), reverse=True)
        return found[:limit]

    def _standing(self, station: str, search: str, limit: int) -> list[Order]:
        """Orders with a ticket at this station, in the order of work."""
        if not station:
            raise InvalidInput("station", "is empty", "say whose open tickets")
        found = [
            (min(work_key(ticket) for ticket in standing), order)
            for order in self._services.store.open_orders()
            if _matches(order, search) and (standing := tickets(order, station))
        ]
        found.sort(key=lambda one: one[0])
        return [order for _, order in found[:limit]]

    def _check_view(self, view: View) -> None:
        match view.kind:
            case ViewKind.PREP:
                self._check_station("view.station", view.station)
            case ViewKind.TERMINAL | ViewKind.CART:
                if not view.terminal or len(view.terminal) > 64:
                    raise InvalidInput("view.terminal", "is empty or longer than 64 characters")
            case ViewKind.EXPO | ViewKind.BOARD:
                pass
            case _:
                raise InvalidInput("view.kind", f"{view.kind.name} is not a view of this hub")

    def _check_station(self, field: str, station: str) -> None:
        known = [one.station for one in self._services.profile.stations]
        if station in known:
            return
        nearest = difflib.get_close_matches(station, known, n=1, cutoff=NEAREST_CUTOFF)
        raise InvalidInput(
            field,
            why(
                "station.unknown",
                f"{station[:TEXT_CHARACTERS_MAX]!r} is not a station of this hub",
                station=station,
                known=known,
            ),
            f"did you mean {nearest[0]!r}?" if nearest else f"the hub has: {', '.join(known)}",
        )


def _heard_at(view: View) -> str:
    """Where what a screen of this view paints counts as heard; "" for screens of guests and tills."""
    if view.kind is ViewKind.EXPO:
        return EXPO
    return view.station if view.kind is ViewKind.PREP else ""


def _bumped_at(order: Order, station: str) -> int:
    """When the station ("": any) bumped its ticket last; 0 where it did not."""
    return max((one.bumped_at_ms for one in order.stations if station in ("", one.station)), default=0)


def _matches(order: Order, search: str) -> bool:
    if not search:
        return True
    texts = (
        order.call_number,
        order.table,
        order.guest,
        order.aggregator_code,
        order.terminal,
        order.order_id,
    )
    return any(search in text.casefold() for text in texts)
