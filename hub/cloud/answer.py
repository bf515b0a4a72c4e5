"""What a call to the cloud gives. Apart from the client, so that a hub without a cloud loads no HTTP client before it serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hub.core.cloud_failure import Failure


class CloudFailed(Exception):
    """A call failed; `failure` says how and what that means."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer. `body` None: 304, as before. `server_ms`: the Date header, None without one; `received`: bytes of body."""

    body: Any
    etag: str = ""
    server_ms: int | None = None
    received: int = 0
