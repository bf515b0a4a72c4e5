"""Live values: the newest value of each key for those whom it concerns, outside log, revision and digest.

One slot a key, the last value wins, so a slow watcher never has a queue: it has the number of the last value that it was
sent. After a connect it gets all that stand.
"""

from __future__ import annotations

from collections.abc import Callable

from heard.stream import Live, LiveValue, Notice
from heard.wire import live_to_pb
from hub.core.alarm_words import AlarmText
from hub.rpc import frames

SLOTS_MAX = 5_000
"""Keys of one audience; a terminal has about three for each open order. The oldest goes first."""
CLEARED_KEPT = 1_000
"""Values after which a cleared key is forgotten; a watcher that is so far behind has been ended long before."""
STAFF = "staff"
"""All who watch as cooks, expeditors or tills; what guests look at is none of it."""


EVERYBODY = "everybody"
"""All who watch anything."""


class Audience:
    """Those who watch one view; `newest` is the number of its last value."""

    def __init__(self) -> None:
        self.newest = 0
        self.wakes: set[Callable[[], None]] = set()
        self._slots: dict[str, tuple[int, bytes, bool]] = {}

    def put(self, number: int, key: str, piece: bytes, cleared: bool) -> None:
        """The newest value of `key`, serialised as an event."""
        self._slots.pop(key, None)
        self._slots[key] = (number, piece, cleared)
        self.newest = number
        if len(self._slots) > SLOTS_MAX:
            for old, (held, _, was_cleared) in list(self._slots.items()):
                if was_cleared and held < number - CLEARED_KEPT:
                    del self._slots[old]
        if len(self._slots) > SLOTS_MAX:
            del self._slots[next(iter(self._slots))]

    def drop(self, key: str) -> None:
        """Forgets the key without telling anybody."""
        self._slots.pop(key, None)

    def since(self, number: int) -> list[bytes]:
        """What came after `number`, oldest first; from 0: all that stand, without what was cleared."""
        if self.newest <= number:
            return []
        found: list[bytes] = []
        for held, piece, cleared in reversed(self._slots.values()):
            if held <= number:
                break
            if number or not cleared:
                found.append(piece)
        found.reverse()
        return found

    @property
    def idle(self) -> bool:
        """Nobody watches and nothing stands."""
        return not self.wakes and all(cleared for _, _, cleared in self._slots.values())


class LiveValues:
    """All audiences by the name of their view ("terminal:T1", "cart:T1", "prep:grill"), and STAFF."""

    def __init__(self, incarnation: str) -> None:
        """`incarnation` tells values of this run of the hub from those of an earlier one."""
        self.number = 0
        self._incarnation = incarnation
        self._audiences: dict[str, Audience] = {}

    def audience(self, name: str) -> Audience:
        """The audience of that view."""
        found = self._audiences.get(name)
        if found is None:
            found = self._audiences[name] = Audience()
        return found

    def put(self, audience: str, key: str, value: LiveValue | None) -> None:
        """A value of the hub's own; None clears the key."""
        live = Live(key, self._incarnation, self.number + 1, value)
        self.pass_on(audience, key, live_to_pb(live).SerializeToString(), cleared=value is None)

    def pass_on(self, audience: str, key: str, live_bytes: bytes, *, cleared: bool = False) -> None:
        """A value as somebody else has made and numbered it."""
        self.number += 1
        group = self.audience(audience)
        if cleared and not group.wakes:
            group.drop(key)
            if group.idle:
                del self._audiences[audience]
            return
        group.put(self.number, key, frames.live(live_bytes), cleared)
        for wake in group.wakes:
            wake()

    def forget(self, audience: str, key: str) -> None:
        """Those who connect from now on are no longer told; nobody is told of it."""
        group = self._audiences.get(audience)
        if group is not None:
            group.drop(key)
            if group.idle:
                del self._audiences[audience]

    def join(self, names: tuple[str, ...], wake: Callable[[], None]) -> tuple[Audience, ...]:
        """`wake` is called on each new value for these audiences."""
        groups = tuple(self.audience(name) for name in names)
        for group in groups:
            group.wakes.add(wake)
        return groups

    def leave(self, names: tuple[str, ...], wake: Callable[[], None]) -> None:
        """The watcher is gone; an audience of nobody with nothing to say costs nothing."""
        for name in names:
            group = self._audiences.get(name)
            if group is not None:
                group.wakes.discard(wake)
                if group.idle:
                    del self._audiences[name]


def tell_staff(live: LiveValues, name: str, text: AlarmText | None) -> None:
    """An alarm where staff looks; None takes it down."""
    live.put(STAFF, f"alarm/{name}", None if text is None else Notice("alarm", text.text))
