"""What one watcher is sent next: greeting, snapshot, the log, the newest pieces, live values, bookmark, goodbye.

No gRPC and no waiting in here: `next` gives one message's bytes, b"" to be asked again after others had their turn, or None
when there is nothing to say until `wake`.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

from heard.revision import Epoch
from heard.stream import Bookmark, Event, Goodbye, Reset, SnapshotEnd, ViewKind, WatchRequest
from heard.wire import encode_batch
from hub.core.watching import is_ahead, why_reset
from hub.rpc import frames
from hub.rpc.feeds import Feeds, one_message_of, pieces_of
from hub.rpc.live import EVERYBODY, STAFF, LiveValues
from hub.store.seam import Compacted, CorruptRecord, Store

log = logging.getLogger("heard.watch")

LOG_PAGE = 128
"""Entries read from the durable log at a time: a few ms, then others have their turn."""


STAFF_VIEWS = frozenset({ViewKind.PREP, ViewKind.EXPO, ViewKind.TERMINAL})


class Watcher:
    """One stream's place in the log. `start` first, then `next` until `ended`."""

    def __init__(
        self,
        store: Store,
        feeds: Feeds,
        live: LiveValues,
        request: WatchRequest,
        wake: Callable[[], None],
        mark: Callable[[int, int], Bookmark],
    ) -> None:
        """`mark` makes the bookmark of a revision and a digest."""
        self._store = store
        self._feeds = feeds
        self._live = live
        self._request = request
        self._wake = wake
        self._mark = mark
        self._name = request.view.name
        staff = (STAFF,) if request.view.kind in STAFF_VIEWS else ()
        self._audience_names = (self._name, *staff, EVERYBODY)
        self._feed = feeds.watch(self._name, wake)
        self._audiences = live.join(self._audience_names, wake)
        self._live_number = 0
        self._planned: deque[bytes] = deque()
        self._in_log = False
        self._rev = 0
        self._place = 0
        self._bookmark_due = True
        self._goodbye: Goodbye | None = None
        self.ended = False

    @property
    def rev(self) -> int:
        """Everything up to here has been handed to the stream."""
        return self._rev

    def close(self) -> None:
        """Leave feed and audiences."""
        self._feeds.leave(self._feed, self._wake)
        self._live.leave(self._audience_names, self._wake)

    def start(self, hello: Event) -> bool:
        """Greets; True where it goes on from the request's revision, False where it starts with a snapshot."""
        asked = self._request
        reason = self._why_not_resume(asked.epoch, asked.from_rev)
        if reason:
            self._reset(reason, hello)
            return False
        self._planned.append(encode_batch((hello,)))
        self._go_on_from(asked.from_rev)
        return True

    def bookmark(self) -> None:
        """The batch that next reaches the head shall end with a bookmark."""
        self._bookmark_due = True
        self._wake()

    def goodbye(self, retry_after_ms: int, reason: str) -> None:
        """Ends the stream after what is being sent."""
        self._goodbye = Goodbye(retry_after_ms, reason)
        self._wake()

    def next(self) -> bytes | None:
        """See the module."""
        if self._goodbye is not None:
            self.ended = True
            return encode_batch((self._goodbye,))
        if self._planned:
            first = self._planned.popleft()
            if self._planned or self._in_log:
                return first
            return first + (self._newest(len(first)) or b"")
        if self._in_log:
            return self._from_log()
        return self._newest(0)

    def _newest(self, size: int) -> bytes | None:
        """From the feed; `size` bytes of this message are taken."""
        feed = self._feed
        if self._place < feed.base:
            self._in_log = True
            return b""
        payload = b""
        if self._place < feed.count:
            if size:
                return b""  # what comes fits a message of its own
            payload, self._place, self._rev = feed.since(self._place)
            if self._place < feed.count:
                return payload
        self._rev = self._store.rev  # a feed always stands at the store's revision
        if self._live.number > self._live_number:
            payload += self._live_values()
        if self._bookmark_due:
            self._bookmark_due = False
            payload += frames.bookmark(self._mark(self._rev, self._feeds.digest(feed)))
        return payload or None

    def _live_values(self) -> bytes:
        found = b"".join(piece for group in self._audiences for piece in group.since(self._live_number))
        self._live_number = self._live.number
        return found

    def _from_log(self) -> bytes:
        """One page of the durable log; compaction is checked before every read."""
        if self._rev >= self._feed.floor:
            self._go_on_from(self._rev)
            return b""
        try:
            entries = one_message_of(self._store.log(self._rev, LOG_PAGE))
            pieces = pieces_of(entries, self._name)
        except (Compacted, CorruptRecord) as error:
            self._reset(str(error))
            return b""
        if entries:
            self._rev = entries[-1].rev
        else:
            self._go_on_from(self._store.rev)
        return pieces

    def _why_not_resume(self, epoch: Epoch, from_rev: int) -> str:
        store = self._store
        if is_ahead(store.epoch, store.rev, epoch, from_rev):
            log.error(
                "a watcher of %s has revision %d, this store ends at %d in the same epoch: an older copy was put in "
                "its place without `heard restore`",
                self._name,
                from_rev,
                store.rev,
            )
        return why_reset(store.epoch, store.rev, store.compact_rev, epoch, from_rev)

    def _go_on_from(self, rev: int) -> None:
        self._rev = rev
        self._in_log = rev < self._feed.floor
        if not self._in_log:
            self._place = self._feed.place_of(rev)

    def _reset(self, reason: str, hello: Event | None = None) -> None:
        """Plans a snapshot of this moment; nothing is awaited between the revision and its documents."""
        greeting = (Reset(reason),) if hello is None else (hello, Reset(reason))
        messages, count = self._feeds.snapshot(self._feed)
        messages[0] = encode_batch(greeting) + messages[0]
        messages[-1] += encode_batch((SnapshotEnd(self._store.rev, count, self._feeds.digest(self._feed)),))
        self._planned.extend(messages)
        self._bookmark_due = True
        self._go_on_from(self._store.rev)
