"""What nobody has seen rings again: every ten seconds, three rounds, silent for a minute after any key."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from display.core.repeats import Repeats
from display.core.sounding import Sound
from heard.unseen import AGAIN_S, QUIET_S, ROUNDS


def rung(repeats: Repeats, seconds: range) -> list[tuple[int, Sound]]:
    return [(now, sound) for now in seconds if (sound := repeats.due(float(now))) is not None]


def test_a_void_rings_again_twice_and_then_it_is_expos() -> None:
    repeats = Repeats()
    repeats.stand({"void": Sound.VOID}, 0.0)
    assert rung(repeats, range(100)) == [(10, Sound.VOID), (20, Sound.VOID)]
    assert repeats.next_due_s() is None


def test_what_was_seen_is_silent() -> None:
    repeats = Repeats()
    repeats.stand({"void": Sound.VOID}, 0.0)
    assert rung(repeats, range(11)) == [(10, Sound.VOID)]
    repeats.stand({}, 12.0)
    assert rung(repeats, range(12, 100)) == []


def test_any_key_quiets_for_a_minute_and_then_it_goes_on() -> None:
    repeats = Repeats()
    repeats.stand({"allergy": Sound.ALLERGY}, 0.0)
    repeats.pressed(5.0)
    assert repeats.next_due_s() == 5.0 + QUIET_S
    assert rung(repeats, range(120)) == [(65, Sound.ALLERGY), (75, Sound.ALLERGY)]


def test_of_several_the_gravest_rings_and_each_has_had_its_round() -> None:
    repeats = Repeats()
    repeats.stand({1: Sound.NOT_HEARD, 2: Sound.ALLERGY, 3: Sound.VOID}, 0.0)
    assert rung(repeats, range(60)) == [(10, Sound.ALLERGY), (20, Sound.ALLERGY)]


def test_a_key_with_nothing_standing_quiets_nothing_that_comes_later() -> None:
    repeats = Repeats()
    repeats.pressed(0.0)
    repeats.stand({"void": Sound.VOID}, 1.0)
    assert rung(repeats, range(30)) == [(11, Sound.VOID), (21, Sound.VOID)]


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["stand", "gone", "key", "wait"])), max_size=60))
def test_nothing_rings_more_than_its_rounds_nor_faster_than_every_ten_seconds(
    events: list[tuple[int, str]],
) -> None:
    repeats = Repeats()
    times: list[float] = []
    now, standing = 0.0, False
    for seconds, what in events:
        now += seconds
        if what == "stand":
            standing = True
            repeats.stand({"x": Sound.VOID}, now)
        elif what == "gone":
            standing = False
            times.clear()
            repeats.stand({}, now)
        elif what == "key":
            repeats.pressed(now)
        if repeats.due(now) is not None:
            assert standing
            times.append(now)
            assert len(times) < ROUNDS
            assert len(times) < 2 or times[-1] - times[-2] >= AGAIN_S
