"""What changes after its dish was printed comes out of the printer too, once for all that waits for the same paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heard.command import (
    AddLines,
    ChangeLine,
    ChangeOrder,
    FireCourse,
    Merge,
    PrintTicket,
    RecallLines,
    Split,
    Transfer,
    Verb,
    VoidLines,
)
from heard.order import (
    Allergen,
    Course,
    Line,
    Modifier,
    ModifierKind,
    Note,
    Order,
    OrderState,
    OrderType,
    WantedSlip,
)
from hub.core.decision import order_key
from hub.core.on_paper import ticket_slips, wanted_rows
from hub.core.printing import decide_printed, to_print
from hub.core.routing import RoutingPlan, Rule
from hub.core.slip_rows import Row, Style
from hub.core.slip_wishes import SLIP_LIFE_MS, SLIPS_MAX
from hub.core.slips import decide_slip, slips_due
from tests.hub.core.making import Kitchen, line
from tests.hub.core.test_slips import PAPER, PLAN, PREP, RULES, done, rows_of, words
from tests.hub.core.test_slips import kitchen as a_kitchen

NUTS, ONION = Note({"en": "NUT allergy!"}), Note({"en": "no onion"})


def kitchen(*lines: Line, printed: bool = True) -> Kitchen:
    """The bar's dishes come out of a printer, and were printed; what is grilled is on a screen."""
    there = a_kitchen(replace(RULES, slip_on_bump=""))
    rules = (Rule(("paper",), categories=("bar",)), Rule(("grill",)))
    routing, profile = (
        RoutingPlan(rules, PREP, PLAN.floor),
        replace(there.site.profile, allergy_words=("nut",)),
    )
    there.site = replace(there.site, routing=routing, profile=profile)
    there.hold(*(lines or (line("a", "bar"), line("b", "bar"), line("g"))), covers=2, notes=(ONION,))
    if printed:
        print_as_of(there, there.order().version)
    return there


def print_as_of(there: Kitchen, version: int) -> None:
    key = order_key("o1")
    made = decide_printed({key: there.order()}, "o1", "paper", version, there.now_ms, there.site)
    there.docs.update(made.puts)


def shown(rows: tuple[Row, ...]) -> list[str]:
    return [f"{'-' if row.struck else ''}{row.start} {row.texts[0]}".strip() for row in rows if row.texts]


def test_an_allergy_of_a_dish_comes_out_with_that_dish() -> None:
    there = kitchen()
    there.do(AddLines((), (Allergen("nuts", {"en": "nuts"}, line_id="a"),)))
    (slip,) = there.order().slips
    assert (slip.printer, slip.station, slip.line_ids) == ("paper", "paper", ("a",))
    assert words(there, slip, copy=True) == [
        "#214", "TAKEAWAY", "COPY", "• no onion", "CHANGED", "1 a", "ALLERGY: nuts",
    ]  # fmt: skip
    done(there, slip)
    there.do(PrintTicket("paper"))
    (again,) = there.order().slips
    assert "CHANGED" not in words(there, again, copy=True), "the slip before has said it"
    done(there, again)
    there.do(AddLines((line("c", "bar"),)))
    assert there.order().slips == ()


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (ChangeOrder(notes=(NUTS,)), ["• NUT allergy!"]),
        (ChangeOrder(notes=(ONION, NUTS)), ["• no onion", "• NUT allergy!"]),
        (ChangeOrder(notes=()), []),
        (ChangeOrder(guest="Omar"), ["Omar"]),
        (ChangeOrder(covers=5), ["Guests: 5"]),
        (ChangeOrder(due_at_ms=5_000_000), ["due 01:23"]),
        (Transfer("12", type=OrderType.DINE_IN), ["DINE IN", "Table 12"]),
    ],
)
def test_what_stands_above_the_dishes_comes_out_as_it_is_now(
    verb: ChangeOrder | Transfer, said: list[str]
) -> None:
    there = kitchen()
    there.do(verb)
    (slip,) = there.order().slips
    assert slip.line_ids == ("a", "b"), "all that this printer has of the order"
    rows = shown(rows_of(there, slip))
    above = rows[: rows.index("1 a")]
    assert "COPY" in above, "nobody makes it twice"
    said = ["-• no onion"] * (ONION not in there.order().notes) + said
    changed = above[above.index("CHANGED") + 1 :]
    assert changed[-len(said) :] == said
    assert not set(said) & set(above[: above.index("CHANGED")])
    there.do(verb)
    assert len(there.order().slips) == 1, "nothing changed"


