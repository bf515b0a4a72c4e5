"""What a kitchen printer puts on paper for one ticket: rows of words, largest first what a cook must not miss. Pure.

A slip is printed once; a second one of the same ticket says so, and so does one that may already lie at another station.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from heard.order import NO_TEXT, Course, Note, Order, Text
from heard.stream import SiteProfile
from heard.ticket import Ticket
from hub.core.slip_rows import (
    WORDS,
    Look,
    Row,
    Style,
    allergy_row,
    line_rows,
    names_of,
    note_row,
    paired,
    type_of,
)
from hub.core.slips import missing_at


@dataclass(frozen=True, slots=True)
class Marks:
    """Why this slip is not the first of its kind; `may_be_at` names the stations to ask, `instead_of` whose work was taken over.

    `changed`: fields of the order that were printed otherwise, `gone_notes` those that stood on paper. `moved_from`: the number of the
    slip that has these dishes, `was` those of slips that have them as they were before, `may_be_on` of slips that may have some.
    """

    copy: bool = False
    may_be_printed: bool = False
    may_be_at: Text | None = None
    changed: tuple[str, ...] = ()
    gone_notes: tuple[Note, ...] = ()
    instead_of: Text | None = None
    moved_from: str = ""
    was: tuple[str, ...] = ()
    may_be_on: tuple[str, ...] = ()


NO_MARKS = Marks()


@dataclass(frozen=True, slots=True)
class Place:
    """Whose slip it is, and the site's wall clock: when it was held, and when it is due ("": at once)."""

    name: Text
    held: str
    due: str = ""


def slip(ticket: Ticket, place: Place, look: Look, marks: Marks = NO_MARKS) -> tuple[Row, ...]:
    """The rows of one ticket of a station, top to bottom."""
    order = ticket.order
    rows = _head(ticket, place, look, marks)
    courses = {one.course: one for one in order.courses}
    course = 0
    for line in ticket.lines:
        if line.line.course != course and courses:
            course = line.line.course
            rows += _course_rows(course, courses.get(course), look)
        rows += line_rows(
            line,
            ticket.allergens,
            look,
            _dish(order, line.line.part_of),
            cancelled=ticket.cancelled,
            notes_changed="notes" in marks.changed,
        )
    rows.append(Row(Style.RULE))
    return tuple(rows)


def pass_slip(
    ticket: Ticket, place: Place, look: Look, profile: SiteProfile, marks: Marks = NO_MARKS
) -> tuple[Row, ...]:
    """The slip of the pass: what is packed, then what was not made when it went out, with the stations that owe it."""
    rows = _head(ticket, place, look, marks)
    if ticket.order.bags:
        rows.insert(-1, Row(Style.WORD, look.said("bags", n=str(ticket.order.bags))))
    packed = [one for one in ticket.lines if not missing_at(one.line)]
    missing = [one for one in ticket.lines if missing_at(one.line)]
    for line in packed:
        rows += line_rows(line, ticket.allergens, look, _dish(ticket.order, line.line.part_of))
    if missing:
        sent = all(line.line.sent_at_ms for line in missing)
        rows.append(Row(Style.WORD, look.said("sent_by_expo" if sent else "missing")))
    for line in missing:
        rows += line_rows(line, ticket.allergens, look, _dish(ticket.order, line.line.part_of))
        rows.append(Row(Style.SMALL, look.of(names_of(profile, missing_at(line.line))), inset=True))
    rows.append(Row(Style.RULE))
    return tuple(rows)


def sample_slip(place: Place, look: Look, address: str) -> tuple[Row, ...]:
    """For who sets a printer up: each kind of row once, so that a look shows whether it can be read."""
    return (
        Row(Style.SMALL, look.of(place.name), end=place.held),
        Row(Style.TITLE, ("#1234",)),
        Row(Style.WORD, look.said("test")),
        Row(Style.ALLERGY, look.said("allergy")),
        Row(Style.RULE),
        Row(Style.ITEM, look.said("test_dish"), "1", look.said("was", n="2")[0]),
        Row(Style.MODIFIER, (address,), "•"),
        Row(Style.ITEM, look.said("void"), "2", struck=True),
        Row(Style.RULE),
    )


def _head(ticket: Ticket, place: Place, look: Look, marks: Marks) -> list[Row]:
    """Down to the rule above the dishes, with it."""
    order = ticket.order
    rows = [Row(Style.SMALL, look.of(place.name), end=place.held)]
    rows.append(Row(Style.TITLE, (f"#{order.call_number or '-'}",)))
    if order.aggregator_code:
        rows.append(Row(Style.ITEM, (order.aggregator_code,)))
    facts = _facts(order, place, look, marks.changed)
    rows += [row for field, row in facts if field not in marks.changed]
    numbers = (marks.moved_from,) if marks.moved_from else marks.was
    for name, wanted in (
        ("cancelled", ticket.cancelled),
        ("rush", order.rush),
        ("add_on", ticket.add_on and not numbers),
        ("copy", marks.copy),
        ("may_be_printed", marks.may_be_printed),
    ):
        if wanted:
            rows.append(Row(Style.WORD, look.said(name)))
    rows += [Row(Style.WORD, look.said("was_order", n=one)) for one in numbers]
    if marks.moved_from:
        rows.append(Row(Style.WORD, look.said("not_again")))
    rows += [Row(Style.WORD, look.said("may_be_on", n=one)) for one in marks.may_be_on]
    for word, stations in (("instead_of", marks.instead_of), ("may_be", marks.may_be_at)):
        if stations is not None:
            pairs = paired(look.of(WORDS[word]), look.of(stations))
            rows.append(Row(Style.WORD, tuple(said.format(station=at) for said, at in pairs)))
    rows += [allergy_row(one, look) for one in ticket.allergens if not one.line_id]
    notes = [note_row(note, look) for note in order.notes]
    if marks.changed:
        if "notes" not in marks.changed:
            rows += notes
        rows.append(Row(Style.WORD, look.said("changed")))
        rows += [row for field, row in facts if field in marks.changed]
        rows += [
            replace(note_row(note, look), struck=True) for note in marks.gone_notes if note not in order.notes
        ]
    if not marks.changed or "notes" in marks.changed:
        rows += notes
    rows.append(Row(Style.RULE))
    return rows


def _facts(order: Order, place: Place, look: Look, changed: tuple[str, ...]) -> list[tuple[str, Row]]:
    """What stands in a slip's head, each under the name of its field; as large as a dish where it `changed`."""
    found = [("type", Row(Style.ITEM, look.of(type_of(order))))]
    if order.table:
        found.append(("table", Row(Style.ITEM, look.said("table", n=order.table), end=order.server)))
    if order.guest and (not order.table or "guest" in changed):
        end = "" if order.table else order.server
        found.append(("guest", Row(Style.ITEM, (order.guest,), end=end)))
    if order.covers:
        style = Style.ITEM if "covers" in changed else Style.SMALL
        found.append(("covers", Row(style, look.said("covers", n=str(order.covers)))))
    if place.due:
        found.append(("due_at_ms", Row(Style.ITEM, look.said("due", time=place.due))))
    return found


def _course_rows(number: int, course: Course | None, look: Look) -> list[Row]:
    if not number:
        return []
    named = course.name if course is not None else None
    return [Row(Style.SMALL, look.of(named) if named else look.said("course", n=str(number)))]


def _dish(order: Order, line_id: str) -> Text:
    """The name of the dish that a part belongs to."""
    dish = order.line(line_id) if line_id else None
    return NO_TEXT if dish is None else dish.name
