"""Faults on command, so that a hub can be tried against a bad cloud.

A fault is NAME=VALUE[@PATH]: with a path only requests under it misbehave. N is how many requests (-1: all from now on).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aiohttp import web

from hub.cloud.reference.problem import Problem

FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "latency_ms": "MS: every request waits this long before it is looked at (0 ends it)",
        "throttle": "N[:SECONDS]: 429 with Retry-After",
        "unavailable": "N[:SECONDS]: 503, with Retry-After when seconds are given",
        "internal": "N: 500",
        "drop_request": "N: the connection is cut before anything is done",
        "drop_answer": "N: all is done and on disk, then the connection is cut without an answer",
        "truncate": "N: the connection is cut in the middle of the answer's body",
        "wrong_type": "N: 200 with a page in HTML, as a captive portal gives",
        "slow_drip": "N:BYTES: the answer comes in at so many bytes a second",
        "poison": "ID: this document is rejected, the others of its batch are not",
        "poison_batch": "ID: a batch that holds this document fails whole with 500",
        "expire_token": "1: every access token is expired now",
        "suspend": "HUB: 403 for this hub",
        "resume": "HUB: no longer",
        "reset": "MODULE: no cursor of this module can be continued",
    }
)
ACTIONS = frozenset({"expire_token", "suspend", "resume", "reset"})
"""Done once, when said; the others stay until they are used up or cleared."""
NAMING = frozenset({"poison", "poison_batch"})
FAULTS_MAX = 100
DRIP_PERIOD_S = 0.1
PORTAL = "<!doctype html><title>Sign in</title><h1>Welcome to the guest network</h1>"


@dataclass(slots=True)
class Fault:
    """One fault that is on; `left` -1 is for ever, `amount` is the part after the colon."""

    name: str
    value: str
    path: str = ""
    left: int = -1
    amount: int | None = None


def parse(text: str) -> Fault:
    """A fault from NAME=VALUE[@PATH]. Raises Problem malformed with what is possible."""
    name, _, rest = text.partition("=")
    value, _, path = rest.partition("@")
    return make(name, value, path)


def make(name: str, value: str, path: str = "") -> Fault:
    """A checked fault. Raises Problem malformed with what is possible."""
    if name not in FAULTS:
        raise Problem("malformed", f"there is no fault {name!r}; there are {', '.join(FAULTS)}", "name")
    if name in ACTIONS or name in NAMING:
        if not value:
            raise Problem("malformed", f"{name} takes {FAULTS[name]}", "value")
        return Fault(name, value, path)
    number, colon, amount = value.partition(":")
    try:
        fault = Fault(name, value, path, int(number), int(amount) if colon else None)
    except ValueError:
        raise Problem("malformed", f"{name} takes {FAULTS[name]}; not {value!r}", "value") from None
    if fault.left < (0 if name == "latency_ms" else -1) or (fault.amount is not None and fault.amount < 1):
        raise Problem("malformed", f"{name} takes {FAULTS[name]}; not {value!r}", "value")
    if name == "slow_drip" and fault.amount is None:
        raise Problem("malformed", f"{name} takes {FAULTS[name]}", "value")
    return fault


class Misbehaviour:
    """The faults that are on."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Turn a fault on; one of the same name and path (and, of poison, document) is replaced."""
        same = (fault.name, fault.path, fault.value if fault.name in NAMING else "")
        self._faults = [
            one
            for one in self._faults
            if (one.name, one.path, one.value if one.name in NAMING else "") != same
        ]
        if len(self._faults) >= FAULTS_MAX:
            raise Problem("malformed", f"{FAULTS_MAX} faults are on; clear some")
        if fault.left:
            self._faults.append(fault)

    def clear(self, name: str = "") -> None:
        """Turn one kind of fault off, or all."""
        self._faults = [one for one in self._faults if name and one.name != name]

    def shown(self) -> list[dict[str, object]]:
        """What is on."""
        return [
            {"name": one.name, "value": one.value, "path": one.path, "left": one.left} for one in self._faults
        ]

    def named(self, name: str) -> frozenset[str]:
        """The documents of a poison."""
        return frozenset(one.value for one in self._faults if one.name == name)

    async def before(self, request: web.Request) -> None:
        """What goes wrong before a request is looked at. Raises Problem, or ConnectionResetError when it was cut."""
        latency = next(
            (one for one in self._faults if one.name == "latency_ms" and _fits(one, request)), None
        )
        if latency is not None:
            await asyncio.sleep(latency.left / 1000)
        if self._take("drop_request", request):
            _cut(request)
        for name, kind in (
            ("throttle", "throttled"),
            ("unavailable", "unavailable"),
            ("internal", "internal"),
        ):
            if fault := self._take(name, request):
                seconds = fault.amount if name != "throttle" else fault.amount or 1
                raise Problem(kind, "told to misbehave; try again later", retry_after_s=seconds)

    async def after(self, request: web.Request, answer: web.Response) -> web.StreamResponse:
        """What goes wrong with an answer. Raises ConnectionResetError when it was cut."""
        if self._take("drop_answer", request):
            _cut(request)
        if self._take("wrong_type", request):
            return web.Response(text=PORTAL, content_type="text/html")
        if self._take("truncate", request):
            await _send(request, answer, whole=False, bytes_per_s=None)
            _cut(request)
        if drip := self._take("slow_drip", request):
            return await _send(request, answer, whole=True, bytes_per_s=drip.amount)
        return answer

    def _take(self, name: str, request: web.Request) -> Fault | None:
        for fault in self._faults:
            if fault.name == name and _fits(fault, request):
                if fault.left > 0:
                    fault.left -= 1
                if not fault.left:
                    self._faults.remove(fault)
                return fault
        return None


def _fits(fault: Fault, request: web.Request) -> bool:
    return request.path.startswith(fault.path)


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()  # what was written so far still goes out
    raise ConnectionResetError("told to misbehave")


async def _send(
    request: web.Request, answer: web.Response, whole: bool, bytes_per_s: int | None
) -> web.StreamResponse:
    body = answer.body if isinstance(answer.body, bytes) else b""
    headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
    stream = web.StreamResponse(status=answer.status, headers=headers)
    stream.content_length = len(body)
    await stream.prepare(request)
    to_send = body if whole else body[: len(body) // 2]
    step = len(to_send) if bytes_per_s is None else max(1, int(bytes_per_s * DRIP_PERIOD_S))
    for start in range(0, len(to_send), step or 1):
        if bytes_per_s is not None:
            await asyncio.sleep(DRIP_PERIOD_S)
        await stream.write(to_send[start : start + step])
    return stream
