"""Where a line goes: the first matching rule, every kind of condition, and nothing ever goes nowhere in silence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heard.order import Line, Modifier, ModifierKind, Note, Order, OrderType
from hub.core.routing import RoutingPlan, Rule, nobodys_lines
from tests.hub.core.making import PLAN, Kitchen, line, order

STATIONS = ("grill", "fry", "cold")


@pytest.mark.parametrize(
    ("rule", "matching", "other"),
    [
        (Rule(("x",), items=("burger", "Wrap")), {"item_id": "wrap"}, {"item_id": "wraps"}),
        (Rule(("x",), categories=("Grill ",)), {"category": "grill"}, {"category": "fry"}),
        (Rule(("x",), order_types=("DINE_IN",)), {"type": OrderType.DINE_IN}, {"type": OrderType.TAKEAWAY}),
        (Rule(("x",), order_types=("drone",)), {"type_name": {"en": "Drone"}}, {"type": OrderType.CAR}),
        (Rule(("x",), areas=("terrace",)), {"area": " Terrace "}, {"area": "hall"}),
        (Rule(("x",), terminals=("kiosk-1",)), {"terminal": "kiosk-1"}, {"terminal": "T1"}),
        (
            Rule(("x",), categories=("grill",), areas=("terrace",)),
            {"category": "grill", "area": "terrace"},
            {"category": "grill", "area": "hall"},
        ),
        (Rule(("x",)), {}, None),
    ],
)
def test_each_kind_of_condition(
    rule: Rule, matching: dict[str, object], other: dict[str, object] | None
) -> None:
    """A rule matches when all its conditions hold, in any case of letters; else the line is nobody's."""
    plan = RoutingPlan((rule,), STATIONS)
    for fields, hit in ((matching, True), (other, False)):
        if fields is None:
            continue
        of_line = {key: value for key, value in fields.items() if key in ("item_id", "category")}
        of_order = {key: value for key, value in fields.items() if key not in of_line}
        one = line("a", **{"category": "", **of_line})  # type: ignore[arg-type]
        routed = plan.route(order("o1", one, **{"terminal": "T1", **of_order}), one)
        assert routed.nobodys is not hit
        assert routed.stations == (("x",) if hit else STATIONS)


def test_the_first_rule_wins_and_may_name_several_stations() -> None:
    plan = RoutingPlan((Rule(("grill", "fry"), items=("combo",)), Rule(("cold",))), STATIONS)
    assert plan.route(order(), line("a", item_id="combo")).stations == ("grill", "fry")
    assert plan.route(order(), line("a", item_id="else")).stations == ("cold",)


def test_why_says_which_rule_and_what_it_asked() -> None:
    rules = (
        Rule(("bar",), items=("tea",)),
        Rule(("grill", "fry"), categories=("grill", "wok"), areas=("hall",)),
    )
    plan = RoutingPlan(rules, STATIONS)
    one = line("a", "wok")
    assert plan.route(order("o1", one, area="hall"), one).why == (
        "rule 2: category grill or wok, area hall -> grill, fry"
    )
    assert "nobody's line" in plan.route(order("o1", one), one).why


def test_a_plan_that_could_lose_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one prep station"):
        RoutingPlan((), ())
    with pytest.raises(ValueError, match="rule 1 names no station"):
        RoutingPlan((Rule(()),), STATIONS)


def test_what_no_kitchen_makes_goes_nowhere() -> None:
    card = line("a", no_kitchen=True)
    routed = PLAN.route(order("o1", card), card)
    assert routed.stations == ()
    assert not routed.nobodys


def test_combo_parts_go_their_own_ways_and_the_combo_nowhere() -> None:
    """The parent is done when its parts are, so the order is READY without it."""
    kitchen = Kitchen()
    kitchen.hold(line("m", combo=True), line("p", "grill", part_of="m"), line("q", "fry", part_of="m"))
    stations = {one.line_id: [at.station for at in one.stations] for one in kitchen.order().lines}
    assert stations == {"m": [], "p": ["grill"], "q": ["fry"]}
    kitchen.bump("grill")
    kitchen.bump("fry")
    assert kitchen.order().state.name == "READY"


