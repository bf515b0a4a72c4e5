"""The simulated hub's floor: the real keeper of closed stations, pauses and 86, without its event loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hub.config import Config, Station
from hub.core.decision import OUT_KEY, SITE_DEEDS_KEY, Decision, Docs, OutOfStock, SiteDeeds, order_key
from hub.core.rehoming import decide_rehome, is_homeless
from hub.core.routing import Rule
from hub.core.site import KitchenRules, Site
from hub.floor import FloorKeeper
from hub.rpc.live import LiveValues
from tests.simulation.checks import Broken

PAUSE_MS_MAX = 45_000
"""Longest pause that people of the simulation ask for."""


class SimFloor:
    """`site()` is the Site as it is now; `tick` looks at the clock and moves what must be moved."""

    def __init__(
        self,
        store: Any,
        live: LiveValues,
        site: Site,
        stations: tuple[str, ...],
        rules: tuple[Rule, ...],
        kitchen: KitchenRules,
    ) -> None:
        self._store = store
        self._config = Config(
            stations=tuple(Station(name, {"en": name.title()}) for name in stations), routes=rules
        )
        self.keeper = FloorKeeper(store, live, lambda: "", _fail)
        self._site = replace(self.keeper.refresh(site, self._config), rules=kitchen, profile=site.profile)
        store.on_commit(self.keeper.committed)

    def site(self) -> Site:
        return self._site

    def refresh(self) -> None:
        """A command about the site was committed, or time has passed."""
        self._site = self.keeper.refresh(self._site, self._config)

    def tick(self) -> None:
        """As the hub does four times a second."""
        self.refresh()
        self.keeper.look(self._store.now_ms() / 1000)
        for order_id in self.keeper.piece():
            self._store.submit_soon(frozenset((order_key(order_id),)), self._moves(order_id), lambda _: None)

    def _moves(self, order_id: str) -> Callable[[Docs, int], Decision]:
        return lambda docs, now_ms: decide_rehome(docs, order_id, now_ms, self._site)

    @property
    def settled(self) -> bool:
        """No work stands where nobody cooks."""
        floor = self._site.routing.floor
        return not any(is_homeless(order, floor) for order in self._store.open_orders())

    def check_quiet(self, acknowledged: set[str]) -> None:
        """What is out is what was said last; each command took effect once; somebody cooks, and no pause lasts for ever.

        `acknowledged`: users of commands about the site that this epoch's hub has DONE.
        """
        floor = self._site.routing.floor
        book = self._store.get(SITE_DEEDS_KEY)
        deeds = book.deeds if isinstance(book, SiteDeeds) else ()
        users = [deed.user for deed in deeds]
        if len(users) != len(set(users)):
            raise Broken(f"a command about the site took effect twice: {users}")
        if not acknowledged <= set(users):
            raise Broken(f"acknowledged without an effect on the site: {acknowledged - set(users)}")
        said: dict[str, bool] = {}
        for deed in deeds:
            if deed.verb == "eighty_six":
                said[deed.what] = deed.on
        doc = self._store.get(OUT_KEY)
        out = {one.item_id for one in doc.items} if isinstance(doc, OutOfStock) else set()
        if out != {item_id for item_id, on in said.items() if on}:
            raise Broken(f"{sorted(out)} are out, said was {said}")
        self.refresh()
        wall_ms = self._store.now_ms() + self._site.wall_offset_ms
        for one in self._site.state.stations:
            if one.paused_until_ms and one.paused_until_ms <= wall_ms:
                raise Broken(f"{one.station or 'the site'} is paused until a time that has passed")
        if len(floor.closed) > 1:
            raise Broken(f"nobody cooks any more: {dict(floor.closed)}")


def _fail(error: BaseException) -> None:
    raise error
