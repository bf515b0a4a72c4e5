"""A change paints what a fresh start would paint, and no more than it must."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

import pygame
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from display.core.draw import Group, Icon, Op, Picture, Rect, Strike, Text, Weight
from display.ui.icons import Icons
from display.ui.paint import Painter
from display.ui.text import TextEngine
from tests.display import scenes
from tests.display.golden import check_golden, differing_pixels, paint

ROOT = Path(__file__).parents[3]


def painter(
    text: TextEngine, icons: Icons, size: tuple[int, int] = scenes.SIZE
) -> tuple[Painter, pygame.Surface]:
    surface = pygame.Surface(size, 0, 32)
    return Painter(surface, text, icons), surface


def test_board_looks_right(text: TextEngine, icons: Icons, update_goldens: bool) -> None:
    check_golden("tiles", scenes.board(), text, icons, update=update_goldens)


def test_first_picture_is_painted_whole(text: TextEngine, icons: Icons) -> None:
    paints, surface = painter(text, icons)
    assert paints.paint(scenes.board()) == [surface.get_rect()]


def test_an_equal_picture_paints_nothing(text: TextEngine, icons: Icons) -> None:
    paints, _ = painter(text, icons)
    first = scenes.board()
    paints.paint(first)
    assert paints.paint(first, first) == []
    assert paints.paint(scenes.board(), first) == []


def test_one_timer_dirties_the_timer_only(text: TextEngine, icons: Icons) -> None:
    paints, surface = painter(text, icons)
    before, after = scenes.board(("3:12", "0:41")), scenes.board(("3:13", "0:41"))
    paints.paint(before)
    (dirty,) = paints.paint(after, before)
    assert pygame.Rect(12 + 280, 76, 100, 70).contains(dirty)
    assert differing_pixels(surface, paint(after, text, icons), 0) == 0


def test_a_tile_that_moves_dirties_both_places(text: TextEngine, icons: Icons) -> None:
    paints, surface = painter(text, icons, (100, 50))
    here, there = (Picture(100, 50, "#000000", (Group("t", x, 0, 20, 20, "#FFFFFF", ()),)) for x in (0, 60))
    paints.paint(here)
    assert sorted(tuple(rect) for rect in paints.paint(there, here)) == [(0, 0, 20, 20), (60, 0, 20, 20)]
    assert surface.get_at((5, 5)) == pygame.Color("#000000")
    assert surface.get_at((65, 5)) == pygame.Color("#FFFFFF")


def test_tiles_that_change_places_dirty_no_more_than_their_places(text: TextEngine, icons: Icons) -> None:
    paints, surface = painter(text, icons, (100, 50))
    white, red = ("#FFFFFF", "#FF0000")
    first, second = (
        Picture(
            100,
            50,
            "#000000",
            (
                *(Group(fill, x, 0, 20, 20, fill, ()) for fill, x in zip(order, (0, 30), strict=True)),
                Rect(60, 0, 40, 50, "#0000FF"),
            ),
        )
        for order in ((white, red), (red, white))
    )
    paints.paint(first)
    assert sorted(tuple(rect) for rect in paints.paint(second, first)) == [(0, 0, 20, 20), (30, 0, 20, 20)]
    assert differing_pixels(surface, paint(second, text, icons), 0) == 0


def test_a_frame_that_comes_dirties_its_sides_and_not_what_it_stands_around(
    text: TextEngine, icons: Icons
) -> None:
    paints, surface = painter(text, icons, (100, 60))
    tile = Group("t", 10, 10, 80, 40, "#FFFFFF", ())
    plain = Picture(100, 60, "#000000", (tile,))
    chosen = Picture(100, 60, "#000000", (Rect(5, 5, 90, 50, "#FF0000", 8, 3), tile))
    paints.paint(plain)
    dirty = paints.paint(chosen, plain)
    assert not any(rect.collidepoint(50, 30) for rect in dirty)
    assert differing_pixels(surface, paint(chosen, text, icons), 0) == 0


def test_another_order_of_the_same_operations_is_a_change(text: TextEngine, icons: Icons) -> None:
    paints, surface = painter(text, icons, (40, 40))
    red, blue = Rect(0, 0, 30, 30, "#FF0000"), Rect(10, 10, 30, 30, "#0000FF")
    first, second = Picture(40, 40, "#000000", (red, blue)), Picture(40, 40, "#000000", (blue, red))
    paints.paint(first)
    paints.paint(second, first)
    assert surface.get_at((20, 20)) == pygame.Color("#FF0000")


PLACES = st.integers(-5, 60)
LENGTHS = st.integers(1, 40)
COLOURS = st.sampled_from(["#FF0000", "#00FF00", "#F5F7FA"])
PLAIN: st.SearchStrategy[Op] = st.one_of(
    st.builds(Rect, PLACES, PLACES, LENGTHS, LENGTHS, COLOURS, st.integers(0, 30), st.integers(0, 3)),
    st.builds(
        Text,
        PLACES,
        PLACES,
        st.sampled_from(["2", "كباب", "Ếp 2×"]),
        st.sampled_from([12, 20]),
        st.just(Weight.BOLD),
        COLOURS,
        st.booleans(),
        st.sampled_from(["left", "centre", "right"]),
        st.sampled_from(["top", "middle", "baseline"]),
    ),
    st.builds(Icon, PLACES, PLACES, st.just("check"), st.integers(4, 20), COLOURS, st.booleans()),
    st.builds(Strike, PLACES, PLACES, LENGTHS, st.integers(1, 4), COLOURS),
)


def tiles(inside: st.SearchStrategy[Op]) -> st.SearchStrategy[Group]:
    return st.builds(
        Group,
        st.sampled_from(["a", "b", "c"]),
        PLACES,
        PLACES,
        st.sampled_from([24, 40]),
        st.sampled_from([24, 40]),
        COLOURS,
        st.lists(inside, max_size=4).map(tuple),
        st.sampled_from([0, 8]),
        COLOURS,
    )


def keys_differ(ops: tuple[Op, ...]) -> bool:
    keys = [op.key for op in ops if isinstance(op, Group)]
    return len(keys) == len(set(keys))


OPS = st.lists(PLAIN | tiles(PLAIN) | tiles(PLAIN | tiles(PLAIN).filter(lambda g: g.key == "a")), max_size=6)
PICTURES = st.builds(
    Picture,
    st.just(64),
    st.just(64),
    st.sampled_from(["#000000", "#12171E"]),
    OPS.map(tuple).filter(keys_differ),
)


@settings(max_examples=120, deadline=None)
@example([Picture(64, 64, "#000000", ()), Picture(64, 64, "#000000", (Rect(0, 0, 1, 1, "#FF0000", 0, 2),))])
@given(st.lists(PICTURES, min_size=2, max_size=5))
def test_changes_end_where_a_fresh_start_does(
    text: TextEngine, icons: Icons, pictures: list[Picture]
) -> None:
    def nested_once(ops: tuple[Op, ...]) -> bool:
        return all(keys_differ(op.ops) and nested_once(op.ops) for op in ops if isinstance(op, Group))

    surface = pygame.Surface((64, 64), 0, 32)
    paints = Painter(surface, text, icons)
    previous = None
    for picture in pictures:
        if not nested_once(picture.ops):
            continue
        paints.paint(picture, previous)
        previous = picture
        assert differing_pixels(surface, paint(picture, text, icons), 0) == 0


def test_two_tiles_of_one_key_are_refused(text: TextEngine, icons: Icons) -> None:
    paints, _ = painter(text, icons)
    tile = scenes.tile(0, "0:01")
    with pytest.raises(ValueError, match="'t0'"):
        paints.paint(Picture(*scenes.SIZE, "#000000", (tile, tile)))


def test_a_picture_of_another_size_is_refused(text: TextEngine, icons: Icons) -> None:
    paints, _ = painter(text, icons, (100, 100))
    with pytest.raises(ValueError, match="960x720 does not fit a surface of 100x100"):
        paints.paint(scenes.board())


def test_corners_are_round_smooth_and_alike(text: TextEngine, icons: Icons) -> None:
    filled: Op = Rect(0, 0, 40, 40, "#FFFFFF", radius=12)
    cut: Op = Group("t", 0, 0, 40, 40, "#FFFFFF", (), radius=12, behind="#000000")
    image, other = (paint(Picture(40, 40, "#000000", (op,)), text, icons) for op in (filled, cut))
    assert differing_pixels(image, other, 1) == 0
    greys = {image.get_at((x, y)).r for x in range(12) for y in range(12)}
    assert image.get_at((0, 0)).r == 0
    assert image.get_at((20, 0)).r == image.get_at((6, 6)).r == 255
    assert len(greys) > 8
    for flip in ((True, False), (False, True)):
        assert differing_pixels(pygame.transform.flip(image, *flip), image, 0) == 0
    area = sum(image.get_at((x, y)).r for x in range(40) for y in range(40)) / 255
    assert area == pytest.approx(40 * 40 - (4 - 3.14159) * 12**2, abs=1)


def test_a_frame_is_empty_inside(text: TextEngine, icons: Icons) -> None:
    image = paint(Picture(40, 40, "#000000", (Rect(0, 0, 40, 40, "#FFFFFF", 10, 4),)), text, icons)
    assert image.get_at((3, 20)).r == image.get_at((20, 36)).r == 255
    assert image.get_at((4, 20)).r == image.get_at((10, 10)).r == image.get_at((0, 0)).r == 0


@contextmanager
def x_server() -> Iterator[str]:
    """The display name of an Xvfb of our own."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            yield f":{answer.readline().strip()}"
    finally:
        server.terminate()
        server.wait(10)


def digest_under(driver: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.display.scenes"],
        cwd=ROOT,
        env={**os.environ, "SDL_VIDEODRIVER": driver, "SDL_FRAMEBUFFER_ACCELERATION": "0", **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    used, digest = done.stdout.split()
    assert used == driver
    return digest


def test_every_driver_paints_the_same_bytes() -> None:
    if which("Xvfb") is None:
        pytest.skip("Xvfb is not here: apt-get install xvfb")
    with x_server() as display:
        digests = {
            digest_under("dummy"),
            digest_under("offscreen"),
            digest_under("x11", DISPLAY=display),
        }
    assert len(digests) == 1
