"""What holds now: settings, wall clock and floor are followed, the core's Site is made anew, and who must know is told."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace

from heard.errors import UserError
from heard.stream import SiteProfile
from hub.clock import HubClock
from hub.config import Config
from hub.core.alarm_words import alarm
from hub.core.hearing import Hearing
from hub.core.site import Site
from hub.ending import Ending
from hub.floor import FloorKeeper
from hub.paper import PaperKeeper
from hub.rpc.live import tell_staff
from hub.rpc.services import Services
from hub.store.archive import NOTES_TABLE, PROFILE_NOTE
from hub.store.seam import Store
from hub.store.show import to_json
from hub.timer import Timer
from hub.zones import site_zone

WALL_STEP_MS = 200
"""The wall clock may differ so much from what the core was told before it is told anew."""

log = logging.getLogger("heard.hub")


class SiteKeeper:
    """`site` is what the core decides with, `config` what is set; `look` and `refresh` keep the first true, `follow` the second."""

    def __init__(self, site: Site, config: Config, store: Store, clock: HubClock, ending: Ending) -> None:
        self.site = site
        self.config = config
        self.cannot_print = ""
        """Why this machine cannot print though printers are set."""
        self._store = store
        self._clock = clock
        self._ending = ending
        self._following: set[asyncio.Task[None]] = set()
        self._record(site.profile)

    def connect(
        self,
        services: Services,
        hearing: Hearing,
        floor: FloorKeeper,
        paper: PaperKeeper,
        timer: Timer,
        renamed: Callable[[str], None],
    ) -> None:
        """Who is told, before the first `refresh`. `renamed` hears the site's name after each change of settings."""
        self._services, self._hearing = services, hearing
        self._floor, self._paper, self._timer = floor, paper, timer
        self._renamed = renamed

    def look(self) -> None:
        """The clock and the floor as they are now; to be called several times a second."""
        self.look_at_clock()
        self.refresh()

    def look_at_clock(self) -> None:
        """The core is told when the wall clock was set; `refresh` tells who follows."""
        self._clock.look()
        offset_ms = self._clock.wall_ms() - self._store.now_ms()
        if abs(offset_ms - self.site.wall_offset_ms) > WALL_STEP_MS:
            self.site = replace(self.site, wall_offset_ms=offset_ms)

    def refresh(self) -> None:
        """The core decides with what is set, closed, paused and out now; screens were told."""
        site = self._floor.refresh(self.site, self.config)
        if site is not self.site:
            if site.profile is not self.site.profile:
                self._services.profile = self._hearing.profile = site.profile
                self._record(site.profile)
            self.site = site
            self._timer.pause_changed()

    def follow(self, config: Config) -> None:
        """Settings changed: all but the file's own hold at once."""
        before, self.config = self.config, config
        if config.time_zone != before.time_zone:
            self._begin(self._follow_zone(), "heard-zone")
        if config.printers != before.printers:
            self._begin(self.follow_printers(), "heard-printers")
        self._renamed(config.site_name)
        self.refresh()
        self._timer.look_again()

    async def follow_printers(self) -> None:
        """A machine that cannot print says so, and goes on without."""
        try:
            await self._paper.follow(self.config)
        except UserError as error:
            log.error("%s: %s", error.what, error.hint)
            self.cannot_print = error.what
        else:
            self.cannot_print = ""
        cannot = alarm("printers", why=self.cannot_print) if self.cannot_print else None
        tell_staff(self._services.live, "printers", cannot)

    def _record(self, profile: SiteProfile) -> None:
        """For the flight recorder: a moment of the past is drawn as its screens were told to look."""
        told = json.dumps(to_json(profile), ensure_ascii=False).encode()
        self._store.note(NOTES_TABLE, PROFILE_NOTE, told)

    async def _follow_zone(self) -> None:
        name = self.config.time_zone
        zone = await asyncio.to_thread(site_zone, name)
        if name == self.config.time_zone:  # a later change has its own
            self.site = replace(self.site, zone=zone)

    def _begin(self, following: Coroutine[object, object, None], name: str) -> None:
        task = self._ending.watch(asyncio.create_task(following, name=name))
        self._following.add(task)
        task.add_done_callback(self._following.discard)
