"""The scale follows from screen and distance, and set-up warns when 16 arc minutes are out of reach."""

import pytest

from display.core.legibility import SMALLEST_READ_PX, columns, font_px, legibility, pixel_pitch_m
from display.core.wording import ENGLISH, Words


@pytest.mark.parametrize(("inches", "needed_px"), [(21.5, 54), (24, 48), (32, 36)])
def test_font_size_for_two_metres(inches: float, needed_px: int) -> None:
    assert round(font_px(16, 2.0, pixel_pitch_m(inches, 1920, 1080))) == needed_px


@pytest.mark.parametrize(
    ("inches", "distance_m", "scale"),
    [(24, 2.0, 48.16 / 28), (32, 1.5, 0.967), (32, 0.5, 0.75), (21.5, 4.0, 2.0)],
)
def test_scale_is_clamped(inches: float, distance_m: float, scale: float) -> None:
    assert legibility(inches, distance_m, 1920, 1080).scale == pytest.approx(scale, abs=0.002)


@pytest.mark.parametrize(
    ("width_px", "scale", "expected"),
    [
        (1600, 1.0, 4),
        (1100, 2.0, 2),
        (1896, 0.75, 6),
        (1600, 2.0, 2),
        (700, 2.0, 1),
        (3840, 0.75, 6),
        (1600, 1.72, 2),
    ],
)
def test_columns(width_px: int, scale: float, expected: int) -> None:
    assert columns(width_px, scale) == expected


def test_a_screen_that_reaches_the_angle_says_nothing() -> None:
    found = legibility(24, 2.0, 1920, 1080)
    assert found.advice is None
    assert found.arc_minutes == pytest.approx(16, abs=0.01)


def test_a_screen_too_far_says_what_would_help_and_the_help_helps() -> None:
    found = legibility(21.5, 3.0, 1920, 1080)
    assert found.arc_minutes < 16
    assert found.advice is not None
    assert "2 m or nearer" in found.advice.said(ENGLISH)
    assert '31" or larger' in found.advice.said(ENGLISH)
    assert "\u20662\u2069 م أو أقرب" in found.advice.said(Words("ar"))
    assert legibility(21.5, 2.0, 1920, 1080).advice is None
    assert legibility(31, 3.0, 1920, 1080).advice is None


def test_a_chosen_scale_that_is_too_small_is_told_the_columns_that_would_do() -> None:
    found = legibility(32, 2.0, 1920, 1080, scale=0.75)
    assert found.scale == 0.75
    assert found.columns == 6
    assert found.advice is not None
    assert "4 columns" in found.advice.said(ENGLISH)
    assert SMALLEST_READ_PX * found.scale < font_px(16, 2.0, pixel_pitch_m(32, 1920, 1080))


@pytest.mark.parametrize(
    ("inches", "distance_m", "what"),
    [(0, 2, "screen_inches"), (24, -1, "viewing_distance_m"), (float("nan"), 2, "screen_inches")],
)
def test_nonsense_is_named(inches: float, distance_m: float, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        legibility(inches, distance_m, 1920, 1080)
