"""Wires the hub: settings, store, core, gRPC, mDNS, metrics. Opens the door last, stops in reverse.

Longer than a room: it is the one place that knows every part, mostly a line or two for each.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

import heard
from heard.clock import SystemClock
from heard.order import Text
from hub import ntp
from hub.admin.access import Access, new_token, remove_access, write_access
from hub.admin.site import AdminSite, Health
from hub.advertise import Advertiser, Announcement
from hub.api import Api
from hub.attention import AttentionKeeper
from hub.backup import BackupKeeper
from hub.clock import HubClock
from hub.cloud.counting import Counting
from hub.cloud.names import names
from hub.cloud.outgoing import Outgoing
from hub.cloud.side import CloudSide, cloud_side
from hub.config import Config, check_plaintext
from hub.core.alarm_words import AlarmText
from hub.core.call_numbers import OpenNumbers
from hub.core.decision import Decision, Docs, EpochBegan, epoch_key
from hub.core.epochs import decide_began
from hub.core.hearing import Hearing
from hub.core.site import Site
from hub.days import Days
from hub.ending import Ending
from hub.figures import Sources, figures
from hub.floor import FloorKeeper
from hub.garbage import Collector
from hub.notify import Notifier
from hub.paper import PaperKeeper
from hub.paper_api import PaperApi
from hub.preflight import PreflightKeeper
from hub.printer.extra import check_printers
from hub.rpc.board import CancelledPickUps
from hub.rpc.counters import Counters
from hub.rpc.customer import Carts
from hub.rpc.desk import Desk
from hub.rpc.errors import Stopping
from hub.rpc.feeds import Feeds
from hub.rpc.heard import Heard
from hub.rpc.kitchen import KitchenService
from hub.rpc.leases import Leases
from hub.rpc.live import LiveValues, tell_staff
from hub.rpc.pos import PosService
from hub.rpc.server import Health as GrpcHealth
from hub.rpc.server import listen, make_server
from hub.rpc.services import Services
from hub.settings import SettingsKeeper
from hub.site import SiteKeeper
from hub.site_api import SiteApi
from hub.store.layout import DataDir
from hub.store.lmdb_store import LmdbStore
from hub.store.options import options_of
from hub.store.seam import Entry, StoreUnavailable
from hub.timer import Timer
from hub.zones import site_zone

TICK_S = 0.25
"""How often time is looked at: a change that nobody heard is an alarm after 5 s, not much later."""
DAY_LOOK_S = 10.0
DRAIN_S = 0.5
"""For streams to say goodbye when the hub stops; a stop takes a second at most."""
GRACE_S = 0.3
"""For the last words of calls that have ended; on a busy machine they take a while."""

MACHINE = SystemClock()

log = logging.getLogger("heard.hub")


@dataclass(frozen=True, slots=True)
class HubAddress:
    """Where a hub that serves can be reached."""

    address: str
    admin: str
    store_id: str


class Hub:
    """One hub from `open` to `stop`. `fatal` is set with an error after which the process must exit 1."""

    def __init__(
        self,
        config: Config,
        store: LmdbStore,
        zone: tzinfo,
        machine_ms: Callable[[], int],
        in_step: Callable[[], bool],
        monotonic: Callable[[], float],
    ) -> None:
        self.store = store
        self._ending = Ending()
        self.fatal = self._ending.reason
        failed = self._ending.failed
        live = LiveValues(f"hub-{secrets.token_hex(8)}")
        self.clock = HubClock(store, machine_ms, in_step, lambda text: tell_staff(live, "clock", text))
        self._access_path = DataDir(config.data).admin
        self._numbers = OpenNumbers()
        for order in store.open_orders():
            self._numbers.put(order.order_id, order)
        site = Site(
            routing=config.routing(),
            profile=config.site_profile(),
            epoch_n=store.epoch.n,
            wall_offset_ms=self.clock.wall_ms() - store.now_ms(),
            zone=zone,
            cut_off_hour=config.cut_off_hour,
            first_number=config.call_numbers.first,
            last_number=config.call_numbers.last,
            number_taken=self._numbers,
        )
        self.keeper = SiteKeeper(site, config, store, self.clock, self._ending)
        # Before the feeds, so that what they tell has its number taken already.
        store.on_commit(self._committed)
        self._cancelled = CancelledPickUps(store, live)
        feeds = Feeds(store, failed)
        hearing = Hearing(store.now_ms(), site.profile, store.epoch)
        # After the feeds: a terminal gets an order and what is known of it in one message.
        self.heard = Heard(store, hearing, live, failed)
        self.services = Services(
            store=store,
            profile=site.profile,
            hub_version=heard.__version__,
            clock=self.clock,
            live=live,
            feeds=feeds,
            screens=self.heard,
            unsafe_plaintext=config.unsafe_plaintext,
        )
        self.carts = Carts(live)
        self.preflight = PreflightKeeper(
            store,
            live,
            lambda: self.site,
            self._menu_names,
            lambda one: self.paper.why_not(one),
            failed,
        )
        self.kitchen = KitchenService(
            self.services, lambda key, value, by: self.settings.put(key, value, by), self.preflight
        )
        self.floor = FloorKeeper(store, live, self.services.business_date, failed)
        store.on_commit(self.floor.committed)
        self.paper = PaperKeeper(store, live, self.heard, lambda: self.site, failed, monotonic)
        store.on_commit(self.paper.committed)
        self.backup = BackupKeeper(store, hearing, live, lambda: self.site, self.paper.prints, failed)
        self.attention = AttentionKeeper(store, live, lambda: self.site)
        self.heard.on_key = self.attention.keyed
        self.cloud = cloud_side(
            config.cloud, store.rows, self.clock, lambda text: tell_staff(live, "cloud", text)
        )
        self.outgoing = Outgoing(
            store,
            self.clock.wall_ms,
            lambda text: tell_staff(live, "cloud-push", text),
            self._ending.start_again,
        )
        if isinstance(self.cloud, CloudSide):
            self.outgoing.connect(self.cloud.client, self.cloud.puller)
        self.sources = Sources(
            self.services,
            self.kitchen,
            store,
            hearing,
            self.floor,
            self.cloud,
            self.outgoing,
            self.paper,
            self.backup,
        )
        self.settings = SettingsKeeper(
            store,
            config,
            self.clock.wall_ms,
            self.keeper.follow,
            self.cloud.cloud_settings,
            check_printers,
        )
        self.cloud.on_settings(self.settings.follow)
        # After the feeds as well: what follows from a change is told after it.
        self.timer = Timer(store, lambda: self.site)
        self.keeper.connect(self.services, hearing, self.floor, self.paper, self.timer, self._renamed)
        desk = Desk(
            store, lambda: self.site, self.services.counters, self.keeper.refresh, self.cloud.menu_for
        )
        leases = Leases(store, lambda: self.site)
        self.counters = Counters(store, lambda name, text: tell_staff(live, name, text))
        self.counting: Counting | None = None
        if isinstance(self.cloud, CloudSide):
            self.counting = counting = Counting(self.cloud.client, self.counters)
            self.cloud.puller.on_checked(lambda found: counting.checked(found.counters))
            self.counters.on_wish(lambda: counting.checked(()))
        self._server = make_server(
            self.kitchen, PosService(self.services, desk, self.carts, leases, self.counters)
        )
        self._health = GrpcHealth(self._server)
        self.api = Api()
        self.settings.register(self.api)
        self.site_api = SiteApi(store, desk, lambda: self.site)
        self.site_api.register(self.api)
        PaperApi(store, desk, lambda: self.site, lambda: self.config, self.paper).register(self.api)
        self.days = Days(store, self.clock, lambda: self.site)
        self.days.register(self.api)
        self.preflight.register(self.api)
        self.cloud.register(self.api)
        self.outgoing.register(self.api)
        self.counters.register(self.api)
        self._admin: AdminSite | None = None
        self._advertiser: Advertiser | None = None
        self._notifier = Notifier()
        self.collector: Collector | None = None
        self._tasks: list[asyncio.Task[None]] = []
        store.on_broken(self._ending.broken)
        store.alarms.listen(self._store_alarm)
        for name, text in store.alarms.told().items():
            self._store_alarm(name, text)

    @classmethod
    async def open(
        cls,
        config: Config,
        machine_ms: Callable[[], int] = MACHINE.wall_ms,
        in_step: Callable[[], bool] = ntp.in_step,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> Hub:
        """Opens the store and wires everything; nothing listens yet. Raises UserError.

        `machine_ms` is the machine's clock, right or wrong; `in_step` says whether NTP keeps it right.
        """
        check_plaintext(config)
        zone = await asyncio.to_thread(site_zone, config.time_zone)
        options = replace(
            options_of(config),
            monotonic=monotonic,
            # The time line of a new store does not begin in 1970.
            wall_ms=lambda: max(machine_ms(), heard.BUILT_MS),
        )
        store = await LmdbStore.open(config.data, options)
        try:
            return cls(config, store, zone, machine_ms, in_step, monotonic)
        except BaseException:
            await store.close()
            raise

    async def start(self) -> HubAddress:
        """Opens the door; returns when the hub serves. Raises UserError, after which `stop` must be called."""
        network = self.config.network
        await self._open_epoch()
        await self.days.open()
        await self.cloud.load()
        await self.settings.start()
        self.keeper.refresh()
        await self.keeper.follow_printers()
        token = new_token()
        self._admin = AdminSite(
            network.admin_port, lambda: figures(self.sources), self.health, self.api, token
        )
        port = listen(self._server, network.host, network.port)
        await self._server.start()
        await self._health.serving()
        self._run(self._tick(), "heard-tick")
        self._run(self._admin.start(), "heard-admin")
        if network.mdns:
            told = Announcement(
                self.store.store_id, self.config.site_name, heard.__version__, network.host, port
            )
            self._advertiser = Advertiser(told)
            self._advertiser.start()
        host = f"[{network.host}]" if ":" in network.host else network.host
        address = HubAddress(f"{host}:{port}", self._admin.address, self.store.store_id)
        access = Access(address.admin, token, heard.__version__, os.getpid())
        await asyncio.to_thread(write_access, self._access_path, access)
        self.cloud.start()
        self.outgoing.start()
        self._notifier.tell("READY=1", f"STATUS=serving on {address.address}")
        if self._notifier.watchdog_every_s:
            self._run(self._watchdog(), "heard-watchdog")
        log.info(
            "serving on %s, store %s, epoch %s, revision %d, %d open orders",
            address.address,
            self.store.store_id,
            self.store.epoch,
            self.store.rev,
            len(self.store.open_orders()),
        )
        return address

    async def stop(self) -> None:
        """Says goodbye, drains, closes; at most about a second. Idempotent."""
        self._notifier.tell("STOPPING=1")
        sessions = self.services.sessions
        sessions.stopping = True
        with contextlib.suppress(Exception):
            await self._health.stopping()
        for stream in tuple(sessions.streams):
            stream.end(Stopping("the hub is stopping"))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                await sessions.all_ended()
        if self.counting is not None:
            await self.counting.stop()
        closing = [self._server.stop(GRACE_S), self.outgoing.stop(), self.cloud.stop()]
        if self._advertiser is not None:
            closing.append(self._advertiser.close())
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*closing, *self._tasks, return_exceptions=True)
        self._tasks = []
        await self.floor.close()
        await self.backup.close()
        await self.preflight.close()
        await self.paper.close()
        if self._admin is not None:
            await asyncio.to_thread(remove_access, self._access_path)
            await self._admin.close()
        await self.store.close()

    @property
    def site(self) -> Site:
        """What the core decides with now."""
        return self.keeper.site

    @property
    def config(self) -> Config:
        """The settings that hold now."""
        return self.keeper.config

    def health(self) -> Health:
        """What /health says."""
        problems = {**self.store.alarms.told(), **self.settings.problems, **self.paper.problems()}
        if self.keeper.cannot_print:
            problems["printers"] = self.keeper.cannot_print
        if self.clock.suspect:
            problems["clock"] = self.clock.why
        for one in self.heard.hearing.alarms(self.store.now_ms()):
            problems[f"not-heard-{one.station}"] = one.message
        if refused := self.outgoing.problem():
            problems["cloud-push"] = refused
        if self.fatal.done():
            problems["hub"] = self.fatal.result().what
        facts = {
            "store_id": self.store.store_id,
            "epoch": str(self.store.epoch),
            "revision": self.store.rev,
            "open_orders": len(self.store.open_orders()),
            "business_date": self.services.business_date(),
            "watchers": self.kitchen.watchers,
            "streams": self.services.sessions.told(),
            "cloud": self.cloud.facts() | {"push": self.outgoing.facts()},
            "preflight": self.preflight.facts(),
            "version": heard.__version__,
        }
        return Health(problems, facts)

    def _committed(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            order = entry.order
            self._numbers.put(entry.key.partition("/")[2], order)
            if order is None:
                continue
            # Lines that were added later count too.
            self.sources.nobodys_lines += sum(
                line.nobodys and line.added_version == order.version for line in order.lines
            )

    def _menu_names(self) -> AsyncIterator[tuple[str, str, Text]] | None:
        return names(self.cloud.catalogue) if isinstance(self.cloud, CloudSide) else None

    def _renamed(self, name: str) -> None:
        if self._advertiser is not None:
            self._advertiser.rename(name)

    def _run(self, work: Coroutine[object, object, None], name: str) -> None:
        """As long as the hub serves."""
        self._tasks.append(self._ending.watch(asyncio.create_task(work, name=name)))

    def _store_alarm(self, name: str, text: AlarmText | None) -> None:
        """What is wrong with the disk is said where staff looks."""
        tell_staff(self.services.live, f"store/{name}", text)

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        sessions = self.services.sessions
        next_day = loop.time() + DAY_LOOK_S
        while True:
            due = loop.time() + TICK_S
            await asyncio.sleep(TICK_S)
            now = loop.time()
            self.sources.lag.note(now - due)
            self.keeper.look()
            self.floor.tick(lambda: self.site, now)
            self.services.writes.end_blocked(now)
            self.carts.tick(now)
            self.heard.tick()
            self.counters.tick()
            self.backup.tick()
            self.attention.tick()
            self.preflight.tick()
            self.outgoing.look()
            self.timer.tick()
            self._cancelled.tick()
            if self.collector is not None:
                self.collector.tick(now, self.store.rev, sessions.ended)
            if now >= next_day:
                next_day = now + DAY_LOOK_S
                await self.days.look()

    async def _watchdog(self) -> None:
        """From the loop itself: a blocked loop gives no sign, and is restarted."""
        while True:
            self._notifier.tell("WATCHDOG=1")
            await asyncio.sleep(self._notifier.watchdog_every_s)

    async def _open_epoch(self) -> None:
        """The core must know when this epoch began, so that it never takes an older history's version for this one's."""
        n = self.store.epoch.n

        def decide(docs: Docs, now_ms: int) -> Decision:
            return decide_began(docs, n, now_ms)

        with contextlib.suppress(StoreUnavailable):
            await self.store.submit(frozenset((epoch_key(n),)), decide)
        began = self.store.get(epoch_key(n))
        at_ms = began.at_ms if isinstance(began, EpochBegan) else self.store.now_ms()
        self.keeper.site = replace(self.site, epoch_began_ms=at_ms)
