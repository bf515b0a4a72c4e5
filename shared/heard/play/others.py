"""The screens of a play besides the stations': the pass, the order board, and the first till's cart."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from heard.errors import UserError
from heard.order import OrderState, OrderType
from heard.play.children import Child
from heard.play.parts import (
    LOOK_EVERY_S,
    SCREEN_READY_S,
    WINDOW_H,
    WINDOW_TOP,
    Shots,
    is_live,
    keeping,
    take_picture,
    window,
)
from heard.play.stage import Stage
from heard.play.tills import Tills
from heard.pos import Terminal
from heard.stream import CartState

LINES_SEEN = 2
RUNG_UP_S = 15.0
"""For a cart of so many lines; a picture of an idle screen is better than none."""
CALLED_S = 3.2
"""After the last bump: a board waits three seconds, in which a bump may be taken back."""
TITLE_H = 40
"""What a desktop puts above a window."""
WIDTHS, OTHER_H = {"expo": 640, "board": 480, "cart": 800}, 480
"""Three windows under the two of the stations, on a desktop of 1920x1080; the cart as a small till's screen."""


class OtherScreensPart:
    """One of each role, in windows under the stations' or not at all."""

    def __init__(self, *, windowed: bool, of_the_pass: Shots = ()) -> None:
        """`of_the_pass`: the pictures that the expo keeps."""
        self._windowed, self._of_the_pass = windowed, of_the_pass
        self._screens: dict[str, Child] = {}

    async def start(self, stage: Stage) -> None:
        left = 0
        for role, width in WIDTHS.items():
            ledger = stage.folder / f"{role}.ledger"
            arguments = [*_arguments(stage, role, f"demo-{role}"), "--ledger", str(ledger)]
            environment = {}
            if self._windowed:
                if role == "expo":
                    arguments += window(width, OTHER_H)
                else:
                    arguments += ["--windowed", f"{width}x{OTHER_H}"]
                top = WINDOW_TOP + WINDOW_H + TITLE_H
                environment = {"SDL_VIDEO_WINDOW_POS": f"{left},{top}"}
            else:
                arguments.append("--headless")
            if role == "expo":
                arguments += await keeping(self._of_the_pass)
            left += width
            self._screens[role] = await stage.children.start(
                f"{role} screen", *arguments, environment=environment
            )
        for role, child in self._screens.items():
            await _live(role, child, stage.folder / f"{role}.ledger")

    async def stop(self, stage: Stage) -> None:
        del stage
        await asyncio.gather(*(child.stop() for child in self._screens.values()))


async def _live(role: str, child: Child, ledger: Path) -> None:
    try:
        async with asyncio.timeout(SCREEN_READY_S):
            while not await asyncio.to_thread(is_live, ledger):
                if not child.running:
                    raise await child.died()
                await asyncio.sleep(LOOK_EVERY_S)
    except TimeoutError:
        words = await child.last_lines()
        raise UserError(f"the {role} was not live within {SCREEN_READY_S:g} s", words, 1) from None


async def being_rung_up(till: Terminal, within_s: float) -> None:
    """Wait until this till's guest sees some lines of a cart, or for `within_s`, at most RUNG_UP_S."""
    for _ in range(round(min(RUNG_UP_S, within_s) / LOOK_EVERY_S)):
        cart = till.cart
        if cart is not None and cart.state is CartState.OPEN and len(cart.lines) >= LINES_SEEN:
            return
        await asyncio.sleep(LOOK_EVERY_S)


async def being_called(tills: Tills, within_s: float) -> None:
    """Wait until the board calls somebody: an order has been ready for CALLED_S; or for `within_s`."""
    since_s: dict[str, float] = {}
    until_s = time.monotonic() + within_s
    while (now_s := time.monotonic()) < until_s:
        ready = [
            one.order_id
            for one in tills.seen.values()
            if one.state is OrderState.READY and one.type is not OrderType.DINE_IN
        ]
        since_s = {order_id: since_s.get(order_id, now_s) for order_id in ready}
        if any(now_s - at_s >= CALLED_S for at_s in since_s.values()):
            return
        await asyncio.sleep(LOOK_EVERY_S)


async def take_other_picture(stage: Stage, role: str, out: Path) -> None:
    """A PNG of the screen of this role as it is now, added to the stage's files."""
    await take_picture(stage, role, _screen(stage, role), out)


def _screen(stage: Stage, role: str) -> list[str]:
    return [role, *(["--terminal", stage.tills[0]] if role == "cart" and stage.tills else [])]


def _arguments(stage: Stage, role: str, device: str) -> list[str]:
    state = str(stage.folder / f"state-{device}")
    where = ["--hub", stage.address, "--device", device, "--state", state, "--no-mdns"]
    return ["display", *_screen(stage, role), *where]
