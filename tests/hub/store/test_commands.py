"""heard inspect, backup and restore, run as a person runs them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from heard import cli
from hub.store.layout import DataDir
from hub.store.lmdb_store import LmdbStore
from tests.hub.store.making import SMALL, change, hold, pick_up


async def fill(data: Path) -> None:
    store = await LmdbStore.open(data, SMALL)
    await store.submit(*hold("first", call_number="226"))
    await store.submit(*change("first", table="12"))
    for n in range(4):
        await store.submit(*hold(f"closed-{n}", call_number=f"{300 + n}"))
        await store.submit(*pick_up(f"closed-{n}"))
    await store.submit(*hold("last", call_number="227"))
    await store.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("commands") / "data"
    asyncio.run(fill(place))
    return place


def heard(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = cli.main([str(word) for word in words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_inspect_lists_orders_open_ones_first(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = heard(capsys, "inspect", "--data", data)
    lines = out.splitlines()
    assert code == 0
    assert "revision 11; no hub is running on it" in lines[0]
    assert [line.split()[-1] for line in lines[2:-1]] == [
        "first", "last", "closed-3", "closed-2", "closed-1", "closed-0",
    ]  # fmt: skip
    assert lines[2].split()[:2] == ["226", "HELD"]
    assert "grill*" in lines[2]
    assert lines[-1].startswith("2 open")
    assert lines[-1].endswith("4 closed")


def test_inspect_limits_what_people_get(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = heard(capsys, "inspect", "--data", data, "--limit", 3)
    assert len(out.splitlines()) == 6
    _, out, _ = heard(capsys, "inspect", "log", "--data", data, "--limit", 2)
    assert [line.split()[0] for line in out.splitlines()[3:]] == ["10", "11"]


def test_inspect_json_is_one_object_with_every_order(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = heard(capsys, "inspect", "--data", data, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["rev"] == 11
    assert found["epoch"].startswith("1-")
    assert sorted(one["order_id"] for one in found["orders"]) == [
        "closed-0", "closed-1", "closed-2", "closed-3", "first", "last",
    ]  # fmt: skip
    first = next(one for one in found["orders"] if one["order_id"] == "first")
    assert (first["version"], first["state"], first["open"], first["holds"], first["table"]) == (
        2,
        "HELD",
        True,
        0,
        "12",
    )
    assert first["lines"][0]["quantity_milli"] == 1000
    assert first["lines"][0]["stations"] == [{"station": "grill", "state": "QUEUED", "version": 1}]
    assert len(out.splitlines()) == len(found["orders"]) + 3, "an order a line, for tools that read lines"


def test_inspect_shows_tickets_the_log_and_one_order(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = heard(capsys, "inspect", "tickets", "--data", data)
    assert "grill: 2 open" in out
    assert "1 x Burger  QUEUED" in out
    _, out, _ = heard(capsys, "inspect", "log", "--data", data, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["rev"] for row in rows] == list(range(1, 12))
    assert rows[3]["new_views"] == []
    for name in ("first", "226"):
        _, out, _ = heard(capsys, "inspect", "--order", name, "--data", data)
        assert "order first: number 226, HELD, version 2" in out
        assert "grill: QUEUED since version 1" in out


def test_backup_restore_and_inspect_of_a_backup(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = heard(capsys, "backup", "--data", data, "--to", tmp_path / "usb")
    assert code == 0
    backup = Path(out.split(": ")[0])
    assert backup.parent == tmp_path / "usb"
    assert "every record was read back" in out
    _, out, _ = heard(capsys, "inspect", "--data", backup)
    assert "2 open" in out
    code, out, _ = heard(capsys, "restore", backup, "--data", tmp_path / "new")
    assert code == 0
    assert "restored revision 11 as epoch 2" in out
    _, out, _ = heard(capsys, "inspect", "--data", tmp_path / "new")
    assert "epoch 2, revision 11" in out


async def test_inspect_and_backup_work_beside_a_running_hub_and_restore_does_not(
    data: Path, tmp_path: Path
) -> None:
    await fill(tmp_path / "own")
    store = await LmdbStore.open(tmp_path / "own", SMALL)
    await store.submit(*hold("newest"))

    async def run(*words: str) -> tuple[int, str]:
        import os
        import subprocess
        import sys

        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "heard", *words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        out, _ = await child.communicate()
        return child.returncode or 0, out.decode()

    own = str(tmp_path / "own")
    code, out = await run("inspect", "--data", own)
    assert (code, "a hub is serving it" in out, "newest" in out) == (0, True, True), out
    code, out = await run("backup", "--data", own)
    assert (code, "revision 12" in out) == (0, True), out
    code, out = await run("restore", out.split(": ")[0], "--data", own)
    assert (code, "another process" in out, "Traceback" in out) == (1, True, False), out
    assert (await store.submit(*hold("after"))).rev == 13
    await store.close()


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (["inspect", "--data", "{tmp}/none"], 2, "does not exist"),
        (["inspect", "--data", "{tmp}"], 2, "has no store in it"),
        (["inspect", "--data", "{data}", "--order", "nobody"], 1, "no order 'nobody'"),
        (["inspect", "--data", "{data}", "--limit", "0"], 2, "--limit 0"),
        (["inspect", "log", "--data", "{data}", "--order", "first"], 2, "does not go with log"),
        (["inspect", "chairs", "--data", "{data}"], 2, "invalid choice"),
        (["backup", "--data", "{tmp}"], 2, "has no store in it"),
        (["backup", "--data", "{data}", "--to", "/proc/nowhere"], 1, "no backup could be written"),
        (["restore", "{tmp}/none", "--data", "{data}"], 2, "does not exist"),
        (["restore", "{tmp}", "--data", "{data}"], 2, "is no backup"),
        (["restore", "{data}"], 2, "--data"),
    ],
)
def test_bad_calls_say_what_is_wrong(
    words: list[str], code: int, what: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, _, err = heard(capsys, *(word.format(tmp=tmp_path, data=data) for word in words))
    assert found == code
    assert what in err
    assert "Traceback" not in err


def test_inspect_of_a_damaged_store_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(fill(tmp_path))
    path = DataDir(tmp_path).store / "data.mdb"
    path.write_bytes(path.read_bytes()[:40_000])
    code, _, err = heard(capsys, "inspect", "--data", tmp_path)
    assert code == 1
    assert "is bad" in err
    assert "heard restore" in err
