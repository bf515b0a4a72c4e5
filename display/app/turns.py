"""When the next turn is due: as soon as the panel can show it, or at a time; one timer on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from heard.clock import Clock

FRAME_S = 1 / 60
"""No more pictures than a panel can show."""


class Turns:
    """Calls `turn` when it is due; several reasons are one turn."""

    def __init__(self, clock: Clock, turn: Callable[[], None]) -> None:
        self._clock, self._turn = clock, turn
        self._timer: asyncio.Handle | None = None
        self._due_s = 0.0
        self._flipped_s = float("-inf")
        self._flipped_before_s = float("-inf")

    def soon(self, at_s: float = 0.0) -> None:
        """A turn as soon as the panel can show it, or at `at_s`.

        Two flips may fall into one frame, so that a new order need not wait behind a timer's; a third waits.
        """
        now_s = self._clock.monotonic()
        due_s = max(at_s, self._flipped_before_s + FRAME_S if at_s == 0.0 else at_s, now_s)
        if self._timer is not None:
            overdue = self._due_s <= now_s and isinstance(self._timer, asyncio.TimerHandle)
            if self._due_s <= due_s and not overdue:
                return
            self._timer.cancel()
            due_s = (
                now_s if overdue else due_s
            )  # its timer did not come yet: the loop is late, or a clock went ahead
        self._due_s = due_s
        loop = asyncio.get_running_loop()
        # What is due now goes before whatever the network brings next, as no timer does.
        self._timer = (
            loop.call_soon(self._run) if due_s <= now_s else loop.call_later(due_s - now_s, self._run)
        )

    def at_once(self) -> None:
        """A turn for a key: its echo waits for no frame."""
        self.soon(self._clock.monotonic())

    def flipped(self, now_s: float) -> None:
        """Another picture was brought to the panel."""
        self._flipped_before_s, self._flipped_s = self._flipped_s, now_s

    def cancel(self) -> None:
        """No turn any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _run(self) -> None:
        self._timer = None
        self._turn()
