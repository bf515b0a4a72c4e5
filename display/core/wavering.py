"""Second thoughts of a simulated cook: what people do on a busy evening besides bumping ticket after ticket."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from display.core.board import TicketKey
from display.core.keymap import Action, Press
from display.core.recall import RecallList, Status

SHARES = {"start": 0.12, "one line": 0.10, "undo": 0.06, "rush": 0.02, "recall": 0.02}
"""Of all bumps: started first, only one line, undone at once, rushed first, followed by a look into the recall list."""
FIRES_SHARE = 0.25
"""Of the tickets that wait for their course; the others are fired by the till."""
RECALL_AMONG = 4
"""One of the newest so many of the list is taken back."""

Thought = tuple[Press, ...]


class Wavering:
    """Changes what a cook is about to press. `chance` returns numbers from [0, 1)."""

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self._held: set[TicketKey] = set()
        self._tried = False

    def over(self, thoughts: tuple[Thought, ...], held: Mapping[TicketKey, Thought]) -> tuple[Thought, ...]:
        """The same with second thoughts; `held`: how each ticket that waits for its course is selected.

        RECALL comes last: its list covers the tickets.
        """
        self._tried = False
        found: list[Thought] = []
        recalls = False
        for keys in thoughts:
            if keys[-1:] != (Press(Action.BUMP),):
                found.append(keys)
                continue
            select = keys[:-1]
            match self._second_thought():
                case "start":
                    found += ((*select, Press(Action.START)), keys)
                case "one line":
                    found.append((*select, Press(Action.LINE_DOWN), Press(Action.BUMP)))
                case "undo":
                    found += (keys, (Press(Action.UNDO),))
                case "rush":
                    found += ((*select, Press(Action.RUSH)), keys)
                case "recall":
                    found.append(keys)
                    recalls = True
                case _:
                    found.append(keys)
        found += self._fires(held)
        return (*found, (Press(Action.RECALL),)) if recalls else tuple(found)

    def choosing(self, recall: RecallList) -> tuple[Thought, ...]:
        """With the recall list open: one of the newest is taken back; where that did nothing, the list is closed."""
        if recall.status is Status.LOADING:
            return ()
        if self._tried or not recall.orders:
            self._tried = False
            return ((Press(Action.BACK),),)
        self._tried = True
        down = int(self._chance() * min(RECALL_AMONG, len(recall.orders)))
        return ((*(Press(Action.LINE_DOWN),) * down, Press(Action.BUMP)),)

    def _second_thought(self) -> str:
        chance = self._chance()
        for name, share in SHARES.items():
            chance -= share
            if chance < 0:
                return name
        return ""

    def _fires(self, held: Mapping[TicketKey, Thought]) -> list[Thought]:
        """Of what is held he makes up his mind once a ticket."""
        new = [key for key in held if key not in self._held]
        self._held = set(held)
        return [(*held[key], Press(Action.FIRE)) for key in new if self._chance() < FIRES_SHARE]
