"""Commands of this screen from the key until the stream shows what they did: echoes, pending marks, and one second try."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from dataclasses import dataclass

from heard.command import Answer, BumpLines, Command, Outcome, PaintedLine, Reason, StartLines, Undo, Verb
from heard.order import Line, LineState, Order

WISHES_MAX = 1_000
"""Commands followed at once: hours of bumps without a hub. Older ones stay in the journal, only their marks go."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One command as the key made it; `seq` once it is in the journal."""

    token: int
    order_id: str
    verb: Verb
    seq: int | None = None


class Wishes:
    """What this screen asked for and does not see yet."""

    def __init__(self) -> None:
        self._wishes: dict[int, Wish] = {}
        self._seqs: dict[int, int] = {}
        self._starts: dict[str, PaintedLine] = {}

    def made(self, token: int, order_id: str, verb: Verb) -> None:
        """A key made this command."""
        if len(self._wishes) >= WISHES_MAX:
            del self._wishes[next(iter(self._wishes))]
        self._wishes[token] = Wish(token, order_id, verb)
        if isinstance(verb, StartLines):
            self._starts.update({line.line_id: line for line in verb.lines})
        if isinstance(verb, Undo):
            undone = next((one for one in self._wishes.values() if one.seq == verb.undo_seq), None)
            if undone is not None:
                del self._wishes[undone.token]

    def journaled(self, token: int, seq: int) -> None:
        """It is on this screen's disk under `seq`."""
        wish = self._wishes.get(token)
        self._seqs[token] = seq
        while len(self._seqs) > WISHES_MAX:
            del self._seqs[next(iter(self._seqs))]
        if wish is not None:
            self._wishes[token] = dataclasses.replace(wish, seq=seq)

    def seq_of(self, token: int) -> int | None:
        """The seq under which a command was journaled."""
        return self._seqs.get(token)

    def failed(self, token: int) -> None:
        """The disk did not take it: it never happened."""
        self._wishes.pop(token, None)

    def undone(self, token: int) -> None:
        """A key took it back before the stream showed it: its echo goes at once."""
        self._wishes.pop(token, None)

    def settle(self, pending: Collection[int]) -> bool:
        """Drop what the stream shows; `pending` are the link's open seqs. True when something went."""
        gone = [one.token for one in self._wishes.values() if one.seq is not None and one.seq not in pending]
        for token in gone:
            del self._wishes[token]
        return bool(gone)

    def echoes(self) -> dict[str, tuple[Verb, ...]]:
        """By order: what will become of it."""
        found: dict[str, tuple[Verb, ...]] = {}
        for wish in self._wishes.values():
            found[wish.order_id] = (*found.get(wish.order_id, ()), wish.verb)
        return found

    def orders(self) -> frozenset[str]:
        """Orders with a command that the stream does not show yet."""
        return frozenset(wish.order_id for wish in self._wishes.values())

    def second_try(self, command: Command, answer: Answer) -> BumpLines | None:
        """A bump that was STALE only because this screen's own START came before it, with the versions of now.

        The cook saw the very line: nothing of it but its state has changed, and that by the cook.
        """
        verb = command.verb
        if not isinstance(verb, BumpLines):
            return None
        again = []
        for line in answer.lines:
            if (
                line.outcome is not Outcome.REJECTED
                or line.reason is not Reason.STALE
                or line.current is None
            ):
                continue
            named = next((one for one in verb.lines if one.line_id == line.line_id), None)
            started = self._starts.get(line.line_id)
            at = line.current.at(verb.station)
            if (
                named is not None
                and at is not None
                and started == named
                and at.state is LineState.STARTED
                and _untouched_since(line.current, named.version)
            ):
                again.append(PaintedLine(line.line_id, at.version))
        return BumpLines(verb.station, tuple(again)) if again else None


def _untouched_since(line: Line, version: int) -> bool:
    return all(change.version <= version for change in line.changes) and line.added_version <= version


def painted_lines(order: Order, station: str, wanted: Callable[[Line], bool]) -> tuple[PaintedLine, ...]:
    """The lines of an order at a station that are wanted, as a command names them."""
    found = []
    for line in order.lines:
        at = line.at(station)
        if at is not None and wanted(line):
            found.append(PaintedLine(line.line_id, at.version))
    return tuple(found)
