"""Sizes scale together."""

import dataclasses

from display.core.theme import Theme


def test_scale_one_is_the_drawing() -> None:
    assert Theme.at_scale(1) == Theme()


def test_every_size_scales_and_stays_whole() -> None:
    double = Theme.at_scale(2)
    for field in dataclasses.fields(Theme):
        if field.name != "scale":
            assert getattr(double, field.name) == 2 * getattr(Theme(), field.name), field.name
    assert Theme.at_scale(0.75).item_text == 27
    assert Theme.at_scale(0.1).added_rule_h == 1
