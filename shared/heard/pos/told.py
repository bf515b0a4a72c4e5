"""What the hub told a till beside its orders: who has seen them, what is out, which stations are closed or paused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from heard.stream import HeardValue, ItemAvailability, OutItems, SiteState

HEARD_ORDERS_MAX = 5_000
"""Orders whose heard states are kept; the oldest goes first."""


class Told:
    """The newest of each, and who wants to know of changes. One of a terminal's bases."""

    def __init__(self) -> None:
        self._heard: dict[str, dict[str, HeardValue]] = {}
        self._on_heard: list[Callable[[HeardValue], None]] = []
        self._out = OutItems()
        self._site = SiteState()
        self._on_site: list[Callable[[], None]] = []

    def heard(self, order_id: str) -> Mapping[str, HeardValue]:
        """What each station's screen has of the order, by station; empty while the hub has said nothing."""
        return MappingProxyType(self._heard.get(order_id, {}))

    def on_heard(self, listener: Callable[[HeardValue], None]) -> None:
        """Called with each change of a heard state; NOT_HEARD is the one to show loudly."""
        self._on_heard.append(listener)

    @property
    def out(self) -> Mapping[str, ItemAvailability]:
        """What is out now (86), by item id; an order with it is taken all the same, and its answer's message says so."""
        return MappingProxyType({one.item_id: one for one in self._out.items})

    @property
    def site(self) -> SiteState:
        """Closed and paused stations; `site.paused_until_ms("")` is above 0 while the whole site is paused."""
        return self._site

    def on_site(self, listener: Callable[[], None]) -> None:
        """Called when `out` or `site` changed."""
        self._on_site.append(listener)

    def _hear(self, value: HeardValue) -> None:
        states = self._heard.setdefault(value.order_id, {})
        if states.get(value.station) == value:
            return
        states[value.station] = value
        if len(self._heard) > HEARD_ORDERS_MAX:
            del self._heard[next(iter(self._heard))]
        for listener in self._on_heard:
            listener(value)

    def _site_told(self, value: OutItems | SiteState) -> None:
        if value in (self._out, self._site):
            return
        if isinstance(value, OutItems):
            self._out = value
        else:
            self._site = value
        for listener in self._on_site:
            listener()
