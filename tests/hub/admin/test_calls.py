"""The API over HTTP: what a handler gives or raises is what the caller gets, within bounds."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from heard.errors import InvalidInput, UserError
from hub.admin import calls
from hub.admin.site import AdminSite, Health
from hub.api import Api, Asked
from hub.store.seam import StoreUnavailable

TOKEN = "right"
WAITING = asyncio.Event()


async def echo(asked: Asked) -> Mapping[str, Any]:
    return {"values": dict(asked.values), "parts": dict(asked.parts), "user": asked.user}


async def wait(_asked: Asked) -> Mapping[str, Any]:
    await asyncio.sleep(3600)
    return {}


def raising(error: Exception) -> Any:
    async def handler(_asked: Asked) -> Mapping[str, Any]:
        raise error

    return handler


@pytest.fixture
async def address() -> AsyncIterator[str]:
    api = Api()
    api.get("echo/{name}", echo, takes=("limit",))
    api.post("echo/{name}", echo, takes=("reason",))
    api.get("wait", wait)
    api.get("bad-call", raising(UserError("no such day", "look again", 2)))
    api.get("failed", raising(UserError("the day was closed an hour ago", "wait", 1)))
    api.get("invalid", raising(InvalidInput("date", "is no date", "write 2026-11-23")))
    api.get("full", raising(StoreUnavailable("the disk is full")))
    api.get("broken", raising(ZeroDivisionError()))
    site = AdminSite(0, list, lambda: Health({}, {}), api, TOKEN)
    await site.start()
    yield site.address
    await site.close()


async def ask(
    address: str, path: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, Any]]:
    def call() -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection(address, timeout=10)
        sent = {
            "Authorization": f"Bearer {TOKEN}",
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        assert answer.headers["Server"].startswith("heard/")
        assert answer.headers.get("Access-Control-Allow-Origin") is None
        return answer.status, json.loads(data)

    return await asyncio.to_thread(call)


async def test_a_question_and_a_wish(address: str) -> None:
    assert await ask(address, "/api/echo/grill?limit=5", Heard_User="sami") == (
        200,
        {"values": {"limit": "5"}, "parts": {"name": "grill"}, "user": "sami"},
    )
    assert await ask(address, "/api/echo/a%2Fb", "POST", b'{"reason": "late"}') == (
        200,
        {"values": {"reason": "late"}, "parts": {"name": "a/b"}, "user": ""},
    )
    status, listed = await ask(address, "/api")
    assert status == 200
    assert {"method": "POST", "path": "/api/echo/{name}", "takes": ["reason"]} in listed["routes"]


@pytest.mark.parametrize(
    ("path", "status", "code", "title"),
    [
        ("/api/bad-call", 400, "user-error", "no such day"),
        ("/api/failed", 409, "user-error", "the day was closed an hour ago"),
        ("/api/invalid", 422, "invalid", "date is no date"),
        ("/api/full", 503, "store", "the store could not take it: the disk is full"),
        ("/api/broken", 500, "internal", "the hub made a mistake on broken"),
        ("/api/none", 404, "unknown-route", "has no GET /api/none"),
        ("/api/echo/x?limits=5", 422, "invalid", "limits is not known to this hub"),
        ("/none", 404, "refused", "/none"),
    ],
)
async def test_errors_are_problems(address: str, path: str, status: int, code: str, title: str) -> None:
    got, problem = await ask(address, path)
    assert (got, problem["code"], problem["status"]) == (status, code, status)
    assert title in problem["title"]


async def test_bodies_have_bounds_and_a_form(address: str) -> None:
    path = "/api/echo/x"
    assert (await ask(address, path, "POST", b"{" * 100_000))[0] == 400
    assert (await ask(address, path, "POST", b"[1]"))[1]["title"] == "the body is no JSON object"
    assert (await ask(address, path, "POST", b"x" * (calls.BODY_BYTES_MAX + 1)))[1]["code"] == "too-large"
    assert (await ask(address, f"{path}?reason=late", "POST", b"{}"))[0] == 400
    assert (await ask(address, path, "POST", b"{}", Authorization="Bearer wrong"))[0] == 401
    assert (await ask(address, path, "POST", b"{}", Host="evil.example"))[1]["code"] == "wrong-host"
    assert (await ask(address, path, "POST", b"{}", Origin="http://evil.example"))[1][
        "code"
    ] == "wrong-origin"


async def test_calls_are_few_and_short(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "CALLS_MAX", 1)
    monkeypatch.setattr(calls, "CALL_S_MAX", 0.3)
    answers = await asyncio.gather(*(ask(address, "/api/wait") for _ in range(3)))
    assert sorted(problem["code"] for _, problem in answers) == ["busy", "busy", "too-long"]
    assert (await ask(address, "/api/echo/x"))[0] == 200, "the place of the long one is free again"
