"""What each view has had, serialised once for all who watch it, and the digest of each view.

A `ViewFeed` numbers the pieces that it was given; a watcher is a place in it, and one who is further back than the feed
reaches reads the durable log. Everything here runs on the event loop, inside the store's publication: a feed always
stands at the store's revision.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from heard.board import BoardEntry, board_entry
from heard.order import Order
from heard.ticket import views
from heard.wire import encode_document, encode_order
from hub.core.watching import Digests, Picked, pick
from hub.rpc import frames
from hub.store.seam import Entry, Store

BATCH_BYTES_MAX = 1 << 20
"""One message; a client takes 4 MiB."""
PIECES_MAX = 2_048
"""Revisions kept for a view: a screen that was away for a minute of the busiest hour does not touch the disk."""
PIECES_BYTES_MAX = 2 << 20
DOCUMENTS_BYTES_MAX = 8 << 20
"""Encoded open orders kept for snapshots: some thousand of them."""
BOARD = "board"


class ViewFeed:
    """The newest pieces of one view. `count` pieces were ever given; those from `base` on are still here."""

    def __init__(self, name: str, rev: int) -> None:
        self.name = name
        self.is_board = name == BOARD
        self.wakes: set[Callable[[], None]] = set()
        self.base = 0
        self.count = 0
        self.floor = rev
        """Everything above this revision is here."""
        self._pieces: deque[tuple[int, bytes]] = deque()
        self._bytes = 0
        self._joined: tuple[int, int, bytes, int] = (0, 0, b"", 0)

    def give(self, rev: int, piece: bytes) -> None:
        """All that revision `rev` changes in this view."""
        self._pieces.append((rev, piece))
        self.count += 1
        self._bytes += len(piece)
        while len(self._pieces) > PIECES_MAX or self._bytes > PIECES_BYTES_MAX:
            self.floor, dropped = self._pieces.popleft()
            self._bytes -= len(dropped)
            self.base += 1

    def place_of(self, rev: int) -> int:
        """The place of one who has everything up to `rev`; `rev` must not be below `floor`."""
        place = self.count
        for piece_rev, _ in reversed(self._pieces):
            if piece_rev <= rev:
                break
            place -= 1
        return place

    def since(self, place: int) -> tuple[bytes, int, int]:
        """From `place` (not below `base`, below `count`): at most one message's bytes, the place after, its revision."""
        start, end, payload, rev = self._joined
        if start == place and end == self.count:
            return payload, end, rev  # the others of this view had the same
        parts: list[bytes] = []
        total = 0
        end = self.count
        rev = 0
        newest_first: list[tuple[int, bytes]] = []
        for piece in reversed(self._pieces):
            if end == place:
                break
            newest_first.append(piece)
            end -= 1
        for piece_rev, piece_bytes in reversed(newest_first):
            if parts and total + len(piece_bytes) > BATCH_BYTES_MAX:
                break
            parts.append(piece_bytes)
            total += len(piece_bytes)
            rev = piece_rev
            end += 1
        payload = parts[0] if len(parts) == 1 else b"".join(parts)
        self._joined = (place, end, payload, rev)
        return payload, end, rev


