"""Carries out what a desk wants done, in its order: commands into the journal, questions to the hub, clicks at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from display.app.ledger import Ledger
from display.core.effects import AskRecall, Become, BeginPreflight, Click, Effect, Send, TakeBack, TurnSound
from display.core.recall import ROWS_MAX
from display.screens.role import Desk
from heard.clock import Clock
from heard.command import Answer, Command, Verb
from heard.errors import HeardError, LinkError
from heard.link import Link

log = logging.getLogger("heard.display")

EFFECTS_MAX = 1_000
"""Commands that wait for the disk; a cook presses some three keys a second."""


class Carrier:
    """One after the other, so that the journal has the commands as the cook made them."""

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        *,
        click: Callable[[], None],
        become: Callable[[Become], None] = lambda _who: None,
        sound: Callable[[], None] = lambda: None,
        preflight: Callable[[], None] = lambda: None,
        soon: Callable[[], None],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        ledger: Ledger | None = None,
    ) -> None:
        self._desk, self._clock, self._ledger = desk, clock, ledger
        self._click, self._become, self._soon, self._spawn = click, become, soon, spawn
        self._sound, self._preflight = sound, preflight
        self._effects: asyncio.Queue[tuple[Effect, str]] = asyncio.Queue(EFFECTS_MAX)
        self._tokens: dict[int, int] = {}
        self._first = (0, 0)  # token and seq of the first command of a key that asks for several

    def carry(self, effects: tuple[Effect, ...], key_device: str = "") -> None:
        """Take these on; never blocks. `key_device` is what the key was on, for the order's history."""
        for effect in effects:
            if isinstance(effect, Click):
                self._click()
                continue
            if isinstance(effect, Become):
                self._become(effect)
                continue
            if isinstance(effect, TurnSound | BeginPreflight):
                (self._sound if isinstance(effect, TurnSound) else self._preflight)()
                continue
            if self._ledger is not None and isinstance(effect, Send):
                order = self._desk.order(effect.order_id)
                self._ledger.pressed(order, effect.order_id, effect.verb, again=effect.token < 0)
            try:
                self._effects.put_nowait((effect, key_device))
            except asyncio.QueueFull:
                if isinstance(effect, Send | TakeBack):
                    self._desk.failed(effect.token, self._clock.monotonic(), "say.journal_broken")

    async def run(self, link: Link) -> None:
        """For ever."""
        while True:
            effect, key_device = await self._effects.get()
            match effect:
                case Send(token, order_id, verb, first):
                    first_seq = self._first[1] if first and self._first[0] == first else 0
                    seq = await self._journal(link, token, order_id, verb, key_device, first_seq)
                    if first == token:
                        self._first = (token, seq)
                case TakeBack(token, order_id, of):
                    undo = self._desk.taking_back(of)
                    if undo is not None:
                        self._desk.made(token, order_id, undo)
                        await self._journal(link, token, order_id, undo, key_device)
                case AskRecall():
                    self._spawn(self._ask_recall(link, effect))

    def answered(self, link: Link, command: Command, answer: Answer) -> None:
        """The hub's answer to a command of this screen."""
        token = self._tokens.pop(command.seq, 0)
        self.carry(self._desk.answered(command, answer, token, self._clock.monotonic()))
        self._desk.settled(link.pending)
        self._soon()

    async def _journal(
        self, link: Link, token: int, order_id: str, verb: Verb, key_device: str, first_seq: int = 0
    ) -> int:
        """The seq that it has on the disk; 0 where it is not there."""
        seq = 0
        try:
            command = await link.command(order_id, verb, key_device=key_device, first_seq=first_seq)
        except HeardError as error:
            log.error("a command was not saved: %s", error)
            self._desk.failed(token, self._clock.monotonic(), "say.journal_broken")
        else:
            seq = command.seq
            self._desk.journaled(token, seq)
            if command.seq in link.pending:
                self._tokens[command.seq] = token
            self._desk.settled(link.pending)
        self._soon()
        return seq

    async def _ask_recall(self, link: Link, ask: AskRecall) -> None:
        try:
            orders = await link.recall_list(ask.station, ask.search, ROWS_MAX, open_now=ask.open_now)
        except LinkError:
            self._desk.recalled(ask, None)
        else:
            self._desk.recalled(ask, orders)
        self._soon()
