"""Keeps this store's epoch above every one that the cloud has seen of this hub; the hub starts again in a new one."""

from __future__ import annotations

from collections.abc import Callable

from hub.cloud.gateway import SyncResponse
from hub.core.alarm_words import AlarmText, alarm
from hub.core.epoch_rise import ABOVE, PUSHED, RAISED, TABLE, Rise, decide_rise
from hub.store.seam import Store


class EpochKeeper:
    """Listens to the gateway and to the pusher."""

    def __init__(self, store: Store, start_again: Callable[[str], None]) -> None:
        """`start_again` ends the hub with that reason; its supervisor starts it, and the store opens in a new epoch."""
        self.alarm: AlarmText | None = None
        self._store = store
        self._start_again = start_again
        self._notes = dict(store.notes(TABLE))
        self._pushed = self._notes.get(PUSHED) == self._name()

    def pushed(self) -> None:
        """The cloud took something in our epoch."""
        if not self._pushed:
            self._pushed = True
            self._store.note(TABLE, PUSHED, self._name())

    def checked(self, found: SyncResponse) -> None:
        """The gateway's word."""
        now_ms = self._store.now_ms()
        highest = found.highest_epoch
        raised = int(self._notes.get(RAISED, b"0"))
        rise = decide_rise(self._store.epoch, highest, self._pushed, raised, now_ms)
        self.alarm = None
        if rise is Rise.TWO_STORES:
            self.alarm = alarm("cloud.two_stores")
        elif rise is Rise.ABOVE and highest is not None:
            self._store.note(TABLE, ABOVE, str(highest[0]).encode())
            self._store.note(TABLE, RAISED, str(now_ms).encode())
            self._start_again(
                f"the cloud has seen epoch {highest[0]} of this hub: the store was restored, and begins one above it"
            )

    def _name(self) -> bytes:
        epoch = self._store.epoch
        return f"{epoch.n}-{epoch.random:016x}".encode()
