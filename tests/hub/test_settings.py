"""Settings of a hub that runs: stored with who and when, refused with the reason, followed by every screen without a restart."""

from __future__ import annotations

import asyncio
import threading
import tomllib
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import grpc
import pytest

from heard.errors import UserError
from heard.order import Order
from heard.stream import AgeLimits, Bookmark, Hello, SiteProfile, View, ViewKind
from heard.v1 import kitchen_pb2
from hub import site
from hub.api import Asked
from hub.config import load_config, read_config
from tests.hub.rpc.serving import Client, an_order, error_detail, metadata, serving
from tests.waiting import WAIT_S, until

TEXT = """
[site]
name = "Corner Grill"
[stations.grill]
[stations.fry]
[[routes]]
stations = ["grill"]
categories = ["grills"]
"""


def of_file(text: str = TEXT) -> dict[str, Any]:
    """What of a settings file `serving` takes."""
    made = read_config(tomllib.loads(text), text, "hub.toml")
    return {
        "stations": made.stations,
        "routes": made.routes,
        "pauses": made.pauses,
        "kitchen": made.kitchen,
        "site_name": made.site_name,
        "table": made.table,
    }


async def put(client: Client, key: str, value: Any, by: str = "omar") -> dict[str, Any]:
    return await client.hub.settings.set(Asked({"key": key, "value": value, "by": by}))


async def test_every_stream_gets_the_new_profile_and_the_next_hello_has_it(tmp_path: Path) -> None:
    async with serving(tmp_path, **of_file()) as client:
        await put(client, "stations.grill.type_name_ages.Drone.late_s", 500)
        streams = [
            client.screen(),
            client.watch(View(ViewKind.BOARD), "b"),
            client.watch(View(ViewKind.CART, terminal="T1"), "c"),
        ]
        for one in streams:
            await one.until(Bookmark)
        await put(client, "stations.grill.ages.default", {"warn_s": 60, "late_s": 90})
        for one in streams:
            profile = await one.site(SiteProfile)
            grill = profile.station("grill")
            assert grill is not None
            assert grill.age_limits("DINE_IN") == AgeLimits(60, 90)
            assert grill.age_limits("DELIVERY", {"en": "DRONE"}) == AgeLimits(480, 500)
        hello = await client.screen(device="s9").until(Hello)
        assert hello.profile == profile


async def test_learn_mode_sets_the_keys_of_a_station_for_all_its_screens(tmp_path: Path) -> None:
    async with serving(tmp_path, **of_file()) as client:
        screens = [client.screen(device=name) for name in ("s1", "s2")]
        for one in screens:
            await one.until(Bookmark)
        for keys in ({"bump": "f1", "1": "kp 1"}, {"bump": "left ctrl"}):
            request = kitchen_pb2.SetKeyMapRequest(station="grill", key_map=keys)
            await client.kitchen.SetKeyMap(request, metadata=metadata("s1"))
            for one in screens:
                grill = (await one.site(SiteProfile)).station("grill")
                assert grill is not None
                assert grill.screen.key_map == keys, "the whole map is replaced"
        changes = (await client.hub.settings.history(Asked()))["changes"]
        assert [(one["key"], one["by"]) for one in changes] == [("stations.grill.screen.key_map", "s1")] * 2


@pytest.mark.parametrize(
    ("station", "keys", "field", "what"),
    [
        ("gril", {"bump": "f1"}, "station", "did you mean 'grill'"),
        ("", {"bump": "f1"}, "station", "is not a station"),
        ("grill", {}, "key_map", "is empty"),
        ("grill", {"bump": "x" * 40}, "key_map", "write the name of a key"),
        ("grill", {str(n): "f1" for n in range(200)}, "key_map", "at most"),
    ],
)
async def test_keys_that_no_station_can_have_are_refused_with_words(
    tmp_path: Path, station: str, keys: dict[str, str], field: str, what: str
) -> None:
    async with serving(tmp_path, **of_file()) as client:
        request = kitchen_pb2.SetKeyMapRequest(station=station, key_map=keys)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await client.kitchen.SetKeyMap(request, metadata=metadata("s1"))
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert error_detail(caught.value).field == field
        assert what in str(caught.value.details())


async def test_a_new_station_and_route_hold_from_the_next_order_on(tmp_path: Path) -> None:
    async with serving(tmp_path, **of_file()) as client:
        await put(client, "stations.bar.name", "Bar")
        await put(client, "stations.bar.icon", "cup-soda")
        await put(client, "routes", [{"stations": ["bar"], "categories": ["drinks"]}])
        await client.hold(an_order("o1", "drinks"))
        screen = client.screen("bar")
        await screen.until(Bookmark)
        found = client.hub.store.get("order/o1")
        assert isinstance(found, Order)
        assert [at.station for at in found.lines[0].stations] == ["bar"]
        await client.hold(an_order("o2", "grills"))
        lost = client.hub.store.get("order/o2")
        assert isinstance(lost, Order)
        assert {at.station for at in lost.lines[0].stations} == {"grill", "fry", "bar"}, (
            "no rule any more: everybody's"
        )


WRONG: tuple[tuple[str, Any, str, str], ...] = (
    ("site.digits", "arab", "site.digits is 'arab'", "did you mean 'arabic'"),
    ("site.nam", "x", "unknown key 'site.nam'", "did you mean 'name'"),
    ("stations.grill.role", "board", "routes[0].stations is 'grill'", "fry"),
    (
        "stations.grill.ages.default.warn_s",
        900,
        "late_s is 720, not after warn_s = 900",
        "late comes after warn",
    ),
    ("routes", [{"stations": ["gril"]}], "routes[0].stations is 'gril'", "did you mean 'grill'"),
    ("stations.gril.icon", "flame", "there is no station 'gril'", "did you mean stations.grill?"),
    ("network.port", 1, "from the hub's file only", "restart the hub"),
    ("site.languages", "en", "not a list", "a list in [ ]"),
)