def test_a_combo_with_wishes_of_its_own_is_read_where_its_parts_are_made() -> None:
    kitchen = Kitchen()
    wish = (Note({"en": "well done"}),)
    kitchen.hold(
        line("m", combo=True, notes=wish), line("p", "grill", part_of="m"), line("q", "fry", part_of="m")
    )
    assert [at.station for at in kitchen.order().lines[0].stations] == ["grill", "fry"]


def test_a_combo_without_parts_is_made_as_a_dish() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("m", combo=True))
    assert [at.station for at in kitchen.order().lines[0].stations] == ["grill"]


def side(item: str, quantity: int = 1) -> Modifier:
    return Modifier(f"m-{item}", {"en": item}, ModifierKind.ADD, quantity * 1000, routed_item_id=item)


def test_a_routed_side_becomes_a_part_at_its_own_station() -> None:
    """Twice the dish is twice the side; the modifier stays under the dish."""
    kitchen = Kitchen()
    kitchen.hold(line("a", "grill", 2, modifiers=(side("fries", 2),)))
    dish, part = kitchen.order().lines
    assert (part.part_of, part.item_id, part.quantity_milli) == ("a", "fries", 4000)
    assert [at.station for at in part.stations] == ["fry"]
    assert dish.modifiers == (side("fries", 2),)


@pytest.mark.parametrize("modifier", [side("unknown-item"), Modifier("x", {"en": "onion"})])
def test_a_side_that_no_rule_knows_stays_with_its_dish(modifier: Modifier) -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a", modifiers=(modifier,)))
    assert len(kitchen.order().lines) == 1


def test_a_side_of_the_dishs_own_station_is_not_made_twice() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("a", "fry", modifiers=(side("fries"),)))
    assert len(kitchen.order().lines) == 1


def test_nobodys_lines_show_everywhere_are_counted_and_made_once() -> None:
    """Whoever bumps it has made it for all."""
    kitchen = Kitchen()
    kitchen.hold(line("n", "no such category"), line("a"))
    assert nobodys_lines(kitchen.order()) == 1
    assert [at.station for at in kitchen.order().lines[0].stations] == ["grill", "fry", "cold"]
    kitchen.bump("cold", "n")
    assert {at.state.name for at in kitchen.order().lines[0].stations} == {"DONE"}
    for station in ("fry", "cold"):
        there = kitchen.order().at(station)
        assert there is not None
        assert there.ticket_version == kitchen.order().version
        assert there.batch == 1
    kitchen.undo("cold")
    assert {at.state.name for at in kitchen.order().lines[0].stations} == {"QUEUED"}


@given(
    st.lists(
        st.builds(
            Rule,
            stations=st.lists(st.sampled_from(STATIONS), min_size=1, max_size=3).map(tuple),
            items=st.lists(st.sampled_from("ab"), max_size=2).map(tuple),
            categories=st.lists(st.sampled_from("cd"), max_size=2).map(tuple),
            areas=st.lists(st.sampled_from("ef"), max_size=1).map(tuple),
        ),
        max_size=4,
    ).map(tuple),
    st.sampled_from("abx"),
    st.sampled_from("cdx"),
    st.sampled_from("efx"),
)
def test_routing_is_the_first_rule_whose_conditions_all_hold(
    rules: tuple[Rule, ...], item: str, category: str, area: str
) -> None:
    """Against the plainest reading of the rules; and no line ever goes nowhere."""
    plan = RoutingPlan(rules, STATIONS)
    routed = plan.route(Order("o", area=area), Line("l", item, category=category))
    want: tuple[str, ...] = STATIONS
    for rule in rules:
        given_all = ((rule.items, item), (rule.categories, category), (rule.areas, area))
        if all(not words or value in words for words, value in given_all):
            want = tuple(dict.fromkeys(rule.stations))
            break
    assert routed.stations == want
    assert routed.stations
