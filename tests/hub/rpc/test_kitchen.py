"""Watch, Report and RecallList over real gRPC: what a screen gets, and what a till learns of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc.aio
import pytest

from heard.command import BumpLines, Command, PaintedLine
from heard.order import Order
from heard.stream import (
    Alive,
    Bookmark,
    Change,
    Goodbye,
    HeardState,
    HeardValue,
    Hello,
    Live,
    Painted,
    Reset,
    SnapshotEnd,
    View,
    ViewKind,
)
from heard.v1 import kitchen_pb2
from hub import app
from hub.rpc import kitchen as module
from hub.rpc import writing
from hub.rpc.sessions import WATCHES_PER_DEVICE_MAX
from tests.hub.rpc.serving import WAIT_S, Client, a_report, an_order, error_detail, metadata, serving
from tests.waiting import until

GRILL = View(ViewKind.PREP, "grill")


async def told(watch_terminal: object, state: HeardState) -> HeardValue:
    """The next heard value of that state on a terminal's watch."""
    while True:
        live = await watch_terminal.until(Live)  # type: ignore[attr-defined]
        if isinstance(live.value, HeardValue) and live.value.state is state:
            return live.value


async def ended(call: Any) -> grpc.aio.AioRpcError:
    """Reads to the end; the error with which the hub ended the call."""
    try:
        async with asyncio.timeout(WAIT_S):
            while await call.read() is not grpc.aio.EOF:
                pass
    except grpc.aio.AioRpcError as error:
        return error
    raise AssertionError("the call ended without an error")