async def test_a_wrong_value_is_refused_and_the_old_one_stays(tmp_path: Path) -> None:
    async with serving(tmp_path, **of_file()) as client:
        before = client.hub.config
        for key, value, what, hint in WRONG:
            with pytest.raises(UserError) as caught:
                await put(client, key, value)
            assert what in caught.value.what
            assert hint in caught.value.hint
            assert client.hub.config is before
        assert (await client.hub.settings.history(Asked()))["changes"] == []


async def test_who_said_what_and_taking_it_back(tmp_path: Path) -> None:
    async with serving(tmp_path, **of_file()) as client:
        settings = client.hub.settings
        await put(client, "site.name", "The Grill", "amal")
        (row,) = (await settings.get(Asked({"key": "site.name"})))["settings"]
        assert (row["value"], row["source"], row["by"]) == ("The Grill", "set", "amal")
        diff = {row["key"]: row for row in (await settings.diff(Asked()))["settings"]}
        assert diff["site.name"]["said"] == {"file": "Corner Grill", "set": "The Grill"}
        assert diff["stations.fry"]["source"] == "file"
        back = await settings.unset(Asked({"key": "site.name", "by": "omar"}))
        assert (back["value"], back["source"]) == ("Corner Grill", "file")
        with pytest.raises(UserError, match="was not set at the hub"):
            await settings.unset(Asked({"key": "site.name"}))
        log = [(one["key"], one["value"], one["by"]) for one in (await settings.history(Asked()))["changes"]]
        assert log == [("site.name", "The Grill", "amal"), ("site.name", None, "omar")]
        with pytest.raises(UserError) as caught:
            await settings.get(Asked({"key": "site.nme"}))
        assert "did you mean 'name'" in caught.value.hint


async def test_they_outlive_the_hub_and_go_before_a_file_that_was_changed(tmp_path: Path) -> None:
    async with serving(tmp_path, **of_file()) as client:
        await put(client, "site.name", "The Grill")
        await put(client, "stations.bar", {})
        await put(client, "routes", [{"stations": ["bar"]}])
    async with serving(tmp_path, **of_file()) as client:
        hello = await client.screen("bar").until(Hello)
        assert hello.profile.name == "The Grill"
        await client.hold(an_order("o1"))
        found = client.hub.store.get("order/o1")
        assert isinstance(found, Order)
        assert [at.station for at in found.lines[0].stations] == ["bar"]


async def test_what_cannot_be_used_any_more_is_an_alarm_and_no_failed_start(tmp_path: Path) -> None:
    async with serving(tmp_path, **of_file()) as client:
        await put(client, "routes", [{"stations": ["fry"]}])
    text = TEXT.replace("[stations.fry]", "[stations.wok]")
    async with serving(tmp_path, **of_file(text)) as client:
        problems = client.hub.health().problems
        assert "routes[0].stations is 'fry'" in problems["setting-routes"]
        assert client.hub.config.routes == of_file(text)["routes"]


async def test_two_who_set_at_once_both_succeed(tmp_path: Path) -> None:
    async with serving(tmp_path, **of_file()) as client:
        names = [f"station-{index}" for index in range(4)]
        await asyncio.gather(*(put(client, f"stations.{name}", {}) for name in names))
        assert [one.station for one in client.hub.config.stations] == ["grill", "fry", *names]


async def test_of_two_time_zones_set_one_after_the_other_the_later_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the disk took to read the first one's table."""
    later_holds = threading.Event()

    def read(name: str) -> ZoneInfo:
        assert name != "Asia/Tokyo" or later_holds.wait(WAIT_S)
        return ZoneInfo(name)

    monkeypatch.setattr(site, "site_zone", read)
    async with serving(tmp_path, **of_file()) as client:
        keeper = client.hub.keeper
        for zone in ("Asia/Tokyo", "Asia/Riyadh"):
            await put(client, "site.time_zone", zone)
        await until(lambda: str(keeper.site.zone) == "Asia/Riyadh")
        later_holds.set()
        await until(lambda: not keeper._following)
        assert str(keeper.site.zone) == "Asia/Riyadh"


async def test_the_file_is_read_again_without_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "hub.toml"
    path.write_text(TEXT)
    async with serving(tmp_path / "data", **of_file()) as client:
        settings, screen = client.hub.settings, client.screen()
        await screen.until(Bookmark)
        with pytest.raises(UserError, match="without a settings file"):
            await settings.reload()
        settings.read_file = lambda: load_config(path)
        await put(client, "site.digits", "arabic")
        path.write_text(TEXT.replace("Corner", "Other") + "[stations.bar]\n[network]\nport = 1\n")
        told = await settings.reload()
        assert told["needs_restart"]
        profile = await screen.site(SiteProfile, lambda one: one.name == "Other Grill")
        assert [one.station for one in profile.stations] == ["grill", "fry", "bar"]
        assert profile.digits == "arabic", "what is set at the hub goes before the file"
        assert client.hub.config.network.port == 0
        path.write_text("[site]\nnam = 1\n")
        with pytest.raises(UserError, match="unknown key"):
            await settings.reload()
        assert "unknown key 'site.nam'" in client.hub.health().problems["settings-file"]
        assert client.hub.config.site_name == "Other Grill"
        path.write_text(TEXT)
        await settings.reload()
        assert "settings-file" not in client.hub.health().problems
