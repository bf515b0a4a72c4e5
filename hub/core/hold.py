"""Hold: a till's order enters the kitchen. Stamps what the till left empty and decides which station makes each line."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b

from heard.command import Command, Hold
from heard.errors import InvalidInput
from heard.menu import filled
from heard.order import (
    ONE_MILLI,
    Allergen,
    Course,
    HistoryEntry,
    Line,
    LineChange,
    LineState,
    Modifier,
    Order,
    OrderState,
    StationLine,
    StationState,
)
from heard.quick import replaced
from hub.core.allergy import marked_line, marked_notes
from hub.core.edit import LINES_PER_ORDER_MAX, state_of
from hub.core.identity import order_hash
from hub.core.pacing import paced
from hub.core.payments import Till, paid_minor, stamped
from hub.core.routing import Routed
from hub.core.site import Site

LINE_ID_BYTES_MAX = 64
PART_HASH_BYTES = 4


def held_order(
    command: Command, verb: Hold, now_ms: int, site: Site, call_number: str, business_date: str
) -> Order:
    """Version 1 of the order. Raises InvalidInput for one that can never be held."""
    order = filled(verb.order, site.menu)
    if order.call_number != call_number or not order.terminal:  # rules and equal stations look at both
        terminal = order.terminal or command.device
        order = replaced(order, call_number=call_number, terminal=terminal)
    version = 1
    lines = arrive(order, tuple([marked_line(line, site) for line in order.lines]), (), site)
    check_lines(lines, "hold.order.lines")
    routed = site.routing.assigned(order, lines)
    scheduled = bool(order.due_at_ms) and is_scheduled(order.due_at_ms - site.wall_offset_ms, now_ms, site)
    waiting = EVERY_COURSE if scheduled else waiting_courses(order.courses)
    batches: dict[str, StationState] = {}
    made = [placed(line, routed[line.line_id], version, now_ms, waiting, batches) for line in lines]
    if site.rules.pacing and not scheduled:
        made = paced(made, now_ms)
    state = state_of(made)
    till = Till(command.device, command.user, now_ms, now_ms + site.wall_offset_ms, business_date)
    paid = stamped(order.payments, order, till, business_date)
    return Order(
        order_id=order.order_id,
        call_number=call_number,
        type=order.type,
        type_name=order.type_name,
        table=order.table,
        guest=order.guest,
        aggregator_code=order.aggregator_code,
        covers=order.covers,
        server=order.server,
        area=order.area,
        terminal=order.terminal,
        due_at_ms=order.due_at_ms,
        lines=tuple(made),
        allergens=stamped_allergens(order.allergens, version),
        notes=marked_notes(order.notes, site.profile.allergy_words) if order.notes else order.notes,
        courses=tuple(_held_course(course, now_ms) for course in order.courses),
        totals=replace(order.totals, paid_minor=paid_minor(paid)) if paid else order.totals,
        rush=order.rush,
        paid=order.paid,
        payments=paid,
        business_date=business_date,
        pick_up_point=order.pick_up_point,
        loyalty_member=order.loyalty_member,
        loyalty_points=order.loyalty_points,
        version=version,
        state=state,
        held_at_ms=now_ms,
        changed_at_ms=now_ms,
        ready_at_ms=now_ms if state is OrderState.READY else 0,
        started_at_ms=now_ms if state is OrderState.READY else 0,
        held_wall_ms=now_ms + site.wall_offset_ms,
        # The detail of the first entry is how a repeated hold is known, for the order's life.
        history=(
            HistoryEntry(
                "hold", command.device, now_ms, version, (), command.user, "", order_hash(verb.order)
            ),
        ),
        stations=tuple(
            StationState(there.station, there.batch, 0, 0, False, version) for there in batches.values()
        ),
        scheduled=scheduled,
    )


def is_scheduled(due_ms: int, now_ms: int, site: Site) -> bool:
    """True where the kitchen gets an order that is due then (hub time) later, by the hub's timer."""
    return due_ms > now_ms and (due_ms - site.rules.lead_ms > now_ms or bool(site.rules.release_per_min))


class _Every(frozenset[int]):
    """Holds every course."""

    def __contains__(self, course: object) -> bool:
        return True


EVERY_COURSE: frozenset[int] = _Every()
"""The courses that wait of an order that is not released."""


def waiting_of(order: Order) -> frozenset[int]:
    """The courses of the order whose new lines wait."""
    return EVERY_COURSE if order.scheduled else waiting_courses(order.courses)


def waiting_courses(courses: tuple[Course, ...]) -> frozenset[int]:
    """Courses that are listed and not fired; an unlisted one counts as fired."""
    return frozenset(course.course for course in courses if not course.fired)


