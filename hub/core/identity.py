"""Who asked what, and whether it was answered before.

A command of a stream is (device, incarnation, seq): the hub keeps the next expected seq of each incarnation for ever and
full answers for a while. Simple clients are known by what they send: a hold by its order id and content, anything else by
its command id and content.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from heard.alike import once_a_dish
from heard.command import Answer, Command, Hold, IssueFiscal, Outcome, Reason, Undo
from heard.order import Line, Note, Order, Text
from heard.why import why
from hub.core.decision import (
    AnswerRecord,
    Decision,
    DeviceRecord,
    Doc,
    Docs,
    Key,
    UndoRecord,
    answer_key,
    device_key,
    unary_key,
)
from hub.core.payment_papers import payment_papers

INCARNATIONS_MAX = 64
"""Kept per device, newest last; a device gets a new one when its journal is lost, a few times in its life."""
TOGETHER_MAX = 63
"""Besides the last; more orders with one dish stand on no screen at once."""
FORKED_SEQ = 1 << 62
"""No journal reaches it: who is told to go on from there begins a new incarnation with what is not answered."""
HASH_SCHEME = "2:"
"""Raised when the hashed fields change: hashes of another scheme cannot be compared and count as the same content."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The command came too early: the device must go on from seq `n`. Nothing was consumed."""

    n: int


def keys_of(command: Command) -> frozenset[Key]:
    """The documents that say whether this command is new."""
    if command.seq:
        return frozenset(
            (
                device_key(command.device),
                answer_key(command.device, command.incarnation, command.seq),
            )
        )
    if command.command_id and not isinstance(command.verb, Hold):
        return frozenset((unary_key(command.command_id),))
    return frozenset()


def answered_before(docs: Docs, command: Command) -> Answer | Expected | None:
    """What to say to a command that is not new; None for a new one."""
    if command.seq:
        expected = expected_seq(docs.get(device_key(command.device)), command.incarnation)
        if command.seq > expected:
            return Expected(expected)
        if command.seq == expected:
            return None
        record = docs.get(answer_key(command.device, command.incarnation, command.seq))
        if not isinstance(record, AnswerRecord):
            return Answer(
                Outcome.ALREADY,
                command.seq,
                command.command_id,
                command.order_id,
                message="answered long ago",
            )
        if _is_another(record, command):
            return Expected(FORKED_SEQ)
        return _again(record.answer)
    record = docs.get(unary_key(command.command_id)) if command.command_id else None
    if not isinstance(record, AnswerRecord) or isinstance(command.verb, Hold):
        return None
    if not same_content(record.content_hash, content_hash(command)):
        return Answer(
            Outcome.REJECTED,
            0,
            command.command_id,
            command.order_id,
            Reason.CONFLICT,
            why("command.another"),
            "command.command_id",
        )
    return _again(record.answer)


def _is_another(record: AnswerRecord, command: Command) -> bool:
    """True where another order's command or another fiscal document was answered under this seq: two machines, one device."""
    known = record.answer.order_id
    if known and command.order_id and known != command.order_id:
        return True
    is_fiscal = isinstance(command.verb, IssueFiscal) or bool(record.content_hash)
    return is_fiscal and record.content_hash != content_hash(command)


def _again(answer: Answer) -> Answer:
    """A repeated command: what was done stands already, what was refused stays refused for the same reason."""
    return replace(answer, outcome=Outcome.ALREADY) if answer.outcome is Outcome.DONE else answer


def expected_seq(record: Doc | None, incarnation: str) -> int:
    """The seq that the hub expects next from this device and incarnation; 1 from one that it does not know."""
    return record.expected.get(incarnation, 1) if isinstance(record, DeviceRecord) else 1


def consumed(
    docs: Docs, command: Command, answer: Answer, now_ms: int, undo: UndoRecord | None, *, undo_changed: bool
) -> dict[Key, Doc]:
    """The records that go with an answer: the next expected seq and the answer itself."""
    if command.seq:
        key = device_key(command.device)
        old = docs.get(key)
        if isinstance(old, DeviceRecord):
            expected = dict(old.expected)
            expected.pop(command.incarnation, None)  # the newest stands last
            while len(expected) >= INCARNATIONS_MAX:
                del expected[next(iter(expected))]
            expected[command.incarnation] = command.seq + 1
            last, with_last = _undoable(old, command, undo, undo_changed=undo_changed)
            device = DeviceRecord(command.device, old.version + 1, expected, last, with_last)
        else:
            device = DeviceRecord(command.device, 1, {command.incarnation: command.seq + 1}, undo)
        answer_at = answer_key(command.device, command.incarnation, command.seq)
        fiscal = content_hash(command) if isinstance(command.verb, IssueFiscal) else ""
        return {key: device, answer_at: AnswerRecord(1, answer, now_ms, fiscal)}
    if command.command_id and not isinstance(command.verb, Hold):
        return {unary_key(command.command_id): AnswerRecord(1, answer, now_ms, content_hash(command))}
    return {}


def _undoable(
    old: DeviceRecord, command: Command, undo: UndoRecord | None, *, undo_changed: bool
) -> tuple[UndoRecord | None, tuple[UndoRecord, ...]]:
    """The last action, and those that the same key asked for before it; an UNDO takes away the one that it took back."""
    last = old.last_action
    if not undo_changed:
        return last, old.with_last
    known = (*old.with_last, last) if last is not None else ()
    if isinstance(command.verb, Undo):
        left = tuple(one for one in known if one.seq != command.verb.undo_seq)
        return (left[-1], left[:-1]) if left else (None, ())
    together = (
        undo is not None
        and last is not None
        and 0 < command.first_seq <= last.seq
        and last.incarnation == command.incarnation
    )
    return undo, known[-TOGETHER_MAX:] if together else ()


