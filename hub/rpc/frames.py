"""Stream events as bytes, built around documents that are already encoded, so that nothing is encoded twice.

Each function gives a serialised WatchBatch of one event, equal to `heard.wire.encode_batch`; serialised batches may be
concatenated (protobuf defines it as their merge). The field numbers are those of protos/heard/v1/kitchen.proto.
"""

from __future__ import annotations

from heard.stream import Bookmark
from heard.wire import varint

_BATCH_EVENTS = b"\x0a"  # WatchBatch.events = 1
_EVENT_SNAPSHOT_ITEM = b"\x1a"  # Event.snapshot_item = 3
_EVENT_CHANGE = b"\x2a"  # Event.change = 5
_EVENT_BOOKMARK = b"\x32"  # Event.bookmark = 6
_EVENT_LIVE = b"\x3a"  # Event.live = 7
_CHANGE_REV = b"\x08"  # Change.rev = 1
_CHANGE_PUT = b"\x12"  # Change.put = 2
_CHANGE_REMOVE = b"\x1a"  # Change.remove_order_id = 3
_DOCUMENT_ORDER = b"\x0a"  # Document.order = 1
_ITEM_DOC = b"\x0a"  # SnapshotItem.doc = 1
_BOOKMARK_REV = b"\x08"  # Bookmark.rev = 1
_BOOKMARK_TIME = b"\x10"  # Bookmark.hub_time_ms = 2
_BOOKMARK_DATE = b"\x1a"  # Bookmark.business_date = 3
_BOOKMARK_DIGEST = b"\x21"  # Bookmark.digest = 4, fixed64
_BOOKMARK_OFFSET = b"\xb0\x04"  # Bookmark.wall_offset_ms = 70, sint64
_BOOKMARK_SUSPECT = b"\xb8\x04\x01"  # Bookmark.clock_suspect = 71, true
_BOOKMARK_GAP = b"\xc0\x04"  # Bookmark.gap_at_ms = 72


def _event(tag: bytes, body: bytes) -> bytes:
    size = varint(len(body))
    inner = 1 + len(size) + len(body)
    return b"".join((_BATCH_EVENTS, varint(inner), tag, size, body))


def order_document(order_bytes: bytes) -> bytes:
    """A Document around an encoded order."""
    return b"".join((_DOCUMENT_ORDER, varint(len(order_bytes)), order_bytes))


def put(rev: int, document: bytes) -> bytes:
    """Change: `document` (an encoded Document) is in the view since `rev`."""
    return _event(
        _EVENT_CHANGE, b"".join((_CHANGE_REV, varint(rev), _CHANGE_PUT, varint(len(document)), document))
    )


def remove(rev: int, order_id: str) -> bytes:
    """Change: the order left the view at `rev`."""
    name = order_id.encode()
    return _event(
        _EVENT_CHANGE, b"".join((_CHANGE_REV, varint(rev), _CHANGE_REMOVE, varint(len(name)), name))
    )


def snapshot_item(document: bytes) -> bytes:
    """SnapshotItem of an encoded Document."""
    return _event(_EVENT_SNAPSHOT_ITEM, b"".join((_ITEM_DOC, varint(len(document)), document)))


def bookmark(mark: Bookmark) -> bytes:
    """Bookmark; zeros are left out, as protobuf does."""
    date = mark.business_date.encode()
    offset = mark.wall_offset_ms
    parts = []
    if mark.rev:
        parts += [_BOOKMARK_REV, varint(mark.rev)]
    if mark.hub_time_ms:
        parts += [_BOOKMARK_TIME, varint(mark.hub_time_ms)]
    if date:
        parts += [_BOOKMARK_DATE, varint(len(date)), date]
    if mark.digest:
        parts += [_BOOKMARK_DIGEST, mark.digest.to_bytes(8, "little")]
    if offset is not None:
        parts += [_BOOKMARK_OFFSET, varint(2 * offset if offset >= 0 else -2 * offset - 1)]
    if mark.clock_suspect:
        parts.append(_BOOKMARK_SUSPECT)
    if mark.gap_at_ms:
        parts += [_BOOKMARK_GAP, varint(mark.gap_at_ms)]
    return _event(_EVENT_BOOKMARK, b"".join(parts))


def live(live_bytes: bytes) -> bytes:
    """Live, already encoded."""
    return _event(_EVENT_LIVE, live_bytes)
