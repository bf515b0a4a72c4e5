"""Tickets, board entries and views: what each screen sees of an order. The kitchen's tests drive them through the verbs."""

from dataclasses import replace

import pytest

from heard.board import (
    READY_WAIT_MS,
    SEE_CASHIER_MS,
    BoardColumn,
    BoardEntry,
    board_column,
    board_entry,
)
from heard.order import (
    Allergen,
    ChangeKind,
    Line,
    LineChange,
    LineState,
    Order,
    OrderState,
    OrderType,
    StationLine,
    StationState,
)
from heard.ticket import (
    DUE_LEAD_MS,
    Progress,
    Ticket,
    is_cancelled,
    is_open,
    speaks_of_allergy,
    tickets,
    views,
    work_key,
)


def at(state: LineState = LineState.QUEUED, station: str = "grill", **fields: object) -> StationLine:
    return replace(StationLine(station, state, 1, queued_at_ms=1000), **fields)  # type: ignore[arg-type]


def line(line_id: str, *stations: StationLine, **fields: object) -> Line:
    made = Line(line_id, quantity_milli=2000, stations=stations or (at(),), added_version=1)
    return replace(made, **fields)  # type: ignore[arg-type]


def order(*lines: Line, **fields: object) -> Order:
    made = Order(
        "o1", "214", OrderType.TAKEAWAY, lines=lines, version=3, state=OrderState.HELD, held_at_ms=900
    )
    made = replace(made, terminal="T1", stations=(StationState("grill"),))
    return replace(made, **fields)  # type: ignore[arg-type]


def tile(found: Order, station: str = "grill") -> Ticket:
    (one,) = tickets(found, station)
    return one


def test_each_batch_is_a_tile_of_its_own_age() -> None:
    first, later = line("a", at(LineState.DONE)), line("b", at(batch=1, queued_at_ms=5000))
    (add_on,) = tickets(order(first, later), "grill")
    assert (add_on.key, add_on.add_on, add_on.age_from_ms) == (("o1", 1), True, 5000)
    both = tickets(order(line("a"), later), "grill")
    assert [one.batch for one in both] == [0, 1]


@pytest.mark.parametrize("state", [OrderState.PICKED_UP, OrderState.MERGED])
def test_what_is_gone_has_no_ticket_no_entry_and_no_view(state: OrderState) -> None:
    gone = order(line("a"), state=state)
    assert tickets(gone, "grill") == ()
    assert board_entry(gone) is None
    assert views(gone) == frozenset()
    assert not is_open(gone)


def test_views_name_every_screen_that_shows_it() -> None:
    found = order(line("a"), line("b", at(LineState.DONE, "fry")))
    assert views(found) == {"prep:grill", "expo", "board", "terminal:T1"}
    dine_in = replace(found, type=OrderType.DINE_IN, terminal="")
    assert views(dine_in) == {"prep:grill", "expo"}
    assert board_entry(dine_in) is None


def test_progress_of_other_stations_counts_neither_voids_nor_nobodys_lines() -> None:
    found = order(
        line("a"),
        line("b", at(LineState.DONE, "fry")),
        line("c", at(station="fry")),
        line("d", at(LineState.VOIDED, "fry")),
        line("e", at(station="fry"), nobodys=True),
    )
    assert tile(found).elsewhere == (Progress("fry", 1, 2),)


def test_the_tile_says_what_was_added_what_it_was_and_what_is_unseen() -> None:
    quantity = LineChange(ChangeKind.QUANTITY, 2, was_quantity_milli=1000)
    added = LineChange(ChangeKind.ADDED, 3)
    found = tile(order(line("a", changes=(quantity,)), line("b", added_version=3, changes=(added,))))
    first, second = found.lines
    assert (first.was_milli, first.unseen, first.added) == (1000, True, False)
    assert (second.was_milli, second.unseen, second.added) == (None, False, True)
    seen = tile(order(line("a", at(acknowledged_version=2), changes=(quantity,))))
    assert not seen.unseen


def test_a_change_that_was_taken_back_is_no_was() -> None:
    back = (
        LineChange(ChangeKind.QUANTITY, 2, was_quantity_milli=2000),
        LineChange(ChangeKind.QUANTITY, 3, was_quantity_milli=5000),
    )
    assert tile(order(line("a", changes=back))).lines[0].was_milli is None


def test_what_was_made_already_is_not_to_be_made_again() -> None:
    assert tile(order(line("a", at(made_milli=1500)))).lines[0].to_make_milli == 500
    assert tile(order(line("a", at(made_milli=9000)))).lines[0].to_make_milli == 0


def test_an_allergy_stands_above_the_tiles_in_its_scope() -> None:
    allergens = (
        Allergen("nuts"),
        Allergen("egg", seat="2"),
        Allergen("milk", line_id="b"),
        Allergen("soy", line_id="z"),
    )
    found = order(line("a", seat="1"), line("b", at(station="fry"), seat="2"), allergens=allergens)
    assert [one.allergen_id for one in tile(found).allergens] == ["nuts"]
    assert [one.allergen_id for one in tile(found, "fry").allergens] == ["nuts", "egg", "milk"]


def test_an_order_whose_every_line_is_voided_is_cancelled() -> None:
    voided = line("a", at(LineState.VOIDED, version=4), voided=True)
    assert is_cancelled(order(voided))
    assert tile(order(voided)).cancelled
    assert not is_cancelled(order(voided, line("b")))
    assert not is_cancelled(order())
    seen = replace(voided, stations=(at(LineState.VOIDED, version=4, acknowledged_version=4),))
    assert not is_open(order(seen))


