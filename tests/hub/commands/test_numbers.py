"""`heard numbers`: what the running hub knows of each till's counters, and the walk for gaps and repeats."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.hub.commands.test_running import heard
from tests.hub.rpc.serving import serving
from tests.hub.test_counters import a_till, segments, until


async def test_status_and_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "hub"
    async with serving(data) as hub:
        assert await heard("numbers", "status", "--data", str(data)) == 0
        assert "no till has issued a fiscal document" in capsys.readouterr().out
        async with a_till(tmp_path / "t1.journal", hub) as till:
            series = (await till.issue({})).number.series
            await till.issue({})
            await until(lambda: (series, 3, False) in segments(hub) and not till.waiting)
            await heard("numbers", "status", "--data", str(data))
            out = capsys.readouterr().out
            assert out.startswith("T1 (connected)\n")
            assert f"  {series}             3         no end " in out
            assert "fiscal documents that the cloud has not got: 2\n" in out
        await until(lambda: not hub.hub.counters._tills)  # its stream has ended
        await heard("numbers", "status", "--data", str(data), "--json")
        (device,) = json.loads(capsys.readouterr().out)["devices"]
        assert not device["connected"]
        assert (device["segments"][0]["next"], device["segments"][0]["wrong"]) == (3, "")
    assert await heard("numbers", "verify", "--data", str(data)) == 0
    assert "2 fiscal documents in 1 series\nno gap and no repeat\n" in capsys.readouterr().out
