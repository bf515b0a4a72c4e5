"""Each fault does what it says, once or for ever, and lets go when told; the data is as if nothing had been."""

from __future__ import annotations

import time

import aiohttp
import pytest

from hub.cloud.reference.misbehave import FAULTS, parse
from hub.cloud.reference.problem import Problem
from hub.cloud.reference.run import ReferenceCloud
from tests.hub.cloud.reference.conftest import Wall
from tests.hub.cloud.reference.contract import Api
from tests.hub.cloud.reference.making import batch, order


async def copies(api: Api) -> list[int]:
    return [one["copies"] for one in (await api.control("GET", "documents"))["documents"]]


@pytest.mark.parametrize(
    ("name", "value", "status", "retry_after"),
    [("throttle", "2:7", 429, "7"), ("unavailable", "2:3", 503, "3"), ("unavailable", "2", 503, None), ("internal", "2", 500, None)],
)  # fmt: skip
async def test_bursts_of_refusals_end(
    api: Api, name: str, value: str, status: int, retry_after: str | None
) -> None:
    await api.misbehave(name, value)
    for _ in range(2):
        answer = await api.post("/v1/documents", batch(order()))
        assert (answer.status, answer.headers.get("Retry-After")) == (status, retry_after)
    assert await copies(api) == []
    assert (await api.post("/v1/documents", batch(order()))).status == 200


async def test_a_dropped_answer_is_committed_before_the_line_is_cut(api: Api) -> None:
    await api.misbehave("drop_answer", "1", "/v1/documents")
    assert (await api.get("/v1/gateway")).status == 200  # another path is spared
    with pytest.raises(aiohttp.ClientError):
        await api.post("/v1/documents", batch(order()))
    assert await copies(api) == [1]
    assert (await api.post("/v1/documents", batch(order()))).body["results"][0]["result"] == "ALREADY"


async def test_a_dropped_request_does_nothing(api: Api) -> None:
    await api.misbehave("drop_request", "1")
    with pytest.raises(aiohttp.ClientError):
        await api.post("/v1/documents", batch(order()))
    assert await copies(api) == []


async def test_a_truncated_body_is_shorter_than_it_says(api: Api) -> None:
    await api.misbehave("truncate", "1")
    with pytest.raises(aiohttp.ClientPayloadError):
        await api.get("/v1/gateway")
    assert (await api.get("/v1/gateway")).status == 200


async def test_a_captive_portal_says_200_in_html(api: Api) -> None:
    await api.misbehave("wrong_type", "1")
    async with api.session.get(
        f"{api.url}/v1/gateway", headers={"Authorization": f"Bearer {api.access_token}"}
    ) as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
    assert (await api.get("/v1/gateway")).status == 200


async def test_a_slow_drip_is_whole_but_late(api: Api) -> None:
    began = time.monotonic()
    await api.misbehave("slow_drip", "1:1000")
    answer = await api.get("/v1/gateway")
    assert answer.body["modules"] == []
    assert time.monotonic() - began > 0.15


async def test_latency_lasts_until_it_is_taken_off(api: Api) -> None:
    await api.misbehave("latency_ms", "150")
    began = time.monotonic()
    await api.get("/v1/gateway")
    assert time.monotonic() - began >= 0.15
    await api.misbehave("latency_ms", "0")
    assert (await api.control("GET", "misbehave"))["on"] == []


async def test_tokens_expire_by_time_and_on_command_and_come_back_by_refresh(api: Api, wall: Wall) -> None:
    wall.now_ms += 3_600_000
    for expire in (False, True):
        if expire:
            await api.misbehave("expire_token", "1")
        answer = await api.get("/v1/gateway")
        assert (answer.status, answer.body["type"]) == (401, "/problems/token-invalid")
        assert "WWW-Authenticate" in answer.headers
        await api.refresh()
        assert (await api.get("/v1/gateway")).status == 200


async def test_a_suspended_hub_is_403_and_may_be_resumed(api: Api) -> None:
    await api.misbehave("suspend", "shop-1")
    assert (await api.get("/v1/gateway")).body["type"] == "/problems/hub-suspended"
    await api.misbehave("resume", "shop-1")
    assert (await api.get("/v1/gateway")).status == 200


async def test_a_wrong_refresh_token_is_pairing_lost(api: Api) -> None:
    api.refresh_token = "not-the-token-at-all"
    answer = await api.refresh()
    assert (answer.status, answer.body["type"]) == (401, "/problems/pairing-lost")


async def test_a_poisoned_batch_fails_whole_and_only_with_its_poison(api: Api) -> None:
    await api.misbehave("poison_batch", "o2")
    assert (await api.post("/v1/documents", batch(order("o1"), order("o2")))).status == 500
    assert await copies(api) == []
    assert (await api.post("/v1/documents", batch(order("o1")))).status == 200
    await api.control("DELETE", "misbehave?name=poison_batch")
    assert (await api.post("/v1/documents", batch(order("o2")))).status == 200


@pytest.mark.parametrize(
    "text",
    ["nonsense=1", "throttle=", "throttle=x", "throttle=1:0", "slow_drip=1", "poison=", "latency_ms=-5"],
)
def test_a_fault_that_is_none_is_said(text: str) -> None:
    with pytest.raises(Problem) as said:
        parse(text)
    assert text.partition("=")[0] in said.value.detail


def test_a_fault_may_be_bound_to_a_path() -> None:
    fault = parse("throttle=-1:5@/v1/documents")
    assert (fault.left, fault.amount, fault.path) == (-1, 5, "/v1/documents")
    assert set(FAULTS) >= {"latency_ms", "throttle", "unavailable", "drop_answer", "truncate", "wrong_type", "expire_token", "reset", "poison", "slow_drip"}  # fmt: skip


async def test_control_is_not_for_web_pages(api: Api, cloud: ReferenceCloud) -> None:
    for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}):
        async with api.session.get(f"{cloud.url}/control/misbehave", headers=headers) as answer:
            assert answer.status == 404


async def test_unknown_paths_and_methods_are_problems(api: Api) -> None:
    for method, path, status in (("GET", "/v1/nothing", 404), ("DELETE", "/v1/gateway", 405)):
        async with api.session.request(method, api.url + path) as answer:
            assert (answer.status, answer.content_type) == (status, "application/problem+json")
