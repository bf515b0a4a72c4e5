"""Split and merge: lines move between two orders with their states. One decision writes both, so nothing is lost or made twice.

A bill that is split changes no tile: its lines are only marked with the bill.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import blake2b

from heard.command import Merge, Reason, Split
from heard.errors import InvalidInput
from heard.order import (
    Allergen,
    ChangeKind,
    Course,
    HistoryEntry,
    Line,
    LineChange,
    LineState,
    Order,
    OrderState,
    StationLine,
    TaxAmount,
    Totals,
)
from heard.ticket import OPEN_STATES, TO_MAKE_STATES, is_cancelled, unseen_changes, unseen_sent, unseen_void
from heard.why import why
from hub.core.adding import in_scope, mark_changed, with_changes
from hub.core.call_numbers import own_number
from hub.core.courses import COURSES_MAX, queued
from hub.core.decision import order_key
from hub.core.edit import ALREADY, DONE, LINES_PER_ORDER_MAX, Edit, Verdict, refused, state_of
from hub.core.hold import LINE_ID_BYTES_MAX, waiting_of
from hub.core.lifecycle import OPEN_ORDER_STATES
from hub.core.slip_wishes import (
    SLIPS_MAX,
    slip_on_change,
    slips_of_moved,
    slips_of_staying,
    waiting_slips,
)


def split(edit: Edit, verb: Split) -> Verdict:
    """The named lines, with their parts, become an order of their own; or only a bill."""
    order = edit.order
    unknown = [edit.gone(one, why("line.unknown")) for one in verb.line_ids if edit.line(one) is None]
    if unknown:
        return edit.verdict(unknown)
    taken = _with_parts(order, verb.line_ids)
    if verb.bill_only:
        return _split_bill(edit, taken, verb.new_order_id)
    if edit.docs.get(order_key(verb.new_order_id)) is not None:
        return refused(Reason.CONFLICT, why("split.same_id"), "split.new_order_id")
    for line in taken.values():
        if line.part_of and line.part_of not in taken:
            raise InvalidInput(
                "split.line_ids", f"{line.line_id!r} is a part of {line.part_of!r}", "split the dish"
            )
    if len(taken) == len(order.lines):
        return refused(Reason.NOT_NOW, why("split.whole"), "split.line_ids")
    number = verb.call_number
    if not number:
        number, counters = own_number(edit.docs, edit.now_ms, edit.site)
        edit.others.update(counters)
    made = _split_off(edit, verb, taken, number)
    edit.others[order_key(made.order_id)] = made
    edit.drop_lines(taken)
    edit.line_ids.extend(taken)
    edit.detail = f"to {made.order_id} #{number}"
    share, rest = _shares(order, taken.values())
    edit.assign(
        totals=rest,
        allergens=tuple(one for one in order.allergens if one.line_id not in taken),
        slips=slips_of_staying(order, taken, edit.now_ms),
    )
    edit.others[order_key(made.order_id)] = replace(made, totals=share)
    for station in dict.fromkeys(at.station for line in taken.values() for at in line.stations):
        edit.touch(station)
        edit.close_tile(station)
    return DONE


def _with_parts(order: Order, line_ids: tuple[str, ...]) -> dict[str, Line]:
    wanted = set(line_ids)
    return {
        line.line_id: line
        for line in order.lines
        if line.line_id in wanted or (line.part_of and line.part_of in wanted)
    }


def _split_bill(edit: Edit, taken: dict[str, Line], bill: str) -> Verdict:
    marked = [line for line in taken.values() if line.bill != bill]
    if not marked:
        return ALREADY
    for line in marked:
        edit.put_line(replace(line, bill=bill))
        edit.line_ids.append(line.line_id)
    edit.detail = f"bill {bill}"
    return DONE


def _split_off(edit: Edit, verb: Split, taken: dict[str, Line], number: str) -> Order:
    """The new order: its versions go on where those of the old one stand, so that what was painted keeps its meaning."""
    order, command = edit.order, edit.command
    change = LineChange(ChangeKind.MOVED, edit.version, edit.now_ms, from_number=order.call_number)
    lines = tuple(
        [
            replace(
                line,
                changes=with_changes(line.changes, change),
                stations=tuple([_told_by_paper(edit, line, at) for at in line.stations]),
            )
            for line in taken.values()
        ]
    )
    seats = {line.seat for line in lines}
    here = {at.station for line in lines for at in line.stations}
    state = state_of(list(lines))
    return replace(
        order,
        order_id=verb.new_order_id,
        slips=slips_of_moved(order, ((line.line_id, line) for line in lines), edit),
        call_number=number,
        lines=lines,
        allergens=tuple(
            one
            for one in order.allergens
            if (one.line_id in taken if one.line_id else not one.seat or one.seat in seats)
        ),
        version=edit.version,
        state=state,
        changed_at_ms=edit.now_ms,
        started_at_ms=0 if state is OrderState.HELD else order.started_at_ms or edit.now_ms,
        ready_at_ms=(order.ready_at_ms or edit.now_ms) if state is OrderState.READY else 0,
        history=(
            HistoryEntry(
                "split",
                command.device,
                edit.now_ms,
                edit.version,
                tuple(taken),
                command.user,
                "",
                f"from {order.order_id}",
            ),
        ),
        stations=tuple(
            replace(there, ticket_version=edit.version) for there in order.stations if there.station in here
        ),
        split_from=order.order_id,
        merged_into="",
        # Facts of the whole table, told once: they stay with the order that was held.
        covers=0,
        loyalty_points=0,
        bags=0,
        payments=(),
    )


def _shares(order: Order, moved: Iterable[Line]) -> tuple[Totals, Totals]:
    """What of the amounts goes with the moved lines, by their share, and what stays; together they are what stood.

    Payments are facts of the order that took them, and stay there.
    """
    whole = sum(line.total_minor for line in order.lines)
    part = sum(line.total_minor for line in moved)
    old = order.totals

    def share(amount: int) -> int:
        return amount * part // whole if whole else 0

    taken = Totals(
        old.currency,
        share(old.subtotal_minor),
        share(old.discount_minor),
        share(old.tax_minor),
        share(old.total_minor),
        taxes=tuple(
            [
                replace(one, base_minor=share(one.base_minor), tax_minor=share(one.tax_minor))
                for one in old.taxes
            ]
        ),
    )
    return taken, _sum(old, taken, -1)


def _sum(one: Totals, other: Totals, sign: int = 1) -> Totals:
    return Totals(
        one.currency or other.currency,
        one.subtotal_minor + sign * other.subtotal_minor,
        one.discount_minor + sign * other.discount_minor,
        one.tax_minor + sign * other.tax_minor,
        one.total_minor + sign * other.total_minor,
        one.paid_minor + sign * other.paid_minor,
        _tax_sums(one.taxes, other.taxes, sign),
    )


def _tax_sums(ones: tuple[TaxAmount, ...], others: tuple[TaxAmount, ...], sign: int) -> tuple[TaxAmount, ...]:
    """Rate by rate; a rate that only one of them has is kept."""
    found = {(one.tax_id, one.rate_ppm): one for one in ones}
    for other in others:
        key = (other.tax_id, other.rate_ppm)
        one = found.get(key, TaxAmount(*key))
        found[key] = replace(
            one,
            base_minor=one.base_minor + sign * other.base_minor,
            tax_minor=one.tax_minor + sign * other.tax_minor,
        )
    return tuple(found.values())


def merge(edit: Edit, verb: Merge) -> Verdict:
    """All lines of this order go into another open one; this one stays as MERGED, empty."""
    order = edit.order
    key = order_key(verb.into_order_id)
    target = edit.docs.get(key)
    if not isinstance(target, Order):
        return refused(Reason.GONE, why("order.unknown"), "merge.into_order_id")
    if target.order_id == order.order_id:
        raise InvalidInput("merge.into_order_id", "is the order itself", "name another open order")
    if target.state not in OPEN_ORDER_STATES or is_cancelled(target):
        return refused(Reason.NOT_NOW, why("merge.closed"), "merge.into_order_id")
    if len(target.lines) + len(order.lines) > LINES_PER_ORDER_MAX:
        count = len(target.lines) + len(order.lines)
        raise InvalidInput("merge.into_order_id", f"would have {count} lines; at most {LINES_PER_ORDER_MAX}")
    into = Edit(target, edit.command, edit.now_ms, edit.site)
    take_in(into, order)
    edit.others[key] = into.finish()
    edit.line_ids.extend(line.line_id for line in order.lines)
    for station in edit.open_stations():
        edit.touch(station)
    edit.drop_lines({line.line_id: line for line in order.lines})
    edit.assign(
        state=OrderState.MERGED,
        merged_into=target.order_id,
        totals=Totals(order.totals.currency),
        payments=(),
        slips=(),
    )
    edit.detail = f"to {target.order_id} #{target.call_number}"
    return DONE


def take_in(into: Edit, order: Order) -> None:
    """The other order gets all lines of this one, and what belongs to them; the caller empties this one."""
    target = into.order
    ids = {line.line_id: _free_id(into, order.order_id, line.line_id) for line in order.lines}
    held = waiting_of(target)
    for line in order.lines:
        moved = _arrived(into, order, line, ids)
        if order.scheduled and not target.scheduled and line.course not in held:
            stations = [
                queued(into, at) if at.state is LineState.WAITING and not at.step else at
                for at in moved.stations
            ]
            moved = replace(moved, stations=tuple(stations))
        into.put_line(moved)
        into.line_ids.append(moved.line_id)
        for at in moved.stations:
            into.put_station(into.station_state(at.station))
            if at.state in OPEN_STATES or unseen_void(at):
                into.touch(at.station)
    _join_allergens(into, order, ids)
    arrived = {line.line_id: line for line in into.lines}
    wanted = slips_of_moved(order, ((old, arrived[new]) for old, new in ids.items()), into)
    for slip in wanted:
        if slip.moved_from:
            into.touch(slip.printer)
    into.assign(
        courses=_courses(target.courses, order.courses),
        totals=_sum(target.totals, order.totals),
        rush=target.rush or order.rush,
        paid=target.paid and order.paid,
        payments=(*target.payments, *order.payments),
        covers=target.covers + order.covers,
        bags=target.bags + order.bags,
        notes=(*target.notes, *(note for note in order.notes if note not in target.notes)),
        slips=(*waiting_slips(target, into.now_ms), *wanted)[-SLIPS_MAX:],
    )
    slip_on_change(into, arrived=frozenset(ids.values()))
    if order.rush and not target.rush:
        for station in into.open_stations():
            into.touch(station)
    into.detail = f"from {order.order_id} #{order.call_number}"


def _free_id(into: Edit, order_id: str, line_id: str) -> str:
    """The line's own id, unless the other order has the same: tills that count 1, 2, 3 in every order."""
    if into.line(line_id) is None:
        return line_id
    found = f"{order_id}.{line_id}"
    if len(found.encode()) > LINE_ID_BYTES_MAX or into.line(found) is not None:
        found = f"{blake2b(found.encode(), digest_size=8).hexdigest()}.{into.version}"
    return found


