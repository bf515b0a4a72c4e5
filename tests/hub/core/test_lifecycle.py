"""Every state x verb of the tables is driven through decide, and does what the table says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from heard.command import Answer, Hold, Merge, Outcome, Reason, SendOut
from heard.order import Course, LineState, OrderState, StationLine
from heard.ticket import line_is_open
from hub.core.lifecycle import (
    LINE_TABLE,
    ORDER_STATES,
    ORDER_TABLE,
    SITE,
    VERBS,
    Kind,
    Rule,
    Stand,
    render_tables,
    stand_of,
)
from tests.hub.core.making import Kitchen, every_verb, line, order

HELD = Hold(order("o1", line("a", course=2), line("b"), line("c", "fry"), courses=(Course(2, fired=True),)))


def kitchen_in(state: OrderState) -> Kitchen:
    """A kitchen with order o1 in that state, and grill's screen having acted on it where that is possible."""
    kitchen = Kitchen()
    if state is OrderState.UNSPECIFIED:
        return kitchen
    kitchen.do(HELD)
    kitchen.hold(order_id="into")
    if state is OrderState.STARTED:
        kitchen.start("grill", "a")
    elif state in (OrderState.READY, OrderState.PICKED_UP):
        kitchen.bump("fry")
        kitchen.bump("grill")
    if state is OrderState.PICKED_UP:
        kitchen.do(every_verb()["mark_picked_up"])
    elif state is OrderState.VOIDED:
        kitchen.do(every_verb()["void_order"])
    elif state is OrderState.MERGED:
        kitchen.docs["order/o1"] = replace(kitchen.order(), state=state, merged_into="o2")
    assert kitchen.order().state is state
    return kitchen


def check_refusal(answer: Answer, rule: Rule) -> None:
    assert answer.outcome is Outcome.REJECTED
    assert answer.reason is Reason[rule.kind.name]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", ORDER_STATES, ids=lambda state: state.name)
def test_every_verb_in_every_state_of_an_order(state: OrderState, verb: str) -> None:
    """The answer and the state that follows are what the table says; a refused verb changes nothing but its seq."""
    rule = ORDER_TABLE[state, verb]
    kitchen = kitchen_in(state)
    before = kitchen.docs.get("order/o1")
    painted = kitchen.painted("grill", "a") if before is not None else ()
    wanted = {**every_verb(painted), "merge": Merge("into"), "hold": HELD}[verb]
    answer = kitchen.do(wanted, "grill")
    after = kitchen.docs.get("order/o1")
    match rule.kind:
        case Kind.DO:
            assert after is not None
            allowed = {state.name} if rule.to == ("as it was",) else set(rule.to)
            assert kitchen.order().state.name in allowed, kitchen.order().state
            assert answer.reason not in (Reason.GONE, Reason.UNSUPPORTED)
        case Kind.ALREADY:
            assert answer.outcome is Outcome.ALREADY
            assert after == before
        case Kind.SAME:
            assert answer.outcome is Outcome.ALREADY
            assert after == before
            other = order("o1", line("x"))
            conflict = kitchen.do(Hold(other))
            assert (conflict.outcome, conflict.reason) == (Outcome.REJECTED, Reason.CONFLICT)
            assert kitchen.docs.get("order/o1") == before
        case _:
            check_refusal(answer, rule)
            assert answer.message
            assert after == before
    # Whatever came of it, it is answered for good: the next seq is expected.
    assert kitchen.do(every_verb()["unknown"], "grill").reason is Reason.UNSUPPORTED


def send(kitchen: Kitchen, line_id: str) -> None:
    """Expo sends a line out that grill still has open."""
    kitchen.do(SendOut(kitchen.painted("grill", line_id)), "expo")


def kitchen_with(stand: Stand) -> Kitchen:
    """A kitchen whose line "a" stands so at grill."""
    kitchen = Kitchen()
    fired = stand is not Stand.WAITING
    kitchen.hold(line("a", course=2), line("b"), line("c", "fry"), courses=(Course(2, fired=fired),))
    if stand is Stand.STARTED:
        kitchen.start("grill", "a")
    elif stand is Stand.SENT:
        send(kitchen, "a")
    elif stand is Stand.DONE:
        kitchen.bump("grill", "a")
    elif stand in (Stand.VOIDED_UNSEEN, Stand.VOIDED):
        kitchen.do(every_verb()["void_lines"])
    if stand is Stand.VOIDED:
        kitchen.do(every_verb(kitchen.painted("grill", "a"))["acknowledge"], "grill")
    return kitchen


