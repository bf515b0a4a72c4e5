"""The running prep screen: link -> desk -> paint -> flip -> Painted and Alive, on one event loop that owns the window.

One turn does it all and says when the next is due; without news it comes once a second. Nothing polls but a window system
that offers no file descriptor.
"""

from __future__ import annotations

import asyncio
import logging
import random
import signal
from collections.abc import Coroutine
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from display.app.device import JOURNAL_FILE
from display.app.ledger import Ledger
from display.app.looks import look_and_panel
from display.app.options import Options
from display.app.start import Output
from display.core.cook import Cook, profile
from display.core.draw import Picture
from display.core.intents import AskRecall, Click, Effect, Send, TakeBack
from display.core.keymap import PRESETS, Grammar
from display.core.recall import ROWS_MAX
from display.core.slots import NO_DELAYS, SHIFTING, STABLE
from display.core.touch import Touches
from display.screens.desk import Desk, Moment
from display.screens.prep import Scene
from display.screens.waiting import Waiting, waiting
from display.ui import input as ui_input
from display.ui.sound import CLICK, Speaker
from heard.clock import Clock, SystemClock
from heard.command import Answer, Command, Outcome, Reason, Undo, Verb
from heard.errors import HeardError, LinkError
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
from heard.stream import Alive, Painted, SiteProfile, StationProfile, View, ViewKind

log = logging.getLogger("heard.display")

FRAME_S = 1 / 60
"""No more pictures than a panel can show."""
ALIVE_S = 1.0
"""The hub calls a screen live for 3 s after this."""
EFFECTS_MAX = 1_000
"""Commands that wait for the disk; a cook presses some three keys a second."""
POLL_IDLE_S, POLL_BUSY_S, BUSY_S = 1 / 30, 1 / 125, 2.0
"""Where the window system gives no descriptor: how often keys are asked for, and for how long faster after one."""
IDLE_WAKES_MAX = 200
"""A descriptor that wakes us so often without an event is not the keyboard's."""
INCH_MM = 25.4


