"""A simulated cook's second thoughts, each once: what he presses instead of a plain bump."""

from __future__ import annotations

import pytest

from display.core.cook import Profile, profile
from display.core.keymap import Action, Press
from display.core.recall import RecallList, Status
from display.core.wavering import SHARES, Wavering
from heard.errors import UserError
from heard.order import Order

DIGIT = Press(Action.DIGIT, 3)
BUMP = (DIGIT, Press(Action.BUMP))


def wavering(*chances: float) -> Wavering:
    left = list(chances)
    return Wavering(lambda: left.pop(0))


def at(name: str) -> float:
    """A chance that means this second thought."""
    names = list(SHARES)
    return sum(SHARES[one] for one in names[: names.index(name)]) + 0.001


@pytest.mark.parametrize(
    ("name", "pressed"),
    [
        ("start", ((DIGIT, Press(Action.START)), BUMP)),
        ("one line", ((DIGIT, Press(Action.LINE_DOWN), Press(Action.BUMP)),)),
        ("undo", (BUMP, (Press(Action.UNDO),))),
        ("rush", ((DIGIT, Press(Action.RUSH)), BUMP)),
        ("recall", (BUMP, (Press(Action.RECALL),))),
    ],
)
def test_each_second_thought(name: str, pressed: tuple[tuple[Press, ...], ...]) -> None:
    assert wavering(at(name)).over((BUMP,), {}) == pressed


def test_mostly_he_just_bumps_and_leaves_other_keys_alone() -> None:
    start = (DIGIT, Press(Action.START))
    assert wavering(0.99).over((start, BUMP), {}) == (start, BUMP)


def test_the_recall_list_covers_the_tickets_so_it_comes_last() -> None:
    assert wavering(at("recall"), 0.99).over((BUMP, BUMP), {}) == (BUMP, BUMP, (Press(Action.RECALL),))


def test_of_a_held_ticket_he_makes_up_his_mind_once() -> None:
    held = {("o1", 0): (DIGIT,)}
    cook = wavering(0.1)
    assert cook.over((), held) == ((DIGIT, Press(Action.FIRE)),)
    assert cook.over((), held) == ()
    assert wavering(0.9).over((), held) == ()


def test_in_the_list_he_takes_one_back_and_closes_what_does_nothing() -> None:
    cook = wavering(0.5)
    assert cook.choosing(RecallList()) == ()
    found = RecallList(orders=(Order("a"), Order("b")), status=Status.READY)
    assert cook.choosing(found) == ((Press(Action.LINE_DOWN), Press(Action.BUMP)),)
    assert cook.choosing(found) == ((Press(Action.BACK),),)
    assert cook.choosing(RecallList(status=Status.NO_HUB)) == ((Press(Action.BACK),),)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("instant", Profile(True)),
        ("human:7", Profile(False, 7)),
        ("instant:7:wavers", Profile(True, 7, True)),
        ("human:12:wavers", Profile(False, 12, True)),
    ],
)
def test_the_words_for_a_cook(text: str, found: Profile) -> None:
    assert profile(text) == found


@pytest.mark.parametrize("text", ["lazy", "instant:7", "human:x", "human:7:sings"])
def test_no_such_cook(text: str) -> None:
    with pytest.raises(UserError, match="no cook is called") as caught:
        profile(text)
    assert "human:SEED:wavers" in caught.value.hint
