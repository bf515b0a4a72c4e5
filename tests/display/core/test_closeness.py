"""Cards stand closer or roomier only at the moments when gaps may close, never under a finger."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from display.core.closeness import Closeness
from display.core.slots import Place, Slots, Stand
from heard.ticket import Ticket

ONE, TWO = (Place((name, 0), cast(Ticket, name)) for name in ("o1", "o2"))


def _judged(places: tuple[Place, ...], *, now: int = 0) -> tuple[Closeness, Slots, object]:
    """A screen that stands as it must since 0 s."""
    closeness, slots, look = Closeness(), Slots(), object()
    slots.places = places
    assert closeness.judge(slots, look, 0.0, lambda: now, crowded=now > 0) is (now > 0)
    return closeness, slots, look


@pytest.mark.parametrize(
    ("what", "touched_s", "page", "now_s", "closer"),
    [
        ("nobody touches it: at once", -10.0, 0, 5.0, True),
        ("a finger came just now", 4.9, 0, 5.0, False),
        ("… a second and a half ago", 3.5, 0, 5.0, True),
        ("somebody reads the second page", -10.0, 1, 5.0, False),
    ],
)
def test_a_second_page_makes_cards_closer(
    what: str, touched_s: float, page: int, now_s: float, closer: bool
) -> None:
    closeness, slots, look = _judged((ONE,))
    slots.places = (ONE, TWO)
    slots.touched(touched_s)
    assert closeness.judge(slots, look, now_s, lambda: 2, crowded=True, page=page) is closer, what
    assert closeness.now == (2 if closer else 0)


def test_in_a_busy_kitchen_a_key_is_always_coming() -> None:
    closeness, slots, look = _judged((ONE,))
    slots.places = (ONE, TWO)
    moved = []
    for tenth in range(120):
        slots.touched(tenth / 10)
        moved.append(closeness.judge(slots, look, tenth / 10, lambda: 1, crowded=True))
    assert moved.index(True) == 100, "at the latest after ten seconds"


def test_cards_become_roomier_when_the_picture_has_stood_and_no_gap_is_to_close() -> None:
    closeness, slots, look = _judged((ONE, TWO), now=3)
    slots.places = (ONE, replace(TWO, stand=Stand.GAP))
    assert not closeness.judge(slots, look, 9.0, lambda: 0, crowded=False)
    slots.places = (ONE,)
    assert not closeness.judge(slots, look, 9.5, lambda: 0, crowded=False), "an order may be on its way"
    assert closeness.judge(slots, look, 10.0, lambda: 0, crowded=False)
    assert closeness.now == 0


def test_another_look_is_another_picture_anyway() -> None:
    closeness, slots, _ = _judged((ONE,))
    slots.touched(5.0)
    assert closeness.judge(slots, object(), 5.0, lambda: 1, crowded=True)


def test_what_stands_as_before_is_not_judged_again() -> None:
    closeness, slots, look = _judged((ONE,), now=1)
    assert not closeness.judge(slots, look, 60.0, lambda: pytest.fail("worked out for nothing"), crowded=True)
