"""Tail, time line, keys and limits: the parts of the store that touch nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heard.board import board_entry
from heard.command import Answer, Outcome
from heard.order import Line, LineState, Order, OrderState, OrderType, StationLine
from heard.ticket import is_open, tickets, views
from hub.core.decision import Decision, order_key
from hub.store import layout
from hub.store.group import check_limits, summary, summary_matches
from hub.store.seam import DecisionTooLarge, Entry
from hub.store.tail import Tail
from hub.store.timeline import Timeline
from tests.hub.store.making import an_order

NO_VIEWS: frozenset[str] = frozenset()


def entry(rev: int, size: int = 10) -> Entry:
    return Entry(rev, f"order/{rev}", None, NO_VIEWS, NO_VIEWS, b"x" * size)


@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3)), max_size=60),
    st.integers(2, 12),
    st.integers(1, 9),
)
def test_the_tail_is_the_end_of_the_log_in_whole_revisions(
    steps: list[tuple[int, int]], bound: int, limit: int
) -> None:
    tail, everything, rev = Tail(0, entries_max=bound), [], 0
    for gap, extra in steps:
        rev += gap
        same = [entry(rev) for _ in range(extra + 1)]
        everything += same
        tail.extend(same)
        assert len(tail) <= max(bound, extra + 1)
        assert tail.after(rev, 5) == []
    for start in range(rev + 1):
        found = tail.after(start, limit)
        wanted = [one for one in everything if one.rev > start]
        if start < tail.floor:
            assert found is None
            continue
        assert found == wanted[: len(found or ())]
        assert len(found or ()) >= min(limit, len(wanted))
        if found and len(found) < len(wanted):
            assert wanted[len(found)].rev > found[-1].rev, "a revision was cut in two"


def test_the_tail_is_bounded_by_bytes_too() -> None:
    tail = Tail(0, bytes_max=10_000)
    for rev in range(1, 101):
        tail.extend([entry(rev, 1_000)])
    assert tail.bytes <= 10_000
    assert tail.after(tail.floor, 100) == [entry(rev, 1_000) for rev in range(tail.floor + 1, 101)]


@given(
    st.integers(0, 10**13),
    st.integers(0, 10**13),
    st.lists(st.floats(0, 10**6), min_size=1, max_size=20),
)
def test_the_time_line_never_falls_and_never_goes_back_before_the_mark(
    mark_ms: int, wall_ms: int, elapsed: list[float]
) -> None:
    line = Timeline(mark_ms, wall_ms, 50.0)
    assert line.behind_mark == (wall_ms < mark_ms)
    found = [line.now_ms(50.0 + one) for one in sorted(elapsed)]
    assert found == sorted(found)
    assert found[0] >= max(mark_ms, wall_ms)
    assert line.now_ms(49.0) == max(mark_ms, wall_ms)


def test_keys_of_the_log_sort_by_revision_then_place() -> None:
    keys = [layout.log_key(rev, index) for rev in (1, 2, 255, 256, 2**40) for index in (0, 1, 47)]
    assert keys == sorted(keys)
    assert layout.log_key(1, 47) < layout.log_key_after(1) <= layout.log_key(2, 0)
    assert layout.rev_of_log_key(layout.log_key(7, 3)) == 7


@given(st.integers(0, 2**50), st.text(max_size=20))
def test_keys_of_a_day_give_back_time_and_order(ms: int, order_id: str) -> None:
    key = layout.day_key("2026-11-23", ms, order_id)
    assert layout.closed_at_ms_of(key) == ms
    assert layout.order_id_of(key) == order_id
    assert key.startswith(layout.day_prefix("2026-11-23"))


@pytest.mark.parametrize(
    ("decision", "what"),
    [
        (Decision(None, {f"order/{n}": None for n in range(49)}), "49 keys"),
        (Decision(None, {"order/" + "x" * 500: None}), "500 bytes"),
        (Decision(None, {}, {}, frozenset({"order/" + "ش" * 300})), "500 bytes"),
    ],
)
def test_decisions_over_the_limits_are_refused(decision: Decision, what: str) -> None:
    with pytest.raises(DecisionTooLarge, match=what):
        check_limits(decision)


def test_a_decision_at_the_limit_passes() -> None:
    check_limits(Decision(Answer(Outcome.DONE), {f"order/{n}": None for n in range(48)}))
    check_limits(Decision(None, {order_key("x" * 494): None}))


def test_the_recall_list_is_searched_by_what_people_say() -> None:
    body = summary(an_order("o1", table="Terrasse 4", guest="Frau ÖZGE"))
    for search in ("226", "terrasse", "özge", "FRAU", "o1", ""):
        assert summary_matches(body, "", search), search
    assert summary_matches(body, "grill", "226")
    assert not summary_matches(body, "fry", "226")
    assert not summary_matches(body, "", "nobody")
    assert not summary_matches(body, "", "", voided=True)


STATIONS = st.lists(
    st.builds(
        StationLine,
        st.sampled_from(["grill", "fry"]),
        st.sampled_from(list(LineState)),
        st.integers(0, 3),
        acknowledged_version=st.integers(0, 3),
    ),
    max_size=2,
    unique_by=lambda at: at.station,
)


@given(
    st.sampled_from(list(OrderState)),
    st.sampled_from(list(OrderType)),
    st.lists(STATIONS, max_size=3),
    st.sampled_from(["", "T1"]),
)
def test_views_name_exactly_where_something_is_shown(
    state: OrderState, kind: OrderType, lines: list[list[StationLine]], terminal: str
) -> None:
    order = Order(
        "o1",
        type=kind,
        state=state,
        terminal=terminal,
        lines=tuple(Line(f"l{n}", stations=tuple(stations)) for n, stations in enumerate(lines)),
    )
    wanted = set()
    if is_open(order):
        wanted = {f"prep:{name}" for name in ("grill", "fry") if tickets(order, name)} | {"expo"}
        wanted |= {"board"} if board_entry(order) else set()
        wanted |= {"terminal:T1"} if terminal else set()
    assert views(order) == wanted
