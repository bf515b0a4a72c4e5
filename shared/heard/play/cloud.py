"""The vendor's cloud on the stage: the reference cloud beside the hub; it goes away in the middle of the play and comes back.

What it holds in the end is compared with the hub's store, order by order.
"""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from heard.errors import UserError
from heard.order import Order
from heard.play.children import Child
from heard.play.figures import Pushed
from heard.play.own_hub import OwnHub
from heard.play.stage import CloudAt, Stage

HUB = "demo"
READY_S = 20.0
LOOK_EVERY_S = 0.1
SETTLE_S = 20.0
"""For what the hub still has to push when the play is over: a batch or two."""
ASK_S = 5.0
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Our own children on this machine: a company's proxy does not reach them."""


class CloudPart:
    """Stands before the hub's part, which finds it in the stage."""

    def __init__(self, away_from_s: float, away_until_s: float) -> None:
        """Of the play, in seconds."""
        self._away = (away_from_s, away_until_s)
        self._child: Child | None = None
        self._at: CloudAt | None = None
        self.is_away = False
        self.away_s = 0.0

    async def start(self, stage: Stage) -> None:
        await self._run(stage, "0")
        stage.cloud = self._at

    async def stop(self, stage: Stage) -> None:
        del stage
        if self._child is not None and self._child.running:
            await self._child.stop()

    async def _run(self, stage: Stage, port: str) -> None:
        ready, data = stage.folder / "cloud.ready.json", stage.folder / "cloud"
        await asyncio.to_thread(ready.unlink, missing_ok=True)
        arguments = ["--data", str(data), "--hub", HUB, "--port", port, "--ready-file", str(ready)]
        self._child = await stage.children.start("cloud", "cloud", *arguments)
        self._child.expected_to_end = True
        try:
            async with asyncio.timeout(READY_S):
                while (url := await asyncio.to_thread(_read_url, ready)) is None:
                    if not self._child.running:
                        raise await self._child.died()
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError:
            raise UserError(
                f"the cloud did not start within {READY_S:g} s", await self._child.last_lines(), 1
            ) from None
        self._child.expected_to_end = False
        self._at = CloudAt(url, HUB, data / f"{HUB}.token")

    async def come_and_go(self, stage: Stage) -> None:
        """Away in the middle of the rush, by the kill that a cut line is, and back on the same address."""
        assert self._child is not None
        assert self._at is not None
        gone_at, back_at = self._away
        await asyncio.sleep(gone_at)
        await self._child.kill()
        self.is_away = True
        await asyncio.sleep(back_at - gone_at)
        await self._run(stage, self._at.url.rpartition(":")[2])
        self.is_away, self.away_s = False, back_at - gone_at

    async def settled(self, stage: Stage, hub: OwnHub) -> dict[str, float]:
        """The hub's figures of pushing, once it has nothing left to push or SETTLE_S have gone."""
        asked = await stage.children.start("orders", "orders", "retry", "--all", "--data", str(hub.data))
        asked.expected_to_end = True
        await asked.wait()  # "all that is in ERROR", and all that waits goes at once
        deadline = asyncio.get_running_loop().time() + SETTLE_S
        assert hub.at is not None
        while True:
            found = await asyncio.to_thread(_figures, hub.at.admin)
            if not found.get("pending") or asyncio.get_running_loop().time() > deadline:
                return found
            await asyncio.sleep(LOOK_EVERY_S)

    async def compared(self, figures: dict[str, float], stored: Iterable[Order]) -> Pushed:
        """What the cloud holds, against the hub's store."""
        assert self._at is not None
        held = await asyncio.to_thread(_held, self._at.url)
        missing = sum(held.get(order.order_id) != order.version for order in stored)
        return Pushed(
            pushed=int(figures.get("pushed_total", 0)),
            errors=int(figures.get("errors", 0)),
            pending=int(figures.get("pending", 0)),
            orders=len(held),
            orders_missing=missing,
            away_s=self.away_s,
        )


def _read_url(path: Path) -> str | None:
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["url"])
    except (FileNotFoundError, ValueError, KeyError):
        return None


def _ask(url: str) -> bytes:
    try:
        with DIRECT.open(url, timeout=ASK_S) as answer:
            found: bytes = answer.read()
            return found
    except OSError as error:
        raise UserError(f"{url} does not answer: {error}", exit_code=1) from None


def _figures(admin: str) -> dict[str, float]:
    """heard_push_NAME of the hub's metrics, by NAME."""
    found = {}
    for line in _ask(f"http://{admin}/metrics").decode().splitlines():
        name, _, value = line.partition(" ")
        if name.startswith("heard_push_") and "{" not in name:
            found[name.removeprefix("heard_push_")] = float(value)
    return found


def _held(url: str) -> dict[str, int]:
    """Version of each order at the cloud."""
    documents: list[Any] = json.loads(_ask(f"{url}/control/documents"))["documents"]
    return {one["id"]: one["version"] for one in documents if one["kind"] == "order"}
