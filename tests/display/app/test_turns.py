"""When a screen takes its next turn."""

from __future__ import annotations

import asyncio

from display.app.turns import Turns
from heard.clock import SystemClock
from tests.fakes.clock import Hurry


class Stopped(SystemClock):
    """A clock that stands still."""

    def monotonic(self) -> float:
        return 100.0


async def test_a_third_picture_of_a_frame_waits_and_a_key_does_not() -> None:
    """One page key of 300 was shown after 18 ms: it waited behind two turns of which one had changed nothing."""
    ran: list[str] = []
    turns = Turns(Stopped(), lambda: ran.append("turn"))
    turns.flipped(160.0)
    turns.soon()
    await asyncio.sleep(0)
    assert ran == ["turn"], "the second may fall into the same frame"
    turns.flipped(160.0)
    turns.soon()
    await asyncio.sleep(0)
    assert ran == ["turn"]
    turns.at_once()
    await asyncio.sleep(0)
    assert ran == ["turn", "turn"], "and once only"
    turns.cancel()


async def test_a_turn_whose_timer_is_late_is_taken_at_the_next_word() -> None:
    """The clock went ahead, or the loop is late: nobody waits for a timer of which the time has come."""
    ran: list[str] = []
    clock = Hurry()
    turns = Turns(clock, lambda: ran.append("turn"))
    turns.soon(clock.monotonic() + 60.0)
    clock.ahead_s += 61.0
    turns.at_once()
    await asyncio.sleep(0)
    assert ran == ["turn"]
    turns.cancel()
