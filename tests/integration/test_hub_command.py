"""`heard hub` as a newcomer calls it: it serves, it stops, and what is wrong is said in a sentence, never as a traceback."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import grpc.aio
import pytest

from heard.revision import Epoch
from heard.stream import Bookmark, Change, Goodbye, Hello, Reset, View, ViewKind, WatchRequest
from heard.v1 import pos_pb2, service_pb2_grpc
from heard.wire import order_to_pb, watch_request_to_pb
from tests.fakes.hub_process import CONFIG, READY_S, environment, hub_process, run_to_end
from tests.hub.rpc.serving import Watch, an_order, metadata

GRILL = View(ViewKind.PREP, "grill")
STOP_S_MAX = 5.0
"""A stop takes a second at most; a busy CI machine gets more."""


def test_it_says_where_it_serves_and_stops_when_asked(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        host, _, port = hub.address.rpartition(":")
        assert host == "127.0.0.1"
        assert int(port) > 0
        code, seconds = hub.terminate()
    assert code == 0
    assert seconds < STOP_S_MAX
    said = hub.log.read_text()
    assert f"heard hub ready on {hub.address} (store {tmp_path / 'data'})" in said
    assert "stopping" in said
    assert "Traceback" not in said


def test_ctrl_c_is_a_clean_stop_too(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.process.send_signal(signal.SIGINT)
        assert hub.process.wait(READY_S) == 0


def a_folder_that_cannot_be_written(folder: Path) -> list[str]:
    (folder / "file").write_text("")
    return ["--data", str(folder / "file" / "data")]


def a_broken_config(folder: Path) -> list[str]:
    (folder / "bad.toml").write_text("[network]\nprot = 1\n")
    return ["--config", str(folder / "bad.toml")]


BAD_CALLS: list[tuple[str, Callable[[Path], list[str]], int, list[str]]] = [
    ("unknown key", a_broken_config, 2, ["bad.toml, line 2", "network.prot", "did you mean 'port'"]),
    ("no config", lambda folder: ["--config", str(folder / "none.toml")], 2, ["no settings file", "none.toml"]),
    ("unwritable folder", a_folder_that_cannot_be_written, 1, ["the data folder", "--data DIR"]),
    ("bad port", lambda _: ["--port", "seventy"], 2, ["'seventy' is no port"]),
    ("unknown argument", lambda _: ["--prot", "1"], 2, ["--prot"]),
    ("open to others", lambda _: ["--host", "0.0.0.0"], 2, ["unencrypted", "--unsafe-plaintext"]),
    ("not our address", lambda _: ["--host", "192.0.2.1", "--unsafe-plaintext"], 1, ["cannot listen on 192.0.2.1"]),
    ("ready file", lambda folder: ["--ready-file", str(folder / "none" / "ready")], 1, ["ready file", "cannot be written"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code", "words"), [row[1:] for row in BAD_CALLS], ids=[row[0] for row in BAD_CALLS]
)
def test_bad_calls(
    tmp_path: Path, arguments: Callable[[Path], list[str]], code: int, words: list[str]
) -> None:
    found, said = run_to_end(tmp_path, *arguments(tmp_path))
    assert found == code, said
    for word in words:
        assert word in said
    assert "Traceback" not in said


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, said = run_to_end(tmp_path, "--port", str(port))
    assert code == 1
    assert f"cannot listen on 127.0.0.1:{port}" in said
    assert "--port N" in said
    assert "Traceback" not in said


def test_a_second_hub_on_the_same_store_and_on_the_same_port(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with hub_process(tmp_path) as hub:
        code, said = run_to_end(tmp_path)
        assert code == 1
        assert str(tmp_path / "data") in said
        assert "Traceback" not in said
        port = hub.address.rpartition(":")[2]
        code, said = run_to_end(tmp_path / "other", "--port", port)
        assert code == 1
        assert "the port is taken" in said
        assert asyncio.run(holds(hub.address, "o1")) == "1"  # the first one is not disturbed


async def holds(address: str, order_id: str) -> str:
    """Holds an order; its call number."""
    async with grpc.aio.insecure_channel(address) as channel:
        pos = service_pb2_grpc.PosServiceStub(channel)
        request = pos_pb2.HoldRequest(order=order_to_pb(an_order(order_id)))
        reply = await pos.Hold(request, metadata=metadata("till"), timeout=READY_S)
    return reply.answer.call_number


def test_check_prints_the_settings_and_touches_nothing(tmp_path: Path) -> None:
    code, said = run_to_end(tmp_path, "--check")
    assert code == 0, said
    assert "1. category grills → grill" in said
    assert not (tmp_path / "data").exists()


def test_the_supervisor_is_told_of_readiness_life_and_stop(tmp_path: Path) -> None:
    name = f"heard-{uuid4()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(f"\0{name}")
        supervisor.settimeout(READY_S)
        with hub_process(tmp_path, NOTIFY_SOCKET=f"@{name}", WATCHDOG_USEC="200000") as hub:
            first = supervisor.recv(4096).decode()
            assert first == f"READY=1\nSTATUS=serving on {hub.address}"
            assert [supervisor.recv(4096) for _ in range(3)] == [b"WATCHDOG=1"] * 3
            hub.process.send_signal(signal.SIGTERM)
            while (last := supervisor.recv(4096)) == b"WATCHDOG=1":
                pass
            assert last == b"STOPPING=1"
            assert hub.process.wait(READY_S) == 0


def test_random_bytes_on_the_port_are_not_in_the_log(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        host, _, port = hub.address.rpartition(":")
        for garbage in (b"GET /SECRET HTTP/1.1\r\n\r\n", os.urandom(64) + b"SECRET" + b"\x00" * 4096):
            with socket.create_connection((host, int(port)), timeout=READY_S) as other:
                other.sendall(garbage)
                other.shutdown(socket.SHUT_WR)
                while other.recv(65536):
                    pass
        assert asyncio.run(holds(hub.address, "o1")) == "1"
        assert hub.terminate()[0] == 0
    assert "SECRET" not in hub.log.read_text()


async def watching(address: str, request: WatchRequest) -> tuple[grpc.aio.Channel, Watch]:
    channel = grpc.aio.insecure_channel(address, options=[("grpc.max_receive_message_length", 4 << 20)])
    stub = service_pb2_grpc.KitchenServiceStub(channel)
    return channel, Watch(stub.Watch(watch_request_to_pb(request), metadata=metadata("s1")))


async def test_sigterm_says_goodbye_to_screens_and_a_restart_is_a_resume(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        await holds(hub.address, "o1")
        channel, screen = await watching(hub.address, WatchRequest(GRILL))
        mark = await screen.until(Bookmark)
        hello = next(event for event in screen.events if isinstance(event, Hello))
        hub.process.send_signal(signal.SIGTERM)
        goodbye = await screen.until(Goodbye)
        assert goodbye.retry_after_ms > 0
        assert await screen.batch() == ()
        assert await asyncio.to_thread(hub.process.wait, READY_S) == 0
        await channel.close()
    with hub_process(tmp_path, port=int(hub.address.rpartition(":")[2])) as again:
        assert again.address == hub.address
        await holds(again.address, "o2")
        channel, screen = await watching(again.address, WatchRequest(GRILL, hello.epoch, mark.rev))
        await screen.until(Bookmark)
        assert not any(isinstance(event, Reset) for event in screen.events)
        assert [event.order_id for event in screen.events if isinstance(event, Change)] == ["o2"]
        await channel.close()


async def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        numbers = [await holds(hub.address, f"o{n}") for n in range(5)]
        hub.kill()
    with hub_process(tmp_path) as hub:
        assert [await holds(hub.address, f"o{n}") for n in range(5)] == numbers
        channel, screen = await watching(hub.address, WatchRequest(GRILL, Epoch(0, 0)))
        await screen.until(Bookmark)
        assert len({event.doc.order_id for event in screen.events if hasattr(event, "doc")}) == 5
        await channel.close()


def test_it_needs_no_terminal_and_no_home(tmp_path: Path) -> None:
    """As systemd starts it: no HOME, no TERM, standard input closed."""
    ready = tmp_path / "ready.json"
    (tmp_path / "hub.toml").write_text(CONFIG)
    kept = {key: value for key, value in environment().items() if key not in ("HOME", "TERM", "USER")}
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "heard", "hub", "--config", str(tmp_path / "hub.toml")),
            *("--data", str(tmp_path / "data"), "--port", "0", "--no-mdns", "--ready-file", str(ready)),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=kept,
        cwd="/",
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"heard hub ready on ")
        told = json.loads(ready.read_text())
        assert set(told) == {"address", "admin", "pid", "store_id"}
        assert (tmp_path / "data").stat().st_mode & 0o077 == 0
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=READY_S)
    assert process.returncode == 0, errors
