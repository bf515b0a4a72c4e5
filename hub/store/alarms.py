"""Alarms of the store: what is wrong now, logged once when it breaks and once when it heals."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping

from hub.core.alarm_words import AlarmText

log = logging.getLogger("heard.store")

Listener = Callable[[str, AlarmText | None], None]


class Alarms:
    """Named alarms with a text for people. Raised and cleared from any thread; listeners run on the event loop."""

    def __init__(self, post: Callable[..., object]) -> None:
        self._post = post
        self._lock = threading.Lock()
        self._now: dict[str, AlarmText] = {}
        self._listeners: list[Listener] = []

    def current(self) -> Mapping[str, AlarmText]:
        """Alarm name -> text, as it is now."""
        with self._lock:
            return dict(self._now)

    def listen(self, listener: Listener) -> None:
        """`listener(name, text)` on each change; text None: it is over."""
        self._listeners.append(listener)

    def set(self, name: str, text: AlarmText | None) -> None:
        """The alarm stands with this text, or (None) is over. Says nothing when that is so already."""
        with self._lock:
            before = self._now.get(name)
            if text is None:
                self._now.pop(name, None)
            else:
                self._now[name] = text
        if (before is None) == (text is None):
            return
        if text is None:
            log.info("over: %s", name)
        else:
            log.error("%s: %s", name, text)
        for listener in self._listeners:
            self._post(listener, name, text)
