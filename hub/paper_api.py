"""What `heard printer` asks the running hub: how each printer is, and a ticket once more on paper."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from heard.command import PrintTicket
from heard.errors import InvalidInput, UserError
from hub.api import Api, Asked
from hub.asking import carried_out, order_named
from hub.config import Config, Station
from hub.core.hearing_words import order_name, station_name
from hub.core.site import Site
from hub.paper import PaperKeeper
from hub.printer.port import ASK_S, NOT_SAID, ask
from hub.rpc.desk import Desk
from hub.store.seam import Store


class PaperApi:
    """Routes of the API about printers."""

    def __init__(
        self,
        store: Store,
        desk: Desk,
        site: Callable[[], Site],
        config: Callable[[], Config],
        paper: PaperKeeper,
    ) -> None:
        self._store, self._desk, self._site, self._config, self._paper = store, desk, site, config, paper

    def register(self, api: Api) -> None:
        """`printers`, `printers/copy`, `printers/test`."""
        api.get("printers", self.printers)
        api.post("printers/copy", self.copy, ("order", "station", "printer"))
        api.post("printers/test", self.test, ("printer",))

    async def printers(self, _asked: Asked) -> dict[str, Any]:
        """Every printer as it says that it is now, asked all at once, and what waits for it."""
        found = self._config().printers
        states = await asyncio.gather(*(self._state(one) for one in found))
        counts = self._paper.counts()
        rows = []
        for one, why in zip(found, states, strict=True):
            count = counts.get(one.station)
            rows.append(
                {
                    "station": one.station,
                    "name": station_name(self._site().profile, one.station),
                    "address": one.address,
                    "ready": not why,
                    "state": why or "ready",
                    "served": count is not None,
                    "waiting": count.waiting if count else 0,
                    "printed": count.printed if count else 0,
                    "died": count.died if count else 0,
                }
            )
        return {"printers": rows}

    async def _state(self, printer: Station) -> str:
        """Why it does not print now; one that this hub serves is not disturbed while it prints."""
        if printer.station not in self._paper.counts():
            return (await ask(printer.address)).why
        try:
            async with asyncio.timeout(ASK_S):
                return await self._paper.why_not(printer.station)
        except TimeoutError:
            return "it does not answer"

    async def copy(self, asked: Asked) -> dict[str, Any]:
        """A ticket of a station, or of the pass ("expo"), once more."""
        order = order_named(self._store, asked.text("order"))
        verb = PrintTicket(asked.text("station"), printer=asked.text("printer", ""))
        done = await carried_out(self._desk, verb, asked.user, order.order_id)
        return {**done, "order": order_name(order)}

    async def test(self, asked: Asked) -> dict[str, Any]:
        """A slip of no order. Raises UserError where it does not come out."""
        printer = asked.text("printer")
        known = [one.station for one in self._config().printers]
        if printer not in known:
            there = f"there are: {', '.join(known)}" if known else 'no station has the role "printer"'
            raise InvalidInput("printer", f"{printer!r} is no printer", there)
        why = await self._paper.test(printer)
        if why:
            hint = f"if a slip came out: heard config set stations.{printer}.silent true"
            raise UserError(
                f"{printer} did not print: {why}",
                hint if why == NOT_SAID else "heard printer list asks how it is",
                1,
            )
        return {"printer": printer, "outcome": "DONE"}
