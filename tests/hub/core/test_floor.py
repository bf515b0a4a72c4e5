"""Equal stations take turns, a closed station's work goes where it was said, and nothing is ever nowhere."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.floor import Floor, spread
from hub.core.routing import RoutingPlan, Rule
from tests.hub.core.making import line, order

PREP = ("grill-1", "grill-2", "fry", "cold")
GROUPS = {"grill": ("grill-1", "grill-2")}


def stations(floor: Floor, wanted: tuple[str, ...], **fields: object) -> tuple[str, ...]:
    return floor.settle(wanted, order("o1", **fields)).stations


@pytest.mark.parametrize(
    ("closed", "wanted", "number", "found"),
    [
        ({}, ("fry",), "7", ("fry",)),
        ({}, ("grill",), "7", ("grill-2",)),
        ({}, ("grill",), "8", ("grill-1",)),
        ({}, ("grill", "fry"), "8", ("grill-1", "fry")),
        ({"grill-2": ""}, ("grill",), "7", ("grill-1",)),
        ({"grill-2": ""}, ("grill-2",), "7", ("grill-1",)),
        ({"fry": "cold"}, ("fry",), "7", ("cold",)),
        ({"fry": "cold"}, ("fry", "cold"), "7", ("cold",)),
        ({"fry": "cold", "cold": "grill-1"}, ("fry",), "7", ("grill-1",)),
        ({"grill-1": "fry", "grill-2": "cold"}, ("grill",), "7", ("fry",)),
    ],
)
def test_where_wanted_stations_really_are(
    closed: dict[str, str], wanted: tuple[str, ...], number: str, found: tuple[str, ...]
) -> None:
    assert stations(Floor(PREP, GROUPS, closed), wanted, call_number=number) == found


@pytest.mark.parametrize(
    ("closed", "wanted", "word"),
    [
        ({"fry": ""}, "fry", "closed"),
        ({"fry": "cold", "cold": "fry"}, "fry", "closed"),
        ({}, "old-oven", "no station any more"),
    ],
)
def test_work_that_nobody_has_is_on_every_open_screen(closed: dict[str, str], wanted: str, word: str) -> None:
    floor = Floor(PREP, GROUPS, closed)
    settled = floor.settle((wanted,), order("o1"))
    assert settled.nobodys
    assert word in settled.why
    assert settled.stations == tuple(one for one in PREP if one not in closed)


def test_a_group_keeps_an_order_together() -> None:
    plan = RoutingPlan((Rule(("grill",)),), PREP, Floor(PREP, GROUPS))
    held = order("o1", call_number="8")
    first = plan.route(held, line("a"))
    assert first.stations == ("grill-1",)
    from heard.order import StationState

    moved = order("o1", call_number="8", stations=(StationState("grill-2"),))
    assert plan.route(moved, line("b")).stations == ("grill-2",)
    assert "has this order's other lines" in plan.route(moved, line("b")).why


@settings(deadline=None)
@given(st.integers(1, 9000), st.integers(2, 5))
def test_a_burst_is_shared_evenly(first: int, members: int) -> None:
    """Consecutive numbers, decided in one commit, differ by at most one; asked again they are the same."""
    names = tuple(f"g{index}" for index in range(members))
    floor = Floor(names, {"grill": names})

    def share() -> list[str]:
        return [stations(floor, ("grill",), call_number=str(first + index))[0] for index in range(30)]

    found = share()
    counts = [found.count(name) for name in names]
    assert max(counts) - min(counts) <= 1
    assert share() == found


def test_orders_without_a_number_are_shared_by_their_id() -> None:
    found = [spread(order(f"o{index}", call_number="")) % 2 for index in range(400)]
    assert 150 < sum(found) < 250


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(PREP), st.sampled_from(("", *PREP))),
    st.lists(st.sampled_from((*PREP, "grill", "gone")), min_size=1, max_size=3),
    st.text(max_size=4),
)
def test_every_line_has_a_station_that_cooks(closed: dict[str, str], wanted: list[str], number: str) -> None:
    floor = Floor(PREP, GROUPS, closed)
    settled = floor.settle(tuple(dict.fromkeys(wanted)), order("o1", call_number=number))
    assert settled.stations
    assert all(floor.cooks(one) for one in settled.stations)
    assert len(set(settled.stations)) == len(settled.stations)
