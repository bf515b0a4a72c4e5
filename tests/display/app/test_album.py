"""Pictures that a running screen keeps of itself: by a word on a tile, the fullest one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pygame
import pytest

from display.app.album import Album, tiles_with
from display.core.draw import Group, Picture, Text, Weight
from display.ui.window import Memory


def picture(*words: str, bar: str = "") -> Picture:
    """A tile for each word, and a bar."""
    tiles = [tile(f"o{n}/0/0", one) for n, one in enumerate(words)]
    return Picture(100, 100, "#000000", (*tiles, tile("bottom", bar)))


def tile(key: str, word: str) -> Group:
    text = Text(0, 0, word, 10, Weight.BOLD, "#ffffff")
    return Group(key, 0, 0, 10, 10, "#000000", (text,))


def test_a_word_counts_on_a_tile_only() -> None:
    assert tiles_with(picture("NEW", "RUSH"), "RUSH") == 2
    assert tiles_with(picture("NEW", bar="RUSH"), "RUSH") == 0
    assert tiles_with(picture("NEW", "VOID"), "*") == 2


RED, GREEN, BLUE, GREY, WHITE = "red", "green", "blue", "grey", "white"


@pytest.mark.parametrize(
    ("what", "shown", "kept"),
    [
        (
            "the fullest of the moments when the word came",
            [(RED, ["NEW"]), (GREEN, ["RUSH", "NEW", "NEW"]), (GREY, ["NEW"]), (BLUE, ["RUSH"])],
            {"RUSH": GREEN},
        ),
        (
            "not when it only stands there still, however full it gets",
            [(RED, ["NEW"]), (GREEN, ["RUSH"]), (BLUE, ["RUSH", "NEW", "NEW"])],
            {"RUSH": GREEN},
        ),
        (
            "a word that came with another has a picture of its own",
            [
                (RED, ["NEW"]),
                (GREEN, ["RUSH VOID", "NEW"]),
                (GREY, ["RUSH VOID", "NEW"]),
                (BLUE, ["RUSH VOID"]),
            ],
            {"RUSH": GREEN, "VOID": BLUE},
        ),
        (
            "… until it comes again",
            [(GREEN, ["RUSH VOID"]), (BLUE, ["RUSH VOID"]), (GREY, ["NEW"]), (WHITE, ["VOID", "NEW"])],
            {"RUSH": GREEN, "VOID": WHITE},
        ),
        (
            "whatever stands there is the fullest that no word took",
            [(RED, ["NEW"]), (GREEN, ["RUSH", "NEW", "NEW"]), (BLUE, ["RUSH", "NEW"])],
            {"*": BLUE, "RUSH": GREEN},
        ),
    ],
)
async def test_a_picture_is_kept_for_one_word(
    what: str, shown: list[tuple[str, list[str]]], kept: dict[str, str], tmp_path: Path
) -> None:
    window = Memory((4, 4))
    tasks: list[asyncio.Task[None]] = []
    files = {word: tmp_path / f"{n}.png" for n, word in enumerate(kept)}
    album = Album(files.items(), window, lambda work: tasks.append(asyncio.create_task(work)))
    for colour, words in shown:
        window.surface.fill(colour)
        album.look(picture(*words))
    await asyncio.gather(*tasks)
    for word, colour in kept.items():
        image = await asyncio.to_thread(pygame.image.load, files[word])
        assert image.get_at((0, 0)) == pygame.Color(colour), (what, word)
