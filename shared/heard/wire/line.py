"""Lines with all that hangs on them, to and from protobuf.

Written out by hand field by field: an order passes here twice per change, and only what is set is written (half the
cost of passing every field to the constructor). What a till says of a line is encoded once for all lines that say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any, TypeVar

from heard.alike import SAID, once_a_dish, remember
from heard.order import (
    NO_TEXT,
    ONE_MILLI,
    Allergen,
    ChangeKind,
    Line,
    LineChange,
    LineState,
    Modifier,
    ModifierKind,
    Note,
    OpenEnum,
    StationLine,
    Text,
    VoidAnswer,
)
from heard.v1 import order_pb2 as pb
from heard.wire.varint import varint

# Calling an enum costs 0.4 µs, a look-up 0.05; an order has about 40 of them.
_LINE_STATES = {int(state): state for state in LineState}
_VOID_ANSWERS = {int(answer): answer for answer in VoidAnswer}
_MODIFIER_KINDS = {int(kind): kind for kind in ModifierKind}
E = TypeVar("E", bound=OpenEnum)

_LINES = b"\x6a"  # Order.lines = 13
_LINE_ID_TAG = b"\x0a"  # Line.line_id = 1, which comes first
_LINE_ID = _LINE_ID_TAG[0]  # its length is one byte up to 127
_ONE_BYTE_LENGTH_MAX = 127
KNOWN_LINES_MAX = 2_048
"""Dishes as tills order them, with their modifiers and prices: a large menu's usual ones, about 3 MB."""
KNOWN_LINE_BYTES_MAX = 1_024
"""Of one of them on the wire; a usual one has 100. A hostile till must not fill the memory before anything is checked."""
_known_lines: dict[bytes, tuple[Any, ...]] = {}
_all_but_line_id = attrgetter(*[name for name in Line.__slots__ if name != "line_id"])
_DECIDED = tuple(name for name in Line.__slots__ if name not in ("line_id", *SAID))
_decided = attrgetter(*_DECIDED)


def _of(known: dict[int, E], kind: type[E], number: int) -> E:
    found = known.get(number)
    return kind(number) if found is None else found


def put_text(target: pb.Text, text: Text) -> None:
    """Fills a Text message; an empty name leaves it unset."""
    if text:
        names = target.by_language  # update() takes twice as long
        for language, words in text.items():
            names[language] = words


def text_from_pb(message: pb.Text) -> Text:
    """The names by language of a Text message."""
    names = message.by_language
    return {language: names[language] for language in names} or NO_TEXT  # items() takes three times as long


def put_set(message: Any, values: Mapping[str, Any]) -> None:
    """Sets the fields whose values are not empty."""
    for name, value in values.items():
        if value:
            setattr(message, name, value)


def modifier_to_pb(modifier: Modifier, into: pb.Modifier | None = None) -> pb.Modifier:
    """`into` is filled and returned when given."""
    message = pb.Modifier() if into is None else into
    message.modifier_id = modifier.modifier_id
    put_text(message.name, modifier.name)
    message.kind = modifier.kind.value  # type: ignore[assignment]
    if modifier.quantity_milli != ONE_MILLI:
        message.quantity_milli = modifier.quantity_milli
    if modifier.price_minor:
        message.price_minor = modifier.price_minor
    if modifier.routed_item_id:
        message.routed_item_id = modifier.routed_item_id
    if modifier.cosmetic:
        message.cosmetic = True
    if modifier.allergy:
        message.allergy = True
    return message


def modifier_from_pb(message: pb.Modifier) -> Modifier:
    """The modifier; a quantity of 0 on the wire means one."""
    return Modifier(
        message.modifier_id,
        text_from_pb(message.name),
        _of(_MODIFIER_KINDS, ModifierKind, message.kind),
        message.quantity_milli or ONE_MILLI,
        message.price_minor,
        message.routed_item_id,
        message.cosmetic,
        message.allergy,
    )


def note_to_pb(note: Note, into: pb.Note | None = None) -> pb.Note:
    """`into` is filled and returned when given."""
    message = pb.Note() if into is None else into
    put_text(message.text, note.text)
    message.allergy = note.allergy
    return message