async def test_a_screen_gets_a_held_order_and_the_till_learns_that_it_was_painted(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        screen = hub.screen()
        hello = await screen.until(Hello)
        assert hello.profile.station("grill") is not None
        terminal = hub.watch(View(ViewKind.TERMINAL, terminal="T1"), "till")
        await terminal.until(Bookmark)
        report = hub.report()
        await report.write(a_report(GRILL, alive=Alive(hello.rev)))
        await hub.hold(an_order("o1"))
        change = await screen.until(Change)
        assert isinstance(change.put, Order)
        assert (change.put.order_id, change.put.version) == ("o1", 1)
        await report.write(a_report(GRILL, Painted(hello.epoch, (("o1", 1),))))
        value = await told(terminal, HeardState.HEARD)
        assert (value.order_id, value.station, value.version) == ("o1", "grill", 1)
        await report.done_writing()
        assert (await report).painted == 1


async def test_a_tool_and_an_uncounted_headless_screen_prove_nothing(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        tool = hub.watch(GRILL, "tool")
        await tool.until(Bookmark)
        headless = hub.watch(GRILL, "headless", screen=True, headless=True)
        await headless.until(Bookmark)
        await hub.hold(an_order("o1"))
        for device in ("tool", "headless"):
            report = hub.report(device)
            painted = Painted(hub.hub.store.epoch, (("o1", 1),))
            await report.write(a_report(GRILL, painted, Alive(1)))
            await report.done_writing()
            await report
        value = hub.hub.heard.hearing.state("o1", "grill")
        assert value is not None
        assert value.state is HeardState.PENDING
        counted = hub.screen(device="real")
        await counted.until(Bookmark)
        report = hub.report("real")
        await report.write(a_report(GRILL, Painted(hub.hub.store.epoch, (("o1", 1),), whole_picture=True)))
        await report.done_writing()
        await report
        value = hub.hub.heard.hearing.state("o1", "grill")
        assert value is not None
        assert value.state is HeardState.HEARD


async def test_a_terminal_that_comes_after_a_restart_of_the_hub_learns_what_was_heard(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        screen = hub.screen()
        await screen.until(Bookmark)  # a call that nobody refers to is cancelled by some releases of gRPC
        await hub.hold(an_order("o1"))
        report = hub.report()
        await report.write(a_report(GRILL, Painted(hub.hub.store.epoch, (("o1", 1),))))
        await report.done_writing()
        await report
    async with serving(tmp_path) as hub:
        terminal = hub.watch(View(ViewKind.TERMINAL, terminal="T1"), "till")
        assert (await told(terminal, HeardState.HEARD)).order_id == "o1"


async def test_each_second_a_message_comes_and_its_bookmark_is_last(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        screen = hub.screen()
        for _ in range(3):
            batch = await screen.batch()
            assert isinstance(batch[-1], Bookmark)
        assert isinstance(screen.batches[0][0], Hello)
        assert all(len(batch) == 1 for batch in screen.batches[1:])


async def test_resume_after_a_restart_of_the_hub_is_no_snapshot(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        await hub.hold(an_order("o1"))
        mark = await hub.screen().until(Bookmark)
        epoch = hub.hub.store.epoch
        await hub.hold(an_order("o2"))
    async with serving(tmp_path) as hub:
        screen = hub.watch(GRILL, epoch=epoch, from_rev=mark.rev)
        await screen.until(Bookmark)
        kinds = [type(event) for event in screen.events]
        assert Reset not in kinds
        assert [event.order_id for event in screen.events if isinstance(event, Change)] == ["o2"]


async def test_another_epoch_is_a_snapshot(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        await hub.hold(an_order("o1"))
        epoch = hub.hub.store.epoch
        screen = hub.watch(GRILL, epoch=type(epoch)(epoch.n + 1, 1), from_rev=1)
        assert "epoch" in (await screen.until(Reset)).reason
        end = next(event for event in screen.events if isinstance(event, SnapshotEnd))
        assert end.count == 1


WRONG_WATCHES = [
    (View(ViewKind.PREP, "gril"), "view.station", "did you mean 'grill'?"),
    (View(ViewKind.PREP, ""), "view.station", "the hub has: grill, fry"),
    (View(ViewKind.UNSPECIFIED), "view.kind", "mend the named field"),
    (View(ViewKind(77)), "view.kind", "mend the named field"),
    (View(ViewKind.TERMINAL), "view.terminal", "mend the named field"),
    (View(ViewKind.CART, terminal="x" * 65), "view.terminal", "mend the named field"),
]


async def test_wrong_views_are_refused_by_name(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        for view, field, hint in WRONG_WATCHES:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await hub.watch(view).batch()
            assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
            detail = error_detail(caught.value)
            assert (detail.field, detail.hint) == (field, hint)
            assert hint in str(caught.value.details())


async def test_wrong_bytes_and_wrong_callers_are_refused_and_disturb_nobody(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        good = hub.screen()
        await good.until(Bookmark)
        for path, kind in (
            ("KitchenService/Watch", "unary_stream"),
            ("KitchenService/RecallList", "unary_unary"),
            ("KitchenService/SetKeyMap", "unary_unary"),
            ("PosService/Hold", "unary_unary"),
            ("PosService/Execute", "unary_unary"),
        ):
            method: Any = getattr(hub.channel, kind)(f"/heard.v1.{path}")
            for body, who, field in (
                (b"\xff\xff\xff", metadata("x"), ""),
                (b"", (), "metadata[heard-device]"),
                (b"", metadata("no good"), "metadata[heard-device]"),
            ):
                call: Any = method(body, metadata=who)
                with pytest.raises(grpc.aio.AioRpcError) as caught:
                    await (call.read() if kind == "unary_stream" else call)
                assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
                assert error_detail(caught.value).field == field
        for path in ("KitchenService/Report", "PosService/Submit"):
            stream: Any = hub.channel.stream_stream(f"/heard.v1.{path}")(metadata=metadata("x", "1"))
            await stream.write(b"\xff\xff\xff")
            error = await ended(stream)
            assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert hub.hub.services.counters.refused_calls == 5 * 3 + 2, "each once, whatever the call"
        await hub.hold(an_order("o1"))
        await good.until(Change, order_id="o1")


async def test_a_message_over_the_limit_is_refused(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        call: Any = hub.channel.unary_unary("/heard.v1.PosService/Hold")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call(b"\0" * (300 << 10), metadata=metadata("x"))
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_a_report_from_an_unknown_station_is_refused(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        report = hub.report()
        await report.write(a_report(View(ViewKind.PREP, "gril"), alive=Alive(1)))
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await report
        assert error_detail(caught.value).field == "view.station"


async def test_the_recall_list_has_what_the_station_bumped(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        order = an_order("both")
        order = replace(order, lines=(*order.lines, replace(order.lines[0], line_id="l2", category="fried")))
        await hub.hold(order)
        await hub.hold(an_order("open"))
        await hub.execute(
            Command("both", BumpLines("grill", (PaintedLine("l1", 1),)), command_id="c1"), "screen"
        )

        async def listed(**fields: object) -> list[str]:
            request = kitchen_pb2.RecallListRequest(**fields)  # type: ignore[arg-type]
            reply = await hub.kitchen.RecallList(request, metadata=metadata("s1"))
            return [one.order_id for one in reply.orders]

        assert await listed(station="grill") == ["both"]
        assert await listed(station="fry") == []
        assert await listed(station="grill", search="nobody") == []
        assert await listed(station="grill", search="T1") == ["both"]


async def test_what_stands_at_a_station_now_can_be_asked_for_in_the_order_of_work(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        for order_id, rush in (("o1", False), ("o2", True), ("made", False)):
            await hub.hold(an_order(order_id, rush=rush))
        await hub.hold(an_order("fries", "fried"))
        await hub.execute(
            Command("made", BumpLines("grill", (PaintedLine("l1", 1),)), command_id="c1"), "screen"
        )

        async def standing(**fields: object) -> list[str]:
            request = kitchen_pb2.RecallListRequest(open_now=True, **fields)  # type: ignore[arg-type]
            reply = await hub.kitchen.RecallList(request, metadata=metadata("s1"))
            return [one.order_id for one in reply.orders]

        assert await standing(station="grill") == ["o2", "o1"]
        assert await standing(station="grill", search="o1") == ["o1"]
        assert await standing(station="grill", limit=1) == ["o2"]
        assert await standing(station="fry") == ["fries"]
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await standing()
        assert error_detail(caught.value).field == "station"


async def test_a_recall_list_stays_below_what_a_client_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path) as hub:
        for number in range(5):
            await hub.hold(an_order(f"o{number}"))
            painted = BumpLines("grill", (PaintedLine("l1", 1),))
            await hub.execute(Command(f"o{number}", painted, command_id=f"c{number}"), "screen")
        request = kitchen_pb2.RecallListRequest(station="grill")
        whole = await hub.kitchen.RecallList(request, metadata=metadata("s1"))
        monkeypatch.setattr(module, "RECALL_BYTES_MAX", whole.ByteSize() // 2)
        part = await hub.kitchen.RecallList(request, metadata=metadata("s1"))
        assert 0 < len(part.orders) < len(whole.orders) == 5
        assert [one.order_id for one in part.orders] == [one.order_id for one in whole.orders][
            : len(part.orders)
        ]


async def test_goodbye_when_the_hub_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        app, "GRACE_S", WAIT_S
    )  # a busy machine gets the last words out late; this is about the words
    async with serving(tmp_path) as hub:
        screen, till = hub.screen(), hub.submit()
        await screen.until(Bookmark)
        await till.read()
        report = hub.report()
        await report.write(a_report(GRILL, alive=Alive(1)))
        # A call that has only just left is cancelled with the server, and has nobody to end it well.
        await until(lambda: hub.hub.heard.hearing.screens.live("grill"))
        stopping = asyncio.create_task(hub.hub.stop())
        goodbye = await screen.until(Goodbye)
        assert goodbye.retry_after_ms == module.GOODBYE_RETRY_MS
        assert "stopping" in goodbye.reason
        assert await screen.batch() == ()
        assert await till.read() is grpc.aio.EOF
        assert await till.code() is grpc.StatusCode.OK
        await report
        async with asyncio.timeout(WAIT_S):
            await stopping


async def test_a_display_that_reads_nothing_is_ended_and_disturbs_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "WRITE_BLOCKED_MAX_S", 0.3)
    async with serving(tmp_path) as hub:
        async with grpc.aio.insecure_channel(hub.address.address) as slow_channel:
            slow = Client(hub.hub, hub.address, slow_channel).watch(GRILL, "slow")
            await slow.until(Bookmark)
            good = hub.watch(GRILL, "good")
            await good.until(Bookmark)
            number = 0
            async with asyncio.timeout(WAIT_S * 2):
                while not hub.hub.services.writes.ended:
                    number += 1
                    order = an_order(f"big{number}", notes=())
                    await hub.hold(_fat(order))
                    await good.until(Change, order_id=order.order_id)
                    await asyncio.sleep(0)
            assert hub.hub.kitchen.watchers == {"prep": 1}
            error = await ended(slow.call)
            assert error.code() is grpc.StatusCode.UNAVAILABLE
        await hub.hold(an_order("after"))
        await good.until(Change, order_id="after")


def _fat(order: Order) -> Order:
    """About 60 kB."""
    (line,) = order.lines
    names = dict.fromkeys(("en", "ar"), "x" * 110)
    return replace(order, lines=tuple(replace(line, line_id=f"l{n}", name=names) for n in range(200)))


async def test_many_streams_of_one_device_end_the_oldest(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        watches = []
        for _ in range(WATCHES_PER_DEVICE_MAX + 1):
            watches.append(hub.screen())
            await watches[-1].until(Bookmark)
        goodbye = await watches[0].until(Goodbye)
        assert "too many streams" in goodbye.reason


async def test_health_and_reflection(tmp_path: Path) -> None:
    from grpc_health.v1 import health_pb2, health_pb2_grpc
    from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

    async with serving(tmp_path) as hub:
        health: Any = health_pb2_grpc.HealthStub(hub.channel)
        for service in ("", "heard.v1.PosService", "heard.v1.KitchenService"):
            reply = await health.Check(health_pb2.HealthCheckRequest(service=service))
            assert reply.status == health_pb2.HealthCheckResponse.SERVING
        stub: Any = reflection_pb2_grpc.ServerReflectionStub(hub.channel)  # type: ignore[arg-type]
        call = stub.ServerReflectionInfo()
        await call.write(reflection_pb2.ServerReflectionRequest(list_services=""))
        names = {one.name for one in (await call.read()).list_services_response.service}
        assert {"heard.v1.PosService", "heard.v1.KitchenService", "grpc.health.v1.Health"} <= names
        await call.write(reflection_pb2.ServerReflectionRequest(file_containing_symbol="heard.v1.PosService"))
        assert (await call.read()).file_descriptor_response.file_descriptor_proto
        await call.done_writing()
