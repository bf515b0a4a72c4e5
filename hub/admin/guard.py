"""Who may ask the hub's HTTP side, and in which form. Pure: headers in, a refusal or None out.

It listens on loopback, where every web page that is open on this machine can send requests too. So: a name in `Host` that
is not this machine's own is refused (a rebound DNS name), a page of another origin is refused, and under /api each call
carries a token in a header that no page of another origin can set or know. There are no cookies, so nothing rides along.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
"""What this machine is called by who asks it; a port may differ (an SSH tunnel)."""
JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Refusal:
    """`code` is for programs and stays as it is, `what` and `hint` are for people."""

    status: int
    code: str
    what: str
    hint: str = ""


def refused_host(headers: Mapping[str, str]) -> Refusal | None:
    """For every path: asked by a name of this machine, and by no page of another origin."""
    host = headers.get("Host", "")
    if _name(host) not in HOSTS:
        return Refusal(403, "wrong-host", f"this hub is not {host[:80]!r}", "ask 127.0.0.1 on this machine")
    origin = headers.get("Origin")
    if origin is not None and origin != f"http://{host}":
        return Refusal(403, "wrong-origin", "a page of another origin may not ask this hub")
    return None


def refused_call(headers: Mapping[str, str], method: str, token: str) -> Refusal | None:
    """For /api: the token, and JSON where something may change."""
    scheme, _, given = headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
        return Refusal(
            401,
            "no-token",
            "this call does not carry the hub's token",
            "it stands in admin.json in the hub's data folder and is new with each start",
        )
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if method != "GET" and kind != JSON_TYPE:
        return Refusal(415, "not-json", f"the body is {kind or 'of no type'}", f"send it as {JSON_TYPE}")
    return None


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
