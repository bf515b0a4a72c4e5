"""The replica of one view: snapshot, resume, and the check that it is the hub's picture. Pure.

The old picture stays until SnapshotEnd. Revisions must rise; the changes of one revision have one number and different
keys. A picture whose digest differs from the hub's is listed again at once, loudly; after more than RELISTS_MAX in
RELIST_WINDOW_S the reflector goes on with the changes but lists no more for RELIST_PAUSE_S, with an alarm: a cook with a
suspect picture is better off than one without, and a hub must not be drowned in snapshots.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from heard.link.core.applied import Applied
from heard.revision import DIGEST_MODULUS, NO_EPOCH, Epoch, entry_hash
from heard.stream import (
    Bookmark,
    Change,
    Document,
    Event,
    Goodbye,
    Hello,
    Live,
    Reset,
    SnapshotEnd,
    SnapshotItem,
)

RELISTS_MAX = 3
RELIST_WINDOW_S = 60.0
RELIST_PAUSE_S = 30.0
LIVE_VALUES_MAX = 10_000
"""Keys of live values kept; the oldest goes first. A terminal has about 3 per open order."""

_DIFFERS = "the picture differs from the hub's"


@dataclass(frozen=True, slots=True)
class Taken:
    """What one batch did. `relist`: why to end this stream and open another, not before `pause_s`. `alarm`: tell people."""

    applied: Applied
    hello: Hello | None = None
    goodbye: Goodbye | None = None
    bookmark: Bookmark | None = None
    new_epoch: bool = False
    relist: str = ""
    pause_s: float = 0.0
    alarm: str = ""


@dataclass(frozen=True, slots=True)
class WallClock:
    """The hub's wall clock as it last told: what to add to its time (None: not known), whether it is in doubt, and the gap."""

    wall_offset_ms: int | None = None
    suspect: bool = False
    gap_at_ms: int = 0


