"""Whose fault a refusal is: the document's, or the cloud's. In memory only: after a restart everybody has a clean slate.

A document is at fault when it is refused alone again and again while the cloud takes others in between: each time is a proof, and
PROOFS of them are enough, however many others are refused beside it. A cloud that refuses one after another proves nothing against
any of them: it is blamed itself. Nor does one that has nothing else to take: what it refuses again and again then waits, and people
are told. So ERROR, which is on the disk for good, always rests on proofs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from hub.core.outbox import OutboxRow

PROOFS = 3
"""Refusals alone, each with a success of others since the one before. Fewer may be a cloud that is ill again and again."""
REFUSED_IN_A_ROW_MAX = 5
"""So many documents refused alone with no success between them: the cloud is wrong, not they."""
LONE_TRIES = 3
"""Of one document with no success of others between: people are told, whoever is to blame."""
ASKED_AGAIN_MAX = REFUSED_IN_A_ROW_MAX - 1
"""So many are asked again at once after a success: were it for them, the cloud would not be blamed for it."""


@dataclass(slots=True)
class _Case:
    """What speaks against one version. `successes` of the cloud when that was counted last, `tries` alone since then."""

    version: int
    successes: int
    proofs: int = 0
    tries: int = 0


class Blame:
    """The refusals of one pusher that are not settled yet."""

    def __init__(self) -> None:
        self._cases: dict[str, _Case] = {}
        self._in_a_row: set[str] = set()
        self.successes = 0
        """Of the cloud, ever: a refusal, or a call that breaks, counts once between two."""

    @property
    def is_clouds(self) -> bool:
        """It refuses one after another."""
        return len(self._in_a_row) >= REFUSED_IN_A_ROW_MAX

    def refused(self, rows: Iterable[OutboxRow]) -> None:
        """They were refused together; says nothing against any of them yet."""
        for row in rows:
            known = self._cases.get(row.key)
            if known is None or known.version != row.version:
                self._cases[row.key] = _Case(row.version, self.successes)

    def refused_alone(self, row: OutboxRow) -> bool:
        """Whether it is in ERROR now."""
        self.refused((row,))
        case = self._cases[row.key]
        self._in_a_row.add(row.key)
        if case.successes < self.successes:
            case.successes, case.tries = self.successes, 0
            case.proofs += 1
        case.tries += 1
        if case.proofs < PROOFS:
            return False
        self.settled(row.key)
        self._in_a_row.discard(row.key)
        return True

    def is_again_and_again(self, key: str) -> bool:
        """It was refused alone so often that people must know, and nothing else was taken meanwhile."""
        return key in self._cases and self._cases[key].tries >= LONE_TRIES

    def settled(self, key: str) -> None:
        """Nothing more is to be found out about it."""
        self._cases.pop(key, None)

    def took_something(self) -> None:
        """The cloud works."""
        self._in_a_row.clear()
        self.successes += 1

    def to_ask_again(self, waiting: Collection[str]) -> Iterator[str]:
        """Of those that wait for another try, whom a success lets try at once: who was refused first, first."""
        return islice((key for key in self._cases if key in waiting), ASKED_AGAIN_MAX)

    def clean_slate(self) -> None:
        """What was learnt of any document no longer holds."""
        self._cases.clear()
