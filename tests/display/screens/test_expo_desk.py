"""What an expeditor's keys and touches do, in the kitchen's words."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from display.core import palette as p
from display.core.card import card_of
from display.core.card_close import CloseStyle
from display.core.cook import Cook, profile
from display.core.draw import Group, Rect, Text
from display.core.effects import AskRecall, Click, Effect, Send, TakeBack
from display.core.fixture import fixture
from display.core.keymap import Action, Grammar
from display.core.layout import COLUMNS, LIST
from display.core.sounding import Sound
from display.core.strip_close import CloseRowStyle
from display.screens.expo_desk import expo_screen
from heard.command import ConfirmAllergy, FireCourse, PackBags, RecallLines, RiderHere, SendOut, Verb
from heard.expo import card_version
from heard.order import Allergen, Course, LineState, Order, OrderState
from heard.stream import Live, Notice, SiteProfile
from tests.display.benches import three_tickets
from tests.display.desks import STATION, Bench
from tests.display.dishes import kitchen
from tests.display.passes import lunch

NUTS = Allergen("nuts", {"en": "Nut allergy"}, added_version=1)


@pytest.fixture
def bench() -> Bench:
    """Three cards that have stood for a while; what they hold is made at the grill."""
    made = Bench(role="expo")
    for lines in (1, 2, 3):
        made.hold(lines)
    made.wait(2.0)
    return made


def make(bench: Bench, order_id: str, *lines: int, state: LineState = LineState.DONE) -> None:
    """The grill made these lines; none named is all."""
    for n in lines or range(len(bench.orders[order_id].lines)):
        bench.change(order_id, n, lambda at, version: dataclasses.replace(at, state=state, version=version))
    bench.wait(1.0)


def with_order(bench: Bench, order_id: str, **fields: object) -> None:
    """The till changed the order."""
    order: Order = dataclasses.replace(bench.orders[order_id], **fields)  # type: ignore[arg-type]
    bench.put(dataclasses.replace(order, version=order.version + 1))
    bench.wait(1.0)


def verb(effects: tuple[Effect, ...]) -> Verb:
    """The one command among effects."""
    sends = [effect for effect in effects if isinstance(effect, Send)]
    assert len(sends) == 1, effects
    return sends[0].verb


def said(bench: Bench) -> str:
    saying = bench.desk.intents.saying
    return "" if saying is None else bench.desk.look.words.say(saying.key, **saying.values)


def test_a_ready_card_goes_out_at_the_first_press(bench: Bench) -> None:
    make(bench, "o02")
    bench.wait(12.0)
    assert bench.shown()[0] == (1, "o02", "live"), "ready and waiting stands first"
    bench.digit(1)
    sent = verb(bench.press(Action.BUMP))
    assert isinstance(sent, SendOut)
    order = bench.orders["o02"]
    assert {(one.line_id, one.version) for one in sent.lines} == {
        (line.line_id, card_version(line)) for line in order.lines
    }
    assert bench.shown()[0] == (1, "o02", "bumped"), "greyed in its place with UNDO"
    bench.deliver()
    bench.wait(2.0)
    assert bench.shown()[0] == (1, "o02", "bumped")
    bench.wait(3.0)
    assert "o02" not in {order_id for _, order_id, _ in bench.shown()}


def test_undo_brings_a_sent_card_back(bench: Bench) -> None:
    make(bench, "o01")
    bench.digit(1)
    bench.press(Action.BUMP)
    bench.deliver()
    assert isinstance(bench.press(Action.UNDO)[0], TakeBack)
    bench.deliver()
    bench.wait(1.0)
    assert bench.shown()[0] == (1, "o01", "live")


def test_bump_while_prep_is_open_says_what_is_missing_and_again_sends(bench: Bench) -> None:
    make(bench, "o02", 0)
    bench.digit(2)
    assert bench.press(Action.BUMP) == (Click(),)
    assert said(bench) == "NOT READY: GRILL 2 Dish 1 · press again to send"
    bench.wait(0.3)
    assert bench.press(Action.BUMP) == (Click(),), "a double press is one press"
    bench.wait(1.0)
    sent = verb(bench.press(Action.BUMP))
    assert isinstance(sent, SendOut)
    assert len(sent.lines) == 2
    assert bench.desk.intents.saying is None, "nothing is to be pressed again"
    bench.deliver()
    assert bench.orders["o02"].lines[1].stations[0].state is LineState.SENT


def test_the_second_thought_lasts_five_seconds_and_ends_with_any_change(bench: Bench) -> None:
    bench.digit(2)
    bench.press(Action.BUMP)
    bench.wait(5.1)
    assert bench.press(Action.BUMP) == (Click(),)
    bench.wait(1.0)
    make(bench, "o02", 0)
    assert bench.press(Action.BUMP) == (Click(),), "something else is missing now"
    assert said(bench).startswith("NOT READY: GRILL 2 Dish 1")


def test_a_version_that_changes_nothing_of_what_goes_out_asks_nothing_again(bench: Bench) -> None:
    """Once under load: the CONFIRM of a moment ago was committed between the two presses, and a third one was asked for."""
    make(bench, "o02", 0)
    bench.digit(2)
    assert bench.press(Action.BUMP) == (Click(),)
    order = bench.orders["o02"]
    bench.put(dataclasses.replace(order, version=order.version + 1, allergy_confirmed_version=order.version))
    bench.wait(1.0)
    assert isinstance(verb(bench.press(Action.BUMP)), SendOut)


def test_an_allergy_must_be_confirmed_with_its_own_key_first(bench: Bench) -> None:
    with_order(bench, "o01", allergens=(NUTS,))
    make(bench, "o01")
    bench.digit(1)
    assert bench.press(Action.BUMP) == (Click(),)
    assert said(bench) == "CONFIRM the allergy first"
    confirmed = verb(bench.press(Action.CONFIRM))
    assert confirmed == ConfirmAllergy(("nuts",), bench.orders["o01"].version)
    bench.deliver()
    bench.wait(1.0)
    assert bench.press(Action.CONFIRM) == (Click(),)
    bench.wait(1.0)
    assert isinstance(verb(bench.press(Action.BUMP)), SendOut)


def test_a_finger_on_the_bar_confirms_and_one_on_a_line_only_selects(bench: Bench) -> None:
    with_order(bench, "o01", allergens=(NUTS,))
    tile = bench.flips[-1][1].under(1)
    assert tile is not None
    bar = next(rows for rows in tile.rows if rows.action)
    assert isinstance(verb(bench.tap(bar.x + 20, bar.y + bar.h - 15)), ConfirmAllergy)
    line = next(rows for rows in tile.rows if rows.lines)
    assert bench.tap(line.x + 20, line.y + 10) == ()
    assert bench.desk.intents.selected == ("o01", 0)


def test_an_allergy_that_came_within_half_a_second_is_not_confirmed_by_that_key(bench: Bench) -> None:
    with_order(bench, "o01", allergens=(NUTS,))
    bench.digit(1)
    seen = bench.orders["o01"].version
    order = bench.orders["o01"]
    egg = Allergen("egg", {"en": "Egg allergy"}, added_version=order.version + 1)
    bench.put(dataclasses.replace(order, allergens=(NUTS, egg), version=order.version + 1))
    bench.wait(0.2)
    confirmed = verb(bench.press(Action.CONFIRM))
    assert isinstance(confirmed, ConfirmAllergy)
    assert confirmed.painted_version == seen


def test_what_came_under_the_finger_is_not_sent(bench: Bench) -> None:
    make(bench, "o01")
    bench.digit(1)
    bench.add("o01")
    bench.wait(0.2)
    assert bench.press(Action.BUMP) == (Click(),)
    assert said(bench) == "Changed meanwhile: look again"


def test_bags_rider_and_fire(bench: Bench) -> None:
    bench.digit(1)
    assert verb(bench.press(Action.BAG)) == PackBags(1)
    assert verb(bench.press(Action.BAG)) == PackBags(2), "the echo counts"
    assert verb(bench.press(Action.ERASE)) == PackBags(1)
    assert verb(bench.press(Action.RIDER)) == RiderHere(True)
    bench.deliver()
    assert verb(bench.press(Action.RIDER)) == RiderHere(False)
    assert bench.press(Action.FIRE) == (Click(),)
    order = bench.orders["o02"]
    held = dataclasses.replace(order.lines[1].stations[0], state=LineState.WAITING)
    line = dataclasses.replace(order.lines[1], course=2, stations=(held,))
    with_order(bench, "o02", lines=(order.lines[0], line), courses=(Course(2),))
    bench.digit(2)
    assert verb(bench.press(Action.FIRE)) == FireCourse(2)


def test_recall_brings_back_what_was_sent(bench: Bench) -> None:
    make(bench, "o01")
    bench.digit(1)
    bench.press(Action.BUMP)
    bench.deliver()
    bench.wait(20.0)
    bench.press(Action.RECALL)
    bench.desk.recalled(AskRecall(""), (bench.orders["o01"],))
    bench.turn()
    bench.wait(0.6)
    recalled = verb(bench.press(Action.BUMP))
    assert isinstance(recalled, RecallLines)
    assert [one.line_id for one in recalled.lines] == ["o01-0"]


def test_ready_rider_and_what_is_grave_ring_but_not_every_new_order(bench: Bench) -> None:
    assert bench.rung == []
    make(bench, "o01")
    bench.wait(5.0)
    with_order(bench, "o02", rider_here_at_ms=5)
    bench.wait(5.0)
    with_order(bench, "o02", rush=True)
    assert [sound for _, sound in bench.rung] == [Sound.NEW, Sound.CHANGED, Sound.RUSH]


def test_before_a_second_page_cards_stand_closer_but_never_under_a_finger(bench: Bench) -> None:
    while bench.turn().pages == 1:
        assert bench.desk.closeness.now == 0
        bench.now_s += 0.1
        bench.press(Action.NEXT)  # a finger is always at the keys
        before = bench.stood(0)
        bench.hold(3)
    bench.wait(1.0)
    scene = bench.turn()
    assert (scene.pages, scene.closeness) == (2, 0), "it came while somebody was at it"
    assert {tile.key: tile.box.y for tile in before.tiles}.items() <= {
        tile.key: tile.box.y for tile in scene.stands.tiles
    }.items()
    bench.wait(1.0)
    scene = bench.turn()
    assert (scene.pages, scene.closeness) == (1, 1), "now nobody was"
    assert len(scene.shown) == len(bench.orders)
    painted = {order_id for one in bench.reports for order_id, _ in one.newly_shown}
    assert painted == set(bench.orders)
    for order_id in list(bench.orders)[4:]:
        bench.put(dataclasses.replace(bench.orders[order_id], state=OrderState.PICKED_UP))
    bench.wait(20.0)
    assert bench.turn().closeness == 0
    kept = bench.desk.screen._ages._said
    assert {order_id for order_id, _ in kept} == set(list(bench.orders)[:4]), "none is kept of who is gone"


def test_at_the_limit_of_a_page_an_order_that_comes_or_goes_moves_no_other_card() -> None:
    """A second page began with roomier cards, and ended with closer ones: every order laid all the others anew."""
    bench = Bench(role="expo")
    *others, last = fixture(kitchen(lunch(18, 38)[:29]) | {"station": "expo"}).orders
    for order in others:
        bench.put(order)
    bench.wait(2.0)
    bench.put(last)
    bench.wait(2.0)
    for version in (last.version + 1, last.version + 3):
        bench.put(dataclasses.replace(last, version=version, state=OrderState.PICKED_UP))
        bench.wait(20.0)
        gone = bench.turn()
        bench.put(dataclasses.replace(last, version=version + 1))
        bench.wait(20.0)
        come = bench.turn()
        assert (gone.pages, come.pages) == (1, 2)
        places = {tile.key: tile.box for tile in gone.stands.tiles}
        assert {tile.key: tile.box for tile in come.stands.tiles}.items() <= places.items()
        assert gone.closeness == come.closeness


@pytest.mark.parametrize("layout", [COLUMNS, LIST])
def test_how_close_is_judged_for_the_size_that_is_asked_for(layout: str) -> None:
    """A panel that changed its size was judged by cards of the old one: they were kept by place alone."""
    bench = three_tickets(role="expo", layout=layout)
    for lines in (3, 5, 2, 4, 3, 5, 6, 2):
        order = bench.orders[bench.hold(lines)]
        bench.put(dataclasses.replace(order, guest="The whole family of Abdulrahman from the corner house"))
    view = bench.desk._view(bench.moment(), None)
    found = set()
    for w, h, columns in itertools.product((3840, 1920), (700,), (2, 3, 4)):
        sized = dataclasses.replace(view, w=w, h=h, columns=columns)
        fresh = expo_screen(bench.desk.look, touch=False, layout=layout)
        assert bench.desk.screen.fitting(sized) == fresh.fitting(sized), (w, h)
        found.add(fresh.fitting(sized))
    assert len(found) > 1


def test_what_a_strip_says_in_its_header_is_a_row_for_keys_and_fingers() -> None:
    """It had no height: the ring was a line outside the strip, and a finger on a dish meant the whole order."""
    bench = Bench(role="expo", layout=LIST, w=3840)
    for n in range(44):
        bench.hold(1 + n % 3)
    bench.wait(20.0)
    scene = bench.turn()
    assert scene.closeness > 0
    tile, row = next(
        (tile, row)
        for tile in scene.stands.tiles
        for row in tile.rows
        if row.lines and row.y < tile.box.y + tile.header_h and tile.slot < 10
    )
    bench.digit(tile.slot)
    bench.press(Action.LINE_DOWN)
    rings = [
        op
        for op in bench.turn().picture.ops
        if isinstance(op, Rect) and op.border and op.colour == p.SELECTED
    ]
    assert any((op.x, op.y, op.w, op.h) == (row.x, row.y, row.w, row.h) for op in rings)
    assert tile.box.y < row.y < row.y + row.h < tile.box.y + tile.header_h
    bench.press(Action.BACK)
    bench.wait(1.0)
    bench.hold_finger(row.x + 5, row.y + 5)
    menu = bench.desk.intents.menu
    assert menu is not None
    assert menu.subject is not None
    assert menu.subject.line_ids == tuple(line.line_id for line in row.lines)


@pytest.mark.parametrize("counts", [False, True])
@pytest.mark.parametrize("style", [CloseStyle, CloseRowStyle])
def test_on_a_sent_card_nothing_that_was_missing_stays_bright(
    style: type[CloseStyle | CloseRowStyle], counts: bool
) -> None:
    bench = three_tickets(role="expo")
    close, look = style(slots=True, counts=counts), bench.desk.look
    for ticket in bench.desk.board.tickets.values():
        inks = {}
        for greyed in (False, True):
            blocks = close.blocks(look, 420, ticket, card_of(ticket), greyed=greyed)
            inks[greyed] = {op.colour for block in blocks for op in block.ops if isinstance(op, Text)}
        assert inks[False] & {p.INK, p.QUANTITY_MANY}
        assert not inks[True] & {p.INK, p.QUANTITY_MANY}


def test_every_line_of_a_card_counts_as_painted(bench: Bench) -> None:
    reported = {order_id: version for one in bench.reports for order_id, version in one.newly_shown}
    assert reported == {"o01": 1, "o02": 1, "o03": 1}
    make(bench, "o03", 1)
    assert bench.reports[-1].newly_shown == (("o03", 2),)
    assert bench.orders["o03"].lines[1].stations[0].station == STATION


def test_what_the_hub_tells_of_a_station_stands_over_everything(bench: Bench) -> None:
    words = "Grill has not seen o01 (0:05). Tell the grill."
    notice = Live("alarm/grill", "hub", 1, Notice("alarm", {"en": words}, STATION))
    bench.desk.live_values((notice,), bench.now_s)
    assert words in top(bench)
    bench.desk.live_values((dataclasses.replace(notice, value=None),), bench.now_s)
    assert words not in top(bench)
    nobody = Notice("warn", {"en": "NOBODY AT GRILL?", "ar": "لا أحد في الشواية؟"}, STATION)
    bench.desk.live_values((Live("alarm/nobody/grill", "hub", 1, nobody),), bench.now_s)
    assert "NOBODY AT GRILL?" in top(bench)


def test_a_simulated_expeditor_confirms_and_sends_out_what_is_ready(bench: Bench) -> None:
    with_order(bench, "o02", allergens=(NUTS,))
    make(bench, "o02")
    cook = Cook(profile("instant"), Grammar.SELECT, lambda: 0.5)
    (thought,) = bench.desk.thoughts(cook, bench.now_s)
    verbs = [
        verb(effects) for press in thought if (effects := bench.carry(bench.desk.press(press, bench.now_s)))
    ]
    assert [type(one) for one in verbs] == [ConfirmAllergy, SendOut]
    bench.deliver()
    assert bench.desk.thoughts(cook, bench.now_s) == (), "the others are not ready"


def top(bench: Bench) -> list[str]:
    """What is written in the top bar."""
    groups = [op for op in bench.turn().picture.ops if isinstance(op, Group) and op.key == "top"]
    return [op.text for op in groups[0].ops if isinstance(op, Text)]


def test_the_layout_follows_the_hub_at_once_and_keys_mean_the_same(bench: Bench) -> None:
    panel = dataclasses.replace(bench.desk.panel, layout="list", columns=2)
    bench.desk.settle(bench.desk.look, panel, SiteProfile("Kitchen", ()))
    bench.wait(1.0)
    assert {tile.box.w for tile in bench.flips[-1][1].tiles} == {942}, "strips of half the screen"
    make(bench, "o01", 0)
    bench.wait(1.0)
    slot = next(slot for slot, order_id, _ in bench.shown() if order_id == "o01")
    bench.digit(slot)
    assert isinstance(verb(bench.press(Action.BUMP)), SendOut)


def test_of_a_banquet_it_says_how_much_is_missing_and_where(bench: Bench) -> None:
    order_id = bench.hold(40)
    bench.wait(2.0)
    slot = next(slot for slot, one, _ in bench.shown() if one == order_id)
    bench.digit(slot)
    bench.press(Action.BUMP)
    assert said(bench) == "NOT READY: GRILL 60 · press again to send"
    bar = next(op for op in bench.turn().picture.ops if isinstance(op, Group) and op.key == "bottom")
    assert any("NOT READY" in op.text for op in bar.ops if isinstance(op, Text))