def _arrived(into: Edit, order: Order, line: Line, ids: dict[str, str]) -> Line:
    """The line as it stands in the other order: same states, ages and marks; versions are of the new order."""
    told = [one for one in line.changes if one.kind is not ChangeKind.ADDED]
    unseen = {one.version for at in line.stations for one in told if one.version > at.acknowledged_version}
    changes = tuple(
        replace(one, version=into.version if one.version in unseen else min(one.version, into.order.version))
        for one in line.changes
    )
    change = LineChange(ChangeKind.MOVED, into.version, into.now_ms, from_number=order.call_number)
    return replace(
        line,
        line_id=ids[line.line_id],
        part_of=ids.get(line.part_of, line.part_of),
        remake_of=ids.get(line.remake_of, line.remake_of),
        added_version=1 if line.added_version == 1 else into.version,
        changes=with_changes(changes, change),
        stations=tuple([_arrived_at(into, line, at) for at in line.stations]),
    )


def _arrived_at(into: Edit, line: Line, at: StationLine) -> StationLine:
    there = into.station_state(at.station)
    opened = at.state in OPEN_STATES or unseen_void(at) or unseen_sent(at)
    news = opened or bool(unseen_changes(line, at))
    arrived = replace(
        at,
        version=into.version,
        acknowledged_version=into.order.version if news else into.version,
        batch=there.batch if opened else 0,
    )
    return _told_by_paper(into, line, arrived)


