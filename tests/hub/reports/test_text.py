"""A report as a manager, a program and a spreadsheet read it."""

from __future__ import annotations

import csv
import json

from hub.core.report import Made, Paused, Report, Times
from hub.reports.text import ITEMS_SHOWN, as_csv, as_json, as_text, clock

GRILL = Times("grill", 40, 300.0, 720.0, 3725.0, 3)
ITEMS = tuple(Times(f"Dish {number}", 2, 60.0, 90.0, 90.0, 0) for number in range(ITEMS_SHOWN + 4))
LATE = Made("o1", "214", "DINE_IN", "grill", "", 0, 0, 812.4, 92.4, "sara")
FULL = Report(
    "2026-11-23", 30, 90, GRILL, 2, (GRILL,), ITEMS, (Times("19:00", 40, 300.0, 720.0, 3725.0, 3),), (("undone", 2),), (LATE,),
    (("dropped", 2), ("cold", 1)), (Paused("grill", 1500.0, ("11:50-12:15",)), Paused("", 4800.0, ("a-b",) * 5)),
)  # fmt: skip
EMPTY = Report("2026-11-23", 0, 0, Times("all", 0, 0.0, 0.0, 0.0, 0), 0, (), (), (), (), ())


def test_people_read_the_whole_first_then_tables_and_who_was_late() -> None:
    said = list(as_text(FULL))
    assert said[0] == "business date 2026-11-23: 30 orders, 90 lines"
    assert (
        said[1] == "40 tickets made, 2 open; 92.5 % on time, 3 late; times p50 5:00, p90 12:00, p99 1:02:05"
    )
    assert "grill" in next(line for line in said if line.startswith("grill"))
    assert said[3:5] == [
        "remade: 2 dropped, 1 cold",
        "paused, in no ticket's time: grill 25:00 (11:50-12:15); the whole site 1:20:00 in 5 pauses",
    ]
    assert "… 4 more items: --json has all" in said
    late = next(line for line in said if line.startswith("214"))
    assert late.split() == ["214", "grill", "13:32", "1:32", "DINE_IN", "sara", "o1"]


def test_a_day_without_a_ticket_says_so() -> None:
    assert list(as_text(EMPTY)) == [
        "business date 2026-11-23: 0 orders, 0 lines",
        "no ticket was bumped; 0 open",
    ]


def test_json_is_one_object_with_everything() -> None:
    found = json.loads(as_json(FULL))
    assert len(found["items"]) == len(ITEMS)
    assert found["whole"]["on_time_percent"] == 92.5
    assert found["counts"] == {"undone": 2}
    assert found["late"][0]["late_by_s"] == 92.4
    assert found["remade"] == {"dropped": 2, "cold": 1}
    assert found["paused"][0] == {"station": "grill", "seconds": 1500.0, "spans": ["11:50-12:15"]}


def test_csv_has_one_head_and_a_row_a_group() -> None:
    rows = list(csv.DictReader("".join(as_csv(FULL)).splitlines()))
    assert [row["by"] for row in rows if row["by"] != "item"] == [
        "all",
        "station",
        "hour",
        "count",
        "remade",
        "remade",
        "paused_s",
        "paused_s",
    ]
    assert len(rows) == len(ITEMS) + 8
    assert [(row["name"], row["made"]) for row in rows[-2:]] == [("grill", "1500"), ("site", "4800")]
    assert rows[1]["on_time_percent"] == "92.5"


def test_times_are_minutes_and_hours() -> None:
    assert [clock(one) for one in (0, 59.6, 61, 3600)] == ["0:00", "1:00", "1:01", "1:00:00"]
