"""What the hub does by itself when its time has come, each through the store as any other change.

A planned course is fired, the next one by auto-fire, a paced line starts, a scheduled order is released (see `staging`), what
expo sent leaves prep's screens, a cancelled number leaves the guests' board. All of it follows from the order and hub time,
so a hub that was down does it when it is up again. What would put new work before a cook waits while the station is paused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from heapq import heappop, heappush

from heard.board import SEE_CASHIER_MS
from heard.command import Command, FireCourse, UnknownVerb
from heard.order import LineState, Order, StationLine
from heard.ticket import is_open, unseen_sent
from hub.core import courses
from hub.core.decision import Decision, Docs, order_key
from hub.core.edit import Edit
from hub.core.hold import waiting_courses
from hub.core.site import Site

HUB = "hub"
"""The device that history names for what nobody pressed a key for."""
SENT_SHOWN_MS = 10_000
"""How long prep reads SENT BY EXPO before the lines leave."""
AT_ONCE = 0


def due_at(order: Order, site: Site) -> int | None:
    """When `decide_due` has something to do with this order, hub time; AT_ONCE for now, None for never as it stands."""
    found: list[int] = []
    if order.see_cashier:
        found.append(order.voided_at_ms + SEE_CASHIER_MS)
    held = order.scheduled
    if order.courses and not held:
        planned = [one for one in order.courses if one.fires_at_ms and not one.fired]
        found += [one.fires_at_ms for one in planned if not _paused(order, one.course, site)]
        course = courses.next_course(order) if site.rules.auto_fire else None
        if course is not None and not _paused(order, course, site):
            return AT_ONCE
    for line in order.lines:
        if line.sent_at_ms and any(unseen_sent(at) for at in line.stations):
            found.append(line.sent_at_ms + SENT_SHOWN_MS)
        elif not held:
            for at in line.stations:
                if at.starts_at_ms and at.state is LineState.WAITING and not _stands_still(at, site):
                    found.append(at.starts_at_ms)
    return min(found) if found else None


def _stands_still(at: StationLine, site: Site) -> bool:
    """True while the station is paused, by itself or with the whole site: nothing new is put before its cook."""
    return bool(site.state.stations) and site.state.paused_until_ms(at.station) > 0


def _paused(order: Order, course: int, site: Site) -> bool:
    """True while a station of the course is paused: what is eaten together waits together. FIRE by hand does not."""
    return bool(site.state.stations) and any(
        _stands_still(at, site)
        for line in order.lines
        if line.course == course and not line.voided
        for at in line.stations
    )


def decide_due(docs: Docs, order_id: str, now_ms: int, site: Site, *, release: bool = False) -> Decision:
    """Does what is due of the order at `now_ms`, one thing a decision; nothing where it is not due any more.

    `release`: its turn has come, see `staging.Staging`.
    """
    key = order_key(order_id)
    order = docs.get(key)
    if not isinstance(order, Order):
        return Decision(None, {key: None})
    reads = {key: order.version}
    if not is_open(order):
        return Decision(None, reads)
    edit = Edit(order, Command(order_id, UnknownVerb(), device=HUB), now_ms, site)
    _act(edit, release=release)
    made = edit.finish()
    return Decision(None, reads, {} if made is order else {key: made})


def _act(edit: Edit, *, release: bool) -> None:
    order, now_ms = edit.order, edit.now_ms
    if order.see_cashier and now_ms >= order.voided_at_ms + SEE_CASHIER_MS:
        edit.verb, edit.detail = "clear", "board"
        edit.assign(see_cashier=False)
        return
    if release and order.scheduled:
        edit.verb = "release"
        courses.release(edit)
        return
    course = None if order.scheduled else _course_due(edit)
    if course is not None:
        edit.verb = "fire"
        courses.fire(edit, FireCourse(course))
        edit.undo, edit.undo_changed = None, False
        return
    if _sent_leaves(edit):
        edit.verb, edit.detail = "clear", "sent"
        return
    if not order.scheduled and _paced_starts(edit):
        edit.verb = "start_pace"


def _course_due(edit: Edit) -> int | None:
    planned = [
        one
        for one in edit.order.courses
        if one.fires_at_ms
        and not one.fired
        and one.fires_at_ms <= edit.now_ms
        and not _paused(edit.order, one.course, edit.site)
    ]
    if planned:
        edit.detail = f"{planned[0].course}, planned"
        return planned[0].course
    course = courses.next_course(edit.order) if edit.site.rules.auto_fire else None
    if course is None or _paused(edit.order, course, edit.site):
        return None
    edit.detail = f"{course}, the one before is done"
    return course


def _sent_leaves(edit: Edit) -> bool:
    left: dict[str, None] = {}
    for line in list(edit.lines):
        if not line.sent_at_ms or edit.now_ms < line.sent_at_ms + SENT_SHOWN_MS:
            continue
        for at in line.stations:
            if unseen_sent(at):
                line = edit.put_at(line, replace(at, acknowledged_version=edit.version))
                edit.line_ids.append(line.line_id)
                left[at.station] = None
    for station in left:
        edit.touch(station)
        edit.close_tile(station)
    return bool(left)


def _paced_starts(edit: Edit) -> bool:
    waiting = waiting_courses(edit.order.courses)
    started = False
    for line in list(edit.lines):
        if line.voided or line.course in waiting:
            continue
        for at in line.stations:
            due = at.state is LineState.WAITING and 0 < at.starts_at_ms <= edit.now_ms
            if due and not _stands_still(at, edit.site):
                line = edit.put_at(line, courses.queued(edit, at))
                edit.line_ids.append(line.line_id)
                edit.touch(at.station)
                started = True
    return started


class Agenda:
    """When each open order is due next. One change costs its own order; what is no longer so is dropped when it comes up."""

    def __init__(self) -> None:
        self._due: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []

    def put(self, order_id: str, due_ms: int | None) -> None:
        """The order is due then, or not at all."""
        if due_ms is None:
            self._due.pop(order_id, None)
        elif self._due.get(order_id) != due_ms:
            self._due[order_id] = due_ms
            heappush(self._heap, (due_ms, order_id))

    def take(self, now_ms: int) -> Sequence[str]:
        """The orders that are due, each once; they come again only when they are put again."""
        found = []
        while self._heap and self._heap[0][0] <= now_ms:
            due_ms, order_id = heappop(self._heap)
            if self._due.get(order_id) == due_ms:
                del self._due[order_id]
                found.append(order_id)
        return found

    def __len__(self) -> int:
        return len(self._due)
