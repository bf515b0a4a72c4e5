"""Orders, board entries and documents to and from protobuf.

Longer than a room: a function there and one back for each value, side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from google.protobuf.message import DecodeError

from heard.board import BoardEntry
from heard.order import (
    Course,
    HistoryEntry,
    Order,
    OrderState,
    OrderType,
    Payment,
    StationState,
    TaxAmount,
    Totals,
    WantedSlip,
)
from heard.stream import Document
from heard.v1 import order_pb2 as pb
from heard.v1.kitchen_pb2 import Document as DocumentPb
from heard.wire.line import (
    allergen_from_pb,
    allergen_to_pb,
    encode_lines,
    line_from_pb,
    line_to_pb,
    note_from_pb,
    note_to_pb,
    put_set,
    put_text,
    text_from_pb,
)

_NO_TOTALS = Totals()


def _course_to_pb(course: Course, message: pb.Course) -> None:
    put_text(message.name, course.name)
    put_set(
        message,
        {
            "course": course.course,
            "fired": course.fired,
            "fired_at_ms": course.fired_at_ms,
            "fires_at_ms": course.fires_at_ms,
            "by_hand": course.by_hand,
        },
    )


def _totals_to_pb(totals: Totals, message: pb.Totals) -> None:
    put_set(
        message,
        {
            "currency": totals.currency,
            "subtotal_minor": totals.subtotal_minor,
            "discount_minor": totals.discount_minor,
            "tax_minor": totals.tax_minor,
            "total_minor": totals.total_minor,
            "paid_minor": totals.paid_minor,
        },
    )
    for one in totals.taxes:
        tax = message.taxes.add()
        tax.tax_id, tax.rate_ppm, tax.base_minor, tax.tax_minor = (
            one.tax_id,
            one.rate_ppm,
            one.base_minor,
            one.tax_minor,
        )


def _totals_from_pb(message: pb.Totals) -> Totals:
    return Totals(
        message.currency,
        message.subtotal_minor,
        message.discount_minor,
        message.tax_minor,
        message.total_minor,
        message.paid_minor,
        tuple([TaxAmount(one.tax_id, one.rate_ppm, one.base_minor, one.tax_minor) for one in message.taxes]),
    )


def _payment_to_pb(one: Payment, message: pb.Payment) -> None:
    put_set(
        message,
        {
            "payment_id": one.payment_id,
            "method": one.method,
            "amount_minor": one.amount_minor,
            "at_ms": one.at_ms,
            "wall_ms": one.wall_ms,
            "business_date": one.business_date,
            "device": one.device,
            "user": one.user,
            "bill": one.bill,
        },
    )


def _payment_from_pb(message: pb.Payment) -> Payment:
    return Payment(
        message.payment_id,
        message.method,
        message.amount_minor,
        message.at_ms,
        message.wall_ms,
        message.business_date,
        message.device,
        message.user,
        message.bill,
    )


def _slip_to_pb(one: WantedSlip, message: pb.WantedSlip) -> None:
    message.line_ids.extend(one.line_ids)
    message.changed.extend(one.changed)
    for note in one.gone_notes:
        note_to_pb(note, message.gone_notes.add())
    put_set(
        message,
        {
            "printer": one.printer,
            "station": one.station,
            "version": one.version,
            "at_ms": one.at_ms,
            "copy": one.copy,
            "moved_from": one.moved_from,
        },
    )


def _slip_from_pb(message: pb.WantedSlip) -> WantedSlip:
    return WantedSlip(
        message.printer,
        message.station,
        tuple(message.line_ids),
        message.version,
        message.at_ms,
        message.copy,
        tuple(message.changed),
        tuple(note_from_pb(note) for note in message.gone_notes),
        message.moved_from,
    )


def _history_to_pb(entry: HistoryEntry, message: pb.HistoryEntry) -> None:
    message.verb = entry.verb
    message.device = entry.device
    message.at_ms = entry.at_ms
    message.version = entry.version
    if entry.line_ids:
        message.line_ids.extend(entry.line_ids)
    if entry.user:
        message.user = entry.user
    if entry.station:
        message.station = entry.station
    if entry.detail:
        message.detail = entry.detail
    if entry.key_device:
        message.key_device = entry.key_device


def _history_from_pb(message: pb.HistoryEntry) -> HistoryEntry:
    return HistoryEntry(
        message.verb,
        message.device,
        message.at_ms,
        message.version,
        tuple(message.line_ids),
        message.user,
        message.station,
        message.detail,
        message.key_device,
    )


def _station_state_to_pb(there: StationState, message: pb.StationState) -> None:
    message.station = there.station
    if there.batch:
        message.batch = there.batch
    if there.first_bumped_at_ms:
        message.first_bumped_at_ms = there.first_bumped_at_ms
    if there.bumped_at_ms:
        message.bumped_at_ms = there.bumped_at_ms
    if there.recalled:
        message.recalled = True
    message.ticket_version = there.ticket_version


def _station_state_from_pb(message: pb.StationState) -> StationState:
    return StationState(
        message.station,
        message.batch,
        message.first_bumped_at_ms,
        message.bumped_at_ms,
        message.recalled,
        message.ticket_version,
    )


_ORDER_SCALARS = (
    "order_id",
    "call_number",
    "table",
    "guest",
    "aggregator_code",
    "covers",
    "server",
    "area",
    "terminal",
    "due_at_ms",
    "rush",
    "paid",
    "business_date",
    "pick_up_point",
    "loyalty_member",
    "loyalty_points",
    "version",
    "held_at_ms",
    "changed_at_ms",
    "started_at_ms",
    "ready_at_ms",
    "picked_up_at_ms",
    "held_wall_ms",
    "merged_into",
    "scheduled",
    "allergy_confirmed_version",
    "rider_here_at_ms",
    "bags",
    "split_from",
    "voided_at_ms",
    "see_cashier",
)
_order_scalars = attrgetter(*_ORDER_SCALARS)


def order_to_pb(order: Order, into: pb.Order | None = None) -> pb.Order:
    """The whole order; `into` is filled and returned when given."""
    message = pb.Order() if into is None else into
    _put_all_but_lines(order, message)
    for line in order.lines:
        line_to_pb(line, message.lines.add())
    return message


def _put_all_but_lines(order: Order, message: pb.Order) -> None:
    for name, value in zip(_ORDER_SCALARS, _order_scalars(order), strict=True):
        if value:
            setattr(message, name, value)
    message.type = order.type.value  # type: ignore[assignment]
    message.state = order.state.value  # type: ignore[assignment]
    put_text(message.type_name, order.type_name)
    for allergen in order.allergens:
        allergen_to_pb(allergen, message.allergens.add())
    for note in order.notes:
        note_to_pb(note, message.notes.add())
    for course in order.courses:
        _course_to_pb(course, message.courses.add())
    if order.totals != _NO_TOTALS:
        _totals_to_pb(order.totals, message.totals)
    for entry in order.history:
        _history_to_pb(entry, message.history.add())
    for there in order.stations:
        _station_state_to_pb(there, message.stations.add())
    for payment in order.payments:
        _payment_to_pb(payment, message.payments.add())
    for slip in order.slips:
        _slip_to_pb(slip, message.slips.add())


def _course_from_pb(message: pb.Course) -> Course:
    return Course(
        message.course,
        text_from_pb(message.name),
        message.fired,
        message.fired_at_ms,
        message.fires_at_ms,
        message.by_hand,
    )


def _every(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda messages: tuple([convert(one) for one in messages])


_ORDER_OTHERS: dict[str, Callable[[Any], Any]] = {
    "type": OrderType,
    "type_name": text_from_pb,
    "lines": _every(line_from_pb),
    "allergens": _every(allergen_from_pb),
    "notes": _every(note_from_pb),
    "courses": _every(_course_from_pb),
    "totals": _totals_from_pb,
    "state": OrderState,
    "history": _every(_history_from_pb),
    "stations": _every(_station_state_from_pb),
    "payments": _every(_payment_from_pb),
    "slips": _every(_slip_from_pb),
}


def order_from_pb(message: pb.Order) -> Order:
    """The whole order. Most fields of any order are empty: they are not asked for."""
    found: dict[str, Any] = {"order_id": ""}
    for field, value in message.ListFields():
        name = field.name
        convert = _ORDER_OTHERS.get(name)
        found[name] = value if convert is None else convert(value)
    return Order(**found)


def encode_order(order: Order) -> bytes:
    """The order as a serialised heard.v1.Order."""
    message = pb.Order()
    _put_all_but_lines(order, message)
    return message.SerializeToString() + encode_lines(order.lines)


def decode_order(data: bytes) -> Order:
    """The order of a serialised heard.v1.Order. Raises ValueError for bytes that are none."""
    try:
        message = pb.Order.FromString(data)
    except DecodeError as error:
        raise ValueError(f"no order: {error}") from error
    return order_from_pb(message)


def board_to_pb(entry: BoardEntry, into: pb.BoardEntry | None = None) -> pb.BoardEntry:
    """`into` is filled and returned when given."""
    message = pb.BoardEntry() if into is None else into
    put_text(message.type_name, entry.type_name)
    message.type = entry.type.value  # type: ignore[assignment]
    message.state = entry.state.value  # type: ignore[assignment]
    put_set(
        message,
        {
            "order_id": entry.order_id,
            "version": entry.version,
            "call_number": entry.call_number,
            "aggregator_code": entry.aggregator_code,
            "guest": entry.guest,
            "held_at_ms": entry.held_at_ms,
            "ready_at_ms": entry.ready_at_ms,
            "pick_up_point": entry.pick_up_point,
            "recalled": entry.recalled,
            "voided_at_ms": entry.voided_at_ms,
            "see_cashier": entry.see_cashier,
        },
    )
    return message


def board_from_pb(message: pb.BoardEntry) -> BoardEntry:
    """The board entry."""
    return BoardEntry(
        order_id=message.order_id,
        version=message.version,
        call_number=message.call_number,
        type=OrderType(message.type),
        type_name=text_from_pb(message.type_name),
        aggregator_code=message.aggregator_code,
        guest=message.guest,
        state=OrderState(message.state),
        held_at_ms=message.held_at_ms,
        ready_at_ms=message.ready_at_ms,
        recalled=message.recalled,
        pick_up_point=message.pick_up_point,
        voided_at_ms=message.voided_at_ms,
        see_cashier=message.see_cashier,
    )


def document_to_pb(document: Document, into: DocumentPb | None = None) -> DocumentPb:
    """`into` is filled and returned when given."""
    message = DocumentPb() if into is None else into
    if isinstance(document, Order):
        order_to_pb(document, message.order)
    else:
        board_to_pb(document, message.board)
    return message


def document_from_pb(message: DocumentPb) -> Document | None:
    """The document, None for a kind of a newer release."""
    kind = message.WhichOneof("kind")
    if kind == "order":
        return order_from_pb(message.order)
    if kind == "board":
        return board_from_pb(message.board)
    return None


def encode_document(document: Document) -> bytes:
    """The document as a serialised heard.v1.Document."""
    return document_to_pb(document).SerializeToString()


def decode_document(data: bytes) -> Document | None:
    """The document of a serialised heard.v1.Document, None for a kind of a newer release."""
    return document_from_pb(DocumentPb.FromString(data))
