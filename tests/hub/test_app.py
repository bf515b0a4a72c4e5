"""The wired hub: opens and closes cleanly, keeps its day, follows the wall clock, and dies when it must."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from heard.errors import UserError
from heard.stream import Alive, Bookmark, HeardState, HeardValue, Hello, Live, Notice, Painted, View, ViewKind
from hub import app, process
from hub.app import Hub
from hub.config.model import CallNumbers, Network, Retention
from hub.core import hearing
from hub.core.alarm_words import alarm
from hub.figures import figures
from hub.rpc.feeds import Feeds
from hub.rpc.heard import Heard
from hub.store.options import options_of
from hub.zones import site_zone
from tests.hub.admin.test_site import ask
from tests.hub.rpc.serving import WAIT_S, a_config, a_report, an_order, serving
from tests.waiting import until

EVENING = int(datetime(2126, 11, 23, 22, 0, tzinfo=UTC).timestamp() * 1000)
HOUR_MS = 3_600_000


class Wall:
    """A wall clock that a test turns."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


async def test_the_core_is_told_when_the_wall_clock_steps(tmp_path: Path) -> None:
    wall = Wall(EVENING)
    hub = await Hub.open(a_config(tmp_path), wall, lambda: True)
    try:
        before = hub.site
        hub.keeper.look_at_clock()
        assert hub.site is before
        wall.now_ms += HOUR_MS
        hub.keeper.look_at_clock()
        assert hub.site.wall_offset_ms - before.wall_offset_ms == pytest.approx(HOUR_MS, abs=1000)
    finally:
        await hub.stop()


async def test_stopping_twice_and_without_a_start(tmp_path: Path) -> None:
    hub = await Hub.open(a_config(tmp_path), Wall(EVENING))
    await hub.stop()
    await hub.stop()
    async with serving(tmp_path) as client:
        await client.hub.stop()


