"""Upkeep in small steps, on a store whose clock the test turns."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from heard.order import Order
from hub.core.decision import DAY_KEY, AnswerRecord, BusinessDay, answer_key, unary_key
from hub.core.outbox import OrderSyncState, Settle
from hub.store import purge, upkeep
from hub.store.backup import list_backups
from hub.store.inline import InlineLmdbStore
from hub.store.marker import read_marker
from hub.store.options import DAY_MS, StoreOptions
from hub.store.seam import Committed, Compacted, OutboxCount
from tests.hub.store.making import (
    SMALL,
    Submission,
    a_paper,
    change,
    changed_outbox,
    command,
    hold,
    pick_up,
    put,
)

HOUR_S = 3600.0
START_MS = 1_795_000_000_000


class Hub:
    """An inline store with a clock of its own."""

    def __init__(self, place: Path, **options: Any) -> None:
        self.at_s = 0.0
        self.place = place
        self.options: StoreOptions = replace(
            SMALL,
            monotonic=lambda: self.at_s,
            wall_ms=lambda: START_MS + int(self.at_s * 1000),
            check_before=False,
            **options,
        )
        self.store = InlineLmdbStore.open_here(place, self.options)

    def do(self, submission: Submission) -> Committed:
        found: list[Committed | Exception] = []
        self.store.submit_soon(*submission, found.append)
        while self.store.step():
            pass
        assert isinstance(found[0], Committed), found
        return found[0]

    def later(self, seconds: float) -> None:
        self.at_s += seconds
        self.store.keep_up()

    def again(self) -> None:
        self.store.stop()
        self.store = InlineLmdbStore.open_here(self.place, self.options)


@pytest.fixture
def hubs(tmp_path: Path) -> Iterator[list[Hub]]:
    made: list[Hub] = []
    yield made
    for hub in made:
        hub.store.stop()


def fill_log(hub: Hub, count: int) -> None:
    for n in range(count):
        hub.store.submit_soon(*change("o", table=str(n)), lambda _outcome: None)
        if n % 500 == 0:
            hub.store.step()
    while hub.store.step():
        pass


LOG = {"log_keep_ms": DAY_MS, "log_keep_revs": 300}


def test_the_log_is_compacted_by_time_and_number_in_whole_steps(tmp_path: Path, hubs: list[Hub]) -> None:
    hub = Hub(tmp_path, **LOG)
    hubs.append(hub)
    hub.do(hold("o"))
    fill_log(hub, 1200)
    store = hub.store
    hub.later(HOUR_S)
    assert store.compact_rev == 0, "younger than a day"
    hub.later(24 * HOUR_S)
    assert store.compact_rev == upkeep.STEP_ROWS, (
        "one whole step; the rest of the old ones is less than a step"
    )
    assert store.stats.compacted == upkeep.STEP_ROWS
    hub.again()
    store = hub.store
    assert store.compact_rev == upkeep.STEP_ROWS, "kept over a restart"
    assert [entry.rev for entry in store.log(store.compact_rev, 10_000)] == list(range(501, 1202))
    with pytest.raises(Compacted):
        store.log(store.compact_rev - 1, 10)
    fill_log(hub, 2000)
    hub.later(25 * HOUR_S)
    assert store.rev - store.compact_rev >= 300, "the newest stay however old they are"
    assert store.compact_rev > 2000


def test_one_step_of_compaction_at_a_time_while_decisions_wait(tmp_path: Path, hubs: list[Hub]) -> None:
    hub = Hub(tmp_path, **LOG)
    hubs.append(hub)
    hub.do(hold("o"))
    fill_log(hub, 1500)
    hub.at_s += 25 * HOUR_S
    hub.store._writer.checkpoint()
    hub.store._upkeep.compact_log(busy=lambda: True)
    assert hub.store.stats.compacted == upkeep.STEP_ROWS
    hub.store._upkeep.compact_log(busy=lambda: False)
    assert hub.store.stats.compacted == 2 * upkeep.STEP_ROWS


def test_the_open_business_day_keeps_its_log(tmp_path: Path, hubs: list[Hub]) -> None:
    hub = Hub(tmp_path, **LOG, archive_days_kept=0)
    hubs.append(hub)
    hub.do(hold("o"))
    fill_log(hub, 600)
    hub.at_s += 1
    hub.do(put(DAY_KEY, lambda _doc, now_ms: BusinessDay(1, "2026-11-23", now_ms)))
    fill_log(hub, 1000)
    hub.later(72 * HOUR_S)
    assert hub.store.compact_rev == 500, "only what came before the day was opened"
    hub.do(put(DAY_KEY, lambda doc, now_ms: BusinessDay(2, "2026-11-24", now_ms)))
    hub.later(1)
    assert hub.store.stats.compacted == 1000


def test_a_log_over_its_cap_is_an_alarm_and_goes_before_its_time(tmp_path: Path, hubs: list[Hub]) -> None:
    hub = Hub(tmp_path, log_bytes_max=100_000, **LOG)
    hubs.append(hub)
    hub.do(hold("o", guest="x" * 300))
    fill_log(hub, 1500)
    hub.later(1)
    assert "log-size" in hub.store.alarms.current()
    assert hub.store.compact_rev >= 500
    hub.do(change("o", table="last"))
    assert hub.store.log(hub.store.rev - 1, 10)[0].rev == hub.store.rev
    hub.later(HOUR_S + 2)
    assert "log-size" not in hub.store.alarms.current()


def test_answers_go_after_a_week_and_expected_seqs_never(tmp_path: Path, hubs: list[Hub]) -> None:
    hub = Hub(tmp_path)
    hubs.append(hub)
    for device in ("T1", "T2"):
        for seq in range(1, 4):
            hub.do(command(f"{device}-{seq}", device, seq))
    hub.at_s += 4 * 24 * HOUR_S
    for seq in range(4, 6):
        hub.do(command(f"T2-{seq}", "T2", seq))
    hub.later(4 * 24 * HOUR_S)
    kept = {
        (device, seq)
        for device in ("T1", "T2")
        for seq in range(1, 6)
        if hub.store.get(answer_key(device, "i1", seq)) is not None
    }
    assert kept == {("T2", 4), ("T2", 5)}
    assert hub.store.stats.purged == 6
    record = hub.store.get("device/T1")
    assert record is not None
    assert record.version == 3
    before = hub.store.stats.upkeep_commits
    hub.later(1)
    assert hub.store.stats.upkeep_commits == before, "nothing to drop is nothing to write"


def test_long_tables_are_purged_a_part_at_a_time(
    tmp_path: Path, hubs: list[Hub], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "STEP_ROWS", 4)
    hub = Hub(tmp_path)
    hubs.append(hub)
    for seq in range(1, 11):
        hub.do(command(f"o{seq}", "T1", seq))
    hub.at_s += 8 * 24 * HOUR_S
    left = []
    for _ in range(4):
        hub.later(1)
        left.append(sum(hub.store.get(answer_key("T1", "i1", seq)) is not None for seq in range(1, 11)))
    assert left == [6, 2, 0, 0]


def test_unary_answers_live_as_long_as_orders(tmp_path: Path, hubs: list[Hub]) -> None:
    hub = Hub(tmp_path)
    hubs.append(hub)

    def record(_doc: object, now_ms: int) -> AnswerRecord:
        answer = hub.do(hold("x")).decision.answer
        assert answer is not None
        return AnswerRecord(1, answer, now_ms)

    hub.do(hold("x"))
    hub.do(put(unary_key("c1"), record))
    hub.later(300 * 24 * HOUR_S)
    assert hub.store.get(unary_key("c1")) is not None
    hub.later(101 * 24 * HOUR_S)
    assert hub.store.get(unary_key("c1")) is None


def test_closed_orders_stay_400_days_open_ones_for_ever(tmp_path: Path, hubs: list[Hub]) -> None:
    hub = Hub(tmp_path, keep_unsynced=True)
    hubs.append(hub)
    names = ("open", "old", "unsynced", "refused", "young")
    for name in names:
        hub.do(hold(name))
    for name in ("old", "unsynced", "refused"):
        hub.do(pick_up(name))
    hub.do(changed_outbox(Settle("order/old", 2, OrderSyncState.SYNCED)))
    hub.do(changed_outbox(Settle("order/refused", 2, OrderSyncState.ERROR, "no such item")))
    hub.at_s += 10 * 24 * HOUR_S
    hub.do(pick_up("young"))
    hub.later(391 * 24 * HOUR_S)
    there = {name for name in names if hub.store.get(f"order/{name}")}
    assert there == {"open", "unsynced", "refused", "young"}
    assert hub.store.outbox.get("order/old") is None
    found = [order.order_id for order in hub.store.closed_orders("2026-11-23")]
    assert found == ["young", "unsynced", "refused"]
    hub.do(changed_outbox(Settle("order/unsynced", 2, OrderSyncState.SYNCED)))
    hub.later(1)
    assert hub.store.get("order/unsynced") is None
    assert hub.store.get("order/refused") is not None


def test_papers_go_with_the_orders_of_their_day(tmp_path: Path, hubs: list[Hub]) -> None:
    hub = Hub(tmp_path, keep_unsynced=True)
    hubs.append(hub)
    papers = [a_paper(f"p{n}", "2026-11-23") for n in (1, 2)]
    hub.do(changed_outbox(*papers))
    hub.do(changed_outbox(Settle(papers[0].key, 1, OrderSyncState.SYNCED)))
    hub.later(410 * 24 * HOUR_S)
    assert hub.store.outbox.paper(papers[0].key) is None
    assert hub.store.outbox.get(papers[0].key) is None
    assert hub.store.outbox.papers_of("2026-11-23") == [papers[1].key]


def test_without_a_cloud_old_orders_go_with_their_rows(tmp_path: Path, hubs: list[Hub]) -> None:
    hub = Hub(tmp_path)
    hubs.append(hub)
    hub.do(hold("old"))
    hub.do(pick_up("old"))
    hub.do(changed_outbox(a_paper("p1", "2026-11-23")))
    assert hub.store.outbox.count().pending == 2
    hub.later(410 * 24 * HOUR_S)
    assert hub.store.get("order/old") is None
    assert hub.store.outbox.count() == OutboxCount(0, 0, 0)


def test_closed_orders_go_early_when_they_fill_the_map(tmp_path: Path, hubs: list[Hub]) -> None:
    hub = Hub(tmp_path, map_bytes=4 << 20, map_bytes_max=4 << 20, closed_map_share=0.3)
    hubs.append(hub)
    for n in range(12):
        hub.do(hold(f"o{n}", guest="x" * 50_000))
        hub.do(pick_up(f"o{n}"))
    hub.later(11)
    hub.later(11)
    assert "map-crowded" in hub.store.alarms.current()
    assert hub.store.get("order/o0") is None


def test_the_scrub_reads_everything_and_finds_a_flip(tmp_path: Path, hubs: list[Hub]) -> None:
    hub = Hub(tmp_path)
    for n in range(30):
        hub.do(hold(f"o{n}", guest=f"guest-of-o{n}."))
        hub.do(pick_up(f"o{n}"))
    for _ in range(12):
        hub.later(1)
    assert hub.store.stats.scrubbed > 100
    assert hub.store.alarms.current() == {}
    hub.store.stop()
    path = tmp_path / "store" / "data.mdb"
    path.write_bytes(path.read_bytes().replace(b"guest-of-o17.", b"guest-of-o71."))
    hub = Hub(tmp_path)
    hubs.append(hub)
    for _ in range(12):
        hub.later(1)
    assert "CRC" in hub.store.alarms.current()["corrupt"]


def test_the_marker_follows_every_ten_seconds(tmp_path: Path, hubs: list[Hub]) -> None:
    hub = Hub(tmp_path)
    hubs.append(hub)
    for n in range(3):
        hub.do(hold(f"o{n}"))
        hub.later(9)
    marker = read_marker(tmp_path / "marker.json")
    assert marker is not None
    assert marker.rev == 2, "at 18 s; the next look was at 27 s"
    assert abs(marker.hub_ms - (START_MS + 18_000)) <= 1


def test_hub_time_survives_a_crash_with_a_clock_in_1970(tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    hub.do(hold("o"))
    hub.later(1000)
    last = hub.store.now_ms()
    hub.store.crash()
    hub.options = replace(hub.options, wall_ms=lambda: 5)
    hub.at_s = 0
    hub.store = InlineLmdbStore.open_here(tmp_path, hub.options)
    assert hub.store.now_ms() >= last - 10_000
    order = hub.store.get("order/o")
    assert isinstance(order, Order)
    assert hub.store.now_ms() >= order.changed_at_ms
    hub.store.stop()


def child_of(hub: Hub) -> subprocess.Popen[bytes] | None:
    return hub.store._upkeep._backup._running


def test_the_hourly_backup_is_made_by_a_child(tmp_path: Path, hubs: list[Hub]) -> None:
    hub = Hub(tmp_path, backup_every_s=3600.0, backup_delay_s=60.0, backups_kept=2)
    hubs.append(hub)
    hub.do(hold("o1"))
    hub.later(11)
    assert child_of(hub) is None
    for n in range(2):
        hub.later(3600)
        child = child_of(hub)
        assert isinstance(child, subprocess.Popen)
        child.wait(30)
        hub.later(1)
        assert hub.store.stats.backups == n + 1
    backups = list_backups(tmp_path / "backups")
    assert [one.rev for one in backups] == [1, 1]
    assert hub.store.alarms.current() == {}


def test_a_failed_backup_is_an_alarm_until_one_succeeds(tmp_path: Path, hubs: list[Hub]) -> None:
    hub = Hub(tmp_path, backup_every_s=3600.0, backup_delay_s=0.0)
    hubs.append(hub)
    (tmp_path / "backups").write_text("in the way")
    hub.later(1)
    for wanted in (True, False):
        child = child_of(hub)
        assert isinstance(child, subprocess.Popen)
        child.wait(30)
        hub.later(1)
        assert ("backup" in hub.store.alarms.current()) is wanted
        (tmp_path / "backups").unlink(missing_ok=True) if wanted else None
        hub.later(3600)
