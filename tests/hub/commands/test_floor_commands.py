"""`heard station`, `heard 86` and `heard route` beside a hub that runs, as somebody types them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from heard.order import Line
from hub.api import Asked
from hub.config import Station
from hub.core.routing import Rule
from tests.hub.commands.test_running import heard
from tests.hub.rpc.serving import an_order, serving

Out = pytest.CaptureFixture[str]


async def test_stations(tmp_path: Path, capsys: Out) -> None:
    async with serving(tmp_path) as client:
        data = ("--data", str(tmp_path))
        await client.hold(an_order("o1"))
        assert await heard("station", "close", "fry", "--to", "grill", *data) == 0
        assert capsys.readouterr().out == "fry is closed; its work goes to grill\n"
        assert await heard("station", "close", "fry", "--to", "grill", *data) == 0
        assert capsys.readouterr().out.endswith("goes to grill already\n")
        assert await heard("station", "pause", "grill", "--until", "+20", *data) == 0
        assert capsys.readouterr().out.startswith("grill is paused until ")
        assert await heard("station", "list", *data) == 0
        grill, fry = capsys.readouterr().out.splitlines()
        assert grill.split() == ["grill", "prep", "1", "open", "lines", "paused", "until", grill[-5:]]
        assert fry == "fry    prep  0 open lines  closed, work goes to grill"
        assert await heard("station", "resume", "grill", *data) == 0
        assert await heard("station", "open", "fry", *data) == 0
        assert capsys.readouterr().out == "grill goes on\nfry is open\n"
        for wrong, words in (
            (("close", "frry"), "did you mean 'fry'"),
            (("pause", "--until", "noon"), 'write a time of day ("12:00")'),
            (("pause", "--until", "+900"), "12 hours"),
        ):
            assert await heard("station", *wrong, *data) == 2
            assert words in capsys.readouterr().err


async def test_what_is_out(tmp_path: Path, capsys: Out) -> None:
    async with serving(tmp_path) as client:
        data = ("--data", str(tmp_path))
        assert await heard("86", *data) == 0
        assert capsys.readouterr().out == "nothing is out\n"
        assert await heard("86", "fries", "--name", "Fries", *data) == 0
        assert await heard("86", "fries", *data) == 0
        assert capsys.readouterr().out == "fries is out\nfries is out already\n"
        assert dict(client.hub.site.out) == {"fries": "Fries"}
        assert await heard("86", *data) == 0
        assert capsys.readouterr().out.startswith("fries  Fries  for 0 min, says ")
        assert await heard("86", "fries", "--back", *data) == 0
        assert capsys.readouterr().out == "fries is available\n"
        assert await heard("86", "--back", *data) == 2


FLOOR: dict[str, Any] = {
    "stations": (
        Station("grill-1", group="grill"),
        Station("grill-2", group="grill"),
        Station("fry"),
        Station("cold"),
    ),
    "routes": (
        Rule(("cold",), items=("salad",), areas=("terrace",)),
        Rule(("grill", "fry"), categories=("platters",)),
        Rule(("fry",), categories=("fried",), order_types=("TAKEAWAY",)),
    ),
}


async def test_where_and_why(tmp_path: Path, capsys: Out) -> None:
    lines = (
        Line("a", "platter", {"en": "Platter"}, category="platters"),
        Line("b", "rings", {"en": "Rings"}, category="fried"),
        Line("c", "new", {"en": "New dish"}, category="brand-new"),
    )
    async with serving(tmp_path, **FLOOR) as client:
        data = ("--data", str(tmp_path))
        await client.hold(an_order("o1", lines=lines, call_number="214"))
        assert await heard("route", "--explain", "#214", *data) == 0
        assert capsys.readouterr().out.splitlines() == [
            "#214 · TAKEAWAY · terminal T1",
            "  Platter (item platter, category platters)",
            "    is at grill-1 (QUEUED), also at fry (QUEUED)",
            "    rule 1: item salad, area terrace -> cold: item is platter, not salad",
            "    rule 2: category platters -> grill, fry: matches",
            "    grill-1 has this order's other lines of grill",
            "  Rings (item rings, category fried)",
            "    is at fry (QUEUED)",
            "    rule 1: item salad, area terrace -> cold: item is rings, not salad",
            "    rule 2: category platters -> grill, fry: category is fried, not platters",
            "    rule 3: category fried, order type TAKEAWAY -> fry: matches",
            "  New dish (item new, category brand-new)",
            "    is at grill-1 (QUEUED), also at grill-2 (QUEUED), also at fry (QUEUED), also at cold (QUEUED), as nobody's line",
            "    rule 1: item salad, area terrace -> cold: item is new, not salad",
            "    rule 2: category platters -> grill, fry: category is brand-new, not platters",
            "    rule 3: category fried, order type TAKEAWAY -> fry: category is brand-new, not fried",
            "    no rule matches: nobody's line, shown on every prep screen",
        ]
        assert (
            await heard("route", "--try", "--item", "rings", "--category", "fried", "--type", "drone", *data)
            == 0
        )
        assert "    goes to grill-1, also to grill-2, also to fry, also to cold" in capsys.readouterr().out
        assert await heard("route", "--try", "--item", "salad", "--area", "Terrace", *data) == 0
        assert capsys.readouterr().out.endswith("    goes to cold\n")
        await client.hub.settings.set(Asked({"key": "site.name", "value": "x"}))
        for wrong, code, words in (
            (("--explain", "999"), 2, "no order '999' today"),
            (("--try",), 2, "give an item"),
            (("--explain", "214", "--item", "x"), 2, "takes an order and nothing else"),
        ):
            assert await heard("route", *wrong, *data) == code
            assert words in capsys.readouterr().err
    assert await heard("route", "--explain", "214", *data) == 1
    assert "no hub runs" in capsys.readouterr().err
    config = tmp_path / "hub.toml"
    cloud = f'[cloud]\nurl = "http://127.0.0.1:9"\nhub = "h"\nsecret_file = "{tmp_path}/token"\n'
    config.write_text(cloud + '[stations.fry]\n[stations.wok]\n[[routes]]\nstations = ["wok"]\n')
    assert await heard("route", "--store", "--explain", "214", "--config", str(config), *data) == 0
    said, noted = capsys.readouterr()
    assert "only the running hub knows" in noted
    assert "rule 1: everything -> wok: matches" in said
    assert "a new one would go to wok: what is held stays where it is" in said
