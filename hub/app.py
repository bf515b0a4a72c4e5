"""Wires the hub: settings, store, core, gRPC, mDNS, metrics. Opens the door last, stops in reverse.

Longer than a room: it is the one place that knows every part, mostly a line or two for each.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import signal
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

import heard
from heard.clock import SystemClock
from heard.errors import UserError
from heard.order import Text
from heard.stream import Notice, SiteProfile
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
from hub.core.alarm_words import AlarmText, alarm
from hub.core.call_numbers import OpenNumbers
from hub.core.decision import Decision, Docs, EpochBegan, epoch_key
from hub.core.epochs import decide_began
from hub.core.hearing import Hearing
from hub.core.site import Site
from hub.days import Days
from hub.figures import Sources, figures
from hub.floor import FloorKeeper
from hub.garbage import Collector
from hub.notify import Notifier
from hub.paper import PaperKeeper
from hub.paper_api import PaperApi
from hub.preflight import PreflightKeeper
from hub.printer.extra import check_extra
from hub.rpc.board import CancelledPickUps
from hub.rpc.counters import Counters
from hub.rpc.customer import Carts
from hub.rpc.desk import Desk
from hub.rpc.errors import Stopping
from hub.rpc.feeds import Feeds
from hub.rpc.heard import Heard
from hub.rpc.kitchen import KitchenService
from hub.rpc.leases import Leases
from hub.rpc.live import STAFF, LiveValues
from hub.rpc.pos import PosService
from hub.rpc.server import Health as GrpcHealth
from hub.rpc.server import listen, make_server
from hub.rpc.services import Services
from hub.settings import SettingsKeeper
from hub.site_api import SiteApi
from hub.store.archive import NOTES_TABLE, PROFILE_NOTE
from hub.store.layout import DataDir
from hub.store.lmdb_store import LmdbStore
from hub.store.options import StoreOptions
from hub.store.seam import Entry, StoreUnavailable
from hub.store.show import to_json
from hub.timer import Timer
from hub.zones import site_zone

TICK_S = 0.25
"""How often time is looked at: a change that nobody heard is an alarm after 5 s, not much later."""
DAY_LOOK_S = 10.0
DRAIN_S = 0.5
"""For streams to say goodbye when the hub stops; a stop takes a second at most."""
GRACE_S = 0.3
"""For the last words of calls that have ended; on a busy machine they take a while."""
WALL_STEP_MS = 200
"""The wall clock may differ so much from what the core was told before it is told anew."""
HUB_TIME_LOG_EVERY_S = 3600.0

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
        self.config = config
        self.store = store
        self.fatal: asyncio.Future[UserError] = asyncio.get_running_loop().create_future()
        live = LiveValues(f"hub-{secrets.token_hex(8)}")
        self.clock = HubClock(store, machine_ms, in_step, lambda text: tell_staff(live, "clock", text))
        self._access_path = DataDir(config.data).admin
        self._numbers = OpenNumbers()
        for order in store.open_orders():
            self._numbers.put(order.order_id, order)
        self.site = Site(
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
        # Before the feeds, so that what they tell has its number taken already.
        store.on_commit(self._committed)
        self._cancelled = CancelledPickUps(store, live)
        feeds = Feeds(store, self._failed)
        profile = config.site_profile()
        hearing = Hearing(store.now_ms(), profile, store.epoch)
        # After the feeds: a terminal gets an order and what is known of it in one message.
        self.heard = Heard(store, hearing, live, self._failed)
        self.services = Services(
            store=store,
            profile=profile,
            hub_version=heard.__version__,
            clock=self.clock,
            live=live,
            feeds=feeds,
            screens=self.heard,
            unsafe_plaintext=config.unsafe_plaintext,
        )
        self._record_profile(profile)
        self.carts = Carts(live)
        self.preflight = PreflightKeeper(
            store,
            live,
            lambda: self.site,
            self._menu_names,
            lambda one: self.paper.why_not(one),
            self._failed,
        )
        self.kitchen = KitchenService(
            self.services, lambda key, value, by: self.settings.put(key, value, by), self.preflight
        )
        self.floor = FloorKeeper(store, live, self.services.business_date, self._failed)
        store.on_commit(self.floor.committed)
        self.paper = PaperKeeper(store, live, self.heard, lambda: self.site, self._failed, monotonic)
        store.on_commit(self.paper.committed)
        self.backup = BackupKeeper(store, hearing, live, lambda: self.site, self.paper.prints, self._failed)
        self.attention = AttentionKeeper(store, live, lambda: self.site)
        self.heard.on_key = self.attention.keyed
        self._following: set[asyncio.Task[None]] = set()
        self._cannot_print = ""
        self.cloud = cloud_side(
            config.cloud, store.rows, self.clock, lambda text: tell_staff(live, "cloud", text)
        )
        self.outgoing = Outgoing(
            store, self.clock.wall_ms, lambda text: tell_staff(live, "cloud-push", text), self._start_again
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
            self._follow_settings,
            self.cloud.cloud_settings,
            check_printers,
        )
        self.cloud.on_settings(self.settings.follow)
        # After the feeds as well: what follows from a change is told after it.
        self.timer = Timer(store, lambda: self.site)
        desk = Desk(store, lambda: self.site, self.services.counters, self._refresh_site, self.cloud.menu_for)
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
        self._zone_task: asyncio.Task[None] | None = None
        store.on_broken(self._broken)
        store.alarms.listen(self._store_alarm)
        for name, text in store.alarms.current().items():
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
            store_options(config),
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
        self._refresh_site()
        await self._follow_printers(self.config)
        token = new_token()
        self._admin = AdminSite(
            network.admin_port, lambda: figures(self.sources), self.health, self.api, token
        )
        port = listen(self._server, network.host, network.port)
        await self._server.start()
        await self._health.serving()
        self._tasks = [
            asyncio.create_task(self._tick(), name="heard-tick"),
            asyncio.create_task(self._admin.start(), name="heard-admin"),
        ]
        for task in self._tasks:
            task.add_done_callback(self._ended)
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
            watchdog = asyncio.create_task(self._watchdog(), name="heard-watchdog")
            watchdog.add_done_callback(self._ended)
            self._tasks.append(watchdog)
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

    def health(self) -> Health:
        """What /health says."""
        problems = {**self.store.alarms.current(), **self.settings.problems, **self.paper.problems()}
        if self._cannot_print:
            problems["printers"] = self._cannot_print
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

    def _record_profile(self, profile: SiteProfile) -> None:
        """For the flight recorder: a moment of the past is drawn as its screens were told to look."""
        told = json.dumps(to_json(profile), ensure_ascii=False).encode()
        self.store.note(NOTES_TABLE, PROFILE_NOTE, told)

    def _broken(self, error: Exception) -> None:
        """The store cannot say what is on disk."""
        self._die(
            UserError(
                f"the store cannot say what is on disk: {error}",
                "the hub starts again under its supervisor, and clients offer again what was not answered",
                exit_code=1,
            )
        )

    def _failed(self, error: BaseException) -> None:
        """A part of the hub made a mistake after which it would go on blind: better to start again, loudly."""
        log.critical("the hub cannot go on", exc_info=error)
        self._die(
            UserError(
                f"a part of the hub failed: {error!r}",
                "nothing that was acknowledged is lost; its log says more",
                exit_code=1,
            )
        )

    def _start_again(self, why: str) -> None:
        """Nothing is wrong; what must change changes at the next opening of the store."""
        self._die(UserError(why, "the hub starts again under its supervisor", exit_code=1))

    def _die(self, error: UserError) -> None:
        if not self.fatal.done():
            self.fatal.set_result(error)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A task that runs as long as the hub has ended."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._failed(error)

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
            self._follow_wall_clock()
            self._refresh_site()
            self.floor.tick(lambda: self.site, now)
            self.services.writes.end_blocked(now)
            self.carts.tick(now)
            self.heard.tick()
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

    def _follow_wall_clock(self) -> None:
        self.clock.look()
        offset_ms = self.clock.wall_ms() - self.store.now_ms()
        if abs(offset_ms - self.site.wall_offset_ms) > WALL_STEP_MS:
            self.site = replace(self.site, wall_offset_ms=offset_ms)

    def _refresh_site(self) -> None:
        """The core decides with what is set, closed, paused and out now; screens were told."""
        site = self.floor.refresh(self.site, self.config)
        if site is not self.site:
            if site.profile is not self.site.profile:
                self.services.profile = self.heard.hearing.profile = site.profile
                self._record_profile(site.profile)
            self.site = site
            self.timer.pause_changed()

    def _follow_settings(self, config: Config) -> None:
        """Settings changed: all but the file's own hold at once."""
        if config.time_zone != self.config.time_zone:
            task = asyncio.create_task(self._follow_zone(config.time_zone), name="heard-zone")
            task.add_done_callback(self._ended)
            self._zone_task = task
        if config.printers != self.config.printers:
            following = asyncio.create_task(self._follow_printers(config), name="heard-printers")
            self._following.add(following)
            following.add_done_callback(self._following.discard)
            following.add_done_callback(self._ended)
        self.config = config
        if self._advertiser is not None:
            self._advertiser.rename(config.site_name)
        self._refresh_site()
        self.timer.look_again()

    async def _follow_printers(self, config: Config) -> None:
        """A machine that cannot print says so, and goes on without."""
        try:
            await self.paper.follow(config)
        except UserError as error:
            log.error("%s: %s", error.what, error.hint)
            self._cannot_print = error.what
        else:
            self._cannot_print = ""
        cannot = alarm("printers", why=self._cannot_print) if self._cannot_print else None
        tell_staff(self.services.live, "printers", cannot)

    async def _follow_zone(self, name: str) -> None:
        self.site = replace(self.site, zone=await asyncio.to_thread(site_zone, name))

    async def _open_epoch(self) -> None:
        """The core must know when this epoch began, so that it never takes an older history's version for this one's."""
        n = self.store.epoch.n

        def decide(docs: Docs, now_ms: int) -> Decision:
            return decide_began(docs, n, now_ms)

        with contextlib.suppress(StoreUnavailable):
            await self.store.submit(frozenset((epoch_key(n),)), decide)
        began = self.store.get(epoch_key(n))
        at_ms = began.at_ms if isinstance(began, EpochBegan) else self.store.now_ms()
        self.site = replace(self.site, epoch_began_ms=at_ms)


