"""A board rings once, then calls each number in each language that has its clips, one after the other."""

from typing import Any

from display.config import Config
from display.core.keymap import KEYBOARD, Grammar
from display.core.look import Look
from display.core.slots import STABLE
from display.core.theme import Theme
from display.screens.board_desk import BoardDesk
from display.screens.role import Moment, Panel, Setup
from display.ui.text import TextEngine
from heard.order import OrderState
from tests.display.core.test_pickups import NOW_MS, entry


def a_desk(text: TextEngine, clips: frozenset[str], **settings: Any) -> BoardDesk:
    look = Look(Theme.at_scale(1.0), text, ("en", "ar"))
    panel = Panel(800, 480, 1, KEYBOARD)
    return BoardDesk(Setup(Config(**settings), look, panel, STABLE, Grammar.SELECT, 0.0, clips=clips))


def turn(desk: BoardDesk, seconds: float, *, live: bool = True) -> str | None:
    moment = Moment(seconds, NOW_MS + round(seconds * 1000), "19:42", live=live, last_message_s=seconds)
    desk.pass_time(moment)
    desk.scene(moment)
    return desk.sound(seconds)


def test_a_chime_then_the_calls(text: TextEngine) -> None:
    clips = frozenset({"en/call", "en/7", "en/8", "ar/call", "ar/7"})
    desk = a_desk(text, clips, call_languages=("en", "ar"))
    turn(desk, 0.0)
    desk.documents([entry(n, OrderState.READY, NOW_MS) for n in (7, 8)], (), reset=False, pending=())
    assert turn(desk, 1.0) is None, "a cook may take it back"
    heard = [turn(desk, 3.0 + n / 2) for n in range(60)]
    assert [one for one in heard if one] == ["ready", "call/en/call,7", "call/ar/call,7", "call/en/call,8"], (
        "8 is not recorded in Arabic"
    )


def test_without_clips_only_the_chime_and_none_while_not_live(text: TextEngine) -> None:
    desk = a_desk(text, frozenset())
    turn(desk, 0.0)
    desk.documents([entry(7, OrderState.READY, NOW_MS)], (), reset=False, pending=())
    assert [turn(desk, float(n), live=False) for n in range(1, 9)] == [None] * 8
    assert [turn(desk, float(n)) for n in range(9, 20)] == ["ready", *[None] * 10]
