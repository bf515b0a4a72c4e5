"""Alarms of the store: what is wrong now, logged once when it breaks and once when it heals, told as it is."""

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
        self._untold: set[str] = set()
        self._listeners: list[Listener] = []

    def current(self) -> Mapping[str, AlarmText]:
        """Alarm name -> text of all that stand now."""
        with self._lock:
            return dict(self._now)

    def told(self) -> Mapping[str, AlarmText]:
        """Of those that stand, what people are told."""
        with self._lock:
            return {name: text for name, text in self._now.items() if name not in self._untold}

    def listen(self, listener: Listener) -> None:
        """`listener(name, text)` on each change of what people are told; text None: no more of it."""
        self._listeners.append(listener)

    def set(self, name: str, text: AlarmText | None, *, told: bool = True) -> None:
        """The alarm stands with this text, or (None) is over. Without `told` it only stands: a graver one says it to people.

        Logged when it begins and when it is over; listeners hear each other text too, for a figure in it is of now.
        """
        with self._lock:
            before = self._now.get(name)
            said_before = None if name in self._untold else before
            if text is None:
                self._now.pop(name, None)
            else:
                self._now[name] = text
            if text is None or told:
                self._untold.discard(name)
            else:
                self._untold.add(name)
        if before is None and text is not None:
            log.error("%s: %s", name, text)
        elif before is not None and text is None:
            log.info("over: %s", name)
        said = text if told else None
        if said != said_before:
            for listener in self._listeners:
                self._post(listener, name, said)