async def test_a_taken_port_leaves_the_store_closed(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        config = a_config(tmp_path, network=Network(port=port, admin_port=0, mdns=False))
        hub = await Hub.open(config, Wall(EVENING))
        with pytest.raises(UserError, match="port is taken") as caught:
            await hub.start()
        assert caught.value.exit_code == 1
        assert "--port" in caught.value.hint
        await hub.stop()
    async with serving(tmp_path):
        pass


async def test_plaintext_beyond_this_machine_is_refused_before_anything_is_opened(tmp_path: Path) -> None:
    config = a_config(tmp_path / "data", network=Network(host="0.0.0.0"))
    with pytest.raises(UserError, match="unencrypted"):
        await Hub.open(config, Wall(EVENING))
    assert not (tmp_path / "data").exists()


async def test_unsafe_plaintext_is_told_to_every_screen(tmp_path: Path) -> None:
    async with serving(tmp_path, unsafe_plaintext=True) as client:
        assert (await client.screen().until(Hello)).unsafe_plaintext
    async with serving(tmp_path) as client:
        assert not (await client.screen().until(Hello)).unsafe_plaintext


async def test_an_unknown_outcome_ends_the_process_with_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hubs: list[Hub] = []
    opened = Hub.open

    async def remember(config: Any) -> Hub:
        hubs.append(await opened(config))
        return hubs[-1]

    monkeypatch.setattr(Hub, "open", remember)

    def ready(_address: object) -> None:
        hubs[0].store.broken((), OSError(5, "Input/output error"))

    with pytest.raises(UserError, match="cannot say what is on disk") as caught:
        await process.run(a_config(tmp_path), ready)
    assert caught.value.exit_code == 1


async def test_a_mistake_in_publishing_ends_the_process_instead_of_showing_what_is_not_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Feeds, "commit", lambda *_: 1 // 0)
    async with serving(tmp_path) as client:
        assert (
            await client.hold(an_order("o1"))
        ).call_number == "1"  # it is on disk, and the till is told so
        async with asyncio.timeout(WAIT_S):
            error = await client.hub.fatal
        assert error.exit_code == 1
        assert "ZeroDivisionError" in error.what
        assert (await ask(client.address.admin, "/health"))[0] == 503


async def test_a_dead_tick_ends_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Heard, "tick", lambda _: 1 // 0)
    async with serving(tmp_path) as client, asyncio.timeout(WAIT_S):
        assert "a part of the hub failed" in (await client.hub.fatal).what


async def test_alarms_of_the_store_are_told_to_staff_and_not_to_guests(tmp_path: Path) -> None:
    async with serving(tmp_path) as client:
        board = client.watch(View(ViewKind.BOARD), "board")
        screen = client.screen()
        await board.until(Bookmark)
        await screen.until(Bookmark)
        client.hub.store.alarms.set(
            "disk", alarm("store.disk_90", folder="/data", share="91%", left="1.2 GB")
        )
        notice = (await screen.until(Live)).value
        assert isinstance(notice, Notice)
        assert notice.text["en"] == "the disk of /data is 91% full, 1.2 GB left: make room"
        assert "قرص" in notice.text["ar"]
        later = client.screen(device="s2")
        assert (await later.until(Live)).value == notice
        less = alarm("store.disk_90", folder="/data", share="94%", left="90 MB")
        client.hub.store.alarms.set("disk", less)
        assert (await screen.until(Live)).value == Notice("alarm", less.text)
        client.hub.store.alarms.set("disk", None)
        assert (await screen.until(Live)).value is None
        await board.until(Bookmark)
        assert not any(isinstance(event, Live) for event in board.events)


async def test_metrics_and_health_of_a_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(tmp_path) as client:
        screen = client.screen()
        await screen.until(Bookmark)
        await client.hold(an_order("o1"))
        await client.hold(an_order("o2", "desserts"))
        status, _, body = await ask(client.address.admin, "/metrics")
        assert status == 200
        values = dict(line.rsplit(" ", 1) for line in body.splitlines() if line and not line.startswith("#"))
        wanted = {
            "heard_orders_held_total": "2",
            "heard_commands_total": "2",
            "heard_open_orders": "2",
            "heard_nobodys_lines_total": "1",
            'heard_watchers{view="prep"}': "1",
            'heard_facts{state="PENDING"}': "3",
            'heard_screens_live{station="grill"}': "0",
            "heard_watch_snapshots_total": "1",
        }
        assert {key: values[key] for key in wanted} == wanted
        assert float(values["heard_store_commits_total"]) >= 2
        assert int(values["heard_grpc_operations_total"]) >= 10
        assert len({one.name for one in figures(client.hub.sources)}) > 25
        status, _, body = await ask(client.address.admin, "/health")
        assert status == 200
        assert json.loads(body)["open_orders"] == 2
        client.hub.store.alarms.set("disk", alarm("store.no_space"))
        status, _, body = await ask(client.address.admin, "/health")
        assert status == 503
        assert json.loads(body)["problems"]["disk"] == "disk or map full: orders cannot be stored"
        client.hub.store.alarms.set("softer", alarm("store.no_space"), told=False)
        assert "softer" not in json.loads((await ask(client.address.admin, "/health"))[2])["problems"]
        assert 'heard_store_alarm{alarm="softer"} 1' in (await ask(client.address.admin, "/metrics"))[2]


async def test_a_change_that_nobody_heard_is_an_alarm_until_a_screen_paints_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "GRACE_MS", 0)
    caplog.set_level(logging.INFO, "heard.alarm")
    async with serving(tmp_path) as client:
        till = client.watch(View(ViewKind.TERMINAL, terminal="T1"), "till")
        expo = client.watch(View(ViewKind.EXPO), "expo")
        await client.hold(an_order("o1"))
        while True:
            value = (await till.until(Live)).value
            if isinstance(value, HeardValue) and value.state is HeardState.NOT_HEARD:
                break
        assert "Grill has not seen #1" in value.message
        notice = (await expo.until(Live)).value
        assert isinstance(notice, Notice)
        assert "Tell the grill" in notice.text["en"]
        status, _, body = await ask(client.address.admin, "/health")
        assert status == 503
        assert "not-heard-grill" in json.loads(body)["problems"]
        screen = client.screen()
        await screen.batch()
        report = client.report()
        painted = Painted(client.hub.store.epoch, (("o1", 1),))
        await report.write(a_report(View(ViewKind.PREP, "grill"), painted, Alive(1)))
        assert (await expo.until(Live)).value is None
        assert (await ask(client.address.admin, "/health"))[0] == 200
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]


def test_zones() -> None:
    assert str(site_zone("Asia/Riyadh")) == "Asia/Riyadh"
    assert site_zone("").utcoffset(datetime.now(UTC)) is not None


def test_the_store_is_told_what_the_settings_say() -> None:
    config = replace(
        a_config(Path("x")), retention=Retention(1, 2_000, 3, 4, 5), call_numbers=CallNumbers(100, 300)
    )
    options = options_of(config)
    assert options.log_keep_ms == HOUR_MS
    assert options.log_keep_revs == 2_000
    assert options.closed_keep_ms == 3 * 24 * HOUR_MS
    assert options.backup_every_s == 240
    assert options.backups_kept == 5


async def test_a_blocked_loop_is_seen(tmp_path: Path) -> None:
    async with serving(tmp_path) as client:
        lag = client.hub.sources.lag
        await asyncio.sleep(app.TICK_S * 1.2)
        time.sleep(0.5)  # noqa: ASYNC251
        await until(lambda: lag.worst_s >= 0.2)