def test_the_order_of_work() -> None:
    """Held back last, rush first, a scheduled one as if it had come 20 min before it is due, else the oldest."""
    hub_ms, wall_ms = 10_000_000, 99_000_000

    def ticket(order_id: str, held_ms: int, due_in_ms: int = 0, **fields: object) -> Ticket:
        due = wall_ms + due_in_ms if due_in_ms else 0
        made = order(line("a", at(queued_at_ms=held_ms)), **fields)
        made = replace(made, order_id=order_id, held_at_ms=hub_ms, held_wall_ms=wall_ms, due_at_ms=due)
        return tile(made)

    waiting = tile(order(line("a", at(LineState.WAITING, queued_at_ms=0)), order_id="waiting", rush=True))
    found = [
        waiting,
        ticket("due in an hour", hub_ms, DUE_LEAD_MS * 3),
        ticket("new", hub_ms + 1000),
        ticket("old", hub_ms),
        ticket("due soon", hub_ms - 500, 60_000),
        ticket("rush", hub_ms + 9000, rush=True),
    ]
    assert [one.order.order_id for one in sorted(found, key=work_key)] == [
        "rush",
        "due soon",
        "old",
        "new",
        "due in an hour",
        "waiting",
    ]


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ({"en": "No NUTS please"}, True),
        ({"en": "nut-free"}, True),
        ({"en": "(nut)"}, True),
        ({"en": "donut"}, False),
        ({"en": "minute steak"}, False),
        ({"ar": "بدون المكسرات"}, True),
        ({"en": "well done", "ar": "مكسرات"}, True),
        ({}, False),
    ],
)
def test_words_that_speak_of_an_allergy(text: dict[str, str], speaks: bool) -> None:
    assert speaks_of_allergy(text, ("nut", "مكسرات", "")) is speaks


def entry(**fields: object) -> BoardEntry:
    found = board_entry(order(line("a"), **fields))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("state", "after_ms", "leaves_ms", "column"),
    [
        (OrderState.HELD, 0, 0, BoardColumn.PREPARING),
        (OrderState.STARTED, 10**9, 0, BoardColumn.PREPARING),
        (OrderState.READY, READY_WAIT_MS - 1, 0, BoardColumn.PREPARING),
        (OrderState.READY, READY_WAIT_MS, 0, BoardColumn.READY),
        (OrderState.READY, 299_999, 300_000, BoardColumn.READY),
        (OrderState.READY, 300_000, 300_000, BoardColumn.GONE),
        (OrderState.VOIDED, 0, 0, BoardColumn.GONE),
    ],
)
def test_where_a_number_stands_on_the_board(
    state: OrderState, after_ms: int, leaves_ms: int, column: BoardColumn
) -> None:
    """READY waits 3 s after the last bump, and leaves after the time that the site sets."""
    one = entry(state=state, ready_at_ms=5_000)
    assert board_column(one, 5_000 + after_ms, leaves_ms) is column


def test_a_ready_order_that_was_voided_sends_its_guest_to_the_cashier_for_a_minute() -> None:
    one = entry(state=OrderState.VOIDED, see_cashier=True, voided_at_ms=5_000)
    assert board_column(one, 5_000 + SEE_CASHIER_MS - 1) is BoardColumn.SEE_CASHIER
    assert board_column(one, 5_000 + SEE_CASHIER_MS) is BoardColumn.GONE


def test_a_scheduled_order_is_on_no_board_before_its_release() -> None:
    later = order(line("a", at(LineState.WAITING)), scheduled=True)
    assert board_entry(later) is None
    assert views(later) == {"prep:grill", "expo", "terminal:T1"}
    assert tile(later).waiting_only
    assert tile(later).scheduled


def test_a_station_whose_turn_has_not_come_shows_nothing() -> None:
    """Make, oven, cut: the oven's screen is empty until the dough is made."""
    pizza = order(line("a", at(station="make"), at(LineState.WAITING, "oven", step=1)))
    assert tickets(pizza, "oven") == ()
    assert views(pizza) == {"prep:make", "expo", "board", "terminal:T1"}


def test_a_table_that_has_paid_and_got_everything_is_closed() -> None:
    done = line("a", at(LineState.DONE), sent_at_ms=9)
    table = order(done, type=OrderType.DINE_IN, paid=True)
    assert not is_open(table)
    assert is_open(replace(table, paid=False))
    assert is_open(replace(table, lines=(done, line("b", at(LineState.WAITING)))))
    assert is_open(replace(table, lines=(replace(done, sent_at_ms=0),)))
    assert is_open(replace(table, type=OrderType.TAKEAWAY))


def test_what_expo_sent_stays_on_the_tile_until_it_is_seen() -> None:
    sent = order(line("a", at(LineState.SENT)), line("b"))
    assert [one.at.state for one in tile(sent).lines] == [LineState.SENT, LineState.QUEUED]
    only = order(line("a", at(LineState.SENT, acknowledged_version=1)))
    assert tickets(only, "grill") == ()


def test_a_fired_course_has_its_own_age() -> None:
    found = tile(order(line("a", at(LineState.DONE)), line("b", at(queued_at_ms=9_000), course=2)))
    assert found.age_from_ms == 9_000


def test_a_remake_goes_before_a_rush() -> None:
    again = tile(order(line("a", remake=True)))
    rush = tile(order(line("a"), rush=True, order_id="o0"))
    assert again.remake
    assert not rush.remake
    assert work_key(again) < work_key(rush)


def test_an_allergy_of_a_combo_stands_on_its_parts() -> None:
    found = order(
        line("a.1", part_of="a"), allergens=(Allergen("nuts", line_id="a"), Allergen("egg", seat="2"))
    )
    assert [one.allergen_id for one in tile(found).allergens] == ["nuts"]
