"""The link of one device to its hub: finds it, keeps a live replica of one view, sends commands and reports.

Wires the pure core (connection, reflector, commands) to gRPC, the journal and the clock. The Watch stream is the heart: each
of its messages is a heartbeat; Submit and Report ride on the same channel and reopen with it.

Longer than a room: the one door of the library, mostly a line or two for each thing that devices ask.
"""

from __future__ import annotations

import asyncio
import logging
import random as random_module
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from types import MappingProxyType
from typing import Any

import grpc
import grpc.aio

from heard.clock import Clock, SystemClock
from heard.command import Answer, Command, IssueFiscal, Verb
from heard.errors import LinkError
from heard.link.channel import LOOPBACK_PLAINTEXT, Credentials, call_error, call_metadata, check_device
from heard.link.core.applied import Applied
from heard.link.core.commands import Pending
from heard.link.core.hub_time import HubTime
from heard.link.core.reflector import Reflector, Taken, WallClock
from heard.link.core.state import LinkState
from heard.link.discover import Finder
from heard.link.journal_file import JournalFile
from heard.link.memory import Memory
from heard.link.reporter import Reporter
from heard.link.sender import Sender
from heard.link.session import Session
from heard.link.supervisor import Supervisor, Verdict
from heard.order import Order
from heard.preflight import PreflightReport, PreflightResult
from heard.revision import Epoch
from heard.stream import (
    Alive,
    CounterAdvice,
    CounterReport,
    Document,
    Hello,
    LiveValue,
    NumberLease,
    NumberRange,
    Painted,
    RangeWish,
    SiteProfile,
    View,
    WatchRequest,
)
from heard.v1 import kitchen_pb2
from heard.why import why
from heard.wire import decode_batch, order_from_pb, preflight_result_from_pb

log = logging.getLogger(__name__)

RECALL_LIST = "/heard.v1.KitchenService/RecallList"
SET_KEY_MAP = "/heard.v1.KitchenService/SetKeyMap"
RECALL_DEADLINE_S = 3.0
BEGIN_PREFLIGHT = "/heard.v1.KitchenService/BeginPreflight"
GET_PREFLIGHT = "/heard.v1.KitchenService/GetPreflight"
PREFLIGHT_DEADLINE_S = 3.0
SET_KEY_MAP_DEADLINE_S = 5.0
"""The hub writes to its disk before it answers."""


