"""A whole kitchen screen on a whole hub, in the restaurant's words. Numbers are KITCHEN's complaints about others."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from display.app.start import Output
from display.core.link_state import SILENCE_S
from display.core.slots import STABLE
from display.core.sounding import PAUSE_S, Sound
from display.ui.input import Shown
from display.ui.sound import Speaker
from heard.command import (
    AddLines,
    BumpLines,
    ChangeLine,
    Command,
    RecallLines,
    Verb,
    VoidLines,
)
from heard.order import Line, LineState, Modifier, ModifierKind, Note
from heard.pos import Terminal
from heard.stream import HeardState
from hub.core import hearing
from tests.fakes.cable import Cable
from tests.fakes.clock import Hurry
from tests.hub.day_time import Sky
from tests.hub.rpc.serving import Client, an_order, serving
from tests.hub.test_floor import say, the
from tests.scenarios.screens import LOOKED_S, Screen, a_screen
from tests.scenarios.test_kitchen_day import painted, table
from tests.waiting import until


def till_of(client: Client, folder: Path, hub: str = "") -> Terminal:
    """Till T1."""
    return Terminal(device="T1", journal=folder / "t1.journal", hub=hub or client.address.address)


def told(till: Terminal, order_id: str, station: str = "grill") -> HeardState | None:
    """What the till knows of the station's screen."""
    value = till.heard(order_id).get(station)
    return value.state if value is not None else None


async def heard(till: Terminal, order_id: str, state: HeardState = HeardState.HEARD) -> str:
    """Until the till is told so; in which words."""
    await until(lambda: told(till, order_id) is state)
    return till.heard(order_id)["grill"].message


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub tells the till after half a second what it tells after five."""
    monkeypatch.setattr(hearing, "NOT_HEARD_MS", 500)
    monkeypatch.setattr(hearing, "GRACE_MS", 0)


@pytest.mark.usefixtures("impatient")
async def test_1_a_screen_that_sees_nothing_says_so_and_the_till_says_whom_to_call(
    tmp_path: Path, fonts: Output
) -> None:
    """Its cable is out: the picture looks fine. The cook reads since when it is old, the cashier what to do."""
    async with (
        serving(tmp_path / "hub") as client,
        Cable(client.address.address) as cable,
        till_of(client, tmp_path) as till,
        a_screen(fonts, cable.address, tmp_path) as grill,
    ):
        first = await till.hold(an_order("", call_number="213"))
        await heard(till, first.order_id)
        cable.pull()
        blind = await till.hold(an_order("", call_number="214"))
        words = await heard(till, blind.order_id, HeardState.NOT_HEARD)
        assert re.fullmatch(r"Grill has not seen #214 \(0:\d\d\)\. Tell the grill\.", words)
        grill.later(SILENCE_S)
        await grill.says("NOT LIVE", "last order #213", key="top")
        assert "#213" in grill.words(first.order_id), "what it has is not taken away"
        cable.plug_in()
        await grill.says("LIVE AGAIN", key="top")
        await heard(till, blind.order_id)
        assert "#214" in grill.words(blind.order_id)


@pytest.mark.usefixtures("impatient")
async def test_1_a_window_that_nobody_can_see_proves_nothing(tmp_path: Path, fonts: Output) -> None:
    """All is received and drawn, but behind another window: "all said they were updated" is not said here."""
    async with (
        serving(tmp_path / "hub") as client,
        till_of(client, tmp_path) as till,
        a_screen(fonts, client.address.address, tmp_path) as grill,
    ):
        grill.app.feed(Shown(False))
        held = await till.hold(an_order("", call_number="214"))
        await grill.says("#214")
        assert "Tell the grill." in await heard(till, held.order_id, HeardState.NOT_HEARD)
        grill.app.feed(Shown(True))
        await heard(till, held.order_id)


@pytest.mark.usefixtures("impatient")
async def test_2_a_screen_that_was_off_is_missed_at_once_and_has_it_all_when_it_is_on(
    tmp_path: Path, fonts: Output
) -> None:
    """Nobody switched the grill's screen on. Each order is called out at the till, and none is sent again by hand."""
    async with serving(tmp_path / "hub") as client, till_of(client, tmp_path) as till:
        orders = [(await till.hold(an_order("", call_number=str(n)))).order_id for n in (1, 2, 3)]
        for one in orders:
            assert "Tell the grill." in await heard(till, one, HeardState.NOT_HEARD)
        async with a_screen(fonts, client.address.address, tmp_path) as grill:
            for one in orders:
                await heard(till, one)
            assert set(grill.tiles()) == set(orders)


