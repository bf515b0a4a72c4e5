"""Whatever the cloud does, a call ends in time with an answer or a failure of the right class, in words for people."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from hub.cloud.answer import Answer, CloudFailed
from hub.cloud.client import CloudClient, Deadlines
from hub.cloud.problem import http_date_ms, retry_after_s
from hub.core.cloud_failure import Failure, FailureClass
from tests.hub.cloud.conftest import HUB, SOON, Vendor

GATEWAY = "gateway"
PATH = "/v1/gateway"


async def failure(call: Awaitable[Answer]) -> Failure:
    with pytest.raises(CloudFailed) as caught:
        await call
    return caught.value.failure


async def test_a_good_call_has_body_etag_and_the_clouds_time(client: CloudClient) -> None:
    first = await client.get(GATEWAY, [("cursor", "taxes:")])
    assert first.body["modules"] == [{"module": "taxes", "state": "CHANGED", "changes_about": 0}]
    assert first.server_ms is not None
    again = await client.get(GATEWAY, [("cursor", "taxes:")], etag=first.etag)
    assert again.body is None
    assert again.etag == first.etag
    assert again.server_ms is not None


PATIENT = Deadlines(connect_s=5.0, silent_s=10.0, whole_s=20.0)
# aiohttp repeats a GET once by itself where a kept connection was cut: so two are cut.
MISBEHAVIOUR = [
    ("throttle", "1:7", FailureClass.THROTTLED, "HTTP 429"),
    ("unavailable", "1:3", FailureClass.THROTTLED, "HTTP 503"),
    ("unavailable", "1", FailureClass.TRANSIENT, "HTTP 503"),
    ("internal", "1", FailureClass.TRANSIENT, "told to misbehave"),
    ("drop_request", "2", FailureClass.TRANSIENT, "connection broke"),
    ("drop_answer", "2", FailureClass.TRANSIENT, "connection broke"),
    ("truncate", "1", FailureClass.TRANSIENT, "cut off"),
    ("wrong_type", "1", FailureClass.TRANSIENT, "login page"),
    ("slow_drip", "1:40", FailureClass.TRANSIENT, "in time"),
    ("latency_ms", "700", FailureClass.TRANSIENT, "in time"),
    ("expire_token", "1", FailureClass.UNAUTHORIZED, "HTTP 401"),
    ("suspend", HUB, FailureClass.FORBIDDEN, "HTTP 403"),
]


@pytest.mark.parametrize(
    ("name", "value", "kind", "words"), MISBEHAVIOUR, ids=lambda one: str(getattr(one, "name", one))
)
async def test_every_switch_of_the_reference_cloud(
    vendor: Vendor, name: str, value: str, kind: FailureClass, words: str
) -> None:
    """Only what is about time is tried with deadlines that end soon: a busy machine is no cloud that misbehaves."""
    client = CloudClient(vendor.url, HUB, vendor.secret_file, SOON if words == "in time" else PATIENT)
    await client.get(GATEWAY)
    await vendor.misbehave(name, value, "" if name in ("expire_token", "suspend") else PATH)
    found = await failure(client.get(GATEWAY))
    await client.close()
    assert found.kind is kind
    assert words in found.reason
    assert found.retry_after_ms == {"1:7": 7000, "1:3": 3000}.get(value, 0)


async def test_a_refresh_ends_a_401_and_callers_share_it(vendor: Vendor, client: CloudClient) -> None:
    await client.get(GATEWAY)
    await vendor.misbehave("expire_token", "1")
    await asyncio.gather(client.refresh(), client.refresh(), client.refresh())
    assert (await client.get(GATEWAY)).body


async def test_a_token_is_renewed_before_it_ends(vendor: Vendor) -> None:
    now = [0.0]
    client = CloudClient(vendor.url, HUB, vendor.secret_file, SOON, monotonic=lambda: now[0])
    await client.get(GATEWAY)
    await vendor.misbehave("expire_token", "1")
    now[0] = 3_600.0
    assert (await client.get(GATEWAY)).body
    await client.close()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        (b"", "one line"),
        ("كلمة".encode(), "one line"),
        (b"two\nlines", "one line"),
        (b"x" * 5000, "one line"),
        (b"x" * 20, "HTTP 401"),
    ],
)
async def test_a_secret_that_is_missing_or_wrong_pauses(
    vendor: Vendor, tmp_path: Path, content: bytes | None, words: str
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    client = CloudClient(vendor.url, HUB, file, SOON)
    found = await failure(client.get(GATEWAY))
    assert found.kind is FailureClass.FORBIDDEN
    assert words in found.reason
    await client.close()


def strange(status: int, body: bytes, **headers: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, body=body, headers={"Content-Type": "application/json", **headers})

    return answer


BOMB = gzip.compress(b" " * 5_000_000, 1, mtime=0)
STRANGE = [
    (200, b"{", {}, FailureClass.TRANSIENT, "not JSON"),
    (200, b"[]", {}, FailureClass.TRANSIENT, "no JSON object"),
    (200, b"[" * 50_000, {}, FailureClass.TRANSIENT, "not JSON"),
    (200, b"\xff\xfe\x00", {}, FailureClass.TRANSIENT, "not JSON"),
    (200, b" " * 200_000, {}, FailureClass.TRANSIENT, "more than 65536 bytes"),
    (200, BOMB, {"Content-Encoding": "gzip"}, FailureClass.TRANSIENT, "more than 65536 bytes"),
    (200, b"plain", {"Content-Encoding": "gzip"}, FailureClass.TRANSIENT, "unpacked"),
    (200, gzip.compress(b"{}", mtime=0)[:-4], {"Content-Encoding": "gzip"}, FailureClass.TRANSIENT, "cut off"),
    (200, b"{}", {"Content-Encoding": "br"}, FailureClass.TRANSIENT, "'br'"),
    (302, b"", {"Location": "http://login.example"}, FailureClass.TRANSIENT, "elsewhere"),
    (204, b"", {}, FailureClass.TRANSIENT, "HTTP 204"),
    (404, b"<html>", {"Content-Type": "text/html"}, FailureClass.NOT_THERE, "HTTP 404"),
    (410, b'{"type": "/problems/watermark-gone", "detail": "too\\n\\nold"}', {}, FailureClass.WATERMARK_GONE, "too old (HTTP 410)"),
    (410, b'{"type": 7, "detail": []}', {}, FailureClass.RESET, "HTTP 410"),
    (422, b'{"detail": "is wrong", "field": "documents[3]"}', {}, FailureClass.REFUSED, "documents[3]: is wrong"),
    (500, b"x" * 200_000, {}, FailureClass.TRANSIENT, "HTTP 500"),
    (429, b"", {"Retry-After": "soon"}, FailureClass.THROTTLED, "HTTP 429"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "headers", "kind", "words"), STRANGE, ids=range(len(STRANGE)))
async def test_strange_answers(
    tmp_path: Path, status: int, body: bytes, headers: dict[str, str], kind: FailureClass, words: str
) -> None:
    app = web.Application()
    token = json.dumps({"access_token": "t" * 20, "token_type": "Bearer", "expires_in_s": 60}).encode()
    app.add_routes(
        [web.post("/v1/token", strange(200, token)), web.get(PATH, strange(status, body, **headers))]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    secret = tmp_path / "secret"
    secret.write_text("s" * 20)
    client = CloudClient(f"http://127.0.0.1:{runner.addresses[0][1]}", HUB, secret, SOON)
    found = await failure(client.get(GATEWAY))
    assert found.kind is kind
    assert words in found.reason
    await client.close()
    await runner.cleanup()


@pytest.mark.parametrize(
    "token",
    [
        b"{}",
        b'{"access_token": "a\\nb", "expires_in_s": 60}',
        b'{"access_token": "abc", "expires_in_s": "60"}',
    ],
)
async def test_a_token_that_is_none(tmp_path: Path, token: bytes) -> None:
    app = web.Application()
    app.add_routes([web.post("/v1/token", strange(200, token))])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    secret = tmp_path / "secret"
    secret.write_text("s" * 20)
    client = CloudClient(f"http://127.0.0.1:{runner.addresses[0][1]}", HUB, secret, SOON)
    assert (await failure(client.get(GATEWAY))).kind is FailureClass.TRANSIENT
    await client.close()
    await runner.cleanup()


async def test_nobody_listens(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s" * 20)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refused, and nobody else gets the port
        client = CloudClient(f"http://127.0.0.1:{taken.getsockname()[1]}", HUB, secret, SOON)
        found = await failure(client.get(GATEWAY))
        assert found.kind is FailureClass.NOT_REACHED
        assert "no connection" in found.reason
        await client.close()
    assert (await failure(client.get(GATEWAY))).reason == "the hub is stopping"


async def test_dns_that_hangs_costs_a_deadline_and_two_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()

    def hang(*_: object) -> list[object]:
        released.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    secret = tmp_path / "secret"
    secret.write_text("s" * 20)
    quick = Deadlines(connect_s=0.1, silent_s=5.0, whole_s=10.0)
    client = CloudClient("https://cloud.example.com", HUB, secret, quick)
    kinds = {(await failure(client.get(GATEWAY))).kind for _ in range(4)}
    assert kinds == {FailureClass.NOT_REACHED}
    assert sum(one.name == "heard-dns" for one in threading.enumerate()) <= 2
    assert await asyncio.wait_for(asyncio.to_thread(lambda: 1), 5) == 1  # the loop's own pool is free
    released.set()
    await client.close()


async def test_a_name_that_does_not_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    secret = tmp_path / "secret"
    secret.write_text("s" * 20)
    client = CloudClient("https://cloud.example.com", HUB, secret, SOON)
    found = await failure(client.get(GATEWAY))
    assert found.kind is FailureClass.NOT_REACHED
    assert "cloud.example.com" in found.reason
    await client.close()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", 5),
        (" 0 ", 0),
        ("9" * 30, 999_999_999),
        ("Wed, 21 Oct 2015 07:28:30 GMT", 30),
        ("Wed, 21 Oct 2015 07:27:00 GMT", 0),
        ("-5", None),
        ("", None),
        ("soon", None),
        ("٥", None),
    ],
)
def test_retry_after_is_read_in_both_forms(text: str, expected: int | None) -> None:
    assert retry_after_s(text, http_date_ms("Wed, 21 Oct 2015 07:28:00 GMT")) == expected
