"""Problem details (RFC 9457): every error of the contract, raised as an exception and answered as JSON."""

from __future__ import annotations

from dataclasses import dataclass

CONTENT_TYPE = "application/problem+json"

KINDS: dict[str, tuple[int, str]] = {
    "malformed": (400, "The request cannot be read"),
    "token-invalid": (401, "The access token is missing, wrong or expired"),
    "pairing-lost": (401, "The refresh token is not known"),
    "hub-suspended": (403, "This hub is suspended"),
    "not-found": (404, "There is no such thing"),
    "not-acceptable": (405, "Not this way"),
    "request-id-reused": (409, "The request id was used for something else"),
    "overtaken": (409, "A later request came first"),
    "cursor-gone": (410, "The cursor cannot be continued"),
    "watermark-gone": (410, "The watermark is too old"),
    "too-large": (413, "The request is too large"),
    "throttled": (429, "Too many requests"),
    "internal": (500, "The server failed"),
    "unavailable": (503, "Not available now"),
}
"""Name of the problem → status and title."""


@dataclass(slots=True)
class Problem(Exception):
    """An error for the caller; `detail` says what, where and what to do, `field` is the path of a wrong field."""

    kind: str
    detail: str
    field: str = ""
    retry_after_s: int | None = None

    @property
    def status(self) -> int:
        """The HTTP status."""
        return KINDS[self.kind][0]

    def body(self) -> dict[str, object]:
        """The JSON object of RFC 9457."""
        status, title = KINDS[self.kind]
        found: dict[str, object] = {
            "type": f"/problems/{self.kind}",
            "title": title,
            "status": status,
            "detail": self.detail,
        }
        if self.field:
            found["field"] = self.field
        return found

    def headers(self) -> dict[str, str]:
        """What goes beside the body."""
        found = {}
        if self.retry_after_s is not None:
            found["Retry-After"] = str(self.retry_after_s)
        if self.status == 401:
            found["WWW-Authenticate"] = 'Bearer error="invalid_token"'
        return found
