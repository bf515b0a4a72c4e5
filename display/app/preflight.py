"""A running screen in a preflight: the hub's word in, the panel, one beep and one key, answers out; and the key that begins one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from typing import Any

from display.core.draw import Picture
from display.core.look import Look
from display.core.preflight import Check, Form
from display.core.sounding import PAUSE_S
from display.core.wording import ENGLISH, Words
from display.screens.preflight import preflight_line, preflight_panel, role_name
from heard.clock import Clock
from heard.errors import LinkError
from heard.link import Link
from heard.order import NO_TEXT, Text
from heard.preflight import PREFLIGHT_KEY, Preflight, SoundCheck
from heard.stream import Live

BEGIN_KEY = "f11"
"""Beside learn mode's F12; so it is no bump bar's key."""
MISSING_MAX = 200
GUESTS = frozenset({"board", "cart"})
"""Their pictures have no bars."""

log = logging.getLogger("heard.display")


@dataclass(frozen=True, slots=True)
class Machine:
    """What a preflight needs of the screen it runs on. `beep`: what became of it and why; `lacks`: characters without a glyph; `sizes`: advice on letters that are too small, ""."""

    beep: Callable[[], tuple[SoundCheck, str]]
    lacks: Callable[[str], tuple[str, ...]]
    sizes: Callable[[Words], str]
    unplugged: Callable[[], bool]


class PreflightHere:
    """`link` is the link while it is live, `tell` says words for a moment, `soon` asks for a turn."""

    def __init__(
        self,
        check: Check,
        machine: Machine,
        clock: Clock,
        *,
        role: str,
        touch: bool,
        link: Callable[[], Link | None],
        tell: Callable[..., None],
        soon: Callable[[], None],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        """`touch`: people touch it, and press no key."""
        self._check, self._machine, self._clock = check, machine, clock
        self._role, self._touch, self._link, self._tell = role, touch, link, tell
        self._soon, self._spawn = soon, spawn
        self._rang_s = float("-inf")
        self.name: Text = NO_TEXT
        self.partner: PreflightHere | None = None
        """The other half of a split screen: one bar is one bar for both."""

    @property
    def covers(self) -> bool:
        """Its panel stands over the screen now."""
        return self._check.form is Form.PANEL

    @property
    def asks(self) -> bool:
        """It waits for a key."""
        return self._check.asks

    def told(self, values: Iterable[Live], hub_now_ms: int) -> None:
        """Live values of the hub, of which one may be about this."""
        for one in values:
            if one.key == PREFLIGHT_KEY and (one.value is None or isinstance(one.value, Preflight)):
                self._check.told(one.value, self._clock.monotonic(), hub_now_ms)
                self._look_at_letters()

    def lost(self) -> None:
        """There is no hub any more, or a new one; it will say again what runs."""
        self._check.lost(self._clock.monotonic())

    def takes(self, key: str, device: str, now_s: float, *, repeat: bool = False) -> bool:
        """True where a key or touch is none of the desk's."""
        if key == BEGIN_KEY and self._check.form is Form.NONE:
            if not repeat:
                self.begin()
            return True
        asked = self.asks
        if not self._check.takes(key, device, now_s, repeat=repeat):
            return False
        if asked and self.partner is not None and self.partner.asks:
            self.partner.takes(key, device, now_s)
        self._answer()
        self._soon()
        return True

    def begin(self) -> None:
        """As its key does."""
        if self._check.form is Form.NONE:
            self._ask()

    def passed(self, now_s: float, *, busy: bool) -> None:
        """Time passes; `busy`: something stands on the screen that must not be hidden."""
        self._check.passed(now_s, busy=busy)

    def over(self, look: Look, picture: Picture) -> Picture:
        """The picture with the panel on it, where there is one."""
        if not self.covers:
            return picture
        card = self._check.card(self._clock.monotonic())
        if card.report.sizes:  # the hub is told in English, who stands before the screen in its language
            card = replace(card, report=replace(card.report, sizes=self._machine.sizes(look.words)))
        name = self.name or role_name(look, self._role)
        panel = preflight_panel(
            look, picture.w, picture.h, card, name, touch=self._touch, bars=self._role not in GUESTS
        )
        return replace(picture, ops=(*picture.ops, *panel))

    def lines(self, look: Look) -> tuple[str, str]:
        """What stands in the top bar: calm words, and what must be mended."""
        return preflight_line(look, self._check.card(self._clock.monotonic()), touch=self._touch)

    def flipped(self, now_s: float, *, seen: bool, rang: bool) -> None:
        """A picture stands on the panel, and another sound was played with it (`rang`)."""
        if rang:
            self._rang_s = now_s
        self._check.flipped(now_s, seen=seen)
        if self._check.wants_beep and now_s >= self._rang_s + PAUSE_S:
            self._check.beeped(*self._machine.beep())
        self._answer()

    def next_due_s(self) -> float | None:
        """When something changes by itself."""
        due = [at for at in (self._check.next_due_s(),) if at is not None]
        if self._check.wants_beep:
            due.append(self._rang_s + PAUSE_S)
        return min(due, default=None)

    def _answer(self) -> None:
        link = self._link()
        if link is not None and (report := self._check.report()) is not None:
            link.answer_preflight(report)

    def _look_at_letters(self) -> None:
        lacking = tuple(one for one in self._check.characters if self._machine.lacks(one))
        self._check.found(
            lacking[:MISSING_MAX], self._machine.sizes(ENGLISH), unplugged=self._machine.unplugged()
        )

    def _ask(self) -> None:
        link = self._link()
        if link is None:
            self._say("preflight.no_hub")
        else:
            self._spawn(self._asked(link))

    async def _asked(self, link: Link) -> None:
        try:
            await link.begin_preflight()
        except LinkError as error:
            log.warning("no preflight: %s", error)
            self._say("preflight.refused", why=error.what)

    def _say(self, key: str, **values: object) -> None:
        self._tell(key, self._clock.monotonic(), **values)
        self._soon()
