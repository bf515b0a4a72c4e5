"""The hub's side of the simulation: the real desk, feeds, watchers and sessions over a store that can crash and go back."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from heard.revision import Epoch
from heard.stream import Bookmark, Hello, NumberLease, SiteProfile, StationProfile, WatchRequest
from heard.v1 import pos_pb2
from hub.core.decision import Doc, EpochBegan, Key, device_key, epoch_key
from hub.core.epochs import decide_began
from hub.core.hearing import Hearing
from hub.core.identity import expected_seq
from hub.core.routing import RoutingPlan, Rule
from hub.core.site import KitchenRules, Site
from hub.rpc.caller import Caller
from hub.rpc.desk import Desk
from hub.rpc.feeds import Feeds
from hub.rpc.heard import Heard
from hub.rpc.live import LiveValues
from hub.rpc.services import Counters
from hub.rpc.submit import SubmitSession
from hub.rpc.watcher import Watcher
from hub.store.memory import MemoryStore
from hub.store.seam import Entry
from hub.timer import Timer
from tests.simulation.checks import Observer
from tests.simulation.floor import SimFloor
from tests.simulation.listening import Listening

STATIONS = ("grill", "fry")
IN_FLIGHT_MAX = 3  # messages between hub and watcher: a write then blocks
PLAN = RoutingPlan(
    (
        Rule(("fry",), categories=("grill",), areas=("hall",)),
        Rule(("grill",), categories=("grill",)),
        Rule(("fry",), categories=("fry",)),
        Rule(("grill", "fry"), categories=("both",)),
        Rule(("grill",), categories=("steps",), then=("fry",)),
    ),
    STATIONS,
)
RULES = KitchenRules(auto_fire=True, lead_ms=0, release_per_min={"grill": 60})
PROFILE = SiteProfile("Simulated", tuple(StationProfile(name) for name in STATIONS))


@dataclass(frozen=True)
class Image:
    """A backup: what the store held at one revision."""

    epoch: Epoch
    rev: int
    compact_rev: int
    docs: dict[Key, Doc]
    entries: list[Entry]


class SimStore(MemoryStore):
    """A MemoryStore that can be copied, and started from a copy."""

    def image(self) -> Image:
        """What is on disk."""
        return Image(self._epoch, self._rev, self._compact_rev, dict(self._docs), list(self._entries))

    @classmethod
    def from_image(
        cls, image: Image, seed: int, now_ms: Callable[[], int], epoch: Epoch | None = None
    ) -> SimStore:
        """Opens what is on disk; with `epoch` it is a restored backup, else the same disk after a crash."""
        store = cls(seed, now_ms=now_ms, store_id="sim")
        store._epoch = epoch or image.epoch
        store._rev = image.rev
        store._compact_rev = image.rev if epoch else image.compact_rev
        store._docs = dict(image.docs)
        store._entries = [] if epoch else list(image.entries)
        return store


class NoLeases:
    """Call numbers are given by the hub here."""

    def used(self, device: str) -> None:
        """Nothing to count."""

    def left(self, device: str, count: int, told: Callable[[NumberLease], None]) -> None:
        """Nothing to lease."""


class Uplink:
    """One Submit stream: messages on their way up and down, and the session at the hub."""

    def __init__(self, session: SubmitSession) -> None:
        self.session = session
        self.up: deque[bytes] = deque()
        self.down: deque[bytes] = deque()

    def pump(self) -> None:
        """The hub takes one message and writes what it has to say."""
        if self.up and not self.session.full:
            message = pos_pb2.SubmitRequest.FromString(self.up.popleft())
            for index in range(len(message.commands)):
                self.session.take(index, message)
        if len(self.down) < IN_FLIGHT_MAX:
            reply = self.session.reply()
            if reply is not None:
                self.down.append(reply)


class Downlink:
    """One Watch stream: the watcher at the hub and the messages on their way."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher
        self.down: deque[bytes] = deque()

    def pump(self) -> None:
        """The hub writes the next message, if the stream takes it."""
        if len(self.down) < IN_FLIGHT_MAX and not self.watcher.ended:
            message = self.watcher.next()
            if message:
                self.down.append(message)


