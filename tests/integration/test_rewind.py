"""`heard rewind` as a manager types it: a real hub's day, drawn by the real display."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from heard import cli
from tests.hub.rpc.serving import an_order, serving

HOLD_AT = datetime(2126, 11, 23, 19, 40, tzinfo=UTC)


async def an_evening(data: Path) -> None:
    async with serving(data, lambda: int(HOLD_AT.timestamp() * 1000)) as client:
        await client.hold(an_order("first", call_number="214"))
        await client.hold(an_order("fries", "fried", call_number="215"))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("rewind") / "data"
    asyncio.run(an_evening(place))
    return place


def rewind(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = cli.main(["rewind", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_moment_is_drawn_as_its_screen_was_told_to_look(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shot, fixture = tmp_path / "grill.png", tmp_path / "grill.json"
    settings = tmp_path / "hub.toml"
    settings.write_text('[site]\ntime_zone = "UTC"\n', encoding="utf-8")
    code, out, err = rewind(
        capsys, "--config", settings, "--data", data, "--station", "grill", "--at", "19:42",
        "--shot", shot, "--fixture", fixture, "--size", "1280x720",
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert re.match(r"grill on 2126-11-23 at 19:42:00: 1 orders, revision \d+\n  214 ", out)
    assert shot.read_bytes().startswith(b"\x89PNG")
    drawn = json.loads(fixture.read_text(encoding="utf-8"))
    assert [station["station"] for station in drawn["profile"]["stations"]] == ["grill", "fry"]
    assert drawn["clock"] == "19:42"
    assert drawn["now_ms"] - drawn["orders"][0]["held_at_ms"] in range(110_000, 121_000)


def test_the_recorded_days_are_listed(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = rewind(capsys, "--data", data, "--list")
    assert code == 0
    assert out.startswith("2126-11-23  ")
    assert out.rstrip().endswith("goes on")


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        ((), 2, "rewind needs --station, --at and where to draw"),
        (("--station", "grill", "--at", "noon", "--shot", "x.png"), 2, "--at 'noon' is no time"),
        (("--station", "grill", "--at", "19:42", "--shot", "no/x.png"), 2, "no/x.png cannot be written"),
        (("--station", "grill", "--at", "19:42", "--shot", "x.png", "--size", "9x9"), 2, "'9x9' is no size"),
        (("--station", "grlil", "--at", "19:42", "--shot", "x.png"), 2, "no station 'grlil'"),
        (
            ("--station", "grill", "--at", "19:42", "--shot", "x.png", "--day", "2026-01-01"),
            1,
            "is not recorded",
        ),
    ],
)
def test_a_bad_call_says_what_is_wrong(
    data: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, what: str
) -> None:
    found, out, err = rewind(capsys, "--data", data, *words)
    assert (found, out) == (code, "")
    assert what in err
