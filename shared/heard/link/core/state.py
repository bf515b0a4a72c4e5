"""What listeners are told of the link: one immutable value, a new one on each change."""

from __future__ import annotations

from dataclasses import dataclass

from heard.link.core.connection import Phase
from heard.stream import Hello


@dataclass(frozen=True, slots=True)
class LinkState:
    """The link at a moment. Seconds are monotonic; `since_s` of NOT_LIVE is the last message's.

    `last_message_s` is as of the last change of this value; `Link.last_message_s` is always current.
    """

    phase: Phase = Phase.SEARCHING
    live: bool = False
    since_s: float = 0.0
    address: str = ""
    hello: Hello | None = None
    last_message_s: float | None = None
    reason: str = ""
