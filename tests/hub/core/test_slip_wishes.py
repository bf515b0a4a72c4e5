"""What changes after its dish was printed comes out of the printer too, once for all that waits for the same paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heard.command import AddLines, ChangeOrder, Transfer
from heard.order import Allergen, Line, Note, OrderType
from hub.core.decision import order_key
from hub.core.printing import decide_printed
from hub.core.routing import RoutingPlan, Rule
from hub.core.slip_rows import Row, Style
from tests.hub.core.making import Kitchen, line
from tests.hub.core.test_slips import PLAN, PREP, RULES, done, rows_of, words
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
