"""The hub's clocks: the machine's wall clock, whether it may be believed, and the best known time. Decides in `clock_guard`."""

from __future__ import annotations

import logging
from collections.abc import Callable

import heard
from heard.errors import UserError
from hub.core.alarm_words import AlarmText, alarm
from hub.core.clock_guard import ClockGuard
from hub.store.seam import Store

NOTES = "clock"
SUSPECT_NOTE = "suspect"

log = logging.getLogger("heard.clock")


class HubClock:
    """One hub's. `look` is to be called several times a second; `tell` hears what staff must know, None when all is well."""

    def __init__(
        self,
        store: Store,
        machine_ms: Callable[[], int],
        in_step: Callable[[], bool],
        tell: Callable[[AlarmText | None], None],
    ) -> None:
        self._store = store
        self._machine_ms = machine_ms
        self._in_step = in_step
        self._tell = tell
        remembered = any(key == SUSPECT_NOTE for key, _ in store.notes(NOTES))
        self._guard = ClockGuard(heard.BUILT_MS, remembered)
        self.look()

    @property
    def suspect(self) -> bool:
        return self._guard.suspect

    @property
    def why(self) -> str:
        """For people; "" while the clock is believed."""
        return self._guard.why()

    @property
    def gap_at_ms(self) -> int:
        """Ages of stamps before this hub time are at least what they seem; 0: none is in doubt."""
        return self._guard.gap_at_ms

    @property
    def in_step(self) -> bool:
        """NTP says so now."""
        return self._in_step()

    def machine_ms(self) -> int:
        """What the machine's clock says, right or wrong."""
        return self._machine_ms()

    def wall_ms(self) -> int:
        """The best known time, unix ms."""
        return self._guard.wall_ms(self._machine_ms(), self._store.now_ms())

    def look(self) -> None:
        """Compares the clocks."""
        if self._guard.look(self._machine_ms(), self._store.now_ms(), in_step=self._in_step()):
            self._changed()

    def cloud_said(self, cloud_ms: int) -> None:
        """The cloud's time, just received: where it agrees with ours, ours is right."""
        if self._guard.cloud_said(cloud_ms, self._machine_ms(), self._store.now_ms()):
            log.warning("the clock is believed again: the cloud's time agrees")
            self._changed()

    def confirm(self, user: str) -> None:
        """A manager says that the machine's clock is right. Raises UserError where it cannot be."""
        if not self.suspect:
            return
        why = self.why
        if not self._guard.confirm(self._machine_ms(), self._store.now_ms()):
            raise UserError(f"{why}: it cannot be right", "set the clock first: timedatectl set-time", 1)
        log.warning("the clock is believed again: %s confirmed it", user or "somebody")
        self._changed()

    def _changed(self) -> None:
        if self.suspect:
            log.error("CLOCK_SUSPECT: %s; no business day rolls until that ends", self.why)
            self._store.note(NOTES, SUSPECT_NOTE, self._guard.doubt.value.encode())
            self._tell(alarm("clock", why=self.why))
        else:
            log.warning("the clock is believed")
            self._store.note(NOTES, SUSPECT_NOTE, None)
            self._tell(None)
