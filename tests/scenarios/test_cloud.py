"""The restaurant and its cloud, in the restaurant's words: real hub, real cloud, real ports. Numbers are KITCHEN's complaints about others."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from display.app.start import Output
from heard import cli
from heard.command import Answer, Command, MarkPaid, MarkPickedUp
from heard.order import Order, OrderState, Totals
from heard.pos import Terminal
from heard.stream import HeardState
from hub.cloud.push import Pusher
from hub.cloud.reference.run import Options, ReferenceCloud
from hub.config import Cloud
from hub.store.backup import make_backup
from hub.store.layout import DataDir
from hub.store.opening import restore
from tests.hub.cloud.conftest import HUB, Vendor
from tests.hub.rpc.serving import Client, an_order, serving
from tests.scenarios.screens import a_screen
from tests.waiting import until

WAIT_S = 20.0
TOTAL = Totals("SAR", total_minor=4_500)


@asynccontextmanager
async def restaurant(data: Path, vendor: Vendor) -> AsyncIterator[Client]:
    """A hub whose cloud is `vendor`."""
    cloud = Cloud(url=vendor.url, hub=HUB, secret_file=vendor.secret_file)
    async with serving(data, cloud=cloud) as client:
        yield client


def pusher(client: Client) -> Pusher:
    found = client.hub.outgoing.pusher
    assert found is not None
    return found


async def all_pushed(client: Client) -> None:
    pusher(client).push_now()
    await until(lambda: client.hub.store.outbox.count().pending == 0)


async def held(vendor: Vendor, kind: str = "order") -> dict[str, dict[str, Any]]:
    """What the cloud has of a kind, by id."""
    found: Any = await vendor.control("GET", "documents")
    return {one["id"]: one for one in found["documents"] if one["kind"] == kind}


async def do(client: Client, order_id: str, verb: Any, number: int) -> Answer:
    answer: Answer = await client.execute(Command(order_id, verb, command_id=f"c-{order_id}-{number}"))
    return answer


@pytest.mark.parametrize("how", ["silent", "no such name"])
async def test_8_the_cloud_is_down_and_the_kitchen_works_as_ever(
    tmp_path: Path, fonts: Output, how: str
) -> None:
    """It takes the call and never answers, or its name is not found: sold, painted, bumped, paid and fetched all the same."""

    async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()
        await reader.read()
        writer.close()

    called = asyncio.Event()
    secret = tmp_path / "secret"
    secret.write_text("a secret")
    server = await asyncio.start_server(says_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{port}" if how == "silent" else "http://cloud.invalid"
    async with serving(tmp_path / "hub", cloud=Cloud(url=url, hub=HUB, secret_file=secret)) as client:
        hub = client.address.address
        async with (
            Terminal(device="T1", journal=tmp_path / "t1", hub=hub) as till,
            a_screen(fonts, hub, tmp_path) as grill,
        ):
            if how == "silent":
                await called.wait()
            order_id = (await till.hold(an_order("", call_number="214", totals=TOTAL))).order_id
            await grill.says("#214", key=order_id)
            await until(lambda: [one.state for one in till.heard(order_id).values()] == [HeardState.HEARD])
            grill.press("1", "enter")
            await until(lambda: _order(client, order_id).state is OrderState.READY)
            await till.pay(order_id, TOTAL.total_minor, "card")
            await till.picked_up(order_id)
            await until(lambda: _order(client, order_id).state is OrderState.PICKED_UP)
            assert client.hub.store.outbox.count().pending > 0, "it waits for its cloud"
    server.close()
    await server.wait_closed()


def _order(client: Client, order_id: str) -> Order:
    found = client.hub.store.get(f"order/{order_id}")
    assert isinstance(found, Order)
    return found


async def test_the_token_is_revoked_while_the_morning_is_caught_up(tmp_path: Path, vendor: Vendor) -> None:
    """The Internet was away since breakfast. It is back, 60 orders go up, and in the middle of it the cloud ends all tokens."""
    await vendor.misbehave("unavailable", "-1", "/v1/documents")
    async with restaurant(tmp_path / "hub", vendor) as client:
        for n in range(60):
            await client.hold(an_order(f"o{n}", totals=TOTAL))
        await vendor.well()
        await vendor.misbehave("latency_ms", "20", "/v1/documents")
        pusher(client).push_now()
        await until(lambda: pusher(client).record.pushed >= 7)
        await vendor.misbehave("expire_token", "1")
        await vendor.misbehave("latency_ms", "0", "/v1/documents")
        await until(lambda: client.hub.store.outbox.count().pending == 0)
        assert client.hub.store.outbox.count().errors == 0
        assert pusher(client).plan.alarm is None
    assert sorted(await held(vendor)) == sorted(f"o{n}" for n in range(60))


async def test_the_cloud_books_a_payment_and_its_answer_is_lost(tmp_path: Path, vendor: Vendor) -> None:
    """The cashier takes 45 riyals by card. The cloud books it, and the line breaks before it says so."""
    async with restaurant(tmp_path / "hub", vendor) as client:
        await client.hold(an_order("o1", totals=TOTAL))
        await all_pushed(client)
        await vendor.misbehave("drop_answer", "1", "/v1/documents")
        await do(client, "o1", MarkPaid(method="card"), 1)
        await until(lambda: client.hub.store.outbox.count().pending == 0)
    orders, payments = await held(vendor), await held(vendor, "payment")
    assert (orders["o1"]["version"], len(orders)) == (2, 1)
    assert len(payments) == 1, "one payment, however often it was offered"
    assert sum(one["copies"] for one in (*orders.values(), *payments.values())) > 2, "it was offered again"


async def test_the_hub_is_restored_from_this_mornings_backup_while_the_cloud_knows_the_day(
    tmp_path: Path, vendor: Vendor
) -> None:
    """The card dies at four. The backup is of the morning: an order that was paid and taken home since is open in it."""
    data = DataDir(tmp_path / "hub")
    async with restaurant(data.root, vendor) as client:
        await client.hold(an_order("breakfast", totals=TOTAL))
        await all_pushed(client)
    morning = (await asyncio.to_thread(make_backup, data.store, tmp_path / "morning")).path
    async with restaurant(data.root, vendor) as client:
        await do(client, "breakfast", MarkPaid(method="card"), 1)
        await do(client, "breakfast", MarkPickedUp(), 2)
        await client.hold(an_order("lunch", totals=TOTAL))
        await all_pushed(client)
    assert (await held(vendor))["breakfast"]["version"] == 3

    await asyncio.to_thread(shutil.rmtree, data.root)
    await asyncio.to_thread(restore, data, morning)
    async with restaurant(data.root, vendor) as client:
        await until(lambda: client.hub.store.outbox.count().pending == 0)
        order = client.hub.store.get("order/breakfast")
        assert isinstance(order, Order)
        assert (order.paid, order.state) == (True, OrderState.PICKED_UP), "paid and gone stay paid and gone"
        assert order.version > 3
        assert client.hub.store.get("order/lunch") is None, "the tills bring it again from their journals"
        await client.hold(an_order("lunch", totals=TOTAL))
        await all_pushed(client)
        assert client.hub.store.outbox.count().errors == 0
    found = await held(vendor)
    assert found["breakfast"]["version"] == order.version
    assert found["lunch"]["epoch"]["n"] == 2


async def test_two_cards_die_in_one_week_and_both_are_made_anew_from_one_backup(
    tmp_path: Path, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cloud has seen the first card's life; the second one has the same number by chance, and must go above it."""
    first = DataDir(tmp_path / "hub")
    async with restaurant(first.root, vendor) as client:
        await client.hold(an_order("monday", totals=TOTAL))
        await all_pushed(client)
    monday = (await asyncio.to_thread(make_backup, first.store, tmp_path / "monday")).path
    monkeypatch.setattr("hub.store.opening.secrets.randbits", lambda _bits: (1 << 64) - 1)
    second = DataDir(tmp_path / "second")
    await asyncio.to_thread(restore, second, monday)
    async with restaurant(second.root, vendor) as client:
        await client.hold(an_order("tuesday", totals=TOTAL))
        await all_pushed(client)
    monkeypatch.setattr("hub.store.opening.secrets.randbits", lambda _bits: 1)
    third = DataDir(tmp_path / "third")
    await asyncio.to_thread(restore, third, monday)
    async with restaurant(third.root, vendor) as client:
        async with asyncio.timeout(WAIT_S):
            error = await asyncio.shield(client.hub.fatal)
        assert error.what.startswith("the cloud has seen epoch 2 of this hub")
        assert error.exit_code == 1
    async with restaurant(third.root, vendor) as client:  # its supervisor starts it again
        assert client.hub.store.epoch.n == 3
        await client.hold(an_order("wednesday", totals=TOTAL))
        await all_pushed(client)
        assert client.hub.outgoing.problem() is None
    assert {name: one["epoch"]["n"] for name, one in (await held(vendor)).items()} == {
        "monday": 3,
        "tuesday": 2,
        "wednesday": 3,
    }


