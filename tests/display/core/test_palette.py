"""Every ink stands out from its paper as promised."""

import re

import pytest

from display.core import palette
from display.core.palette import PAIRS, Pair, contrast


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.use)
def test_contrast(pair: Pair) -> None:
    assert round(contrast(pair.ink, pair.paper), 1) >= pair.ratio_min


def test_the_formula_is_wcags() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


def test_colours_are_written_alike() -> None:
    for name, value in vars(palette).items():
        if name.isupper() and isinstance(value, str):
            assert re.fullmatch("#[0-9A-F]{6}", value), name
