"""Runs the preflight: tells every screen, asks every printer, reads every name, gathers answers; begun from anywhere, one at a time."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from heard.errors import InvalidInput, UserError
from heard.order import Text
from heard.preflight import (
    PREFLIGHT_KEY,
    WAIT_S_DEFAULT,
    WAIT_S_MAX,
    WAIT_S_MIN,
    Preflight,
    PreflightReport,
    PreflightResult,
    PreflightRow,
)
from heard.stream import View, ViewKind
from hub.api import Api, Asked
from hub.core.decision import DAY_KEY, BusinessDay
from hub.core.names import Names, languages_of
from hub.core.preflight import SCREENS_MAX, Run, shown, summary
from hub.core.printing import PRINTER
from hub.core.site import Site
from hub.rpc.live import EVERYBODY, LiveValues
from hub.store.seam import Store
from hub.tasks import ended

CLOSED_ORDERS = 200
"""Of today, newest first: where there is no catalogue, they are what the site sells."""
PRINTER_S = 8.0
"""For a printer to say how it is: a connection, two questions, and the slip before."""
SCREENS_TABLE = "screens"
KNOWN_MS = 48 * 3_600_000
"""A screen that was here yesterday and is not today has its row; one that was put away is missed for two days at most."""
NOTE_AGAIN_MS = 3_600_000
"""For a screen that stays connected for days, and a hub that is killed."""
SHOWN_MS = 25_000
"""How long the result stays for screens that connect later; they show it for 20 s."""

log = logging.getLogger("heard.preflight")

MenuNames = Callable[[], AsyncIterator[tuple[str, str, Text]] | None]
"""(kind, id, name) of all that the catalogue has; None where there is none."""
AskPrinter = Callable[[str], Awaitable[str]]
"""Why the printer of that station cannot print, "" where it can."""


class PreflightKeeper:
    """Screens come and go through `joined`, `left` and `reported`; `tick` about four times a second."""

    def __init__(
        self,
        store: Store,
        live: LiveValues,
        site: Callable[[], Site],
        menu: MenuNames,
        ask_printer: AskPrinter,
        failed: Callable[[BaseException], None],
    ) -> None:
        self._store, self._live, self._site = store, live, site
        self._menu, self._ask_printer, self._failed = menu, ask_printer, failed
        self._open: dict[tuple[str, str], tuple[View, int]] = {}
        self._known = _known_before(store)
        self._noted_ms = store.now_ms()
        self._run: Run | None = None
        self._asking: list[asyncio.Task[None]] = []
        self._told = 0
        self._shown_until_ms = 0

    def register(self, api: Api) -> None:
        """`preflight…`."""
        api.get("preflight", self.status)
        api.post("preflight/begin", self.begin_asked, ("wait",))

    # Screens

    def joined(self, device: str, view: View) -> None:
        """A screen watches that view."""
        _, streams = self._open.get((device, view.name), (view, 0))
        self._open[device, view.name] = view, streams + 1
        self._note(device, view)
        if self._run is not None and self._run.running:
            self._run.joined(device, view)

    def left(self, device: str, view: View) -> None:
        """One stream of it has ended."""
        _, streams = self._open.get((device, view.name), (view, 0))
        if streams > 1:
            self._open[device, view.name] = view, streams - 1
        else:
            self._open.pop((device, view.name), None)
            self._note(device, view)
        if self._run is not None and self._run.running:
            self._run.left(device, view)

    def _note(self, device: str, view: View) -> None:
        """It was here just now, also after a restart of this hub. The oldest screen is forgotten where there are too many."""
        who, now_ms = (device, view.name), self._store.now_ms()
        if who not in self._known and len(self._known) >= SCREENS_MAX:
            oldest = min(self._known, key=lambda one: self._known[one][1])
            del self._known[oldest]
            self._store.note(SCREENS_TABLE, _key(oldest), None)
        self._known[who] = view, now_ms
        value = f"{view.kind.value}\n{view.station}\n{view.terminal}\n{now_ms}"
        self._store.note(SCREENS_TABLE, _key(who), value.encode())

    def reported(self, device: str, view: View, report: PreflightReport) -> None:
        """What a screen says of the preflight."""
        if self._run is not None:
            self._run.reported(device, view, report)

    # Beginning and looking

    def begin(self, by: str, wait_s: int = 0) -> tuple[str, bool]:
        """Begins one, or joins the one that runs: its id, and whether it was there already. Raises InvalidInput."""
        wait_s = wait_s or WAIT_S_DEFAULT
        if not WAIT_S_MIN <= wait_s <= WAIT_S_MAX:
            raise InvalidInput("wait_s", f"is {wait_s}", f"write {WAIT_S_MIN} to {WAIT_S_MAX} seconds")
        if self._run is not None and self._run.running:
            return self._run.id, True
        for task in self._asking:
            task.cancel()
        profile = self._site().profile
        prep = [one.languages for one in profile.stations if one.role in ("prep", "expo")]
        names = Names(languages_of(prep, profile.languages))
        self._run = run = Run(secrets.token_hex(8), by, self._store.now_ms(), wait_s * 1000, names)
        for (device, _), (view, streams) in self._open.items():
            for _ in range(streams):
                run.joined(device, view)
        for (device, _), (view, seen_ms) in self._known.items():
            if self._store.now_ms() - seen_ms < KNOWN_MS:
                run.known(device, view)
        for station in profile.stations:
            names.add("station", station.station, station.name)
        run.printers = {one.station: None for one in profile.stations if one.role == PRINTER}
        self._add_orders(names)
        self._tell(run)
        self._asking = [asyncio.create_task(self._read_menu(run), name="heard-preflight-names")]
        self._asking += [
            asyncio.create_task(self._ask(run, station), name="heard-preflight-printer")
            for station in run.printers
        ]
        log.info("a preflight began, by %s: %d screens", by, len(self._open))
        return run.id, False

    async def begin_asked(self, asked: Asked) -> Mapping[str, Any]:
        """For the command line."""
        wait_s = asked.number("wait", WAIT_S_MIN, WAIT_S_MAX, WAIT_S_DEFAULT)
        run_id, already = self.begin(asked.user or "the command line", wait_s)
        return {"id": run_id, "already": already}

    async def status(self, _asked: Asked) -> Mapping[str, Any]:
        """The one that runs, else the last one."""
        result = self.result()
        if result is None:
            raise UserError("this hub has had no preflight since it started", "heard preflight begins one", 1)
        return as_json(result)

    def result(self) -> PreflightResult | None:
        """The one that runs, else the last one; None where there was none since the start."""
        run = self._run
        if run is None:
            return None
        site = self._site()
        closed = frozenset(one.station for one in site.state.stations if one.closed and one.station)
        return run.result(site.profile, self._store.now_ms(), closed)

    def facts(self) -> Mapping[str, object] | None:
        """For /health."""
        result = self.result()
        return None if result is None else summary(result)

    def tick(self) -> None:
        """Ends what is over, and takes its result down in time."""
        run, now_ms = self._run, self._store.now_ms()
        if now_ms - self._noted_ms >= NOTE_AGAIN_MS:
            self._noted_ms = now_ms
            for (device, _), (view, _) in self._open.items():
                self._note(device, view)
        if run is None:
            return
        if run.running:
            if len(run.names.characters) != self._told:
                self._tell(run)
            if run.over(now_ms):
                self._end(run, now_ms)
        elif self._shown_until_ms and now_ms >= self._shown_until_ms:
            self._shown_until_ms = 0
            self._live.put(EVERYBODY, PREFLIGHT_KEY, None)

    async def close(self) -> None:
        """What runs is forgotten: screens take it down when they lose the hub."""
        await ended(*self._asking)

    def _end(self, run: Run, now_ms: int) -> None:
        run.end(now_ms)
        result = self.result()
        assert result is not None
        bad = [row for row in result.rows if row.problems]
        log.log(
            logging.WARNING if result.failed else logging.INFO,
            "the preflight is over: %d of %d are well%s",
            len(result.rows) - len(bad),
            len(result.rows),
            "".join(f"; {row.place or row.role} {', '.join(row.problems)}" for row in bad),
        )
        self._shown_until_ms = now_ms + SHOWN_MS
        told = Preflight(run.id, run.ends_ms, run.by, (), shown(result))
        self._live.put(EVERYBODY, PREFLIGHT_KEY, told)

    def _tell(self, run: Run) -> None:
        self._told = len(run.names.characters)
        self._live.put(
            EVERYBODY, PREFLIGHT_KEY, Preflight(run.id, run.ends_ms, run.by, tuple(run.names.characters))
        )

    def _add_orders(self, names: Names) -> None:
        for order in self._store.open_orders():
            names.add_order(order)
        day = self._store.get(DAY_KEY)
        if isinstance(day, BusinessDay):
            for order in self._store.closed_orders(day.date, limit=CLOSED_ORDERS):
                names.add_order(order)

    async def _read_menu(self, run: Run) -> None:
        try:
            menu = self._menu()
            if menu is not None:
                async for kind, id_, name in menu:
                    run.names.add(kind, id_, name)
            run.names_read = True
        except Exception as error:
            self._failed(error)

    async def _ask(self, run: Run, station: str) -> None:
        try:
            async with asyncio.timeout(PRINTER_S):
                run.printers[station] = await self._ask_printer(station)
        except TimeoutError:
            run.printers[station] = "it does not answer"
        except Exception as error:
            self._failed(error)


def _key(who: tuple[str, str]) -> str:
    return "\n".join(who)


def _known_before(store: Store) -> dict[tuple[str, str], tuple[View, int]]:
    """Screens that an earlier run of this hub has seen; a note that cannot be read is a screen that is not missed."""
    found: dict[tuple[str, str], tuple[View, int]] = {}
    for key, value in store.notes(SCREENS_TABLE):
        try:
            kind, station, terminal, seen_ms = value.decode().split("\n")
            view = View(ViewKind(int(kind)), station, terminal)
            found[key.split("\n")[0], view.name] = view, int(seen_ms)
        except ValueError:
            log.warning("the note of the screen %r cannot be read", key)
    return found


def as_json(result: PreflightResult) -> dict[str, Any]:
    """For the command line and programs."""
    return {
        "id": result.id,
        "by": result.by,
        "running": result.running,
        "failed": result.failed,
        "wait_s": result.wait_s,
        "took_s": round(result.took_s, 1),
        "rows": [_row_json(row) for row in result.rows],
        "names": [
            {
                "kind": one.kind,
                "id": one.id,
                "text": one.text,
                "lacks": list(one.lacks),
                "glyphs": list(one.glyphs),
                "unreadable": one.unreadable,
            }
            for one in result.names
        ],
        "names_total": result.names_total,
        "names_checked": result.names_checked,
        "unreadable_total": result.unreadable_total,
    }


def _row_json(row: PreflightRow) -> dict[str, Any]:
    report = row.report
    return {
        "kind": row.kind,
        "role": row.role,
        "place": row.place,
        "name": dict(row.name),
        "device": row.device,
        "connected": row.connected,
        "painted": report.painted,
        "sound": report.sound.name,
        "sound_why": report.sound_why,
        "keys": report.keys.name,
        "key": report.key,
        "key_device": report.key_device,
        "unplugged": report.unplugged,
        "missing": list(report.missing),
        "sizes": report.sizes,
        "why": row.why,
        "problems": list(row.problems),
        "warnings": list(row.warnings),
    }
