"""The kitchen's one entrance: a command and the documents it needs -> what to write and what to answer. Only dispatches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from heard.command import Command, Hold, IssueFiscal, MarkPaid, Merge, Reason, Split
from heard.errors import InvalidInput
from heard.order import Order, OrderState
from heard.why import Why, why
from hub.core import (
    acknowledge,
    adding,
    among,
    changes,
    cooking,
    counters,
    courses,
    marks,
    moves,
    order_change,
    passing,
    remake,
    site_verbs,
    slip_wishes,
    slips,
    undo,
    voiding,
)
from hub.core.business_day import first_day, open_date
from hub.core.call_numbers import OWN_NUMBERS_KEY, own_number
from hub.core.decision import (
    CALL_NUMBERS_KEY,
    DAY_KEY,
    BusinessDay,
    Decision,
    DeviceRecord,
    Doc,
    Docs,
    Key,
    device_key,
    order_key,
)
from hub.core.edit import ALREADY, DONE, Edit, Verdict, refused
from hub.core.eighty_six import flagged
from hub.core.hold import held_order
from hub.core.identity import Expected as Expected
from hub.core.identity import answered_before, consumed, decision, keys_of, order_hash, same_content
from hub.core.lifecycle import CHANGING, ORDER_TABLE, UNKNOWN_STATE, Kind
from hub.core.site import Site

Handler = Callable[[Edit, Any], Verdict]

HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "add_lines": adding.add_lines,
        "change_line": changes.change_line,
        "change_order": order_change.change_order,
        "void_lines": voiding.void_lines,
        "void_order": voiding.void_order,
        "rush": marks.rush,
        "undo": undo.undo,
        "acknowledge": acknowledge.acknowledge,
        "mark_paid": marks.mark_paid,
        "mark_picked_up": marks.mark_picked_up,
        "start": cooking.start,
        "bump": cooking.bump,
        "recall": passing.recall,
        "fire": courses.fire,
        "hold_course": courses.hold_course,
        "move": moves.move,
        "transfer": moves.transfer,
        "remake": remake.remake,
        "send_out": passing.send_out,
        "confirm_allergy": passing.confirm_allergy,
        "rider_here": passing.rider_here,
        "pack": passing.pack,
        "print": slips.print_ticket,
        "split": among.split,
        "merge": among.merge,
    }
)


def needs(command: Command) -> frozenset[Key]:
    """The documents that `decide` reads for this command."""
    keys = keys_of(command)
    verb = command.verb
    if site_verbs.is_site_command(command):
        return keys | site_verbs.needs(command)
    if isinstance(verb, IssueFiscal):
        return keys | counters.needs(command)
    if command.order_id:
        keys |= {order_key(command.order_id)}
    if isinstance(verb, Split) and not verb.bill_only:
        keys |= {order_key(verb.new_order_id)}
        if not verb.call_number:
            keys |= {CALL_NUMBERS_KEY, OWN_NUMBERS_KEY}
    elif isinstance(verb, Merge):
        keys |= {order_key(verb.into_order_id)}
    elif isinstance(verb, Hold | MarkPaid):
        keys |= {DAY_KEY}
    if isinstance(verb, Hold) and not verb.order.call_number:
        keys |= {CALL_NUMBERS_KEY, OWN_NUMBERS_KEY}
    return keys


def decide(docs: Docs, command: Command, now_ms: int, site: Site) -> Decision | Expected:
    """What becomes of a command, or the seq that must come first. The same command twice has one effect.

    `docs` holds exactly what `needs` named. Never raises for what a client sent: what can never be accepted is answered
    REJECTED(INVALID) and consumes its seq, so that it blocks nobody.
    """
    before = answered_before(docs, command)
    if isinstance(before, Expected):
        return before
    if before is not None:
        return decision(docs, before, {})
    if site_verbs.is_site_command(command):
        return site_verbs.decide(docs, command, now_ms, site)
    if isinstance(command.verb, IssueFiscal):
        return counters.issue(docs, command, command.verb, now_ms, site)
    order = docs.get(order_key(command.order_id)) if command.order_id else None
    if not isinstance(order, Order):
        order = None
    try:
        if isinstance(command.verb, Hold):
            return _hold(docs, command, command.verb, order, now_ms, site)
        edit, verdict = _change(docs, command, order, now_ms, site)
    except InvalidInput as error:
        return refuse(docs, command, now_ms, error)
    if site.out and command.verb.name == "add_lines" and edit is not None:
        new = (line for line in edit.lines if line.added_version == edit.version)
        verdict = flagged(verdict, new, site.out)
    return _decided(docs, command, order, verdict, edit, now_ms)


def refuse(docs: Docs, command: Command, now_ms: int, error: InvalidInput) -> Decision | Expected:
    """Answers REJECTED(INVALID) to a command that the door or the store can never take; it consumes its seq."""
    before = answered_before(docs, command)
    if isinstance(before, Expected):
        return before
    if before is not None:
        return decision(docs, before, {})
    message = f"{error.field}: {error.what}" + (f" ({error.hint})" if error.hint else "")
    said = error.what if isinstance(error.what, Why) else why("command.wrong", field=error.field)
    verdict = refused(Reason.INVALID, Why(message, said.code, said.values), error.field)
    return _decided(docs, command, None, verdict, None, now_ms)


def _change(
    docs: Docs, command: Command, order: Order | None, now_ms: int, site: Site
) -> tuple[Edit | None, Verdict]:
    state = OrderState.UNSPECIFIED if order is None else order.state
    rule = ORDER_TABLE.get((state, command.verb.name), UNKNOWN_STATE)
    if rule.kind is Kind.ALREADY:
        return None, ALREADY
    if rule.kind is Kind.DO and order is not None:
        device = docs.get(device_key(command.device)) if command.seq else None
        edit = Edit(order, command, now_ms, site, device if isinstance(device, DeviceRecord) else None, docs)
        edit.business_date = open_date(docs, now_ms, site)
        verdict = HANDLERS[command.verb.name](edit, command.verb)
        if site.routing.floor.papers and command.verb.name in CHANGING:
            slip_wishes.slip_on_change(edit)
        return edit, verdict
    return None, refused(Reason[rule.kind.name], rule.why)


def _decided(
    docs: Docs, command: Command, order: Order | None, verdict: Verdict, edit: Edit | None, now_ms: int
) -> Decision:
    puts: dict[Key, Doc] = {}
    if edit is not None:
        made = edit.finish()
        if made is not order:
            puts[order_key(made.order_id)] = made
            puts.update(edit.others)
        order = made
    answer = verdict.answer(command, order)
    undo, undo_changed = (None, False) if edit is None else (edit.undo, edit.undo_changed)
    puts.update(consumed(docs, command, answer, now_ms, undo, undo_changed=undo_changed))
    return decision(docs, answer, puts)


def _was_held(order: Order) -> bool:
    """False for one that was split off: no hold made it, and its first entry is no hold's."""
    return bool(order.history) and order.history[0].verb != "split"


def _hold(docs: Docs, command: Command, verb: Hold, order: Order | None, now_ms: int, site: Site) -> Decision:
    if order is not None:
        same = _was_held(order) and same_content(order.history[0].detail, order_hash(verb.order))
        rule = ORDER_TABLE.get((order.state, "hold"), UNKNOWN_STATE)
        verdict = ALREADY if same else refused(Reason.CONFLICT, rule.why, "hold.order.order_id")
        return _decided(docs, command, order, verdict, None, now_ms)
    puts: dict[Key, Doc] = {}
    day = docs.get(DAY_KEY)
    if not isinstance(day, BusinessDay):
        day = puts[DAY_KEY] = first_day(now_ms, site)
    number = verb.order.call_number
    if not number:
        number, counters = own_number(docs, now_ms, site)
        puts.update(counters)
    made = held_order(command, verb, now_ms, site, number, verb.order.business_date or day.date)
    puts[order_key(made.order_id)] = made
    answer = (flagged(DONE, made.lines, site.out) if site.out else DONE).answer(command, made)
    puts.update(consumed(docs, command, answer, now_ms, None, undo_changed=False))
    return decision(docs, answer, puts)
