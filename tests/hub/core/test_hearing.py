"""Heard: what a live screen painted is heard, what nobody painted in 5 s alarms, and nothing alarms falsely."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heard.command import (
    Acknowledge,
    AddLines,
    ChangeLine,
    MarkPaid,
    MarkPickedUp,
    MoveTicket,
    Rush,
    Verb,
    VoidOrder,
)
from heard.order import Order, VoidAnswer
from heard.revision import Epoch
from heard.stream import (
    Alive,
    Behind,
    HeardState,
    HeardValue,
    LineVoided,
    Painted,
    SiteProfile,
    StationProfile,
)
from hub.core.hearing import GRACE_MS, NOT_HEARD_MS, Hearing
from hub.core.hearing_facts import Alarm, Effect, Note, Told
from hub.core.hearing_words import not_heard_words, took_over_words
from hub.core.site import LEAD_MS
from tests.hub.core.making import Kitchen, line, waiting

EPOCH = Epoch(1, 7)
PROFILE = SiteProfile(
    stations=(
        StationProfile("grill", {"en": "Grill", "ar": "شواية"}),
        StationProfile("fry", {"ar": "قلي"}),
    )
)


@dataclass
class Room:
    """A kitchen whose commits go to the hearing; two screens, one a station, after the grace of a start."""

    kitchen: Kitchen = field(default_factory=Kitchen)
    told: list[HeardValue] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    notes: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hearing = Hearing(self.now_ms, PROFILE, EPOCH)
        self.kitchen.now_ms += GRACE_MS
        for station in ("grill", "fry"):
            self.join(station)

    @property
    def now_ms(self) -> int:
        return self.kitchen.now_ms

    def take(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Told():
                    assert effect.terminal == "T1"
                    self.told.append(effect.value)
                case Alarm():
                    self.alarms.append(effect)
                case Note() if effect.value is None:
                    self.notes.pop(effect.key, None)
                case Note():
                    assert effect.value is not None
                    self.notes[effect.key] = effect.value

    def join(self, station: str, device: str = "", *, counts: bool = True) -> None:
        name = device or f"screen-{station}"
        self.take(self.hearing.screen_joined(name, station, counts=counts, now_ms=self.now_ms))
        self.take(self.hearing.alive(name, station, Alive(0), self.now_ms))

    def do(self, verb: Verb, device: str = "T1", order_id: str = "o1") -> None:
        old = self.kitchen.docs.get(f"order/{order_id}")
        self.kitchen.do(verb, device, order_id)
        new = self.kitchen.order(order_id)
        if new is not old:
            self.take(self.hearing.changed(old if isinstance(old, Order) else None, new, self.now_ms))

    def hold(self, *lines: object, order_id: str = "o1", **fields: object) -> None:
        self.kitchen.hold(*lines, order_id=order_id, **fields)  # type: ignore[arg-type]
        self.take(self.hearing.changed(None, self.kitchen.order(order_id), self.now_ms))

    def release(self) -> None:
        old = self.kitchen.order()
        assert self.kitchen.due(release=True)
        self.take(self.hearing.changed(old, self.kitchen.order(), self.now_ms))

    def cook(self, verb: str, station: str, *line_ids: str) -> None:
        old = self.kitchen.order()
        getattr(self.kitchen, verb)(station, *line_ids)
        self.take(self.hearing.changed(old, self.kitchen.order(), self.now_ms))

    def paint(self, station: str, version: int = 0, device: str = "", order_id: str = "o1") -> None:
        shown = ((order_id, version or self.kitchen.order(order_id).version),)
        report = Painted(EPOCH, shown)
        self.take(self.hearing.painted(device or f"screen-{station}", station, report, self.now_ms))

    def behind(self, station: str, before: int) -> None:
        report = Painted(EPOCH, (), (Behind("o1", self.kitchen.order().version, before),))
        self.take(self.hearing.painted(f"screen-{station}", station, report, self.now_ms))

    def wait(self, ms: int, *alive: str) -> None:
        """Time passes in seconds' steps; only these screens go on reporting."""
        end = self.now_ms + ms
        while self.now_ms < end:
            self.kitchen.now_ms = min(end, self.now_ms + 1000)
            for station in alive:
                self.take(self.hearing.alive(f"screen-{station}", station, Alive(0), self.now_ms))
            self.take(self.hearing.tick(self.now_ms))

    def state(self, station: str = "grill") -> HeardState:
        value = self.hearing.state("o1", station)
        return HeardState.UNSPECIFIED if value is None else value.state