class PrepApp:
    """One prep screen on an open output."""

    def __init__(self, options: Options, output: Output, clock: Clock | None = None) -> None:
        self._options = options
        self._config = options.config
        self._output = output
        self._window = output.window
        self._clock: Clock = clock or SystemClock()
        self._keymap = PRESETS[self._config.keys]
        self._station = self._config.station
        self._cook: Cook | None = None
        timing = SHIFTING if self._config.slots == "shifting" else STABLE
        grammar = Grammar(self._config.grammar)
        if options.cook:
            cooking = profile(options.cook)
            self._cook = Cook(cooking, grammar, random.Random(cooking.seed).random)
            timing = NO_DELAYS if cooking.instant else timing
        look, panel = look_and_panel(
            self._config, output, SiteProfile(), self._keymap, self._local_time, self._wall_of
        )
        self._desk = Desk(
            self._station,
            look,
            panel,
            StationProfile(self._station),
            timing,
            grammar,
            self._config.rail,
            self._clock.monotonic(),
        )
        mm = 0.0
        if self._config.screen_inches:
            w, h = self._window.panel_size
            mm = self._config.screen_inches * INCH_MM / float((w * w + h * h) ** 0.5)
        self._touches = Touches(mm)
        self._speaker = Speaker(self._config.volume, self._config.sound and not self._window.headless)
        self._picture: Picture | None = None
        self._effects: asyncio.Queue[Effect] = asyncio.Queue(EFFECTS_MAX)
        self._tokens: dict[int, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = asyncio.Event()
        self._link: Link | None = None
        self._hello: object = None
        self._phase: Phase | None = None
        self._profile = SiteProfile()
        self._zone: tzinfo | None = None
        self._turn_at: asyncio.TimerHandle | None = None
        self._turn_at_s = 0.0
        self._flipped_s = float("-inf")
        self._flipped_before_s = float("-inf")
        self._alive_s = float("-inf")
        self._input_s = float("-inf")
        self._idle_wakes = 0
        self._polling = False
        self._ledger = Ledger(options.ledger, self._station) if options.ledger is not None else None
        self._arrived_s: float | None = None
        self._announced = False
        self._scene_live = False

    # Life

    async def run(self) -> None:
        """Until SIGTERM, SIGINT or the window is closed."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopped.set)
        try:
            self._link = link = await self._connect()
            self._follow_profile(link.profile)
            if link.documents:
                self._desk.documents(link.documents.values(), (), reset=True, pending=link.pending)
            link.on_state(self._on_state)
            link.on_applied(self._on_applied)
            link.on_answer(self._on_answer)
            self._listen()
            self._spawn(self._carry_out())
            self._soon()
            await self._stopped.wait()
        finally:
            await self._close()

    async def _connect(self) -> Link:
        options, config = self._options, self._config
        journal = await JournalFile.open(options.state / JOURNAL_FILE, device=options.device)
        link = Link(
            device=options.device,
            view=View(ViewKind.PREP, self._station),
            finder=Finder(config.hub, mdns=options.mdns),
            journal=journal,
            screen=True,
            headless=self._window.headless,
            count_headless=options.count_headless,
            client="heard display prep",
            credentials=UNSAFE_PLAINTEXT if options.unsafe_plaintext else LOOPBACK_PLAINTEXT,
            clock=self._clock,
        )
        await link.start()
        return link

    async def _close(self) -> None:
        if self._turn_at is not None:
            self._turn_at.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._link is not None:
            await self._link.close()
        self._speaker.close()
        if self._ledger is not None:
            self._ledger.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def stop(self) -> None:
        """End `run`."""
        self._stopped.set()

    @property
    def live_picture(self) -> bool:
        """True once what stands on the surface is live."""
        link = self._link
        return link is not None and link.state.live and self._waits_for() is None and self._scene_live

    @property
    def picture(self) -> Picture | None:
        """What stands on the output."""
        return self._picture

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
        if link.state.live and self._waits_for() is not None:
            return f"the hub has no prep station {self._station!r}"
        return link.state.reason or "no answer"

    # What the link tells

    def _on_state(self, state: LinkState) -> None:
        assert self._link is not None
        if state.hello is not self._hello and state.hello is not None:
            self._hello = state.hello
            self._desk.reports.connected()
            self._alive_s = float("-inf")
            self._follow_profile(state.hello.profile)
        if state.phase is not self._phase:
            if state.phase is Phase.NOT_LIVE:
                log.warning("NOT LIVE: %s", state.reason)
            elif state.phase is Phase.LIVE and self._phase is not None:
                log.info("live: hub %s", state.address)
            self._phase = state.phase
        self._soon()

    def _on_applied(self, applied: Applied) -> None:
        assert self._link is not None
        if applied.reset or applied.puts or applied.removes:
            if self._arrived_s is None:
                self._arrived_s = self._clock.monotonic()
            self._desk.documents(
                applied.puts, applied.removes, reset=applied.reset, pending=self._link.pending
            )
            self._soon()
        elif self._desk.settled(self._link.pending):
            self._soon()

    def _on_answer(self, command: Command, answer: Answer) -> None:
        assert self._link is not None
        now_s = self._clock.monotonic()
        token = self._tokens.pop(command.seq, 0)
        again = self._desk.second_try(command, answer)
        if again is not None:
            self._carry((Send(-command.seq, command.order_id, again),))
        elif answer.outcome is Outcome.REJECTED and answer.reason is not Reason.GONE:
            key = "say.changed_meanwhile" if answer.reason is Reason.STALE else "say.refused"
            self._desk.failed(token, now_s, key, why=answer.message or answer.reason.name)
        elif any(line.outcome is Outcome.REJECTED for line in answer.lines):
            self._desk.intents.say("say.changed_meanwhile", now_s)
        self._desk.settled(self._link.pending)
        self._soon()

    def _follow_profile(self, site: SiteProfile) -> None:
        if site.time_zone != self._profile.time_zone:
            self._spawn(self._follow_zone(site.time_zone))
        self._profile = site
        look, panel = look_and_panel(
            self._config, self._output, site, self._keymap, self._local_time, self._wall_of
        )
        station = site.station(self._station) or StationProfile(self._station)
        self._desk.settle(look, panel, station)

    async def _follow_zone(self, name: str) -> None:
        """The site's time zone; one that this machine does not know leaves the machine's own."""

        def find() -> tzinfo | None:
            try:
                return ZoneInfo(name) if name else None
            except (ZoneInfoNotFoundError, ValueError, OSError):
                log.warning("this machine does not know the hub's time zone %r", name)
                return None

        self._zone = await asyncio.to_thread(find)
        self._soon()

    # Time

    def _local_time(self, wall_ms: int) -> str:
        return self._local(wall_ms).strftime("%H:%M")

    def _local(self, wall_ms: int) -> datetime:
        moment = datetime.fromtimestamp(wall_ms / 1000, UTC)
        return moment.astimezone(self._zone)

    def _wall_of(self, hub_ms: int) -> int:
        """The wall's time at a moment of the hub's time line."""
        link = self._link
        hello = link.state.hello if link is not None else None
        if hello is not None and hello.wall_ms:
            return hub_ms - hello.hub_time_ms + hello.wall_ms
        now_ms = link.hub_now_ms() if link is not None else 0
        return self._clock.wall_ms() - (now_ms - hub_ms if now_ms else 0)

    def _moment(self, now_s: float) -> Moment:
        link = self._link
        assert link is not None
        now_ms = link.hub_now_ms()
        wall = self._local(self._wall_of(now_ms))
        hello = link.state.hello
        date = link.business_date
        return Moment(
            now_s=now_s,
            now_ms=now_ms,
            clock=wall.strftime("%H:%M"),
            business_date=date if date and date != wall.date().isoformat() else "",
            suspect=(hello is not None and hello.clock_suspect) or not link.hub_now_sure,
            unsafe=hello is not None and hello.unsafe_plaintext,
            last_message_s=link.last_message_s,
            live=link.state.live,
        )

    # Turns

    def _soon(self, at_s: float = 0.0) -> None:
        """A turn as soon as the panel can show it, or at `at_s`.

        Two flips may fall into one frame, so that a new order need not wait behind a timer's; a third waits.
        """
        now_s = self._clock.monotonic()
        due_s = max(at_s, self._flipped_before_s + FRAME_S if at_s == 0.0 else at_s, now_s)
        if self._turn_at is not None:
            if self._turn_at_s <= due_s:
                return
            self._turn_at.cancel()
        self._turn_at_s = due_s
        self._turn_at = asyncio.get_running_loop().call_later(due_s - now_s, self._turn)

    def _turn(self) -> None:
        self._turn_at = None
        try:
            self._take_input()
            now_s = self._clock.monotonic()
            moment = self._moment(now_s)
            self._desk.pass_time(moment)
            self._paint(moment)
            self._ring(self._clock.monotonic())
            self._cooking()
            self._soon(self._next_due_s(moment))
            if self._take_input():  # the flip reads the connection too, and what it read wakes nobody
                self._soon()
        except Exception:
            # Without a picture no Alive goes out: the hub learns that this screen is not to be trusted.
            log.exception("the screen could not paint")
            self._picture = None
            self._soon(self._clock.monotonic() + ALIVE_S)

    def _next_due_s(self, moment: Moment) -> float:
        due = [self._desk.next_due_s(moment)]
        touch = self._touches.next_due_s()
        if touch is not None:
            due.append(touch)
        if self._cook is not None and (cook := self._cook.next_due_s()) is not None:
            due.append(cook)
        return max(min(due), self._clock.monotonic())

    def _paint(self, moment: Moment) -> None:
        link = self._link
        assert link is not None
        waits = self._waits_for()
        scene: Scene | None = None
        if waits is not None:
            w, h = self._window.size
            picture = waiting(self._desk.look, w, h, waits)
        else:
            scene = self._desk.scene(moment)
            picture = scene.picture
        self._window.present(self._output.painter.paint(picture, self._picture))
        self._picture = picture
        self._scene_live = scene is not None and moment.live
        self._flipped_before_s, self._flipped_s = self._flipped_s, self._clock.monotonic()
        if scene is not None:
            painted = self._desk.flipped(scene, self._flipped_s, link.epoch)
            self._note(painted)
            if painted is not None and link.state.live:
                link.painted(painted)
            elif painted is not None:
                self._desk.reports.connected()  # nobody heard it: the next connection is told all
        if self._flipped_s - self._alive_s >= ALIVE_S * 0.9:
            self._alive_s = self._flipped_s
            link.alive(
                Alive(
                    link.rev, link.digest, hidden=not self._window.visible, output_off=self._window.output_off
                )
            )

    def _waits_for(self) -> Waiting | None:
        """What to say while there is nothing to show; None once there is a picture."""
        link = self._link
        assert link is not None
        state = link.state
        names = [one.station for one in self._profile.stations if one.role == "prep"]
        if names and self._station not in names:
            if not self._announced:
                self._announced = True
                log.error("the hub has no prep station %r; it has: %s", self._station, ", ".join(names))
            return Waiting(
                self._station,
                ("wait.no_station", {"station": self._station}),
                (("wait.no_station.help", {"stations": ", ".join(names)}),),
            )
        if state.live or link.rev or link.documents:
            return None
        head: tuple[str, dict[str, object]] = ("wait.searching", {})
        if state.phase is Phase.CONNECTING:
            head = ("wait.connecting", {"address": state.address or self._config.hub or "…"})
        elif state.phase is Phase.SYNCING:
            head = ("wait.syncing", {})
        name = self._desk.look.name(self._desk.profile.name, self._station).text
        lines: tuple[tuple[str, dict[str, object]], ...] = (("wait.searching.help", {}), ("wait.paper", {}))
        return Waiting(name.upper(), head, lines if state.phase is not Phase.SYNCING else ())

    def _note(self, painted: Painted | None) -> None:
        """Into the ledger: painted is painted, whether a hub is there to hear it or not."""
        arrived_s, self._arrived_s = self._arrived_s, None
        if self._ledger is not None:
            self._ledger.live(self._scene_live, self._flipped_s)
            if painted is not None:
                took_s = self._flipped_s - (arrived_s if arrived_s is not None else self._flipped_s)
                self._ledger.painted(painted, self._desk.board.tickets, self._flipped_s, took_s * 1000)

    def _ring(self, now_s: float) -> None:
        sound = self._desk.sounds.due(now_s)
        if sound is not None:
            self._speaker.play(sound)

    # Keys and fingers

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for fd in self._window.input_fds:
            loop.add_reader(fd, self._woken, fd)
        if not self._window.headless and not self._window.input_fds:
            self._polling = True
            self._poll()

    def _woken(self, fd: int) -> None:
        if self._take_input():
            self._idle_wakes = 0
            self._soon()
            return
        self._idle_wakes += 1
        if self._idle_wakes > IDLE_WAKES_MAX:
            log.warning("input descriptor %d wakes without input; polling instead", fd)
            asyncio.get_running_loop().remove_reader(fd)
            self._idle_wakes = 0
            if not self._polling:
                self._polling = True
                self._poll()

    def _poll(self) -> None:
        if self._take_input():
            self._soon()
        busy = self._clock.monotonic() - self._input_s < BUSY_S
        asyncio.get_running_loop().call_later(POLL_BUSY_S if busy else POLL_IDLE_S, self._poll)

    def _take_input(self) -> bool:
        """Hand on what came in; True for anything at all."""
        events = self._window.events()
        found = ui_input.inputs(events, self._window.panel_size, self._window.to_picture)
        now_s = self._clock.monotonic()
        for touched in self._touches.due(now_s):
            self._carry(self._desk.touch(touched, now_s))
        for one in found:
            self._input_s = now_s
            self._take(one, now_s)
        return bool(events)

    def feed(self, one: ui_input.Input) -> None:
        """As if this had come from the window."""
        self._take(one, self._clock.monotonic())
        self._soon()

    def _take(self, one: ui_input.Input, now_s: float) -> None:
        match one:
            case ui_input.Key(name, repeat):
                press = self._keymap.keys.get(name)
                if press is not None:
                    pressed = press if not repeat else type(press)(press.action, press.number, True)
                    self._carry(self._desk.press(pressed, now_s))
            case ui_input.Finger("down", number, x, y):
                self._touches.down(number, x, y, now_s)
            case ui_input.Finger("move", number, x, y):
                self._touches.moved(number, x, y)
            case ui_input.Finger(_, number, x, y):
                touched = self._touches.up(number, x, y, now_s)
                if touched is not None:
                    self._carry(self._desk.touch(touched, now_s))
            case ui_input.Shown(visible, redraw):
                if visible and not self._window.visible:
                    # What was flipped while nobody could see it proved nothing: say that we are seen, and all of it again.
                    self._desk.reports.connected()
                    self._alive_s = float("-inf")
                self._window.visible = visible
                if redraw:
                    self._picture = None
            case ui_input.Closed():
                self._stopped.set()

    def _cooking(self) -> None:
        if self._cook is None or self._picture is None:
            return
        now_s = self._clock.monotonic()
        tickets = dict(self._desk.board.tickets)
        pressed = False
        for thought in self._cook.keys(self._desk.history.newest, tickets, now_s):
            for press in thought:
                self._carry(self._desk.press(press, now_s))
                pressed = True
        if pressed:
            self._soon()

    # Effects

    def _carry(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            if isinstance(effect, Click):
                self._speaker.play(CLICK)
                continue
            try:
                self._effects.put_nowait(effect)
            except asyncio.QueueFull:
                if isinstance(effect, Send | TakeBack):
                    self._desk.failed(effect.token, self._clock.monotonic(), "say.journal_broken")

    async def _carry_out(self) -> None:
        """One after the other, so that the journal has them as the cook made them."""
        link = self._link
        assert link is not None
        while True:
            effect = await self._effects.get()
            match effect:
                case Send(token, order_id, verb):
                    await self._journal(link, token, order_id, verb)
                case TakeBack(token, order_id, of):
                    seq = self._desk.wishes.seq_of(of)
                    if seq is not None:
                        undo = Undo(self._station, seq)
                        self._desk.made(token, order_id, undo)
                        await self._journal(link, token, order_id, undo)
                case AskRecall(search):
                    self._spawn(self._ask_recall(link, search))

    async def _journal(self, link: Link, token: int, order_id: str, verb: Verb) -> None:
        try:
            command = await link.command(order_id, verb)
        except HeardError as error:
            log.error("a command was not saved: %s", error)
            self._desk.failed(token, self._clock.monotonic(), "say.journal_broken")
        else:
            self._desk.wishes.journaled(token, command.seq)
            if command.seq in link.pending:
                self._tokens[command.seq] = token
            self._desk.settled(link.pending)
        self._soon()

    async def _ask_recall(self, link: Link, search: str) -> None:
        try:
            orders = await link.recall_list(self._station, search, ROWS_MAX)
        except LinkError:
            self._desk.intents.recalled(search, None)
        else:
            self._desk.intents.recalled(search, orders)
        self._soon()
