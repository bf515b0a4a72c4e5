"""Marks on a whole order: rush, paid, picked up."""

from __future__ import annotations

from dataclasses import replace

from heard.command import MarkPaid, MarkPickedUp, Rush
from heard.order import OrderState
from hub.core import payments
from hub.core.acknowledge import nobody_left_to_ask
from hub.core.decision import UndoRecord
from hub.core.edit import ALREADY, DONE, Edit, Verdict
from hub.core.payments import Till


def rush(edit: Edit, verb: Rush) -> Verdict:
    """First in the order of work, or no longer."""
    if edit.order.rush == verb.rush:
        return ALREADY
    edit.assign(rush=verb.rush)
    for station in edit.open_stations():
        edit.touch(station)
    edit.detail = "" if verb.rush else "off"
    command = edit.command
    edit.undo_changed = True
    edit.undo = UndoRecord(
        command.incarnation, command.seq, edit.order.order_id, "", "rush", edit.now_ms, edit.version
    )
    return DONE


def mark_paid(edit: Edit, verb: MarkPaid) -> Verdict:
    """One more payment, or all of them taken back. No station's ticket shows it."""
    order, command = edit.order, edit.command
    till = Till(
        command.device, command.user, edit.now_ms, edit.now_ms + edit.site.wall_offset_ms, edit.business_date
    )
    found = payments.after(order, verb, till)
    if isinstance(found, Verdict):
        return found
    totals = replace(order.totals, paid_minor=payments.paid_minor(found))
    edit.assign(paid=payments.is_paid(order, verb, found), totals=totals, payments=found)
    edit.detail = "unpaid" if verb.unpaid else verb.method
    if verb.bill:
        edit.detail = f"{edit.detail}, bill {verb.bill}".lstrip(", ")
    return DONE


def mark_picked_up(edit: Edit, verb: MarkPickedUp) -> Verdict:
    """The guest has it. A fact, so also where the kitchen is not done; the history says what was open."""
    open_at = edit.open_stations()
    nobody_left_to_ask(edit)
    edit.assign(state=OrderState.PICKED_UP, picked_up_at_ms=edit.now_ms)
    edit.detail = verb.pick_up_point
    if not open_at:
        return DONE
    still = f"still open at {', '.join(open_at)}"
    edit.detail = f"{verb.pick_up_point}; {still}" if verb.pick_up_point else still
    return replace(DONE, message=still)
