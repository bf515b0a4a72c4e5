"""A running screen of any role: link -> desk -> paint -> flip -> Painted and Alive, on one event loop that owns the window.

One turn does it all and says when the next is due; without news it comes once a second.

Longer than a room: it is the one place that knows every part of a screen.
"""

from __future__ import annotations

import asyncio
import logging
import random
import signal
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from display.app.album import Album
from display.app.bump_bar import DEVICES, BumpBar
from display.app.carrier import Carrier
from display.app.device import JOURNAL_FILE
from display.app.flip import ALIVE_S, Flip
from display.app.garbage import Collector
from display.app.habits import OWN, habits
from display.app.hands import Hands
from display.app.learning import Learning
from display.app.ledger import Ledger
from display.app.looks import look_and_panel, sizes
from display.app.loudness import Loudness
from display.app.options import Options
from display.app.preflight import Machine, PreflightHere
from display.app.roles import ROLES, load, stations_of, title, view_of
from display.app.site_time import SiteTime
from display.app.start import Output
from display.app.turns import Turns
from display.app.waits import Waits
from display.core.cook import Cook, profile
from display.core.draw import Picture
from display.core.effects import Become
from display.core.preflight import Check
from display.core.slots import NO_DELAYS
from display.screens.role import Desk, Setup
from display.screens.waiting import Waiting
from display.ui.input import Input
from display.ui.sound import CLICK, Speaker
from heard.clock import Clock, SystemClock
from heard.errors import LinkError
from heard.link import (
    LOOPBACK_PLAINTEXT,
    UNSAFE_PLAINTEXT,
    Applied,
    Finder,
    JournalFile,
    Link,
    LinkState,
    Phase,
)
from heard.order import NO_TEXT
from heard.stream import ScreenSettings, SiteProfile, StationProfile
from heard.why import why

log = logging.getLogger("heard.display")