def note_from_pb(message: pb.Note) -> Note:
    """The note."""
    return Note(text_from_pb(message.text), message.allergy)


def allergen_to_pb(allergen: Allergen, into: pb.Allergen | None = None) -> pb.Allergen:
    """`into` is filled and returned when given."""
    message = pb.Allergen() if into is None else into
    put_text(message.name, allergen.name)
    put_set(
        message,
        {
            "allergen_id": allergen.allergen_id,
            "seat": allergen.seat,
            "line_id": allergen.line_id,
            "added_version": allergen.added_version,
        },
    )
    return message


def allergen_from_pb(message: pb.Allergen) -> Allergen:
    """The allergy."""
    return Allergen(
        message.allergen_id, text_from_pb(message.name), message.seat, message.line_id, message.added_version
    )


def _station_line_to_pb(at: StationLine, message: pb.StationLine) -> None:
    message.station = at.station
    message.state = at.state.value  # type: ignore[assignment]
    message.version = at.version
    if at.batch:
        message.batch = at.batch
    if at.queued_at_ms:
        message.queued_at_ms = at.queued_at_ms
    if at.started_at_ms:
        message.started_at_ms = at.started_at_ms
    if at.done_at_ms:
        message.done_at_ms = at.done_at_ms
    if at.made_milli:
        message.made_milli = at.made_milli
    if at.acknowledged_version:
        message.acknowledged_version = at.acknowledged_version
    if at.void_answer:
        message.void_answer = at.void_answer.value  # type: ignore[assignment]
    if at.recalled:
        message.recalled = True
    if at.state_before_void:
        message.state_before_void = at.state_before_void.value  # type: ignore[assignment]
    if at.step:
        message.step = at.step
    if at.starts_at_ms:
        message.starts_at_ms = at.starts_at_ms
    if at.taken_from:
        message.taken_from.extend(at.taken_from)
    if at.may_be_at:
        message.may_be_at.extend(at.may_be_at)


def _station_line_from_pb(message: pb.StationLine) -> StationLine:
    return StationLine(
        message.station,
        _of(_LINE_STATES, LineState, message.state),
        message.version,
        message.batch,
        message.queued_at_ms,
        message.started_at_ms,
        message.done_at_ms,
        message.made_milli,
        message.acknowledged_version,
        _of(_VOID_ANSWERS, VoidAnswer, message.void_answer),
        message.recalled,
        _of(_LINE_STATES, LineState, message.state_before_void),
        message.step,
        message.starts_at_ms,
        tuple(message.taken_from) if message.taken_from else (),
        tuple(message.may_be_at) if message.may_be_at else (),
    )


def _change_to_pb(change: LineChange, message: pb.LineChange) -> None:
    message.kind = change.kind.value  # type: ignore[assignment]
    message.version = change.version
    message.at_ms = change.at_ms
    message.was_quantity_milli = change.was_quantity_milli
    message.added_modifier_ids.extend(change.added_modifier_ids)
    for modifier in change.removed_modifiers:
        modifier_to_pb(modifier, message.removed_modifiers.add())
    if change.from_number:
        message.from_number = change.from_number


def _change_from_pb(message: pb.LineChange) -> LineChange:
    return LineChange(
        ChangeKind(message.kind),
        message.version,
        message.at_ms,
        message.was_quantity_milli,
        tuple(message.added_modifier_ids),
        tuple(modifier_from_pb(one) for one in message.removed_modifiers),
        message.from_number,
    )


def line_to_pb(line: Line, into: pb.Line | None = None) -> pb.Line:
    """`into` is filled and returned when given."""
    message = pb.Line() if into is None else into
    message.line_id = line.line_id
    _put_said(line, message)
    _put_decided(line, message)
    return message


def encode_lines(lines: Iterable[Line]) -> bytes:
    """A serialised Order of nothing but these lines; serialised orders may be concatenated into one."""
    parts: list[bytes] = []
    before: tuple[Any, ...] = ()
    decided = b""
    for line in lines:
        what = _decided(line)
        if what != before:  # a hold decides the same of most of its lines
            before = what
            message = pb.Line()
            _put_decided(line, message)
            decided = message.SerializeToString()
        said, line_id = _encode_said(line), line.line_id.encode()
        size = varint(len(line_id))
        whole = 1 + len(size) + len(line_id) + len(said) + len(decided)
        parts += (_LINES, varint(whole), _LINE_ID_TAG, size, line_id, said, decided)
    return b"".join(parts)