async def test_9_the_network_was_restarted_and_the_screen_is_there_again_by_itself(
    tmp_path: Path, fonts: Output
) -> None:
    """The old connection is dead and nobody says so. The screen waits for it no longer than it takes to see that."""
    async with (
        serving(tmp_path / "hub") as client,
        Cable(client.address.address) as cable,
        till_of(client, tmp_path) as till,
        a_screen(fonts, cable.address, tmp_path) as grill,
    ):
        cable.pull()
        held = await till.hold(an_order("", call_number="214"))
        grill.later(SILENCE_S)
        await grill.says("NOT LIVE 0:0", key="top")  # with its seconds: not a word that stands there for ever
        dialled = cable.dialled
        cable.forget()
        await grill.says("LIVE AGAIN", key="top")
        await heard(till, held.order_id)
        assert "#214" in grill.words(held.order_id)
        assert cable.dialled > dialled


async def test_10_the_clocks_are_wrong_and_no_age_is_and_no_order_goes(tmp_path: Path, fonts: Output) -> None:
    """The screen thinks it is 1970; then somebody sets the hub's clock back by three hours in the middle of lunch."""
    sky = Sky.at("2026-11-23T12:30", in_step=True)
    async with (
        sky.hub(tmp_path / "hub") as client,
        a_screen(fonts, client.address.address, tmp_path, clock=Hurry(wall_ms=0)) as grill,
    ):
        await client.hold(an_order("o1"))
        sky.later(10 / 60)
        await grill.says("10:0", key="o1")
        sky.in_step = False
        sky.clock_says("2026-11-23T09:30")
        await client.hold(an_order("o2"))
        await grill.says("0:0", key="o2")
        sky.later(1 / 60)
        await grill.says("11:0", key="o1")
        await grill.says("1:0", key="o2")
        assert not re.search(r"[-−]\d", grill.words("o"))
        assert list(grill.tiles()) == ["o1", "o2"], "the oldest first, and both are there"
        assert the(client, "o2").business_date == "2026-11-23"


async def test_12_after_everything_that_happens_at_lunch_all_day_is_what_is_to_be_made(
    tmp_path: Path, fonts: Output
) -> None:
    """Orders, bumps, voids, changes, add-ons and recalls by chance; the rail is counted again after each."""
    chance = Random(12)
    async with (
        serving(tmp_path / "hub") as client,
        a_screen(fonts, client.address.address, tmp_path) as grill,
    ):
        held: list[str] = []
        for n in range(60):
            if n < 4 or chance.random() < 0.2:
                held.append(f"o{n}")
                await client.hold(table(held[-1], a_kebab(f"a{n}", chance), a_kebab(f"b{n}", chance)))
            else:
                await _something(client, chance, chance.choice(held), n)
            await until(lambda: all_day(grill) == to_make(client))
        assert len(to_make(client)) == 2, "it was not all done in the end"


async def _something(client: Client, chance: Random, order_id: str, n: int) -> None:
    """One thing that a cook or a waiter does to this order, if it can be done now."""
    here = painted(client, order_id, "grill")
    one = (chance.choice(here),)
    first = one[0].line_id
    verbs: tuple[Verb, ...] = (
        BumpLines("grill", one),
        BumpLines("grill", here),
        RecallLines("grill", here),
        VoidLines((first,)),
        ChangeLine(first, quantity_milli=chance.choice((1000, 3000))),
        AddLines((a_kebab(f"c{n}", chance),)),
    )
    await client.execute(Command(order_id, chance.choice(verbs), command_id=f"lunch-{n}"), "s-1")


