"""Commands and answers to and from protobuf."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from heard import command as c
from heard.order import OrderType, VoidAnswer
from heard.v1 import command_pb2 as pb
from heard.why import Why
from heard.wire.document import order_from_pb, order_to_pb
from heard.wire.line import (
    allergen_from_pb,
    allergen_to_pb,
    line_from_pb,
    line_to_pb,
    modifier_from_pb,
    modifier_to_pb,
    note_from_pb,
    note_to_pb,
    put_text,
    text_from_pb,
)


def _painted_from(lines: Any) -> tuple[c.PaintedLine, ...]:
    return tuple([c.PaintedLine(one.line_id, one.version) for one in lines])


def _painted_to(target: Any, lines: tuple[c.PaintedLine, ...]) -> None:
    for one in lines:
        target.add(line_id=one.line_id, version=one.version)


def _change_from(m: pb.ChangeLine) -> c.ChangeLine:
    return c.ChangeLine(
        line_id=m.line_id,
        expected_version=m.expected_version,
        quantity_milli=m.quantity_milli if m.HasField("quantity_milli") else None,
        modifiers=tuple(modifier_from_pb(one) for one in m.modifiers.modifiers)
        if m.HasField("modifiers")
        else None,
        notes=tuple(note_from_pb(one) for one in m.notes.notes) if m.HasField("notes") else None,
        total_minor=m.total_minor if m.HasField("total_minor") else None,
    )


def _change_to(v: c.ChangeLine, m: pb.ChangeLine) -> None:
    m.line_id = v.line_id
    m.expected_version = v.expected_version
    if v.quantity_milli is not None:
        m.quantity_milli = v.quantity_milli
    if v.modifiers is not None:
        m.modifiers.SetInParent()
        for modifier in v.modifiers:
            modifier_to_pb(modifier, m.modifiers.modifiers.add())
    if v.notes is not None:
        m.notes.SetInParent()
        for note in v.notes:
            note_to_pb(note, m.notes.notes.add())
    if v.total_minor is not None:
        m.total_minor = v.total_minor


def _change_order_from(m: pb.ChangeOrder) -> c.ChangeOrder:
    return c.ChangeOrder(
        notes=tuple(note_from_pb(one) for one in m.notes.notes) if m.HasField("notes") else None,
        guest=m.guest if m.HasField("guest") else None,
        covers=m.covers if m.HasField("covers") else None,
        due_at_ms=m.due_at_ms if m.HasField("due_at_ms") else None,
    )


def _change_order_to(v: c.ChangeOrder, m: pb.ChangeOrder) -> None:
    if v.notes is not None:
        m.notes.SetInParent()
        for note in v.notes:
            note_to_pb(note, m.notes.notes.add())
    for name in ("guest", "covers", "due_at_ms"):
        value = getattr(v, name)
        if value is not None:
            setattr(m, name, value)


_FROM: dict[str, Callable[[Any], c.Verb]] = {
    "hold": lambda m: c.Hold(order_from_pb(m.order)),
    "add_lines": lambda m: c.AddLines(
        tuple(line_from_pb(one) for one in m.lines), tuple(allergen_from_pb(one) for one in m.allergens)
    ),
    "change_line": _change_from,
    "change_order": _change_order_from,
    "void_lines": lambda m: c.VoidLines(tuple(m.line_ids), m.reason),
    "void_order": lambda m: c.VoidOrder(m.reason),
    "rush": lambda m: c.Rush(m.rush),
    "start": lambda m: c.StartLines(m.station, _painted_from(m.lines)),
    "bump": lambda m: c.BumpLines(m.station, _painted_from(m.lines)),
    "recall": lambda m: c.RecallLines(m.station, _painted_from(m.lines)),
    "undo": lambda m: c.Undo(m.station, m.undo_seq),
    "acknowledge": lambda m: c.Acknowledge(m.station, _painted_from(m.lines), VoidAnswer(m.void_answer)),
    "mark_paid": lambda m: c.MarkPaid(
        m.paid_minor, m.method, m.unpaid, m.partly, m.payment_id, m.amount_minor, m.business_date, m.bill
    ),
    "mark_picked_up": lambda m: c.MarkPickedUp(m.pick_up_point),
    "issue_fiscal": lambda m: c.IssueFiscal(
        m.document_id,
        m.kind,
        m.series,
        m.incarnation,
        m.number,
        m.body,
        m.amount_minor,
        m.currency,
        m.business_date,
    ),
    "fire": lambda m: c.FireCourse(m.course, m.fires_at_ms),
    "hold_course": lambda m: c.HoldCourse(m.course),
    "remake": lambda m: c.Remake(tuple(m.line_ids), m.reason, m.new_line_prefix),
    "split": lambda m: c.Split(m.new_order_id, tuple(m.line_ids), m.call_number, m.bill_only),
    "merge": lambda m: c.Merge(m.into_order_id),
    "transfer": lambda m: c.Transfer(m.table, m.server, m.area, OrderType(m.type)),
    "eighty_six": lambda m: c.EightySix(m.item_id, m.available, text_from_pb(m.name)),
    "move": lambda m: c.MoveTicket(m.from_station, m.to_station, _painted_from(m.lines)),
    "pause": lambda m: c.Pause(m.station, m.until_ms, m.resume),
    "close_station": lambda m: c.CloseStation(m.station, m.to_station),
    "open_station": lambda m: c.OpenStation(m.station),
    "send_out": lambda m: c.SendOut(_painted_from(m.lines), m.pick_up_point),
    "confirm_allergy": lambda m: c.ConfirmAllergy(tuple(m.allergen_ids), m.painted_version),
    "rider_here": lambda m: c.RiderHere(m.here),
    "pack": lambda m: c.PackBags(m.bags),
    "print": lambda m: c.PrintTicket(m.station, tuple(m.line_ids), m.printer),
}


def _put_verb(verb: c.Verb, message: pb.Command) -> None:
    target: Any = getattr(message, verb.name)
    target.SetInParent()
    match verb:
        case c.Hold():
            order_to_pb(verb.order, target.order)
        case c.AddLines():
            for line in verb.lines:
                line_to_pb(line, target.lines.add())
            for allergen in verb.allergens:
                allergen_to_pb(allergen, target.allergens.add())
        case c.ChangeLine():
            _change_to(verb, target)
        case c.ChangeOrder():
            _change_order_to(verb, target)
        case c.StartLines() | c.BumpLines() | c.RecallLines():
            target.station = verb.station
            _painted_to(target.lines, verb.lines)
        case c.Acknowledge():
            target.station = verb.station
            _painted_to(target.lines, verb.lines)
            target.void_answer = verb.void_answer.value
        case c.MoveTicket():
            target.from_station = verb.from_station
            target.to_station = verb.to_station
            _painted_to(target.lines, verb.lines)
        case c.SendOut():
            _painted_to(target.lines, verb.lines)
            target.pick_up_point = verb.pick_up_point
        case c.EightySix():
            target.item_id = verb.item_id
            target.available = verb.available
            put_text(target.name, verb.item_name)
        case c.VoidLines() | c.Remake() | c.Split() | c.PrintTicket():
            target.line_ids.extend(verb.line_ids)
            _put_scalars(verb, target, skip=("line_ids",))
        case c.ConfirmAllergy():
            target.allergen_ids.extend(verb.allergen_ids)
            target.painted_version = verb.painted_version
        case _:
            _put_scalars(verb, target)


def _put_scalars(verb: c.Verb, target: Any, skip: tuple[str, ...] = ()) -> None:
    for name in verb.__slots__:
        if name not in skip:
            value = getattr(verb, name)
            setattr(target, name, int(value) if isinstance(value, OrderType) else value)


def command_to_pb(command: c.Command) -> pb.Command:
    """The command; device and incarnation travel as call metadata. UnknownVerb cannot be sent: ValueError."""
    if isinstance(command.verb, c.UnknownVerb):
        raise ValueError("a command without a known verb cannot be sent")
    message = pb.Command(
        seq=command.seq,
        command_id=command.command_id,
        order_id=command.order_id,
        epoch=command.epoch_n,
        user=command.user,
        made_at_ms=command.made_at_ms,
        key_device=command.key_device,
        first_seq=command.first_seq,
    )
    _put_verb(command.verb, message)
    return message


def command_from_pb(message: pb.Command, device: str, incarnation: str) -> c.Command:
    """The command of that device; a verb of a newer release comes as UnknownVerb."""
    kind = message.WhichOneof("verb")
    verb = _FROM[kind](getattr(message, kind)) if kind is not None else c.UnknownVerb()
    order_id = message.order_id
    if isinstance(verb, c.Hold) and not order_id:
        order_id = verb.order.order_id
    return c.Command(
        order_id=order_id,
        verb=verb,
        seq=message.seq,
        command_id=message.command_id,
        device=device,
        incarnation=incarnation,
        epoch_n=message.epoch,
        user=message.user,
        made_at_ms=message.made_at_ms,
        key_device=message.key_device,
        first_seq=message.first_seq,
    )


def encode_command(command: c.Command) -> bytes:
    """The command as a serialised heard.v1.Command."""
    return command_to_pb(command).SerializeToString()


def decode_command(data: bytes, device: str, incarnation: str) -> c.Command:
    """The command of a serialised heard.v1.Command."""
    return command_from_pb(pb.Command.FromString(data), device, incarnation)


def answer_to_pb(answer: c.Answer, into: pb.Answer | None = None) -> pb.Answer:
    """`into` is filled and returned when given."""
    message = pb.Answer() if into is None else into
    for name in (
        "seq",
        "command_id",
        "order_id",
        "message",
        "field",
        "order_version",
        "rev",
        "call_number",
        "business_date",
    ):
        value = getattr(answer, name)
        if value:
            setattr(message, name, value)
    message.outcome = answer.outcome.value  # type: ignore[assignment]
    message.reason = answer.reason.value  # type: ignore[assignment]
    if answer.message:
        why_to_pb(answer.message, message.why)
    for line in answer.lines:
        target = message.lines.add(line_id=line.line_id)
        target.outcome = line.outcome.value  # type: ignore[assignment]
        target.reason = line.reason.value  # type: ignore[assignment]
        if line.current is not None:
            line_to_pb(line.current, target.current)
    return message


def answer_from_pb(message: pb.Answer) -> c.Answer:
    """The answer; its message is a Why, of no code where the hub gave none: people are told its English then."""
    return c.Answer(
        outcome=c.Outcome(message.outcome),
        seq=message.seq,
        command_id=message.command_id,
        order_id=message.order_id,
        reason=c.Reason(message.reason),
        message=why_from_pb(message.message, message.why),
        field=message.field,
        order_version=message.order_version,
        rev=message.rev,
        lines=tuple(
            c.LineAnswer(
                one.line_id,
                c.Outcome(one.outcome),
                c.Reason(one.reason),
                line_from_pb(one.current) if one.HasField("current") else None,
            )
            for one in message.lines
        ),
        call_number=message.call_number,
        business_date=message.business_date,
    )


def why_to_pb(said: str, into: pb.Why) -> None:
    """Fills `into` where what is said is a reason of the table."""
    if isinstance(said, Why) and said.code:
        into.code = said.code
        into.values.update(said.values)


def why_from_pb(english: str, message: pb.Why) -> Why:
    """The reason, also one that this release does not know."""
    return Why(english, message.code, dict(message.values))


def encode_answer(answer: c.Answer) -> bytes:
    """The answer as a serialised heard.v1.Answer."""
    return answer_to_pb(answer).SerializeToString()


def decode_answer(data: bytes) -> c.Answer:
    """The answer of a serialised heard.v1.Answer."""
    return answer_from_pb(pb.Answer.FromString(data))