def at_grill(kitchen: Kitchen) -> StationLine:
    found = kitchen.order().line("a")
    assert found is not None
    at = found.at("grill")
    assert at is not None
    return at


ELSEWHERE = {"undo", "move", "split", "merge"}
"""What these do to a line is seen at another station or in another order, or before: they have tests of their own."""


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in ELSEWHERE])
@pytest.mark.parametrize("stand", list(Stand), ids=lambda stand: stand.name)
def test_every_verb_on_a_line_in_every_stand(stand: Stand, verb: str) -> None:
    """A verb on a line leaves it where the table says; a refused one leaves it as it was."""
    rule = LINE_TABLE[stand, verb]
    kitchen = kitchen_with(stand)
    before = at_grill(kitchen)
    assert stand_of(before) is stand
    answer = kitchen.do(every_verb(kitchen.painted("grill", "a"))[verb], "grill")
    after = at_grill(kitchen)
    line_answer = next((one for one in answer.lines if one.line_id == "a"), None)
    match rule.kind:
        case Kind.DO:
            assert stand_of(after).value in rule.to
        case Kind.ALREADY:
            assert after == before
            said = line_answer.outcome if line_answer else answer.outcome
            # The whole order is voided all the same; this line was already.
            assert said is (Outcome.DONE if verb == "void_order" else Outcome.ALREADY)
        case Kind.NOT_NOW:
            assert after == before
            assert line_answer is not None
            assert (line_answer.outcome, line_answer.reason) == (Outcome.REJECTED, Reason.NOT_NOW)
            assert answer.message
        case Kind.UNSUPPORTED:
            assert after == before
            assert answer.reason is Reason.UNSUPPORTED
        case _:
            assert after == before


@pytest.mark.parametrize(
    ("done", "verb"), [("start", Stand.QUEUED), ("bump", Stand.QUEUED), ("recall", Stand.DONE)]
)
def test_undo_puts_a_line_back_where_it_stood(done: str, verb: Stand) -> None:
    kitchen = kitchen_with(verb)
    before = at_grill(kitchen)
    kitchen.do(every_verb(kitchen.painted("grill", "a"))[done], "grill")
    assert kitchen.undo("grill").outcome is Outcome.DONE
    after = at_grill(kitchen)
    assert stand_of(after) is verb
    assert after.version > before.version
    assert replace(after, version=0, acknowledged_version=0) == replace(
        before, version=0, acknowledged_version=0
    )


def test_the_tables_have_an_entry_for_every_pair() -> None:
    assert set(ORDER_TABLE) == {(state, verb) for state in ORDER_STATES for verb in VERBS}
    assert set(LINE_TABLE) == {(stand, verb) for stand in Stand for verb in VERBS}
    assert {*VERBS, *SITE} == set(every_verb())
    assert all(rule.why for rule in ORDER_TABLE.values() if rule.kind is Kind.NOT_NOW)
    assert all(rule.why for rule in LINE_TABLE.values() if rule.kind is Kind.NOT_NOW)


def test_every_state_of_a_line_and_order_has_its_place() -> None:
    for state in LineState:
        if state is not LineState.UNSPECIFIED:
            assert stand_of(StationLine("grill", state, 1)).value.startswith(state.name)
    assert set(ORDER_STATES) == set(OrderState)
    unseen = StationLine("grill", LineState.VOIDED, 2, acknowledged_version=1)
    assert stand_of(unseen) is Stand.VOIDED_UNSEEN
    assert line_is_open(unseen)


def test_a_state_of_a_newer_release_is_refused_and_never_bumped() -> None:
    kitchen = kitchen_in(OrderState.HELD)
    kitchen.docs["order/o1"] = replace(kitchen.order(), state=OrderState(99))
    assert kitchen.bump("grill").reason is Reason.NOT_NOW
    assert stand_of(StationLine("grill", LineState(77), 1)) is Stand.WAITING


def test_the_architecture_page_has_the_tables_as_they_are() -> None:
    """Where this fails: python -c 'from hub.core.lifecycle import render_tables; print(render_tables())'."""
    page = Path(__file__).parents[3] / "ARCHITECTURE.md"
    assert render_tables() in page.read_text(encoding="utf-8")


def test_the_tables_print_as_markdown() -> None:
    printed = render_tables()
    for verb in VERBS:
        assert f"`{verb}`" in printed
    rows = [row for row in printed.splitlines() if row.startswith("| `")]
    assert all(row.count("|") == 9 for row in rows)
    assert "| `bump` | NOT_NOW | → DONE | → DONE | ALREADY | NOT_NOW | ALREADY | ALREADY |" in rows
