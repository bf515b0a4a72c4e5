"""What the pass is told: voids and allergies that a station leaves unanswered, and stations where nobody seems to be."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.core.repeats import Repeats
from display.core.sounding import Sound
from heard.command import Acknowledge, ChangeLine, Hold, VoidLines, VoidOrder
from heard.order import Note, Order, OrderType
from heard.stream import AgeLimits, Notice, SiteProfile, SiteState, StationProfile, StationStatus
from hub.core.attention import GRACE_MS, NOBODY_MS, Attention
from tests.hub.core.making import SITE, Kitchen, line, order

GRILL = StationProfile("grill", {"en": "Grill", "ar": "الشواية"})
PROFILE = SiteProfile(
    stations=(
        GRILL,
        StationProfile("fry", {"en": "Fry"}, ages={"": AgeLimits(30, 60)}),
        StationProfile("expo", {"en": "Pass"}, role="expo"),
    ),
    allergy_words=("nut",),
)


@dataclass
class Pass:
    """A kitchen, and what its pass is told; the grace of the hub's start is over."""

    kitchen: Kitchen = field(default_factory=lambda: Kitchen(replace(SITE, profile=PROFILE)))

    def __post_init__(self) -> None:
        self.attention = Attention(self.kitchen.now_ms)
        self.kitchen.now_ms += GRACE_MS

    def told(self, seconds: float = 0.0) -> dict[str, Notice]:
        """After so many seconds, looked at once a second as the hub does."""
        kitchen = self.kitchen
        for key, doc in kitchen.docs.items():
            if key.startswith("order/"):
                assert isinstance(doc, Order)
                self.attention.put(doc.order_id, doc)
        found = self.attention.look(kitchen.now_ms, kitchen.site)
        for _ in range(round(seconds)):
            kitchen.now_ms += 1000
            found = self.attention.look(kitchen.now_ms, kitchen.site)
        return found

    def said(self, seconds: float = 0.0) -> list[str]:
        return [one.text["en"] for one in self.told(seconds).values()]

    def key(self, station: str = "grill") -> None:
        self.attention.keyed(station, self.kitchen.now_ms)


@pytest.fixture(name="there")
def _there() -> Pass:
    there = Pass()
    there.kitchen.hold(line("a"), line("b"), line("c", "fry"))
    assert there.told(20) == {}
    return there


def test_a_void_that_its_station_does_not_answer_in_three_rounds_is_told_to_the_pass(there: Pass) -> None:
    there.kitchen.do(VoidLines(("a",)))
    assert there.told(29) == {}
    (notice,) = there.told(1).values()
    assert notice.text == {
        "en": "GRILL has not answered the void of #214. Tell the grill.",
        "ar": "لم تردّ الشواية على إلغاء #214. أخبر الشواية.",
    }
    assert (notice.station, notice.sound, notice.order_ids) == ("grill", "void", ("o1",))
    there.kitchen.do(Acknowledge("grill", there.kitchen.painted("grill", "a")), "grill")
    assert there.told() == {}


def test_an_allergy_goes_before_a_void_and_orders_are_counted(there: Pass) -> None:
    kitchen = there.kitchen
    kitchen.do(Hold(order("o2", line("z"), call_number="215")), order_id="o2")
    kitchen.do(VoidLines(("a",)))
    kitchen.do(ChangeLine("z", notes=(Note({"en": "no nuts"}),)), order_id="o2")
    (notice,) = there.told(31).values()
    assert notice.text["en"] == "GRILL has not answered the allergy of #215 and 1 more. Tell the grill."
    assert (notice.sound, notice.order_ids) == ("allergy", ("o1", "o2"))


def test_each_station_answers_for_itself(there: Pass) -> None:
    there.kitchen.do(VoidOrder())
    assert len(there.told(31)) == 2
    there.kitchen.do(Acknowledge("fry", there.kitchen.painted("fry")), "fry")
    assert [one.station for one in there.told().values()] == ["grill"]


