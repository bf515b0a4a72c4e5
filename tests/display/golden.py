"""Goldens of screens: the picture as JSON says what changed, the PNG says how it looks.

A pixel differs if a channel is more than 24 off; a 16x16 block with more than a tenth of such pixels is a failure. So a
font rasteriser may round otherwise, but a missing line, a moved tile or another colour is found.
`pytest --update-goldens` (fixture `update_goldens`) or HEARD_UPDATE_GOLDENS=1 writes what was painted; look at the diff before a commit.
"""

import difflib
import os
from pathlib import Path

import pygame

from display.core.draw import Picture, to_json
from display.ui.icons import Icons
from display.ui.paint import Painter
from display.ui.text import TextEngine

GOLDENS = Path(__file__).parent.parent / "goldens"
CHANNEL_OFF_MAX = 24
BLOCK = 16  # px, square
BLOCK_SHARE_MAX = 0.1
DIFF_LINES_MAX = 40  # of a structural diff in a failure


def paint(picture: Picture, text: TextEngine, icons: Icons) -> pygame.Surface:
    """The picture on a surface of its own, without a window."""
    surface = pygame.Surface((picture.w, picture.h), 0, 32)
    Painter(surface, text, icons).paint(picture)
    return surface


def check_golden(
    name: str, picture: Picture, text: TextEngine, icons: Icons, *, update: bool, folder: Path = GOLDENS
) -> None:
    """Fails unless `picture` is painted as tests/goldens/NAME.png and laid out as NAME.json.

    On failure NAME.actual.png and NAME.diff.png stand beside the golden.
    """
    json_file, png_file = folder / f"{name}.json", folder / f"{name}.png"
    structure, surface = to_json(picture), paint(picture, text, icons)
    if update or os.environ.get("HEARD_UPDATE_GOLDENS") == "1":
        folder.mkdir(parents=True, exist_ok=True)
        json_file.write_text(structure, encoding="utf-8")
        if not png_file.exists() or differing_pixels(pygame.image.load(png_file), surface, 0):
            pygame.image.save(surface, png_file)
        return
    assert json_file.exists(), f"no golden {json_file}; write it with --update-goldens and look at it"
    wanted = json_file.read_text(encoding="utf-8")
    if structure != wanted:
        diff = list(
            difflib.unified_diff(
                wanted.splitlines(), structure.splitlines(), "golden", "painted", "", "", 1, ""
            )
        )
        pygame.image.save(surface, folder / f"{name}.actual.png")
        raise AssertionError(f"{name}: laid out otherwise\n" + "\n".join(diff[:DIFF_LINES_MAX]))
    golden = pygame.image.load(png_file)
    blocks = differing_blocks(golden, surface)
    if blocks:
        pygame.image.save(surface, folder / f"{name}.actual.png")
        pygame.image.save(_diff_image(golden, surface), folder / f"{name}.diff.png")
    assert not blocks, f"{name}: {len(blocks)} blocks of {BLOCK} px look different, the first at {blocks[0]}"


def check_picture(name: str, picture: Picture, text: TextEngine, icons: Icons, *, update: bool) -> None:
    """Fails unless `picture` is painted as tests/goldens/NAME.png; how it is laid out is held elsewhere."""
    png_file, surface = GOLDENS / f"{name}.png", paint(picture, text, icons)
    if update or os.environ.get("HEARD_UPDATE_GOLDENS") == "1":
        if not png_file.exists() or differing_pixels(pygame.image.load(png_file), surface, 0):
            pygame.image.save(surface, png_file)
        return
    assert png_file.exists(), f"no golden {png_file}; write it with --update-goldens and look at it"
    blocks = differing_blocks(pygame.image.load(png_file), surface)
    if blocks:
        pygame.image.save(surface, GOLDENS / f"{name}.actual.png")
    assert not blocks, f"{name}: {len(blocks)} blocks of {BLOCK} px look different, the first at {blocks[0]}"


def differing_blocks(a: pygame.Surface, b: pygame.Surface) -> list[tuple[int, int]]:
    """The top left corners of the blocks that look different; all of the picture's when the sizes differ."""
    if a.get_size() != b.get_size():
        return [(0, 0)]
    off = _mask_of_differences(a, b, CHANNEL_OFF_MAX)
    if not off.count():
        return []
    block = pygame.Mask((BLOCK, BLOCK), fill=True)
    w, h = a.get_size()
    return [
        (x, y)
        for y in range(0, h, BLOCK)
        for x in range(0, w, BLOCK)
        if off.overlap_area(block, (x, y)) > BLOCK_SHARE_MAX * min(BLOCK, w - x) * min(BLOCK, h - y)
    ]


def differing_pixels(a: pygame.Surface, b: pygame.Surface, off_max: int) -> int:
    """How many pixels have a channel that is more than `off_max` off; 1 when the sizes differ."""
    return _mask_of_differences(a, b, off_max).count() if a.get_size() == b.get_size() else 1


def _mask_of_differences(a: pygame.Surface, b: pygame.Surface, off_max: int) -> pygame.Mask:
    near = (off_max + 1,) * 3 + (255,)
    same = pygame.mask.from_threshold(a, (0, 0, 0, 0), near, b)
    same.invert()
    return same


def _diff_image(a: pygame.Surface, b: pygame.Surface) -> pygame.Surface:
    """The painted picture, dimmed, with what differs in magenta."""
    image = b.copy()
    image.fill((60, 60, 60), special_flags=pygame.BLEND_RGB_MULT)
    off = _mask_of_differences(a, b, CHANNEL_OFF_MAX)
    image.blit(off.to_surface(setcolor=(255, 79, 195, 255), unsetcolor=(0, 0, 0, 0)), (0, 0))
    return image