def test_an_allergy_in_a_note_is_white_on_black() -> None:
    there = kitchen()
    there.do(ChangeOrder(notes=(NUTS,)))
    (row,) = [row for row in rows_of(there, there.order().slips[0]) if row.texts == ("NUT allergy!",)]
    assert row.style is Style.ALLERGY


def test_what_is_not_on_paper_yet_needs_no_second_slip() -> None:
    there = kitchen(printed=False)
    there.do(ChangeOrder(guest="Omar"))
    assert there.order().slips == ()
    print_as_of(there, there.order().version)
    assert there.order().slips == ()


@pytest.mark.parametrize(
    ("verb", "changed"), [(ChangeOrder(guest="Omar"), ("guest",)), (Transfer("7"), ("table",))]
)
def test_a_change_while_the_slip_came_out_comes_after_it(
    verb: ChangeOrder | Transfer, changed: tuple[str, ...]
) -> None:
    there = kitchen(printed=False)
    drawn = there.order().version
    there.do(verb)
    print_as_of(there, drawn)
    (slip,) = there.order().slips
    assert (slip.line_ids, slip.changed, slip.copy) == (("a", "b"), changed, True)


def test_changes_that_wait_for_the_same_paper_are_one_slip() -> None:
    there = kitchen()
    there.do(ChangeOrder(notes=(NUTS,)))
    there.do(ChangeOrder(notes=(), covers=3))
    there.do(ChangeOrder(notes=(ONION,)))
    (slip,) = there.order().slips
    assert (slip.changed, slip.version) == (("covers", "notes"), there.order().version)
    assert shown(rows_of(there, slip))[-5:] == ["Guests: 3", "-• NUT allergy!", "• no onion", "1 a", "1 b"]


def test_what_left_the_pass_is_changed_on_no_paper() -> None:
    there = kitchen()
    there.send_out("a", "b")
    there.do(ChangeOrder(covers=7))
    assert there.order().slips == ()


def split_off(there: Kitchen, *line_ids: str, to: str = "o2", number: str = "57", of: str = "o1") -> Order:
    there.do(Split(to, line_ids, number), order_id=of)
    return there.order(to)


def came_out(there: Kitchen, order_id: str, slip: WantedSlip) -> list[str]:
    """It is drawn as the order stands now, and out."""
    order = there.order(order_id)
    rows = wanted_rows(order, slip, PAPER, there.site, copy=slip.copy, may_be_printed=False)
    made = decide_slip({order_key(order_id): order}, order_id, slip, order.version, there.now_ms, there.site)
    there.docs.update(made.puts)
    return shown(rows)[1:]


def test_what_was_printed_and_moves_to_another_order_comes_out_under_its_new_number_and_is_made_once() -> (
    None
):
    there = kitchen()
    there.do(ChangeOrder(covers=3))
    done(there, there.order().slips[0])
    made = split_off(there, "b", "g")
    (slip,) = made.slips
    assert (slip.printer, slip.line_ids, slip.moved_from, slip.copy) == ("paper", ("b",), "214", False)
    assert to_print(made, "paper") == () == to_print(there.order(), "paper")
    assert there.order().slips == (), "what stays is right on its paper"
    assert came_out(there, "o2", slip) == [
        "#57", "TAKEAWAY", "WAS #214", "DO NOT MAKE AGAIN", "• no onion", "1 b",
    ]  # fmt: skip
    assert there.order("o2").slips == ()
    there.hold(line("x", "bar"), order_id="o3", call_number="60")
    there.do(Merge("o3"), order_id="o2")
    assert (there.order("o2").slips, there.order("o2").state) == ((), OrderState.MERGED)
    (slip,) = there.order("o3").slips
    assert (slip.line_ids, slip.moved_from) == (("b",), "57")


NO_ICE = ChangeLine("b", modifiers=(Modifier("ice", {"en": "no ice"}, ModifierKind.REMOVE),))


