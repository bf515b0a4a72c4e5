"""Why a hub must end: its process exits with 1, and its supervisor starts it again. The first reason stands."""

from __future__ import annotations

import asyncio
import logging

from heard.errors import UserError

log = logging.getLogger("heard.hub")


class Ending:
    """`reason` is set once, with the error that the process exits with."""

    def __init__(self) -> None:
        self.reason: asyncio.Future[UserError] = asyncio.get_running_loop().create_future()

    def broken(self, error: Exception) -> None:
        """The store cannot say what is on disk."""
        self._because(
            f"the store cannot say what is on disk: {error}",
            "the hub starts again under its supervisor, and clients offer again what was not answered",
        )

    def failed(self, error: BaseException) -> None:
        """A part of the hub made a mistake after which it would go on blind: better to start again, loudly."""
        log.critical("the hub cannot go on", exc_info=error)
        self._because(
            f"a part of the hub failed: {error!r}", "nothing that was acknowledged is lost; its log says more"
        )

    def start_again(self, why: str) -> None:
        """Nothing is wrong; what must change changes at the next opening of the store."""
        self._because(why, "the hub starts again under its supervisor")

    def watch(self, task: asyncio.Task[None]) -> asyncio.Task[None]:
        """A task that runs as long as the hub does; its error is the hub's."""
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.failed(error)

    def _because(self, what: str, hint: str) -> None:
        if not self.reason.done():
            self.reason.set_result(UserError(what, hint, exit_code=1))
