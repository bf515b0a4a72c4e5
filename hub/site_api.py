"""What `heard station`, `heard 86` and `heard route` ask the running hub. Wishes go the way of every command: stored, then told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from heard.command import CloseStation, EightySix, OpenStation, Pause
from heard.errors import InvalidInput
from heard.order import Line, Order, OrderType
from hub.api import Api, Asked
from hub.asking import carried_out, order_named
from hub.core.decision import DAY_KEY, OUT_KEY, BusinessDay
from hub.core.eighty_six import out_now
from hub.core.explain import explained
from hub.core.hearing_words import station_name
from hub.core.site import Site
from hub.rpc.desk import Desk
from hub.store.seam import Store

DEVICE = "hub-command"
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_MINUTES = re.compile(r"\+([0-9]{1,3})")


class SiteApi:
    """Routes of the API about stations, what is out, and where lines go."""

    def __init__(self, store: Store, desk: Desk, site: Callable[[], Site]) -> None:
        self._store = store
        self._desk = desk
        self._site = site

    def register(self, api: Api) -> None:
        """`stations…`, `eighty-six…`, `route…`."""
        api.get("stations", self.stations)
        api.post("stations/close", self.close, ("station", "to"))
        api.post("stations/open", self.open, ("station",))
        api.post("stations/pause", self.pause, ("station", "until"))
        api.post("stations/resume", self.resume, ("station",))
        api.get("eighty-six", self.out)
        api.post("eighty-six/set", self.set_out, ("item", "back", "name"))
        api.get("route/explain", self.explain, ("order",))
        api.get("route/try", self.try_, ("item", "category", "type", "area", "terminal"))

    async def stations(self, _asked: Asked) -> dict[str, Any]:
        """Every station as it stands now, with its open lines."""
        site = self._site()
        open_lines: dict[str, int] = {}
        for order in self._store.open_orders():
            for line in order.lines:
                for at in line.stations:
                    if at.state.name in ("WAITING", "QUEUED", "STARTED"):
                        open_lines[at.station] = open_lines.get(at.station, 0) + 1
        rows = []
        for one in site.profile.stations:
            status = site.state.of(one.station)
            rows.append(
                {
                    "station": one.station,
                    "name": station_name(site.profile, one.station),
                    "role": one.role,
                    "group": one.group,
                    "closed": status.closed,
                    "closed_to": status.closed_to,
                    "paused_until": self._clock(site.state.paused_until_ms(one.station)),
                    "open_lines": open_lines.get(one.station, 0),
                }
            )
        until = self._clock(site.state.of("").paused_until_ms)
        return {"stations": rows, "site_paused_until": until, "nobodys_lines": site.state.nobodys_lines}

    async def close(self, asked: Asked) -> dict[str, Any]:
        """The station cooks no longer; its work moves."""
        return await carried_out(
            self._desk, CloseStation(asked.text("station"), asked.text("to", "")), asked.user
        )

    async def open(self, asked: Asked) -> dict[str, Any]:
        """The station cooks again."""
        return await carried_out(self._desk, OpenStation(asked.text("station")), asked.user)

    async def pause(self, asked: Asked) -> dict[str, Any]:
        """A station, or "" the site, until a local time ("12:00") or for minutes ("+20")."""
        until_ms = self._until(asked.text("until"))
        found = await carried_out(self._desk, Pause(asked.text("station", ""), until_ms), asked.user)
        return {**found, "until": self._clock(until_ms)}

    async def resume(self, asked: Asked) -> dict[str, Any]:
        """The pause ends now."""
        return await carried_out(self._desk, Pause(asked.text("station", ""), resume=True), asked.user)

    async def out(self, _asked: Asked) -> dict[str, Any]:
        """What is out now."""
        day = self._store.get(DAY_KEY)
        date = day.date if isinstance(day, BusinessDay) else ""
        items = out_now(self._store.get(OUT_KEY), date, keep=self._site().keep_86)
        now_ms = self._store.now_ms()
        return {
            "items": [
                {
                    "item": one.item_id,
                    "name": dict(one.name),
                    "by": one.by,
                    "minutes": (now_ms - one.since_ms) // 60_000,
                }
                for one in items
            ]
        }

    async def set_out(self, asked: Asked) -> dict[str, Any]:
        """An item is out, or back."""
        name = asked.text("name", "")
        verb = EightySix(asked.text("item"), asked.flag("back"), {"en": name} if name else {})
        return await carried_out(self._desk, verb, asked.user)

    async def explain(self, asked: Asked) -> dict[str, Any]:
        """Where each line of an order goes, by order id or call number."""
        return explain_order(order_named(self._store, asked.text("order")), self._site())

    async def try_(self, asked: Asked) -> dict[str, Any]:
        """Where a line would go if a till held it now."""
        return explain_order(tried_order(asked.values), self._site())

    def _until(self, text: str) -> int:
        site = self._site()
        wall_ms = self._store.now_ms() + site.wall_offset_ms
        minutes = _MINUTES.fullmatch(text)
        if minutes is not None:
            return wall_ms + int(minutes[1]) * 60_000
        clock = _CLOCK.fullmatch(text)
        if clock is None:
            raise InvalidInput("until", f"is {text!r}", 'write a time of day ("12:00") or minutes ("+20")')
        now = datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(site.zone)
        until = now.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
        if until <= now:
            until += timedelta(days=1)
        return int(until.timestamp() * 1000)

    def _clock(self, unix_ms: int) -> str:
        if not unix_ms:
            return ""
        return datetime.fromtimestamp(unix_ms / 1000, UTC).astimezone(self._site().zone).strftime("%H:%M")


def explain_order(order: Order, site: Site) -> dict[str, Any]:
    """An order in one row of words, and its lines explained."""
    word = next(iter(order.type_name.values()), "")
    kind = f"{word} ({order.type.name})" if word and order.type else word or order.type.name
    kind = kind if order.type or word or order.version else ""  # of a line that nobody held nobody said it
    facts = [
        f"#{order.call_number}" if order.call_number else order.order_id,
        kind,
        f"terminal {order.terminal}" if order.terminal else "",
        f"area {order.area}" if order.area else "",
    ]
    return {"order": " · ".join(one for one in facts if one), "lines": explained(order, site.routing)}


def tried_order(values: Any) -> Order:
    """An order that nobody held, of one line. Raises InvalidInput for no item and no category."""
    item, category, kind = (str(values.get(name) or "") for name in ("item", "category", "type"))
    if not item and not category and not kind:
        raise InvalidInput("item", "is missing", "give an item, a category or an order type")
    known = OrderType.__members__.get(kind.upper())
    return Order(
        "a line that nobody held",
        type=known or OrderType.UNSPECIFIED,
        type_name={} if known or not kind else {"en": kind},
        area=str(values.get("area") or ""),
        terminal=str(values.get("terminal") or ""),
        lines=(Line("try", item, {"en": item or category or "a dish"}, category=category),),
    )