async def test_a_shop_gets_its_cloud_after_a_month_and_its_history_goes_up(
    tmp_path: Path, vendor: Vendor, capsys: pytest.CaptureFixture[str]
) -> None:
    """They began without a cloud. Nothing of that time is lost to it."""
    async with serving(tmp_path / "hub") as client:
        for n in range(3):
            await client.hold(an_order(f"o{n}", totals=TOTAL))
        code = await asyncio.to_thread(cli.main, ["orders", "--not-synced", "--data", str(tmp_path / "hub")])
        said = capsys.readouterr().out
        assert code == 0
        assert "3 not at the cloud yet, 0 refused by it" in said
        assert "this hub has no cloud; all of it is pushed once it gets one" in said
    async with restaurant(tmp_path / "hub", vendor) as client:
        await until(lambda: client.hub.store.outbox.count().pending == 0)
    assert sorted(await held(vendor)) == ["o0", "o1", "o2"]


async def test_the_cloud_refuses_an_order_and_the_manager_sees_why(
    tmp_path: Path, vendor: Vendor, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its tax is unknown at the cloud. The manager reads so, the vendor mends it, and one command sends it again."""

    async def heard(*argv: str) -> tuple[int, str]:
        code = await asyncio.to_thread(cli.main, ["orders", *argv, "--data", str(tmp_path / "hub")])
        said = capsys.readouterr()
        return code, said.out + said.err

    await vendor.misbehave("poison", "o1")
    async with restaurant(tmp_path / "hub", vendor) as client:
        for n in range(3):
            await client.hold(an_order(f"o{n}", totals=TOTAL, call_number=str(n)))
        await all_pushed(client)
        client.hub.outgoing.look()
        health = client.hub.health()
        assert "heard orders --errors" in health.problems["cloud-push"]
        code, said = await heard("--errors")
        assert code == 0
        assert "order o1" in said
        assert "o1 is told to be refused here" in said
        assert "0 not at the cloud yet, 1 refused by it" in said
        code, said = await heard("retry", "o7")
        assert (code, said.splitlines()[0]) == (1, "heard: no document 'o7' is in ERROR")
        await vendor.well()
        code, said = await heard("retry", "o1")
        assert (code, said) == (0, "trying again: order/o1\n")
        await until(lambda: client.hub.store.outbox.count().errors == 0)
        await all_pushed(client)
        code, said = await heard("--errors", "--json")
        assert json.loads(said)["documents"] == []
        assert "cloud-push" not in client.hub.health().problems
    assert sorted(await held(vendor)) == ["o0", "o1", "o2"]
    code, said = await heard("--not-synced")
    assert code == 0
    assert "no hub is running on this store" in said


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[Vendor]:
    running = ReferenceCloud(Options(tmp_path / "cloud", hubs=(HUB,)))
    await running.start()
    found = Vendor(running, tmp_path / "cloud")
    yield found
    await found.close()
