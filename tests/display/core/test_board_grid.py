"""The numbers of a board are as large as they can be, and never on a second page."""

from hypothesis import given
from hypothesis import strategies as st

from display.core.board_grid import READY_STEPS, Grid, Step, grid, placed
from display.core.pickups import Called

WIDTH, HEIGHT, GAP = 968, 848, 24


def called(number: int, old: bool = False, newest: bool = False) -> Called:
    return Called(f"o{number}", str(number), since=number, old=old, newest=newest)


def test_numbers_shrink_with_their_count() -> None:
    sizes = [grid(READY_STEPS, WIDTH, HEIGHT, GAP, 1.0, count) for count in (1, 6, 7, 12, 13, 20)]
    assert [one.text for one in sizes] == [150, 150, 120, 100, 84, 84]
    assert sizes[-1] == Grid(3, 5, 84)


def test_a_screen_that_is_too_small_has_one_cell() -> None:
    assert grid((Step(150, 440, 236),), 100, 100, GAP, 1.0, 5) == Grid(1, 1, 150)


def test_cells_stay_where_they_are_while_there_is_room() -> None:
    ready = (called(1), None, called(3))
    assert placed(ready, 4).cells == ((0, called(1)), (2, called(3)))


def test_without_room_the_oldest_go_to_the_row_and_the_newest_stays() -> None:
    ready = (called(1), called(2, old=True), called(3, old=True), called(4), called(5, newest=True))
    found = placed(ready, 3)
    assert found.row == (called(2, old=True), called(3, old=True))
    assert found.cells == ((0, called(1)), (1, called(4)), (2, called(5, newest=True)))


@given(st.lists(st.one_of(st.none(), st.booleans()), max_size=60), st.integers(1, 20))
def test_every_number_stands_once(some: list[bool | None], capacity: int) -> None:
    ready = tuple(None if old is None else called(n, old=old) for n, old in enumerate(some))
    found = placed(ready, capacity)
    cells = [n for n, _ in found.cells]
    assert len(set(cells)) == len(cells)
    assert all(0 <= n < max(capacity, len(ready)) for n in cells)
    assert len(cells) <= capacity or len(ready) <= capacity
    numbers = sorted(one.number for one in (*(one for _, one in found.cells), *found.row))
    assert numbers == sorted(one.number for one in ready if one is not None)
