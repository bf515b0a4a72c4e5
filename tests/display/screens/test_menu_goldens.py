"""The menu, its choosers, the recall list and the review, each as its golden: both languages, keys and touch, three shapes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from display.core.effects import AskRecall
from display.core.keymap import Action
from display.ui.icons import Icons
from display.ui.text import TextEngine
from heard.ticket import tickets
from heard.why import why
from tests.display.golden import check_golden
from tests.display.stage import Stage

UPRIGHT = (1080, 1920)
FULL_HD = (1920, 1080)


def menu_of_a_line(text: TextEngine) -> Stage:
    stage = Stage(text, size=FULL_HD, touch=True)
    stage.hold(2, row=0)
    return stage


def menu_arabic(text: TextEngine) -> Stage:
    stage = Stage(text, kitchen="arabic", language="ar", touch=True)
    stage.hold(2, row=0)
    return stage


def menu_by_key(text: TextEngine) -> Stage:
    stage = Stage(text)
    stage.press(Action.DIGIT, 2)
    stage.press(Action.MENU)
    return stage


def menu_upright(text: TextEngine) -> Stage:
    stage = Stage(text, size=UPRIGHT, touch=True, layout="portrait")
    stage.hold(2)
    return stage


def menu_expo(text: TextEngine) -> Stage:
    stage = Stage(text, role="expo", touch=True)
    stage.hold(2)
    return stage


def push_arabic(text: TextEngine) -> Stage:
    stage = Stage(text, kitchen="arabic", language="ar")
    stage.press(Action.DIGIT, 2)
    stage.press(Action.PUSH)
    return stage


def moved(text: TextEngine) -> Stage:
    stage = Stage(text)
    stage.press(Action.DIGIT, 2)
    stage.press(Action.PUSH)
    stage.press(Action.DIGIT, 1)
    return stage


def recall(text: TextEngine) -> Stage:
    stage = Stage(text, size=FULL_HD)
    _listed(stage)
    stage.press(Action.RIGHT)
    return stage


def recall_touch_arabic_upright(text: TextEngine) -> Stage:
    stage = Stage(text, kitchen="arabic", language="ar", size=UPRIGHT, touch=True, layout="portrait")
    _listed(stage)
    stage.press(Action.LINE_DOWN)
    return stage


def recall_arabic(text: TextEngine) -> Stage:
    stage = Stage(text, kitchen="arabic", language="ar", touch=True)
    _listed(stage)
    return stage


def recall_expo(text: TextEngine) -> Stage:
    stage = Stage(text, role="expo")
    stage.press(Action.RECALL)
    stage.answer(AskRecall(""), stage.bumped())
    return stage


def review(text: TextEngine) -> Stage:
    stage = Stage(text)
    _listed(stage, Action.REVIEW)
    return stage


def reason(text: TextEngine) -> Stage:
    stage = Stage(text)
    _listed(stage)
    stage.press(Action.REMAKE)
    return stage


def reason_arabic(text: TextEngine) -> Stage:
    stage = Stage(text, kitchen="arabic", language="ar", touch=True)
    _listed(stage)
    stage.press(Action.REMAKE)
    return stage


def pull(text: TextEngine) -> Stage:
    stage = Stage(text)
    stage.press(Action.PULL)
    stage.press(Action.DIGIT, 1)
    there = tuple(order for order in stage.fixture.orders if tickets(order, "fry"))
    stage.answer(AskRecall("", "fry", open_now=True), there)
    return stage


def void_asked(text: TextEngine) -> Stage:
    stage = Stage(text)
    stage.void(1)
    stage.press(Action.DIGIT, 1)
    return stage


def void_asked_arabic(text: TextEngine) -> Stage:
    stage = Stage(text, kitchen="arabic", language="ar", touch=True)
    stage.void(1)
    stage.hold(1)
    return stage


def refused(text: TextEngine) -> Stage:
    stage = Stage(text)
    stage.refuse(2, why("line.made_there_too", station="fry"))
    return stage


def refused_arabic(text: TextEngine) -> Stage:
    stage = Stage(text, kitchen="arabic", language="ar")
    stage.refuse(2, why("line.voided_unseen"))
    return stage


def screen_menu(text: TextEngine) -> Stage:
    """What is said stands beside the buttons."""
    stage = Stage(text, size=FULL_HD, touch=True)
    stage.press(Action.BUMP)
    stage.press(Action.MENU)
    return stage


def screen_menu_arabic(text: TextEngine) -> Stage:
    stage = Stage(text, kitchen="arabic", language="ar", touch=True)
    stage.press(Action.BUMP)
    stage.press(Action.MENU)
    return stage


def list_bumped(text: TextEngine) -> Stage:
    stage = Stage(text, layout="list")
    stage.press(Action.DIGIT, 2)
    stage.press(Action.BUMP)
    return stage


def list_menu_arabic(text: TextEngine) -> Stage:
    stage = Stage(text, kitchen="arabic", language="ar", touch=True, layout="list")
    stage.hold(2)
    return stage


def _listed(stage: Stage, key: Action = Action.RECALL) -> None:
    stage.press(key)
    stage.answer(AskRecall("", stage.fixture.station), stage.bumped())


STATES: tuple[Callable[[TextEngine], Stage], ...] = (
    menu_of_a_line,
    menu_arabic,
    menu_by_key,
    menu_upright,
    menu_expo,
    push_arabic,
    moved,
    recall,
    recall_touch_arabic_upright,
    recall_arabic,
    recall_expo,
    review,
    reason,
    reason_arabic,
    pull,
    void_asked,
    void_asked_arabic,
    refused,
    refused_arabic,
    screen_menu,
    screen_menu_arabic,
    list_bumped,
    list_menu_arabic,
)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_what_keys_and_fingers_bring_up_is_painted_as_its_golden(
    state: Callable[[TextEngine], Stage], text: TextEngine, icons: Icons, update_goldens: bool
) -> None:
    stage = state(text)
    name = f"hands-{state.__name__.replace('_', '-')}"
    check_golden(name, stage.scene.picture, text, icons, update=update_goldens)
