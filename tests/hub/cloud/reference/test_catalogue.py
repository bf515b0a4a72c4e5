"""Gateway, pages as of a watermark, resets, and loading modules from files."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from heard.errors import UserError
from hub.cloud.reference.catalogue import MODULES
from hub.cloud.reference.load import read_rows
from hub.cloud.reference.run import Options, ReferenceCloud
from tests.hub.cloud.reference.conftest import Wall
from tests.hub.cloud.reference.contract import Api, named


def items(*ids: str, en: str = "x") -> dict[str, Any]:
    return {"put": [{"id": one, "name": {"en": en}} for one in ids]}


async def pull(api: Api, module: str, mark: int, cursor: str = "", limit: int = 500) -> Any:
    query = {"watermark": mark, "limit": limit} | ({"cursor": cursor} if cursor else {})
    answer = await api.get(f"/v1/modules/{module}/changes", **query)
    assert answer.status == 200, answer.body
    return answer.body


async def gateway(api: Api, tag: str = "", **cursors: str) -> Any:
    query = [("cursor", f"{module}:{cursor}") for module, cursor in cursors.items()]
    headers = {"If-None-Match": tag} if tag else {}
    return await api.call("GET", "/v1/gateway", query=query, headers=headers)  # type: ignore[arg-type]


async def test_gateway_names_only_what_changed_after_the_cursors(api: Api, wall: Wall) -> None:
    await api.control("POST", "modules/item_definitions", items("a", "b"))
    first = (await gateway(api, item_definitions="", taxes="")).body
    assert first["server_time_ms"] == wall.now_ms
    assert first["modules"] == [
        {"module": "item_definitions", "state": "CHANGED", "changes_about": 2},
        {"module": "taxes", "state": "CHANGED", "changes_about": 0},  # never pulled: a cursor is to be had
    ]
    page = await pull(api, "item_definitions", first["watermark"])
    taxes = await pull(api, "taxes", first["watermark"])
    assert (await gateway(api, item_definitions=page["cursor"], taxes=taxes["cursor"])).body["modules"] == []


async def test_gateway_answers_304_until_something_changes(api: Api, wall: Wall) -> None:
    first = await gateway(api, taxes="")
    wall.now_ms += 60_000
    again = await gateway(api, first.headers["ETag"], taxes="")
    assert (again.status, again.headers["ETag"]) == (304, first.headers["ETag"])
    assert "Date" in again.headers
    await api.control("POST", "modules/taxes", {"put": [{"id": "vat", "rate_ppm": 150_000}]})
    assert (await gateway(api, first.headers["ETag"], taxes="")).status == 200


async def test_pages_are_the_module_as_it_stood_at_the_watermark(api: Api) -> None:
    await api.control("POST", "modules/item_definitions", items("a", "b", "c", en="old"))
    mark = (await gateway(api)).body["watermark"]
    first = await pull(api, "item_definitions", mark, limit=2)
    assert ([one["id"] for one in first["changes"]], first["more"]) == (["a", "b"], True)
    edits = items("c", "d", en="new") | {"delete": ["a"]}
    await api.control("POST", "modules/item_definitions", edits)
    second = await pull(api, "item_definitions", mark, first["cursor"], limit=2)
    assert second["changes"] == [{"id": "c", "row": {"name": {"en": "old"}}}]
    assert second["more"] is False
    mark = (await gateway(api)).body["watermark"]
    third = await pull(api, "item_definitions", mark, second["cursor"])
    assert [(one["id"], one.get("deleted", False)) for one in third["changes"]] == [("c", False), ("d", False), ("a", True)]  # fmt: skip


async def test_reset_and_foreign_cursors_are_gone(api: Api) -> None:
    await api.control("POST", "modules/taxes", {"put": [{"id": "vat", "rate_ppm": 1}]})
    mark = (await gateway(api)).body["watermark"]
    cursor = (await pull(api, "taxes", mark))["cursor"]
    await api.misbehave("reset", "taxes")
    assert (await gateway(api, taxes=cursor)).body["modules"][0]["state"] == "RESET"
    for gone in (cursor, "of-another-cloud.7", "nonsense"):
        answer = await api.get("/v1/modules/taxes/changes", watermark=mark, cursor=gone)
        assert (answer.status, answer.body["type"]) == (410, "/problems/cursor-gone")
    fresh = await pull(api, "taxes", mark)
    assert [one["id"] for one in fresh["changes"]] == ["vat"]
    assert (await gateway(api, taxes=fresh["cursor"])).body["modules"] == []


async def test_a_watermark_whose_rows_were_pruned_is_gone(api: Api, wall: Wall) -> None:
    await api.control("POST", "modules/taxes", {"put": [{"id": "vat", "rate_ppm": 1}]})
    mark = (await gateway(api)).body["watermark"]
    await api.control("POST", "modules/taxes", {"put": [{"id": "vat", "rate_ppm": 2}]})
    assert (await pull(api, "taxes", mark))["changes"][0]["row"] == {"rate_ppm": 1}
    wall.now_ms += 3_700_000
    await api.refresh()
    await api.control("POST", "modules/taxes", {"put": [{"id": "zero", "rate_ppm": 0}]})
    for impossible in (mark, mark + 100):
        answer = await api.get("/v1/modules/taxes/changes", watermark=impossible)
        assert (answer.status, answer.body["type"]) == (410, "/problems/watermark-gone")


async def test_unknown_module_is_404_and_left_out_by_the_gateway(api: Api) -> None:
    assert (await api.get("/v1/modules/recipes/changes", watermark=0)).status == 404
    assert (await gateway(api, recipes="")).body["modules"] == []


async def test_pages_are_gzipped_for_who_accepts_it(api: Api) -> None:
    await api.control("POST", "modules/item_definitions", items(*(f"i{n}" for n in range(300))))
    url = f"{api.url}/v1/modules/item_definitions/changes?watermark=300"
    sizes = {}
    for encoding in ("gzip", "identity"):
        headers = {"Authorization": f"Bearer {api.access_token}", "Accept-Encoding": encoding}
        async with api.session.get(url, headers=headers, auto_decompress=False) as answer:
            assert answer.headers.get("Content-Encoding", "identity") == encoding
            sizes[encoding] = len(await answer.read())
    assert sizes["gzip"] * 5 < sizes["identity"]


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 2001}, {"watermark": -1}, {"watermark": "x"}, {"cursor": "a b"}]
)
async def test_bad_query_is_malformed(api: Api, query: dict[str, Any]) -> None:
    answer = await api.get("/v1/modules/taxes/changes", **({"watermark": 0} | query))
    assert (answer.status, answer.body["field"]) == (400, next(iter(query)))


async def test_an_idle_check_of_all_modules_is_at_most_2_kib_both_ways(api: Api) -> None:
    cursors = {}
    for module in MODULES:
        cursors[module] = (await pull(api, module, 0))["cursor"]
    first = await gateway(api, **cursors)
    idle = await gateway(api, first.headers["ETag"], **cursors)
    assert (idle.status, first.body["modules"]) == (304, [])
    query = "&".join(f"cursor={module}:{cursor}" for module, cursor in cursors.items())
    asked = ("Authorization", f"Bearer {api.access_token}"), ("If-None-Match", first.headers["ETag"])
    lines = [f"GET /v1/gateway?{query} HTTP/1.1", "HTTP/1.1 304 Not Modified", f"Host: {api.url}"]
    lines += [f"{name}: {value}" for name, value in (*asked, *idle.headers.items())]
    assert sum(len(line) + 2 for line in lines) < 2048


async def test_a_large_catalogue_is_loaded_in_time(tmp_path: Path) -> None:
    """Each row looks for its last version; without the right index 20,000 rows took half a minute."""
    rows = {f"b{n}": {"item_id": f"i{n}"} for n in range(20_000)}
    began = time.monotonic()
    cloud = ReferenceCloud(Options(tmp_path, load={"item_barcodes": rows}))
    await cloud.start()
    await cloud.stop()
    assert cloud.loaded["item_barcodes"] == (20_000, 0)
    assert time.monotonic() - began < 10


async def test_policy_is_what_the_operator_set(api: Api) -> None:
    await api.control("PUT", "policy", {"max_sync_retry": 1})
    assert (await gateway(api)).body["policy"] == {
        "max_sync_retry": 1,
        "page_rows": 500,
        "poll_interval_s": 60,
    }


async def test_loading_a_file_again_changes_only_what_differs(tmp_path: Path) -> None:
    marks = []
    for rows in ({"a": {"n": 1}, "b": {"n": 1}}, {"a": {"n": 1}, "b": {"n": 1}}, {"a": {"n": 2}}):
        cloud = ReferenceCloud(Options(tmp_path, load={"tables": rows}))
        await cloud.start()
        marks.append(cloud.loaded["tables"])
        await cloud.stop()
    assert marks == [(2, 0), (0, 0), (1, 1)]


CSV = """id,name.en,name.ar,category_id,prep_time_s,allergens,no_kitchen
kabsa,Chicken kabsa,كبسة دجاج,rice,900,nuts; milk,FALSE
water,Water,,drinks,,,TRUE
"""


def test_csv_rows_fit_the_contract(tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_text(CSV)
    rows = read_rows(file)
    assert rows["kabsa"] == {
        "name": {"en": "Chicken kabsa", "ar": "كبسة دجاج"},
        "category_id": "rice",
        "prep_time_s": 900,
        "allergens": ["nuts", "milk"],
        "no_kitchen": False,
    }
    assert rows["water"] == {"name": {"en": "Water"}, "category_id": "drinks", "no_kitchen": True}
    for row in rows.values():
        named("RowItemDefinition").validate(row)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.json", '[{"id": "a"}, {"id": "a"}]', "element 1: id a stands there twice"),
        ("a.json", '[{"name": "a"}]', "element 0: no usable id"),
        ("a.json", "{}", "not an array"),
        ("a.json", "[", "not JSON"),
        ("a.csv", "id,price_minor\na,1.5\n", "line 2: price_minor is not a whole number"),
        ("a.csv", "id,price_minor\na\n", "line 2: not as many cells"),
        ("a.txt", "", "neither .json nor .csv"),
        ("missing/a.csv", "", "cannot read"),
    ],
)
def test_a_bad_file_is_said_with_its_place(tmp_path: Path, name: str, text: str, said: str) -> None:
    file = tmp_path / name
    if "/" not in name:
        file.write_text(text)
    with pytest.raises(UserError, match=said):
        read_rows(file)


def test_json_rows(tmp_path: Path) -> None:
    file = tmp_path / "items.json"
    file.write_text(json.dumps([{"id": "a", "name": {"en": "A"}}]))
    assert read_rows(file) == {"a": {"name": {"en": "A"}}}
