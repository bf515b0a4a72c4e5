"""The hub's own time line, carried on by our monotonic clock between its messages. Pure."""

from __future__ import annotations

DECAY_MS_PER_MARK = 1
"""How far the offset may fall with each mark (one a second): more than two bad clocks drift, less than one slow message."""


class HubTime:
    """Hub milliseconds from (hub stamp, monotonic second of its arrival) pairs; never falls within an epoch."""

    def __init__(self) -> None:
        self._offset_ms: int | None = None
        self._told_ms = 0

    @property
    def known(self) -> bool:
        return self._offset_ms is not None

    def greet(self, hub_ms: int, now_s: float, *, new_epoch: bool) -> None:
        """A Hello: the offset is taken anew; a new epoch may have an older time line."""
        self._offset_ms = hub_ms - round(now_s * 1000)
        if new_epoch:
            self._told_ms = 0

    def mark(self, hub_ms: int, now_s: float) -> None:
        """A Bookmark: the message that travelled least tells the truth best."""
        offset_ms = hub_ms - round(now_s * 1000)
        if self._offset_ms is None:
            self._offset_ms = offset_ms
        else:
            self._offset_ms = max(offset_ms, self._offset_ms - DECAY_MS_PER_MARK)

    def now_ms(self, now_s: float) -> int:
        """The hub's time now; 0 before the first message."""
        if self._offset_ms is None:
            return 0
        self._told_ms = max(self._told_ms, self._offset_ms + round(now_s * 1000))
        return self._told_ms