def test_a_painted_order_is_heard_at_each_station_for_itself() -> None:
    room = Room()
    room.hold()
    assert room.state() is HeardState.PENDING
    room.paint("grill")
    assert (room.state("grill"), room.state("fry")) == (HeardState.HEARD, HeardState.PENDING)
    room.paint("fry")
    assert [(value.station, value.state, value.version) for value in room.told] == [
        ("grill", HeardState.HEARD, 1),
        ("fry", HeardState.HEARD, 1),
    ]
    room.wait(20_000)
    assert room.alarms == []


def test_an_alarm_is_told_in_the_kitchens_languages() -> None:
    profile = SiteProfile(
        stations=(
            StationProfile("grill", {"en": "Grill", "ar": "الشواية"}),
            StationProfile("fry", {"en": "Fry"}),
            StationProfile("bar", {"ar": "البار"}, role="printer"),
        )
    )
    order = Order("o1", "214")
    assert not_heard_words(profile, "grill", order, 12_000, 1) == {
        "en": "Grill has not seen #214 and 1 more (0:12). Tell the grill.",
        "ar": "لم ترَ الشواية الطلب #214 و1 غيره (0:12). أخبر الشواية.",
    }
    assert "Fry" in not_heard_words(profile, "fry", order, 0)["ar"], "a name that is missing falls back"
    printer = not_heard_words(profile, "bar", order, 0)
    assert printer["en"] == "البار has not printed #214 (0:00). Look at the printer."
    assert printer["ar"].endswith("تفقّد الطابعة.")
    assert took_over_words(profile, "grill", ["fry", "bar"]) == {
        "en": "Fry and البار took over orders that Grill has not seen.",
        "ar": "أُحيلت إلى Fry والبار طلبات لم ترها الشواية.",
    }


def test_an_order_that_nobody_painted_alarms_once_and_clears_itself() -> None:
    """One line a station, with what to do; its end is told once as well."""
    room = Room()
    room.hold()
    room.paint("fry")
    room.wait(NOT_HEARD_MS - 1, "grill")
    assert room.alarms == []
    room.wait(1, "grill")
    assert [(alarm.station, alarm.raised) for alarm in room.alarms] == [("grill", True)]
    assert room.alarms[0].message == "Grill has not seen #214 (0:05). Tell the grill."
    assert room.told[-1].state is HeardState.NOT_HEARD
    room.hold(order_id="o2")
    room.paint("fry", order_id="o2")
    room.wait(60_000, "grill")
    assert len(room.alarms) == 1
    (line_of_alarm,) = room.hearing.alarms(room.now_ms)
    assert line_of_alarm.message == "Grill has not seen #214 and 1 more (1:05). Tell the grill."
    room.paint("grill")
    assert len(room.alarms) == 1
    room.paint("grill", order_id="o2")
    assert [alarm.raised for alarm in room.alarms] == [True, False]
    assert room.alarms[-1].message == "Grill has seen all its orders."
    assert room.hearing.alarms(room.now_ms) == []
    assert room.hearing.not_heard_total == 2


def test_an_older_version_proves_nothing_and_a_newer_one_everything_before_it() -> None:
    room = Room()
    room.hold()
    room.do(ChangeLine("a", quantity_milli=2000))
    room.paint("grill", 1)
    assert room.state() is HeardState.PENDING
    room.do(MarkPaid(100))
    room.paint("grill", 3)
    assert room.state() is HeardState.HEARD
    assert room.told[-1].version == 2


