"""Add lines or allergies to an order that the kitchen has."""

from __future__ import annotations

from dataclasses import replace

from heard.command import AddLines, LineAnswer, Outcome
from heard.menu import filled
from heard.order import Allergen, ChangeKind, Line, LineChange, LineState
from heard.ticket import OPEN_STATES
from hub.core.allergy import is_allergic, marked_line
from hub.core.edit import ALREADY, DONE, Edit, Verdict, verdict_of
from hub.core.hold import arrive, check_lines, placed, stamped_allergens, waiting_of
from hub.core.pacing import finish_ms, paced

CHANGES_PER_LINE_MAX = 30
"""The first (what stood before all) and the newest are kept."""


def add_lines(edit: Edit, verb: AddLines) -> Verdict:
    """New lines join the station's open tile as ADDED, or an ADD-ON tile where it bumped its ticket whole.

    A line id that the order has already is ALREADY: ids are minted by their maker and never used twice.
    """
    order = edit.order
    new = tuple(line for line in verb.lines if edit.line(line.line_id) is None)
    answers = [
        LineAnswer(line.line_id, Outcome.DONE if line in new else Outcome.ALREADY) for line in verb.lines
    ]
    if new:
        new = filled(replace(order, lines=new), edit.site.menu).lines
        new = tuple([marked_line(line, edit.site) for line in new])
        arrived = arrive(order, new, order.lines, edit.site)
        check_lines((*order.lines, *arrived), "add_lines.lines")
        routed = edit.site.routing.assigned(order, arrived, order.lines)
        waiting = waiting_of(order)
        allergic_lines = {one.line_id for one in verb.allergens if one.line_id}
        for line in arrived:
            changes = [LineChange(ChangeKind.ADDED, edit.version, edit.now_ms)]
            if line.line_id in allergic_lines or is_allergic(line, edit.site):
                changes.append(LineChange(ChangeKind.ALLERGY, edit.version, edit.now_ms))
            made = placed(
                line, routed[line.line_id], edit.version, edit.now_ms, waiting, edit.stations, tuple(changes)
            )
            if edit.site.rules.pacing and not order.scheduled:
                (made,) = paced([made], edit.now_ms, finish_ms(edit.lines, made.course))
            edit.put_line(made)
            edit.line_ids.append(line.line_id)
            for at in made.stations:
                edit.touch(at.station)
    allergies = add_allergens(edit, verb.allergens, {line.line_id for line in new})
    if answers:
        verdict = verdict_of(answers)
        return DONE if allergies and verdict.outcome is Outcome.ALREADY else verdict
    return DONE if allergies else ALREADY


def add_allergens(edit: Edit, wanted: tuple[Allergen, ...], new_ids: set[str]) -> bool:
    """An allergy that comes after sending is to be acknowledged on every open line in its scope."""
    known = {
        (one.allergen_id, tuple(one.name.items()), one.seat, one.line_id) for one in edit.order.allergens
    }
    fresh = tuple(
        one
        for one in wanted
        if (one.allergen_id, tuple(one.name.items()), one.seat, one.line_id) not in known
    )
    if not fresh:
        return False
    edit.assign(allergens=(*edit.order.allergens, *stamped_allergens(fresh, edit.version)))
    for line in list(edit.lines):
        if line.line_id in new_ids or not any(in_scope(line, one) for one in fresh):
            continue
        for at in line.stations:
            if edit.was_open(at):
                edit.touch(at.station)  # it stands above the tile, whatever became of the line
        if line.voided:
            continue
        edit.line_ids.append(line.line_id)
        mark_changed(edit, line, LineChange(ChangeKind.ALLERGY, edit.version, edit.now_ms))
    return True


def in_scope(line: Line, allergen: Allergen) -> bool:
    """True where the allergy concerns the line: the whole order's, its seat's, its own or its dish's."""
    if allergen.line_id:
        return allergen.line_id in (line.line_id, line.part_of)
    return not allergen.seat or line.seat == allergen.seat


def mark_changed(edit: Edit, line: Line, *changes: LineChange) -> Line:
    """Notes changes on a line whose food stays as it is, and makes open lines wait for the cook's acknowledgement."""
    stations = []
    for at in line.stations:
        if at.state in OPEN_STATES and at.state is not LineState.VOIDED:
            at = replace(at, version=edit.version)
            edit.touch(at.station)
        stations.append(at)
    made = replace(line, stations=tuple(stations), changes=with_changes(line.changes, *changes))
    edit.put_line(made)
    return made


def with_changes(known: tuple[LineChange, ...], *new: LineChange) -> tuple[LineChange, ...]:
    """At most CHANGES_PER_LINE_MAX changes."""
    every = (*known, *new)
    if len(every) > CHANGES_PER_LINE_MAX:
        return (every[0], *every[len(every) - CHANGES_PER_LINE_MAX + 1 :])
    return every
