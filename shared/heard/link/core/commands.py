"""Commands of this device from the journal to the stream's proof: pending marks, and a second chance after a restore. Pure.

A pending mark leaves when the *stream* has reached the answer's revision, not when the answer comes: until then the screen
would show the line as it was. After a restore the hub may not have an order yet whose terminal has not offered it again, so
in the first YOUNG_EPOCH_S of an epoch a command answered GONE waits and is put at the journal's end under a new seq.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from heard.command import Answer, Command, Reason

YOUNG_EPOCH_S = 600.0
"""How long terminals may take to offer their journals to a restored hub."""
GONE_RETRY_S = 5.0
"""Between two offers of one command: 120 of them in a young epoch at most."""
PARKED_MAX = 1_000
"""Commands waiting for a second offer; more are answered GONE for good."""
PENDING_MAX = 5_000
"""Marks kept while the hub is away (a busy till's two days); the oldest go first, their commands stay in the journal."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A command that the picture does not show yet; `answered_rev` once the hub has answered."""

    command: Command
    answered_rev: int | None = None


class Fate(Enum):
    """What an answer means for its command."""

    FINAL = "FINAL"
    PARKED = "PARKED"


class Commands:
    """Pending marks and parked commands of one device."""

    def __init__(self) -> None:
        self._pending: dict[int, Pending] = {}
        self.pending: Mapping[int, Pending] = MappingProxyType(self._pending)
        self._parked: dict[int, float] = {}
        self._young_until_s: float | None = None

    @property
    def parked(self) -> int:
        """Commands that wait for a second offer."""
        return len(self._parked)

    def made(self, seq: int, command: Command) -> None:
        """The command is in the journal under `seq`."""
        self._pending[seq] = Pending(command)
        if len(self._pending) > PENDING_MAX:
            del self._pending[next(iter(self._pending))]

    def new_epoch(self, now_s: float) -> None:
        """The hub's store is another generation: revisions of old answers mean nothing now."""
        self._young_until_s = now_s + YOUNG_EPOCH_S
        for seq in [seq for seq, one in self._pending.items() if one.answered_rev is not None]:
            del self._pending[seq]

    def answered(
        self, seq: int, answer: Answer, now_s: float, stream_rev: int, *, stream: bool = True
    ) -> Fate:
        """The hub answered; `stream_rev` is what the picture has reached (`stream` False: there is no picture)."""
        if answer.reason is Reason.GONE and self._is_young(now_s) and len(self._parked) < PARKED_MAX:
            self._parked[seq] = now_s + GONE_RETRY_S
            return Fate.PARKED
        mark = self._pending.get(seq)
        if mark is not None:
            if not stream or answer.rev <= stream_rev:
                del self._pending[seq]
            else:
                self._pending[seq] = Pending(mark.command, answer.rev)
        return Fate.FINAL

    def reached(self, rev: int) -> tuple[int, ...]:
        """The picture stands at `rev`: the seqs whose marks leave."""
        if not self._pending:
            return ()
        gone = tuple(
            seq
            for seq, one in self._pending.items()
            if one.answered_rev is not None and one.answered_rev <= rev
        )
        for seq in gone:
            del self._pending[seq]
        return gone

    def park(self, seq: int, command: Command, due_s: float) -> None:
        """An earlier run had parked this command, or it could not be moved: offer it again at `due_s`."""
        self._pending[seq] = Pending(command)
        self._parked[seq] = due_s

    def due(self, now_s: float) -> tuple[int, ...]:
        """Takes out the parked commands whose time has come: each is put at the journal's end and then `moved`."""
        found = tuple(seq for seq, at_s in self._parked.items() if at_s <= now_s)
        for seq in found:
            del self._parked[seq]
        return found

    def next_due_s(self) -> float | None:
        """When `due` will have something; None: nothing is parked."""
        return min(self._parked.values(), default=None)

    def moved(self, seq: int, new_seq: int) -> None:
        """The parked command stands at the journal's end now."""
        mark = self._pending.pop(seq, None)
        if mark is not None:
            self._pending[new_seq] = Pending(mark.command)

    def renumbered(self, seqs: Mapping[int, int]) -> None:
        """A new incarnation: old seq -> new seq of what it carries over; everything else is no longer known."""
        self._pending, old = {}, self._pending
        self.pending = MappingProxyType(self._pending)
        for seq, mark in old.items():
            if seq in seqs:
                self._pending[seqs[seq]] = Pending(mark.command)
        self._parked = {seqs[seq]: at_s for seq, at_s in self._parked.items() if seq in seqs}

    def _is_young(self, now_s: float) -> bool:
        return self._young_until_s is not None and now_s < self._young_until_s
