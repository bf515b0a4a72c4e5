"""Change a line after sending: quantity, modifiers and notes, each set absolutely.

What is not made yet carries the change as a mark to acknowledge. What is made already comes back: a raise with only its
difference, another modifier or note as a whole, in an ADD-ON tile where the ticket was bumped.
"""

from __future__ import annotations

from dataclasses import replace

from heard.command import ChangeLine, Reason
from heard.menu import filled_modifiers
from heard.order import ChangeKind, Line, LineChange, LineState, Modifier, StationLine
from heard.ticket import MADE_STATES, OPEN_STATES
from heard.why import why
from hub.core.adding import with_changes
from hub.core.allergy import marked, marked_notes, says_allergy
from hub.core.edit import ALREADY, DONE, Edit, Verdict
from hub.core.hold import check_lines, part_id, part_of, placed, waiting_of
from hub.core.lifecycle import LINE_TABLE, Stand
from hub.core.voiding import void_line

STALE = why("line.changed_before")


def change_line(edit: Edit, verb: ChangeLine) -> Verdict:
    """Sets what is named. Where the food changed after the version that the till knew: REJECTED(STALE) with the line."""
    line = edit.line(verb.line_id)
    if line is None:
        return edit.verdict([edit.gone(verb.line_id, why("line.unknown"))])
    words = edit.site.profile.allergy_words
    wanted = replace(
        line,
        quantity_milli=line.quantity_milli if verb.quantity_milli is None else verb.quantity_milli,
        modifiers=line.modifiers
        if verb.modifiers is None
        else marked(filled_modifiers(verb.modifiers, edit.site.menu, line.modifiers), words),
        notes=line.notes if verb.notes is None else marked_notes(verb.notes, words),
        total_minor=line.total_minor if verb.total_minor is None else verb.total_minor,
    )
    if wanted == line:
        return ALREADY
    if line.voided:
        said = LINE_TABLE[Stand.VOIDED, "change_line"].why
        return edit.verdict([edit.refuse(verb.line_id, Reason.NOT_NOW, said, line)])
    if verb.expected_version and verb.expected_version < food_version(line):
        if edit.command.epoch_n and edit.command.epoch_n < edit.site.epoch_n:
            return ALREADY
        return edit.verdict([edit.refuse(verb.line_id, Reason.STALE, STALE, line)])
    edit.line_ids.append(line.line_id)
    made = _changed(edit, line, wanted)
    if made.quantity_milli != line.quantity_milli or made.modifiers != line.modifiers:
        _follow_parts(edit, line, made)
    return DONE


def food_version(line: Line) -> int:
    """The order version that last changed what is to be cooked."""
    return max((change.version for change in line.changes), default=line.added_version)


def _looks(modifiers: tuple[Modifier, ...], *, food_only: bool) -> list[Modifier]:
    """Modifiers as a cook reads them: prices do not matter, and for the food cosmetic ones do not either."""
    return [replace(one, price_minor=0) for one in modifiers if not (food_only and one.cosmetic)]


def _changed(edit: Edit, old: Line, wanted: Line) -> Line:
    """Puts the line with its marks; stations whose open tile looks different are touched."""
    changes: list[LineChange] = []
    if wanted.quantity_milli != old.quantity_milli:
        changes.append(
            LineChange(ChangeKind.QUANTITY, edit.version, edit.now_ms, was_quantity_milli=old.quantity_milli)
        )
    if _looks(wanted.modifiers, food_only=True) != _looks(old.modifiers, food_only=True):
        had = {one.modifier_id: one for one in old.modifiers}
        has = {one.modifier_id: one for one in wanted.modifiers}
        changes.append(
            LineChange(
                ChangeKind.MODIFIERS,
                edit.version,
                edit.now_ms,
                added_modifier_ids=tuple(key for key, one in has.items() if had.get(key) != one),
                removed_modifiers=tuple(one for key, one in had.items() if key not in has),
            )
        )
    if wanted.notes != old.notes:
        changes.append(LineChange(ChangeKind.NOTES, edit.version, edit.now_ms))
    fresh_modifiers = [one for one in wanted.modifiers if one not in old.modifiers]
    fresh_notes = [note for note in wanted.notes if note not in old.notes]
    if says_allergy(fresh_modifiers, fresh_notes, edit.site):
        changes.append(LineChange(ChangeKind.ALLERGY, edit.version, edit.now_ms))
    looks_other = bool(changes) or _looks(wanted.modifiers, food_only=False) != _looks(
        old.modifiers, food_only=False
    )
    kinds = {change.kind for change in changes}
    anew = bool(kinds - {ChangeKind.QUANTITY})
    if ChangeKind.MODIFIERS in kinds:
        wanted = _paced_anew(edit, old, wanted)
    stations: list[StationLine] = []
    for at in old.stations:
        made = _at_station(edit, old, wanted, at, anew=anew) if changes else at
        if made is not at and made.state is LineState.QUEUED and _made_before(stations, made):
            made = replace(made, state=LineState.WAITING, queued_at_ms=0)
        if made.starts_at_ms and wanted.prep_time_s != old.prep_time_s:
            made = replace(
                made, starts_at_ms=made.starts_at_ms + (old.prep_time_s - wanted.prep_time_s) * 1000
            )
        if looks_other and (edit.was_open(made) or made.state not in MADE_STATES):
            edit.touch(at.station)
        stations.append(made)
    line = replace(wanted, stations=tuple(stations), changes=with_changes(old.changes, *changes))
    if line.combo and not line.stations:
        line = _combo_with_wishes(edit, line)
    edit.put_line(line)
    return line