class Link:
    """One device's link. All methods are called on the event loop that `start` ran on.

    Listeners are called in the order of what happened; one that raises is logged and changes nothing. `on_state` is also
    called with each new Hello, and a screen then tells its whole picture.
    """

    def __init__(
        self,
        *,
        device: str,
        view: View,
        finder: Finder,
        journal: JournalFile | None = None,
        screen: bool = False,
        headless: bool = False,
        count_headless: bool = False,
        client: str = "",
        credentials: Credentials = LOOPBACK_PLAINTEXT,
        clock: Clock | None = None,
        random: Random | None = None,
    ) -> None:
        self.device = check_device(device)
        self.view = view
        self._finder = finder
        self._journal = journal
        self._request = WatchRequest(
            view=view, client=client, screen=screen, headless=headless, count_headless=count_headless
        )
        self._clock: Clock = clock or SystemClock()
        self._random = random or random_module.Random()
        self._reflector = Reflector()
        self._hub_time = HubTime()
        self._supervisor = Supervisor(
            finder,
            credentials,
            self._clock,
            self._random,
            begin=self._begin,
            on_message=self._message,
            on_change=self._publish,
            on_closed=self._closed,
        )
        self._reporter = Reporter(view, device) if screen else None
        self._sender: Sender | None = None
        self._memory: Memory | None = None
        self._alarm = ""
        self._profile: SiteProfile | None = None
        self._started = False
        self._on_state: list[Callable[[LinkState], None]] = []
        self._on_applied: list[Callable[[Applied], None]] = []
        self._on_answer: list[Callable[[Command, Answer], None]] = []
        self.state = LinkState(since_s=self._clock.monotonic(), reason=self._supervisor.connection.reason)

    # What is known.

    @property
    def documents(self) -> Mapping[str, Document]:
        """The picture by order id; after a restart the last one, before any hub is found."""
        return self._reflector.documents

    @property
    def epoch(self) -> Epoch:
        return self._reflector.epoch

    @property
    def rev(self) -> int:
        """The revision that the picture has reached."""
        return self._reflector.rev

    @property
    def complete(self) -> bool:
        """The picture is whole at `rev`; not so while a new stream goes over what came last once more."""
        return self._reflector.complete

    @property
    def digest(self) -> int:
        return self._reflector.digest

    @property
    def profile(self) -> SiteProfile:
        """The site's settings as the hub last told them; the ones of the last run until then."""
        if self._profile is not None:
            return self._profile
        return self._memory.profile if self._memory is not None else SiteProfile()

    @property
    def business_date(self) -> str:
        """ "2026-11-23", "" when no hub was ever met."""
        return self._reflector.business_date or (
            self._memory.business_date if self._memory is not None else ""
        )

    @property
    def hub_clock(self) -> WallClock:
        """The hub's wall clock, as it last told of it."""
        return self._reflector.clock

    @property
    def last_message_s(self) -> float | None:
        """Monotonic second of the newest message of the stream."""
        return self._supervisor.connection.last_message_s

    @property
    def pending(self) -> Mapping[int, Pending]:
        """Own commands by seq that the picture does not show yet."""
        return self._sender.commands.pending if self._sender is not None else MappingProxyType({})

    @property
    def unanswered(self) -> int:
        """Own commands in the journal that no hub has answered yet."""
        return self._sender.order.unanswered if self._sender is not None else 0

    @property
    def hub_now_sure(self) -> bool:
        """False until a hub was met in this run: `hub_now_ms` then rests on the wall clock."""
        return self._hub_time.known

    def hub_now_ms(self) -> int:
        """The hub's own time line now, ms; 0 when nothing is known of it."""
        if self._hub_time.known:
            return self._hub_time.now_ms(self._clock.monotonic())
        return self._memory.hub_now_ms(self._clock.wall_ms()) if self._memory is not None else 0

    # Listeners.

    def on_state(self, listener: Callable[[LinkState], None]) -> None:
        """Called with each new state of the link, and with each new Hello."""
        self._on_state.append(listener)

    def on_applied(self, listener: Callable[[Applied], None]) -> None:
        """Called after each batch that changed the picture, the revision or a live value."""
        self._on_applied.append(listener)

    def on_answer(self, listener: Callable[[Command, Answer], None]) -> None:
        """Called with the final answer to an own command; again where a restored hub answers it anew."""
        self._on_answer.append(listener)

    # Life.

    async def start(self) -> None:
        """Put back the last picture and begin to look for a hub; returns at once, hub or no hub."""
        if self._started:
            raise RuntimeError("the link is started already")
        self._started = True
        if self._journal is not None:
            self._restore(self._journal)
        await self._supervisor.start(restored=bool(self.documents))

    def _restore(self, journal: JournalFile) -> None:
        self._memory = Memory(journal)
        self._finder.remember(self._memory.address, self._memory.hub_id)
        if journal.kept.view == self.view.name and journal.kept.rev:
            self._reflector.restore(journal.kept.documents, journal.kept.epoch, journal.kept.rev)
        self._sender = Sender(
            journal,
            device=self.device,
            clock=self._clock,
            random=self._random,
            rev=lambda: self._reflector.rev,
            on_answer=lambda command, answer: self._tell(self._on_answer, command, answer),
        )

    async def close(self) -> None:
        """End the streams, save the picture, close the journal. Harmless when repeated."""
        await self._supervisor.close()
        if self._sender is not None:
            self._sender.close()
        if self._journal is not None:
            await self._journal.close()

    # Commands, live values and reports.

    async def command(
        self,
        order_id: str,
        verb: Verb,
        user: str = "",
        *,
        values: dict[str, str] | None = None,
        key_device: str = "",
        first_seq: int = 0,
    ) -> Command:
        """Write a command to the journal and return it with its seq when it is on disk; it is sent by itself.

        InvalidInput for what no hub would ever accept, LinkError where the disk does not take it. `values` are small texts
        that are stored in the same transaction.
        """
        return await self._sends().command(order_id, verb, user, values, key_device, first_seq)

    def show(self, key: str, value: LiveValue | None) -> None:
        """Send the newest value of a live key, None to clear it; never blocks, an older one is dropped."""
        self._sends().show(key, value)

    def lease_numbers(self, left: Callable[[], int], on_lease: Callable[[NumberLease], None]) -> None:
        """Take part in call numbers: `left` is told to the hub, which leases new blocks through `on_lease`."""
        sender = self._sends()
        sender.numbers_left = left
        sender.on_lease = on_lease

    async def issue(
        self,
        key: str,
        take: Callable[[str, str], tuple[str, IssueFiscal]],
        told: Callable[[str], None],
        order_id: str = "",
        user: str = "",
    ) -> Command:
        """Take a fiscal number and write its document in one transaction; see `Sender.issue`."""
        return await self._sends().issue(key, take, told, order_id, user)

    def count(
        self,
        counters: Callable[[], tuple[Sequence[CounterReport], RangeWish | None]],
        on_news: Callable[[Sequence[CounterAdvice], Sequence[NumberRange]], None],
        on_renewed: Callable[[], None],
    ) -> None:
        """Take part in fiscal numbers: `counters` is told to the hub, whose advice and ranges come through `on_news`.

        `on_renewed` is called when the device has begun a new incarnation.
        """
        sender = self._sends()
        sender.on_renewed = on_renewed
        sender.counters = counters
        sender.on_news = on_news
        sender.say_counters()

    def say_counters(self) -> None:
        """Tell the hub now where the fiscal counters stand."""
        self._sends().say_counters()

    async def renew(self, reason: str) -> None:
        """Begin a new incarnation of this device: its journal is a copy, or two machines count with it."""
        await self._sends().renew(reason)

    def say_numbers(self) -> None:
        """Tell the hub now how many call numbers are left."""
        self._sends().say_numbers()

    def painted(self, painted: Painted) -> None:
        """Report what was flipped to the screen; never blocks, dropped without a stream."""
        if self._reporter is not None:
            self._reporter.painted(painted)

    def alive(self, alive: Alive) -> None:
        """Report from the paint loop that the screen lives; never blocks, only the newest waits."""
        if self._reporter is not None:
            self._reporter.alive(alive)

    async def recall_list(
        self, station: str, search: str = "", limit: int = 50, *, open_now: bool = False
    ) -> tuple[Order, ...]:
        """Bumped tickets of the business day, last first, or what stands at the station now; LinkError without a hub."""
        request = kitchen_pb2.RecallListRequest(
            station=station, search=search, limit=limit, open_now=open_now
        )
        data = await self._ask(RECALL_LIST, request.SerializeToString(), RECALL_DEADLINE_S)
        reply = kitchen_pb2.RecallListReply.FromString(data)
        return tuple(order_from_pb(one) for one in reply.orders)

    async def set_key_map(self, station: str, key_map: Mapping[str, str]) -> None:
        """Stores function -> key at the hub for all screens of the station; LinkError where it is refused or there is no hub."""
        request = kitchen_pb2.SetKeyMapRequest(station=station, key_map=key_map)
        await self._ask(SET_KEY_MAP, request.SerializeToString(), SET_KEY_MAP_DEADLINE_S)

    async def begin_preflight(self, wait_s: int = 0) -> tuple[str, bool]:
        """Asks the hub for a preflight: its id, and whether one ran already. LinkError where it is refused or there is no hub."""
        request = kitchen_pb2.BeginPreflightRequest(wait_s=wait_s)
        data = await self._ask(BEGIN_PREFLIGHT, request.SerializeToString(), PREFLIGHT_DEADLINE_S)
        reply = kitchen_pb2.BeginPreflightReply.FromString(data)
        return reply.id, reply.already

    async def preflight(self) -> PreflightResult:
        """The report of the one that runs, else of the last one; LinkError where there is none, or no hub."""
        request = kitchen_pb2.GetPreflightRequest()
        data = await self._ask(GET_PREFLIGHT, request.SerializeToString(), PREFLIGHT_DEADLINE_S)
        return preflight_result_from_pb(kitchen_pb2.PreflightResult.FromString(data))

    def answer_preflight(self, report: PreflightReport) -> None:
        """Report how far this screen is in a preflight; never blocks, only the newest waits, dropped without a stream."""
        if self._reporter is not None:
            self._reporter.preflight(report)

    async def _ask(self, method: str, request: bytes, deadline_s: float) -> bytes:
        session = self._supervisor.session
        channel = session.channel if session is not None else None
        if channel is None:
            raise LinkError(why("hub.none"), self.state.reason)
        try:
            ask: Any = channel.unary_unary(method)
            answer: bytes = await ask(request, metadata=call_metadata(self.device), timeout=deadline_s)
        except grpc.RpcError as error:
            raise LinkError(call_error(error)[0]) from error
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise
            raise LinkError(why("hub.broke")) from None
        return answer

    def _sends(self) -> Sender:
        if self._sender is None:
            raise LinkError("this link sends no commands", "give it a journal, and start it")
        return self._sender

    # What the supervisor asks and tells.

    def _begin(self) -> tuple[WatchRequest, tuple[tuple[str, str], ...]]:
        epoch, rev = self._reflector.begin()
        incarnation = self._journal.incarnation if self._journal is not None else ""
        return replace(self._request, epoch=epoch, from_rev=rev), call_metadata(self.device, incarnation)

    def _closed(self) -> None:
        if self._reporter is not None:
            self._reporter.closed()

    def _message(self, session: Session, raw: bytes, now_s: float) -> Verdict:
        taken = self._reflector.apply(decode_batch(raw), now_s)
        if taken.hello is not None:
            self._greeted(session, taken.hello, now_s)
        if taken.bookmark is not None:
            self._hub_time.mark(taken.bookmark.hub_time_ms, now_s)
        self._applied(taken)
        if taken.alarm and taken.alarm != self._alarm:
            log.error("the picture cannot be trusted: %s", taken.alarm)
        if taken.relist:
            log.error("the picture is listed again: %s", taken.relist)
        complete = self._reflector.complete
        self._alarm = taken.alarm or ("" if complete else self._alarm)
        goodbye = taken.goodbye
        return Verdict(
            complete=complete,
            hello=taken.hello is not None,
            suspect=taken.alarm or taken.relist,
            broken=taken.relist,
            pause_s=taken.pause_s,
            goodbye=f"the hub said goodbye: {goodbye.reason}" if goodbye is not None else None,
            retry_after_s=goodbye.retry_after_ms / 1000 if goodbye is not None else 0.0,
        )

    def _greeted(self, session: Session, hello: Hello, now_s: float) -> None:
        new_epoch = self.state.hello is None or self.state.hello.epoch != hello.epoch
        self._hub_time.greet(hello.hub_time_ms, now_s, new_epoch=new_epoch)
        self._finder.good(session.address, hello.store_id)
        self.state = replace(self.state, hello=hello, address=session.address)
        self._profile = hello.profile
        if self._memory is not None:
            self._memory.greeted(session.address, hello)
        channel = session.channel
        assert channel is not None

        def broken(cause: str) -> None:
            self._supervisor.failed(session, cause)

        if self._reporter is not None:
            self._reporter.opened()
            session.spawn(self._reporter.run(channel), "the report stream", broken)
        if self._sender is not None:
            session.spawn(self._sender.run(channel, hello), "the stream of commands", broken)
        self._publish(always=True)

    def _applied(self, taken: Taken) -> None:
        applied = taken.applied
        if self._memory is not None and (applied.reset or applied.puts or applied.removes):
            hub_now_ms = self._hub_time.now_ms(self._clock.monotonic())
            self._memory.applied(
                applied,
                self.view.name,
                self.epoch,
                self._reflector.resume_rev,
                hub_now_ms,
                self._clock.wall_ms(),
            )
        for live in applied.live_values:
            if isinstance(live.value, SiteProfile):
                self._profile = live.value
                if self._memory is not None:
                    self._memory.site_changed(live.value)
        if self._sender is not None:
            self._sender.commands.reached(applied.rev)
        if applied or taken.bookmark is not None:
            self._tell(self._on_applied, applied)

    # Telling.

    def _publish(self, *, always: bool = False) -> None:
        connection = self._supervisor.connection
        state = self.state
        if not always and (state.phase, state.reason, state.since_s) == (
            connection.phase,
            connection.reason,
            connection.since_s,
        ):
            return
        self.state = replace(
            state,
            phase=connection.phase,
            live=connection.live,
            since_s=connection.since_s,
            last_message_s=connection.last_message_s,
            reason=connection.reason,
        )
        self._tell(self._on_state, self.state)

    def _tell(self, listeners: list[Callable[..., None]], *values: Any) -> None:
        for listener in listeners:
            try:
                listener(*values)
            except Exception:
                log.exception("a listener of the link failed")
