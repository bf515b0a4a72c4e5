"""The newest log entries in memory, so that watchers at the head never touch the disk. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from hub.store.seam import Entry

ENTRIES_MAX = 8_192  # some minutes of the busiest hour; a watcher that is further back reads the disk
BYTES_MAX = 16 << 20
ENTRY_OVERHEAD_BYTES = 400  # the values around the order's bytes


class Tail:
    """Entries with a revision above `floor`, oldest first. Trimmed by half when over a bound, so the cost stays O(1)."""

    def __init__(self, floor: int, entries_max: int = ENTRIES_MAX, bytes_max: int = BYTES_MAX) -> None:
        self.floor = floor
        self.bytes = 0
        self._entries: list[Entry] = []
        self._revs: list[int] = []
        self._entries_max = entries_max
        self._bytes_max = bytes_max

    def __len__(self) -> int:
        return len(self._entries)

    def extend(self, entries: Iterable[Entry]) -> None:
        """Takes committed entries in order of rev."""
        for entry in entries:
            self._entries.append(entry)
            self._revs.append(entry.rev)
            self.bytes += len(entry.order_bytes) + ENTRY_OVERHEAD_BYTES
        while len(self._entries) > self._entries_max or self.bytes > self._bytes_max:
            if not self._drop_half():
                break

    def after(self, rev: int, limit: int) -> Sequence[Entry] | None:
        """Entries above `rev`, at least `limit` of them where there are as many, whole revisions only; None below the floor."""
        if rev < self.floor:
            return None
        start = bisect_right(self._revs, rev)
        end = start + limit
        if end < len(self._revs):
            end = bisect_right(self._revs, self._revs[end - 1])
        return self._entries[start:end]

    def _drop_half(self) -> bool:
        middle = max(1, len(self._entries) // 2)
        cut = bisect_right(self._revs, self._revs[middle - 1])  # never inside one revision
        if cut >= len(self._entries) and len(set(self._revs)) == 1:
            return False  # one revision alone is over the bound: keep it
        self.floor = self._revs[cut - 1]
        self.bytes -= sum(len(one.order_bytes) + ENTRY_OVERHEAD_BYTES for one in self._entries[:cut])
        del self._entries[:cut]
        del self._revs[:cut]
        return True