@pytest.mark.parametrize(
    ("again", "said"),
    [
        (NO_ICE, ["CHANGED", "1 b", "− no ice"]),
        (None, ["1 b"]),
        (VoidLines(("b",)), ["VOID", "-1 b"]),
    ],
)
@pytest.mark.parametrize("slip_first", [False, True])
def test_what_is_to_be_made_after_all_is_on_no_slip_that_says_do_not(
    again: Verb | None, said: list[str], slip_first: bool
) -> None:
    """The table splits while the printer has no paper; then the guest of the new number says "no ice", or its till recalls."""
    there = kitchen(line("a", "bar"), line("b", "bar"), line("c", "bar"))
    there.do(ChangeOrder(guest="Omar"))
    split_off(there, "b", "c")
    there.do(again or RecallLines("paper", there.painted("paper", "b", order_id="o2")), order_id="o2")
    copy = [] if again else ["COPY"]

    def own() -> list[str]:
        now = there.order("o2")
        (rows,) = ticket_slips(now, PAPER, there.site, may_be_printed=False)
        made = decide_printed({order_key("o2"): now}, "o2", "paper", now.version, there.now_ms, there.site)
        there.docs.update(made.puts)
        return shown(rows)[1:]

    def moved() -> list[str]:
        (slip,) = slips_due(there.order("o2"), "paper")
        return came_out(there, "o2", slip)

    both = [moved(), own()] if slip_first else [own(), moved()][::-1]
    assert both == [
        ["#57", "TAKEAWAY", "WAS #214", "DO NOT MAKE AGAIN", "• no onion", "CHANGED", "Omar", "1 c"],
        ["#57", "TAKEAWAY", *copy, "WAS #214", "• no onion", "CHANGED", "Omar", *said],
    ]
    assert there.order("o2").slips == ()
    there.do(AddLines((line("z", "bar"),)), order_id="o2")
    assert "WAS #214" not in own(), "said once"


def test_an_old_number_goes_along_with_what_is_to_be_made_again() -> None:
    """No paper, the table splits, the tea is made otherwise, and its guest joins a third table."""
    there = kitchen()
    split_off(there, "b")
    there.do(NO_ICE, order_id="o2")
    assert slips_due(there.order("o2"), "paper") == (), "its ticket says all"
    (slip,) = there.order("o2").slips
    made = decide_slip({order_key("o2"): there.order("o2")}, "o2", slip, 0, there.now_ms, there.site, "empty")
    assert made.puts == {}, "it waits for the ticket"
    there.hold(line("x", "bar"), order_id="o3", call_number="60", notes=(ONION,))
    made = decide_printed({order_key("o3"): there.order("o3")}, "o3", "paper", 9, there.now_ms, there.site)
    there.docs.update(made.puts)
    there.do(Merge("o3"), order_id="o2")
    (rows,) = ticket_slips(there.order("o3"), PAPER, there.site, may_be_printed=False)
    assert shown(rows)[1:] == [
        "#60", "TAKEAWAY", "WAS #214", "MAY BE ON #57: LOOK", "• no onion", "CHANGED", "1 b", "− no ice",
    ]  # fmt: skip


def test_a_number_that_never_was_on_paper_is_named_on_none() -> None:
    """The printer has no paper while the table splits, and then joins another one."""
    there = kitchen()
    there.do(ChangeOrder(guest="Omar"))
    split_off(there, "b")
    there.hold(line("x", "bar"), order_id="o3", call_number="60", notes=(ONION,))
    there.do(Merge("o3"), order_id="o2")
    (slip,) = there.order("o3").slips
    assert (slip.line_ids, slip.moved_from, slip.changed) == (("b",), "214", ("guest",))
    there.do(Merge("o1"), order_id="o3")
    back = [(one.line_ids, one.moved_from) for one in there.order().slips if one.moved_from]
    assert back == [(("b",), "214")]


def test_both_orders_of_a_join_are_told_what_they_did_not_know() -> None:
    """One brings an allergy and a note. The other's own dishes are on paper without it."""
    there = kitchen()
    there.hold(
        line("x", "bar"), order_id="o2", call_number="57", covers=2, notes=(NUTS,),
        allergens=(Allergen("milk", {"en": "milk"}),),
    )  # fmt: skip
    made = decide_printed({order_key("o2"): there.order("o2")}, "o2", "paper", 9, there.now_ms, there.site)
    there.docs.update(made.puts)
    there.do(Merge("o1"), order_id="o2")
    moved, own = there.order().slips
    assert (moved.line_ids, moved.moved_from, moved.changed) == (("x",), "57", ())
    assert (own.line_ids, own.moved_from, own.changed) == (("a", "b"), "", ("notes",))
    assert came_out(there, "o1", own)[-4:] == ["• no onion", "• NUT allergy!", "1 a", "1 b"]
    there.hold(line("y", "bar"), order_id="o3", call_number="60", covers=4)
    there.do(Merge("o1"), order_id="o3")
    assert there.order().slips == (moved,), "more guests, and nothing that was on paper is another dish"