def test_a_version_that_the_order_does_not_have_yet_proves_nothing() -> None:
    room = Room()
    room.hold()
    room.paint("grill", 99)
    room.do(ChangeLine("a", quantity_milli=2000))
    assert room.state() is HeardState.PENDING


def test_a_change_asks_only_where_it_alters_the_ticket() -> None:
    room = Room()
    room.hold()
    room.paint("grill")
    room.paint("fry")
    told = len(room.told)
    room.do(MarkPaid(100))
    room.do(ChangeLine("a", quantity_milli=2000))
    assert (room.state("grill"), room.state("fry")) == (HeardState.PENDING, HeardState.HEARD)
    room.do(Rush())
    assert room.state("fry") is HeardState.PENDING
    assert len(room.told) == told


def test_the_age_of_an_unheard_change_is_not_renewed_by_the_next_one() -> None:
    room = Room()
    room.hold()
    room.paint("fry")
    for _ in range(4):
        room.wait(1_200, "grill")
        room.do(ChangeLine("a", quantity_milli=room.now_ms))
    room.wait(200, "grill")
    assert [alarm.station for alarm in room.alarms] == ["grill"]


def test_a_cooks_key_on_what_he_had_seen_is_no_news_for_him() -> None:
    room = Room()
    room.hold()
    room.paint("grill")
    room.cook("bump", "grill", "a")
    assert room.state() is HeardState.HEARD
    room.cook("bump", "grill", "b")
    assert room.state() is HeardState.HEARD


def test_a_bump_is_itself_proof() -> None:
    """The report was lost, but the key names what was on the glass."""
    room = Room()
    room.hold()
    room.cook("start", "grill", "a")
    assert room.state() is HeardState.HEARD
    assert room.notes["o1"] == b"grill=2"


def test_a_bump_of_one_line_does_not_prove_another_that_came_later() -> None:
    """The cook bumped what he saw; the added line has not been painted yet."""
    room = Room()
    room.hold()
    room.paint("grill")
    room.paint("fry")
    room.do(AddLines((line("d"),)))
    room.cook("bump", "grill", "a")
    assert room.state() is HeardState.PENDING
    room.wait(NOT_HEARD_MS, "grill", "fry")
    assert [alarm.station for alarm in room.alarms] == ["grill"]
    room.paint("grill")
    assert [alarm.raised for alarm in room.alarms] == [True, False]


def test_what_is_on_a_later_page_is_behind_and_does_not_alarm() -> None:
    room = Room()
    room.hold()
    room.paint("fry")
    room.behind("grill", 3)
    assert (room.told[-1].state, room.told[-1].behind) == (HeardState.BEHIND, 3)
    assert room.told[-1].message == "3 tickets before it"
    told = len(room.told)
    room.behind("grill", 3)
    assert len(room.told) == told
    room.wait(30_000, "grill", "fry")
    assert room.alarms == []
    room.behind("grill", 1)
    assert room.told[-1].message == "1 ticket before it"
    room.paint("grill")
    assert room.state() is HeardState.HEARD


@pytest.mark.parametrize("how", ["silent", "left", "hidden", "output off"])
def test_what_was_behind_on_a_screen_that_is_lost_is_pending_again(how: str) -> None:
    room = Room()
    room.hold()
    room.paint("fry")
    room.behind("grill", 3)
    room.wait(60_000, "grill", "fry")
    match how:
        case "left":
            room.take(room.hearing.screen_left("screen-grill", "grill", room.now_ms))
        case "hidden":
            room.take(room.hearing.alive("screen-grill", "grill", Alive(0, hidden=True), room.now_ms))
        case "output off":
            room.take(room.hearing.alive("screen-grill", "grill", Alive(0, output_off=True), room.now_ms))
        case _:
            room.wait(4_000, "fry")
    assert room.state() is HeardState.PENDING
    room.wait(NOT_HEARD_MS, "fry")
    assert [alarm.station for alarm in room.alarms] == ["grill"]


