"""Kitchen printers while the hub runs: a slip for each change of a printer's station, and the hub done with what came out.

One job an order and printer at a time; it draws the order as it stands when the printer takes it. What was waiting when the
hub stopped may lie there already, and says so. Pillow and ESC/POS are loaded only where a printer is set.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from heard.errors import UserError
from heard.order import Order
from heard.stream import Notice
from hub.config import Config
from hub.config.model import Station
from hub.config.printer import host_and_port
from hub.core.decision import Decision, Docs, order_key
from hub.core.hearing_words import order_name, station_name
from hub.core.printing import decide_printed, to_print
from hub.core.site import Site
from hub.core.slip import Marks, Row, slip
from hub.rpc.heard import Heard
from hub.rpc.live import STAFF, LiveValues
from hub.store.seam import Entry, Store, StoreUnavailable

if TYPE_CHECKING:
    from hub.printer.jobs import Job, Jobs

STORE_AGAIN_S = 1.0
"""A full disk is made room on in minutes, not in milliseconds."""
NEEDS_EXTRA = "printers need Pillow and python-escpos: install heard[hub,printer]"

log = logging.getLogger("heard.paper")


@dataclass(slots=True, eq=False)
class _Waiting:
    """One order at one printer, from its first change to the mark in the store. `drawn`: the version that was drawn last."""

    order: Order | None
    drawn: int = 0
    job: Job | None = None


@dataclass(slots=True)
class _Printer:
    station: Station
    jobs: Jobs
    waiting: dict[str, _Waiting] = field(default_factory=dict)
    dead: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Orders whose slip died: the ticket's version, and which order in words."""
    marks: set[asyncio.Task[None]] = field(default_factory=set)

    async def close(self) -> None:
        await self.jobs.close()
        for task in self.marks:
            task.cancel()
        await asyncio.gather(*self.marks, return_exceptions=True)


