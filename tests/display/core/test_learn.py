"""Learn mode as an installer meets it, with a bar whose keys nobody knows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from display.core.keymap import KEYBOARD, Action
from display.core.learn import ABANDONED_S, BETWEEN_S, ORDER, Learn
from display.core.presets import FUNCTIONS, with_own_keys


def test_every_question_is_a_function_that_a_key_can_have() -> None:
    assert set(ORDER) <= set(FUNCTIONS)
    assert len(set(ORDER)) == len(ORDER)


def test_a_whole_bar_is_learnt_one_function_after_another() -> None:
    learn = Learn(0.0)
    assert (learn.asking.function, learn.asking.number, learn.asking.skippable) == ("bump", 1, False)
    for number in range(len(ORDER)):
        assert not learn.done
        learn.press(f"key {number}", float(number + 1))
    assert learn.done
    assert learn.learnt == {function: f"key {number}" for number, function in enumerate(ORDER)}


def test_bump_skips_what_the_bar_does_not_have() -> None:
    learn = Learn(0.0)
    learn.press("b", 1.0)
    learn.press("b", 2.0)
    assert learn.asking.function == "2"
    learn.press("x", 3.0)
    learn.finish()
    assert learn.learnt == {"bump": "b", "2": "x"}


def test_a_key_with_a_function_changes_hands_only_when_pressed_twice() -> None:
    learn = Learn(0.0)
    learn.press("b", 1.0)
    learn.press("x", 2.0)
    learn.press("x", 3.0)
    assert (learn.asking.function, learn.asking.taken_by) == ("2", "1")
    learn.press("x", 4.0)
    assert learn.keys == {"bump": "b", "2": "x"}
    assert (learn.asking.function, learn.asking.taken_by) == ("3", "")


def test_a_key_that_bounces_answers_once() -> None:
    learn = Learn(0.0)
    learn.press("b", 1.0)
    learn.press("b", 1.0 + BETWEEN_S / 2)
    assert learn.asking.function == "1"


def test_when_nobody_is_there_the_old_keys_stay() -> None:
    learn = Learn(0.0)
    learn.press("b", 1.0)
    seen = []
    for now_s in (ABANDONED_S, 1.0 + ABANDONED_S):
        learn.passed(now_s)
        seen.append(learn.abandoned)
    assert seen == [False, True]
    nothing = Learn(0.0)
    nothing.finish()
    assert nothing.abandoned


@given(st.lists(st.sampled_from("abcdefgh"), max_size=60))
def test_no_key_ever_has_two_functions(keys: list[str]) -> None:
    learn = Learn(0.0)
    for number, key in enumerate(keys):
        learn.press(key, number + 1.0)
    assert len(set(learn.keys.values())) == len(learn.keys)
    keymap = with_own_keys(KEYBOARD, learn.learnt)
    for function, key in learn.keys.items():
        press = keymap.keys[key]
        assert function == (str(press.number) if press.action is Action.DIGIT else press.action.value)