def _told_by_paper(edit: Edit, line: Line, at: StationLine) -> StationLine:
    """A printer's slip asks to look under the old number only for what may be coming out as it leaves."""
    coming_out = at.state in TO_MAKE_STATES or unseen_void(at)
    if coming_out or at.station not in edit.site.routing.floor.papers or unseen_changes(line, at):
        return at
    return replace(at, acknowledged_version=edit.version)


def _join_allergens(into: Edit, order: Order, ids: dict[str, str]) -> None:
    """An allergy of either order is one of all now: what is open and did not know of it is to be acknowledged."""
    target = into.order
    known = {_what(one) for one in target.allergens}
    come = [
        replace(one, line_id=ids.get(one.line_id, one.line_id), added_version=into.version)
        for one in order.allergens
    ]
    fresh = [one for one in come if _what(one) not in known]
    had = {_what(one) for one in come}
    new_there = [one for one in target.allergens if _what(one) not in had]
    if fresh:
        into.assign(allergens=(*target.allergens, *fresh))
    arrived = set(ids.values())
    for line in list(into.lines):
        others = new_there if line.line_id in arrived else fresh
        if not line.voided and any(in_scope(line, one) for one in others):
            mark_changed(into, line, LineChange(ChangeKind.ALLERGY, into.version, into.now_ms))


def _what(one: Allergen) -> tuple[object, ...]:
    return (one.allergen_id, tuple(one.name.items()), one.seat, one.line_id)


def _courses(known: tuple[Course, ...], come: tuple[Course, ...]) -> tuple[Course, ...]:
    """A course of both is fired where both were; what is made already goes on."""
    found = {one.course: one for one in known}
    for one in come:
        there = found.get(one.course)
        if there is None or (there.fired and not one.fired):
            found[one.course] = one
    return tuple(sorted(found.values(), key=lambda one: one.course))[:COURSES_MAX]