class PaperKeeper:
    """From `follow` to `close`; `committed` hears every commit."""

    def __init__(
        self,
        store: Store,
        live: LiveValues,
        heard: Heard,
        site: Callable[[], Site],
        failed: Callable[[BaseException], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._live, self._heard = store, live, heard
        self._site, self._failed, self._monotonic = site, failed, monotonic
        self._printers: dict[str, _Printer] = {}
        self._lock = asyncio.Lock()

    async def follow(self, config: Config) -> None:
        """The printers of these settings, and no others. Raises UserError where this machine cannot print."""
        async with self._lock:
            wanted = {one.station: one for one in config.printers}
            for name, printer in list(self._printers.items()):
                if wanted.get(name) != printer.station:
                    del self._printers[name]
                    await printer.close()
                    self._tell(f"printer/{name}", "")
                    self._tell(f"paper/{name}", "")
            for name, station in wanted.items():
                if name not in self._printers:
                    await self._start(station)

    def prints(self, station: str) -> bool:
        """True for a printer with nothing stuck in it."""
        printer = self._printers.get(station)
        return printer is not None and not (printer.jobs.why and printer.jobs.waiting)

    async def close(self) -> None:
        """What is not on paper yet is found again at the next start, and marked."""
        printers, self._printers = self._printers, {}
        for printer in printers.values():
            await printer.close()

    def committed(self, entries: Sequence[Entry]) -> None:
        """Orders were written: what of them is new for a printer."""
        for printer in self._printers.values():
            for entry in entries:
                if entry.order is not None:
                    self._look(printer, entry.order)
                elif (waiting := printer.waiting.get(entry.key.partition("/")[2])) is not None:
                    waiting.order = None

    async def _start(self, station: Station) -> None:
        jobs = await asyncio.to_thread(
            _jobs, station, self._monotonic, lambda why: self._trouble(station, why)
        )
        printer = self._printers[station.station] = _Printer(station, jobs)
        now_ms = self._store.now_ms()
        for order in self._store.open_orders():
            if to_print(order, station.station):
                self._add(printer, order, maybe=True, age_s=(now_ms - order.changed_at_ms) / 1000)
        jobs.start()

    def _look(self, printer: _Printer, order: Order) -> None:
        name, order_id = printer.station.station, order.order_id
        waiting = printer.waiting.get(order_id)
        if waiting is not None:
            waiting.order = order
            return
        there = order.at(name)
        if there is None:
            return
        wanted = to_print(order, name)
        dead = printer.dead.get(order_id)
        if dead is not None and (not wanted or there.ticket_version > dead[0]):
            del printer.dead[order_id]
            self._tell_dead(printer)
        elif dead is not None:
            return
        if wanted:
            self._add(printer, order)

    def _add(self, printer: _Printer, order: Order, *, maybe: bool = False, age_s: float = 0.0) -> None:
        from hub.printer.jobs import Job

        order_id = order.order_id
        waiting = printer.waiting[order_id] = _Waiting(order)

        def rows(may_be_printed: bool) -> tuple[Row, ...]:
            now = waiting.order
            found = () if now is None else self._rows(printer.station, now, may_be_printed)
            waiting.drawn = now.version if now is not None and found else 0
            return found

        def done(why: str) -> None:
            task = asyncio.create_task(self._done(printer, order_id, waiting, why), name="heard-printed")
            printer.marks.add(task)
            task.add_done_callback(printer.marks.discard)

        born_s = self._monotonic() - max(0.0, age_s)
        waiting.job = Job(f"{order_name(order)} at {printer.station.station}", rows, done, born_s, maybe)
        printer.jobs.add(waiting.job)

    def _rows(self, station: Station, order: Order, may_be_printed: bool) -> tuple[Row, ...]:
        site = self._site()
        profile = station.profile(site.profile.languages)
        clock = datetime.fromtimestamp(order.held_wall_ms / 1000, UTC).astimezone(site.zone).strftime("%H:%M")
        found: list[Row] = []
        for ticket in to_print(order, station.station):
            ask = {one: None for line in ticket.lines for one in line.at.may_be_at}
            there = None
            if ask:
                there = {"en": ", ".join(station_name(site.profile, one) for one in ask)}
            marks = Marks(ticket.recalled, may_be_printed, there)
            found += slip(ticket, profile.name, profile.languages, clock, site.profile.allergy_words, marks)
        return tuple(found)

    async def _done(self, printer: _Printer, order_id: str, waiting: _Waiting, why: str) -> None:
        """The paper is out, or the job is dead."""
        try:
            name, order = printer.station.station, waiting.order
            if why:
                if order is not None and (there := order.at(name)) is not None:
                    printer.dead[order_id] = (there.ticket_version, order_name(order))
                    log.error("%s was not printed at %s: %s", order_name(order), name, why)
                    self._tell_dead(printer, why)
            elif waiting.drawn:
                self._heard.printed(order_id, name, waiting.drawn)
                await self._mark(order_id, name, waiting.drawn)
            del printer.waiting[order_id]
            now = self._store.get(order_key(order_id))
            if isinstance(now, Order):
                self._look(printer, now)  # it changed meanwhile
        except Exception as error:
            self._failed(error)

    async def _mark(self, order_id: str, station: str, version: int) -> None:
        def decide(docs: Docs, now_ms: int) -> Decision:
            return decide_printed(docs, order_id, station, version, now_ms, self._site())

        while True:
            try:
                await self._store.submit(frozenset((order_key(order_id),)), decide)
                return
            except StoreUnavailable:
                await asyncio.sleep(STORE_AGAIN_S)

    def _trouble(self, station: Station, why: str) -> None:
        name = station_name(self._site().profile, station.station)
        self._tell(f"printer/{station.station}", f"{name} does not print: {why}." if why else "")

    def _tell_dead(self, printer: _Printer, why: str = "") -> None:
        name = station_name(self._site().profile, printer.station.station)
        text = ""
        if printer.dead:
            text = (
                f"{name} did not print {_few(word for _, word in printer.dead.values())}. Tell the kitchen."
            )
        if why and text:
            text = f"{text[:-1]} ({why})."
        self._tell(f"paper/{printer.station.station}", text)

    def _tell(self, name: str, text: str) -> None:
        """Where cooks, expeditors and tills look."""
        self._live.put(STAFF, f"alarm/{name}", Notice("alarm", {"en": text}) if text else None)


def _jobs(station: Station, monotonic: Callable[[], float], trouble: Callable[[str], None]) -> Jobs:
    try:
        from hub.printer.escpos import encode
        from hub.printer.jobs import Jobs
        from hub.printer.port import Port
        from hub.printer.render import picture
    except ImportError as error:
        raise UserError(
            f"{station.station} is a printer, and {error.name} is not installed", NEEDS_EXTRA, 1
        ) from error

    def encoded(rows: tuple[Row, ...], job: int) -> bytes:
        return encode(picture(rows, station.paper_mm), job)

    host, port = host_and_port(station.address)
    return Jobs(station.station, Port(host, port), encoded, monotonic, trouble)


def _few(words: Iterable[str], most: int = 3) -> str:
    found = list(words)
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more
