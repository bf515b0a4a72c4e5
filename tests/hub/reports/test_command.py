"""`heard report` as a manager types it, on a store with a day of orders."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from heard import cli
from heard.order import LineState, OrderState, OrderType, StationLine
from hub.core.business_day import first_day
from hub.core.decision import (
    DAY_KEY,
    SETTINGS_KEY,
    STATIONS_KEY,
    PausedSpan,
    Setting,
    Settings,
    StationBook,
)
from hub.store.lmdb_store import LmdbStore
from tests.hub.core.making import SITE
from tests.hub.store.making import SMALL, an_order, hold, pick_up, put

DAY = "2026-11-23"
NOON_MS = 1_795_435_200_000  # 2026-11-23 12:00 UTC
SETTINGS = """
[site]
time_zone = "Asia/Riyadh"
[stations.grill.ages]
default = { warn_s = 60, late_s = 120 }
[stations.grill.type_name_ages]
drone = { warn_s = 20, late_s = 50 }
"""


def made(seconds: int) -> dict[str, Any]:
    """An order held at noon whose one line was bumped after `seconds`; the one of 60 s is for a drone, late after 50."""
    there = StationLine("grill", LineState.DONE, 2, 0, NOON_MS, 0, NOON_MS + seconds * 1000)
    line = replace(an_order("x").lines[0], stations=(there,))
    word = {"en": "Drone"} if seconds == 60 else {}
    return {
        "lines": (line,),
        "type": OrderType.TAKEAWAY,
        "type_name": word,
        "held_wall_ms": NOON_MS,
        "business_date": DAY,
    }


async def fill(data: Path) -> None:
    store = await LmdbStore.open(data, SMALL)
    await store.submit(*put(DAY_KEY, lambda _before, _now: replace(first_day(0, SITE), date=DAY)))
    for number, seconds in enumerate((30, 60, 200)):
        await store.submit(*put(f"order/o{number}", lambda _before, _now, n=number, s=seconds: replace(  # type: ignore[misc]
            an_order(f"o{n}", **made(s), call_number=str(n)), held_at_ms=NOON_MS, state=OrderState.READY)))  # fmt: skip
        await store.submit(*pick_up(f"o{number}"))
    await store.submit(*hold("yesterday", business_date="2026-11-22"))
    await store.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    (folder / "hub.toml").write_text(SETTINGS, encoding="utf-8")
    asyncio.run(fill(folder / "data"))
    return folder


def report(place: Path, capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    call = ["report", "--config", place / "hub.toml", "--data", place / "data", *words]
    code = cli.main([str(word) for word in call])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_open_day_by_the_sites_thresholds_and_clock(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = report(place, capsys, "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["days"], found["orders"], found["whole"]["made"], found["whole"]["late"]) == (DAY, 3, 3, 2)
    assert [one["name"] for one in found["hours"]] == ["15:00"]
    assert [one["call_number"] for one in found["late"]] == ["2", "1"]


def test_several_days_and_people(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = report(place, capsys, "--day", "2026-11-22..2026-11-23")
    assert code == 0
    assert out.startswith(
        "business date 2026-11-22..2026-11-23: 4 orders, 4 lines\n3 tickets made, 0 open; 33.3 %"
    )


OLD_DAY, OLD_NOON_MS = "2024-11-22", 1_732_266_000_000  # a Friday, 12:00 in Riyadh: long over by every clock
PRAYER = """
[[pauses]]
start = "11:50"
end = "12:20"
days = ["fri"]
"""


async def fill_old(data: Path) -> None:
    """One order at the beginning of prayer, bumped after half an hour; and a threshold that was set at the hub."""
    store = await LmdbStore.open(data, SMALL)
    at = StationLine("grill", LineState.DONE, 2, 0, OLD_NOON_MS, 0, OLD_NOON_MS + 30 * 60_000)
    line = replace(an_order("x").lines[0], stations=(at,))
    fields: dict[str, Any] = {"lines": (line,), "held_wall_ms": OLD_NOON_MS, "business_date": OLD_DAY}
    await store.submit(*put("order/o1", lambda _before, _now: replace(
        an_order("o1", **fields), held_at_ms=OLD_NOON_MS, state=OrderState.READY)))  # fmt: skip
    said = Setting("stations.grill.ages.default.late_s", "900", "sara", 0)
    await store.submit(*put(SETTINGS_KEY, lambda _before, _now: Settings(1, (said,))))
    resumed = PausedSpan("", OLD_NOON_MS + 10 * 60_000, OLD_NOON_MS + 20 * 60_000, resumed=True)
    await store.submit(*put(STATIONS_KEY, lambda _before, _now: StationBook(1, (), (resumed,))))
    await store.close()


def test_paused_minutes_stand_apart_and_what_was_set_at_the_hub_decides_what_is_late(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hub.toml").write_text(SETTINGS + PRAYER, encoding="utf-8")
    asyncio.run(fill_old(tmp_path / "data"))
    code, out, _ = report(tmp_path, capsys, "--day", OLD_DAY)
    assert code == 0
    said = out.splitlines()
    # 30 minutes, of which prayer took 10: 20 minutes are past the 15 that the hub was told, and the file's 2.
    assert said[1].endswith("0.0 % on time, 1 late; times p50 20:00, p90 20:00, p99 20:00")
    assert "paused, in no ticket's time: the whole site 20:00 (11:50-12:10)" in said
    late = next(line for line in said if line.endswith(" o1"))
    assert "5:00" in late.split()


def test_a_picture_and_a_spreadsheet(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "day.png"
    code, out, err = report(place, capsys, "--csv", "--plot", picture)
    assert (code, err) == (0, f"drawn: {picture}\n")
    assert out.startswith("by,name,made,")
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--day", "23.11.2026"), "'23.11.2026' is no date"),
        (("--day", "2026-11-23..2026-11-20"), "is no span"),
        (("--station", "gril"), "no station 'gril'"),
        (("--plot", "day.pdf"), "only .png is drawn"),
        (("--plot", "no/such/day.png"), "there is no folder no/such"),
    ],
)
def test_a_bad_call_says_what_is_wrong(
    place: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], what: str
) -> None:
    code, out, err = report(place, capsys, *words)
    assert (code, out) == (2, "")
    assert what in err


def test_without_the_settings_a_station_is_one_that_had_orders_and_an_empty_day_is_said_to_be_one(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(place / "data")]
    assert cli.main(["report", *data, "--day", DAY, "--station", "gril"]) == 2
    assert "no station 'gril' on these days" in (err := capsys.readouterr().err)
    assert "there are grill" in err
    assert cli.main(["report", *data, "--day", DAY, "--station", "grill"]) == 0
    assert capsys.readouterr().err == ""
    assert cli.main(["report", *data, "--day", "2020-01-01"]) == 0
    assert capsys.readouterr().err == "heard report: the store has no order of 2020-01-01\n"
