"""The doctor's checks, each made to say ok, to warn and to fail."""

import os
import shutil
import socket
import subprocess
import time
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from heard import doctor
from heard.doctor import Level, network, screen, system
from heard.link import LOOPBACK_PLAINTEXT
from heard.link.scan import Scan, Sighting
from tests.fakes.hub import running_hub

Usage = namedtuple("Usage", "total used free")


def test_python() -> None:
    assert doctor.check_python().level is Level.OK
    assert doctor.check_python((3, 10, 2)).level is Level.FAIL
    assert doctor.check_python((3, 15, 0)).level is Level.FAIL
    assert doctor.check_python((3, 11, 0), maxsize=2**31 - 1).hint.startswith("use a 64-bit system")


def test_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [one.level for one in doctor.check_extras()] == [Level.OK] * 3
    monkeypatch.setitem(system.EXTRAS, "hub", ("lmdb", "no_such_package"))
    one = doctor.check_extras(["hub"])[0]
    assert (one.level, one.what) == (Level.WARN, "not installed: no_such_package")
    assert "pip install 'heard[hub]'" in one.hint
    monkeypatch.setitem(system.EXTRAS, "printer", ("no_such_package",))
    hint = doctor.check_extras(["printer"])[0].hint
    assert hint == "needed for a hub with kitchen printers only: pip install 'heard[printer]'"


def test_clock() -> None:
    assert doctor.check_clock().level is Level.OK
    assert doctor.check_clock(0.0).level is Level.WARN


def test_data_leaves_nothing_behind(tmp_path: Path) -> None:
    found = doctor.check_data(tmp_path)
    assert [one.name for one in found] == ["space", "disk"]
    assert not list(tmp_path.iterdir())
    later = doctor.check_data(tmp_path / "not" / "yet")
    assert "does not exist yet" in later[0].what
    (tmp_path / "file").write_text("x")
    assert doctor.check_data(tmp_path / "file")[0].level is Level.FAIL


def test_an_unwritable_folder_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Path) -> list[float]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(system, "_fsyncs", refuse)
    found = doctor.check_data(tmp_path)
    assert (found[0].level, "Permission denied" in found[0].what) == (Level.FAIL, True)


@pytest.mark.parametrize(
    ("ms", "free", "disk", "space"),
    [
        (2, 10 << 30, Level.OK, Level.OK),
        (50, 500 << 20, Level.WARN, Level.WARN),
        (300, 1 << 20, Level.FAIL, Level.FAIL),
    ],
)
def test_slow_and_full_disks(
    ms: int, free: int, disk: Level, space: Level, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "_fsyncs", lambda folder: [ms / 1000] * 200)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: Usage(1, 1, free))
    assert [one.level for one in doctor.check_data(tmp_path)] == [space, disk]


async def test_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert (await doctor.check_port(port)).level is Level.WARN, "bound, and nobody answers"
        taken.listen()
        assert "is in use" in (await doctor.check_port(port)).what
    assert (await doctor.check_port(port)).what == f"{port} is free for a hub"


async def test_mdns(monkeypatch: pytest.MonkeyPatch) -> None:
    async def blocked(seconds: float, interfaces: Any = None) -> Scan:
        return Scan((), "Address already in use")

    monkeypatch.setattr(network, "scan", blocked)
    one, _ = await doctor.check_mdns()
    assert (one.level, "5353" in one.hint) == (Level.WARN, True)


async def test_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_hub() as hub:
        found = await doctor.check_hub(hub.address, (), LOOPBACK_PLAINTEXT)
        assert found[0].level is Level.OK
        assert "Test kitchen" in found[0].what
        sighting = Sighting("id", "x", hub.address, (hub.address,), "1", True)
        assert (await doctor.check_hub("", [sighting], LOOPBACK_PLAINTEXT))[0].level is Level.OK
        monkeypatch.setattr(time, "time", lambda: 0.0)
        assert (await doctor.check_hub(hub.address, (), LOOPBACK_PLAINTEXT))[0].level is Level.FAIL
    assert (await doctor.check_hub(hub.address, (), LOOPBACK_PLAINTEXT))[0].level is Level.FAIL
    assert (await doctor.check_hub("no address!", (), LOOPBACK_PLAINTEXT))[0].level is Level.FAIL

    async def no(address: str) -> bool:
        return False

    monkeypatch.setattr(network, "reaches", no)
    assert (await doctor.check_hub("", (), LOOPBACK_PLAINTEXT))[0].level is Level.WARN


async def test_what_is_no_hub_and_what_may_not_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "HELLO_S", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        one = (await doctor.check_hub(address, (), LOOPBACK_PLAINTEXT))[0]
        assert (one.level, "does not speak to us" in one.what) == (Level.FAIL, True)

    async def yes(address: str) -> bool:
        return True

    monkeypatch.setattr(network, "reaches", yes)
    one = (await doctor.check_hub("192.0.2.1:7420", (), LOOPBACK_PLAINTEXT))[0]
    assert (one.level, "clock was not compared" in one.what) == (Level.WARN, True)


def test_drivers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    good = doctor.check_drivers({**plain, "SDL_VIDEODRIVER": "dummy"}, tmp_path)
    assert (good.level, "draws with dummy" in good.what) == (Level.OK, True)
    bad = doctor.check_drivers({**plain, "SDL_VIDEODRIVER": "no-such-driver"}, tmp_path)
    assert (bad.level, "no-such-driver" in bad.what) == (Level.WARN, True)
    assert "there is none" in doctor.check_drivers({}, tmp_path).what

    def hang(*args: Any, **settings: Any) -> Any:
        raise subprocess.TimeoutExpired("python", 10)

    monkeypatch.setattr(subprocess, "run", hang)
    (tmp_path / "card0").touch()
    assert "kmsdrm: did not answer within 10 s" in doctor.check_drivers({}, tmp_path).what


def test_groups(tmp_path: Path) -> None:
    assert "there is no graphics card" in doctor.check_groups({}, tmp_path).what
    (tmp_path / "card0").touch()
    assert "a desktop runs" in doctor.check_groups({"DISPLAY": ":0"}, tmp_path).what
    assert "root may draw" in doctor.check_groups({}, tmp_path, "root").what
    one = doctor.check_groups({}, tmp_path, "nobody")
    assert (one.level, "usermod -aG" in one.hint) == (Level.WARN, True)


def test_assets(tmp_path: Path) -> None:
    there = Path(__file__).parents[4] / "display" / "assets"
    assert doctor.check_assets(there).level is Level.OK
    assert doctor.check_assets(None).level is Level.WARN
    (tmp_path / "fonts").mkdir()
    for font in screen.FONTS:
        (tmp_path / "fonts" / font).write_bytes(b"\0\1\0\0")
    assert doctor.check_assets(tmp_path).what.endswith("icons")
    (tmp_path / "fonts" / screen.FONTS[0]).write_bytes(b"torn")
    one = doctor.check_assets(tmp_path)
    assert (one.level, screen.FONTS[0] in one.what) == (Level.FAIL, True)
