"""Change an order after sending: its notes, guest, covers and the time it is promised for, each set absolutely."""

from __future__ import annotations

from heard.command import ChangeOrder
from heard.order import ChangeKind, LineChange
from heard.ticket import OPEN_STATES
from hub.core import courses
from hub.core.adding import mark_changed
from hub.core.allergy import marked_notes, says_allergy
from hub.core.edit import ALREADY, DONE, Edit, Verdict
from hub.core.hold import is_scheduled


def change_order(edit: Edit, verb: ChangeOrder) -> Verdict:
    """Every open ticket says so. Other notes are a change to see on what is not made; an allergy in them is one of every line."""
    order = edit.order
    notes = order.notes if verb.notes is None else marked_notes(verb.notes, edit.site.profile.allergy_words)
    wanted = {"notes": notes, "guest": verb.guest, "covers": verb.covers, "due_at_ms": verb.due_at_ms}
    changed = {
        name: value for name, value in wanted.items() if value is not None and value != getattr(order, name)
    }
    if not changed:
        return ALREADY
    edit.assign(**changed)
    edit.detail = ", ".join(changed)
    if "notes" in changed:
        fresh = [note for note in notes if note not in order.notes]
        _mark_lines(edit, allergic=says_allergy((), fresh, edit.site))
    if "due_at_ms" in changed and order.scheduled:
        due_ms = (verb.due_at_ms or 0) - edit.site.wall_offset_ms
        if not is_scheduled(due_ms, edit.now_ms, edit.site):
            courses.release(edit)
    if set(changed) != {"covers"}:  # which no ticket shows
        for station in edit.open_stations():
            edit.touch(station)
    return DONE


def _mark_lines(edit: Edit, *, allergic: bool) -> None:
    changes = [LineChange(ChangeKind.NOTES, edit.version, edit.now_ms)]
    if allergic:
        changes.append(LineChange(ChangeKind.ALLERGY, edit.version, edit.now_ms))
    for line in list(edit.lines):
        # The allergy is expo's to confirm also of what is made already.
        if not line.voided and (allergic or any(at.state in OPEN_STATES for at in line.stations)):
            mark_changed(edit, line, *changes)
            edit.line_ids.append(line.line_id)
