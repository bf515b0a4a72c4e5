"""The hub's time between its messages: near the truth on a jittery network, never falling, and following slow drift."""

import random

from heard.link.core.hub_time import HubTime


def test_nothing_is_known_before_the_first_message() -> None:
    time = HubTime()
    assert not time.known
    assert time.now_ms(5.0) == 0


def test_it_goes_on_between_messages() -> None:
    time = HubTime()
    time.greet(100_000, 10.0, new_epoch=True)
    assert time.now_ms(12.5) == 102_500


def test_a_message_that_was_held_up_does_not_pull_it_back() -> None:
    time = HubTime()
    time.greet(100_000, 10.0, new_epoch=True)
    time.mark(101_000, 11.9)  # 0.9 s on the way
    assert time.now_ms(12.0) >= 101_999


def test_a_message_that_was_quick_corrects_a_greeting_that_was_slow() -> None:
    time = HubTime()
    time.greet(100_000, 10.8, new_epoch=True)  # 0.8 s on the way
    time.mark(101_000, 11.0)
    assert time.now_ms(12.0) == 102_000


def test_it_never_falls_within_an_epoch_but_may_in_a_new_one() -> None:
    time = HubTime()
    time.greet(100_000, 10.0, new_epoch=True)
    assert time.now_ms(20.0) == 110_000
    time.greet(105_000, 20.0, new_epoch=False)
    assert time.now_ms(20.0) == 110_000
    time.greet(50_000, 20.0, new_epoch=True)
    assert time.now_ms(20.0) == 50_000


def test_a_day_of_marks_with_drift_and_jitter_stays_within_the_jitter() -> None:
    chance = random.Random(7)
    time = HubTime()
    drift = 1 - 100e-6  # our clock is fast by 100 ppm, 8.6 s a day
    time.greet(0, 0.0, new_epoch=True)
    told = 0
    for second in range(1, 86_400, 7):
        arrival_s = (second + chance.uniform(0.001, 0.2)) / drift
        time.mark(second * 1000, arrival_s)
        now_ms = time.now_ms(arrival_s)
        assert now_ms >= told
        told = now_ms
        assert abs(now_ms - arrival_s * drift * 1000) < 250