@pytest.mark.parametrize("alive", [Alive(0, hidden=True), Alive(0, output_off=True)])
def test_a_screen_that_nobody_can_read_proves_nothing(alive: Alive) -> None:
    room = Room()
    room.take(room.hearing.alive("screen-grill", "grill", alive, room.now_ms))
    room.hold()
    room.paint("grill")
    assert room.state() is HeardState.PENDING


def test_a_report_of_another_epoch_or_of_no_screen_of_the_station_proves_nothing() -> None:
    room = Room()
    room.hold()
    room.take(room.hearing.painted("screen-grill", "grill", Painted(Epoch(2, 7), (("o1", 1),)), room.now_ms))
    room.paint("grill", device="screen-fry")
    room.join("grill", "tool", counts=False)
    room.paint("grill", device="tool")
    assert room.state() is HeardState.PENDING


def test_a_station_without_a_screen_alarms_at_once() -> None:
    room = Room()
    room.hold(line("x", "nothing known"))
    room.paint("grill")
    room.paint("fry")
    assert [(alarm.station, alarm.raised) for alarm in room.alarms] == [("cold", True)]
    assert room.alarms[0].message == "Cold has not seen #214 (0:00). Tell the cold."
    room.join("cold")
    room.paint("cold")
    assert [alarm.raised for alarm in room.alarms] == [True, False]


def test_a_screen_that_left_has_its_five_seconds_to_come_back() -> None:
    room = Room()
    room.take(room.hearing.screen_left("screen-grill", "grill", room.now_ms))
    room.hold()
    room.paint("fry")
    assert room.alarms == []
    room.wait(2_000, "fry")
    room.join("grill")
    room.paint("grill")
    room.wait(10_000, "grill", "fry")
    assert room.alarms == []


def test_a_new_stream_of_a_screen_may_begin_before_the_old_one_ended() -> None:
    room = Room()
    room.join("grill")
    room.take(room.hearing.screen_left("screen-grill", "grill", room.now_ms))
    room.hold()
    room.paint("grill")
    assert room.state() is HeardState.HEARD


def test_what_waits_for_its_course_is_held_back_until_it_is_heard() -> None:
    courses, later = waiting("d")
    room = Room()
    room.hold(*later, courses=courses)
    assert room.told[-1].state is HeardState.HELD_BACK
    room.wait(60_000, "grill", "fry")
    assert room.alarms == []
    room.paint("grill")
    assert room.state() is HeardState.HEARD


def test_a_scheduled_order_waits_for_its_time() -> None:
    """Until the kitchen gets it nobody must hear it; from its release on it is an order like any other."""
    room = Room()
    room.hold(line("a"), due_at_ms=room.now_ms + LEAD_MS + 60_000)
    assert room.state() is HeardState.SCHEDULED
    room.wait(59_000, "grill")
    assert room.state() is HeardState.SCHEDULED
    room.release()
    assert room.state() is HeardState.PENDING
    assert room.told[-1].state is HeardState.PENDING, "the till is told that it counts from now on"
    room.wait(NOT_HEARD_MS, "grill")
    assert [alarm.station for alarm in room.alarms] == ["grill"]


def test_what_is_gone_before_it_was_painted_is_moot() -> None:
    room = Room()
    room.hold()
    room.wait(NOT_HEARD_MS, "grill", "fry")
    assert len(room.alarms) == 2
    room.do(MarkPickedUp())
    assert [value.state for value in room.told[-2:]] == [HeardState.MOOT, HeardState.MOOT]
    assert [alarm.raised for alarm in room.alarms] == [True, True, False, False]
    assert room.hearing.values_for("T1", room.now_ms) == []


