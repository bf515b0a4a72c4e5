"""Mistakes of who has painted what, and of the alarms for what nobody has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import patch

from heard.stream import Painted
from hub.core import (
    hearing,
)
from hub.core.edit import Edit
from hub.core.hearing import Hearing
from tests.simulation.mistakes.plant import both, mistake


@mistake("a screen that painted an older version is taken for one that painted the newest")
def _() -> Any:
    painted = Hearing.painted

    def credulous(self: Hearing, device: str, station: str, report: Painted, now_ms: int) -> Any:
        newest = tuple(
            (order_id, max(version, self._orders[order_id].order.version if order_id in self._orders else 0))
            for order_id, version in report.newly_shown
        )
        return painted(self, device, station, replace(report, newly_shown=newest), now_ms)

    return patch.object(Hearing, "painted", credulous)


@mistake("a bump of one line is taken for proof of the whole ticket", 10)
def _() -> Any:
    return patch.object(hearing, "proof_of", lambda old, new, station: new.version)


@mistake("what was heard once stays heard after the next change")
def _() -> Any:
    def keeps(fact: Any, version: int, now_ms: int, *, by_cook: bool) -> None:
        fact.version = version

    changed = Hearing.changed

    def forgetful(self: Hearing, old: Any, new: Any, now_ms: int) -> Any:
        effects = changed(self, old, new, now_ms)
        held = self._orders.get(new.order_id) if new is not None else None
        for fact in held.facts.values() if held is not None else ():
            fact.proven = max(fact.proven, 1) if fact.proven == 0 else 1 << 60
        return effects

    return both(
        patch.object(Hearing, "_supersede", staticmethod(keeps)), patch.object(Hearing, "changed", forgetful)
    )


@mistake("nobody looks at the clock for what nobody has painted", 4)
def _() -> Any:
    return patch.object(Hearing, "tick", lambda self, now_ms: [])


@mistake("a hub that starts alarms before its screens are back", 1)
def _() -> Any:
    return patch.object(hearing, "GRACE_MS", -1)


@mistake("an alarm is raised again for each order")
def _() -> Any:
    alarm = Hearing._alarm

    def loud(self: Hearing, held: Any, station: str, fact: Any, now_ms: int, effects: list[Any]) -> None:
        alarmed = self._alarmed.pop(station, {})
        alarm(self, held, station, fact, now_ms, effects)
        self._alarmed[station].update(alarmed)

    return patch.object(Hearing, "_alarm", loud)


@mistake("a change does not ask to be heard")
def _() -> Any:
    def marks_only(edit: Edit, station: str) -> None:
        if edit.command.verb.name != "change_line":
            touch(edit, station)

    touch = Edit.touch
    return patch.object(Edit, "touch", marks_only)
