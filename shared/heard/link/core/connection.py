"""When to open a channel, when to give it up, and whether the picture is live.

Two printable tables. CHANNEL_TABLE is the life of the one channel that is tried or used; PHASE_TABLE says what people are
told, from the channel's state and the freshness of the picture. Time and chance come in as arguments; what the shell must
do comes back as Open and Close. Each channel has a number: what arrives from an older one is ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias

SILENCE_S = 2.5
"""The hub sends something each second; two missed and half a second more is a dead link (painted NOT LIVE within 3 s)."""
OPEN_DEADLINE_S = 1.0
"""From opening a channel to the first message on it; a hub on the LAN needs a few ms."""
BACKOFF_LOW_S = 0.2
BACKOFF_HIGH_S = 0.8
"""Short enough to be live 3 s after the hub listens, spread so that 100 screens do not knock at once."""
GOODBYE_WAIT_MAX_S = 5.0
"""A hub may ask for patience, but not for more than a cook has."""
SEARCHING_WORDS = "searching for the hub"
CUT_SHORT_MIN_S = 0.2
"""Announcements cut a back-off short, but two attempts never start closer than this: a flood of them is no flood of calls."""


class Phase(Enum):
    """What people are told of the link."""

    SEARCHING = "SEARCHING"
    CONNECTING = "CONNECTING"
    SYNCING = "SYNCING"
    LIVE = "LIVE"
    NOT_LIVE = "NOT_LIVE"


class Channel(Enum):
    """Life of the channel: nothing to call, between two attempts, called but silent yet, and in use."""

    IDLE = "IDLE"
    WAITING = "WAITING"
    OPENING = "OPENING"
    OPEN = "OPEN"


class Input(Enum):
    """What can happen to the channel."""

    FOUND = "FOUND"
    """An address became known or was announced again."""
    DUE = "DUE"
    """The wait is over."""
    MESSAGE = "MESSAGE"
    FAILED = "FAILED"
    """Refused, reset, ended, said goodbye, or nothing came in time."""
    NOWHERE = "NOWHERE"
    """There is no address to call."""


class Picture(Enum):
    """NONE: never complete. FRESH: complete, and a message came within SILENCE_S. STALE: was complete once."""

    NONE = "NONE"
    FRESH = "FRESH"
    STALE = "STALE"


CHANNEL_TABLE: Mapping[tuple[Channel, Input], Channel] = MappingProxyType(
    {
        (Channel.IDLE, Input.FOUND): Channel.OPENING,
        (Channel.WAITING, Input.FOUND): Channel.OPENING,
        (Channel.WAITING, Input.DUE): Channel.OPENING,
        (Channel.OPENING, Input.FOUND): Channel.OPENING,
        (Channel.OPENING, Input.MESSAGE): Channel.OPEN,
        (Channel.OPENING, Input.FAILED): Channel.WAITING,
        (Channel.OPENING, Input.NOWHERE): Channel.IDLE,
        (Channel.OPEN, Input.FOUND): Channel.OPEN,
        (Channel.OPEN, Input.MESSAGE): Channel.OPEN,
        (Channel.OPEN, Input.FAILED): Channel.WAITING,
    }
)
"""Pairs that are not listed change nothing."""

PHASE_TABLE: Mapping[tuple[Channel, Picture], Phase] = MappingProxyType(
    {
        (Channel.IDLE, Picture.NONE): Phase.SEARCHING,
        (Channel.WAITING, Picture.NONE): Phase.CONNECTING,
        (Channel.OPENING, Picture.NONE): Phase.CONNECTING,
        (Channel.OPEN, Picture.NONE): Phase.SYNCING,
        (Channel.IDLE, Picture.FRESH): Phase.LIVE,
        (Channel.WAITING, Picture.FRESH): Phase.LIVE,
        (Channel.OPENING, Picture.FRESH): Phase.LIVE,
        (Channel.OPEN, Picture.FRESH): Phase.LIVE,
        (Channel.IDLE, Picture.STALE): Phase.NOT_LIVE,
        (Channel.WAITING, Picture.STALE): Phase.NOT_LIVE,
        (Channel.OPENING, Picture.STALE): Phase.NOT_LIVE,
        (Channel.OPEN, Picture.STALE): Phase.SYNCING,
    }
)
"""A broken channel leaves LIVE as it is until the picture is SILENCE_S old: a hub's restart of one second is no alarm."""


@dataclass(frozen=True, slots=True)
class Open:
    """Open a fresh channel and watch; tell what comes under this number."""

    number: int


@dataclass(frozen=True, slots=True)
class Close:
    """Close the channel of this number and forget it."""

    number: int


Output: TypeAlias = Open | Close


