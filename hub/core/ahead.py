"""The cloud holds more of an order than this hub, as after a restore from a backup: what of it comes back, as a new version.

Paid, voided and picked up are never undone; a line, a payment or an allergy that only the cloud knows is not lost. All else stays as
this hub has it, each field for a reason that stands in OURS and OURS_OF_A_LINE.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from heard.command import Command, UnknownVerb
from heard.order import (
    ChangeKind,
    Line,
    LineChange,
    LineState,
    Order,
    OrderState,
    Payment,
    StationLine,
    Totals,
)
from heard.ticket import is_cancelled, line_is_open, unseen_void
from hub.core.adding import add_allergens, with_changes
from hub.core.among import take_in
from hub.core.decision import Docs, Key, order_key
from hub.core.edit import Edit
from hub.core.lifecycle import OPEN_ORDER_STATES
from hub.core.payments import joined, paid_minor
from hub.core.routing import RoutingPlan
from hub.core.site import Site

FINALITY = {OrderState.PICKED_UP: 1, OrderState.MERGED: 2, OrderState.VOIDED: 3}
"""States that are never undone, the later the higher; all others are 0. The contract's AHEAD is made of the same."""
VERB = "merge_cloud"
DEVICE = "cloud"

OURS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "order_id", "call_number", "aggregator_code", "terminal", "business_date", "loyalty_member",
                "loyalty_points", "held_at_ms", "held_wall_ms", "split_from",
            ),
            "said once, when the order began: the same in both",
        ),
        **dict.fromkeys(
            (
                "notes", "guest", "covers", "due_at_ms", "type", "type_name", "table", "server", "area",
                "pick_up_point", "rush", "courses", "scheduled", "rider_here_at_ms", "bags", "slips",
            ),
            "as the screens painted it since; the journal of the till or screen that changed it brings it again",
        ),
        "allergy_confirmed_version": "counts versions of another history: asking expo once more harms nobody",
    }
)  # fmt: skip
"""Fields of the order that the cloud changes nothing in, and why."""
OURS_OF_A_LINE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "line_id", "item_id", "name", "part_of", "seat", "course", "category", "unit_price_minor", "prep_time_s",
                "no_kitchen", "combo", "remake", "remake_of", "contains", "added_version", "added_at_ms",
            ),
            "said once, when the line came: the same in both",
        ),
        **dict.fromkeys(
            ("quantity_milli", "modifiers", "notes", "total_minor", "bill", "nobodys", "then", "sent_at_ms"),
            "as the screens painted it since; the journal of the till or screen that changed it brings it again",
        ),
    }
)  # fmt: skip
"""The same for a line that both have. Of a line that only the cloud has all is taken but its marks of change, which are news here."""
NOWHERE = Site(RoutingPlan((), ("nowhere",)))
"""Nothing is routed here: each line has its stations already."""


@dataclass(frozen=True, slots=True)
class AheadMerge:
    """What a merge does to this hub's order. `state` None: as its lines say."""

    version: int
    state: OrderState | None
    paid: bool
    voided_line_ids: tuple[str, ...]
    lines_added: tuple[Line, ...]


def needs(key: Key, theirs: Order) -> frozenset[Key]:
    """The documents that `decide` reads: the order, and the one into which the cloud has it merged."""
    return frozenset((key, order_key(theirs.merged_into)) if theirs.merged_into else (key,))


def decide(docs: Docs, key: Key, theirs: Order, now_ms: int) -> tuple[dict[Key, Order], dict[Key, Order]]:
    """Our order with what the cloud's brings, and what to write; `now_ms` is hub time. Nothing where the hub has no such order."""
    ours = docs[key]
    if not isinstance(ours, Order):
        return {}, {}
    made = merged(ours, theirs, now_ms)
    target = docs.get(order_key(made.merged_into)) if made.state is OrderState.MERGED and made.lines else None
    if target is None and made.state is OrderState.MERGED and made.lines and ours.state in OPEN_ORDER_STATES:
        # Fail open: no screen would show these lines, and nobody make them.
        made = merged(ours, replace(theirs, state=ours.state, merged_into=""), now_ms)
        return ({key: ours}, {}) if _says_nothing_new(made, ours) else ({key: made}, {key: made})
    if not isinstance(target, Order) or target.state not in OPEN_ORDER_STATES or is_cancelled(target):
        return {key: made}, {key: made}
    return {key: made}, {
        key: _emptied(made),
        order_key(target.order_id): _with_lines_of(target, made, now_ms),
    }


def stays_open(made: Order, theirs: Order) -> bool:
    """True where the cloud has it merged into an order that this hub lost, so that it is open here all the same."""
    return theirs.state is OrderState.MERGED and made.state in OPEN_ORDER_STATES


def _says_nothing_new(made: Order, ours: Order) -> bool:
    same = replace(made, version=ours.version, changed_at_ms=ours.changed_at_ms, history=ours.history)
    return same == ours


