"""The floor while the hub runs: which stations cook, what is paused, what is out; told to all, and work moved where it must be.

Nothing here costs a hold anything: documents are compared by identity a few times a second, and orders are looked at only
while some station does not cook.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from heard.order import Order
from heard.stream import OUT_ITEMS_KEY, PROFILE_KEY, SITE_STATE_KEY, SiteState
from heard.ticket import OPEN_STATES
from hub.config import Config
from hub.core.decision import OUT_KEY, STATIONS_KEY, Decision, Doc, Docs, order_key
from hub.core.eighty_six import names_of, out_items, out_now
from hub.core.floor import Floor
from hub.core.rehoming import decide_rehome, is_homeless
from hub.core.site import Site
from hub.core.stations import closed_of, state_now
from hub.rpc.live import EVERYBODY, STAFF, LiveValues
from hub.store.seam import Entry, Store, StoreUnavailable
from hub.tasks import ended

MOVES_AT_ONCE = 16
"""Orders moved in one commit: some ms, then holds have their turn."""
WATCH_S = 5.0
"""After a station closed or went, orders that were being decided meanwhile are looked for."""

log = logging.getLogger("heard.floor")


class FloorKeeper:
    """`refresh` makes the Site as it is now; `tick` is called four times a second and after each command about the site."""

    def __init__(
        self,
        store: Store,
        live: LiveValues,
        business_date: Callable[[], str],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._store = store
        self._live = live
        self._business_date = business_date
        self._failed = failed
        self._seen: tuple[object, ...] = ()
        self._floor: Floor | None = None
        self._nobodys: dict[str, int] = {}
        self._homeless: deque[str] = deque()
        self._waiting: set[str] = set()
        self._fresh = False
        self._watch_until_s = 0.0
        self._moving: asyncio.Task[None] | None = None
        self.nobodys_lines = 0
        """Open lines that no rule matched, or whose station nobody stands in for."""
        self.moved_total = 0
        for order in store.open_orders():
            self._count(order_key(order.order_id), _open_nobodys(order))

    def refresh(self, site: Site, config: Config) -> Site:
        """`site` as settings, documents and clock have it now, everybody told; the very same where nothing changed."""
        book, out, date = self._store.get(STATIONS_KEY), self._store.get(OUT_KEY), self._business_date()
        state = self._state(site, config, book)
        seen = (book, out, date, config, state)
        if _same(seen, self._seen):
            return site
        first = not self._seen
        before, self._seen = self._seen, seen
        items = out_now(out, date, keep=config.keep_86)
        floor = config.floor(closed_of(book, config.prep_stations))
        profile = site.profile if not first and config is before[3] else config.site_profile()
        routing = site.routing
        if (
            floor != routing.floor
            or config.routes != routing.rules
            or config.prep_stations != routing.prep_stations
        ):
            routing = replace(config.routing(), floor=floor)
        if not first and profile is not site.profile:  # at first it is in every Hello
            self._live.put(EVERYBODY, PROFILE_KEY, profile)
        if first or state != before[4]:
            self._live.put(STAFF, SITE_STATE_KEY, state)
        if first or out is not before[1] or date != before[2] or config is not before[3]:
            self._live.put(STAFF, OUT_ITEMS_KEY, out_items(items))
        if floor != self._floor:
            self._floor = floor
            self._fresh = True
            self._look_for_homeless(floor)
        return replace(
            site,
            routing=routing,
            profile=profile,
            cut_off_hour=config.cut_off_hour,
            first_number=config.call_numbers.first,
            last_number=config.call_numbers.last,
            state=state,
            rules=site.rules if not first and config is before[3] else config.rules(),
            out=names_of(items),
            keep_86=config.keep_86,
        )

    def committed(self, entries: Sequence[Entry]) -> None:
        """Orders were written: what nobody's lines there are, and whether work stands where nobody cooks."""
        floor = self._floor
        watch = floor is not None and (bool(floor.closed) or self._fresh or self._watch_until_s > 0.0)
        for entry in entries:
            order = entry.order
            self._count(entry.key, 0 if order is None or not entry.new_views else _open_nobodys(order))
            if order is None or not entry.new_views or not watch or floor is None:
                continue
            if is_homeless(order, floor):
                self._enqueue(order.order_id)

    def tick(self, site: Callable[[], Site], now_s: float) -> None:
        """Moves what waits to be moved, a bounded piece at a time."""
        self.look(now_s)
        if self._homeless and (self._moving is None or self._moving.done()):
            self._moving = asyncio.create_task(self._move(site), name="heard-move")

    def look(self, now_s: float) -> None:
        """Looks for work that stands where nobody cooks, while some may be on its way there."""
        if self._fresh:
            self._fresh = False
            self._watch_until_s = now_s + WATCH_S
        elif self._watch_until_s and now_s > self._watch_until_s:
            self._watch_until_s = 0.0
            if self._floor is not None:
                self._look_for_homeless(self._floor)

    def piece(self) -> list[str]:
        """The next orders to move."""
        found = [self._homeless.popleft() for _ in range(min(MOVES_AT_ONCE, len(self._homeless)))]
        self._waiting.difference_update(found)
        return found

    async def close(self) -> None:
        """Ends a move that is going on; what was not moved is found again at the next start."""
        await ended(self._moving)

    def _state(self, site: Site, config: Config, book: Doc | None) -> SiteState:
        nobodys = self.nobodys_lines
        if book is None and not config.pauses:
            return SiteState((), nobodys) if nobodys else NOTHING
        wall_ms = self._store.now_ms() + site.wall_offset_ms
        stations = tuple(one.station for one in config.stations)
        return state_now(book, stations, config.pauses, wall_ms, site.zone, nobodys)

    def _count(self, key: str, open_lines: int) -> None:
        old = self._nobodys.pop(key, 0)
        if open_lines:
            self._nobodys[key] = open_lines
        self.nobodys_lines += open_lines - old

    def _look_for_homeless(self, floor: Floor) -> None:
        for order in self._store.open_orders():
            if is_homeless(order, floor):
                self._enqueue(order.order_id)

    def _enqueue(self, order_id: str) -> None:
        if order_id not in self._waiting:
            self._waiting.add(order_id)
            self._homeless.append(order_id)

    async def _move(self, site: Callable[[], Site]) -> None:
        try:
            while piece := self.piece():
                await asyncio.gather(*(self._move_one(order_id, site) for order_id in piece))
                self.moved_total += len(piece)
                log.info("%d orders moved to stations that cook, %d wait", len(piece), len(self._homeless))
        except StoreUnavailable:
            self._fresh = True  # looked for again in a moment
        except Exception as error:
            self._failed(error)

    async def _move_one(self, order_id: str, site: Callable[[], Site]) -> None:
        def decide(docs: Docs, now_ms: int) -> Decision:
            return decide_rehome(docs, order_id, now_ms, site())

        await self._store.submit(frozenset((order_key(order_id),)), decide)


NOTHING = SiteState()


def _open_nobodys(order: Order) -> int:
    return sum(
        1 for line in order.lines if line.nobodys and any(at.state in OPEN_STATES for at in line.stations)
    )


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(one) == len(other) and all(
        new is old or (isinstance(new, str | SiteState) and new == old)
        for new, old in zip(one, other, strict=True)
    )
