"""86, pause, close and open: decided once, stored, answered in words; what holds now is worked out from what was said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from heard.command import (
    AddLines,
    Answer,
    CloseStation,
    Command,
    EightySix,
    Hold,
    OpenStation,
    Outcome,
    Pause,
    Reason,
    Undo,
    Verb,
)
from heard.stream import SiteProfile, StationProfile, StationStatus
from hub.core.decision import DAY_KEY, OUT_KEY, STATIONS_KEY, BusinessDay, OutOfStock, PausedSpan, StationBook
from hub.core.eighty_six import ITEMS_OUT_MAX, names_of, out_items, out_now
from hub.core.kitchen import needs
from hub.core.stations import TimedPause, closed_of, state_now
from tests.hub.core.making import SITE, Kitchen, line, order

HOUR = 3_600_000
PROFILE = SiteProfile(stations=tuple(StationProfile(one) for one in ("grill", "fry", "cold")))


def kitchen(**site: object) -> Kitchen:
    made = Kitchen(replace(SITE, profile=PROFILE, **site))  # type: ignore[arg-type]
    made.docs[DAY_KEY] = BusinessDay(1, "2026-11-23", 0)
    return made


def say(there: Kitchen, verb: Verb, device: str = "S1", **fields: object) -> Answer:
    return there.do(verb, device, "", **fields)


def out(there: Kitchen, date: str = "2026-11-23", *, keep: bool = False) -> list[str]:
    return [one.item_id for one in out_now(there.docs.get(OUT_KEY), date, keep=keep)]


def book(there: Kitchen) -> StationBook:
    found = there.docs[STATIONS_KEY]
    assert isinstance(found, StationBook)
    return found


# --- 86


def test_an_item_is_out_and_back() -> None:
    there = kitchen()
    assert say(there, EightySix("fries", False, {"en": "Fries"}), user="Omar").outcome is Outcome.DONE
    assert say(there, EightySix("fries"), "T1").outcome is Outcome.ALREADY
    assert say(there, EightySix("soup"), "T1").outcome is Outcome.DONE
    assert out(there) == ["fries", "soup"]
    (fries, _) = out_items(out_now(there.docs[OUT_KEY], "2026-11-23", keep=False)).items
    assert (fries.by, fries.name, fries.since_ms) == ("Omar", {"en": "Fries"}, there.now_ms)
    assert say(there, EightySix("fries", True), "T1").outcome is Outcome.DONE
    assert say(there, EightySix("fries", True), "T1").outcome is Outcome.ALREADY
    assert out(there) == ["soup"]


def test_it_follows_the_business_day_or_is_kept() -> None:
    for keep in (False, True):
        there = kitchen(keep_86=keep)
        say(there, EightySix("fries"))
        there.docs[DAY_KEY] = BusinessDay(2, "2026-11-24", 0)
        assert out(there, "2026-11-24", keep=keep) == (["fries"] if keep else [])
        say(there, EightySix("soup"))
        stored = there.docs[OUT_KEY]
        assert isinstance(stored, OutOfStock)
        assert [one.item_id for one in stored.items] == (["fries", "soup"] if keep else ["soup"])


def test_undo_takes_back_this_screens_86_once_within_a_minute() -> None:
    there = kitchen()
    say(there, EightySix("fries"))
    say(there, EightySix("soup"), "S2")
    assert say(there, Undo("", 1), "S2").outcome is Outcome.DONE
    assert out(there) == ["fries"]
    assert say(there, Undo("", 1), "S2").reason is Reason.NOT_NOW
    assert say(there, Undo("", 1), "S3").reason is Reason.NOT_NOW
    say(there, EightySix("fries", True))
    assert say(there, Undo("", 2)).outcome is Outcome.DONE
    assert out(there) == ["fries"]
    say(there, EightySix("soup"))
    there.now_ms += 60_001
    assert "60 s" in say(there, Undo("", 4)).message


def test_an_order_with_it_is_taken_and_the_till_is_told() -> None:
    there = kitchen()
    say(there, EightySix("fries", False, {"en": "Fries"}))
    there.site = replace(there.site, out=names_of(out_now(there.docs[OUT_KEY], "2026-11-23", keep=False)))
    held = there.hold(line("a"), line("b", item_id="fries"))
    assert (held.outcome, held.message) == (Outcome.DONE, "86: Fries")
    other = there.hold(line("a"), order_id="o2")
    assert other.message == ""
    assert there.do(AddLines((line("c"),))).message == ""
    assert there.do(AddLines((line("d", item_id="fries"),))).message == "86: Fries"
    assert len(there.order().lines) == 4


def test_there_is_a_bound() -> None:
    there = kitchen()
    for index in range(ITEMS_OUT_MAX):
        say(there, EightySix(f"item-{index}"))
    answer = say(there, EightySix("one-more"))
    assert (answer.outcome, answer.reason) == (Outcome.REJECTED, Reason.NOT_NOW)


# --- closing and opening


def test_a_station_closes_to_another_and_opens_again() -> None:
    there = kitchen()
    assert say(there, CloseStation("fry", "grill")).outcome is Outcome.DONE
    assert say(there, CloseStation("fry", "grill")).outcome is Outcome.ALREADY
    assert closed_of(book(there), ("grill", "fry", "cold")) == {"fry": "grill"}
    assert closed_of(book(there), ("fry",)) == {"fry": ""}, "the other one is gone from the settings"
    assert closed_of(book(there), ("grill",)) == {}
    assert say(there, OpenStation("fry")).outcome is Outcome.DONE
    assert say(there, OpenStation("fry")).outcome is Outcome.ALREADY
    assert closed_of(book(there), ("grill", "fry", "cold")) == {}


@pytest.mark.parametrize(
    ("verb", "reason", "words"),
    [
        (CloseStation("gril"), Reason.INVALID, "did you mean 'grill'"),
        (CloseStation("grill", "frry"), Reason.INVALID, "did you mean 'fry'"),
        (OpenStation("bar"), Reason.INVALID, "there are: grill, fry, cold"),
        (CloseStation("grill", "grill"), Reason.NOT_NOW, "closed itself"),
        (CloseStation("grill", "cold"), Reason.NOT_NOW, "closed itself"),
        (Pause("gril", 10), Reason.INVALID, "did you mean 'grill'"),
        (Pause("", 13 * HOUR), Reason.INVALID, "12 hours"),
    ],
)
def test_what_cannot_be_said_of_a_station(verb: Verb, reason: Reason, words: str) -> None:
    there = kitchen()
    say(there, CloseStation("cold"))
    answer = say(there, verb)
    assert (answer.outcome, answer.reason) == (Outcome.REJECTED, reason)
    assert words in answer.message


def test_the_last_station_stays_open() -> None:
    there = kitchen()
    say(there, CloseStation("grill"))
    say(there, CloseStation("fry"))
    assert "last open station" in say(there, CloseStation("cold")).message


def test_new_lines_go_to_who_has_the_work() -> None:
    there = kitchen()
    say(there, CloseStation("fry", "cold"))
    plan = there.site.routing
    floor = replace(plan.floor, closed=closed_of(book(there), plan.prep_stations))
    there.site = replace(there.site, routing=replace(plan, floor=floor))
    there.hold(line("a"), line("c", "fry"))
    assert [one.station for one in there.order().lines[1].stations] == ["cold"]
    assert not there.order().lines[1].nobodys


# --- pause

NOON = int(datetime(2026, 11, 27, 12, 0, tzinfo=UTC).timestamp() * 1000)  # a Friday


def paused(there: Kitchen, station: str, wall_ms: int) -> int:
    return state_now(there.docs.get(STATIONS_KEY), ("grill", "fry"), (), wall_ms, UTC).paused_until_ms(
        station
    )


def test_a_pause_ends_by_itself_and_can_be_ended() -> None:
    there = kitchen(wall_offset_ms=NOON - 1_000_000)
    until = NOON + HOUR
    assert say(there, Pause("grill", until)).outcome is Outcome.DONE
    assert say(there, Pause("grill", until)).outcome is Outcome.ALREADY
    assert (paused(there, "grill", NOON), paused(there, "fry", NOON)) == (until, 0)
    assert paused(there, "grill", until) == 0
    say(there, Pause("", until + HOUR))
    assert (paused(there, "grill", NOON), paused(there, "fry", NOON)) == (until + HOUR, until + HOUR)
    there.now_ms += 60_000
    assert say(there, Pause("", resume=True)).outcome is Outcome.DONE
    assert say(there, Pause("", resume=True)).outcome is Outcome.ALREADY
    assert (paused(there, "grill", NOON), paused(there, "fry", NOON)) == (until, 0)
    assert book(there).pauses == (PausedSpan("grill", NOON, until), PausedSpan("", NOON, NOON + 60_000))
    late = say(there, Pause("grill", NOON - HOUR))
    assert (late.outcome, late.message) == (Outcome.ALREADY, "that time has passed")


FRIDAY = TimedPause(11 * 60 + 50, 12 * 60 + 20, ("fri",), ("",))
NIGHT = TimedPause(23 * 60 + 30, 30, (), ("fry",))


@pytest.mark.parametrize(
    ("local", "site_until", "fry_until"),
    [
        ("2026-11-27 11:49", None, None),
        ("2026-11-27 11:50", "2026-11-27 12:20", None),
        ("2026-11-27 12:19", "2026-11-27 12:20", None),
        ("2026-11-27 12:20", None, None),
        ("2026-11-26 12:00", None, None),
        ("2026-11-26 23:45", None, "2026-11-27 00:30"),
        ("2026-11-27 00:15", None, "2026-11-27 00:30"),
        ("2026-11-27 00:30", None, None),
    ],
)
def test_the_timetable(local: str, site_until: str | None, fry_until: str | None) -> None:
    zone = ZoneInfo("Asia/Riyadh")

    def ms(text: str | None) -> int:
        return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000) if text else 0

    found = state_now(None, ("grill", "fry"), (FRIDAY, NIGHT), ms(local), zone)
    assert found.of("").paused_until_ms == ms(site_until)
    assert found.of("fry").paused_until_ms == ms(fry_until)
    assert found.of("grill") == StationStatus("grill")


def test_a_pause_of_the_timetable_that_was_ended_by_hand_is_over_for_that_day() -> None:
    there = kitchen(wall_offset_ms=NOON - 1_000_000)
    there.site = replace(there.site, state=state_now(None, ("grill",), (FRIDAY,), NOON, UTC))
    assert say(there, Pause("", resume=True)).outcome is Outcome.DONE
    after = state_now(book(there), ("grill",), (FRIDAY,), NOON + 60_000, UTC)
    assert after.stations == ()
    assert book(there).pauses == (PausedSpan("", NOON, NOON + 20 * 60_000, resumed=True),)
    next_week = state_now(book(there), ("grill",), (FRIDAY,), NOON + 7 * 24 * HOUR, UTC)
    assert next_week.of("").paused_until_ms


def test_a_pause_by_hand_after_one_that_was_ended_is_a_pause_again() -> None:
    there = kitchen(wall_offset_ms=NOON - 1_000_000)
    there.site = replace(there.site, state=state_now(None, ("grill",), (FRIDAY,), NOON, UTC))
    say(there, Pause("", resume=True))
    there.site = replace(there.site, state=state_now(book(there), ("grill",), (FRIDAY,), NOON, UTC))
    there.now_ms += 60_000
    say(there, Pause("", NOON + HOUR))
    assert book(there).pauses[-1] == PausedSpan("", NOON + 60_000, NOON + HOUR)
    assert len(book(there).pauses) == 2


def test_a_repeated_command_has_one_effect() -> None:
    there = kitchen()
    command = there.command(EightySix("fries"), "S1", "")
    first = there.run(command)
    version = there.docs[OUT_KEY]
    again = there.run(command)
    assert (first.outcome, again.outcome) == (Outcome.DONE, Outcome.ALREADY)
    assert there.docs[OUT_KEY] is version
    assert there.run(there.command(Hold(order()), "S1")).outcome is Outcome.DONE


def test_a_hold_reads_nothing_of_the_site() -> None:
    """So it costs the same however much is set, closed, paused or out."""
    command = Command("o1", Hold(order(call_number="7")), seq=1, device="T1", incarnation="i")
    assert needs(command) == {"order/o1", "day", "device/T1", "answer/T1/i/0000000000000001"}
