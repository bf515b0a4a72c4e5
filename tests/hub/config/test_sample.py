"""systemd/hub.toml shows every key there is; each one that it shows is read, and its defaults are true."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from hub.config import Config, load_config, read_config, shape, summary
from hub.config.model import CallNumbers, Cloud, Kitchen, Network
from hub.config.screens import PauseTable, ScreenTable

SAMPLE = Path(__file__).resolve().parents[3] / "systemd" / "hub.toml"
TEXT = SAMPLE.read_text(encoding="utf-8")


def leaves(table: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every key of the file with its value; the text by language and the ages are values."""
    for key, value in table.items() if isinstance(table, dict) else enumerate(table):
        inside = (*path, key)
        if inside == ("stations", "grill", "role"):
            continue  # the routes need it to be as it is; the role of the pass shows that roles are read
        if (isinstance(value, dict) and key != "name") or (
            isinstance(value, list) and key in ("routes", "pauses")
        ):
            yield from leaves(value, inside)
        else:
            yield inside, value


LEAVES = list(leaves(tomllib.loads(TEXT)))
OTHER: dict[str, Any] = {
    "name": "Another", "digits": "arabic", "time_zone": "Europe/Berlin", "host": "localhost", "mdns": False,
    "data": "/elsewhere", "url": "https://cloud.example.org", "hub": "shop-2", "secret_file": "/elsewhere/token", "profile": "retail",
    "layout": "grid", "bump": "space", "grammar": "digit-bumps", "slots": "shifting", "rail": False, "late": "on", "keep_86": True,
    "auto_fire": True, "remake_reasons": [{"en": "Hair"}], "slip_on_bump": "", "silent": True, "printer": "", "pacing": True, "then": [],
    "keys": "sdcloud", "group": "cold", "start": "11:55", "end": "12:10", "days": ["mon"],
    "role": "board", "backup": ["fry-2"], "icon": "snowflake", "cut_off_hour": 5,
    "stations": ["fry", "grill"], "languages": ["ar"], "order_types": ["car"],
}  # fmt: skip


def other(key: Any, value: Any) -> Any:
    """A different value that is right too."""
    if key in OTHER:
        return OTHER[key]
    if key in ("address", "paper_mm"):
        return "10.0.0.8" if key == "address" else 58
    if key == "port":
        return 7000
    return value + 1 if isinstance(value, int) else ["another"]


def test_the_sample_loads_and_prints() -> None:
    printed = summary(load_config(SAMPLE))
    for words in ("Corner Grill (en, ar)", "Asia/Riyadh", "Grill / الشواية", "delivery 5:00 / 8:00"):
        assert words in printed
    assert "fry (prep), Fry / المقلاة, ages 8:00 / 12:00, one of fryers" in printed
    assert "bar-printer (printer), 80 mm paper at 10.0.0.9" in printed
    assert "taken over by fry, then bar-printer, copies at bar-printer" in printed
    assert "a slip of what goes out at bar-printer" in printed
    assert "grill, 11:50 to 12:20, fri" in printed
    assert "1. item mixed-platter → grill, fry" in printed
    assert "everything else → grill, fry, fry-2, as nobody's lines" in printed


@pytest.mark.parametrize(("path", "value"), LEAVES, ids=[".".join(map(str, path)) for path, _ in LEAVES])
def test_each_key_of_the_sample_is_read(path: tuple[Any, ...], value: Any) -> None:
    table = tomllib.loads(TEXT)
    place = table
    for part in path[:-1]:
        place = place[part]
    if value == "printer":
        # Only a printer has an address and can be one.
        grill = table["stations"]["grill"]
        del place["address"], grill["backup"], grill["printer"], table["kitchen"]["slip_on_bump"]
    place[path[-1]] = other(path[-1], value)
    assert read_config(table, TEXT, "x") != read_config(tomllib.loads(TEXT), TEXT, "x")


def test_the_sample_shows_every_key() -> None:
    shown = {".".join("*" if part in ("grill", "fry", "fry-2", "pass", "bar-printer") or isinstance(part, int) else str(part) for part in path) for path, _ in LEAVES}  # fmt: skip
    known = {f"site.{one.name}" for one in fields(shape.SiteTable)}
    known |= {f"network.{one.name}" for one in fields(Network)}
    known |= {f"store.{one.name}" for one in fields(shape.StoreTable)}
    known |= {f"kitchen.{one.name}" for one in fields(Kitchen)}
    known |= {f"business_day.{one.name}" for one in fields(shape.BusinessDayTable)}
    known |= {f"call_numbers.{one.name}" for one in fields(CallNumbers)}
    known |= {f"cloud.{one.name}" for one in fields(Cloud)}
    known |= {
        f"stations.*.{one.name}"
        for one in fields(shape.StationTable)
        if one.name not in ("ages", "type_name_ages", "screen")
    }
    known |= {f"stations.*.ages.{word}.{one.name}" for word in ("default", "delivery") for one in fields(shape.AgesTable)}  # fmt: skip
    known |= {f"stations.*.type_name_ages.Drone.{one.name}" for one in fields(shape.AgesTable)}
    known |= {f"routes.*.{one.name}" for one in fields(shape.RouteTable)}
    known |= {f"pauses.*.{one.name}" for one in fields(PauseTable)}
    known |= {
        f"stations.*.screen.{one.name}"
        for one in fields(ScreenTable)
        if one.name not in ("key_map", "sounds")
    }
    known |= {"stations.*.screen.key_map.bump", "stations.*.screen.sounds.late"}
    assert shown == known


NUMBERS = [(path, value) for path, value in LEAVES if isinstance(value, int) and path[0] != "stations"]


@pytest.mark.parametrize(("path", "value"), NUMBERS, ids=[".".join(path) for path, _ in NUMBERS])
def test_the_defaults_that_the_comments_name_are_true(path: tuple[str, str], value: int) -> None:
    word = str(value).lower()
    assert re.search(rf"^{path[1]} = {word} .*Default: {word}$", TEXT, re.MULTILINE), path
    table = tomllib.loads(TEXT)
    del table[path[0]][path[1]]
    assert read_config(table, TEXT, "x") == read_config(tomllib.loads(TEXT), TEXT, "x")


def test_defaults_alone_are_a_hub() -> None:
    assert "kitchen (prep), Kitchen" in summary(Config())
