"""Time as a screen shows it: the hub's time line, the wall's time at the site, and the moment of a picture."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from display.screens.role import Moment
from heard.clock import Clock
from heard.link import Link

log = logging.getLogger("heard.display")

MINUTE_MS = 60_000


class SiteTime:
    """Asks the link and the clock; until there is a link, the machine's own time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._zone: tzinfo | None = None
        self._known: tuple[tuple[int, tzinfo | None], tuple[str, str]] = ((-1, None), ("", ""))
        self.link: Link | None = None

    async def follow_zone(self, name: str) -> None:
        """The site's time zone; one that this machine does not know leaves the machine's own."""

        def find() -> tzinfo | None:
            try:
                return ZoneInfo(name) if name else None
            except (ZoneInfoNotFoundError, ValueError, OSError):
                log.warning("this machine does not know the hub's time zone %r", name)
                return None

        self._zone = await asyncio.to_thread(find)

    def local_time(self, wall_ms: int) -> str:
        """ "19:42" at the site."""
        return self._local(wall_ms).strftime("%H:%M")

    def wall_of(self, hub_ms: int) -> int:
        """The wall's time at a moment of the hub's time line."""
        link = self.link
        offset_ms = link.hub_clock.wall_offset_ms if link is not None else None
        if offset_ms is not None:
            return hub_ms + offset_ms
        now_ms = link.hub_now_ms() if link is not None else 0
        return self._clock.wall_ms() - (now_ms - hub_ms if now_ms else 0)

    def moment(self, now_s: float, link: Link) -> Moment:
        """What a desk must know to make its picture of now."""
        now_ms = link.hub_now_ms()
        clock, today = self._minute(self.wall_of(now_ms) // MINUTE_MS)
        hello = link.state.hello
        date = link.business_date
        return Moment(
            now_s=now_s,
            now_ms=now_ms,
            clock=clock,
            business_date=date if date and date != today else "",
            suspect=not link.hub_now_sure,
            gap_at_ms=link.hub_clock.gap_at_ms,
            unsafe=hello is not None and hello.unsafe_plaintext,
            last_message_s=link.last_message_s,
            live=link.state.live,
        )

    def _minute(self, minute: int) -> tuple[str, str]:
        """The site's "19:42" and "2026-11-25"; worked out once in a minute, and each picture asks."""
        if self._known[0] != (minute, self._zone):
            wall = self._local(minute * MINUTE_MS)
            self._known = ((minute, self._zone), (wall.strftime("%H:%M"), wall.date().isoformat()))
        return self._known[1]

    def _local(self, wall_ms: int) -> datetime:
        moment = datetime.fromtimestamp(wall_ms / 1000, UTC)
        return moment.astimezone(self._zone)
