"""Small orders and decisions for tests of the store: what a core would decide, without a core."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from heard.command import Answer, Outcome
from heard.order import Line, LineState, Order, OrderState, OrderType, StationLine
from hub.core.decision import (
    AnswerRecord,
    Decision,
    DeviceRecord,
    Doc,
    Docs,
    Key,
    answer_key,
    device_key,
    order_key,
)
from hub.core.outbox import OutboxChange
from hub.core.papers import PAYMENT, Paper, make_paper
from hub.store.options import StoreOptions
from hub.store.seam import Decide

SMALL = StoreOptions(
    map_bytes=64 << 20,
    map_bytes_max=64 << 20,
    ballast_bytes=0,
    room_bytes=0,
    wal_bytes=256 << 10,
    backup_every_s=0,
)
"""No ballast, no room ahead and no backups; a map that still holds all that a test writes, and a write-ahead file that does not."""

Submission = tuple[frozenset[Key], Decide]


def an_order(order_id: str, version: int = 1, state: OrderState = OrderState.HELD, **fields: Any) -> Order:
    """One line at the grill; open unless `state` is picked up."""
    there = StationLine("grill", LineState.DONE if state is OrderState.PICKED_UP else LineState.QUEUED, 1)
    line = Line("l1", "burger", {"en": "Burger", "ar": "برجر"}, stations=(there,))
    values: dict[str, Any] = {
        "type": OrderType.TAKEAWAY,
        "lines": (line,),
        "terminal": "T1",
        "business_date": "2026-11-23",
        "call_number": "226",
    }
    return Order(order_id, version=version, state=state, **{**values, **fields})


def put(key: Key, make: Callable[[Doc | None, int], Doc]) -> Submission:
    """Writes what `make(document before, hub ms)` returns."""

    def decide(docs: Docs, now_ms: int) -> Decision:
        before = docs[key]
        doc = make(before, now_ms)
        return Decision(
            Answer(Outcome.DONE, order_version=doc.version),
            {key: before.version if before else None},
            {key: doc},
        )

    return frozenset({key}), decide


def hold(order_id: str, **fields: Any) -> Submission:
    """Holds an order, or answers ALREADY without a write where it is there."""
    key = order_key(order_id)

    def decide(docs: Docs, now_ms: int) -> Decision:
        there = docs[key]
        if there is not None:
            return Decision(Answer(Outcome.ALREADY, order_version=there.version), {key: there.version})
        order = an_order(order_id, held_at_ms=now_ms, changed_at_ms=now_ms, **fields)
        return Decision(Answer(Outcome.DONE, order_version=1), {key: None}, {key: order})

    return frozenset({key}), decide


def change(order_id: str, **fields: Any) -> Submission:
    """One version on, with these fields; REJECTED without a write where there is no order."""
    key = order_key(order_id)

    def decide(docs: Docs, now_ms: int) -> Decision:
        there = docs[key]
        if not isinstance(there, Order):
            return Decision(Answer(Outcome.REJECTED), {key: None})
        after = replace(there, version=there.version + 1, changed_at_ms=now_ms, **fields)
        return Decision(Answer(Outcome.DONE, order_version=after.version), {key: there.version}, {key: after})

    return frozenset({key}), decide


def pick_up(order_id: str) -> Submission:
    """Closes an order."""
    return change(order_id, state=OrderState.PICKED_UP)


def delete(order_id: str) -> Submission:
    """Removes an order, if it is there."""
    key = order_key(order_id)

    def decide(docs: Docs, _now_ms: int) -> Decision:
        there = docs[key]
        gone = frozenset({key}) if there else frozenset()
        return Decision(Answer(Outcome.DONE), {key: there.version if there else None}, {}, gone)

    return frozenset({key}), decide


def command(order_id: str, device: str, seq: int, incarnation: str = "i1") -> Submission:
    """A hold as a device's command: order, device record and answer, in one decision."""
    keys = (order_key(order_id), device_key(device), answer_key(device, incarnation, seq))

    def decide(docs: Docs, now_ms: int) -> Decision:
        order_at, device_at, answer_at = keys
        known = docs[device_at]
        version = known.version if known else 0
        answer = Answer(Outcome.DONE, seq=seq, order_id=order_id, order_version=1)
        return Decision(
            answer,
            {key: (doc.version if (doc := docs[key]) else None) for key in keys},
            {
                order_at: an_order(order_id, held_at_ms=now_ms, changed_at_ms=now_ms),
                device_at: DeviceRecord(device, version + 1, {incarnation: seq + 1}),
                answer_at: AnswerRecord(1, answer, now_ms),
            },
        )

    return frozenset(keys), decide


def changed_outbox(*changes: OutboxChange) -> Submission:
    """Changes rows of the outbox alone."""
    return frozenset(), lambda _docs, _now_ms: Decision(None, outbox=changes)


def a_paper(name: str, business_date: str = "2026-11-23", amount_minor: int = 1_150, at_ms: int = 5) -> Paper:
    """A payment."""
    body = {"order_id": name, "paid_minor": amount_minor}
    return make_paper(
        PAYMENT,
        name,
        business_date=business_date,
        device="T1",
        made_at_ms=at_ms,
        body=body,
        amount_minor=amount_minor,
        currency="SAR",
    )


def numbers(orders: Iterable[Order]) -> list[str]:
    """Their ids, sorted."""
    return sorted(order.order_id for order in orders)
