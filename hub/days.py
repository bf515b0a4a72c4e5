"""The business day of the running hub: what the commands are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import Any

from heard.business_date import date_of
from hub.api import Api, Asked
from hub.core.decision import DAY_KEY, BusinessDay
from hub.store.seam import Store


class Days:
    """The day's keeper at the hub. `register` its routes while the hub is wired."""

    def __init__(self, store: Store, wall_ms: Callable[[], int], zone: tzinfo, cut_off_hour: int) -> None:
        self._store = store
        self._wall_ms = wall_ms
        self._zone = zone
        self._cut_off_hour = cut_off_hour

    def register(self, api: Api) -> None:
        """`day/status`."""
        api.get("day/status", self.status)

    async def status(self, _asked: Asked) -> dict[str, Any]:
        """The open business day beside the wall's clock."""
        day = self._store.get(DAY_KEY)
        wall_ms = self._wall_ms()
        return {
            "business_date": day.date if isinstance(day, BusinessDay) else "",
            "opened_at": self._local(day.opened_wall_ms) if isinstance(day, BusinessDay) else "",
            "wall": self._local(wall_ms),
            "wall_date": date_of(wall_ms, self._zone, 0),
            "calendar_date": date_of(wall_ms, self._zone, self._cut_off_hour),
            "cut_off_hour": self._cut_off_hour,
            "open_orders": len(self._store.open_orders()),
        }

    def _local(self, wall_ms: int) -> str:
        return (
            datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(self._zone).isoformat(timespec="seconds")
        )