def check_printers(before: Config, after: Config) -> None:
    """Raises UserError where printers are set that this machine cannot serve. What it had before is no news."""
    if after.printers and after.printers != before.printers:
        check_extra()


def tell_staff(live: LiveValues, name: str, text: AlarmText | None) -> None:
    """An alarm where staff looks; None takes it down."""
    live.put(STAFF, f"alarm/{name}", None if text is None else Notice("alarm", text.text))


def store_options(config: Config) -> StoreOptions:
    """What of the store the settings say."""
    keep = config.retention
    return StoreOptions(
        log_keep_ms=keep.log_hours * 3_600_000,
        log_keep_revs=keep.log_revisions,
        closed_keep_ms=keep.closed_orders_days * 24 * 3_600_000,
        backup_every_s=keep.backup_every_min * 60.0,
        backups_kept=keep.backups_kept,
        archive_days_kept=keep.archive_days,
        keep_unsynced=bool(config.cloud.url),
    )


async def run(
    config: Config, ready: Callable[[HubAddress], None], read_file: Callable[[], Config] | None = None
) -> int:
    """Serves until SIGTERM or SIGINT: 0, or 1 when the store cannot say what is on disk. Raises UserError.

    SIGHUP reads the settings file again; a wrong one is said in the log and on /health, and changes nothing.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    hub = await Hub.open(config)
    hub.settings.read_file = read_file
    reading: set[asyncio.Task[None]] = set()

    async def reread() -> None:
        with contextlib.suppress(UserError):
            await hub.settings.reload()

    def hang_up() -> None:
        task = asyncio.create_task(reread(), name="heard-reload")
        reading.add(task)
        task.add_done_callback(reading.discard)

    loop.add_signal_handler(signal.SIGHUP, hang_up)
    collector = Collector()
    try:
        ready(await hub.start())
        collector.start(loop.time())
        hub.collector = collector
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((stopped, hub.fatal), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if hub.fatal.done():
            raise hub.fatal.result()
        log.info("stopping")
    finally:
        await hub.stop()
        collector.stop()
    return 0
