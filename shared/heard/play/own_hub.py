"""A hub of our own in a temporary folder: configured from a menu, killed and started again, and asked what it holds."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

from heard.archive import SUFFIX
from heard.errors import UserError
from heard.order import Order
from heard.play.children import Child, Children
from heard.play.hub_config import hub_config
from heard.play.menu import Menu
from heard.play.stage import CloudAt
from heard.play.stored import orders_of_inspect

READY_S = 20.0
"""For a hub to serve: 1 s is promised, a busy machine may need more."""
LOOK_EVERY_S = 0.02
INSPECT_S = 300.0
"""`heard inspect` or `heard rewind` of some ten thousand orders on a slow machine."""


@dataclass(frozen=True, slots=True)
class HubAddress:
    """Where the hub listens, from its ready file."""

    address: str
    admin: str
    pid: int


class OwnHub:
    """Start, kill and restart keep port and data, as a supervisor would."""

    def __init__(
        self, children: Children, folder: Path, menu: Menu, cloud: CloudAt | None = None, printer: str = ""
    ) -> None:
        self._children = children
        self._folder = folder
        self._menu = menu
        self._cloud = cloud
        self._printer = printer
        self._child: Child | None = None
        self.kills = 0
        self.at: HubAddress | None = None

    @property
    def data(self) -> Path:
        return self._folder / "data"

    async def start(self) -> HubAddress:
        """Returns when it serves. UserError with its last words when it does not."""
        ready = self._folder / "hub.ready.json"
        await asyncio.to_thread(self._prepare, ready)
        port = self.at.address.rpartition(":")[2] if self.at else "0"
        arguments = ["--config", str(self._folder / "hub.toml"), "--data", str(self.data)]
        arguments += ["--port", port, "--no-mdns", "--ready-file", str(ready)]
        self._child = await self._children.start("hub", "hub", *arguments)
        self._child.expected_to_end = True  # until it serves, its end is told by the error below
        try:
            async with asyncio.timeout(READY_S):
                while (found := await asyncio.to_thread(_read_ready, ready, self._child.pid)) is None:
                    if not self._child.running:
                        raise await self._child.died()
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError:
            words = await self._child.last_lines()
            raise UserError(f"the hub did not serve within {READY_S:g} s", words, 1) from None
        self._child.expected_to_end = False
        self.at = found
        return found

    def _prepare(self, ready: Path) -> None:
        ready.unlink(missing_ok=True)
        (self._folder / "hub.toml").write_text(
            hub_config(self._menu, self._cloud, self._printer), encoding="utf-8"
        )

    async def kill_and_restart(self) -> None:
        """SIGKILL, then start again on the same port and data."""
        assert self._child is not None
        await self._child.kill()
        self.kills += 1
        await self.start()

    async def stop(self) -> None:
        """SIGTERM; UserError when it ends in any other way than cleanly."""
        if self._child is None or not self._child.running:
            return
        code = await self._child.stop()
        if code != 0:
            raise await self._child.died()

    async def orders(self) -> tuple[Order, ...]:
        """Every order in its store; the hub must be stopped."""
        printed = self._folder / "inspect.json"
        await self._ask("inspect", "--data", str(self.data), "--json", into=printed)
        return await asyncio.to_thread(_read_orders, printed)

    async def whole_log(self) -> Path:
        """Every version of every order, as a recorded day; the hub must be stopped."""
        day = self._folder / f"play{SUFFIX}"
        await self._ask("rewind", "--data", str(self.data), "--export", str(day))
        return day

    async def _ask(self, *words: str, into: Path | None = None) -> None:
        child = await self._children.start(words[0], *words, into=into)
        child.expected_to_end = True
        try:
            async with asyncio.timeout(INSPECT_S):
                code = await child.wait()
        except TimeoutError:
            await child.kill()
            raise UserError(f"heard {words[0]} did not end", exit_code=1) from None
        if code != 0:
            raise await child.died()


def _read_ready(path: Path, pid: int) -> HubAddress | None:
    """None while it is not there, half written, or of an earlier process."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    if found.get("pid") != pid:
        return None
    return HubAddress(found["address"], found.get("admin", ""), found["pid"])


def _read_orders(path: Path) -> tuple[Order, ...]:
    with path.open(encoding="utf-8") as file:
        return orders_of_inspect(file)