class Feeds:
    """The feeds of all views that are watched."""

    def __init__(self, store: Store, failed: Callable[[Exception], None] | None = None) -> None:
        """`failed` is told of a mistake of ours in publishing: screens would show what is not so, and nobody would know."""
        self._store = store
        self._failed = failed
        self._feeds: dict[str, ViewFeed] = {}
        self._documents: dict[str, tuple[int, bytes]] = {}
        self._documents_bytes = 0
        self._digests = Digests()
        self._digests.load(store.open_orders())
        store.on_commit(self._committed)

    def digest(self, feed: ViewFeed) -> int:
        """What the view adds up to at the store's revision."""
        return self._digests.digest(feed.name)

    def watch(self, name: str, wake: Callable[[], None]) -> ViewFeed:
        """The feed of that view; `wake` is called after each commit that concerns it, until `leave`."""
        feed = self._feeds.get(name)
        if feed is None:
            feed = self._feeds[name] = ViewFeed(name, self._store.rev)
        feed.wakes.add(wake)
        return feed

    def leave(self, feed: ViewFeed, wake: Callable[[], None]) -> None:
        """The watcher is gone; a view that nobody watches costs nothing."""
        feed.wakes.discard(wake)
        if not feed.wakes:
            self._feeds.pop(feed.name, None)

    def __len__(self) -> int:
        return len(self._feeds)

    def _committed(self, entries: Sequence[Entry]) -> None:
        try:
            self.commit(entries)
        except Exception as error:
            if self._failed is None:
                raise
            self._failed(error)

    def commit(self, entries: Sequence[Entry]) -> None:
        """Takes in what was committed and wakes those whom it concerns, once."""
        touched: dict[str, ViewFeed] = {}
        gathered: dict[str, list[bytes]] = {}
        rev = 0
        for entry in entries:
            if entry.rev != rev:
                self._hand_out(rev, gathered)
                rev = entry.rev
            self._take(entry, gathered, touched)
        self._hand_out(rev, gathered)
        for feed in sorted(touched.values(), key=_cooks_first):
            for wake in feed.wakes:
                wake()

    def _take(self, entry: Entry, gathered: dict[str, list[bytes]], touched: dict[str, ViewFeed]) -> None:
        order = entry.order
        order_id = order.order_id if order is not None else entry.key.partition("/")[2]
        document = self._keep(order_id, entry) if order is not None else b""
        self._digests.put(order_id, 0 if order is None else order.version, entry.new_views)
        put = remove = b""
        for name in entry.old_views | entry.new_views:
            feed = self._feeds.get(name)
            if feed is None:
                continue
            touched[name] = feed
            if order is not None and name in entry.new_views:
                if feed.is_board:
                    piece = frames.put(entry.rev, board_document(order))
                else:
                    piece = put = put or frames.put(entry.rev, document)
            else:
                piece = remove = remove or frames.remove(entry.rev, order_id)
            gathered.setdefault(name, []).append(piece)

    def _hand_out(self, rev: int, gathered: dict[str, list[bytes]]) -> None:
        for name, pieces in gathered.items():
            self._feeds[name].give(rev, pieces[0] if len(pieces) == 1 else b"".join(pieces))
        gathered.clear()

    def _keep(self, order_id: str, entry: Entry) -> bytes:
        """The order's Document, kept while the order is open."""
        order = entry.order
        assert order is not None
        old = self._documents.pop(order_id, None)
        if old is not None:
            self._documents_bytes -= len(old[1])
        document = frames.order_document(entry.order_bytes or encode_order(order))
        if entry.new_views:
            self._remember(order_id, order.version, document)
        return document

    def _remember(self, order_id: str, version: int, document: bytes) -> None:
        self._documents[order_id] = (version, document)
        self._documents_bytes += len(document)
        while self._documents_bytes > DOCUMENTS_BYTES_MAX:
            oldest = next(iter(self._documents))
            self._documents_bytes -= len(self._documents.pop(oldest)[1])

    def snapshot(self, feed: ViewFeed) -> tuple[list[bytes], int]:
        """The whole view as it is now, as messages of at most 1 MiB without the SnapshotEnd, and how many documents."""
        messages: list[bytes] = []
        parts: list[bytes] = []
        total = count = 0
        for order in self._store.open_orders():
            if feed.name not in views(order):
                continue
            item = frames.snapshot_item(self._document(order, feed.is_board))
            if parts and total + len(item) > BATCH_BYTES_MAX:
                messages.append(b"".join(parts))
                parts, total = [], 0
            parts.append(item)
            total += len(item)
            count += 1
        messages.append(b"".join(parts))
        return messages, count

    def _document(self, order: Order, is_board: bool) -> bytes:
        if is_board:
            return board_document(order)
        kept = self._documents.get(order.order_id)
        if kept is not None and kept[0] == order.version:
            return kept[1]
        document = frames.order_document(encode_order(order))
        if kept is None:
            self._remember(order.order_id, order.version, document)
        return document


def _cooks_first(feed: ViewFeed) -> bool:
    """Writing to a stream takes 0.2 ms where the machine was idle: a till waits for its own order, not a cook for the till."""
    return not feed.name.startswith("prep:")


def board_document(order: Order) -> bytes:
    """The Document of the order's entry on the guests' board."""
    entry = board_entry(order)
    assert isinstance(entry, BoardEntry), "an order in the view `board` has an entry"
    return encode_document(entry)


def _document_of(entry: Entry, name: str) -> bytes:
    """Raises CorruptRecord."""
    if name != BOARD and entry.order_bytes:
        return frames.order_document(entry.order_bytes)
    order = entry.order
    assert order is not None, "what is deleted stands in no view"
    return board_document(order) if name == BOARD else frames.order_document(encode_order(order))


def one_message_of(entries: Sequence[Entry]) -> Sequence[Entry]:
    """The first of these entries that fit one message; whole revisions, at least one."""
    total = 0
    for index, entry in enumerate(entries):
        total += len(entry.order_bytes)
        if total > BATCH_BYTES_MAX and index and entries[index - 1].rev != entry.rev:
            return entries[:index]
    return entries


def pieces_of(entries: Iterable[Entry], name: str) -> bytes:
    """What these entries of the log change in the view `name`; only the newest state of each order is sent."""
    newest: dict[str, bytes] = {}
    for entry in entries:
        picked = pick(name, entry.old_views, entry.new_views)
        if picked is Picked.PUT:
            piece = frames.put(entry.rev, _document_of(entry, name))
        elif picked is not Picked.NOTHING:
            piece = frames.remove(entry.rev, entry.key.partition("/")[2])
        else:
            continue
        newest.pop(entry.key, None)  # the last one of a key stands last: revisions must rise
        newest[entry.key] = piece
    return b"".join(newest.values())
