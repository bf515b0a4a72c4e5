"""The flight recorder: each day is archived once it has rolled, whole, and the log waits for it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from heard.archive import Day, list_days, read_changes
from heard.errors import UserError
from heard.wire import decode_order
from hub.core.decision import DAY_KEY, BusinessDay
from hub.store import archive
from hub.store.archive import archive_day, changes_of, open_day
from hub.store.inline import InlineLmdbStore
from hub.store.layout import DataDir
from hub.store.options import DAY_MS
from hub.store.view import open_view
from tests.hub.store.making import change, hold, pick_up, put
from tests.hub.store.test_upkeep import HOUR_S, Hub, fill_log

MONDAY, TUESDAY = "2026-11-23", "2026-11-24"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    made = Hub(tmp_path / "data", log_keep_ms=DAY_MS, log_keep_revs=300)
    yield made
    made.store.stop()


def begin(hub: Hub, date: str) -> None:
    hub.do(put(DAY_KEY, lambda doc, now_ms: BusinessDay(doc.version + 1 if doc else 1, date, now_ms)))


def a_day(hub: Hub) -> None:
    """Monday with an order left open from the night before, one that came and went, and one still open when it rolled."""
    hub.do(hold("night", business_date="2026-11-22"))
    hub.at_s += 60
    begin(hub, MONDAY)
    hub.at_s += 60
    hub.do(hold("quick"))
    hub.do(change("night", table="7"))
    hub.do(pick_up("quick"))
    hub.do(hold("slow"))
    hub.at_s += 60
    begin(hub, TUESDAY)
    hub.do(hold("next", business_date=TUESDAY))


def archived(hub: Hub) -> Day | None:
    """What the child does; within one process LMDB opens a store once."""
    hub.store.stop()
    try:
        return archive_day(DataDir(hub.place))
    finally:
        hub.store = InlineLmdbStore.open_here(hub.place, hub.options)


def told(day: Day) -> list[tuple[int, str, int]]:
    """(revision, order, version) of each record."""
    return [
        (change.rev, change.order_id, decode_order(change.order_bytes).version if change.order_bytes else 0)
        for change in read_changes(day)
    ]


def test_a_day_is_archived_when_it_has_rolled(hub: Hub) -> None:
    files = DataDir(hub.place)
    hub.do(hold("night", business_date="2026-11-22"))
    hub.at_s += 60
    begin(hub, MONDAY)
    hub.store.note("recorder", "profile", json.dumps({"name": "Corner Grill"}).encode())
    hub.at_s += 60
    hub.do(change("night", table="7"))
    hub.do(hold("quick"))
    hub.do(pick_up("quick"))
    first = archived(hub)
    assert first is not None
    assert first.business_date == "2026-11-22", "what came before the open day is a day too"
    assert archived(hub) is None, "the open day is not over"
    hub.at_s += 60
    begin(hub, TUESDAY)
    hub.do(hold("next", business_date=TUESDAY))
    assert archived(hub) is not None
    assert archived(hub) is None, "once"
    before, monday = list_days(files.archive)
    assert (before.to_ms, monday.business_date, monday.profile) == (
        monday.from_ms,
        MONDAY,
        {"name": "Corner Grill"},
    )
    assert told(before) == [(1, "night", 1)]
    assert told(monday) == [(0, "night", 1), (3, "night", 2), (4, "quick", 1), (5, "quick", 2)]


def test_the_day_that_goes_on_is_read_from_the_log(hub: Hub) -> None:
    a_day(hub)
    hub.store.stop()
    with open_view(hub.place) as view:
        day = open_day(view.reader)
        assert day is not None
        assert day.business_date == TUESDAY
        found = [(change.rev > 0, change.order_id) for change in changes_of(view.reader, day)]
    assert sorted(found) == [(False, "night"), (False, "slow"), (True, "next")]


def test_an_order_that_the_log_has_forgotten_still_stands_when_the_day_begins(hub: Hub) -> None:
    hub.do(hold("old"))
    hub.at_s += 60
    hub.do(hold("o"))
    fill_log(hub, 1200)
    hub.later(25 * HOUR_S)
    assert hub.store.compact_rev > 2
    begin(hub, MONDAY)
    hub.do(change("o", table="last"))
    hub.at_s += 60
    begin(hub, TUESDAY)
    archived(hub)
    day = list_days(DataDir(hub.place).archive)[-1]
    assert (0, "old", 1) in told(day)


def test_the_log_of_a_day_stays_until_the_child_has_archived_it(hub: Hub) -> None:
    begin(hub, MONDAY)
    hub.do(hold("o"))
    fill_log(hub, 1500)
    hub.at_s += 30 * HOUR_S
    begin(hub, TUESDAY)
    hub.later(1)
    assert hub.store.compact_rev == 0, "older than a day, but the recorder has not got it"
    child = hub.store._upkeep._archive._running
    assert child is not None
    child.wait(30)
    hub.later(26 * HOUR_S)
    assert hub.store.compact_rev >= 1000
    assert [day.business_date for day in list_days(DataDir(hub.place).archive)] == [MONDAY]
    assert hub.store.alarms.current() == {}


def test_a_damaged_archive_is_an_error_that_names_it(hub: Hub) -> None:
    a_day(hub)
    archived(hub)
    (day,) = list_days(DataDir(hub.place).archive)
    assert day.path is not None
    whole = day.path.read_bytes()
    day.path.write_bytes(whole[:-20])
    with pytest.raises(UserError, match=day.path.name):
        list(read_changes(day))
    content = bytearray(gzip.decompress(whole))
    content[-3] ^= 1
    day.path.write_bytes(gzip.compress(bytes(content)))
    with pytest.raises(UserError, match="CRC"):
        list(read_changes(day))
    day.path.write_bytes(b"not gzip")
    assert list_days(DataDir(hub.place).archive) == []


def test_the_oldest_days_go(hub: Hub) -> None:
    for number in range(4):
        begin(hub, f"2026-11-{20 + number}")
        hub.at_s += 60
        hub.do(hold(f"o{number}", business_date=f"2026-11-{20 + number}"))
        hub.at_s += 60
        archived(hub)
    folder = DataDir(hub.place).archive
    assert len(list_days(folder)) == 3
    assert len(archive.rotate(folder, 2)) == 1
    assert [day.business_date for day in list_days(folder)] == ["2026-11-21", "2026-11-22"]


def test_a_store_without_a_day_has_nothing_to_archive(hub: Hub) -> None:
    hub.do(hold("o"))
    assert archived(hub) is None
