"""What the calls share: the store, the feeds, who is connected, and what a hub says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol

from heard.stream import Alive, Bookmark, Hello, Painted, SiteProfile, View
from hub.core.decision import DAY_KEY, BusinessDay, DeviceRecord, device_key
from hub.rpc.caller import Caller
from hub.rpc.errors import refuse
from hub.rpc.feeds import Feeds
from hub.rpc.live import LiveValues
from hub.rpc.sessions import Sessions
from hub.rpc.writing import Writes
from hub.store.seam import Store


class Clock(Protocol):
    """The hub's time; see `hub.clock`."""

    @property
    def suspect(self) -> bool: ...

    @property
    def gap_at_ms(self) -> int: ...

    def wall_ms(self) -> int: ...


class Screens(Protocol):
    """Who is told what screens do; see `hub.core.hearing`."""

    def introduce(self, view: View) -> None:
        """Somebody begins to watch this view."""
        ...

    def joined(self, device: str, station: str, counts: bool) -> None:
        """A screen of that station opened a stream; `counts`: what it paints is heard."""
        ...

    def left(self, device: str, station: str) -> None:
        """That stream has ended."""
        ...

    def painted(self, device: str, station: str, painted: Painted) -> None: ...

    def alive(self, device: str, station: str, alive: Alive) -> None: ...


@dataclass(slots=True)
class Counters:
    """Since start, for /metrics."""

    grpc_operations: int = 0
    """Messages read and written on calls, one each, and two for a call's begin and end."""
    commands: int = 0
    commands_rejected: int = 0
    holds: int = 0
    watches: int = 0
    snapshots: int = 0
    resumes: int = 0
    bytes_sent: int = 0
    refused_calls: int = 0
    live_values_refused: int = 0


class Refusing:
    """See `Services.refusing`."""

    def __init__(self, counters: Counters, context: Any) -> None:
        self._counters, self._context = counters, context

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        """Swallows nothing: a refusal raises too."""
        if isinstance(error, Exception):
            self._counters.refused_calls += 1
            await refuse(self._context, error)


@dataclass(slots=True)
class Services:
    """Made once by the hub's wiring."""

    store: Store
    profile: SiteProfile
    hub_version: str
    clock: Clock
    live: LiveValues
    feeds: Feeds
    screens: Screens
    unsafe_plaintext: bool = False
    sessions: Sessions = field(default_factory=Sessions)
    counters: Counters = field(default_factory=Counters)
    writes: Writes = field(default_factory=Writes)

    def refusing(self, context: Any) -> Refusing:
        """`async with`: what goes wrong in it ends the call as the table of errors says, and is counted."""
        return Refusing(self.counters, context)

    def business_date(self) -> str:
        """The open business date, "" before the first."""
        day = self.store.get(DAY_KEY)
        return day.date if isinstance(day, BusinessDay) else ""

    def bookmark(self, rev: int, digest: int) -> Bookmark:
        """The mark that ends a batch at the head."""
        now_ms = self.store.now_ms()
        clock = self.clock
        return Bookmark(
            rev,
            now_ms,
            self.business_date(),
            digest,
            clock.wall_ms() - now_ms,
            clock.suspect,
            clock.gap_at_ms,
        )

    def expected_seq(self, caller: Caller) -> int:
        """The seq that the hub expects next from this device in this incarnation."""
        record = self.store.get(device_key(caller.device))
        return record.expected.get(caller.incarnation, 1) if isinstance(record, DeviceRecord) else 1

    def hello(self, caller: Caller) -> Hello:
        """The greeting of a stream."""
        store = self.store
        return Hello(
            store_id=store.store_id,
            epoch=store.epoch,
            rev=store.rev,
            compact_rev=store.compact_rev,
            hub_time_ms=store.now_ms(),
            business_date=self.business_date(),
            expected_seq=self.expected_seq(caller),
            site_name=self.profile.name,
            wall_ms=self.clock.wall_ms(),
            clock_suspect=self.clock.suspect,
            gap_at_ms=self.clock.gap_at_ms,
            unsafe_plaintext=self.unsafe_plaintext,
            profile=self.profile,
            hub_version=self.hub_version,
        )
