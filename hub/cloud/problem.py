"""Problem details (RFC 9457) and headers of an answer that is no 200, as a Failure with words for people."""

from __future__ import annotations

import contextlib
import json
from email.utils import parsedate_to_datetime

import aiohttp

from hub.cloud.body import BadBody, read_body
from hub.core.cloud_failure import Failure, classify

PROBLEM_BYTES_MAX = 64 << 10
REASON_CHARACTERS_MAX = 300
"""A detail goes into logs, metrics' neighbours and `heard sync status`; a whole HTML page must not."""


async def problem_failure(response: aiohttp.ClientResponse, server_ms: int | None) -> Failure:
    """What this answer means; one that is no problem document is judged by its status alone. Raises what aiohttp raises."""
    kind, reason = "", ""
    if response.content_type in ("application/problem+json", "application/json"):
        with contextlib.suppress(BadBody):  # its status says enough
            kind, reason = _problem((await read_body(response, PROBLEM_BYTES_MAX))[0])
    status = response.status
    words = f"{reason} (HTTP {status})" if reason else f"HTTP {status} {response.reason or ''}".strip()
    if 300 <= status < 400:
        words = f"{words}: it sends the hub elsewhere; is there a login page between, or is the url wrong?"
    return classify(status, kind, words, retry_after_s(response.headers.get("Retry-After", ""), server_ms))


def retry_after_s(text: str, server_ms: int | None) -> int | None:
    """Seconds of a Retry-After, in either form; a date is measured on the server's own clock. None: it says nothing."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return int(text[:9])
    at_ms = http_date_ms(text)
    return None if at_ms is None or server_ms is None else max(0, -(-(at_ms - server_ms) // 1000))


def http_date_ms(text: str) -> int | None:
    """A date of HTTP in ms since 1970; None for none or a wrong one."""
    try:
        return int(parsedate_to_datetime(text).timestamp() * 1000)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _problem(body: bytes) -> tuple[str, str]:
    """Last part of its type, and its words. Never raises: a broken problem is still a failed call."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(found, dict):
        return "", ""
    kind, detail = found.get("type"), found.get("detail") or found.get("title")
    where = found.get("field")
    words = detail if isinstance(detail, str) else ""
    if isinstance(where, str) and where:
        words = f"{where}: {words}"
    words = " ".join(words.split())[:REASON_CHARACTERS_MAX]
    return (kind.rpartition("/")[2] if isinstance(kind, str) else ""), words
