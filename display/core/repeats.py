"""What rings again until somebody has seen it: a void, an allergy, a change that no screen has painted. Pure.

Every 10 s, three rounds; any key quiets it for 60 s. After the third round this screen is silent, and the hub tells
the pass, which says and rings it instead.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from display.core.sounding import GRAVITY, Sound
from heard.unseen import AGAIN_S, QUIET_S, ROUNDS

KNOWN_MAX = 1_000
"""Things that stand at once; a station has some hundreds of lines."""


@dataclass(slots=True)
class _Standing:
    sound: Sound
    rounds: int
    next_s: float


class Repeats:
    """One screen's. Seconds are monotonic."""

    def __init__(self) -> None:
        self._standing: dict[Hashable, _Standing] = {}
        self._quiet_until_s = float("-inf")

    def stand(self, found: Mapping[Hashable, Sound], now_s: float) -> Sound | None:
        """All that waits to be seen now, by whatever tells one from another; what is gone is forgotten.

        Returns the gravest that is new, for a screen where it did not ring when it happened."""
        new = [sound for key, sound in found.items() if key not in self._standing]
        for key in self._standing.keys() - found.keys():
            del self._standing[key]
        for key, sound in found.items():
            if key not in self._standing and len(self._standing) < KNOWN_MAX:
                self._standing[key] = _Standing(sound, 1, now_s + AGAIN_S)
        return min(new, key=GRAVITY.__getitem__, default=None)

    def pressed(self, now_s: float) -> None:
        """Somebody is there: silence for a minute."""
        if self._standing:
            self._quiet_until_s = now_s + QUIET_S

    def due(self, now_s: float) -> Sound | None:
        """What rings again now: the gravest of those whose time has come, all of which have had this round."""
        if now_s < self._quiet_until_s:
            return None
        ringing = [one for one in self._standing.values() if one.rounds < ROUNDS and one.next_s <= now_s]
        for one in ringing:
            one.rounds += 1
            one.next_s = now_s + AGAIN_S
        return min((one.sound for one in ringing), key=GRAVITY.__getitem__, default=None)

    def next_due_s(self) -> float | None:
        """When `due` will have something."""
        times = [one.next_s for one in self._standing.values() if one.rounds < ROUNDS]
        return max(min(times), self._quiet_until_s) if times else None
