"""Starts and stops the reference cloud: the database, the door, the ready file."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from heard.clock import Clock, SystemClock
from heard.errors import UserError
from hub.cloud.reference import catalogue, tokens
from hub.cloud.reference.app import Cloud
from hub.cloud.reference.database import Database
from hub.cloud.reference.fields import ID
from hub.cloud.reference.misbehave import Fault, Misbehaviour
from hub.cloud.reference.problem import Problem

DATABASE = "cloud.sqlite3"
TOKEN_LIFE_S = 3_600
STOP_TIMEOUT_S = 2.0
"""What runs may end; a hub that waits for a slow drip will ask again."""


@dataclass(frozen=True, slots=True)
class Options:
    """`port` 0 takes a free one. `load` is rows by module; `hubs` are ids, one is made when it is empty."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 0
    hubs: tuple[str, ...] = ()
    load: Mapping[str, Mapping[str, dict[str, Any]]] | None = None
    faults: Sequence[Fault] = ()
    token_life_s: int = TOKEN_LIFE_S


class ReferenceCloud:
    """A running server: `start`, then `url` and `refresh_tokens`, at the end `stop`."""

    def __init__(self, options: Options, clock: Clock | None = None) -> None:
        self.options = options
        self.url = ""
        self.refresh_tokens: dict[str, str] = {}
        self.loaded: dict[str, tuple[int, int]] = {}
        self._clock = clock or SystemClock()
        self._database = Database(options.data / DATABASE)
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Open the database, load modules, then the door. Raises UserError."""
        await self._database.open()
        try:
            await self._open()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close the door, then the database; may be called twice."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        await self._database.close()

    async def _open(self) -> None:
        await self._database.run(catalogue.prepare, secrets.token_hex(4))
        hubs = self.options.hubs
        if not hubs and not await self._database.run(tokens.count_hubs):
            hubs = ("hub-1",)
        known = await asyncio.to_thread(_token_files, self.options.data, hubs)
        for hub, token in known.items():
            await self._database.run(tokens.add_hub, hub, token)
        self.refresh_tokens = known
        for module, rows in (self.options.load or {}).items():
            self.loaded[module] = await self._database.run(
                catalogue.replace, module, rows, self._clock.wall_ms()
            )
        cloud = Cloud(self._database, Misbehaviour(), self._clock, self.options.token_life_s)
        try:
            for fault in self.options.faults:
                await cloud.apply(fault)
        except Problem as error:
            raise UserError(f"--misbehave: {error.detail}") from None
        self._runner = web.AppRunner(cloud.application(), access_log=None, shutdown_timeout=STOP_TIMEOUT_S)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self.options.host, self.options.port).start()
        except OSError as error:
            place = f"{self.options.host}:{self.options.port}"
            raise UserError(
                f"cannot listen on {place}: {error.strerror or error}", "take another --port", 1
            ) from None
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(options: Options, ready_file: Path | None) -> None:
    """Run until SIGINT or SIGTERM. Prints where it is; `ready_file` says the same to programs. Raises UserError."""
    asyncio.run(_serve(options, ready_file))


async def _serve(options: Options, ready_file: Path | None) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    cloud = ReferenceCloud(options)
    await cloud.start()
    try:
        await asyncio.to_thread(_announce, cloud, ready_file)
        await stopping.wait()
    finally:
        await cloud.stop()
        if ready_file is not None:
            await asyncio.to_thread(ready_file.unlink, missing_ok=True)


def _announce(cloud: ReferenceCloud, ready_file: Path | None) -> None:
    lines = [f"reference cloud on {cloud.url}, data in {cloud.options.data}"]
    lines += [
        f"hub {hub}: its refresh token is in {_token_file(cloud.options.data, hub)}"
        for hub in cloud.refresh_tokens
    ]
    lines += [f"{module}: {put} rows put, {gone} deleted" for module, (put, gone) in cloud.loaded.items()]
    os.write(1, ("\n".join(lines) + "\n").encode())
    if ready_file is not None:
        content = {"url": cloud.url, "pid": os.getpid(), "refresh_tokens": cloud.refresh_tokens}
        _write_private(ready_file, json.dumps(content) + "\n")


def _token_files(data: Path, hubs: Sequence[str]) -> dict[str, str]:
    """The refresh token of each hub that has a file, and of `hubs`, whose files are made when they are missing."""
    try:
        found = {file.stem: file.read_text().strip() for file in sorted(data.glob("*.token"))}
        for hub in hubs:
            if hub not in found:
                found[hub] = secrets.token_urlsafe(24)
                _write_private(_token_file(data, hub), found[hub] + "\n")
    except OSError as error:
        raise UserError(
            f"cannot keep tokens in {data}: {error}", "name a folder that can be written with --data", 1
        ) from None
    return found


def _token_file(data: Path, hub: str) -> Path:
    assert ID.fullmatch(hub), hub
    return data / f"{hub}.token"


def _write_private(file: Path, text: str) -> None:
    """Written whole or not at all, readable by its owner only."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    draft.replace(file)
