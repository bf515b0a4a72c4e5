"""The summary's figures: heard only when every station has painted it, and honest percentiles."""

import json

import pytest

from heard.order import HistoryEntry, Line, LineState, Order, StationLine
from heard.play.compare import Verdict
from heard.play.figures import Tally, percentile, summarise, verbs_of
from heard.stream import HeardState, HeardValue


def routed(order_id: str, *stations: str) -> Order:
    lines = [
        Line(f"{order_id}.{station}", stations=(StationLine(station, LineState.QUEUED),))
        for station in stations
    ]
    return Order(order_id, lines=tuple(lines))


def says(order_id: str, station: str, state: HeardState) -> HeardValue:
    return HeardValue(order_id, station, 1, state)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([], 50, None),
        ([7.0], 99, 7.0),
        ([1.0, 2.0, 3.0, 4.0], 50, 2.0),
        ([float(n) for n in range(1, 101)], 99, 99.0),
    ],
)
def test_percentile_is_a_value_that_was_seen(
    values: list[float], percent: float, expected: float | None
) -> None:
    assert percentile(values, percent) == expected


def test_what_stands_in_two_histories_happened_once() -> None:
    left = Order(
        "a", history=(HistoryEntry("hold", "T1", 1, 1), HistoryEntry("split", "T1", 2, 2, detail="to b #2"))
    )
    made = Order("b", history=(HistoryEntry("split", "T1", 2, 2, detail="from a"),))
    assert verbs_of([left, made]) == {"hold": 1, "split": 1}


def test_an_order_is_heard_when_every_station_heard_it() -> None:
    tally = Tally()
    tally.held("a", 10.0)
    tally.routed(routed("a", "grill", "fry"), 10.001)
    tally.value(says("a", "grill", HeardState.HEARD), 10.004)
    assert (tally.heard, tally.settled) == (0, False)
    tally.value(says("a", "fry", HeardState.BEHIND), 10.005)
    assert (tally.heard, tally.behind()) == (0, 1)
    tally.value(says("a", "fry", HeardState.HEARD), 10.009)
    assert (tally.heard, tally.settled) == (1, True)
    assert tally.latencies_ms() == [pytest.approx(9.0)]


def test_heard_may_be_told_before_the_route_is_known() -> None:
    tally = Tally()
    tally.held("a", 1.0)
    tally.value(says("a", "grill", HeardState.HEARD), 1.1)
    assert not tally.settled
    tally.routed(routed("a", "grill"), 1.2)
    assert tally.latencies_ms() == [pytest.approx(200.0)]


def test_a_later_change_does_not_take_heard_back_and_a_stranger_counts_for_nothing() -> None:
    tally = Tally()
    tally.held("a", 1.0)
    tally.routed(routed("a", "grill"), 1.0)
    tally.value(says("a", "grill", HeardState.HEARD), 1.5)
    tally.value(says("a", "grill", HeardState.PENDING), 2.0)
    tally.value(says("z", "grill", HeardState.HEARD), 2.0)
    assert (tally.orders, tally.heard) == (1, 1)


def test_moot_is_neither_heard_nor_timed() -> None:
    tally = Tally()
    tally.held("a", 1.0)
    tally.routed(routed("a", "grill", "fry"), 1.0)
    tally.value(says("a", "grill", HeardState.HEARD), 1.5)
    tally.value(says("a", "fry", HeardState.MOOT), 2.0)
    assert (tally.heard, tally.moot, tally.settled, tally.latencies_ms()) == (0, 1, True, [])


def test_a_voided_line_is_moot_until_the_others_are_painted() -> None:
    tally = Tally()
    tally.held("a", 1.0)
    tally.routed(routed("a", "grill"), 1.0)
    tally.value(says("a", "grill", HeardState.MOOT), 1.1)
    assert (tally.moot, tally.settled) == (1, True)
    tally.value(says("a", "grill", HeardState.BEHIND), 1.2)
    assert (tally.moot, tally.heard, tally.settled) == (0, 0, False)
    tally.value(says("a", "grill", HeardState.HEARD), 1.5)
    assert (tally.moot, tally.heard, tally.paged) == (0, 1, 1)
    assert tally.latencies_ms() == [pytest.approx(500.0)]


def test_what_the_kitchen_gets_later_is_heard_then_and_slows_nothing() -> None:
    tally = Tally()
    tally.held("a", 1.0)
    tally.routed(routed("a", "grill"), 1.0)
    tally.value(says("a", "grill", HeardState.SCHEDULED), 1.1)
    assert not tally.settled
    tally.value(says("a", "grill", HeardState.HEARD), 600.0)
    assert (tally.heard, tally.latencies_ms()) == (1, [])


def test_the_json_has_the_promised_names_and_the_text_shows_every_finding() -> None:
    tally = Tally()
    tally.held("a", 1.0)
    verdict = Verdict()
    verdict.lose("630", "not in the store")
    summary = summarise(
        tally,
        verdict,
        lines=3,
        refused=0,
        accept_ms=[2.0],
        seconds=1.5,
        hub_kills=1,
        compared="sent, stored and painted",
    )
    found = json.loads(json.dumps(summary.json()))
    assert {"orders", "lines", "heard", "moot", "lost", "duplicated", "p50_ms", "p99_ms"} <= set(found)
    assert (found["orders"], found["lost"], found["p50_ms"]) == (1, 1, None)
    assert "order 630: not in the store" in summary.text()
    assert not summary.good
