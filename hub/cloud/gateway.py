"""The gateway check: cursors up, what has changed down. The first call of every cycle, and the only one of an idle site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hub.cloud.answer import CloudFailed
from hub.core.cloud_failure import Failure, FailureClass

if TYPE_CHECKING:
    from hub.cloud.client import CloudClient

PATH = "gateway"
BYTES_MAX = 64 << 10
MODULES_MAX = 64
ADVICE_MAX = 20
MAX_SYNC_RETRY_MAX = 20
PAGE_ROWS_MAX = 2_000
POLL_S_MIN = 5
POLL_S_MAX = 86_400
NUMBER_MAX = 1 << 62
RANDOM = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Policy:
    """The cloud's wishes, within the contract's limits."""

    max_sync_retry: int
    page_rows: int
    poll_interval_s: int


@dataclass(frozen=True, slots=True)
class SyncResponse:
    """What the gateway says. `modules`: those with news, True where the cursor cannot be continued (RESET).

    `server_time_ms` 0: it did not tell. `counters` is advice on fiscal numbers as the cloud words it; `highest_epoch` (n, random), None before the first push.
    """

    server_time_ms: int
    watermark: int
    modules: Mapping[str, bool]
    policy: Policy
    counters: tuple[Mapping[str, Any], ...] = ()
    highest_epoch: tuple[int, int] | None = None


class SyncGateway:
    """Asks; an answer "as before" costs some hundred bytes."""

    def __init__(self, client: CloudClient) -> None:
        self._client = client
        self._asked: tuple[tuple[str, str], ...] = ()
        self._etag = ""
        self._last: SyncResponse | None = None

    async def check(self, cursors: Mapping[str, str]) -> SyncResponse:
        """`cursors` of all modules, "" asks from the beginning. Raises CloudFailed."""
        query = tuple(("cursor", f"{module}:{cursor}") for module, cursor in cursors.items())
        last = self._last if query == self._asked else None
        answer = await self._client.get(
            PATH, query, etag=self._etag if last is not None else "", bytes_max=BYTES_MAX
        )
        if answer.body is None:
            if last is None:
                raise CloudFailed(_wrong("304, though nothing was known before"))
            return replace(last, server_time_ms=answer.server_ms or 0)
        found = read_sync_response(answer.body)
        self._asked, self._etag, self._last = query, answer.etag, found
        return found


def read_sync_response(body: Mapping[str, Any]) -> SyncResponse:
    """Raises CloudFailed for what is not as the contract says; fields that nobody knows are left alone."""
    modules = {}
    for one in _list(body, "modules", MODULES_MAX):
        name, state = one.get("module"), one.get("state")
        if not isinstance(name, str) or state not in ("CHANGED", "RESET"):
            raise CloudFailed(_wrong("modules holds something else than {module, state: CHANGED or RESET}"))
        modules[name] = state == "RESET"
    policy = body.get("policy")
    if not isinstance(policy, dict):
        raise CloudFailed(_wrong("policy is missing"))
    return SyncResponse(
        server_time_ms=_number(body, "server_time_ms", 0, NUMBER_MAX),
        watermark=_number(body, "watermark", 0, NUMBER_MAX),
        modules=modules,
        policy=Policy(
            _number(policy, "max_sync_retry", 0, MAX_SYNC_RETRY_MAX),
            _number(policy, "page_rows", 1, PAGE_ROWS_MAX),
            _number(policy, "poll_interval_s", POLL_S_MIN, POLL_S_MAX),
        ),
        counters=tuple(_list(body, "counters", ADVICE_MAX)),
        highest_epoch=_epoch(body.get("highest_epoch")),
    )


def _epoch(value: Any) -> tuple[int, int] | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("random"), str):
        raise CloudFailed(_wrong("highest_epoch is no epoch"))
    if not RANDOM.fullmatch(value["random"]):
        raise CloudFailed(_wrong("highest_epoch.random is not 16 hex digits"))
    return _number(value, "n", 1, NUMBER_MAX), int(value["random"], 16)


def _list(body: Mapping[str, Any], name: str, most: int) -> list[Mapping[str, Any]]:
    value = body.get(name)
    if not isinstance(value, list) or len(value) > most or not all(isinstance(one, dict) for one in value):
        raise CloudFailed(_wrong(f"{name} is no list of at most {most} objects"))
    return value


def _number(body: Mapping[str, Any], name: str, low: int, high: int) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise CloudFailed(_wrong(f"{name} is no whole number from {low} to {high}"))
    return value


def _wrong(what: str) -> Failure:
    return Failure(FailureClass.TRANSIENT, f"the gateway's answer is not as the contract says: {what}")
