"""Who stands on the board, and where: ready only when it is sure, in one cell until it leaves."""

from __future__ import annotations

from typing import Any

import pytest

from display.core.pickups import Block, Called, PickUps, Rules, shown_name, split_code
from heard.board import BoardEntry
from heard.order import NO_TEXT, OrderState, OrderType

NOW_MS = 1_000_000_000
READY, STARTED, HELD, VOIDED = OrderState.READY, OrderState.STARTED, OrderState.HELD, OrderState.VOIDED


def entry(number: int, state: OrderState = STARTED, ready_at_ms: int = 0, **more: Any) -> BoardEntry:
    values: dict[str, Any] = {"type": OrderType.TAKEAWAY, "aggregator_code": "", "guest": "", **more}
    return BoardEntry(
        order_id=f"o{number}", version=1, call_number=str(number), type_name=NO_TEXT, state=state,
        held_at_ms=number, ready_at_ms=ready_at_ms, **values,
    )  # fmt: skip


class Board:
    """A board and the hub's time."""

    def __init__(self, **rules: Any) -> None:
        self.pickups = PickUps(Rules(**rules))
        self.now_ms = NOW_MS
        self.live = True
        self.look()

    def put(self, *entries: BoardEntry) -> None:
        self.pickups.apply(entries, (), reset=False)

    def ready(self, *numbers: int, **more: Any) -> None:
        self.put(*(entry(one, READY, self.now_ms, **more) for one in numbers))

    def gone(self, *numbers: int) -> None:
        self.pickups.apply((), [f"o{one}" for one in numbers], reset=False)

    def wait(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)

    def look(self) -> Block:
        return self.pickups.at(self.now_ms, live=self.live).guests

    def cells(self) -> list[str]:
        return [one.number if one else "" for one in self.look().ready]

    def preparing(self) -> list[str]:
        return [one.number for one in self.look().preparing]


@pytest.fixture
def board() -> Board:
    return Board()


def test_ready_waits_for_the_undo_window_and_rings_then(board: Board) -> None:
    board.put(entry(7))
    board.look()
    board.ready(7)
    assert (board.cells(), board.preparing()) == ([], ["7"])
    board.wait(2.9)
    assert board.preparing() == ["7"]
    assert board.pickups.take_calls() == ()
    board.wait(0.1)
    assert (board.cells(), board.preparing()) == (["7"], [])
    assert board.pickups.take_calls() == ("7",)
    assert board.pickups.take_calls() == ()


def test_a_bump_that_was_taken_back_is_never_seen(board: Board) -> None:
    board.ready(7)
    board.wait(2)
    board.put(entry(7, STARTED))
    board.wait(5)
    assert (board.cells(), board.preparing(), board.pickups.take_calls()) == ([], ["7"], ())


def test_a_number_keeps_its_cell_until_it_leaves(board: Board) -> None:
    board.ready(1, 2, 3)
    board.wait(3)
    assert board.cells() == ["1", "2", "3"]
    board.gone(2)
    assert board.cells() == ["1", "", "3"]
    board.ready(4, 5)
    board.wait(3)
    assert board.cells() == ["1", "4", "3", "5"]


def test_the_newest_stand_out_for_15_s_and_the_old_ones_leave(board: Board) -> None:
    board.ready(1)
    board.wait(3)
    assert board.look().ready[0] == Called("o1", "1", newest=True, since=NOW_MS)
    board.wait(15)
    assert board.look().ready[0] == Called("o1", "1", since=NOW_MS)
    board.wait(5 * 60)
    assert board.look().ready[0] == Called("o1", "1", old=True, since=NOW_MS)
    board.wait(10 * 60)
    assert board.cells() == []


def test_recalled_goes_back_without_a_sound_and_rings_when_it_is_ready_again(board: Board) -> None:
    board.ready(1)
    board.wait(3)
    board.look()
    board.pickups.take_calls()
    board.put(entry(1, STARTED, recalled=True))
    assert (board.cells(), board.preparing(), board.pickups.take_calls()) == ([], ["1"], ())
    board.ready(1)
    board.wait(3)
    board.look()
    assert board.pickups.take_calls() == ("1",)


def test_a_cancelled_order_leaves_preparing_at_once(board: Board) -> None:
    board.put(entry(1))
    board.look()
    board.put(entry(1, VOIDED))
    assert (board.cells(), board.preparing()) == ([], [])


