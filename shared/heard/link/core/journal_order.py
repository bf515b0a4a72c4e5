"""Which commands of the journal go to the hub next, and which are answered. Pure.

Commands go in the order of seq; the hub keeps the next seq it expects. What lies below is answered ALREADY with the old
answer, what lies above is refused with the expected seq, from which the client goes on. Reconnect, restart and a restored
hub are this one path. A journal that does not reach the expected seq on either side begins a new incarnation.
"""

from __future__ import annotations

from dataclasses import dataclass

from heard.revision import NO_EPOCH, Epoch

FORKED_SEQ = 1 << 62
"""The hub expects this where another command was answered under a seq of ours."""
WINDOW = 256
"""Commands sent and not answered yet: several round trips of a busy hub, and at most as many to repeat after a break."""


@dataclass(frozen=True, slots=True)
class Renew:
    """The journal must begin a new incarnation: seqs from 1 on. `answered_too`: the hub has lost what it had answered."""

    reason: str
    answered_too: bool


class JournalOrder:
    """The cursor over one journal. `oldest` <= `acked` <= `next_seq`; everything below `acked` has been answered once."""

    def __init__(self, oldest: int, acked: int, next_seq: int, epoch: Epoch = NO_EPOCH) -> None:
        self.oldest = oldest
        self.acked = acked
        self.next_seq = next_seq
        self.epoch = epoch
        self.is_open = False
        self._cursor = acked
        self._confirmed = acked
        self._expected = acked
        self._answered: set[int] = set()
        self._rewound_to: int | None = None

    @property
    def in_flight(self) -> int:
        """Commands sent on this stream and not answered on it."""
        return self._cursor - self._confirmed

    @property
    def unanswered(self) -> int:
        """Commands that no hub has answered yet."""
        return self.next_seq - self.acked

    def appended(self, seq: int) -> None:
        """The journal holds `seq` now; seqs come without a gap."""
        if seq != self.next_seq:
            raise ValueError(f"seq {seq} was appended where {self.next_seq} comes next")
        self.next_seq = seq + 1

    def pruned(self, oldest: int) -> None:
        """The journal no longer holds what lies below `oldest`."""
        self.oldest = max(self.oldest, min(oldest, self.acked))

    def renewed(self, acked: int, next_seq: int) -> None:
        """The journal has a new incarnation whose seqs begin at 1."""
        self.oldest, self.acked, self.next_seq = 1, acked, next_seq
        self.closed()

    def opened(self, expected: int, epoch: Epoch) -> Renew | None:
        """A stream is open and the hub expects `expected`; None: go on with `take`."""
        renew = self._reach(expected)
        if renew is not None:
            return renew
        self.epoch = epoch
        self.is_open = True
        self._expected = expected
        self._cursor = self._confirmed = min(self.acked, expected)
        self._answered.clear()
        self._rewound_to = None
        return None

    def closed(self) -> None:
        """The stream is gone; nothing is in flight."""
        self.is_open = False
        self._cursor = self._confirmed = self.acked
        self._answered.clear()

    def take(self, limit: int = WINDOW) -> range:
        """The seqs to send now; empty when there is nothing to send or the window is full."""
        if not self.is_open:
            return range(self._cursor, self._cursor)
        end = min(self.next_seq, self._confirmed + WINDOW, self._cursor + limit)
        return range(self._cursor, max(self._cursor, end))

    def sent(self, end: int) -> None:
        """Everything below `end` has gone out."""
        self._cursor = max(self._cursor, end)

    def answered(self, seq: int) -> bool:
        """The hub has answered `seq`; True where it is the first answer to it."""
        if not self._confirmed <= seq < self._cursor:
            return False
        self._answered.add(seq)
        first = seq >= self.acked
        self._advance(self._confirmed)
        return first

    def acknowledged(self, next_seq: int) -> tuple[int, ...]:
        """The hub says that everything below `next_seq` is answered; returns the seqs whose answers it did not send."""
        before = self._confirmed
        told = set(self._answered)
        self._advance(min(next_seq, self._cursor))
        return tuple(seq for seq in range(before, self._confirmed) if seq not in told)

    def expected(self, seq: int) -> Renew | None:
        """The hub refused what lies above and expects `seq`: go back to it."""
        if seq == self._rewound_to:
            return None  # the same refusal for the rest of what was in flight: the stream keeps order, so it is an old one
        renew = self._reach(seq)
        if renew is None:
            self._rewound_to = seq
            self._cursor = min(self._cursor, seq)
            self._confirmed = min(self._confirmed, seq)
            self._expected = seq
            self._answered = {one for one in self._answered if one < seq}
        return renew

    def _reach(self, expected: int) -> Renew | None:
        if expected >= FORKED_SEQ:
            return Renew(
                "another machine has sent commands as this device: its card was cloned, or its journal copied",
                answered_too=False,
            )
        if expected > self.next_seq:
            return Renew(
                f"the hub has seen command {expected - 1} of this device, the journal ends at {self.next_seq - 1}: "
                "the journal is an older copy",
                answered_too=False,
            )
        if expected < self.oldest:
            return Renew(
                f"the hub expects command {expected} of this device, the journal begins at {self.oldest}: the hub's "
                "store is a new one",
                answered_too=True,
            )
        return None

    def _advance(self, cumulative: int) -> None:
        while self._confirmed < self._cursor and (
            self._confirmed in self._answered or self._expected <= self._confirmed < cumulative
        ):
            self._answered.discard(self._confirmed)
            self._confirmed += 1
        self.acked = max(self.acked, self._confirmed)
        if self._rewound_to is not None and self._confirmed > self._rewound_to:
            self._rewound_to = None
