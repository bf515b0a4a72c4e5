"""Python, extras, the wall clock, and how fast the disk keeps a promise."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path

from heard.doctor.finding import Finding, fail, ok, warn

PYTHON_MIN = (3, 11)
PYTHON_BEFORE = (3, 15)
EXTRAS = {
    "hub": ("lmdb", "aiohttp", "grpc_health", "grpc_reflection"),
    "display": ("pygame",),
    "printer": ("PIL", "escpos"),
}
NEEDED_FOR = {"hub": "`heard hub`", "display": "`heard display`", "printer": "a hub with kitchen printers"}
CLOCK_PLAUSIBLE_S = 1_767_225_600
"""2026-01-01: this release is younger."""
FSYNCS = 200
FSYNC_BYTES = 700
"""About one order."""
FSYNC_GOOD_MS = 20.0
"""Up to this p99 a till accepts within 50 ms."""
FSYNC_BAD_MS = 100.0
"""Above it a lunch rush is felt at the till."""
SPACE_LOW_BYTES = 1 << 30
SPACE_NONE_BYTES = 200 << 20
"""Below it the hub's ballast and one backup do not fit."""


def check_python(version: Sequence[int] = tuple(sys.version_info[:3]), maxsize: int = sys.maxsize) -> Finding:
    """Release and word size of this Python."""
    text = ".".join(map(str, tuple(version)[:3]))
    if not PYTHON_MIN <= tuple(version)[:2] < PYTHON_BEFORE:
        return fail("python", f"Python {text}", "install Python 3.11 to 3.14")
    if maxsize < 1 << 32:
        return fail("python", f"Python {text} of 32 bits", "use a 64-bit system: the store maps 8 GiB")
    return ok("python", f"Python {text}, {platform.machine()}, {platform.system()} {platform.release()}")


def check_extras(extras: Iterable[str] = EXTRAS) -> list[Finding]:
    """Which applications can run with what is installed."""
    found = []
    for extra in extras:
        missing = [package for package in EXTRAS[extra] if importlib.util.find_spec(package) is None]
        if missing:
            found.append(
                warn(
                    f"extra {extra}",
                    f"not installed: {', '.join(missing)}",
                    f"needed for {NEEDED_FOR[extra]} only: pip install 'heard[{extra}]'",
                )
            )
        else:
            versions = ", ".join(f"{package} {_version(package)}" for package in EXTRAS[extra])
            found.append(ok(f"extra {extra}", versions))
    return found


def _version(package: str) -> str:
    for name in metadata.packages_distributions().get(package, ()):
        return metadata.version(name)
    return "?"


def check_clock(now_s: float | None = None) -> Finding:
    """Whether the wall clock has been set."""
    now_s = time.time() if now_s is None else now_s
    text = time.strftime("%Y-%m-%d %H:%M:%S %Z", time.localtime(now_s))
    if now_s < CLOCK_PLAUSIBLE_S:
        return warn(
            "clock", f"it is {text}, before this release was made", "connect it to a time server (NTP)"
        )
    return ok("clock", text)


def check_data(folder: Path) -> list[Finding]:
    """Writability, free space and the p99 of fsync where the data will lie; makes nothing that it does not remove."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    where = str(folder) if place == folder else f"{folder} (does not exist yet; looked at {place})"
    if not place.is_dir():
        return [fail("data", f"{where} is no directory", "give another one: --data DIR")]
    try:
        waits = _fsyncs(place)
    except OSError as error:
        return [
            fail(
                "data",
                f"{where} cannot be written: {error.strerror}",
                f"give it to the user that runs Heard (now {_user()}), or give another one: --data DIR",
            )
        ]
    return [_space(where, shutil.disk_usage(place).free), _disk(where, waits)]


def _space(where: str, free: int) -> Finding:
    text = f"{free / (1 << 30):.1f} GiB free in {where}"
    if free < SPACE_NONE_BYTES:
        return fail("space", text, "make space: the hub stops taking orders on a full disk")
    if free < SPACE_LOW_BYTES:
        return warn("space", text, "make space: backups and 400 days of orders need about 1 GiB")
    return ok("space", text)


def _disk(where: str, waits: list[float]) -> Finding:
    p50, p99 = (1000 * waits[int(len(waits) * part)] for part in (0.5, 0.99))
    text = f"fsync p50 {p50:.1f} ms, p99 {p99:.1f} ms in {where}"
    if p99 > FSYNC_BAD_MS:
        return fail("disk", text, "this disk is too slow or worn: use an SSD, or a new SD card of class A2")
    if p99 > FSYNC_GOOD_MS:
        return warn("disk", text, f"tills accept within 50 ms up to {FSYNC_GOOD_MS:.0f} ms; an SSD is faster")
    return ok("disk", text)


def _fsyncs(folder: Path) -> list[float]:
    """Seconds of each of FSYNCS small durable writes, sorted."""
    waits = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(FSYNCS):
            file.write(b"\0" * FSYNC_BYTES)
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            waits.append(time.perf_counter() - began)
    return sorted(waits)


def _user() -> str:
    return os.environ.get("USER") or f"user {os.getuid()}"