class Connection:
    """The state machine. Every input takes `now_s` (monotonic) and returns what to do, in order.

    `restored`: a picture from an earlier run is on the screen; it is called NOT_LIVE when no hub is found in SILENCE_S.
    """

    def __init__(self, now_s: float, *, restored: bool = False) -> None:
        self.channel = Channel.IDLE
        self.picture = Picture.NONE
        self.number = 0
        self.reason = SEARCHING_WORDS
        self.last_message_s: float | None = None
        self._due_s = now_s
        self._opened_s = now_s
        self._not_before_s = now_s
        self._fresh_s = now_s
        self._ripening = restored
        self._heard_s = now_s
        self.phase = Phase.SEARCHING
        self.since_s = now_s

    @property
    def live(self) -> bool:
        return self.phase is Phase.LIVE

    def start(self, now_s: float, *, somewhere: bool) -> tuple[Output, ...]:
        """Begin; `somewhere`: an address is known already."""
        return self.found(now_s) if somewhere else ()

    def found(self, now_s: float) -> tuple[Output, ...]:
        """An address became known or was announced again: cuts a back-off short."""
        if self.channel is Channel.WAITING and now_s < self._not_before_s:
            self._due_s = min(self._due_s, self._not_before_s)
            return ()
        return self._turn(Input.FOUND, now_s)

    def nowhere(self, now_s: float, number: int) -> tuple[Output, ...]:
        """The attempt `number` had no address to call."""
        if number != self.number:
            return ()
        self.reason = SEARCHING_WORDS
        return self._turn(Input.NOWHERE, now_s)

    def message(self, now_s: float, number: int, *, complete: bool) -> tuple[Output, ...]:
        """A message came on channel `number`; `complete`: the picture stands as at the hub's newest or snapshot revision."""
        if number != self.number or self.channel not in (Channel.OPENING, Channel.OPEN):
            return ()
        self.last_message_s = self._heard_s = now_s
        if complete:
            self._fresh_s = now_s
            self.picture = Picture.FRESH
            self._ripening = False
            self.reason = ""
        elif self.channel is Channel.OPENING and self.picture is not Picture.FRESH:
            self.reason = "getting the tickets from the hub"
        return self._turn(Input.MESSAGE, now_s)

    def suspect(self, now_s: float, reason: str) -> tuple[Output, ...]:
        """The picture is known to differ from the hub's: not live until it is complete again."""
        if self.picture is Picture.FRESH:
            self.picture = Picture.STALE
        self.reason = reason
        return self._settle(now_s)

    def failed(
        self, now_s: float, number: int, reason: str, chance: float, pause_s: float = 0.0
    ) -> tuple[Output, ...]:
        """Channel `number` is broken; `chance` is from [0, 1). No attempt starts within `pause_s`, announced or not."""
        if number != self.number or self.channel not in (Channel.OPENING, Channel.OPEN):
            return ()
        wait_s = BACKOFF_LOW_S + chance * (BACKOFF_HIGH_S - BACKOFF_LOW_S)
        self._due_s = now_s + max(wait_s, pause_s)
        self._not_before_s = max(self._opened_s + CUT_SHORT_MIN_S, now_s + pause_s)
        self.reason = reason
        return self._turn(Input.FAILED, now_s)

    def goodbye(
        self, now_s: float, number: int, reason: str, chance: float, retry_after_s: float
    ) -> tuple[Output, ...]:
        """The hub ended channel `number` and asks for patience, of which it gets GOODBYE_WAIT_MAX_S at most."""
        if number != self.number or self.channel not in (Channel.OPENING, Channel.OPEN):
            return ()
        wait_s = min(max(retry_after_s, 0.0), GOODBYE_WAIT_MAX_S)
        outputs = self.failed(now_s, number, reason, chance)
        self._due_s = now_s + wait_s + chance * BACKOFF_LOW_S
        return outputs

    def tick(self, now_s: float, chance: float) -> tuple[Output, ...]:
        """Time has passed; call it at `next_due_s` at the latest, as often as you like."""
        if self.channel is Channel.WAITING and now_s >= self._due_s:
            return self._turn(Input.DUE, now_s)
        if self.channel is Channel.OPENING and now_s >= self._opened_s + OPEN_DEADLINE_S:
            return self.failed(now_s, self.number, "the hub did not answer within 1 s", chance)
        if self.channel is Channel.OPEN and now_s >= self._heard_s + SILENCE_S:
            return self.failed(now_s, self.number, "no message from the hub for 2.5 s", chance)
        return self._settle(now_s)

    def next_due_s(self) -> float | None:
        """When `tick` must be called next; None: nothing is waited for."""
        due = []
        if self.channel is Channel.WAITING:
            due.append(self._due_s)
        elif self.channel is Channel.OPENING:
            due.append(self._opened_s + OPEN_DEADLINE_S)
        elif self.channel is Channel.OPEN:
            due.append(self._heard_s + SILENCE_S)
        if self.picture is Picture.FRESH or self._ripening:
            due.append(self._fresh_s + SILENCE_S)
        return min(due, default=None)

    def _turn(self, what: Input, now_s: float) -> tuple[Output, ...]:
        before = self.channel
        after = CHANNEL_TABLE.get((before, what), before)
        self.channel = after
        outputs: tuple[Output, ...] = ()
        if after is Channel.OPENING and before is not Channel.OPENING:
            self.number += 1
            self._opened_s = now_s
            if self.reason == SEARCHING_WORDS:
                self.reason = "connecting to the hub"
            outputs = (Open(self.number),)
        elif before in (Channel.OPENING, Channel.OPEN) and after in (Channel.WAITING, Channel.IDLE):
            outputs = (Close(self.number),)
        return outputs + self._settle(now_s)

    def _settle(self, now_s: float) -> tuple[Output, ...]:
        if now_s >= self._fresh_s + SILENCE_S:
            if self.picture is Picture.FRESH:
                self.picture = Picture.STALE
            elif self._ripening:
                self._ripening = False
                self.picture = Picture.STALE
        phase = PHASE_TABLE[self.channel, self.picture]
        if phase is not self.phase:
            self.phase = phase
            # People ask how old the picture is, not when we noticed.
            since = self._fresh_s if self.last_message_s is None else self.last_message_s
            self.since_s = since if phase is Phase.NOT_LIVE else now_s
        return ()


def table() -> str:
    """Both tables as text, for the documentation."""
    lines = [
        f"{state.value:9} {what.value:8} -> {after.value}" for (state, what), after in CHANNEL_TABLE.items()
    ]
    lines.append("")
    lines += [
        f"{state.value:9} {picture.value:6} -> {phase.value}"
        for (state, picture), phase in PHASE_TABLE.items()
    ]
    return "\n".join(lines)