@pytest.mark.parametrize("removed", [True, False])
def test_a_ready_order_that_is_cancelled_says_so_in_its_cell_for_60_s(board: Board, removed: bool) -> None:
    board.ready(1, 2)
    board.wait(3)
    board.look()
    if removed:  # the hub says so beside taking it out of the view
        board.pickups.cancelled("o1")
        board.gone(1)
    else:
        board.put(entry(1, VOIDED))
    assert board.look().ready[0] == Called("o1", "1", cancelled=True, since=NOW_MS)
    board.gone(1)  # the void was acknowledged
    board.wait(59)
    assert board.cells() == ["1", "2"]
    board.wait(1)
    assert board.cells() == ["", "2"]


def test_a_picked_up_order_just_leaves(board: Board) -> None:
    board.ready(1)
    board.wait(3)
    board.look()
    board.gone(1)
    assert board.cells() == []


def test_while_it_is_not_live_numbers_stay_and_none_is_added(board: Board) -> None:
    board.ready(1)
    board.wait(3)
    board.look()
    board.ready(2)
    board.live = False
    board.wait(3600)
    assert (board.cells(), board.preparing()) == (["1"], [])
    board.live = True
    board.put(entry(1, READY, board.now_ms), entry(2, READY, board.now_ms))
    board.wait(3)
    assert board.cells() == ["1", "2"]


def test_a_board_that_starts_is_quiet(board: Board) -> None:
    fresh = PickUps()
    fresh.apply([entry(n, READY, NOW_MS) for n in range(5)], (), reset=True)
    numbers = fresh.at(NOW_MS + 60_000, live=True)
    assert len(numbers.guests.ready) == 5
    assert not any(one.newest for one in numbers.guests.ready if one)
    assert fresh.take_calls() == ()


def test_a_new_snapshot_keeps_the_cells(board: Board) -> None:
    board.ready(1, 2, 3)
    board.wait(3)
    board.look()
    board.pickups.apply([entry(3, READY, NOW_MS), entry(2, READY, NOW_MS)], (), reset=True)
    assert board.cells() == ["", "2", "3"]


def test_only_pick_up_orders_and_riders_apart() -> None:
    board = Board()
    board.put(
        entry(1),
        entry(2, type=OrderType.CAR),
        entry(3, type=OrderType.DELIVERY, aggregator_code="Jahez 5127"),
        entry(4, type=OrderType.UNSPECIFIED),
        entry(5, type=OrderType(9)),
    )
    numbers = board.pickups.at(NOW_MS, live=True)
    assert [one.number for one in numbers.guests.preparing] == ["1", "4", "5"]
    assert numbers.riders.preparing == (Called("o3", "5127", brand="Jahez"),)


def test_a_site_may_call_cars_too() -> None:
    board = Board(types=frozenset({OrderType.CAR}))
    board.put(entry(1), entry(2, type=OrderType.CAR))
    assert board.preparing() == ["2"]


@pytest.mark.parametrize(("how", "shown"), [("none", ""), ("masked", "A•••"), ("full", "Ahmad")])
def test_names_are_shown_as_the_site_wants(how: str, shown: str) -> None:
    board = Board(names=how)
    board.put(entry(1, guest="Ahmad"))
    assert board.look().preparing[0].name == shown


def test_a_mask_keeps_a_letter_with_its_marks() -> None:
    assert shown_name(" مُحمد", "masked") == "مُ•••"
    assert shown_name("", "masked") == ""


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("HungerStation 8841", ("HungerStation", "8841")),
        ("Jahez #5127", ("Jahez", "5127")),
        ("HS-0003", ("", "HS-0003")),
        ("8841", ("", "8841")),
        ("The Chefz", ("", "The Chefz")),
    ],
)
def test_a_code_and_its_brand(code: str, expected: tuple[str, str]) -> None:
    assert split_code(code) == expected


def test_it_says_when_it_changes_by_itself(board: Board) -> None:
    board.ready(1)
    board.look()
    for seconds in (3, 18, 5 * 60, 15 * 60):
        assert board.pickups.next_due_ms() == NOW_MS + seconds * 1000
        board.now_ms = NOW_MS + seconds * 1000
        board.look()
    assert board.pickups.next_due_ms() is None