@pytest.mark.parametrize("join", [False, True])
def test_what_may_be_coming_out_as_it_moves_is_to_be_looked_for_under_the_old_number(join: bool) -> None:
    there = kitchen(printed=False)
    there.hold(line("x", "bar"), order_id="o3", call_number="60")
    split_off(there, "b")
    if join:
        there.do(Merge("o3"), order_id="o2")
    now = there.order("o3" if join else "o2")
    assert now.slips == ()
    (rows,) = ticket_slips(now, PAPER, there.site, may_be_printed=False)
    marks = [text for text in shown(rows) if text.startswith("MAY BE")]
    assert marks == [f"MAY BE ON #{n}: LOOK" for n in (("214", "57") if join else ("214",))]
    made = decide_printed({order_key(now.order_id): now}, now.order_id, "paper", 99, there.now_ms, there.site)
    there.docs.update(made.puts)
    there.do(AddLines((line("z", "bar"),)), order_id=now.order_id)
    (rows,) = ticket_slips(there.order(now.order_id), PAPER, there.site, may_be_printed=False)
    assert not [text for text in shown(rows) if text.startswith("MAY BE")]


def test_a_course_that_waited_is_on_no_paper_under_any_number() -> None:
    there = kitchen()
    there.hold(line("x", "bar"), line("w", "bar", course=2), order_id="o3", courses=(Course(2),))
    split_off(there, "w", of="o3")
    there.do(FireCourse(2), order_id="o2")
    (rows,) = ticket_slips(there.order("o2"), PAPER, there.site, may_be_printed=False)
    assert [text for text in shown(rows) if "#" in text] == ["#57"]


def test_what_left_the_pass_moves_on_no_paper() -> None:
    there = kitchen()
    there.send_out("b")
    assert split_off(there, "b").slips == ()


@pytest.mark.parametrize("join", [False, True])
def test_what_somebody_asked_for_comes_out_where_its_dishes_are_now(join: bool) -> None:
    """No paper; the pass sends b and g out, the grill asks for two copies, a key of the bar for one; then the table splits."""
    there = kitchen(line("a", "bar"), line("b", "bar"), line("g"), line("h"))
    there.site = replace(there.site, rules=replace(there.site.rules, slip_on_bump="pass-printer"))
    there.bump("grill")
    there.send_out("b", "g")
    for wish in (PrintTicket("grill", ("g",)), PrintTicket("grill", ("h",)), PrintTicket("paper")):
        there.do(wish)
    asked_ms = there.order().slips[-1].at_ms
    there.now_ms += 1_000
    split_off(there, "b", "g", "h")
    if join:
        there.hold(line("b", "bar"), order_id="o3", call_number="60", notes=(ONION,))
        there.do(Merge("o3"), order_id="o2")
    now = there.order("o3" if join else "o2")
    b = "o2.b" if join else "b"
    assert [(one.printer, one.station, one.line_ids, one.copy) for one in now.slips] == [
        ("pass-printer", "expo", (b, "g"), False),
        ("paper", "grill", ("g", "h"), True),
        ("paper", "paper", (b,), True),
    ]
    assert {one.at_ms for one in now.slips} == {asked_ms}, "no older and no younger for it"
    assert came_out(there, now.order_id, now.slips[0])[-2:] == [f"1 {n}" for n in "bg"]


def test_slips_that_are_dead_take_no_place_of_those_of_a_join() -> None:
    there = kitchen()
    there.hold(line("x", "bar"), order_id="o3", call_number="60", notes=(ONION,))
    for order_id, station in (("o1", "paper"), ("o3", "grill")):
        dead = [WantedSlip("paper", station, ("x",), n, copy=True) for n in range(SLIPS_MAX)]
        key = order_key(order_id)
        there.docs[key] = replace(there.order(order_id), slips=tuple(dead))
    there.now_ms += SLIP_LIFE_MS
    there.do(Merge("o3"))
    assert [one.moved_from for one in there.order("o3").slips] == ["214"]


def test_a_key_prints_what_stands_where_now() -> None:
    there = kitchen()
    (slip,) = split_off(there, "b").slips
    came_out(there, "o2", slip)
    for order_id, number, dish in (("o1", "#214", "1 a"), ("o2", "#57", "1 b")):
        there.do(PrintTicket("paper"), order_id=order_id)
        (copy,) = there.order(order_id).slips
        said = came_out(there, order_id, copy)
        assert (said[0], said[-1], "COPY" in said) == (number, dish, True)
