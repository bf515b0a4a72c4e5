"""The business date that a till stamps while its hub is away: the last one that it was told, or the calendar's after the cut-off."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta, tzinfo
from zoneinfo import ZoneInfo

from heard.business_date import date_of
from heard.link import Link

AWAY_DAYS_MAX = 7
"""A date further ahead of the last one told is rather a wrong clock than so long without a hub."""


def offline_date(known: str, wall_ms: int, zone: tzinfo | None, cut_off_hour: int) -> str:
    """The date of a moment without a hub; "" where nothing is known, so that the hub stamps its own. Pure."""
    if not known or zone is None:
        return known
    calendar = date_of(wall_ms, zone, cut_off_hour)
    latest = (date.fromisoformat(known) + timedelta(days=AWAY_DAYS_MAX)).isoformat()
    return calendar if known < calendar <= latest else known


class OfflineDate:
    """Asks the link what the hub last said."""

    def __init__(self) -> None:
        self._zone_name = ""
        self._zone: tzinfo | None = None

    async def date(self, link: Link, own_wall_ms: int) -> str:
        """The date to stamp now."""
        profile = link.profile
        if profile.time_zone != self._zone_name:
            self._zone_name = profile.time_zone
            self._zone = await asyncio.to_thread(_zone, profile.time_zone)
        offset_ms = link.hub_clock.wall_offset_ms
        sure = link.hub_now_sure and offset_ms is not None
        wall_ms = link.hub_now_ms() + (offset_ms or 0) if sure else own_wall_ms
        return offline_date(link.business_date, wall_ms, self._zone, profile.cut_off_hour)


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (OSError, ValueError, KeyError):
        return None