def decision(docs: Docs, answer: Answer, puts: dict[Key, Doc]) -> Decision:
    """A decision that rests on everything that was read; with the papers of new payments."""
    reads = {key: None if doc is None else doc.version for key, doc in docs.items()}
    return Decision(answer, reads, puts, outbox=payment_papers(docs, puts))


def content_hash(command: Command) -> str:
    """Of what a command wants, whoever sends it."""
    if isinstance(command.verb, Hold):
        return order_hash(command.verb.order)
    # ascii() rather than repr(): what counts as printable differs between Python's releases.
    return _hash(ascii((command.order_id, command.verb.name, _plain(command.verb))))


def same_content(known: str, new: str) -> bool:
    """True where two hashes say the same, or cannot be compared because a release changed the scheme."""
    return known == new or known[: known.find(":") + 1] != new[: new.find(":") + 1]


def _hash(text: str) -> str:
    return HASH_SCHEME + blake2b(text.encode(errors="surrogatepass"), digest_size=8).hexdigest()


FIELD, GROUP, ROW = "\x1f", "\x1e", "\x1d"
"""Between fields, after texts and lists, after lines: control characters, which no text has after the door."""


def _row(*names: str) -> tuple[str, Callable[[Any], Any]]:
    """A format and what fills it: one C call each instead of a walk over the fields."""
    return FIELD.join(["%s"] * len(names)), attrgetter(*names)


_ORDER_FORMAT, _ORDER = _row(
    "order_id", "call_number", "type.real", "table", "guest", "aggregator_code", "covers", "server", "area", "terminal",
    "due_at_ms", "rush", "paid", "business_date",
)  # fmt: skip
_LINE_FORMAT, _LINE = _row(
    "part_of", "item_id", "quantity_milli", "seat", "course", "category", "unit_price_minor", "total_minor",
    "prep_time_s", "no_kitchen", "combo",
)  # fmt: skip
_MODIFIER_FORMAT, _MODIFIER = _row(
    "modifier_id", "kind.real", "quantity_milli", "price_minor", "routed_item_id", "cosmetic"
)
_TOTALS_FORMAT, _TOTALS = _row(
    "currency", "subtotal_minor", "discount_minor", "tax_minor", "total_minor", "paid_minor"
)
_TAX_FORMAT, _TAX = _row("tax_id", "rate_ppm", "base_minor", "tax_minor")
_PAYMENT_FORMAT, _PAYMENT = _row("payment_id", "method", "amount_minor", "business_date", "user")
_ALLERGEN_FORMAT, _ALLERGEN = _row("allergen_id", "seat", "line_id")
_COURSE_FORMAT, _COURSE = _row("course", "fired", "fires_at_ms")


def order_hash(order: Order) -> str:
    """Of what a terminal holds; what the hub sets is left out. Written out by hand: it runs for every hold."""
    pieces = [_ORDER_FORMAT % _ORDER(order)]
    add = pieces.append
    _text(add, order.type_name)
    for line in order.lines:
        add(line.line_id)
        add(_line_row(line))
    for allergen in order.allergens:
        add(_ALLERGEN_FORMAT % _ALLERGEN(allergen))
        _text(add, allergen.name)
    add(GROUP)
    _notes(add, order.notes)
    for course in order.courses:
        add(_COURSE_FORMAT % _COURSE(course))
        if course.by_hand:  # left out where it is not said, as in orders of before
            add("!")
        _text(add, course.name)
    add(_TOTALS_FORMAT % _TOTALS(order.totals))
    # Only where there are any: what has none keeps the hash that it had before they were known.
    for tax in order.totals.taxes:
        add(_TAX_FORMAT % _TAX(tax))
    for payment in order.payments:
        add(_PAYMENT_FORMAT % _PAYMENT(payment))
        if payment.bill:  # left out where it is not said, as in orders of before
            add(GROUP + payment.bill)
    if order.pick_up_point:  # left out where there is none: orders of before have no such field
        add(GROUP + order.pick_up_point)
    if order.loyalty_member or order.loyalty_points:
        add(f"{GROUP}{order.loyalty_member}{FIELD}{order.loyalty_points}")
    return _hash(FIELD.join(pieces))


@once_a_dish
def _line_row(line: Line) -> str:
    """All of it but its id."""
    pieces = [_LINE_FORMAT % _LINE(line)]
    add = pieces.append
    _text(add, line.name)
    for modifier in line.modifiers:
        add(_MODIFIER_FORMAT % _MODIFIER(modifier))
        if modifier.allergy:  # left out where it is not said, as in orders of before
            add("!")
        _text(add, modifier.name)
    _notes(add, line.notes)
    if line.contains:  # left out where it is not said, as in orders of before
        add(GROUP + FIELD.join(line.contains))
    add(ROW)
    return FIELD.join(pieces)


def _notes(add: Callable[[str], None], notes: tuple[Note, ...]) -> None:
    for note in notes:
        add("!" if note.allergy else "")
        _text(add, note.text)
    add(GROUP)


def _text(add: Callable[[str], None], text: Text) -> None:
    for language in text if len(text) < 2 else sorted(text):
        add(language)
        add(text[language])
    add(GROUP)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return [_plain(getattr(value, one.name)) for one in fields(value)]
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return sorted(value.items())
    return value.value if isinstance(value, Enum) else value
