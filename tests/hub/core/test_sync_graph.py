"""The graph of modules is checked at start, its order is the same each time, parents come first."""

from __future__ import annotations

import re

import pytest

from hub.core.sync_graph import PROFILES, GraphError, Module, as_mermaid, as_text, check_graph, profile_graph

MODULES = {
    "item_definitions", "item_barcodes", "categories", "modifiers", "prices", "taxes", "offers", "customers",
    "tables", "users", "stations", "routing",
}  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_is_sound_and_parents_come_first(profile: str) -> None:
    graph = profile_graph(profile)
    place = {name: at for at, name in enumerate(graph.order)}
    assert set(place) == {one.name for one in PROFILES[profile]}
    assert all(place[parent] < place[name] for name in graph.order for parent in graph.parents[name])
    assert graph.deletion_order() == graph.order[::-1]
    assert graph.parents["item_barcodes"] == ("item_definitions",)


def test_every_module_is_pulled_by_some_profile_and_the_kitchen_has_its_own() -> None:
    assert {one.name for rows in PROFILES.values() for one in rows} == MODULES
    retail = {one.name for one in PROFILES["retail"]}
    assert {"stations", "routing", "tables", "modifiers"}.isdisjoint(retail)


def test_order_follows_the_rows_where_the_graph_leaves_a_choice() -> None:
    rows = [Module("c", ("b",)), Module("a"), Module("b"), Module("d")]
    assert check_graph(rows).order == ("a", "b", "c", "d")
    assert check_graph([rows[3], *rows[:3]]).order == ("d", "a", "b", "c")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([Module("a"), Module("a")], "listed twice: a"),
        ([Module("a", ("z",))], "a refers to z"),
        ([Module("x"), Module("a", ("c",)), Module("b", ("a",)), Module("c", ("b",))], "a → c → b → a"),
        ([Module("a", ("a",))], "a → a"),
        ([Module(f"m{n}") for n in range(65)], "65 modules"),
    ],
)
def test_an_unsound_graph_is_said(rows: list[Module], said: str) -> None:
    with pytest.raises(GraphError, match=re.escape(said)):
        check_graph(rows)


def test_an_unknown_profile_is_said() -> None:
    with pytest.raises(GraphError, match="retail, restaurant"):
        profile_graph("bakery")


def test_descendants_are_found_through_many() -> None:
    graph = profile_graph("restaurant")
    assert graph.descendants("taxes") == {
        "item_definitions",
        "modifiers",
        "routing",
        "item_barcodes",
        "prices",
        "offers",
    }
    assert graph.descendants("tables") == frozenset()


def test_it_can_be_printed() -> None:
    graph = check_graph([Module("a"), Module("b", ("a",)), Module("lone")])
    assert as_text(graph) == "a\nb  after a\nlone"
    assert as_mermaid(graph) == "flowchart LR\n  a --> b\n  lone"
