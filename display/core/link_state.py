"""What the top bar says of the link: NOT LIVE from 2.5 s without a message, LIVE AGAIN at once when it is back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SILENCE_S = 2.5
"""Without a message for this long the picture may be old; painted within 3 s."""
LIVE_AGAIN_S = 5.0
"""How long the bar says that it is back."""
SOUND_AFTER_S = 15.0
"""One sound, for the cook who does not look; a hub's restart stays silent."""


class Bar(StrEnum):
    """The one state of the top bar."""

    CONNECTING = "connecting"
    LIVE = "live"
    NOT_LIVE = "not_live"
    LIVE_AGAIN = "live_again"


@dataclass(frozen=True, slots=True)
class LinkBar:
    """What to show at a moment. `silent_s` counts from the last message."""

    bar: Bar
    silent_s: int = 0

    @property
    def amber(self) -> bool:
        return self.bar in (Bar.NOT_LIVE, Bar.LIVE_AGAIN)


class LinkWatch:
    """Turns the link's state into the bar's. Seconds are monotonic."""

    def __init__(self, now_s: float) -> None:
        self._started_s = now_s
        self._live = False
        self._silent_since_s: float | None = None
        self._again_s: float | None = None
        self._sounded = False

    def update(self, now_s: float, *, live: bool, last_message_s: float | None) -> None:
        """The link's newest word; call it on each change of it and on each tick."""
        if live:
            if self._silent_since_s is not None:
                self._again_s = now_s
            self._live = True
            self._silent_since_s = None
            self._sounded = False
            return
        self._live = False
        since = last_message_s if last_message_s is not None else self._started_s
        if self._silent_since_s is None and now_s >= since + SILENCE_S:
            self._silent_since_s = since
            self._again_s = None

    def bar(self, now_s: float) -> LinkBar:
        """What the top bar is now."""
        if self._silent_since_s is not None:
            return LinkBar(Bar.NOT_LIVE, max(0, int(now_s - self._silent_since_s)))
        if self._again_s is not None and now_s < self._again_s + LIVE_AGAIN_S:
            return LinkBar(Bar.LIVE_AGAIN)
        return LinkBar(Bar.LIVE if self._live else Bar.CONNECTING)

    def sound_due(self, now_s: float) -> bool:
        """True once for each silence that lasts SOUND_AFTER_S."""
        if self._silent_since_s is None or self._sounded or now_s < self._silent_since_s + SOUND_AFTER_S:
            return False
        self._sounded = True
        return True

    def next_due_s(self, now_s: float) -> float | None:
        """When `bar` or `sound_due` change by themselves next, besides the seconds of NOT LIVE."""
        if self._silent_since_s is not None:
            return None if self._sounded else self._silent_since_s + SOUND_AFTER_S
        if self._again_s is not None and now_s < self._again_s + LIVE_AGAIN_S:
            return self._again_s + LIVE_AGAIN_S
        return None
