"""A whole hub with the reference cloud: what is pulled fills orders without a restart, and commands say how it stands.

Longer than a room: one real hub and one real cloud, and what each does to the other.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from heard import cli
from heard.command import AddLines, ChangeLine, Command
from heard.order import Line, Modifier, ModifierKind, Order, OrderType, Totals
from heard.preflight import PREFLIGHT_KEY, Preflight
from heard.stream import AgeLimits, Live, Notice
from hub.api import Asked
from hub.cloud.modules import MODULES
from hub.cloud.modules.routing import Route
from hub.cloud.modules.row import Fields
from hub.cloud.modules.stations import StationRow
from hub.cloud.settings import tables
from hub.cloud.side import CloudSide
from hub.config import Cloud, Config
from hub.config.layers import Layer, effective
from hub.config.reader import read_config
from hub.core.explain import explain_lines
from hub.figures import figures
from tests.hub.cloud.conftest import HUB, Vendor
from tests.hub.cloud.pulling import item, menu
from tests.hub.rpc.serving import Client, serving
from tests.waiting import until

KABSA = {"en": "Chicken kabsa", "ar": "كبسة دجاج"}


@asynccontextmanager
async def synced(vendor: Vendor, data: Path, url: str = "") -> AsyncIterator[tuple[Client, CloudSide]]:
    """A hub that has pulled once."""
    cloud = Cloud(url or vendor.url, HUB, vendor.secret_file)
    async with serving(data, cloud=cloud) as client:
        side = client.hub.cloud
        assert isinstance(side, CloudSide)
        await until(lambda: side.puller.record.cycles > 0)
        yield client, side


async def cycle(side: CloudSide) -> None:
    cycles = (await side.now(None))["cycle"]  # type: ignore[arg-type]  # it looks at nothing
    await until(lambda: side.puller.record.cycles > cycles)


async def full_menu(vendor: Vendor) -> None:
    await menu(vendor)
    await vendor.edit(
        "item_definitions",
        [
            {
                "id": "kabsa",
                "name": KABSA,
                "category_id": "rice",
                "prep_time_s": 900,
                "course": 2,
                "allergens": ["nuts"],
            },
            item("fries", category_id="rice"),
        ],
    )
    await vendor.edit(
        "modifiers",
        [
            {"id": "no-onion", "name": {"en": "no onion", "ar": "بدون بصل"}, "kind": "REMOVE"},
            {
                "id": "side",
                "name": {"en": "with fries"},
                "kind": "ADD",
                "routed_item_id": "fries",
                "price_minor": 300,
            },
        ],
    )
    await vendor.edit(
        "prices",
        [{"id": "p2", "item_id": "kabsa", "price_minor": 5000, "currency": "SAR", "order_type": "DELIVERY"}],
    )


async def hold(client: Client, order_id: str, *lines: Line, **fields: Any) -> Order:
    order = Order(order_id, lines=lines, **{"type": OrderType.TAKEAWAY, **fields})
    await client.hold(order)
    return stored(client, order_id)


def stored(client: Client, order_id: str) -> Order:
    found = client.hub.store.get(f"order/{order_id}")
    assert isinstance(found, Order)
    return found


async def test_a_hold_with_ids_alone_gets_all_that_the_catalogue_knows(
    vendor: Vendor, tmp_path: Path
) -> None:
    await full_menu(vendor)
    async with synced(vendor, tmp_path / "hub") as (client, _):
        modifiers = (Modifier("no-onion", kind=ModifierKind.UNSPECIFIED), Modifier("side"))
        order = await hold(client, "o1", Line("l1", "kabsa", modifiers=modifiers))
        line = order.lines[0]
        assert (line.name, line.category, line.prep_time_s, line.course) == (KABSA, "rice", 900, 2)
        assert (line.unit_price_minor, line.contains) == (4500, ("nuts",))
        assert line.modifiers[0].name == {"en": "no onion", "ar": "بدون بصل"}
        assert line.modifiers[0].kind is ModifierKind.REMOVE
        assert (line.modifiers[1].price_minor, line.modifiers[1].routed_item_id) == (300, "fries")
        delivery = await hold(client, "o2", Line("l1", "kabsa"), type=OrderType.DELIVERY)
        assert delivery.lines[0].unit_price_minor == 5000
        dollars = await hold(client, "o3", Line("l1", "kabsa"), totals=Totals("USD"))
        assert dollars.lines[0].unit_price_minor == 0, "a price in riyals is none in dollars"
        said = await hold(
            client, "o4", Line("l1", "kabsa", {"en": "Special"}, category="own", unit_price_minor=1)
        )
        assert (said.lines[0].name["en"], said.lines[0].category) == ("Special", "own")
        assert said.lines[0].unit_price_minor == 1


async def test_a_table_brings_its_area_by_id_or_name(vendor: Vendor, tmp_path: Path) -> None:
    await vendor.edit("tables", [{"id": "t12", "name": {"en": "12", "ar": "١٢"}, "area": "terrace"}])
    async with synced(vendor, tmp_path / "hub") as (client, side):
        for order_id, table, area in (("o1", "t12", "terrace"), ("o2", "١٢", "terrace"), ("o3", "13", "")):
            order = await hold(client, order_id, Line("l1", "x", {"en": "X"}), table=table)
            assert (order.table, order.area) == (table, area)
        assert (await hold(client, "o4", Line("l1", "x"), table="12", area="hall")).area == "hall"
        await vendor.edit("tables", [{"id": "t12", "name": {"en": "12"}, "area": "garden"}])
        await cycle(side)
        assert (await hold(client, "o5", Line("l1", "x"), table="12")).area == "garden"
        assert stored(client, "o1").area == "terrace"


async def test_a_new_name_is_used_at_once_and_open_orders_keep_theirs(vendor: Vendor, tmp_path: Path) -> None:
    await full_menu(vendor)
    async with synced(vendor, tmp_path / "hub") as (client, side):
        before = await hold(client, "o1", Line("l1", "kabsa", modifiers=(Modifier("no-onion"),)))
        await vendor.edit("item_definitions", [item("kabsa", category_id="drinks")])
        await vendor.edit(
            "modifiers", [{"id": "no-onion", "name": {"en": "without onion"}, "kind": "REMOVE"}]
        )
        await cycle(side)
        after = await hold(client, "o2", Line("l1", "kabsa"))
        assert (after.lines[0].name, after.lines[0].category) == ({"en": "Kabsa"}, "drinks")
        assert stored(client, "o1") == before
        # What the line has already keeps its words, whatever the till repeats; what is new has the new ones.
        await client.execute(
            Command(
                "o1",
                ChangeLine("l1", quantity_milli=2000, modifiers=(Modifier("no-onion"),)),
                command_id="c1",
            )
        )
        changed = stored(client, "o1").lines[0]
        assert changed.modifiers[0].name["en"] == "no onion"
        assert [one.kind.name for one in changed.changes] == ["QUANTITY"]
        await client.execute(Command("o1", AddLines((Line("l2", "kabsa"),)), command_id="c2"))
        assert stored(client, "o1").lines[1].name == {"en": "Kabsa"}


async def test_what_was_pulled_fills_orders_after_a_restart_without_the_cloud(
    vendor: Vendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.core.sync_plan.RETRY_FIRST_MS", 5)
    await full_menu(vendor)
    async with synced(vendor, tmp_path / "hub") as (_, side):
        checked = side.puller.record.checked_wall_ms
    async with synced(vendor, tmp_path / "hub", "http://127.0.0.1:1") as (client, side):
        order = await hold(client, "o1", Line("l1", "kabsa"))
        assert order.lines[0].name == KABSA
        assert side.puller.record.checked_wall_ms == checked
        assert "no connection" in str(side.facts()["failure"])
        assert client.hub.health().problems == {}, "a cloud that is away is no sickness of the hub"


async def test_a_hub_with_a_cloud_that_hangs_starts_and_stops_in_time(vendor: Vendor, tmp_path: Path) -> None:
    await vendor.misbehave("latency_ms", "1000")
    cloud = Cloud(vendor.url, HUB, vendor.secret_file)
    loop = asyncio.get_running_loop()
    async with serving(tmp_path / "hub", cloud=cloud) as client:
        order = await hold(client, "o1", Line("l1", "kabsa", {"en": "Kabsa"}))
        assert order.version == 1
        stopping = loop.time()
    assert loop.time() - stopping < 1.5, "a call that hangs held up the stop"


async def test_a_suspended_hub_tells_staff_and_metrics_until_it_is_let_in(
    vendor: Vendor, tmp_path: Path
) -> None:
    await vendor.misbehave("suspend", HUB)
    async with synced(vendor, tmp_path / "hub") as (client, side):
        screen = client.screen()
        told = await screen.until(Live, key="alarm/cloud")
        assert isinstance(told.value, Notice)
        assert "does not let this hub in" in told.value.text["en"]
        assert {one.name: one for one in figures(client.hub.sources)}["heard_cloud_paused"].values == {(): 1}
        await vendor.misbehave("resume", HUB)
        await cycle(side)
        await screen.until(Live, key="alarm/cloud", value=None)
        metrics = {one.name: one.values for one in figures(client.hub.sources)}
        assert metrics["heard_cloud_paused"] == {(): 0}
        assert metrics["heard_cloud_failures_total"][("kind", "FORBIDDEN"),] >= 1
        assert metrics["heard_cloud_last_success_timestamp_seconds"][()] > 0


async def heard(*argv: str) -> int:
    return await asyncio.to_thread(cli.main, argv)


async def test_the_commands(vendor: Vendor, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await full_menu(vendor)
    data = str(tmp_path / "hub")
    async with synced(vendor, tmp_path / "hub"):
        capsys.readouterr()
        assert await heard("sync", "status", "--data", data) == 0
        out = capsys.readouterr().out
        assert f"cloud    {vendor.url} as shop-1, profile restaurant" in out
        assert "item_definitions  up to date          4" in out
        await vendor.edit("item_definitions", [{"id": "kabsa", "name": "none"}])
        assert await heard("sync", "now", "--data", data) == 0
        assert "held back rows cannot be used" in capsys.readouterr().out
        assert await heard("sync", "quarantine", "--data", data) == 0
        assert "item_definitions kabsa, since" in (out := capsys.readouterr().out)
        assert "name is no name by language" in out
        assert await heard("sync", "quarantine", "item_definitions", "--json", "--data", data) == 0
        assert json.loads(capsys.readouterr().out)["row"] == {"name": "none"}
        assert await heard("sync", "quarantine", "prices", "--data", data) == 0
        assert capsys.readouterr().out == "nothing is held back\n"
        assert await heard("sync", "reset", "prices", "--data", data) == 0
        capsys.readouterr()
        assert await heard("sync", "reset", "hats", "--data", data) == 2
        assert "has no module 'hats'" in capsys.readouterr().err
        await vendor.misbehave("internal", "-1", "/v1/modules/prices")
        await vendor.control("PUT", "policy", {"max_sync_retry": 0})
        await vendor.edit("prices", delete=["p1"])
        assert await heard("sync", "now", "--data", data) == 1
        assert "prices: failed since" in capsys.readouterr().out
        assert await heard("sync", "status", "--json", "--data", data) == 0
        found = json.loads(capsys.readouterr().out)
        assert [one["module"] for one in found["modules"] if one["failure"]] == ["prices"]


async def test_commands_at_a_hub_without_a_cloud(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(tmp_path):
        for argv in (("status",), ("now",), ("reset", "prices"), ("quarantine",)):
            assert await heard("sync", *argv, "--data", str(tmp_path)) == 1
            assert "this hub has no cloud" in capsys.readouterr().err


def test_the_graph_needs_no_hub(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(("sync", "graph")) == 0
    assert "item_barcodes  after item_definitions" in capsys.readouterr().out
    config = tmp_path / "hub.toml"
    config.write_text('[cloud]\nprofile = "retail"\n')
    assert cli.main(("sync", "graph", "--mermaid", "--config", str(config))) == 0
    out = capsys.readouterr().out
    assert out.startswith("flowchart LR\n")
    assert "item_definitions --> item_barcodes" in out
    assert "stations" not in out
    assert cli.main(("sync", "graph", "--profile", "hotel")) == 2
    assert "retail, restaurant" in capsys.readouterr().err


def test_stations_and_routes_are_tables_of_the_settings_file() -> None:
    stations = [
        StationRow("grill", {"en": "Grill"}, "prep"),
        StationRow("fry", {"en": "Fry", "ar": "المقلاة"}, "prep"),
        StationRow("pass", {"en": "Pass"}, "expo"),
    ]
    routes = [
        Route("1", "grill", "rice", "", ""),
        Route("2", "grill", "meat", "", ""),
        Route("3", "fry", "", "platter", ""),
        Route("4", "grill", "", "platter", ""),
        Route("5", "fry", "rice", "", "DELIVERY"),
        Route("6", "pass", "rice", "", ""),
        Route("7", "fry", "", "", ""),
    ]
    found = tables(stations, routes)
    assert found["routes"] == [
        {"stations": ["fry", "grill"], "items": ["platter"]},
        {"stations": ["fry"], "categories": ["rice"], "order_types": ["delivery"]},
        {"stations": ["grill"], "categories": ["meat", "rice"]},
        {"stations": ["fry"]},
    ]
    config = read_config(found, "", "the cloud")
    assert config.prep_stations == ("fry", "grill")
    assert [one.role for one in config.stations] == ["prep", "prep", "expo"]
    assert tables(stations[2:], routes) == {}


def test_the_office_can_say_of_stations_and_routes_what_a_file_can() -> None:
    """Equal fryers, a terrace with a grill of its own, a till that sells to the bar, and pizza: make, then oven, then cut."""
    read, route = MODULES["stations"].read, MODULES["routing"].read
    names = ("grill", "terrace-grill", "fry-1", "fry-2", "bar", "make", "oven", "cut")
    ages = [
        {"order_type": "DELIVERY", "warn_s": 30, "late_s": 40},
        {"type_name": "Drone", "warn_s": 10, "late_s": 20},
    ]
    more: dict[str, dict[str, Any]] = {
        "fry-1": {"group": "fryers"},
        "fry-2": {"group": "fryers"},
        "bar": {"group": "alone", "languages": ["ar", "en"], "warn_s": 60, "late_s": 120, "ages": ages},
    }
    stations = [
        read(one, Fields({"name": {"en": one}, "role": "prep", **more.get(one, {})})) for one in names
    ]
    rows: list[dict[str, Any]] = [
        {"station_id": "grill", "category_id": "meat"},
        {"station_id": "terrace-grill", "category_id": "meat", "area": "terrace"},
        {"station_id": "grill", "category_id": "meat", "area": "terrace", "order_type": "DELIVERY"},
        {"station_id": "fry-1", "category_id": "fried"},
        {"station_id": "bar", "category_id": "fried", "terminal": "T9"},
        {"station_id": "make", "category_id": "pizza", "then_station_ids": ["oven", "cut"]},
        {"station_id": "bar", "category_id": "meat", "order_type": "DELIVERY"},
        {"station_id": "cut", "category_id": "meat", "type_name": "Drone"},
        {"station_id": "oven", "category_id": "meat", "type_name": "drone "},
    ]
    found = tables(stations, [route(str(n), Fields(row)) for n, row in enumerate(rows)])
    assert found["routes"] == [
        {"stations": ["grill"], "categories": ["meat"], "order_types": ["delivery"], "areas": ["terrace"]},
        {"stations": ["cut", "oven"], "categories": ["meat"], "type_names": ["Drone"]},
        {"stations": ["bar"], "categories": ["fried"], "terminals": ["T9"]},
        {"stations": ["terrace-grill"], "categories": ["meat"], "areas": ["terrace"]},
        {"stations": ["bar"], "categories": ["meat"], "order_types": ["delivery"]},
        {"stations": ["fryers"], "categories": ["fried"]},
        {"stations": ["grill"], "categories": ["meat"]},
        {"stations": ["make"], "categories": ["pizza"], "then": ["oven", "cut"]},
    ]
    config = read_config(found, "", "the cloud")
    assert config.groups == {"fryers": ("fry-1", "fry-2")}, "one alone has no equal"
    bar = config.site_profile().station("bar")
    assert bar is not None
    assert (bar.languages, bar.age_limits("")) == (("ar", "en"), AgeLimits(60, 120))
    assert bar.age_limits("DELIVERY") == AgeLimits(30, 40)
    assert bar.age_limits("DELIVERY", {"en": "drone"}) == AgeLimits(10, 20)
    plan = config.routing()
    pizza = Line("l", "margherita", category="pizza")
    assert (plan.route(Order("o"), pizza).stations, plan.route(Order("o"), pizza).then) == (
        ("make",),
        ("oven", "cut"),
    )
    kofta, drone = Line("l", "kofta", category="meat"), {"ar": "مسيّرة", "en": "DRONE"}
    assert plan.route(Order("o", type=OrderType.DELIVERY, type_name=drone), kofta).stations == ("cut", "oven")
    assert plan.route(Order("o", type=OrderType.DELIVERY), kofta).stations == ("bar",)
    fries = Line("l", "fries", category="fried")
    assert {plan.route(Order("o", str(n)), fries).stations for n in range(2)} == {("fry-1",), ("fry-2",)}


@pytest.mark.parametrize(
    ("rows", "goes_to"),
    [
        # One word in all rows, in whatever case: one rule, all its stations.
        ([("cut", "Drone", "", ""), ("oven", "DRONE ", "", "")], ("cut", "oven")),
        ([("cut", "Drone", "", "Roof"), ("oven", "Drone", "", "roof")], ("cut", "oven")),
        # Its two languages: two rules, and one decides.
        ([("cut", "Drone", "", ""), ("oven", "مسيّرة", "", "")], ("cut",)),
        # Of equally many conditions the till's own word is before the type that it is of; more go before fewer.
        ([("cut", "", "DELIVERY", ""), ("oven", "مسيّرة", "", "")], ("oven",)),
        ([("cut", "", "DELIVERY", "roof"), ("oven", "Drone", "", "")], ("cut",)),
        ([("cut", "", "DELIVERY", "roof"), ("oven", "Drone", "", " roof ")], ("oven",)),
    ],
)
def test_which_of_the_offices_rows_decides_for_a_tills_own_type(
    rows: list[tuple[str, str, str, str]], goes_to: tuple[str, ...]
) -> None:
    read, route = MODULES["stations"].read, MODULES["routing"].read
    stations = [read(one, Fields({"name": {"en": one}, "role": "prep"})) for one in ("cut", "oven")]
    fields = ("station_id", "type_name", "order_type", "area")
    routes = [
        route(str(n), Fields({key: value for key, value in zip(fields, row, strict=True) if value}))
        for n, row in enumerate(rows)
    ]
    plan = read_config(tables(stations, routes), "", "the cloud").routing()
    drone = Order("o", type=OrderType.DELIVERY, type_name={"ar": "مسيّرة", "en": "DRONE"}, area="roof")
    assert plan.route(drone, Line("l", "kofta")).stations == goes_to


def test_a_group_that_is_called_as_a_station_is_no_word_of_rules() -> None:
    stations = [
        StationRow("fry", {"en": "Fry"}, "prep", group="fry"),
        StationRow("fry-2", {"en": "Fry 2"}, "prep", group="fry"),
    ]
    found = tables(stations, [Route("1", "fry-2", "", "", "")])
    assert found["routes"] == [{"stations": ["fry-2"]}]
    assert read_config(found, "", "the cloud").groups == {}


def test_a_printer_of_the_cloud_is_a_station_that_routes_may_name() -> None:
    read = MODULES["stations"].read
    stations = [
        read("grill", Fields({"name": {"en": "Grill"}, "role": "prep"})),
        read(
            "bar", Fields({"name": {"en": "Bar"}, "role": "printer", "address": "10.0.0.9", "paper_mm": 58})
        ),
    ]
    found = tables(stations, [Route("1", "bar", "drinks", "", "")])
    config = read_config(found, "", "the cloud")
    (bar,) = config.printers
    assert (bar.address, bar.paper_mm, bar.name) == ("10.0.0.9", 58, {"en": "Bar"})
    assert config.routes[0].stations == ("bar",)
    # Where it stands may be said at the site.
    unplaced = tables([stations[0], read("bar", Fields({"name": {"en": "Bar"}, "role": "printer"}))], [])
    own = {"stations": {"bar": {"address": "10.0.0.7:9101", "role": "printer"}, "grill": {}}}
    base = replace(Config(), table=own)
    made = effective(base, [Layer("cloud", unplaced), Layer("file", base.table)])
    assert ([one.address for one in made.config.printers], made.left_out) == (["10.0.0.7:9101"], ())
    alone = effective(Config(), [Layer("cloud", unplaced)])
    assert ([one.key for one in alone.left_out], alone.config.printers) == (["stations.bar"], ())


async def test_the_settings_follow_the_cloud_and_tell(vendor: Vendor, tmp_path: Path) -> None:
    async with synced(vendor, tmp_path / "hub") as (_, side):
        told: list[object] = []

        async def tell() -> None:
            told.append(side.cloud_settings())

        side.on_settings(tell)
        await menu(vendor)
        await cycle(side)
        await until(lambda: bool(told))
        assert side.cloud_settings()["routes"] == [{"stations": ["grill"], "categories": ["rice"]}]
        await vendor.edit("users", [item("u", role="cook")])
        await cycle(side)
        assert len(told) == 1


async def test_stations_and_routes_of_the_cloud_are_followed_without_a_restart(
    vendor: Vendor, tmp_path: Path
) -> None:
    async with synced(vendor, tmp_path / "hub") as (client, side):
        await menu(vendor)
        await vendor.edit("stations", [item("rice-pot", role="prep")])
        rows = [
            {"id": "r1", "station_id": "rice-pot", "category_id": "rice"},
            {"id": "r2", "station_id": "grill", "category_id": "rice", "type_name": "Drone"},
        ]
        await vendor.edit("routing", rows)
        await cycle(side)
        await until(lambda: client.hub.site.routing.prep_stations == ("grill", "rice-pot"))
        drone = Order("o2", "8841", OrderType.DELIVERY, {"en": "drone"}, lines=(Line("l1", "kabsa"),))
        await client.hold(drone)
        said = explain_lines(await client.hub.site_api.explain(Asked({"order": "8841"})))
        assert said[0] == "#8841 · drone (DELIVERY) · terminal till"
        assert said[-2:] == [
            "    is at grill (QUEUED)",
            "    rule 1: category rice, order type Drone -> grill: matches",
        ]
        order = await hold(client, "o1", Line("l1", "kabsa"))
        assert [at.station for at in order.lines[0].stations] == ["rice-pot"]
        assert [one.station for one in client.hub.site.profile.stations] == ["grill", "rice-pot"]
        assert stored(client, "o1") == order


async def test_a_preflight_looks_at_every_name_of_the_catalogue(vendor: Vendor, tmp_path: Path) -> None:
    await full_menu(vendor)
    async with synced(vendor, tmp_path) as (client, _):
        screen = client.screen()
        client.hub.preflight.begin("Sara")
        asked: frozenset[str] = frozenset()
        while not set("كبسة دجاج بدون بصل") - {" "} <= asked:
            told = (await screen.until(Live, key=PREFLIGHT_KEY)).value
            assert isinstance(told, Preflight)
            asked = frozenset(told.characters)
        result = client.hub.preflight.result()
        assert result is not None
        assert result.names_checked >= 2 + 2 + 2, "stations, items, modifiers"
