"""`heard numbers`: what the running hub knows of each till's counters, and the walk for gaps and repeats."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.cloud.client import CloudClient
from hub.cloud.reference.run import Options, ReferenceCloud
from tests.hub.cloud.conftest import HUB, SOON
from tests.hub.commands.test_running import heard
from tests.hub.rpc.serving import serving
from tests.hub.test_counters import a_till, segments
from tests.waiting import until


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


async def test_verify_walks_a_cloud_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cloud = ReferenceCloud(Options(tmp_path / "cloud", hubs=(HUB,)))
    await cloud.start()
    client = CloudClient(cloud.url, HUB, tmp_path / "cloud" / f"{HUB}.token", SOON)
    try:
        report = {
            "device": "T1", "incarnation": "aa", "series": "T1.aa", "first": 1, "next": 4, "pending": 0,
            "nonce": "report-0001", "previous_nonce": "",
        }  # fmt: skip
        document = {
            "kind": "fiscal_document", "content_hash": "77ab01fe77ab01fe", "business_date": "2026-11-23", "device": "T1",
            "body": {},
        }  # fmt: skip
        documents = [
            document
            | {"id": f"inv-{n}", "fiscal_number": {"series": "T1.aa", "incarnation": "aa", "number": n}}
            for n in (1, 3)
        ]
        epoch = {"n": 1, "random": "00000000000000ff"}
        await client.post("documents", {"epoch": epoch, "documents": documents})
        await client.post("counters/reports", {"reports": [report]})
    finally:
        await client.close()
        await cloud.stop()
    assert await heard("numbers", "verify", "--cloud", str(tmp_path / "cloud")) == 1
    out = capsys.readouterr().out
    assert "2 fiscal documents in 1 series\n" in out
    assert "MISSING    T1.aa  2 is missing (T1)\n1 found\n" in out
    assert await heard("numbers", "verify", "--cloud", str(tmp_path)) == 2
    assert "holds no data of `heard cloud`" in capsys.readouterr().err
