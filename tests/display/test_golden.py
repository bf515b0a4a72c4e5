"""The comparator forgives a rasteriser's rounding and finds an erased word."""

from pathlib import Path

import pygame
import pytest

from display.core.draw import Picture, Rect
from display.ui.icons import Icons
from display.ui.text import TextEngine
from tests.display import scenes
from tests.display.golden import check_golden, differing_blocks, paint


def test_a_little_off_everywhere_is_the_same(text: TextEngine, icons: Icons) -> None:
    golden = paint(scenes.board(), text, icons)
    brighter = golden.copy()
    brighter.fill((24, 24, 24), special_flags=pygame.BLEND_RGB_ADD)
    assert differing_blocks(golden, brighter) == []
    brighter.fill((1, 0, 0), special_flags=pygame.BLEND_RGB_ADD)
    assert differing_blocks(golden, brighter)


@pytest.mark.parametrize("left_out", range(3, 10))
def test_one_operation_left_out_is_found(left_out: int, text: TextEngine, icons: Icons) -> None:
    whole = scenes.tile(0, "3:12")
    ops = whole.ops[:left_out] + whole.ops[left_out + 1 :]
    golden = paint(Picture(388, 300, "#000000", whole.ops), text, icons)
    lacking = paint(Picture(388, 300, "#000000", ops), text, icons)
    assert differing_blocks(golden, lacking)


def test_a_tenth_of_a_block_is_the_bound() -> None:
    golden, spotted = pygame.Surface((32, 16)), pygame.Surface((32, 16))
    spotted.fill("white", (16, 0, 5, 5))  # 25 of 256
    assert differing_blocks(golden, spotted) == []
    spotted.fill("white", (16, 5, 1, 1))
    assert differing_blocks(golden, spotted) == [(16, 0)]


def test_a_failure_leaves_pictures_to_look_at(tmp_path: Path, text: TextEngine, icons: Icons) -> None:
    right = Picture(64, 64, "#000000", (Rect(0, 0, 32, 32, "#FFFFFF"),))
    check_golden("g", right, text, icons, update=True, folder=tmp_path)
    check_golden("g", right, text, icons, update=False, folder=tmp_path)
    with pytest.raises(AssertionError, match="laid out otherwise"):
        check_golden("g", Picture(64, 64, "#000000", ()), text, icons, update=False, folder=tmp_path)
    pygame.image.save(pygame.Surface((64, 64)), tmp_path / "g.png")
    with pytest.raises(AssertionError, match="4 blocks"):
        check_golden("g", right, text, icons, update=False, folder=tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"g.json", "g.png", "g.actual.png", "g.diff.png"}


def test_a_golden_that_is_not_there_says_how_to_make_it(
    tmp_path: Path, text: TextEngine, icons: Icons
) -> None:
    with pytest.raises(AssertionError, match="--update-goldens"):
        check_golden("none", scenes.board(), text, icons, update=False, folder=tmp_path)