class SimHub:
    """One hub process over one disk."""

    def __init__(
        self, seed: int, now_ms: Callable[[], int], observer: Observer, listening: Listening
    ) -> None:
        self._random = random.Random(seed)
        self._now_ms = now_ms
        self._observer = observer
        self._listening = listening
        self.epoch_n = 1
        self.store: Any = self._new_store()
        self.zombies: list[Uplink] = []
        self._boot()

    def _new_store(self) -> Any:
        return SimStore(self._random.getrandbits(32), now_ms=self._now_ms, store_id="sim")

    def close(self) -> None:
        """Lets go of what it holds."""

    def _boot(self) -> None:
        self._observer.attach(self.store)
        self.counters = Counters()
        self.live = LiveValues("run")
        self.feeds = Feeds(self.store)
        n = self.store.epoch.n
        key = epoch_key(n)
        self.store.submit_soon(
            frozenset((key,)), lambda docs, now_ms: decide_began(docs, n, now_ms), lambda _: None
        )
        while self.store.step():
            pass
        began = self.store.get(key)
        assert isinstance(began, EpochBegan)
        offset_ms = self._now_ms() - self.store.now_ms()
        site = Site(
            PLAN, PROFILE, epoch_n=n, epoch_began_ms=began.at_ms, wall_offset_ms=offset_ms, rules=RULES
        )
        self.floor = SimFloor(self.store, self.live, site, STATIONS, PLAN.rules, RULES)
        self.desk = Desk(self.store, self.floor.site, self.counters, self.floor.refresh)
        # Before the hub's own ears, so that it knows what must be heard when they say what was.
        store = self.store
        store.on_commit(lambda entries: self._listening.committed(entries, store.now_ms()))
        hearing = Hearing(self.store.now_ms(), PROFILE, self.store.epoch)
        self.heard = Heard(self.store, hearing, self.live)
        self._listening.attach(self.heard, self.store.now_ms())
        self.timer = Timer(self.store, self.floor.site)
        self.zombies.clear()

    def crash(self) -> None:
        """kill -9 and start again: only what is on disk remains."""
        self.store = SimStore.from_image(self.store.image(), self._random.getrandbits(32), self._now_ms)
        self._boot()

    def restore(self, image: Image) -> None:
        """The disk is lost; an old backup is put in its place, with a new epoch."""
        self.epoch_n += 1
        epoch = Epoch(self.epoch_n, self._random.getrandbits(64))
        self.store = SimStore.from_image(image, self._random.getrandbits(32), self._now_ms, epoch)
        self._boot()

    def tick(self) -> None:
        """The hub looks at its clock."""
        self.heard.tick()
        self.floor.tick()
        self.timer.tick()
        self._listening.check(self.heard, self.store.now_ms())

    def hello(self, caller: Caller) -> Hello:
        """As the hub greets this device."""
        return Hello(
            store_id=self.store.store_id,
            epoch=self.store.epoch,
            rev=self.store.rev,
            compact_rev=self.store.compact_rev,
            hub_time_ms=self.store.now_ms(),
            business_date="2026-11-23",
            expected_seq=self.expected(caller),
        )

    def expected(self, caller: Caller) -> int:
        """What the hub expects next from this device."""
        return expected_seq(self.store.get(device_key(caller.device)), caller.incarnation)

    def watch(self, caller: Caller, request: WatchRequest) -> Downlink:
        """Opens a Watch stream."""
        watcher = Watcher(self.store, self.feeds, self.live, request, lambda: None, self._mark)
        watcher.start(self.hello(caller))
        return Downlink(watcher)

    def _mark(self, rev: int, digest: int) -> Bookmark:
        return Bookmark(rev, self.store.now_ms(), "2026-11-23", digest)

    def submit(self, caller: Caller) -> Uplink:
        """Opens a Submit stream."""
        leases: Any = NoLeases()
        counters: Any = None  # no till of the simulation issues fiscal documents
        session = SubmitSession(
            caller,
            self.desk,
            leases,
            counters,
            self.expected(caller),
            self.store.epoch,
            lambda: "2026-11-23",
            lambda: None,
        )
        return Uplink(session)

    def fence(self, uplink: Uplink, *, still_on_its_way: bool) -> None:
        """The stream is over; what was on its way may still arrive, late."""
        if still_on_its_way and uplink.up:
            self.zombies.append(uplink)
