"""A restored store goes above what the cloud has seen; two stores of one hub do not climb over each other."""

from __future__ import annotations

import pytest

from heard.revision import Epoch
from hub.core.epoch_rise import RISE_AGAIN_MS, Rise, decide_rise

OURS = Epoch(3, 50)
NOW_MS = 10_000_000


@pytest.mark.parametrize(
    ("highest", "pushed", "raised_ms", "expected"),
    [
        (None, False, 0, Rise.NO),
        ((2, 99), False, 0, Rise.NO),
        ((3, 50), False, 0, Rise.NO),
        ((3, 51), False, 0, Rise.ABOVE),
        ((4, 1), False, 0, Rise.ABOVE),
        ((4, 1), True, 0, Rise.TWO_STORES),
        ((4, 1), False, NOW_MS - RISE_AGAIN_MS + 1, Rise.TWO_STORES),
        ((4, 1), False, NOW_MS - RISE_AGAIN_MS, Rise.ABOVE),
    ],
)
def test_what_a_higher_epoch_means(
    highest: tuple[int, int] | None, pushed: bool, raised_ms: int, expected: Rise
) -> None:
    assert decide_rise(OURS, highest, pushed, raised_ms, NOW_MS) is expected
