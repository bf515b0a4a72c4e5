"""Whether the wall clock may be believed: CLOCK_SUSPECT, how it begins and how it ends. Pure.

It begins where the wall stands before the build's date, more than ten minutes before the time line's mark at start, or ten
minutes away from where the monotonic clock has taken it since it was last believed. It ends when NTP says that the clock is
in step, when the cloud's time agrees within two minutes, when a manager confirms, or when a clock that jumped has come back.
Nothing ends it before the build's date. While it stands no business day rolls, and the hub goes on from what it knew.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum

from hub.core.alarm_words import AlarmText, alarm

STEP_MS = 10 * 60_000
"""No clock of ours drifts so far between two looks; a person or a dead battery does."""
CLOUD_AGREES_MS = 2 * 60_000
"""A slow answer takes seconds; a time zone typed wrong is half an hour at least."""


class Doubt(Enum):
    """Why the clock is suspect."""

    NONE = ""
    BEFORE_BUILD = "before-build"
    BEHIND_MARK = "behind-mark"
    JUMPED = "jumped"
    REMEMBERED = "remembered"
    """It was suspect when this hub last stopped, and nothing has ended that."""


class ClockGuard:
    """One hub's. Call `look` often; `wall_ms` gives the best known time. Hub time is the monotonic clock here."""

    def __init__(self, build_ms: int, remembered: bool = False) -> None:
        """`remembered`: the last run ended in doubt."""
        self.doubt = Doubt.REMEMBERED if remembered else Doubt.NONE
        self.since_ms = 0
        """Hub time at which the doubt began."""
        self.gap_at_ms = 0
        """Hub time at which the time line went on from its mark: nobody knows how long the hub was off before. 0: never."""
        self._build_ms = build_ms
        self._believed: tuple[int, int] | None = None
        self._stood_ms = 0
        self._looked = False

    @property
    def suspect(self) -> bool:
        return self.doubt is not Doubt.NONE

    def look(self, wall_ms: int, hub_ms: int, *, in_step: bool) -> bool:
        """The clocks now; `in_step`: NTP says so. True where the doubt began or ended."""
        before = self.doubt
        if not self._looked:
            self._looked = True
            if max(wall_ms, self._build_ms) < hub_ms - STEP_MS or (self.suspect and not in_step):
                self.gap_at_ms = hub_ms
        self._stood_ms = wall_ms
        self.doubt = self._judge(wall_ms, hub_ms, in_step)
        if not self.suspect:
            self._believed = (wall_ms, hub_ms)
        elif before is Doubt.NONE:
            self.since_ms = hub_ms
        return before is not self.doubt

    def cloud_said(self, cloud_ms: int, wall_ms: int, hub_ms: int) -> bool:
        """The cloud's time, and ours when it came. True where that ended the doubt."""
        if not self.suspect or abs(cloud_ms - wall_ms) > CLOUD_AGREES_MS:
            return False
        return self.confirm(wall_ms, hub_ms)

    def confirm(self, wall_ms: int, hub_ms: int) -> bool:
        """A manager says that the wall clock is right. False where it cannot be."""
        if wall_ms < self._build_ms:
            return False
        self.doubt, self._believed, self._stood_ms = Doubt.NONE, (wall_ms, hub_ms), wall_ms
        return True

    def wall_ms(self, wall_ms: int, hub_ms: int) -> int:
        """The best known time: the wall clock where it is believed, else carried on from when it was, or from the mark."""
        if not self.suspect:
            return wall_ms
        if self._believed is not None:
            return self._expected(hub_ms)
        return max(hub_ms, self._build_ms)

    def why(self) -> AlarmText:
        """For people; "" while the clock is believed."""
        stood = datetime.fromtimestamp(self._stood_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
        match self.doubt:
            case Doubt.NONE:
                return AlarmText()
            case Doubt.BEFORE_BUILD:
                return alarm("clock.before_build", time=stood)
            case Doubt.BEHIND_MARK:
                return alarm("clock.behind_mark", time=stood)
            case Doubt.JUMPED:
                return alarm("clock.jumped", time=stood)
            case Doubt.REMEMBERED:
                return alarm("clock.remembered", time=stood)

    def _judge(self, wall_ms: int, hub_ms: int, in_step: bool) -> Doubt:
        if wall_ms < self._build_ms:
            return Doubt.BEFORE_BUILD
        if in_step:
            return Doubt.NONE
        if self._believed is not None:
            if abs(wall_ms - self._expected(hub_ms)) <= STEP_MS:
                return Doubt.NONE
            return Doubt.JUMPED
        if self.suspect:
            return Doubt.BEHIND_MARK if self.doubt is Doubt.BEFORE_BUILD else self.doubt
        return Doubt.BEHIND_MARK if wall_ms < hub_ms - STEP_MS else Doubt.NONE

    def _expected(self, hub_ms: int) -> int:
        assert self._believed is not None
        wall_then, hub_then = self._believed
        return wall_then + hub_ms - hub_then