@once_a_dish
def _encode_said(line: Line) -> bytes:
    message = pb.Line()
    _put_said(line, message)
    return message.SerializeToString()


def _put_said(line: Line, message: pb.Line) -> None:
    """What a till says of it, but for its id: see `heard.alike.SAID`."""
    message.item_id = line.item_id
    put_text(message.name, line.name)
    message.quantity_milli = line.quantity_milli
    if line.part_of:
        message.part_of = line.part_of
    for modifier in line.modifiers:
        modifier_to_pb(modifier, message.modifiers.add())
    for note in line.notes:
        note_to_pb(note, message.notes.add())
    if line.seat:
        message.seat = line.seat
    if line.course:
        message.course = line.course
    if line.category:
        message.category = line.category
    if line.unit_price_minor:
        message.unit_price_minor = line.unit_price_minor
    if line.total_minor:
        message.total_minor = line.total_minor
    if line.prep_time_s:
        message.prep_time_s = line.prep_time_s
    if line.no_kitchen:
        message.no_kitchen = True
    if line.combo:
        message.combo = True
    if line.contains:
        message.contains.extend(line.contains)


def _put_decided(line: Line, message: pb.Line) -> None:
    """What the hub sets of it: see `_DECIDED`."""
    if line.voided:
        message.voided = True
    if line.added_version:
        message.added_version = line.added_version
    if line.added_at_ms:
        message.added_at_ms = line.added_at_ms
    for change in line.changes:
        _change_to_pb(change, message.changes.add())
    for at in line.stations:
        _station_line_to_pb(at, message.stations.add())
    if line.nobodys:
        message.nobodys = True
    if line.void_reason:
        message.void_reason = line.void_reason
    if line.remake:
        message.remake = True
    if line.then:
        message.then.extend(line.then)
    if line.sent_at_ms:
        message.sent_at_ms = line.sent_at_ms
    if line.bill:
        message.bill = line.bill
    if line.remake_of:
        message.remake_of = line.remake_of


def line_from_pb(message: pb.Line) -> Line:
    """The line."""
    return _line_from_pb(message) if message.stations else _ordered_line_from_pb(message)


def _ordered_line_from_pb(message: pb.Line) -> Line:
    """A line that no station has yet. Guests order the same dishes again and again: what is alike but for the id is shared."""
    data = message.SerializeToString()
    if not 2 <= len(data) <= KNOWN_LINE_BYTES_MAX or data[0] != _LINE_ID or data[1] > _ONE_BYTE_LENGTH_MAX:
        return _line_from_pb(message)
    rest = data[2 + data[1] :]
    known = _known_lines.get(rest)
    if known is None:
        line = _line_from_pb(message)
        if len(_known_lines) >= KNOWN_LINES_MAX:
            _known_lines.clear()
        _known_lines[rest] = _all_but_line_id(line)
        return line
    line = Line(message.line_id, *known)
    remember(line)
    return line


def _line_from_pb(message: pb.Line) -> Line:
    return Line(
        message.line_id,
        message.item_id,
        text_from_pb(message.name),
        message.quantity_milli,
        message.part_of,
        tuple([modifier_from_pb(one) for one in message.modifiers]) if message.modifiers else (),
        tuple([note_from_pb(one) for one in message.notes]) if message.notes else (),
        message.seat,
        message.course,
        message.category,
        message.unit_price_minor,
        message.total_minor,
        message.prep_time_s,
        message.no_kitchen,
        message.combo,
        message.voided,
        message.added_version,
        message.added_at_ms,
        tuple([_change_from_pb(one) for one in message.changes]) if message.changes else (),
        tuple([_station_line_from_pb(one) for one in message.stations]) if message.stations else (),
        message.nobodys,
        message.void_reason,
        message.remake,
        tuple(message.then) if message.then else (),
        message.sent_at_ms,
        message.bill,
        message.remake_of,
        tuple(message.contains) if message.contains else (),
    )