def test_a_printer_has_no_keys(there: Pass) -> None:
    printer = replace(PROFILE, stations=(replace(GRILL, role="printer"), *PROFILE.stations[1:]))
    there.kitchen.site = replace(there.kitchen.site, profile=printer)
    there.kitchen.do(VoidLines(("a",)))
    assert there.told(60) == {}


@pytest.mark.parametrize("key_after_s", [5, 15, 25])
def test_a_key_at_the_station_quiets_for_a_minute_and_the_rounds_go_on_then(
    there: Pass, key_after_s: int
) -> None:
    """Rounds that rang before the key are not rung again: 5 + 60 + 20, 15 + 60 + 10, 25 + 60."""
    there.kitchen.do(VoidLines(("a",)))
    assert there.told(key_after_s) == {}
    there.key()
    assert there.told(84 - key_after_s) == {}
    assert len(there.told(1)) == 1


@given(st.lists(st.integers(1, 25), max_size=8))
def test_the_pass_is_told_ten_seconds_after_the_last_round_that_the_stations_screen_rang(
    gaps: list[int],
) -> None:
    there, repeats = Pass(), Repeats()
    there.kitchen.hold(line("a"))
    there.told(1)
    there.kitchen.do(VoidLines(("a",)))
    repeats.stand({"void": Sound.VOID}, 0.0)
    keys = {sum(gaps[: n + 1]) for n in range(len(gaps))}
    last_ring_s, key_s = 0, -1000
    for now_s in range(1, 400):
        if repeats.due(float(now_s)) is not None:
            last_ring_s = now_s
        told = there.told(1)
        if told:
            assert repeats.next_due_s() is None, "all three rounds are over"
            assert now_s == max(last_ring_s + 10, key_s + 60)
            return
        if now_s in keys:
            repeats.pressed(float(now_s))
            there.key()
            key_s = now_s
    raise AssertionError("it was never told")


def test_a_restarted_hub_tells_nothing_before_its_screens_have_said_when_a_key_came(there: Pass) -> None:
    there.kitchen.do(VoidLines(("a",)))
    assert len(there.told(40)) == 1
    there.attention = Attention(there.kitchen.now_ms)
    there.key()
    assert there.told(GRACE_MS / 1000 - 1) == {}
    assert there.told(60) == {}, "somebody pressed a key after it was voided"
    assert len(there.told(40)) == 1


def test_nobody_at_a_station_with_tickets_past_warn_and_without_a_key_for_five_minutes(there: Pass) -> None:
    assert there.said(5 * 60 - 21) == []
    assert there.said(1) == ["NOBODY AT FRY?"], "its warn is 30 s, and five minutes have passed"
    assert there.said(3 * 60) == ["NOBODY AT GRILL?", "NOBODY AT FRY?"], "grill warns after 8 minutes"
    there.key("fry")
    assert there.said() == ["NOBODY AT GRILL?"]
    there.kitchen.start("grill", "a")
    assert there.said() == [], "a cook's deed is a key"
    assert there.said(NOBODY_MS / 1000) == ["NOBODY AT GRILL?", "NOBODY AT FRY?"]
    there.kitchen.bump("grill")
    assert there.said(600) == ["NOBODY AT FRY?"], "grill has nothing to make"


def test_a_paused_station_is_waited_for(there: Pass) -> None:
    kitchen = there.kitchen
    assert there.said(600) == ["NOBODY AT GRILL?", "NOBODY AT FRY?"]
    until_ms = kitchen.now_ms + kitchen.site.wall_offset_ms + 60_000
    for station, left in (("grill", ["NOBODY AT FRY?"]), ("", [])):
        state = SiteState((StationStatus(station, paused_until_ms=until_ms),))
        kitchen.site = replace(kitchen.site, state=state)
        assert there.said() == left
    kitchen.do(VoidLines(("a",)))
    assert len(there.said(31)) == 1, "a void rings through a pause"


def test_a_ticket_that_is_not_due_yet_is_not_left_alone() -> None:
    there = Pass()
    there.kitchen.hold(line("a"), type=OrderType.DINE_IN)
    assert there.said(7 * 60) == []
    assert there.said(60) == ["NOBODY AT GRILL?"]