def _made_before(stations: list[StationLine], made: StationLine) -> bool:
    """True where an earlier station of the sequence makes the line again: this one's turn comes after it."""
    return any(at.step < made.step and at.state in OPEN_STATES for at in stations)


def _paced_anew(edit: Edit, old: Line, wanted: Line) -> Line:
    """Other modifiers may take another time, where the menu knows it and the till said nothing else."""
    menu = edit.site.menu
    known = menu.prep_time_s(old.item_id, tuple(one.modifier_id for one in old.modifiers))
    if not known or known != old.prep_time_s:
        return wanted
    return replace(
        wanted, prep_time_s=menu.prep_time_s(old.item_id, tuple(one.modifier_id for one in wanted.modifiers))
    )


def _combo_with_wishes(edit: Edit, combo: Line) -> Line:
    """A combo that got wishes of its own goes where its parts go, so that somebody reads them."""
    routed = edit.site.routing.assigned(edit.order, (combo,), edit.lines)[combo.line_id]
    if not routed.stations:
        return combo
    waiting = waiting_of(edit.order)
    there = placed(combo, routed, edit.version, edit.now_ms, waiting, edit.stations).stations
    for at in there:
        edit.touch(at.station)
    return replace(combo, stations=there)


def _at_station(edit: Edit, old: Line, wanted: Line, at: StationLine, *, anew: bool) -> StationLine:
    if at.state not in MADE_STATES:
        return replace(at, version=edit.version)
    made_milli = max(at.made_milli, old.quantity_milli)
    if at.state is LineState.DONE and at.station in edit.site.routing.floor.papers:
        # Paper says what it said: another slip says what it is now, or what is to be made more of it.
        anew = anew or wanted.quantity_milli <= made_milli
    if not anew and wanted.quantity_milli <= made_milli:
        return replace(at, version=edit.version, made_milli=made_milli)
    return replace(
        at,
        state=LineState.QUEUED,
        version=edit.version,
        batch=at.batch if edit.was_open(at) else edit.station_state(at.station).batch,
        queued_at_ms=edit.now_ms,
        started_at_ms=0,
        made_milli=0 if anew else made_milli,
    )


def _follow_parts(edit: Edit, old: Line, made: Line) -> None:
    """Parts follow their dish: its quantity scales them, a side that is gone is voided, a new one is added."""
    of_modifiers = _parts_of_modifiers(edit, made)
    had = {part_id(old.line_id, one.modifier_id or one.routed_item_id) for one in old.modifiers}
    for part in list(edit.lines):
        if part.part_of != old.line_id or part.voided:
            continue
        head, plus, tail = part.line_id.rpartition("+")
        base = f"{head}{plus}{tail.split('.')[0]}"  # see `_add_parts`
        if base in of_modifiers:
            quantity = of_modifiers.pop(base).quantity_milli
        elif base in had:
            void_line(edit, part, "changed")
            continue
        else:
            quantity = max(
                1,
                (part.quantity_milli * made.quantity_milli + old.quantity_milli // 2) // old.quantity_milli,
            )
        if quantity != part.quantity_milli:
            edit.line_ids.append(part.line_id)
            _changed(edit, part, replace(part, quantity_milli=quantity))
    _add_parts(edit, list(of_modifiers.values()))


def _parts_of_modifiers(edit: Edit, line: Line) -> dict[str, Line]:
    found = {}
    for modifier in line.modifiers:
        part = part_of(edit.order, line, modifier, edit.site) if modifier.routed_item_id else None
        if part is not None:
            found[part.line_id] = part
    return found


def _add_parts(edit: Edit, parts: list[Line]) -> None:
    waiting = waiting_of(edit.order)
    for part in parts:
        line_id, count = part.line_id, 1
        while edit.line(line_id) is not None:  # it was there once and was voided
            count += 1
            line_id = f"{part.line_id}.{count}"
        fresh = replace(part, line_id=line_id)
        check_lines((*edit.lines, fresh), "change_line.modifiers")
        routed = edit.site.routing.route(edit.order, fresh)
        change = LineChange(ChangeKind.ADDED, edit.version, edit.now_ms)
        made = placed(fresh, routed, edit.version, edit.now_ms, waiting, edit.stations, (change,))
        edit.put_line(made)
        edit.line_ids.append(line_id)
        for at in made.stations:
            edit.touch(at.station)