def test_a_cancelled_order_must_be_heard_and_the_till_is_told_what_was_made() -> None:
    room = Room()
    room.hold(line("a"), line("b"))
    room.paint("grill")
    room.do(VoidOrder())
    assert room.state() is HeardState.PENDING
    room.paint("grill")
    old = room.kitchen.order()
    room.kitchen.do(Acknowledge("grill", room.kitchen.painted("grill"), VoidAnswer.NOT_MADE), "grill")
    room.take(room.hearing.changed(old, room.kitchen.order(), room.now_ms))
    assert room.told[-1].message == "void a=NOT_MADE b=NOT_MADE"
    assert room.told[-1].voided == (
        LineVoided("a", VoidAnswer.NOT_MADE),
        LineVoided("b", VoidAnswer.NOT_MADE),
    )
    assert room.notes == {}


def test_a_restart_of_the_hub_raises_no_false_alarm() -> None:
    """Screens come back, and what they painted before is remembered or told again as a whole picture."""
    room = Room()
    room.hold()
    room.paint("grill")
    notes = list(room.notes.items())
    room.hearing = Hearing(room.now_ms, PROFILE, EPOCH)
    room.take(room.hearing.restore([room.kitchen.order()], [*notes, ("gone", b"grill=4")], room.now_ms))
    assert room.notes == dict(notes)
    assert (room.state("grill"), room.state("fry")) == (HeardState.HEARD, HeardState.PENDING)
    room.wait(GRACE_MS - 1)
    assert room.alarms == []
    room.join("fry")
    room.take(
        room.hearing.painted(
            "screen-fry", "fry", Painted(EPOCH, (("o1", 1),), whole_picture=True), room.now_ms
        )
    )
    room.wait(20_000, "fry")
    assert room.alarms == []


def test_a_bump_is_proof_also_for_a_hub_that_was_killed_after_it() -> None:
    """A replay with kills told the till MOOT of two orders: their notes had died with the hub, and fry's bump came last."""
    room = Room()
    room.hold()
    room.cook("bump", "grill", "a", "b")
    room.cook("bump", "fry", "c")
    room.do(MarkPaid())
    room.hearing = Hearing(room.now_ms, PROFILE, EPOCH)
    room.take(room.hearing.restore([room.kitchen.order()], [], room.now_ms))
    assert (room.state("grill"), room.state("fry")) == (HeardState.HEARD, HeardState.HEARD)


def test_what_was_moved_away_unpainted_stays_moot_for_a_hub_that_was_killed() -> None:
    room = Room()
    room.hold(line("a"))
    room.do(MoveTicket("grill", "fry", room.kitchen.painted("grill")), "expo")
    room.hearing = Hearing(room.now_ms, PROFILE, EPOCH)
    room.take(room.hearing.restore([room.kitchen.order()], [], room.now_ms))
    assert (room.state("grill"), room.state("fry")) == (HeardState.MOOT, HeardState.PENDING)


def test_after_the_grace_of_a_restart_a_silent_station_alarms() -> None:
    room = Room()
    room.hold()
    room.hearing = Hearing(room.now_ms, PROFILE, EPOCH)
    room.take(room.hearing.restore([room.kitchen.order()], [("o1", b"\xff=x\ngrill=1")], room.now_ms))
    room.hold(order_id="o2")
    room.wait(GRACE_MS - 1)
    assert room.alarms == []
    room.wait(1)
    assert {alarm.station for alarm in room.alarms} == {"grill", "fry"}


def test_a_terminal_that_connects_is_told_all_about_its_open_orders() -> None:
    room = Room()
    room.hold()
    room.hold(order_id="o2", terminal="T2")
    room.paint("grill")
    room.hearing.tick(room.now_ms)
    values = room.hearing.values_for("T1", room.now_ms)
    assert {(value.order_id, value.station, value.state.name) for value in values} == {
        ("o1", "grill", "HEARD"),
        ("o1", "fry", "PENDING"),
    }
    assert room.hearing.values_for("nobody", room.now_ms) == []
    assert room.hearing.counts()["PENDING"] == 3