def a_kebab(line_id: str, chance: Random) -> Line:
    """One or two of one of two kinds."""
    kind = chance.choice(("kofta", "tawook"))
    return Line(line_id, kind, {"en": kind.title()}, chance.choice((1000, 2000)), category="grills")


def to_make(client: Client) -> dict[str, int]:
    """Counted from the hub's orders: what the grill has to make of each dish."""
    found: dict[str, int] = {}
    for order in client.hub.store.open_orders():
        for line in order.lines:
            at = line.at("grill")
            if at is not None and at.state in (LineState.QUEUED, LineState.STARTED) and not line.voided:
                name = line.name["en"]
                found[name] = found.get(name, 0) + (line.quantity_milli - at.made_milli) // 1000
    return found


def all_day(screen: Screen) -> dict[str, int]:
    """Read from the glass: "6 Kofta +3" is nine."""
    found: dict[str, int] = {}
    count, name = 0, ""
    for text in (one.text for one in screen.texts("rail")):
        if text.isdigit():
            count = int(text)
        elif text.startswith("+"):
            found[name] += int(text)
        elif text.isalpha():
            found[name := text] = count
    return found


async def test_13_the_bell_rings_when_the_ticket_stands_there_and_once_for_a_burst(
    tmp_path: Path, fonts: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cook who looks up at the sound sees the ticket; ten orders in a second do not ring ten times."""
    rung: list[tuple[str, set[str]]] = []
    clock = Hurry()
    async with (
        serving(tmp_path / "hub") as client,
        a_screen(fonts, client.address.address, tmp_path, clock=clock) as grill,
    ):
        clock.stop()
        monkeypatch.setattr(Speaker, "play", lambda _, name: rung.append((name, set(grill.tiles()))))
        await client.hold(an_order("o0"))
        await until(lambda: rung)
        assert rung == [(Sound.NEW, {"o0"})]
        for n in range(1, 10):
            await client.hold(an_order(f"o{n}"))
        await until(lambda: len(grill.tiles()) == 10)
        assert len(rung) == 1, "no second sound before people have heard the first"
        await grill.painted(PAUSE_S)
        assert [name for name, _ in rung] == [Sound.NEW, Sound.NEW]
        await client.hold(an_order("o10"))
        await say(client, VoidLines(("l1",)), "T1", "o0")
        await grill.says("CANCELLED", key="o0")
        await grill.painted(PAUSE_S)
        assert [name for name, _ in rung[2:]] == [Sound.VOID], "of two at once the gravest"


async def test_14_a_ticket_of_this_morning_comes_back_at_night_from_another_screen(
    tmp_path: Path, fonts: Output
) -> None:
    """Bumped at eleven, twenty-five tickets ago, at a screen that is broken since: the cook types its number at the spare one."""
    sky = Sky.at("2026-11-23T11:00", in_step=True)
    async with sky.hub(tmp_path / "hub") as client:
        for n in range(1, 27):
            await client.hold(an_order(f"o{n}", call_number=str(100 + n)))
            await say(client, BumpLines("grill", painted(client, f"o{n}", "grill")), "grill-1", f"o{n}")
            sky.later(1 / 60)
        sky.later(10)
        async with a_screen(fonts, client.address.address, tmp_path, device="grill-2") as spare:
            spare.press("r")
            await spare.says("#126", key="recall")
            spare.press("1", "0", "1")
            await spare.says("#101", key="recall")
            await until(lambda: "#126" not in spare.words("recall"))
            spare.press("enter")
            await spare.says("#101", "RECALLED", key="o1/")
            assert grill_state(client, "o1") is LineState.QUEUED
            entry = the(client, "o1").history[-1]
            assert (entry.verb, entry.device) == ("recall", "grill-2")


def grill_state(client: Client, order_id: str) -> LineState | None:
    """How far the grill is with the order's first line."""
    at = the(client, order_id).lines[0].at("grill")
    return at.state if at is not None else None


ARABIC = "كباب لحم مشوي"
NO_ONION = "بصل"
WELL_DONE = "مستوية جيداً"


async def test_18_an_arabic_ticket_reads_from_the_right_and_in_whole_words(
    tmp_path: Path, fonts: Output
) -> None:
    """Names, modifiers and notes as one run each, joined as Arabic is written; what has no Arabic name stays as it is."""
    lines = (
        Line(
            "l1",
            "kebab",
            {"en": "Kebab", "ar": ARABIC},
            2000,
            category="grills",
            modifiers=(Modifier("onion", {"en": "onion", "ar": NO_ONION}, ModifierKind.REMOVE),),
            notes=(Note({"ar": WELL_DONE}),),
        ),
        Line("l2", "special", {"en": "Chef Special"}, category="grills"),
    )
    async with (
        serving(tmp_path / "hub", languages=("ar", "en")) as client,
        a_screen(fonts, client.address.address, tmp_path) as grill,
    ):
        await client.hold(an_order("o1", lines=lines, call_number="214"))
        await grill.says(ARABIC, key="o1")
        texts = {one.text: one for one in grill.texts("o1")}
        for words in (ARABIC, NO_ONION, WELL_DONE):
            assert any(words in text and one.rtl for text, one in texts.items()), words
        assert "Chef Special" in grill.words("o1")
        tile = grill.tiles()["o1"]
        assert tile.x + tile.w / 2 > 1280 / 2, "the first ticket stands on the right"
        name, quantity = _box(grill, ARABIC), _box(grill, "2")
        assert quantity > name, "the quantity leads, on the right"
        engine, size = fonts.text, texts[ARABIC].size
        apart = sum(engine.measure(one, size, texts[ARABIC].weight, True)[0] for one in ARABIC)
        assert engine.measure(ARABIC, size, texts[ARABIC].weight, True)[0] < apart, "letters are joined"


def _box(grill: Screen, words: str) -> int:
    return next(one.x for one in grill.texts("o1") if one.text == words)


@pytest.mark.parametrize("by", ["key", "finger"])
async def test_20_a_tile_moves_and_the_order_that_slid_under_the_finger_is_not_bumped(
    tmp_path: Path, fonts: Output, by: str
) -> None:
    """The first ticket is done. The others move up in the moment in which the cook presses its place once more, and then the third's."""
    clock = Hurry()
    settings: dict[str, Any] = {"grammar": "digit-bumps"} if by == "key" else {"touch": True}
    async with (
        serving(tmp_path / "hub") as client,
        a_screen(fonts, client.address.address, tmp_path, clock=clock, **settings) as grill,
    ):
        for n in (1, 2, 3):
            await client.hold(an_order(f"o{n}"))
        await until(lambda: len(grill.tiles()) == 3)
        clock.stop()
        await grill.painted(LOOKED_S)
        places = {name: (tile.x, tile.y) for name, tile in grill.tiles().items()}

        def at(slot: int) -> None:
            """Where this one of the three stood."""
            if by == "key":
                grill.key(str(slot))
            else:
                x, y = places[f"o{slot}"]
                grill.tap(x + 60, y + 30)

        at(1)
        await until(lambda: grill_state(client, "o1") is LineState.DONE)
        await grill.painted(STABLE.undo_s + STABLE.close_after_s)
        await until(lambda: "o1" not in grill.tiles())
        moved = grill.tiles()["o2"]
        assert (moved.x, moved.y) == places["o1"], "it slid under the finger"
        at(1)
        at(3)
        await until(lambda: grill_state(client, "o3") is LineState.DONE)
        assert grill_state(client, "o2") is LineState.QUEUED
        await grill.painted(LOOKED_S)
        at(1)
        await until(lambda: grill_state(client, "o2") is LineState.DONE)
