"""The kitchen's day in the restaurant's words, on a whole hub. Numbers are KITCHEN's complaints about others."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from display.app.start import Output
from display.core.sounding import PAUSE_S, Sound
from display.ui.sound import Speaker
from heard.board import BoardColumn, board_column, board_entry
from heard.command import (
    AddLines,
    BumpLines,
    ChangeLine,
    Command,
    ConfirmAllergy,
    FireCourse,
    HoldCourse,
    MarkPickedUp,
    Merge,
    MoveTicket,
    Outcome,
    PaintedLine,
    RecallLines,
    Remake,
    SendOut,
    Split,
    StartLines,
    Verb,
    VoidLines,
    VoidOrder,
)
from heard.expo import ExpoCard, expo_card
from heard.order import Allergen, Course, Line, LineState, Note, Order, OrderState, OrderType
from heard.pos import Terminal
from heard.stream import Bookmark, Change, HeardState
from heard.ticket import tickets
from hub.core.due import SENT_SHOWN_MS
from tests.hub.rpc.serving import Client, serving
from tests.hub.test_floor import say, the, where
from tests.hub.test_settings import of_file
from tests.scenarios.screens import a_screen
from tests.waiting import until

KITCHEN = of_file("""
[stations.grill]
[stations.fry]
[stations.oven]
[stations.pass]
role = "expo"
[kitchen]
auto_fire = true
[[routes]]
stations = ["fry"]
categories = ["fried"]
[[routes]]
stations = ["fry"]
categories = ["grills"]
areas = ["terrace"]
[[routes]]
stations = ["grill"]
categories = ["grills"]
[[routes]]
stations = ["grill"]
categories = ["pizza"]
then = ["oven"]
""")


def dish(line_id: str, category: str = "grills", **fields: Any) -> Line:
    return Line(line_id, f"item-{line_id}", {"en": line_id.title()}, category=category, **fields)


def table(order_id: str, *lines: Line, **fields: Any) -> Order:
    values: dict[str, Any] = {
        "type": OrderType.DINE_IN,
        "table": "12",
        "terminal": "T1",
        "call_number": order_id.strip("o"),
    }
    return Order(order_id, lines=lines, **{**values, **fields})


def painted(client: Client, order_id: str, station: str, *line_ids: str) -> tuple[PaintedLine, ...]:
    """The lines as the station's screen shows them now."""
    found = []
    for line in the(client, order_id).lines:
        at = line.at(station)
        if at is not None and (not line_ids or line.line_id in line_ids):
            found.append(PaintedLine(line.line_id, at.version))
    return tuple(found)


def the_card(client: Client, order_id: str) -> ExpoCard:
    found = expo_card(the(client, order_id))
    assert found is not None
    return found


async def refused(client: Client, verb: Verb, order_id: str, device: str = "s1") -> Any:
    answer = await client.execute(Command(order_id, verb, command_id=f"r{time.monotonic_ns()}"), device)
    assert answer.outcome == Outcome.REJECTED, answer
    return answer


async def test_4_a_bill_is_split_a_table_joined_and_nothing_is_cooked_twice(tmp_path: Path) -> None:
    """Table 12 pays apart; then half of it moves over to table 7, while the grill is already at it."""
    async with serving(tmp_path, **KITCHEN) as client:
        await client.hold(table("o12", dish("steak"), dish("kebab"), dish("chips", "fried")))
        await client.hold(table("o7", dish("soup"), table="7"))
        await say(client, StartLines("grill", painted(client, "o12", "grill", "steak")), "s-grill", "o12")
        before = tickets(the(client, "o12"), "grill")
        await say(client, Split("bill-2", ("kebab",), bill_only=True), "T2", "o12")
        after = tickets(the(client, "o12"), "grill")
        assert [one.at for one in after[0].lines] == [one.at for one in before[0].lines], "no tile changes"

        late = Command("o12", BumpLines("grill", painted(client, "o12", "grill")), command_id="late")
        await say(client, Split("o13", ("steak", "chips"), "13"), "T1", "o12")
        await say(client, Merge("o7"), "T2", "o13")
        assert where(client, "o12") == [("kebab", "grill", "QUEUED")]
        assert where(client, "o7") == [
            ("soup", "grill", "QUEUED"),
            ("steak", "grill", "STARTED"),
            ("chips", "fry", "QUEUED"),
        ]
        assert (the(client, "o13").state, the(client, "o13").merged_into) == (OrderState.MERGED, "o7")

        # The cook bumped what was on the glass before: what is still there is done, what moved says where it is.
        answer = await client.execute(late, "s-grill")
        assert answer.outcome == Outcome.PARTLY
        assert "#13" in answer.message
        assert where(client, "o12") == [("kebab", "grill", "DONE")]
        await say(client, BumpLines("grill", painted(client, "o7", "grill")), "s-grill", "o7")
        await say(client, BumpLines("fry", painted(client, "o7", "fry")), "s-fry", "o7")
        assert {state for _, _, state in where(client, "o7")} == {"DONE"}
        dishes = [line.line_id for order in ("o12", "o7", "o13") for line in the(client, order).lines]
        assert sorted(dishes) == ["chips", "kebab", "soup", "steak"]