def test_paper_is_told_as_printed() -> None:
    room = Room()
    room.hold()
    room.take(room.hearing.printed("o1", "grill", 1))
    assert room.told[-1].state is HeardState.PRINTED
    room.take(room.hearing.printed("zz", "grill", 1))
    room.wait(10_000, "grill", "fry")
    assert [alarm.station for alarm in room.alarms] == ["fry"]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("hold"), st.integers(0, 3)),
        st.tuples(st.just("change"), st.integers(0, 3)),
        st.tuples(st.just("void"), st.integers(0, 3)),
        st.tuples(st.just("pick up"), st.integers(0, 3)),
        st.tuples(st.just("paint"), st.integers(0, 3)),
        st.tuples(st.just("wait"), st.integers(100, 7000)),
        st.tuples(st.just("leave"), st.just(0)),
        st.tuples(st.just("join"), st.just(0)),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_alarms_alternate_and_nothing_is_heard_that_was_not_painted(steps: list[tuple[str, int]]) -> None:
    """Per station raised, cleared, raised …; HEARD only at a version that was painted; closed orders are forgotten."""
    room = Room()
    painted: dict[str, int] = {}
    for step, number in steps:
        order_id = f"o{number}"
        known = room.kitchen.docs.get(f"order/{order_id}")
        match step:
            case "hold" if known is None:
                room.hold(line("a"), order_id=order_id)
            case "change" if known is not None:
                room.do(ChangeLine("a", quantity_milli=room.now_ms + len(steps)), order_id=order_id)
            case "void" if known is not None:
                room.do(VoidOrder(), order_id=order_id)
            case "pick up" if known is not None:
                room.do(MarkPickedUp(), order_id=order_id)
            case "paint" if known is not None:
                before = room.hearing.screens.live("grill")
                room.paint("grill", order_id=order_id)
                if before or room.hearing.screens.live("grill"):
                    painted[order_id] = room.kitchen.order(order_id).version
            case "wait":
                room.wait(number, "grill")
            case "leave":
                room.take(room.hearing.screen_left("screen-grill", "grill", room.now_ms))
            case "join":
                room.join("grill")
        room.kitchen.now_ms += 1
    for value in room.told:
        if value.state is HeardState.HEARD:
            assert painted.get(value.order_id, 0) >= value.version
    raised = [alarm.raised for alarm in room.alarms]
    assert raised == [index % 2 == 0 for index in range(len(raised))]
    open_orders = {value.order_id for value in room.hearing.values_for("T1", room.now_ms)}
    assert open_orders == {
        key.removeprefix("order/")
        for key, doc in room.kitchen.docs.items()
        if isinstance(doc, Order) and doc.state.name not in ("PICKED_UP",)
    }


def test_memory_is_bounded_by_the_open_orders() -> None:
    room = Room()
    for number in range(300):
        order_id = f"n{number}"
        room.hold(order_id=order_id)
        room.do(MarkPickedUp(), order_id=order_id)
        room.kitchen.now_ms += 100
    room.wait(GRACE_MS, "grill", "fry")
    hearing = room.hearing
    assert not hearing.values_for("T1", room.now_ms)
    assert hearing.next_due_ms() is None
    assert sum(hearing.counts().values()) == 0


def test_the_pass_must_hear_every_change_once_it_has_a_screen() -> None:
    room = Room()
    room.hold()
    assert room.state("expo") is HeardState.UNSPECIFIED, "without a screen there nobody waits for it"
    room.join("expo")
    room.paint("grill")
    room.paint("fry")
    room.cook("bump", "grill", "a")
    assert room.state("expo") is HeardState.PENDING
    room.paint("expo")
    assert room.state("expo") is HeardState.HEARD
    room.cook("bump", "fry", "c")
    room.wait(NOT_HEARD_MS, "grill", "fry")
    assert room.state("expo") is HeardState.NOT_HEARD
    assert [(alarm.station, alarm.message) for alarm in room.alarms] == [
        ("expo", "Expo has not seen #214 (0:05). Tell the expo.")
    ]
    room.join("expo")
    room.paint("expo")
    assert room.state("expo") is HeardState.HEARD
    assert room.alarms[-1].raised is False
