"""Fingers, towels and hands."""

from display.core.touch import TOWEL_S, Gesture, Touched, Touches


def test_a_short_touch_is_a_tap_where_it_came_down() -> None:
    touches = Touches(0.25)
    touches.down(1, 100, 200, 0.0)
    touches.moved(1, 110, 200)
    assert touches.up(1, 112, 201, 0.2) == Touched(Gesture.TAP, 100, 200)


def test_eight_millimetres_are_too_far_and_coming_back_does_not_help() -> None:
    touches = Touches(0.25)  # 8 mm are 32 px
    touches.down(1, 100, 200, 0.0)
    touches.moved(1, 133, 200)
    touches.moved(1, 100, 200)
    assert touches.up(1, 100, 200, 0.2) is None


def test_a_hold_comes_once_after_600_ms_and_then_it_is_no_tap() -> None:
    touches = Touches()
    touches.down(1, 5, 6, 10.0)
    assert touches.due(10.5) == ()
    assert touches.next_due_s() == 10.6
    assert touches.due(10.6) == (Touched(Gesture.HOLD, 5, 6),)
    assert touches.due(10.7) == ()
    assert touches.up(1, 5, 6, 10.8) == Touched(Gesture.LET_GO, 5, 6), "a button takes it, a tile does not"


def test_five_fingers_are_a_cloth() -> None:
    touches = Touches()
    for finger in range(5):
        touches.down(finger, 10 * finger, 10, 0.0)
    assert [touches.up(finger, 10 * finger, 10, 0.1) for finger in range(5)] == [None] * 5
    touches.down(9, 1, 1, 1.0)
    assert touches.up(9, 1, 1, 1.1) is not None


def test_a_finger_that_stays_is_a_towel() -> None:
    touches = Touches()
    touches.down(1, 5, 6, 0.0)
    touches.due(0.7)
    assert touches.next_due_s() == TOWEL_S
    assert touches.due(2.0) == ()
    assert touches.due(2.01) == (Touched(Gesture.TOWEL, 5, 6),)
    assert touches.due(2.5) == ()
    assert touches.up(1, 5, 6, 2.6) is None


def test_an_unknown_finger_does_nothing() -> None:
    assert Touches().up(3, 1, 1, 0.0) is None