def _with_lines_of(target: Order, order: Order, now_ms: int) -> Order:
    """A restored hub has the lines of a merged order there still: they go where the cloud has them, or no screen would show them."""
    into = Edit(target, _command(target), now_ms, NOWHERE)
    into.verb = VERB
    lines = tuple([one for one in order.lines if target.line(one.line_id) is None])
    known = {one.payment_id for one in target.payments}
    payments = tuple([one for one in order.payments if one.payment_id not in known])
    totals = order.totals if lines else Totals()  # the cloud's target brought the amounts with the lines
    take_in(into, replace(order, lines=lines, payments=payments, totals=totals))
    return into.finish()


def _emptied(order: Order) -> Order:
    return replace(order, lines=(), totals=Totals(order.totals.currency), payments=())


def decide_merge(ours: Order, theirs: Order) -> AheadMerge:
    """What the cloud's order changes in ours. The version is above both, so that the cloud takes it."""
    ours_by_id = {line.line_id: line for line in ours.lines}
    theirs_is_final = FINALITY.get(theirs.state, 0) > FINALITY.get(ours.state, 0)
    state = theirs.state if theirs_is_final else None
    all_voided = OrderState.VOIDED in (ours.state, state)
    voided = {line.line_id for line in theirs.lines if line.voided or all_voided}
    voided |= {line.line_id for line in ours.lines if all_voided}
    return AheadMerge(
        version=max(ours.version, theirs.version) + 1,
        state=state,
        paid=theirs.paid and not ours.paid,
        voided_line_ids=tuple(
            line.line_id for line in ours.lines if line.line_id in voided and not line.voided
        ),
        lines_added=tuple(line for line in theirs.lines if line.line_id not in ours_by_id),
    )


def merged(ours: Order, theirs: Order, now_ms: int) -> Order:
    """Our order with what `decide_merge` says, as a new version; `now_ms` is hub time."""
    merge = decide_merge(ours, theirs)
    edit = Edit(ours, _command(ours), now_ms, NOWHERE)
    edit.version, edit.verb = merge.version, VERB
    all_voided = OrderState.VOIDED in (ours.state, merge.state)
    for line_id in merge.voided_line_ids:
        line = edit.line(line_id)
        if line is not None:
            edit.put_line(_voided(edit, line, theirs.line(line_id)))
    for line in merge.lines_added:
        edit.put_line(_added(edit, line, voided=line.voided or all_voided))
        edit.line_ids.append(line.line_id)
    for station in list(edit.touched):
        edit.put_station(edit.station_state(station))
        edit.close_tile(station)
    add_allergens(edit, theirs.allergens, {line.line_id for line in merge.lines_added})
    if merge.state is not None:
        edit.assign(state=merge.state, picked_up_at_ms=ours.picked_up_at_ms or theirs.picked_up_at_ms)
        if merge.state is OrderState.MERGED:
            edit.assign(merged_into=theirs.merged_into)
    paid = joined(ours.payments, theirs.payments)
    totals = replace(theirs.totals if merge.paid else ours.totals)
    edit.assign(paid=ours.paid or merge.paid, payments=paid, totals=_paid(totals, paid, ours.payments))
    return edit.finish()


def _command(order: Order) -> Command:
    return Command(order.order_id, UnknownVerb(), device=DEVICE)


def _paid(totals: Totals, payments: tuple[Payment, ...], known: tuple[Payment, ...]) -> Totals:
    return replace(totals, paid_minor=paid_minor(payments)) if payments != known else totals


def _voided(edit: Edit, line: Line, theirs: Line | None) -> Line:
    """What cooks acknowledged there need not be acknowledged again."""
    seen = {at.station: at for at in theirs.stations} if theirs is not None else {}
    stations = []
    for at in line.stations:
        if at.state is not LineState.VOIDED:
            at = replace(at, state=LineState.VOIDED, state_before_void=at.state, version=edit.version)
            edit.touch(at.station)
            there = seen.get(at.station)
            if there is not None and there.state is LineState.VOIDED and not unseen_void(there):
                at = replace(at, acknowledged_version=edit.version, void_answer=there.void_answer)
        stations.append(at)
    change = LineChange(ChangeKind.VOIDED, edit.version, edit.now_ms)
    reason = line.void_reason or (theirs.void_reason if theirs is not None else "")
    return replace(
        line,
        voided=True,
        void_reason=reason,
        changes=with_changes(line.changes, change),
        stations=tuple(stations),
    )


def _added(edit: Edit, line: Line, *, voided: bool) -> Line:
    """A line that only the cloud knew, new to every screen here."""
    stations = tuple([_fresh(edit, at) for at in line.stations])
    fresh = replace(line, added_version=edit.version, added_at_ms=edit.now_ms, changes=(), stations=stations)
    return _voided(edit, fresh, line) if voided else fresh


def _fresh(edit: Edit, at: StationLine) -> StationLine:
    """In the tile that new lines join, where it is open; its tiles there were numbered otherwise."""
    edit.touch(at.station)
    there = edit.station_state(at.station)
    acknowledged = edit.version if at.state is LineState.VOIDED and at.acknowledged_version else 0
    fresh = replace(at, version=edit.version, acknowledged_version=acknowledged)
    return replace(fresh, batch=there.batch if line_is_open(fresh) else min(at.batch, there.batch))
