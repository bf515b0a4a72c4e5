"""What is remembered of one order at one station, and what the hearing tells: plain values. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from heard.order import LineState, Order, Text
from heard.stream import HeardState, HeardValue, LineVoided
from heard.ticket import line_is_open

NOTES_TABLE = "heard"
"""Side table of the store: order id -> which station has heard which version."""


@dataclass(frozen=True, slots=True)
class Told:
    """A terminal is to be told this, unlogged."""

    terminal: str
    value: HeardValue


@dataclass(frozen=True, slots=True)
class Alarm:
    """A station has changes that nobody there has seen, or has them no longer. For log, metrics, expo and tills."""

    station: str
    raised: bool
    text: Text
    order_ids: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """In English, for the log."""
        return self.text["en"]


@dataclass(frozen=True, slots=True)
class Note:
    """To be written into the side table NOTES_TABLE; None deletes."""

    key: str
    value: bytes | None


@dataclass(frozen=True, slots=True)
class NotHeard:
    """What nobody at the station has seen: its ticket of that `version`. Painted there was `proven`.

    `sent_until_ms`: what came to the station later was never sent to a screen of it.
    """

    order_id: str
    station: str
    version: int
    proven: int
    sent_until_ms: int


Effect: TypeAlias = Told | Alarm | Note


@dataclass(slots=True)
class Fact:
    """What one station has of one order. `version` is what must be heard, `proven` what was painted."""

    version: int
    asked_ms: int
    state: HeardState = HeardState.PENDING
    proven: int = 0
    behind: int = 0
    queued_ms: int = -1
    """`asked_ms` of the wait that stands in the queue."""


@dataclass(slots=True)
class Held:
    order: Order
    facts: dict[str, Fact] = field(default_factory=dict)


COOKS_VERBS = frozenset({"start", "bump", "recall", "undo", "acknowledge"})


def cook_of(order: Order) -> str:
    """The station whose cook made this version, "" when it was somebody else."""
    newest = order.history[-1] if order.history else None
    return newest.station if newest is not None and newest.verb in COOKS_VERBS else ""


def ended_by_cook(order: Order, station: str) -> bool:
    """True where the newest change of the station's ticket was a key of its own cook: he pressed it for what was painted."""
    there = order.at(station)
    version = order.version if there is None else there.ticket_version
    entry = next((one for one in reversed(order.history) if one.version <= version), None)
    return (
        entry is not None
        and entry.version == version
        and entry.station == station
        and entry.verb in COOKS_VERBS
    )


def proof_of(old: Order | None, new: Order, station: str) -> int:
    """A cook's key names lines as they were painted, so the screen had painted the newest of their versions."""
    if old is None:
        return 0
    found = 0
    named = frozenset(new.history[-1].line_ids)
    for line in old.lines:
        if line.line_id in named:
            at = line.at(station)
            if at is not None:
                found = max(found, at.version)
    return found


def open_at_of(order: Order) -> dict[str, bool]:
    """Stations with an open line; False where all of them wait for their course. A printer whose paper has another number is one."""
    found = {slip.printer: True for slip in order.slips if slip.moved_from}
    for line in order.lines:
        for at in line.stations:
            if line_is_open(at):
                found[at.station] = found.get(at.station, False) or at.state is not LineState.WAITING
    return found


def void_answers(order: Order, station: str) -> tuple[LineVoided, ...]:
    """All that is known of the station's voided lines: the newest value of a station takes the place of the one before."""
    return tuple(
        LineVoided(line.line_id, at.void_answer)
        for line in order.lines
        if line.voided
        and (at := line.at(station)) is not None
        and at.state is LineState.VOIDED
        and at.void_answer
    )


def note_of(held: Held) -> bytes:
    return "\n".join(
        f"{station}={fact.proven}" for station, fact in held.facts.items() if fact.proven
    ).encode()


def parse_note(value: bytes) -> dict[str, int]:
    """Reads leniently: a note that cannot be read only means that screens prove it again."""
    found = {}
    for row in value.decode(errors="replace").splitlines():
        station, _, version = row.rpartition("=")
        if station and version.isdecimal():
            found[station] = int(version)
    return found
