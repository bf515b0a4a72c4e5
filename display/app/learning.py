"""Learn mode of a running screen: every key is an answer, and the hub keeps what was learnt for all screens of the station."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from display.core.board import TicketKey
from display.core.draw import Picture
from display.core.learn import Learn
from display.core.look import Look
from display.screens.learn import Lesson, learn_panel
from heard.clock import Clock
from heard.errors import LinkError

LEARN_KEY = "f12"
"""Begins, and ends with what was learnt so far; so it is no bump bar's key."""
TOLD_S = 6.0
"""How it ended stands there for so long, or until a key."""

Store: TypeAlias = Callable[[Mapping[str, str]], Awaitable[None]]

log = logging.getLogger("heard.display")


class Learning:
    """`store` keeps the keys at the hub (raises LinkError), `soon` asks for a turn. `live` says whether there is a hub."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        live: Callable[[], bool],
        own_keys: bool,
        soon: Callable[[], None],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        """`own_keys`: this screen's file names its keys, and the hub's map would not hold here."""
        self._store, self._clock, self._live, self._own_keys = store, clock, live, own_keys
        self._soon, self._spawn = soon, spawn
        self._learn: Learn | None = None
        self._told = Lesson(None, {})
        self._until_s: float | None = None
        self._stood: frozenset[TicketKey] | None = None
        """The tickets that stood there when the panel came."""

    @property
    def on(self) -> bool:
        """Its panel covers the tickets, and keys mean nothing else."""
        return self._learn is not None or bool(self._told.told)

    def begin(self, now_s: float) -> None:
        """Ask for BUMP, or say why not."""
        if self._own_keys:
            self._tell("learn.own_file", now_s)
        elif not self._live():
            self._tell("learn.no_hub", now_s)
        else:
            self._learn = Learn(now_s)
        self._soon()

    def takes(self, key: str, now_s: float, *, repeat: bool) -> bool:
        """True where the key is none of the desk's."""
        if self._learn is None and self._told.told:
            if self._until_s is not None and not repeat:
                self._told, self._until_s = Lesson(None, {}), None
        elif self._learn is not None and not repeat:
            if key == LEARN_KEY:
                self._learn.finish()
            else:
                self._learn.press(key, now_s)
            self._after(now_s)
        elif self._learn is None:
            if key != LEARN_KEY:
                return False
            if not repeat:
                self.begin(now_s)
        self._soon()
        return True

    def passed(self, now_s: float) -> None:
        """Time passes."""
        if self._learn is not None:
            self._learn.passed(now_s)
            self._after(now_s)
        if self._until_s is not None and now_s >= self._until_s:
            self._told, self._until_s = Lesson(None, {}), None
        if not self.on:
            self._stood = None

    def next_due_s(self) -> float | None:
        """When `passed` will change something."""
        return self._learn.next_due_s() if self._learn is not None else self._until_s

    def over(self, look: Look, picture: Picture, tickets: Iterable[TicketKey] = ()) -> Picture:
        """The picture with the panel on it, which says how many `tickets` it hides."""
        learn = self._learn
        lesson = self._told if learn is None else Lesson(learn.asking, learn.learnt)
        under = frozenset(tickets)
        if self._stood is None:
            self._stood = under
        lesson = replace(lesson, under=len(under), came=len(under - self._stood))
        return replace(picture, ops=(*picture.ops, *learn_panel(look, picture.w, picture.h, lesson)))

    def _after(self, now_s: float) -> None:
        learn = self._learn
        if learn is None or not (learn.done or learn.abandoned):
            return
        self._learn = None
        if learn.abandoned:
            self._tell("learn.abandoned", now_s)
            return
        self._told, self._until_s = Lesson(None, learn.learnt, "learn.storing"), None
        self._spawn(self._keep(learn.learnt))

    async def _keep(self, keys: Mapping[str, str]) -> None:
        try:
            await self._store(keys)
        except LinkError as error:
            log.warning("the learnt keys were not stored: %s", error)
            self._told = Lesson(None, keys, "learn.failed", error.what)
        else:
            log.info("%d keys were learnt", len(keys))
            self._told = Lesson(None, keys, "learn.done")
        self._until_s = self._clock.monotonic() + TOLD_S
        self._soon()

    def _tell(self, told: str, now_s: float) -> None:
        self._told, self._until_s = Lesson(None, {}, told), now_s + TOLD_S