class Reflector:
    """Holds the documents of one view and keeps them equal to the hub's."""

    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}
        self._hashes: dict[str, int] = {}
        self.documents: Mapping[str, Document] = MappingProxyType(self._documents)
        self.live: dict[str, Live] = {}
        self.epoch: Epoch = NO_EPOCH
        self.rev = 0
        self.digest = 0
        self.hello: Hello | None = None
        self.business_date = ""
        self.clock = WallClock()
        self.complete = False
        """True while this stream has brought the whole picture and nothing speaks against it."""
        self._greeted = False
        self._settled = 0
        self._at_rev: set[str] = set()
        self._staged: dict[str, Document] | None = None
        self._relist_next = False
        self._relisted_s: deque[float] = deque(maxlen=RELISTS_MAX)
        self._paused_until_s: float | None = None

    @property
    def resume_rev(self) -> int:
        """The newest revision of which everything has come."""
        return self._settled

    def restore(self, documents: Iterable[Document], epoch: Epoch, rev: int) -> None:
        """Put back what an earlier run had saved at `rev` of `epoch`."""
        self._replace({document.order_id: document for document in documents})
        self.epoch, self.rev, self._settled = epoch, rev, rev

    def begin(self) -> tuple[Epoch, int]:
        """A new stream starts: the epoch and revision to ask for; NO_EPOCH asks for a snapshot."""
        self.complete = self._greeted = False
        self._staged = None
        self._at_rev.clear()
        if self._relist_next or self.epoch == NO_EPOCH:
            return NO_EPOCH, 0
        # What came of the last revision may not have been all of it: ask for it again, putting twice is harmless.
        self.rev = self._settled
        return self.epoch, self._settled

    def apply(self, events: Sequence[Event], now_s: float) -> Taken:
        """Take one batch in. After a `relist` nothing more of this stream may be applied."""
        puts: dict[str, Document | None] = {}
        lives: dict[str, Live] = {}
        hello: Hello | None = None
        goodbye: Goodbye | None = None
        bookmark: Bookmark | None = None
        reset = False
        new_epoch = False
        removed: tuple[str, ...] = ()
        wrong = ""
        for event in events:
            match event:
                case Change():
                    wrong = self._change(event, puts)
                case Bookmark():
                    bookmark = event
                    wrong = self._bookmark(event)
                case Live():
                    self._live(event, lives)
                case SnapshotItem():
                    if self._staged is None:
                        wrong = "a snapshot item came without a reset"
                    else:
                        self._staged[event.doc.order_id] = event.doc
                case SnapshotEnd():
                    before = self._documents.keys() | {key for key, put in puts.items() if put is None}
                    was = self.epoch
                    wrong = self._snapshot_end(event)
                    if not wrong:
                        reset = True
                        new_epoch = was != NO_EPOCH and was != self.epoch
                        removed = tuple(sorted(before - self._documents.keys()))
                        puts.clear()
                case Reset():
                    self._staged = {}
                    self.complete = False
                case Hello():
                    hello = self.hello = event
                    self._greeted = True
                    self.business_date = event.business_date
                    offset_ms = event.wall_ms - event.hub_time_ms if event.wall_ms else None
                    self.clock = WallClock(offset_ms, event.clock_suspect, event.gap_at_ms)
                case Goodbye():
                    goodbye = event
            if wrong:
                break
        relist, pause_s, alarm = self._judge(wrong, now_s) if wrong else ("", 0.0, "")
        return Taken(
            applied=self._applied(puts, removed, reset, lives, now_s),
            hello=hello,
            goodbye=goodbye,
            bookmark=bookmark,
            new_epoch=new_epoch,
            relist=relist,
            pause_s=pause_s,
            alarm=alarm,
        )

    def _applied(
        self,
        puts: dict[str, Document | None],
        removed: tuple[str, ...],
        reset: bool,
        lives: dict[str, Live],
        now_s: float,
    ) -> Applied:
        values = tuple(lives.values())
        if reset:
            gone = removed + tuple(key for key, put in puts.items() if put is None and key not in removed)
            return Applied(tuple(self._documents.values()), gone, True, self.rev, values, now_s)
        return Applied(
            tuple([put for put in puts.values() if put is not None]),
            tuple([key for key, put in puts.items() if put is None]),
            False,
            self.rev,
            values,
            now_s,
        )

    def _change(self, change: Change, puts: dict[str, Document | None]) -> str:
        if self._staged is not None:
            return "a change came inside a snapshot"
        if not self._greeted or self.hello is None or self.hello.epoch != self.epoch:
            return "a change of another epoch came without a reset"
        key = change.order_id
        if change.rev > self.rev:
            self._settled = self.rev
            self.rev = change.rev
            self._at_rev.clear()
        elif change.rev < self.rev or self._settled == self.rev or key in self._at_rev:
            return f"revision {change.rev} came after {self.rev}"
        self._at_rev.add(key)
        self._put(key, change.put)
        puts.pop(key, None)  # the last one of a key stands last, as it came
        puts[key] = change.put
        return ""

    def _put(self, key: str, document: Document | None) -> None:
        total = self.digest - self._hashes.pop(key, 0)
        if document is None:
            self._documents.pop(key, None)
        else:
            hashed = entry_hash(key, document.version)
            self._documents[key] = document
            self._hashes[key] = hashed
            total += hashed
        self.digest = total % DIGEST_MODULUS

    def _bookmark(self, mark: Bookmark) -> str:
        self.business_date = mark.business_date
        if mark.wall_offset_ms is not None:
            self.clock = WallClock(mark.wall_offset_ms, mark.clock_suspect, mark.gap_at_ms)
        if self._staged is not None:
            return "a bookmark came inside a snapshot"
        if mark.rev < self.rev:
            return f"bookmark {mark.rev} came after revision {self.rev}"
        self.rev = self._settled = mark.rev
        self._at_rev.clear()
        if mark.digest != self.digest:
            return f"{_DIFFERS} at revision {mark.rev}"
        self._paused_until_s = None
        self._relist_next = False
        self.complete = True
        return ""

    def _snapshot_end(self, end: SnapshotEnd) -> str:
        staged, self._staged = self._staged, None
        if staged is None or self.hello is None or not self._greeted:
            return "the end of a snapshot came without its beginning"
        if len(staged) != end.count:
            return f"the snapshot has {len(staged)} of {end.count} documents"
        total = sum(entry_hash(key, document.version) for key, document in staged.items()) % DIGEST_MODULUS
        if total != end.digest:
            return "the snapshot's digest is not that of its documents"
        self._replace(staged)
        self.epoch = self.hello.epoch
        self.rev = self._settled = end.rev
        self._at_rev.clear()
        self._relist_next = False
        self._paused_until_s = None
        self.complete = True
        return ""

    def _replace(self, documents: dict[str, Document]) -> None:
        self._documents.clear()
        self._documents.update(documents)
        self._hashes = {key: entry_hash(key, document.version) for key, document in documents.items()}
        self.digest = sum(self._hashes.values()) % DIGEST_MODULUS

    def _live(self, live: Live, lives: dict[str, Live]) -> None:
        held = self.live.get(live.key)
        if held is not None and held.incarnation == live.incarnation and live.seq < held.seq:
            return
        self.live.pop(live.key, None)
        if live.value is not None:
            self.live[live.key] = live
            if len(self.live) > LIVE_VALUES_MAX:
                del self.live[next(iter(self.live))]
        lives.pop(live.key, None)
        lives[live.key] = live

    def _judge(self, wrong: str, now_s: float) -> tuple[str, float, str]:
        """What to do about a wrong picture: (why to end the stream, for how long, alarm)."""
        self.complete = False
        # A stream that merely adds up to another digest still brings tickets; a broken one brings nothing of use.
        broken = not wrong.startswith(_DIFFERS)
        if self._paused_until_s is not None and now_s < self._paused_until_s:
            return (wrong, self._paused_until_s - now_s, "") if broken else ("", 0.0, "")
        while self._relisted_s and now_s - self._relisted_s[0] >= RELIST_WINDOW_S:
            self._relisted_s.popleft()
        self._relist_next = True
        if len(self._relisted_s) < RELISTS_MAX:
            self._paused_until_s = None
            self._relisted_s.append(now_s)
            return wrong, 0.0, ""
        self._paused_until_s = now_s + RELIST_PAUSE_S
        alarm = f"{wrong}; listed again {RELISTS_MAX} times in {RELIST_WINDOW_S:.0f} s, now pausing {RELIST_PAUSE_S:.0f} s"
        return (wrong, RELIST_PAUSE_S, alarm) if broken else ("", 0.0, alarm)
