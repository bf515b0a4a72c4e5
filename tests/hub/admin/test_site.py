"""/metrics and /health answer on loopback, and say 503 when something is wrong."""

import asyncio
import json
import urllib.error
import urllib.request

import pytest

from heard.errors import UserError
from hub.admin.figures import figure
from hub.admin.site import AdminSite, Health


async def ask(address: str, path: str) -> tuple[int, str, str]:
    """Status, content type and body."""

    def call() -> tuple[int, str, str]:
        try:
            with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers["Content-Type"], error.read().decode()

    return await asyncio.to_thread(call)


async def test_both_pages() -> None:
    health = Health({}, {"revision": 7})
    site = AdminSite(0, lambda: [figure("heard_x", "gauge", "X.", 1)], lambda: health)
    assert site.address.startswith("127.0.0.1:")
    early = asyncio.create_task(ask(site.address, "/metrics"))  # asked before it answers: it waits
    await site.start()
    try:
        status, kind, body = await early
        assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
        assert body.endswith("heard_x 1\n")
        status, kind, body = await ask(site.address, "/health")
        assert status == 200
        assert json.loads(body) == {"status": "ok", "problems": {}, "revision": 7}
        health = Health({"disk": "80 % full"}, {})
        status, _, body = await ask(site.address, "/health")
        assert status == 503
        assert json.loads(body) == {"status": "failing", "problems": {"disk": "80 % full"}}
        assert (await ask(site.address, "/nothing"))[0] == 404
    finally:
        await site.close()
    await site.close()


async def test_a_taken_port() -> None:
    site = AdminSite(0, list, lambda: Health({}, {}))
    port = int(site.address.rpartition(":")[2])
    with pytest.raises(UserError, match=f"cannot listen on 127.0.0.1:{port}") as caught:
        AdminSite(port, list, lambda: Health({}, {}))
    assert "admin_port" in caught.value.hint
    await site.close()
