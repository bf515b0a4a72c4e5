"""The slips that an order waits for, and those that a change asks for by itself where its dish was printed before. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from heard.order import ChangeKind, HistoryEntry, Line, LineState, Note, Order, OrderType, WantedSlip
from hub.core.edit import Edit

SLIPS_MAX = 8
"""Of one order that wait for paper; who wants more has a printer that does not print."""
SLIP_LIFE_MS = 10 * 60_000
"""After that a slip is dead at its printer (see `hub.printer.jobs`); one whose printer is gone is forgotten with the next."""
HEAD = ("type", "table", "guest", "covers", "due_at_ms", "notes")
"""Fields of an order that stand above the dishes of a slip and may change after it was printed."""


def waiting_slips(order: Order, now_ms: int) -> tuple[WantedSlip, ...]:
    """Those that may still come out."""
    return tuple(one for one in order.slips if now_ms - one.at_ms < SLIP_LIFE_MS)


def slip_on_change(edit: Edit, *, arrived: frozenset[str] = frozenset()) -> None:
    """An allergy, or what stands above the dishes, that comes after its dish was printed: paper does not change by itself.

    `arrived`: lines of another order that joined this one; they have a slip of their own, and that there are more guests is in it.
    """
    before, now = edit.order, edit.head()
    fields = tuple(one for one in HEAD if one != "covers") if arrived else HEAD
    changed = tuple(one for one in fields if _says(now, one) and getattr(now, one) != getattr(before, one))
    gone = tuple(note for note in before.notes if note not in now.notes)
    mine = [line for line in edit.lines if line.line_id not in arrived]
    allergic = {line.line_id for line in mine if _newly_allergic(line, edit.version)}
    if not changed and not allergic:
        return
    for printer in sorted(edit.site.routing.floor.papers):
        line_ids = tuple(
            line.line_id
            for line in mine
            if (at := line.at(printer)) is not None
            and at.state is LineState.DONE
            and ((changed and not line.sent_at_ms) or line.line_id in allergic)
        )
        _want(edit, printer, line_ids, changed, gone)


def slip_on_late_change(edit: Edit, printed_version: int) -> None:
    """The lines of `edit` came out of its station as they stood at that version; what changed above them meanwhile follows."""
    names = {
        name for entry in edit.order.history if entry.version > printed_version for name in _changed_by(entry)
    }
    changed = tuple(one for one in HEAD if one in names and _says(edit.order, one))
    _want(edit, edit.station, tuple(edit.line_ids) if changed else (), changed, ())


def slips_of_moved(left: Order, moved: Iterable[tuple[str, Line]], edit: Edit) -> tuple[WantedSlip, ...]:
    """Of lines that left an order: what was asked for of them, and of those that were printed one slip a printer and number on paper.

    `moved`: each line as it stands in its new order, with its id in the old one. What was still to be said of it comes along.
    """
    pairs = tuple(moved)
    found: list[WantedSlip] = []
    told: set[tuple[str, str]] = set()
    """Printer and line: its new slip says all that a copy would."""
    for printer in sorted(edit.site.routing.floor.papers):
        waiting = [
            one
            for one in waiting_slips(left, edit.now_ms)
            if (one.printer, one.station) == (printer, printer)
        ]
        by_number: dict[str, WantedSlip] = {}
        for old_id, line in pairs:
            at = line.at(printer)
            if at is None or line.sent_at_ms:
                continue
            mine = [one for one in waiting if old_id in one.line_ids]
            # A slip that did not come out yet told nobody of the number between; nor did the ticket of what is to be made again.
            number = next((one.moved_from for one in mine if one.moved_from), "")
            if at.state is not LineState.DONE and not number:
                continue
            number = number or left.call_number or "-"
            slip = by_number.get(number) or WantedSlip(
                printer, printer, (), edit.version, edit.now_ms, moved_from=number
            )
            told.add((printer, old_id))
            by_number[number] = replace(
                slip,
                line_ids=(*slip.line_ids, line.line_id),
                changed=joined_fields(slip.changed, *(one.changed for one in mine)),
                gone_notes=joined_notes(slip.gone_notes, *(one.gone_notes for one in mine)),
            )
        found += by_number.values()
    return (*_asked_of(left, pairs, told, edit), *found)


def slips_of_staying(order: Order, left: Collection[str], now_ms: int) -> tuple[WantedSlip, ...]:
    """Those that wait, without the lines that `left` the order."""
    rest = (
        replace(one, line_ids=tuple(line_id for line_id in one.line_ids if line_id not in left))
        for one in waiting_slips(order, now_ms)
    )
    return tuple(one for one in rest if one.line_ids)


def _asked_of(
    left: Order, pairs: Iterable[tuple[str, Line]], told: Collection[tuple[str, str]], edit: Edit
) -> Iterable[WantedSlip]:
    """Copies and slips of the pass that wait, of these lines: one for each paper, as old as the youngest of them."""
    now_ids = {old_id: line.line_id for old_id, line in pairs}
    found: dict[tuple[str, str, bool], WantedSlip] = {}
    for one in waiting_slips(left, edit.now_ms):
        own = one.station == one.printer
        line_ids = [
            now_ids[old_id]
            for old_id in one.line_ids
            if old_id in now_ids and not (own and (one.printer, old_id) in told)
        ]
        if not line_ids or one.moved_from:
            continue
        paper = (one.printer, one.station, one.copy)
        slip = found.get(paper) or replace(one, line_ids=(), version=edit.version)
        found[paper] = replace(
            slip,
            line_ids=tuple(dict.fromkeys((*slip.line_ids, *line_ids))),
            at_ms=max(slip.at_ms, one.at_ms),
            changed=joined_fields(slip.changed, one.changed),
            gone_notes=joined_notes(slip.gone_notes, one.gone_notes),
        )
    return found.values()


def _want(
    edit: Edit, printer: str, line_ids: tuple[str, ...], changed: tuple[str, ...], gone: tuple[Note, ...]
) -> None:
    """A slip that still waits for the same paper would say the same: the new one stands for both."""
    if not line_ids:
        return
    others = []
    for one in waiting_slips(edit.head(), edit.now_ms):
        if (one.printer, one.station, one.copy) == (printer, printer, True):
            line_ids = tuple(dict.fromkeys((*one.line_ids, *line_ids)))
            changed = joined_fields(one.changed, changed)
            gone = joined_notes(one.gone_notes, gone)
        else:
            others.append(one)
    slip = WantedSlip(
        printer, printer, line_ids, edit.version, edit.now_ms, copy=True, changed=changed, gone_notes=gone
    )
    edit.assign(slips=(*others, slip)[-SLIPS_MAX:])


def _says(order: Order, field: str) -> bool:
    """Whether a slip has something to say of it; of notes also that there are none any more."""
    return field == "notes" or bool(getattr(order, field))


def _changed_by(entry: HistoryEntry) -> tuple[str, ...]:
    if entry.verb == "change_order":
        return tuple(entry.detail.split(", "))
    if entry.verb == "merge":
        return ("notes",)  # those of both orders
    if entry.verb != "transfer":
        return ()
    words = entry.detail.split(", ")  # "table 7, DINE_IN"
    table = any(word.startswith("table ") for word in words)
    return ("table",) * table + ("type",) * (words[-1] in OrderType.__members__)


def _newly_allergic(line: Line, version: int) -> bool:
    return any(one.kind is ChangeKind.ALLERGY and one.version == version for one in line.changes)


def joined_fields(*changed: tuple[str, ...]) -> tuple[str, ...]:
    """Of several slips, what changed above the dishes of any."""
    named = {field for fields in changed for field in fields}
    return tuple(field for field in HEAD if field in named)


def joined_notes(*notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """Of several slips, the notes of any, each once."""
    found: list[Note] = []
    for some in notes:
        found += [note for note in some if note not in found]
    return tuple(found)