async def test_5_a_table_that_moves_to_the_terrace_is_heard_by_the_kitchen(
    tmp_path: Path, fonts: Output
) -> None:
    """The grill of the hall has begun one dish; the rest is the terrace's kitchen's. Then the table joins another one.

    Both screens paint each of it, and the till is told that they did.
    """
    async with (
        serving(tmp_path / "hub", **KITCHEN) as client,
        Terminal(device="T1", journal=tmp_path / "t1", hub=client.address.address) as till,
        a_screen(fonts, client.address.address, tmp_path) as grill,
        a_screen(fonts, client.address.address, tmp_path, station="fry") as fry,
    ):
        o12, o7 = [
            (await till.hold(one)).order_id
            for one in (
                table("", dish("steak"), dish("kebab"), call_number="12", area="hall"),
                table("", dish("soup"), call_number="7", table="7", area="hall"),
            )
        ]

        async def heard(order_id: str, *stations: str) -> None:
            """The till is told of each that it painted the order as it stands now."""

            def told(station: str) -> bool:
                value, order = till.heard(order_id).get(station), till.orders.get(order_id)
                there = order.at(station) if isinstance(order, Order) else None
                known = value is not None and there is not None and value.version >= there.ticket_version
                return known and value is not None and value.state is HeardState.HEARD

            await until(lambda: all(told(one) for one in stations))

        await heard(o12, "grill")
        await say(client, StartLines("grill", painted(client, o12, "grill", "steak")), "s-grill", o12)
        await till.transfer(o12, table="31", area="terrace")
        await grill.says("T31", "Steak", key=f"{o12}/")
        await fry.says("T31", "Kebab", "MOVED", key=f"{o12}/")
        assert "Kebab" not in grill.words(f"{o12}/"), "begun is what stays"
        await heard(o12, "grill", "fry")
        await till.transfer(o12, table="33")
        await grill.says("T33", key=f"{o12}/")
        await fry.says("T33", key=f"{o12}/")
        await heard(o12, "grill", "fry")
        await till.merge(o12, o7)
        await grill.says("#7", "Soup", "Steak", "FROM #12", key=f"{o7}/")
        await fry.says("#7", "Kebab", "FROM #12", key=f"{o7}/")
        await until(lambda: o12 not in grill.tiles() and o12 not in fry.tiles())
        await heard(o7, "grill", "fry")
        assert where(client, o7) == [
            ("soup", "grill", "QUEUED"),
            ("steak", "grill", "STARTED"),
            ("kebab", "fry", "QUEUED"),
        ]


async def test_6_a_cancelled_order_leaves_when_it_was_seen_and_never_comes_back(
    tmp_path: Path, fonts: Output
) -> None:
    """CANCELLED until the cook has pressed a key for it; no key, list or clock brings it back to life, and no guest is called.

    The guest of one that is made hears READY when the slip of a finger could still be undone no more.
    """
    async with (
        serving(tmp_path / "hub", **KITCHEN) as client,
        a_screen(fonts, client.address.address, tmp_path) as grill,
        a_screen(fonts, client.address.address, tmp_path, "expo") as expo,
    ):
        await client.hold(table("o12", dish("steak"), type=OrderType.TAKEAWAY))
        await grill.says("#12", "Steak", key="o12/")
        await say(client, VoidOrder("guest left"), "T1", "o12")
        await grill.says("#12", "CANCELLED", key="o12/")
        await expo.says("CANCELLED", key="o12")
        gone = board_entry(the(client, "o12"))
        assert gone is not None
        assert board_column(gone, gone.voided_at_ms) is BoardColumn.GONE, "its guest is called by nobody"
        await refused(client, BumpLines("grill", painted(client, "o12", "grill")), "o12", "s-grill")
        grill.press("1", "enter")
        await grill.says("Seen: it leaves", key="bottom")
        await until(lambda: "o12" not in grill.tiles() and "o12" not in expo.tiles())
        assert tickets(the(client, "o12"), "grill") == ()
        grill.press("r")
        await grill.says("#12", "cancelled", key="recall")
        grill.press("enter")
        await grill.says("Cancelled: it does not come back", key="bottom")
        answer = await refused(
            client, RecallLines("grill", painted(client, "o12", "grill")), "o12", "s-grill"
        )
        assert "un-cancels" in answer.message
        assert "o12" not in grill.tiles()
        assert the(client, "o12").state is OrderState.VOIDED

        await client.hold(table("o13", dish("kebab"), type=OrderType.TAKEAWAY))
        await say(client, BumpLines("grill", painted(client, "o13", "grill")), "s-grill", "o13")
        ready_ms = the(client, "o13").ready_at_ms
        entry = board_entry(the(client, "o13"))
        assert entry is not None
        assert board_column(entry, ready_ms) is BoardColumn.PREPARING, (
            "no chime before the slip of a finger is undone"
        )
        assert board_column(entry, ready_ms + 3_000) is BoardColumn.READY


