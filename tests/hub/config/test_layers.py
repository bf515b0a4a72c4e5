"""Settings key by key: set here, then the file, then the cloud, then the default; a wrong one changes nothing."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heard.errors import UserError
from hub.config import Config, read_config
from hub.config.layers import (
    CLOUD,
    FILE,
    SET,
    Layer,
    check_settable,
    effective,
    key_path,
    leaves,
    merge,
    parse_value,
    put,
    source_of,
    sources,
    table_of,
    to_json,
    whole,
)

FILE_TEXT = """
[site]
name = "Corner Grill"
[stations.grill]
name = "Grill"
ages.default = { warn_s = 300, late_s = 500 }
[stations.fry]
[[routes]]
stations = ["grill"]
categories = ["grills"]
"""


def base(text: str = FILE_TEXT) -> Config:
    return read_config(tomllib.loads(text), text, "hub.toml")


def layers(cloud: dict[str, Any] | None = None, set_here: dict[str, Any] | None = None) -> list[Layer]:
    return [
        Layer(CLOUD, cloud or {}),
        Layer(FILE, base().table),
        Layer(SET, table_of(set_here or {})),
    ]


def test_each_place_in_its_turn() -> None:
    cloud = {"site": {"name": "Cloud Kitchen", "languages": ["ar", "en"], "digits": "arabic"}}
    here = {"site.digits": "western", "stations.grill.ages.default.warn_s": 200}
    found = effective(base(), layers(cloud, here))
    config = found.config
    assert (config.site_name, config.languages, config.digits) == ("Corner Grill", ("ar", "en"), "western")
    limits = dict(config.stations[0].ages)[""]
    assert (limits.warn_s, limits.late_s) == (200, 500)
    known = sources(layers(cloud, here))
    assert [source_of(key_path(key), known) for key in ("site.name", "site.languages", "site.digits", "site.time_zone", "stations.grill.ages.default.warn_s", "routes")] == [
        "file", "cloud", "set", "default", "set", "file",
    ]  # fmt: skip
    assert found.left_out == ()


def test_without_anything_else_it_is_the_file() -> None:
    assert effective(base(), layers()).config == base()
    code = Config(site_name="made in code")
    assert effective(code, [Layer(FILE, code.table)]).config == code
    named = effective(code, [Layer(SET, {"site": {"digits": "arabic"}})]).config
    assert (named.site_name, named.digits) == ("made in code", "arabic")


def test_what_the_command_line_said_of_the_network_stays() -> None:
    config = base().with_arguments(port=9000)
    assert effective(config, layers(set_here={"site.name": "Other"})).config.network.port == 9000


def test_a_bad_part_of_the_clouds_module_is_left_out_alone() -> None:
    cloud = {
        "site": {"digits": "arab", "languages": ["ar"]},
        "stations": {"bar": {"role": "barr"}, "cold": {"name": "Cold"}},
        "network": {"port": 1},
    }
    found = effective(base(), layers(cloud))
    assert found.config.languages == ("ar",)
    assert [one.station for one in found.config.stations] == ["cold", "grill", "fry"]
    assert {one.key for one in found.left_out} == {"site.digits", "stations.bar", "network.port"}
    assert all(one.layer == CLOUD and one.why for one in found.left_out)


def test_the_clouds_routes_may_name_the_files_stations() -> None:
    text = FILE_TEXT[: FILE_TEXT.index("[[routes]]")]
    cloud = {"routes": [{"stations": ["fry"], "categories": ["fried"]}]}
    found = effective(base(text), [Layer(CLOUD, cloud), Layer(FILE, base(text).table)])
    assert [rule.stations for rule in found.config.routes] == [("fry",)]
    assert found.left_out == ()


def test_a_stored_setting_that_no_release_knows_any_more_is_left_out() -> None:
    found = effective(base(), layers(set_here={"site.colour": "red", "site.name": "New"}))
    assert found.config.site_name == "New"
    (left,) = found.left_out
    assert (left.layer, left.key) == (SET, "site.colour")
    assert "unknown key 'site.colour'" in left.why


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("480", 480), ("true", True), ('["en", "ar"]', ["en", "ar"]), ("Corner Grill", "Corner Grill"),
        ('"480"', "480"), ("Asia/Riyadh", "Asia/Riyadh"), ("11:50", "11:50"), ("11:50:00", "11:50:00"), ("{ en = 'Grill' }", {"en": "Grill"}),
        ("", ""), ("الشواية", "الشواية"), ("2026-11-23", "2026-11-23"),
    ],
)  # fmt: skip
def test_values_as_people_type_them(text: str, value: object) -> None:
    found = parse_value(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("key", ["", ".", "site.", ".name", "a" * 300])
def test_what_is_no_key(key: str) -> None:
    with pytest.raises(UserError, match="no key of a setting"):
        key_path(key)


@pytest.mark.parametrize("key", ["network.port", "store.data", "cloud.url"])
def test_what_only_the_file_may_say(key: str) -> None:
    with pytest.raises(UserError, match="from the hub's file only") as caught:
        check_settable(key_path(key))
    assert "restart the hub" in caught.value.hint


def test_a_value_cannot_be_set_within_a_value() -> None:
    with pytest.raises(UserError, match="name is 'Grill'"):
        put(base().table, key_path("stations.grill.name.ar"), "الشواية")


def test_the_whole_shows_defaults_too() -> None:
    found = {".".join(path): value for path, value in whole(base().table).items()}
    assert found["site.digits"] == "western"
    assert found["stations.grill.ages.default.late_s"] == 500
    assert found["stations.fry.role"] == "prep"
    assert found["routes"] == [{"stations": ["grill"], "categories": ["grills"]}]


WORDS = st.sampled_from(["a", "b", "c"])
TABLES = st.recursive(
    st.integers(0, 3), lambda inner: st.dictionaries(WORDS, inner, max_size=3), max_leaves=8
).filter(lambda one: isinstance(one, dict))


@settings(deadline=None)
@given(TABLES, TABLES)
def test_merging_keeps_every_key_of_the_higher_one(low: dict[str, Any], high: dict[str, Any]) -> None:
    merged = merge(low, high)
    for path, value in leaves(high):
        if value == {}:
            continue
        found: Any = merged
        for name in path:
            found = found[name]
        assert found == value
    assert merge(low, {}) == low
    assert merge(merged, high) == merged


def test_a_value_that_is_too_long() -> None:
    with pytest.raises(UserError, match="characters"):
        to_json("x" * 40_000)