class ScreenApp:
    """One screen on an open output."""

    def __init__(
        self, options: Options, output: Output, clock: Clock | None = None, devices: Path | None = None
    ) -> None:
        """`devices`: the list of input devices to watch; without it the system's, on a panel that is not touched."""
        config = options.config
        self._options, self._config, self._output = options, config, output
        self._role = ROLES[options.role]
        self._clock: Clock = clock or SystemClock()
        self._time = SiteTime(self._clock)
        self._habits = habits(config, ScreenSettings())
        self.became: Become | None = None
        """A spare has been told whose place it takes."""
        self.reads: Callable[[bool], None] = lambda _rtl: None
        """Told with each profile whether this station reads from right to left."""
        self.collector: Collector | None = None
        """Looks for garbage between turns; None leaves it to Python."""
        self._cook: Cook | None = None
        self._at_once = False
        if options.cook:
            cooking = profile(options.cook)
            self._cook = Cook(cooking, self._habits.grammar, random.Random(cooking.seed).random)
            self._at_once = cooking.instant
        timing = NO_DELAYS if self._at_once else self._habits.timing
        self._site = SiteProfile()
        look, panel = look_and_panel(options, output, self._site, self._habits.keymap, self._time)
        now_s = self._clock.monotonic()
        own = output.pictures
        self._desk = load(self._role).desk(
            Setup(
                config,
                look,
                panel,
                timing,
                self._habits.grammar,
                now_s,
                output.idle,
                config.logo,
                own.ready,
                own.broken,
                output.clips.names,
            )
        )
        self._speaker = Speaker(config.volume, config.sound and not output.window.headless, output.clips)
        self._loudness = Loudness(
            options.state,
            self._speaker,
            config.volume,
            enabled=config.sound,
            tell=self._desk.tell,
            spawn=self._spawn,
        )
        self._ledger = (
            Ledger(options.ledger, title(self._role, config)) if options.ledger is not None else None
        )
        self._turns = Turns(self._clock, self._turn)
        self._flip = Flip(output, self._desk, self._clock, self._ledger)
        self._carrier = Carrier(
            self._desk,
            self._clock,
            click=lambda: self._speaker.play(CLICK),
            become=self._become,
            sound=lambda: self._loudness.turn(self._clock.monotonic()),
            preflight=lambda: self.preflight.begin(),
            soon=self._turns.soon,
            spawn=self._spawn,
            ledger=self._ledger,
        )
        self._learning = Learning(
            self._store_keys,
            self._clock,
            live=lambda: self._link is not None and self._link.state.live,
            own_keys=config.keys != OWN.keys,
            soon=self._turns.soon,
            spawn=self._spawn,
        )
        self.preflight = self._make_preflight()
        self._learn_first = options.learn
        if devices is None and not output.window.headless:
            devices = DEVICES
        self._bump_bar: BumpBar | None = None
        if devices is not None and not config.touch and not self._role.guests:
            self._bump_bar = BumpBar(devices, self._turns.soon, lambda: self._habits.bump_bar)
        self._hands = Hands(
            output.window,
            self._desk,
            self._habits.keymap,
            config.screen_inches,
            self._clock,
            carry=self._carrier.carry,
            soon=self._turns.soon,
            at_once=self._turns.at_once,
            shown=self._shown,
            closed=self.stop,
            learning=None if self._role.guests else self._learning,
            preflight=None if self._role.guests else self.preflight,
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self._album = Album(options.shots, output.window, self._spawn) if options.shots else None
        self._stopped = asyncio.Event()
        self._link: Link | None = None
        self._hello: object = None
        self._phase: Phase | None = None
        self._waits = Waits(self._role, config)

    def _make_preflight(self) -> PreflightHere:
        role, config, window = self._role, self._config, self._output.window
        nobody = window.headless and not self._options.count_headless
        check = Check(not role.guests and not nobody, self._options.device, role.name == "expo")
        machine = Machine(
            beep=lambda: (self._speaker.beep(), self._speaker.why),
            lacks=self._output.text.missing_glyphs,
            sizes=lambda words: "" if role.guests else sizes(config, *window.panel_size, words)[2],
            unplugged=lambda: self._bump_bar is not None and self._bump_bar.gone,
        )
        return PreflightHere(
            check,
            machine,
            self._clock,
            role=role.name,
            touch=config.touch,
            link=lambda: self._link if self._link is not None and self._link.state.live else None,
            tell=self._desk.tell,
            soon=self._turns.soon,
            spawn=self._spawn,
        )

    # Life

    async def run(self) -> None:
        """Until SIGTERM, SIGINT or the window is closed."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopped.set)
        try:
            self._link = self._time.link = link = await self._connect()
            await self._loudness.open()
            self._loudness.follow(self._habits.config.volume)
            self._follow_profile(link.profile)
            if link.documents:
                self._desk.documents(link.documents.values(), (), reset=True, pending=link.pending)
            link.on_state(self._on_state)
            link.on_applied(self._on_applied)
            link.on_answer(lambda command, answer: self._carrier.answered(link, command, answer))
            self._output.pictures.on_ready = self._turns.soon
            self._hands.listen()
            self._spawn(self._carrier.run(link))
            if self._bump_bar is not None:
                self._spawn(self._bump_bar.run())
            self._turns.soon()
            await self._stopped.wait()
        finally:
            await self._close()

    async def _connect(self) -> Link:
        options, config = self._options, self._config
        journal = await JournalFile.open(options.state / JOURNAL_FILE, device=options.device)
        link = Link(
            device=options.device,
            view=view_of(self._role, config),
            finder=Finder(config.hub, mdns=options.mdns),
            journal=journal,
            screen=self._role.screen,
            headless=self._output.window.headless,
            count_headless=options.count_headless,
            client=f"heard display {self._role.name}",
            credentials=UNSAFE_PLAINTEXT if options.unsafe_plaintext else LOOPBACK_PLAINTEXT,
            clock=self._clock,
        )
        await link.start()
        return link

    async def _close(self) -> None:
        self._turns.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._loudness.close()
        if self._link is not None:
            await self._link.close()
        self._output.pictures.close()
        self._speaker.close()
        if self._ledger is not None:
            self._ledger.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _become(self, who: Become) -> None:
        self.became = who
        self.stop()

    def stop(self) -> None:
        """End `run`."""
        self._stopped.set()

    def feed(self, one: Input) -> None:
        """As if this had come from the window."""
        self._hands.feed(one, self._clock.monotonic())
        self._turns.soon()

    def wake(self) -> None:
        """Something came in for this screen."""
        self._turns.soon()

    def redraw(self) -> None:
        """What stands on the panel is not what was painted."""
        self._flip.forget()
        self._turns.soon()

    @property
    def live_picture(self) -> bool:
        """True once what stands on the surface is live."""
        link = self._link
        return link is not None and link.state.live and self._waits_for(link) is None and self._flip.live

    @property
    def picture(self) -> Picture | None:
        """What stands on the output."""
        return self._flip.picture

    @property
    def desk(self) -> Desk:
        """What the screen knows."""
        return self._desk

    @property
    def why_not(self) -> str:
        """Why there is no live picture, for people."""
        link = self._link
        if link is None:
            return "the screen did not start"
        if link.state.live and self._waits_for(link) is not None:
            return f"the hub has no {self._role.name} station {self._config.station!r}"
        return link.state.reason or "no answer"

    # What the link tells

    def _on_state(self, state: LinkState) -> None:
        if state.hello is not self._hello and state.hello is not None:
            self._hello = state.hello
            self._flip.connected()
            self.preflight.lost()
            self._follow_profile(state.hello.profile)
        if state.phase is not self._phase:
            if state.phase is Phase.NOT_LIVE:
                log.warning("NOT LIVE: %s", state.reason)
                self.preflight.lost()
            elif state.phase is Phase.LIVE and self._phase is not None:
                log.info("live: hub %s", state.address)
            self._phase = state.phase
        self._turns.soon()

    def _on_applied(self, applied: Applied) -> None:
        assert self._link is not None
        if applied.live_values:
            if self._link.profile is not self._site:
                self._follow_profile(self._link.profile)
            self._desk.live_values(applied.live_values, self._clock.monotonic())
            if self._role.screen:
                self.preflight.told(applied.live_values, self._link.hub_now_ms())
            self._turns.soon()
        if applied.reset or applied.puts or applied.removes:
            self._flip.arrived(applied.came_s)
            self._desk.documents(
                applied.puts, applied.removes, reset=applied.reset, pending=self._link.pending
            )
            self._turns.soon()
        elif self._desk.settled(self._link.pending):
            self._turns.soon()

    def _follow_profile(self, site: SiteProfile) -> None:
        if site.time_zone != self._site.time_zone:
            self._spawn(self._follow_zone(site.time_zone))
        self._site = site
        now = habits(self._config, self._station_settings(site))
        if now != self._habits:
            rail = now.config.rail if now.config.rail != self._habits.config.rail else None
            self._habits = now
            self._hands.keymap = now.keymap
            self._loudness.follow(now.config.volume)
            self._desk.use(now.grammar, NO_DELAYS if self._at_once else now.timing, rail)
        options = replace(self._options, config=now.config)
        look, panel = look_and_panel(options, self._output, site, now.keymap, self._time)
        self._desk.settle(look, panel, site)
        self.reads(look.rtl)
        own = self._own_station(site)
        self.preflight.name = own.name if own is not None else NO_TEXT

    def _station_settings(self, site: SiteProfile) -> ScreenSettings:
        own = self._own_station(site)
        return own.screen if own is not None else ScreenSettings()

    def _own_station(self, site: SiteProfile) -> StationProfile | None:
        station = self._config.station
        return next(
            (one for one in stations_of(self._role, site) if one.station == station or not station), None
        )

    async def _store_keys(self, keys: Mapping[str, str]) -> None:
        link, own = self._link, self._own_station(self._site)
        if link is None or own is None:
            raise LinkError(why("station.no_screen", role=self._role.name))
        await link.set_key_map(own.station, keys)

    async def _follow_zone(self, name: str) -> None:
        await self._time.follow_zone(name)
        self._turns.soon()

    # Turns

    def _turn(self) -> None:
        link = self._link
        assert link is not None
        try:
            self._hands.take()
            now_s = self._clock.monotonic()
            moment = self._time.moment(now_s, link)
            if self._bump_bar is not None and self._bump_bar.gone:
                moment = replace(moment, unplugged=True)
            self.preflight.passed(now_s, busy=self._desk.busy or self._learning.on)
            line, alarm = self.preflight.lines(self._desk.look)
            if line or alarm:
                moment = replace(moment, line=line, alarm=alarm)
            self._desk.pass_time(moment)
            waits = self._waits_for(link)
            flipped_s = self._flip.show(moment, link, waits, self._over(now_s, waits), self._hands.key_s)
            if flipped_s is not None:
                self._turns.flipped(flipped_s)
            if self._album is not None:
                self._album.look(self._flip.picture)
            silent = self._habits.silent
            sound = self._desk.sound(self._clock.monotonic(), silent)
            rings = sound is not None and sound not in silent
            if rings and sound is not None:
                self._speaker.play(sound)
            window = self._output.window
            seen = window.visible and not window.output_off
            self.preflight.flipped(self._clock.monotonic(), seen=seen, rang=rings)
            self._cooking()
            due = (
                self._desk.next_due_s(moment),
                self._hands.next_due_s(),
                self._learning.next_due_s(),
                self.preflight.next_due_s(),
                self._cook_due_s(),
            )
            now_s = self._clock.monotonic()
            due_s = max(min(at for at in due if at is not None), now_s)
            if self.collector is not None:
                self.collector.behind_flip(now_s, due_s)
            self._turns.soon(due_s)
            if self._hands.take():  # the flip reads the connection too, and what it read wakes nobody
                self._turns.soon()
        except Exception:
            # Without a picture no Alive goes out: the hub learns that this screen is not to be trusted.
            log.exception("the screen could not paint")
            self._flip.forget()
            self._turns.soon(self._clock.monotonic() + ALIVE_S)

    def _over(self, now_s: float, waits: Waiting | None) -> Callable[[Picture], Picture] | None:
        """What lies over the tickets now."""
        learning = self._learning
        if self._learn_first and waits is None and self._link is not None and self._link.state.live:
            self._learn_first = False
            learning.begin(now_s)
        learning.passed(now_s)
        if learning.on:
            return lambda picture: learning.over(self._desk.look, picture, self._desk.tiles())
        if self.preflight.covers:
            return lambda picture: self.preflight.over(self._desk.look, picture)
        return None

    def _shown(self, visible: bool, redraw: bool) -> None:
        window = self._output.window
        if visible and not window.visible:
            # What was flipped while nobody could see it proved nothing: say that we are seen, and all of it again.
            self._flip.connected()
        elif window.visible and not visible:
            self._flip.hidden()
        window.visible = visible
        if redraw:
            self._flip.forget()

    def _cooking(self) -> None:
        if self._cook is None or self._flip.picture is None:
            return
        now_s = self._clock.monotonic()
        pressed = False
        if self.preflight.asks:
            self.preflight.takes("bump", "a simulated cook", now_s)
            return
        for thought in self._desk.thoughts(self._cook, now_s):
            for press in thought:
                self._carrier.carry(self._desk.press(press, now_s))
                pressed = True
        if pressed:
            self._hands.key_s = now_s
            self._turns.soon()

    def _cook_due_s(self) -> float | None:
        return self._cook.next_due_s() if self._cook is not None else None

    def _waits_for(self, link: Link) -> Waiting | None:
        return self._waits.waiting(link, self._site, self._desk.look)