async def test_7_a_changed_note_is_a_change_on_the_screen_and_an_allergy_rings(
    tmp_path: Path, fonts: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ "No onion" and then "nut allergy", typed after sending: the cook must acknowledge both before a bump counts, the second
    rings as what it is, and nothing goes out before the pass has confirmed it."""
    rung: list[str] = []
    async with (
        serving(tmp_path / "hub", allergy_words=("allergy", "حساسية"), **KITCHEN) as client,
        a_screen(fonts, client.address.address, tmp_path) as grill,
    ):
        await client.hold(table("o12", dish("steak")))
        await grill.says("Steak", key="o12/")
        for words, said, sound in (
            ("no onion", "no onion", Sound.CHANGED),
            ("nut allergy", "NUT ALLERGY", Sound.ALLERGY),
        ):
            grill.later(PAUSE_S)
            monkeypatch.setattr(Speaker, "play", lambda _, name: rung.append(name))
            rung.clear()
            await say(client, ChangeLine("steak", notes=(Note({"en": words}),)), "T1", "o12")
            await grill.says("CHANGED", said, key="o12/")
            grill.later(PAUSE_S)
            await until(lambda: bool(rung))
            assert set(rung) == {sound}
            grill.press("1", "enter")
            await until(lambda: "CHANGED" not in grill.words("o12/"))
            assert where(client, "o12") == [("steak", "grill", "QUEUED")], (
                "the first press says that it was seen"
            )
        grill.later(1.0)  # at once it would be a double press
        grill.press("1", "enter")
        await until(lambda: where(client, "o12") == [("steak", "grill", "DONE")])
        card = the_card(client, "o12")
        assert (card.ready, card.unconfirmed) == (True, True)
        lines = tuple(PaintedLine(one.line.line_id, one.version) for one in card.lines_to_send)
        assert "CONFIRM" in (await refused(client, SendOut(lines), "o12", "s-pass")).message
        await say(client, ConfirmAllergy((), card.version), "s-pass", "o12")
        await say(client, SendOut(lines), "s-pass", "o12")
        assert expo_card(the(client, "o12")) is None


async def test_14_a_dish_comes_back_from_the_guest_hours_later(tmp_path: Path) -> None:
    """It was fetched, the order is closed: only REMAKE, as a new line, free, with its reason in the history."""
    async with serving(tmp_path, **KITCHEN) as client:
        await client.hold(
            table("o12", dish("steak", total_minor=9_000), dish("kebab"), type=OrderType.TAKEAWAY)
        )
        await say(client, BumpLines("grill", painted(client, "o12", "grill")), "s-grill", "o12")
        await say(client, MarkPickedUp(), "T1", "o12")
        assert (
            "only REMAKE"
            in (await refused(client, RecallLines("grill", painted(client, "o12", "grill")), "o12")).message
        )
        await say(client, Remake(("steak",), "cold"), "T1", "o12")
        (tile,) = tickets(the(client, "o12"), "grill")
        again = [one.line for one in tile.lines if one.open]
        assert [(one.remake_of, one.total_minor, one.remake) for one in again] == [("steak", 0, True)]
        entry = the(client, "o12").history[-1]
        assert (entry.verb, entry.detail, entry.device) == ("remake", "cold", "T1")


async def test_a_dinner_in_courses_goes_by_itself_and_the_waiter_can_hold_it(tmp_path: Path) -> None:
    """Auto-fire: the main course comes when the last starter is done; the guests talk on, so the waiter holds the dessert."""
    courses = (Course(2, {"en": "Main"}), Course(3, {"en": "Dessert"}))
    async with serving(tmp_path, **KITCHEN) as client:
        dinner = (dish("soup"), dish("rings", "fried"), dish("steak", course=2), dish("cake", course=3))
        await client.hold(table("o12", *dinner, courses=courses))
        assert (
            "FIRE first"
            in (
                await refused(client, BumpLines("grill", painted(client, "o12", "grill", "steak")), "o12")
            ).message
        )
        await say(client, BumpLines("grill", painted(client, "o12", "grill", "soup")), "s-grill", "o12")
        assert ("steak", "grill", "WAITING") in where(client, "o12")
        await say(client, BumpLines("fry", painted(client, "o12", "fry")), "s-fry", "o12")
        await until(lambda: ("steak", "grill", "QUEUED") in where(client, "o12"))
        assert the(client, "o12").history[-1].device == "hub"
        await say(client, FireCourse(3), "T1", "o12")
        await say(client, HoldCourse(3), "T1", "o12")
        assert ("cake", "grill", "WAITING") in where(client, "o12")
        later_ms = client.hub.store.now_ms() + 600
        await say(client, FireCourse(3, later_ms), "T1", "o12")
        await until(lambda: ("cake", "grill", "QUEUED") in where(client, "o12"))
        course = the(client, "o12").courses[1]
        assert course.fired_at_ms >= later_ms


async def test_expo_sends_a_half_ready_order_out_and_prep_is_told(tmp_path: Path) -> None:
    """The rider cannot wait: what the fryer still has becomes SENT BY EXPO and leaves its screen after ten seconds."""
    async with serving(tmp_path, **KITCHEN) as client:
        await client.hold(table("o12", dish("steak"), dish("chips", "fried"), type=OrderType.DELIVERY))
        await say(client, BumpLines("grill", painted(client, "o12", "grill")), "s-grill", "o12")
        lines = tuple(
            PaintedLine(one.line.line_id, one.version) for one in the_card(client, "o12").lines_to_send
        )
        await say(client, SendOut(lines, "counter 2"), "s-pass", "o12")
        assert where(client, "o12") == [("steak", "grill", "DONE"), ("chips", "fry", "SENT")]
        (tile,) = tickets(the(client, "o12"), "fry")
        assert tile.lines[0].at.state is LineState.SENT
        assert SENT_SHOWN_MS == 10_000
        entry = board_entry(the(client, "o12"))
        assert entry is not None
        assert (entry.state, entry.pick_up_point) == (OrderState.READY, "counter 2")


async def test_a_pizza_goes_from_the_bench_to_the_oven_and_a_busy_grill_gives_work_away(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path, **KITCHEN) as client:
        oven = client.screen("oven", "s-oven")
        await oven.until(Bookmark)
        await client.hold(table("o12", dish("pizza", "pizza"), dish("steak")))
        assert where(client, "o12") == [("pizza", "grill", "QUEUED"), ("steak", "grill", "QUEUED")]
        await say(
            client, MoveTicket("grill", "fry", painted(client, "o12", "grill", "steak")), "s-grill", "o12"
        )
        await say(client, BumpLines("grill", painted(client, "o12", "grill")), "s-grill", "o12")
        await oven.until(Change, order_id="o12")
        assert where(client, "o12") == [
            ("pizza", "grill", "DONE"),
            ("pizza", "oven", "QUEUED"),
            ("steak", "fry", "QUEUED"),
        ]


async def test_a_catering_order_for_tonight_is_scheduled_and_heard_when_its_time_has_come(
    tmp_path: Path,
) -> None:
    """Due in an hour, so nobody must hear it yet and no screen alarms; fired early, it is an order like any other."""
    async with serving(tmp_path, **KITCHEN) as client:
        due_ms = time.time_ns() // 1_000_000 + 3_600_000
        await client.hold(table("o12", dish("steak"), due_at_ms=due_ms, type=OrderType.TAKEAWAY))
        assert the(client, "o12").scheduled
        assert board_entry(the(client, "o12")) is None

        def heard() -> HeardState:
            found = client.hub.heard.hearing.state("o12", "grill")
            assert found is not None
            return found.state

        assert heard() is HeardState.SCHEDULED
        assert client.hub.timer.waiting == 1
        await say(client, FireCourse(0), "s-grill", "o12")
        assert heard() in (HeardState.PENDING, HeardState.NOT_HEARD)
        assert where(client, "o12") == [("steak", "grill", "QUEUED")]
        assert client.hub.timer.waiting == 0


async def test_an_allergy_told_at_the_table_reaches_every_station_of_the_order(tmp_path: Path) -> None:
    async with serving(tmp_path, **KITCHEN) as client:
        await client.hold(table("o12", dish("steak"), dish("chips", "fried")))
        await say(
            client,
            AddLines((), (Allergen("nuts", {"en": "NUT ALLERGY", "ar": "حساسية مكسرات"}),)),
            "T1",
            "o12",
        )
        await say(client, VoidLines(("steak",)), "T1", "o12")
        for station in ("grill", "fry"):
            (tile,) = tickets(the(client, "o12"), station)
            assert [one.allergen_id for one in tile.allergens] == ["nuts"]
            assert tile.unseen
