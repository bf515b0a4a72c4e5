"""What was paid for an order: records that are never changed, each with its own moment and its own business date.

An order may be paid in parts (a split payment), on a later business day than it was held, and taken back: a record with the
negative amount per method. What is paid is the sum of the records.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from heard.command import MarkPaid, Reason
from heard.order import Order, Payment
from heard.why import why
from hub.core.edit import ALREADY, Verdict, refused

PAYMENTS_MAX = 60
"""Of one order: a table of thirty that pays apart and changes its mind. Each is 150 bytes of the order's record."""


@dataclass(frozen=True, slots=True)
class Till:
    """Who says so and when: device, user, hub time, wall clock, and the open business date."""

    device: str
    user: str
    at_ms: int
    wall_ms: int
    business_date: str


def after(order: Order, verb: MarkPaid, till: Till) -> tuple[Payment, ...] | Verdict:
    """The order's payments after MARK_PAID; a Verdict where it stands so already or cannot be."""
    known = order.payments
    date = verb.business_date or till.business_date
    if verb.unpaid:
        back = _back(order, verb, till, date)
        return _bounded((*known, *back)) if back or (order.paid and not verb.bill) else ALREADY
    same = next((one for one in known if verb.payment_id and one.payment_id == verb.payment_id), None)
    if same is not None:
        amounts = (verb.amount_minor, 0)
        if (same.method, same.bill) == (verb.method, verb.bill) and same.amount_minor in amounts:
            return ALREADY
        return refused(Reason.CONFLICT, why("payment.another"), "mark_paid.payment_id")
    amount = verb.amount_minor or _to(order, verb)
    if not amount:
        return ALREADY if order.paid or verb.partly or verb.bill else known
    return _bounded((*known, _made(order, verb, till, date, verb.method, amount, len(known))))


def is_paid(order: Order, verb: MarkPaid, payments: Iterable[Payment]) -> bool:
    """Whether the order is paid after MARK_PAID: as the till says, or where it pays bills when nothing is missing of the whole."""
    if not verb.bill:
        return not verb.unpaid and (order.paid or not verb.partly)
    whole = order.totals.total_minor
    return (order.paid and not verb.unpaid) or 0 < whole <= paid_minor(payments)


def bill_minor(order: Order, bill: str) -> int:
    """What the lines of that bill come to; discounts and taxes of the whole order are the till's to spread."""
    return sum(line.total_minor for line in order.lines if line.bill == bill and not line.voided)


def stamped(payments: Iterable[Payment], order: Order, till: Till, business_date: str) -> tuple[Payment, ...]:
    """The payments that a till holds an order with, and one over all where it only says that it is paid."""
    given = tuple(
        replace(
            one,
            payment_id=one.payment_id or payment_id(order.order_id, place),
            at_ms=till.at_ms,
            wall_ms=till.wall_ms,
            business_date=one.business_date or business_date,
            device=till.device,
            user=one.user or till.user,
        )
        for place, one in enumerate(payments)
    )
    amount = order.totals.paid_minor or order.totals.total_minor
    if given or not order.paid or not amount:
        return given
    number = payment_id(order.order_id, 0)
    return (Payment(number, "", amount, till.at_ms, till.wall_ms, business_date, till.device, till.user),)


def paid_minor(payments: Iterable[Payment]) -> int:
    """What is paid so far."""
    return sum(one.amount_minor for one in payments)


def by_method(payments: Iterable[Payment]) -> dict[str, int]:
    """What is paid by each method."""
    found: dict[str, int] = {}
    for one in payments:
        found[one.method] = found.get(one.method, 0) + one.amount_minor
    return found


def joined(ours: tuple[Payment, ...], theirs: tuple[Payment, ...]) -> tuple[Payment, ...]:
    """Every record that either has, ours first."""
    known = {one.payment_id for one in ours}
    return (*ours, *(one for one in theirs if one.payment_id not in known))


def payment_id(order_id: str, place: int) -> str:
    """The id of a payment to which its maker gave none."""
    return f"{order_id}.p{place + 1}"


def _back(order: Order, verb: MarkPaid, till: Till, date: str) -> list[Payment]:
    """What takes back all that was paid, for one bill or for all, each method and bill apart."""
    found: list[Payment] = []
    bills = [verb.bill] if verb.bill else dict.fromkeys(one.bill for one in order.payments)
    for bill in bills:
        for method, amount in by_method(one for one in order.payments if one.bill == bill).items():
            if amount:
                place = len(order.payments) + len(found)
                made = _made(order, verb, till, date, method, -amount, place)
                found.append(replace(made, bill=bill))
    return found


def _to(order: Order, verb: MarkPaid) -> int:
    """What is missing to the stated sum, or to the whole (of the bill) where none is stated."""
    if verb.bill:
        known = paid_minor(one for one in order.payments if one.bill == verb.bill)
        whole = verb.paid_minor or (0 if verb.partly else bill_minor(order, verb.bill))
        return max(0, whole - known)
    known = paid_minor(order.payments)
    if verb.paid_minor:
        return verb.paid_minor - known
    return 0 if verb.partly else max(0, order.totals.total_minor - known)


def _made(
    order: Order, verb: MarkPaid, till: Till, date: str, method: str, amount_minor: int, place: int
) -> Payment:
    number = verb.payment_id or payment_id(order.order_id, place)
    if verb.unpaid:
        number = payment_id(order.order_id, place)
    return Payment(
        number, method, amount_minor, till.at_ms, till.wall_ms, date, till.device, till.user, verb.bill
    )


def _bounded(payments: tuple[Payment, ...]) -> tuple[Payment, ...] | Verdict:
    if len(payments) <= PAYMENTS_MAX:
        return payments
    return refused(Reason.INVALID, why("payment.many", n=PAYMENTS_MAX), "mark_paid")
