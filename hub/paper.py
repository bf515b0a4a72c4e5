"""Kitchen printers while the hub runs: what is to come out of each, once, and what it means that it did or did not.

One job an order and printer at a time; it draws the order as it stands when the printer takes it, and each slip that somebody
asked for is a job too. What was waiting when the hub stopped may lie there already, and says so.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from heard.expo import EXPO
from heard.order import Order, Text, WantedSlip
from heard.stream import Notice, StationProfile
from heard.ticket import is_open
from hub.config import Config
from hub.config.model import Station
from hub.config.printer import host_and_port
from hub.core.decision import DAY_KEY, BusinessDay, Decision, Docs, order_key
from hub.core.hearing_words import order_name
from hub.core.on_paper import begins_right, sample_rows, ticket_slips, wanted_rows
from hub.core.paper_words import dead_words, trouble_words
from hub.core.printing import decide_printed, to_print
from hub.core.site import Site
from hub.core.slip_rows import Slip
from hub.core.slips import decide_slip, had_a_pass_slip, slips_due
from hub.printer.extra import check_extra
from hub.printer.port import NOT_SAID
from hub.rpc.heard import Heard
from hub.rpc.live import STAFF, LiveValues
from hub.store.seam import Entry, Store, StoreUnavailable
from hub.tasks import ended

if TYPE_CHECKING:
    from hub.printer.jobs import Job, Jobs

TEST_S = 20.0
"""For a test slip: who asked for it stands there, and a call of the API has 30 s."""
STORE_AGAIN_S = 1.0
"""A full disk is made room on in minutes, not in milliseconds."""
CLOSED_MAX = 200
"""Orders that were closed last, looked through at a start for slips that were asked for; those live ten minutes."""

log = logging.getLogger("heard.paper")


@dataclass(slots=True, eq=False)
class _Errand:
    """One job from its first wish to the mark in the store; `slip` None: the printer's own lines of the order.

    `order`: as it stands now; None: nothing is wanted any more. `drawn`: the version that was drawn last.
    """

    order_id: str
    order: Order | None
    slip: WantedSlip | None = None
    drawn: int = 0
    job: Job | None = None

    @property
    def key(self) -> str:
        return self.order_id if self.slip is None else slip_key(self.order_id, self.slip)


@dataclass(frozen=True, slots=True)
class PrinterCount:
    """How many slips wait for it, came out and died since it is served; `why` it does not print."""

    waiting: int
    printed: int
    died: int
    why: str


@dataclass(slots=True)
class _Printer:
    station: Station
    jobs: Jobs
    errands: dict[str, dict[str, _Errand]] = field(default_factory=dict)
    """By order, then by key."""
    dead: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Orders of which something died: the ticket's version (0: a slip), and which order in words."""
    marks: set[asyncio.Task[None]] = field(default_factory=set)
    printed_total: int = 0
    dead_total: int = 0

    def may_be_out(self) -> dict[str, bool]:
        """Of each errand, whether its slip may have come out."""
        errands = (one for by_key in self.errands.values() for one in by_key.values())
        return {one.key: one.job is None or one.job.maybe or one.job is self.jobs.printing for one in errands}

    async def close(self) -> None:
        await self.jobs.close()
        await ended(*self.marks)


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
        """The printers of these settings, and no others. Raises UserError where this machine cannot print; nothing else ends."""
        async with self._lock:
            wanted = {one.station: one for one in config.printers}
            known: dict[str, dict[str, bool]] = {}
            for name, printer in list(self._printers.items()):
                if wanted.get(name) != printer.station:
                    del self._printers[name]
                    known[name] = printer.may_be_out()
                    await printer.close()
                    self._tell(f"printer/{name}", None)
                    self._tell(f"paper/{name}", None)
            for name, station in wanted.items():
                if name not in self._printers:
                    await self._start(station, known.get(name, {}))

    def prints(self, station: str) -> bool:
        """True for a printer with nothing stuck in it."""
        printer = self._printers.get(station)
        return printer is not None and not (printer.jobs.why and printer.jobs.waiting)

    def counts(self) -> dict[str, PrinterCount]:
        """Each printer that is served, for metrics and people."""
        return {
            name: PrinterCount(one.jobs.waiting, one.printed_total, one.dead_total, one.jobs.why)
            for name, one in self._printers.items()
        }

    def problems(self) -> dict[str, str]:
        """Printers with something stuck in them, for /health."""
        return {
            f"printer-{name}": f"{name} does not print: {one.jobs.why}"
            for name, one in self._printers.items()
            if one.jobs.why and one.jobs.waiting
        }

    async def why_not(self, station: str) -> str:
        """Why it cannot print now, "" where it can; a printer that is printing is not asked. For the preflight."""
        printer = self._printers.get(station)
        if printer is None:
            return "this hub does not print: see its log"
        return await printer.jobs.why_not()

    async def test(self, station: str) -> str:
        """A slip of no order, behind what waits: "" when it is out, why not after TEST_S. For who sets the printer up."""
        from hub.printer.jobs import JOB_LIFE_S, Job

        printer = self._printers.get(station)
        if printer is None:
            return "this hub does not print: see its log"
        told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        site = self._site()
        paper, address = printer.station.profile(site.profile.languages), printer.station.address
        rows = sample_rows(paper, site, address, self._store.now_ms())
        born_s = self._monotonic() - JOB_LIFE_S + TEST_S
        done = lambda why: None if told.done() else told.set_result(why)  # noqa: E731
        job = Job(f"a test at {station}", lambda maybe: (rows,), done, born_s)
        printer.jobs.add(job)
        try:
            async with asyncio.timeout(TEST_S):
                return await told
        except TimeoutError:
            if printer.jobs.printing is job and not printer.jobs.why:
                return NOT_SAID  # it took this slip; one that is not reached, or prints another, has its own reason
            return printer.jobs.why or "others wait before it"

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
                else:
                    for errand in printer.errands.get(entry.key.partition("/")[2], {}).values():
                        errand.order = None

    async def _start(self, station: Station, known: Mapping[str, bool]) -> None:
        """`known` says of errands of a moment ago whether they may have come out; of what is older nobody knows."""
        jobs = await asyncio.to_thread(
            _jobs,
            station,
            self._monotonic,
            lambda why: self._trouble(station, why),
            lambda: begins_right(self._site().profile, station.station),
        )
        printer = self._printers[station.station] = _Printer(station, jobs)
        for order in sorted(self._known(), key=lambda one: one.changed_at_ms):
            wanted: list[tuple[WantedSlip | None, int]]
            wanted = [(slip, slip.at_ms) for slip in slips_due(order, station.station)]
            if to_print(order, station.station):
                wanted.insert(0, (None, order.changed_at_ms))
            for slip, since_ms in wanted:
                errand = _Errand(order.order_id, order, slip)
                self._add(printer, errand, since_ms, maybe=known.get(errand.key, True))
        jobs.start()

    def _known(self) -> list[Order]:
        """Open orders, and those that were closed last: a slip of one may have been asked for a moment ago."""
        day = self._store.get(DAY_KEY)
        date = day.date if isinstance(day, BusinessDay) else ""
        closed = self._store.closed_orders(date, limit=CLOSED_MAX) if date else ()
        return [*self._store.open_orders(), *closed]

    def _look(self, printer: _Printer, order: Order) -> None:
        name, order_id = printer.station.station, order.order_id
        errands = printer.errands.get(order_id, {})
        now = {slip_key(order_id, slip): slip for slip in order.slips}
        for key, errand in errands.items():
            errand.order = order if errand.slip is None or key in now else None
            errand.slip = now.get(key, errand.slip)
        for slip in slips_due(order, name):
            if slip_key(order_id, slip) not in errands:
                self._add(printer, _Errand(order_id, order, slip), slip.at_ms)
        there = order.at(name)
        wanted = there is not None and bool(to_print(order, name))
        dead = printer.dead.get(order_id)
        if dead is not None and _over(dead[0], order, there.ticket_version if wanted and there else 0):
            del printer.dead[order_id]
            self._tell_dead(printer)
        elif dead is not None and dead[0]:
            return
        if wanted and order_id not in errands:
            self._add(printer, _Errand(order_id, order), self._store.now_ms())

    def _add(self, printer: _Printer, errand: _Errand, since_ms: int, *, maybe: bool = False) -> None:
        from hub.printer.jobs import Job

        printer.errands.setdefault(errand.order_id, {})[errand.key] = errand

        def slips(may_be_printed: bool) -> tuple[Slip, ...]:
            order = errand.order
            found = () if order is None else self._slips(printer, errand, order, may_be_printed)
            errand.drawn = order.version if order is not None and found else 0
            return found

        def done(why: str) -> None:
            task = asyncio.create_task(self._done(printer, errand, why), name="heard-printed")
            printer.marks.add(task)
            task.add_done_callback(printer.marks.discard)

        assert errand.order is not None
        age_s = max(0.0, (self._store.now_ms() - since_ms) / 1000)
        name = f"{order_name(errand.order)} at {printer.station.station}"
        errand.job = Job(name, slips, done, self._monotonic() - age_s, maybe)
        printer.jobs.add(errand.job)

    def _slips(
        self, printer: _Printer, errand: _Errand, order: Order, may_be_printed: bool
    ) -> tuple[Slip, ...]:
        site, slip = self._site(), errand.slip
        paper: StationProfile = printer.station.profile(site.profile.languages)
        if slip is None:
            return ticket_slips(order, paper, site, may_be_printed=may_be_printed)
        copy = slip.copy or (slip.station == EXPO and had_a_pass_slip(order, slip.line_ids))
        rows = wanted_rows(order, slip, paper, site, copy=copy, may_be_printed=may_be_printed)
        return (rows,) if rows else ()

    async def _done(self, printer: _Printer, errand: _Errand, why: str) -> None:
        """The paper is out, or the job is dead."""
        try:
            name, order = printer.station.station, errand.order
            if why:
                printer.dead_total += 1
            elif errand.drawn:
                printer.printed_total += 1
            if why and order is not None:
                log.error("%s was not printed at %s: %s", order_name(order), name, why)
                self._died(printer, errand, order, why)
            if errand.slip is not None:
                await self._slip_done(printer, errand, errand.slip, why)
            elif errand.drawn and not why:
                self._heard.printed(errand.order_id, name, errand.drawn)
                await self._mark(errand.order_id, name, errand.drawn)
            errands = printer.errands[errand.order_id]
            del errands[errand.key]
            if not errands:
                del printer.errands[errand.order_id]
            now = self._store.get(order_key(errand.order_id))
            if isinstance(now, Order):
                self._look(printer, now)  # it changed meanwhile
        except Exception as error:
            self._failed(error)

    def _died(self, printer: _Printer, errand: _Errand, order: Order, why: str) -> None:
        there = order.at(printer.station.station)
        version = 0 if errand.slip is not None or there is None else there.ticket_version
        if version:
            printer.dead[errand.order_id] = (version, order_name(order))
        elif is_open(order):
            printer.dead.setdefault(errand.order_id, (0, order_name(order)))
        self._tell_dead(printer, why)

    async def _slip_done(self, printer: _Printer, errand: _Errand, slip: WantedSlip, why: str) -> None:
        """Written into the order, so that it comes out once; one that was taken back before it was drawn was never there."""
        taken_back = errand.order is None
        on_paper = errand.drawn or (taken_back and errand.job is not None and errand.job.maybe)
        if not why and not on_paper:
            if taken_back:
                return
            why = "nothing of it is left to print"
        if not why and printer.dead.get(errand.order_id, (1, ""))[0] == 0:
            del printer.dead[errand.order_id]
            self._tell_dead(printer)

        def decide(docs: Docs, now_ms: int) -> Decision:
            return decide_slip(docs, errand.order_id, slip, errand.drawn, now_ms, self._site(), why)

        await self._submit(errand.order_id, decide)

    async def _mark(self, order_id: str, station: str, version: int) -> None:
        def decide(docs: Docs, now_ms: int) -> Decision:
            return decide_printed(docs, order_id, station, version, now_ms, self._site())

        await self._submit(order_id, decide)

    async def _submit(self, order_id: str, decide: Callable[[Docs, int], Decision]) -> None:
        while True:
            try:
                await self._store.submit(frozenset((order_key(order_id),)), decide)
                return
            except StoreUnavailable:
                await asyncio.sleep(STORE_AGAIN_S)

    def _trouble(self, station: Station, why: str) -> None:
        profile, name = self._site().profile, station.station
        self._tell(f"printer/{name}", trouble_words(profile, name, why) if why else None)

    def _tell_dead(self, printer: _Printer, why: str = "") -> None:
        name = printer.station.station
        orders = [word for _, word in printer.dead.values()]
        self._tell(f"paper/{name}", dead_words(self._site().profile, name, orders, why) if orders else None)

    def _tell(self, name: str, text: Text | None) -> None:
        """Where cooks, expeditors and tills look."""
        self._live.put(STAFF, f"alarm/{name}", None if text is None else Notice("alarm", text))


def slip_key(order_id: str, slip: WantedSlip) -> str:
    """One change may ask for several at one printer: of two orders that joined, or of the pass too, new and as a copy."""
    return f"{order_id}/{slip.version}/{slip.station}/{slip.moved_from}/{slip.copy}"


def _over(dead_version: int, order: Order, wanted_version: int) -> bool:
    """Whether what died is news no more: nothing is wanted, or something newer; of a slip, that the order is closed."""
    if dead_version:
        return not wanted_version or wanted_version > dead_version
    return not is_open(order)


def _jobs(
    station: Station,
    monotonic: Callable[[], float],
    trouble: Callable[[str], None],
    mirrored: Callable[[], bool],
) -> Jobs:
    check_extra()
    from hub.printer.escpos import encode
    from hub.printer.jobs import Jobs
    from hub.printer.port import Port
    from hub.printer.render import picture

    def encoded(slips: tuple[Slip, ...], job: int) -> bytes:
        return encode([picture(one, station.paper_mm, mirrored=mirrored()) for one in slips], job)

    host, port = host_and_port(station.address)
    return Jobs(station.station, Port(host, port, silent=station.silent), encoded, monotonic, trouble)
