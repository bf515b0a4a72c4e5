"""The counting of goldens finds what it is there for: each planted mistake in a right picture is caught."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import pytest

from display.core.draw import Group, Op, Picture, Rect, Text
from display.core.fixture import Fixture, fixture
from display.screens.from_fixture import look_of, scene_of
from display.ui.text import TextEngine
from tests.display.counting import Counted
from tests.display.dishes import FOLDER

Change = Callable[[Op], Op | None]


def busy() -> Fixture:
    return fixture(json.loads((FOLDER / "busy.json").read_text(encoding="utf-8")))


def changed(picture: Picture, where: str, change: Change) -> Picture:
    """The picture with `change` applied to the operations of the groups whose key begins with `where`."""
    ops: list[Op] = []
    for op in picture.ops:
        if isinstance(op, Group) and op.key.startswith(where):
            inner = [new for one in op.ops if (new := change(one)) is not None]
            op = dataclasses.replace(op, ops=tuple(inner))
        ops.append(op)
    return dataclasses.replace(picture, ops=tuple(ops))


def says(old: str, new: str | None) -> Change:
    """Another text, or none."""

    def change(op: Op) -> Op | None:
        if not isinstance(op, Text) or op.text != old:
            return op
        return None if new is None else dataclasses.replace(op, text=new)

    return change


def shorter_bar(op: Op) -> Op | None:
    return dataclasses.replace(op, w=op.w - 5) if isinstance(op, Rect) and op.h == 6 and op.w < 380 else op


def wider_text(op: Op) -> Op | None:
    return dataclasses.replace(op, x=op.x + 200) if isinstance(op, Text) else op


MISTAKES = {
    "a line is not drawn": ("o219", says("Kids Nuggets", None)),
    "HOLD counts one line less": ("o219", says("2 lines · 7 items", "1 line · 7 items")),
    "one more waits than is said": ("bottom", says("+3 waiting", "+2 waiting")),
    "the rail has another sum": ("rail", says("7", "8")),
    "the rail forgets what waits": ("rail", says("+2", None)),
    "an age bar is too short": ("o217", shorter_bar),
    "another station's dish": ("o226", says("Lamb Kebab", "Fattoush")),
    "a text reaches over the edge": ("o221", wider_text),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_found(mistake: str, text: TextEngine) -> None:
    picture, look = scene_of(busy(), text).picture, look_of(busy(), text)
    Counted(picture, busy(), look).check()
    where, change = MISTAKES[mistake]
    wrong = changed(picture, where, change)
    assert wrong != picture
    with pytest.raises(AssertionError):
        Counted(wrong, busy(), look).check()
