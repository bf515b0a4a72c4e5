"""The stage of a play: one temporary folder, its child processes, and the parts that stand on it in a fixed order.

A part is a piece of the product that a play shows: the hub, the kitchen screens, the tills. A new screen or the cloud is one
more part in the list; nothing else changes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from heard.errors import UserError
from heard.play.children import Child, Children
from heard.play.menu import Menu


@dataclass(frozen=True, slots=True)
class CloudAt:
    """What the hub's settings say of its cloud."""

    url: str
    hub: str
    secret_file: Path


@dataclass(slots=True)
class Stage:
    """What all parts share. `address` is set by the part that brings the hub."""

    folder: Path
    menu: Menu
    children: Children
    address: str = ""
    tills: tuple[str, ...] = ()
    """The tills that will play, by name."""
    cloud: CloudAt | None = None
    """Set by the part that brings the cloud, for the hub's settings."""
    printer: str = ""
    """Where a kitchen printer listens, set by the part that brings it, for the hub's settings."""
    files: list[str] = field(default_factory=list)
    """What parts left for the user, told at the end."""
    say: Callable[[str], None] = lambda words: None
    """Tells the user something while the play runs; set by who draws its progress."""
    broken: asyncio.Future[UserError] = field(default_factory=asyncio.Future)
    """Done when a child process ended by itself."""

    async def guarded(self, play: asyncio.Task[None]) -> None:
        """Wait for `play`; a child that dies ends it with the child's last words."""
        both: set[asyncio.Future[Any]] = {play, self.broken}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            died = self.broken.done() and not play.done()
            await end(play)
        if died:
            raise self.broken.result()


async def end(play: asyncio.Task[None]) -> None:
    """Cancel it if it still runs, and wait until it has ended; what it raised by itself is raised."""
    if play.done():
        await play
        return
    play.cancel()
    await asyncio.gather(play, return_exceptions=True)


class Part(Protocol):
    """One piece of the product on the stage."""

    async def start(self, stage: Stage) -> None:
        """Returns when it is ready. UserError where it cannot be."""

    async def stop(self, stage: Stage) -> None:
        """The play is over; also called when `start` of a later part failed."""


@contextlib.asynccontextmanager
async def staged(
    folder: Path, menu: Menu, parts: Sequence[Part], address: str = "", tills: Sequence[str] = ()
) -> AsyncIterator[Stage]:
    """A stage with every part started in order; stopped in reverse, and no child process is left."""
    children = Children(folder)
    stage = Stage(folder, menu, children, address, tuple(tills))
    told: set[asyncio.Task[None]] = set()

    async def tell(child: Child) -> None:
        error = await child.died()
        if not stage.broken.done():
            stage.broken.set_result(error)

    def died(child: Child) -> None:
        task = asyncio.create_task(tell(child))
        told.add(task)
        task.add_done_callback(told.discard)

    children.on_death(died)
    started: list[Part] = []
    try:
        try:
            for part in parts:
                started.append(part)
                await part.start(stage)
            yield stage
        finally:
            for part in reversed(started):
                await part.stop(stage)
    finally:
        await children.stop_all()
        stage.broken.cancel()
