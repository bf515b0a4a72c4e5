"""What is reported as painted, what as behind, and the row that pulls a change into view."""

import dataclasses

from display.core.keymap import Action
from heard.order import LineState
from heard.stream import Behind
from tests.display.desks import Bench


def full() -> Bench:
    """More tickets than a page holds."""
    bench = Bench()
    for _ in range(20):
        bench.hold(4)
    bench.wait(2.0)
    return bench


def test_each_ticket_is_reported_once_when_it_is_painted() -> None:
    bench = Bench()
    bench.hold()
    bench.wait(5.0)
    assert [report.newly_shown for report in bench.reports if report.newly_shown] == [(("o01", 1),)]


def test_later_pages_are_behind_with_the_number_before_them() -> None:
    bench = full()
    told: dict[str, Behind] = {}
    for report in bench.reports:
        told.update({one.order_id: one for one in report.behind})
    assert told["o20"] == Behind("o20", 1, 19)


def test_turning_the_page_paints_what_was_behind() -> None:
    bench = full()
    first = {order_id for report in bench.reports for order_id, _ in report.newly_shown}
    bench.reports.clear()
    bench.press(Action.PAGE_NEXT)
    second = {order_id for report in bench.reports for order_id, _ in report.newly_shown}
    assert second
    assert not second & first


def test_a_new_connection_is_told_the_whole_picture() -> None:
    bench = full()
    bench.reports.clear()
    bench.desk.reports.connected()
    bench.turn()
    (report,) = bench.reports
    assert report.whole_picture
    assert {order_id for order_id, _ in report.newly_shown} | {one.order_id for one in report.behind} == set(
        bench.orders
    )


def test_a_change_on_a_later_page_stands_in_a_row_and_counts_as_painted() -> None:
    bench = full()
    bench.reports.clear()
    bench.raise_("o18", 0)
    row = bench.desk.row
    assert row is not None
    assert "#218" in row.said.text
    assert "WAS 1" in row.said.text
    bench.wait(0.1)
    assert ("o18", 2) in [one for report in bench.reports for one in report.newly_shown]


def test_a_void_on_a_later_page_stands_in_the_row_but_only_its_page_counts() -> None:
    bench = full()
    bench.reports.clear()
    bench.void("o18", 0)
    row = bench.desk.row
    assert row is not None
    assert "VOID" in row.said.text
    bench.wait(0.5)
    assert not [one for report in bench.reports for one in report.newly_shown if one[0] == "o18"]
    assert any(
        one.order_id == "o18" and one.version == 2 for report in bench.reports for one in report.behind
    )


def test_nothing_is_reported_through_the_recall_list() -> None:
    bench = Bench()
    bench.press(Action.RECALL)
    bench.hold()
    bench.wait(1.0)
    assert not [report for report in bench.reports if report.newly_shown]
    bench.press(Action.BACK)
    assert [report.newly_shown for report in bench.reports if report.newly_shown] == [(("o01", 1),)]


def test_a_ticket_of_only_held_lines_is_painted_by_its_row() -> None:
    bench = Bench()
    bench.hold()
    bench.change(
        "o01", 0, lambda at, version: dataclasses.replace(at, state=LineState.WAITING, version=version)
    )
    bench.wait(1.0)
    assert ("o01", 2) in [one for report in bench.reports for one in report.newly_shown]
