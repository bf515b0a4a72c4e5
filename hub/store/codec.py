"""Documents and log entries to and from the bodies of records.

Orders and answers are their protobuf bytes, so that what lies on disk is what travels; the small documents are JSON.
The first byte of a document's body says which kind it is.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any

from heard.order import Order
from heard.quick import quick
from heard.wire import decode_answer, decode_order, encode_answer, encode_order
from hub.core import decision
from hub.core.decision import AnswerRecord, Doc
from hub.store.corrupt import CorruptRecord
from hub.store.plain import from_plain, to_plain

ORDER_KIND = b"O"
ANSWER_KIND = b"A"
JSON_KINDS: dict[bytes, type[Any]] = {
    b"D": decision.DeviceRecord,
    b"B": decision.BusinessDay,
    b"C": decision.CallNumbers,
    b"E": decision.EpochBegan,
    b"8": decision.OutOfStock,
    b"S": decision.StationBook,
    b"R": decision.SiteDeeds,
    b"T": decision.Settings,
    b"F": decision.CounterBook,
}
_KIND_OF = {kind: letter for letter, kind in JSON_KINDS.items()}
_ANSWER_HEAD = struct.Struct(">IQH")  # version, at_ms, length of the content hash
_LOG_HEAD = struct.Struct(">QBHHH")  # commit's hub ms, flags, lengths of key, old views and new views
_HAS_ORDER = 1
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


def encode_doc(doc: Doc) -> bytes:
    """The body of a document's record. Raises TypeError for a kind that has no rule."""
    if isinstance(doc, Order):
        return ORDER_KIND + encode_order(doc)
    if isinstance(doc, AnswerRecord):
        digest = doc.content_hash.encode()
        head = _ANSWER_HEAD.pack(doc.version, doc.at_ms, len(digest))
        return b"".join((ANSWER_KIND, head, digest, encode_answer(doc.answer)))
    letter = _KIND_OF.get(type(doc))
    if letter is None:
        raise TypeError(f"hub.store.codec has no rule for {type(doc).__name__}")
    return letter + _JSON.encode(to_plain(doc)).encode()


def decode_doc(key: bytes, body: bytes) -> Doc:
    """The document of a record's body. Raises CorruptRecord for a kind or content that this release cannot read."""
    letter, content = body[:1], body[1:]
    try:
        if letter == ORDER_KIND:
            return decode_order(content)
        if letter == ANSWER_KIND:
            version, at_ms, size = _ANSWER_HEAD.unpack_from(content)
            start = _ANSWER_HEAD.size
            digest = content[start : start + size].decode()
            return AnswerRecord(version, decode_answer(content[start + size :]), at_ms, digest)
        if letter in JSON_KINDS:
            doc: Doc = from_plain(JSON_KINDS[letter], json.loads(content))
            return doc
    except Exception as error:  # whatever a parser finds: the bytes are whole, but not ours
        raise CorruptRecord(key, f"cannot be read: {error}") from error
    raise CorruptRecord(key, f"is of the unknown kind {letter!r}")


def answer_at_ms(body: bytes) -> int:
    """When the answer of this record was given, without decoding it; 0 for another kind."""
    return int(_ANSWER_HEAD.unpack_from(body, 1)[1]) if body[:1] == ANSWER_KIND else 0


@quick
@dataclass(frozen=True, slots=True)
class LogRecord:
    """One entry of the durable log as it lies on disk; `order_bytes` None: deleted."""

    hub_ms: int
    key: str
    order_bytes: bytes | None
    old_views: frozenset[str]
    new_views: frozenset[str]


def encode_log(record: LogRecord) -> bytes:
    """The body of a log record."""
    key, old, new = record.key.encode(), _join(record.old_views), _join(record.new_views)
    flags = 0 if record.order_bytes is None else _HAS_ORDER
    head = _LOG_HEAD.pack(record.hub_ms, flags, len(key), len(old), len(new))
    return b"".join((head, key, old, new, record.order_bytes or b""))


def decode_log(key: bytes, body: bytes) -> LogRecord:
    """The log record of a body. Raises CorruptRecord."""
    try:
        hub_ms, flags, key_size, old_size, new_size = _LOG_HEAD.unpack_from(body)
        old_at = _LOG_HEAD.size + key_size
        new_at = old_at + old_size
        order_at = new_at + new_size
        return LogRecord(
            hub_ms,
            body[_LOG_HEAD.size : old_at].decode(),
            body[order_at:] if flags & _HAS_ORDER else None,
            _split(body[old_at:new_at]),
            _split(body[new_at:order_at]),
        )
    except (struct.error, UnicodeDecodeError) as error:
        raise CorruptRecord(key, f"cannot be read: {error}") from error


def log_hub_ms(body: bytes) -> int:
    """The commit's hub time of a log record's body."""
    return int(_LOG_HEAD.unpack_from(body)[0])


def _join(views: frozenset[str]) -> bytes:
    return "\n".join(sorted(views)).encode()


def _split(data: bytes) -> frozenset[str]:
    return frozenset(data.decode().split("\n")) if data else frozenset()