def arrive(order: Order, new: tuple[Line, ...], known: tuple[Line, ...], site: Site) -> tuple[Line, ...]:
    """The lines as the kitchen sees them: routed sides of a dish become parts where another station makes them."""
    if not any(modifier.routed_item_id for line in new for modifier in line.modifiers):
        return new
    taken = {line.line_id for line in (*known, *new)}
    made: list[Line] = []
    for line in new:
        made.append(line)
        for modifier in line.modifiers:
            part = part_of(order, line, modifier, site) if modifier.routed_item_id else None
            if part is not None and part.line_id not in taken:
                taken.add(part.line_id)
                made.append(part)
    return tuple(made)


def part_of(order: Order, line: Line, modifier: Modifier, site: Site) -> Line | None:
    """The part that a routed modifier becomes; None where the dish's own stations make it, or no rule knows it."""
    part = Line(
        line_id=part_id(line.line_id, modifier.modifier_id or modifier.routed_item_id),
        item_id=modifier.routed_item_id,
        name=modifier.name,
        quantity_milli=line.quantity_milli * modifier.quantity_milli // ONE_MILLI,
        part_of=line.line_id,
        seat=line.seat,
        course=line.course,
    )
    routed = site.routing.route(order, part)
    if not routed.ruled:
        return None
    if not line.combo and set(routed.stations) <= set(site.routing.route(order, line).stations):
        return None
    return part


def part_id(line_id: str, modifier_id: str) -> str:
    """The id of a part made of a modifier: the same whenever it is made, at most 64 bytes."""
    tail = blake2b(modifier_id.encode(), digest_size=PART_HASH_BYTES).hexdigest()
    made = f"{line_id}+{tail}"
    if len(made.encode()) <= LINE_ID_BYTES_MAX:
        return made
    return f"{blake2b(line_id.encode(), digest_size=2 * PART_HASH_BYTES).hexdigest()}+{tail}"


def check_lines(lines: tuple[Line, ...], field: str) -> None:
    """Raises InvalidInput for too many lines, an id that stands twice, or a part of nothing."""
    if not lines:
        raise InvalidInput(field, "is empty", "an order needs at least one line")
    if len(lines) > LINES_PER_ORDER_MAX:
        raise InvalidInput(
            field,
            f"makes {len(lines)} lines with the sides that are made apart; at most {LINES_PER_ORDER_MAX}",
        )
    ids = {line.line_id for line in lines}
    if len(ids) < len(lines):
        raise InvalidInput(field, "has a line_id that stands twice", "give each line an id of its own")
    for index, line in enumerate(lines):
        if line.part_of and (line.part_of not in ids or line.part_of == line.line_id):
            raise InvalidInput(f"{field}[{index}].part_of", f"{line.part_of!r} is no other line of the order")


def placed(
    line: Line,
    routed: Routed,
    version: int,
    now_ms: int,
    waiting: frozenset[int],
    stations: dict[str, StationState],
    changes: tuple[LineChange, ...] = (),
) -> Line:
    """The line at its stations, in the tile that new lines join; fills in `stations` for those that were not there."""
    batches = []
    for station in routed.stations:
        there = stations.get(station)
        if there is None:
            there = stations[station] = StationState(station)
        batches.append(there.batch)
    at = _stands(routed.stations, tuple(batches), line.course in waiting, version, now_ms)
    return Line(
        line.line_id,
        line.item_id,
        line.name,
        line.quantity_milli,
        line.part_of,
        line.modifiers,
        line.notes,
        line.seat,
        line.course,
        line.category,
        line.unit_price_minor,
        line.total_minor,
        line.prep_time_s,
        line.no_kitchen,
        line.combo,
        False,
        version,
        now_ms,
        changes,
        at,
        routed.nobodys,
        "",
        False,
        routed.then,
        contains=line.contains,
    )


@lru_cache(maxsize=16)
def _stands(
    stations: tuple[str, ...], batches: tuple[int, ...], held_back: bool, version: int, now_ms: int
) -> tuple[StationLine, ...]:
    """Most lines of an order stand alike; those share what says so, and it is encoded once."""
    state = LineState.WAITING if held_back else LineState.QUEUED
    return tuple(
        StationLine(station, state, version, batch, 0 if held_back else now_ms)
        for station, batch in zip(stations, batches, strict=True)
    )


def stamped_allergens(allergens: tuple[Allergen, ...], version: int) -> tuple[Allergen, ...]:
    """The allergies as of the version that brought them."""
    return tuple(Allergen(one.allergen_id, one.name, one.seat, one.line_id, version) for one in allergens)


def _held_course(course: Course, now_ms: int) -> Course:
    return replace(course, fired_at_ms=now_ms if course.fired else 0)
