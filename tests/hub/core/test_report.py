"""What a report makes of a day's orders: whose time counts, what is late, what is left out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heard.command import AddLines, BumpLines, MarkPickedUp, PaintedLine, Remake, Rush, VoidLines
from heard.order import LineState, OrderType
from hub.core.printing import decide_printed
from hub.core.report import LATE_LIST_MAX, Day, PausedFor, Report, never, percentile
from tests.hub.core.making import Kitchen, line

MINUTE_MS = 60_000
LATE_S = 600


def report_of(kitchen: Kitchen, station: str = "", item: str = "", paused_for: PausedFor = never) -> Report:
    day = Day(
        lambda _station, _type: LATE_S,
        lambda wall_ms: f"{wall_ms // 3_600_000:02}:00",
        station,
        item,
        paused_for,
    )
    for key in kitchen.docs:
        if key.startswith("order/"):
            day.add(kitchen.order(key.partition("/")[2]))
    return day.report("2026-11-23")


def test_a_ticket_lasts_from_its_first_line_to_the_first_bump_of_its_last() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.now_ms += 4 * MINUTE_MS
    kitchen.bump("grill", "a")
    kitchen.now_ms += 3 * MINUTE_MS
    kitchen.bump("grill", "b")
    found = report_of(kitchen)
    assert (found.orders, found.lines, found.whole.made, found.open) == (1, 3, 1, 1)
    assert found.whole.p50_s == 7 * 60
    assert [(one.name, one.made) for one in found.stations] == [("grill", 1)]
    assert [(one.name, one.p50_s) for one in found.items] == [("a", 240), ("b", 420)]


def test_a_recall_keeps_the_first_bump_and_is_counted() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.now_ms += 2 * MINUTE_MS
    kitchen.bump("fry")
    kitchen.now_ms += 30 * MINUTE_MS
    kitchen.recall("fry")
    kitchen.now_ms += 30 * MINUTE_MS
    kitchen.bump("fry")
    found = report_of(kitchen, "fry")
    assert (found.whole.made, found.whole.p50_s, found.whole.late) == (1, 120, 0)
    assert dict(found.counts)["recalled"] == 1


def test_an_undone_bump_is_no_bump() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("fry")
    kitchen.undo("fry")
    found = report_of(kitchen, "fry")
    assert (found.whole.made, found.open) == (0, 1)
    assert dict(found.counts)["undone"] == 1
    assert found.whole.on_time_percent == 100


def test_an_add_on_is_a_ticket_of_its_own() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a"))
    kitchen.now_ms += MINUTE_MS
    kitchen.bump("grill")
    kitchen.now_ms += 20 * MINUTE_MS
    kitchen.do(AddLines((line("late"),)))
    kitchen.now_ms += 2 * MINUTE_MS
    kitchen.bump("grill")
    found = report_of(kitchen)
    assert (found.whole.made, found.whole.late) == (2, 0)
    assert (found.whole.p50_s, found.whole.p99_s) == (60, 120)


def test_late_is_past_the_threshold_and_said_with_who_bumped_it() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a"))
    kitchen.now_ms += LATE_S * 1000 + 90_000
    kitchen.bump("grill")
    found = report_of(kitchen)
    (late,) = found.late
    assert (late.call_number, late.station, late.late_by_s, late.by) == ("214", "grill", 90, "grill")
    assert found.whole.on_time_percent == 0


@pytest.mark.parametrize(("minutes", "late"), [(29, 0), (31, 1)])
def test_a_scheduled_order_is_late_past_its_due_time_however_long_it_stood(minutes: int, late: int) -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a"), due_at_ms=kitchen.now_ms + 30 * MINUTE_MS)
    kitchen.now_ms += 10 * MINUTE_MS
    assert kitchen.due(release=True)
    kitchen.now_ms += (minutes - 10) * MINUTE_MS
    kitchen.bump("grill")
    assert report_of(kitchen).whole.late == late


def test_voided_lines_are_counted_and_are_nobodys_time() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a"), line("b"))
    kitchen.do(VoidLines(("b",)))
    kitchen.do(Rush())
    kitchen.now_ms += MINUTE_MS
    kitchen.bump("grill", "a")
    found = report_of(kitchen)
    assert dict(found.counts) == {"lines voided": 1, "rushed": 1}
    assert [one.name for one in found.items] == ["a"]


def test_what_expo_sent_unmade_holds_up_no_ticket() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a"), line("b"))
    kitchen.now_ms += MINUTE_MS
    kitchen.bump("grill", "a")
    kitchen.now_ms += MINUTE_MS
    kitchen.send_out()
    found = report_of(kitchen)
    assert (found.whole.made, found.whole.p50_s, found.open) == (1, 60, 0)


def test_a_printer_has_no_time() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a", "both"))
    kitchen.docs.update(decide_printed(kitchen.docs, "o1", "fry", 1, kitchen.now_ms, kitchen.site).puts)
    kitchen.bump("grill")
    found = report_of(kitchen)
    assert (found.whole.made, found.open, [one.name for one in found.stations]) == (1, 0, ["grill"])


def test_what_was_fetched_unbumped_is_open_no_more() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("fry")
    assert report_of(kitchen).open == 1
    kitchen.do(MarkPickedUp())
    found = report_of(kitchen)
    assert (found.open, dict(found.counts)["tickets never bumped"]) == (0, 1)


def test_waste_is_counted_by_line_and_told_by_reason() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("grill")
    kitchen.do(Remake(("a", "b"), "Dropped"))
    kitchen.bump("fry")
    kitchen.do(Remake(("c",), "cold"))
    found = report_of(kitchen)
    assert dict(found.counts)["lines remade"] == 3
    assert found.remade == (("dropped", 2), ("cold", 1))
    assert report_of(kitchen, "fry").remade == (("cold", 1),)


def test_paused_minutes_are_in_no_tickets_time_and_make_none_late() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    began_ms = kitchen.now_ms + kitchen.site.wall_offset_ms
    kitchen.now_ms += 25 * MINUTE_MS
    kitchen.bump("grill")
    kitchen.bump("fry")
    asked = []

    def paused_for(station: str, from_ms: int, until_ms: int) -> int:
        asked.append((from_ms, until_ms))
        return 20 * MINUTE_MS if station == "grill" else 0

    found = report_of(kitchen, paused_for=paused_for)
    assert {(one.name, one.p50_s, one.late) for one in found.stations} == {
        ("grill", 300, 0),
        ("fry", 1500, 1),
    }
    assert set(asked) == {(began_ms, began_ms + 25 * MINUTE_MS)}


def test_what_is_promised_for_a_time_is_late_past_it_paused_or_not() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a"), due_at_ms=kitchen.now_ms + 10 * MINUTE_MS)
    kitchen.now_ms += 25 * MINUTE_MS
    kitchen.bump("grill")
    found = report_of(kitchen, paused_for=lambda *_: 20 * MINUTE_MS)
    assert (found.whole.p50_s, found.whole.late, found.late[0].late_by_s) == (300, 1, 900)


def test_nobodys_line_is_the_work_of_the_station_that_bumped_it() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("x", "unknown"))
    assert report_of(kitchen).open == 3
    kitchen.bump("cold")
    found = report_of(kitchen)
    assert [one.name for one in found.stations] == ["cold"]
    assert found.open == 0


def test_an_item_is_found_by_id_or_part_of_a_name_in_any_language() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("burger", name={"en": "Zinger Meal", "ar": "وجبة زنجر"}), line("b"), type=OrderType.CAR)
    kitchen.bump("grill")
    for asked in ("item-burger", "zinger", "زنجر"):
        found = report_of(kitchen, item=asked)
        assert (found.lines, found.whole.made) == (1, 1), asked
    assert report_of(kitchen, item="pizza").orders == 0


def test_the_late_list_is_bounded_latest_first() -> None:
    kitchen = Kitchen()
    for number in range(LATE_LIST_MAX + 5):
        kitchen.hold(line("a"), order_id=f"o{number}")
    for number in range(LATE_LIST_MAX + 5):
        kitchen.now_ms += LATE_S * 1000
        painted = kitchen.painted("grill", order_id=f"o{number}")
        kitchen.do(BumpLines("grill", painted), "grill", order_id=f"o{number}")
    found = report_of(kitchen)
    assert len(found.late) == LATE_LIST_MAX
    assert [one.late_by_s for one in found.late] == sorted(
        (one.late_by_s for one in found.late), reverse=True
    )


@given(st.lists(st.floats(0, 1e6), min_size=1), st.sampled_from([0.5, 0.9, 0.99]))
def test_a_percentile_is_one_of_the_values_and_covers_its_share(values: list[float], share: float) -> None:
    found = percentile(sorted(values), share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


@settings(deadline=None)  # a machine that is busy is no mistake of the report
@given(st.data())
def test_every_ticket_that_was_made_is_counted_once_in_each_grouping(data: st.DataObject) -> None:
    kitchen = Kitchen()
    for number in range(data.draw(st.integers(1, 4))):
        kitchen.hold(order_id=f"o{number}")
    for _ in range(data.draw(st.integers(0, 12))):
        kitchen.now_ms += data.draw(st.integers(0, 900_000))
        order_id = f"o{data.draw(st.integers(0, 3))}"
        station = data.draw(st.sampled_from(["grill", "fry"]))
        if f"order/{order_id}" in kitchen.docs:
            lines = kitchen.painted(station, order_id=order_id)
            chosen: tuple[PaintedLine, ...] = tuple(one for one in lines if data.draw(st.booleans()))
            if chosen:
                kitchen.do(BumpLines(station, chosen), station, order_id=order_id)
    found = report_of(kitchen)
    made = sum(
        all(one.at(station).state is LineState.DONE for one in order.lines if one.at(station))  # type: ignore[union-attr]
        for order in (
            kitchen.order(key.partition("/")[2]) for key in kitchen.docs if key.startswith("order/")
        )
        for station in ("grill", "fry")
    )
    assert found.whole.made == made
    assert sum(one.made for one in found.stations) == made
    assert sum(one.made for one in found.hours) == made
    assert found.whole.made + found.open == 2 * found.orders
