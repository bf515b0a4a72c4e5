"""Hold and fire: a course may be made, or waits again. A scheduled order is released in the same way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from heard.command import FireCourse, HoldCourse, Reason
from heard.errors import InvalidInput
from heard.order import Course, Line, LineState, Order, StationLine
from heard.ticket import MADE_STATES, not_here_yet
from heard.why import why
from hub.core.decision import UndoRecord
from hub.core.edit import ALREADY, DONE, Edit, Verdict, refused
from hub.core.hold import waiting_courses
from hub.core.pacing import paced

COURSES_MAX = 50
NO_COURSE = why("course.none")


def fire(edit: Edit, verb: FireCourse) -> Verdict:
    """The course may be made, now or at a planned time. What somebody fires by hand also need not wait for its pace."""
    order = edit.order
    course = next((one for one in order.courses if one.course == verb.course), None)
    lines = [line for line in edit.lines if line.course == verb.course and not line.voided]
    if course is None and not lines:
        return refused(Reason.NOT_NOW, NO_COURSE, "fire.course")
    if verb.fires_at_ms > edit.now_ms:
        return _plan(edit, verb, course, lines)
    fired = course is None or course.fired
    released = order.scheduled
    before: list[tuple[str, StationLine]] = []
    if released:
        _release(edit, before)
    if course is not None and not fired:
        _put_course(edit, replace(course, fired=True, fired_at_ms=edit.now_ms, by_hand=False))
    queue_lines(edit, lambda line: line.course == verb.course, before, by_hand=True)
    if fired and not before and not released:
        return ALREADY
    edit.detail = edit.detail or str(verb.course)
    command = edit.command
    edit.undo_changed = True
    edit.undo = UndoRecord(
        command.incarnation,
        command.seq,
        order.order_id,
        "",
        "fire",
        edit.now_ms,
        edit.version,
        tuple(before),
        course=0 if fired else verb.course,
        was_scheduled=released,
    )
    return DONE


def _plan(edit: Edit, verb: FireCourse, course: Course | None, lines: list[Line]) -> Verdict:
    if course is None or course.fired:
        return ALREADY  # what cooks already needs no plan
    if course.fires_at_ms == verb.fires_at_ms:
        return ALREADY
    _put_course(edit, replace(course, fires_at_ms=verb.fires_at_ms, by_hand=False))
    edit.detail = f"{verb.course} at {verb.fires_at_ms}"
    for line in lines:
        for at in line.stations:
            if at.state is LineState.WAITING and not not_here_yet(at):
                edit.touch(at.station)
    return DONE


def hold_course(edit: Edit, verb: HoldCourse) -> Verdict:
    """What nobody has started of the course waits until somebody fires it; a planned firing is off, auto-fire too."""
    if not verb.course:
        raise InvalidInput("hold_course.course", "is 0", "lines without a course are made at once")
    order = edit.order
    course = next((one for one in order.courses if one.course == verb.course), None)
    lines = [line for line in edit.lines if line.course == verb.course and not line.voided]
    if course is None and not lines:
        return refused(Reason.NOT_NOW, NO_COURSE, "hold_course.course")
    by_hand = edit.site.rules.auto_fire
    if course is not None and not course.fired and not course.fires_at_ms and course.by_hand >= by_hand:
        return ALREADY
    if course is None and len(order.courses) >= COURSES_MAX:
        raise InvalidInput("hold_course.course", f"would be the order's course number {COURSES_MAX + 1}")
    _put_course(
        edit,
        replace(
            course or Course(verb.course),
            fired=False,
            fired_at_ms=0,
            fires_at_ms=0,
            by_hand=by_hand,
        ),
    )
    for line in lines:
        for at in line.stations:
            if (at.state is LineState.QUEUED and not at.step and not at.made_milli) or at.starts_at_ms:
                line = edit.put_at(line, waits(edit, at))
                edit.touch(at.station)
        if line is not edit.order.line(line.line_id):
            edit.line_ids.append(line.line_id)
    edit.detail = str(verb.course)
    return DONE


def release(edit: Edit) -> Verdict:
    """The kitchen gets a scheduled order: what is fired of it may be made."""
    if not edit.order.scheduled:
        return ALREADY
    _release(edit, [])
    return DONE


def _release(edit: Edit, before: list[tuple[str, StationLine]]) -> None:
    edit.assign(scheduled=False)
    held = waiting_courses(edit.order.courses)
    queue_lines(edit, lambda line: line.course not in held, before)
    # What still waits for its course waits for another reason now, and so says the tile.
    for station in edit.open_stations():
        edit.touch(station)


def queue_lines(
    edit: Edit,
    wanted: Callable[[Line], bool],
    before: list[tuple[str, StationLine]],
    *,
    by_hand: bool = False,
) -> None:
    """WAITING lines that are wanted may be made now, or at their pace; `before` takes what stood."""
    moved: list[Line] = []
    for line in edit.lines:
        if line.voided or not wanted(line):
            continue
        stations = []
        for at in line.stations:
            if at.state is LineState.WAITING and not not_here_yet(at):
                before.append((line.line_id, at))
                at = queued(edit, at)
                edit.touch(at.station)
            stations.append(at)
        if any(one is not at for one, at in zip(stations, line.stations, strict=True)):
            moved.append(replace(line, stations=tuple(stations)))
    if edit.site.rules.pacing and not by_hand:
        moved = paced(moved, edit.now_ms)
    for line in moved:
        edit.put_line(line)
        edit.line_ids.append(line.line_id)


def queued(edit: Edit, at: StationLine) -> StationLine:
    """The station may make it from now on: in its own tile while that stands, else in the one that new lines join."""
    there = edit.station_state(at.station)
    return replace(
        at,
        state=LineState.QUEUED,
        version=edit.version,
        batch=at.batch if edit.was_open(at) else there.batch,
        queued_at_ms=edit.now_ms,
        starts_at_ms=0,
    )


def waits(edit: Edit, at: StationLine) -> StationLine:
    """The line as one that waits again."""
    return replace(at, state=LineState.WAITING, version=edit.version, queued_at_ms=0, starts_at_ms=0)


def _put_course(edit: Edit, made: Course) -> None:
    courses = [one for one in edit.order.courses if one.course != made.course]
    edit.assign(courses=tuple(sorted((*courses, made), key=lambda one: one.course)))


def next_course(order: Order) -> int | None:
    """The course that auto-fire fires now: the first that waits by hand, when all before it is over. None: not yet.

    What was voided is over; drinks that no kitchen makes are when expo sent them out, where nothing else stands before.
    """
    waiting = [one for one in order.courses if not one.fired and _served(order, one.course)]
    if not waiting or order.scheduled:
        return None
    first = min(waiting, key=lambda one: one.course)
    before = [line for line in order.lines if line.course < first.course]
    if first.fires_at_ms or first.by_hand or not before:
        return None
    left = [line for line in before if not line.voided]
    cooked = [line for line in left if line.stations]
    if cooked:
        over = all(at.state in MADE_STATES for line in cooked for at in line.stations)
    else:
        over = all(line.sent_at_ms for line in left if not line.combo)
    return first.course if over else None


def _served(order: Order, course: int) -> bool:
    """True where the guests still get something of that course."""
    return any(line.course == course and not line.voided for line in order.lines)
