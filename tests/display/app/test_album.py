"""Pictures that a running screen keeps of itself: by a word on a tile, the fullest one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pygame

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


async def test_the_fullest_picture_with_the_word_is_kept(tmp_path: Path) -> None:
    window = Memory((4, 4))
    tasks: list[asyncio.Task[None]] = []
    file = tmp_path / "rush.png"
    album = Album([("RUSH", file)], window, lambda work: tasks.append(asyncio.create_task(work)))
    for colour, words in (("red", ["NEW"]), ("green", ["RUSH", "NEW", "NEW"]), ("blue", ["RUSH"])):
        window.surface.fill(colour)
        album.look(picture(*words))
    await asyncio.gather(*tasks)
    assert len(tasks) == 1
    kept = await asyncio.to_thread(pygame.image.load, file)
    assert kept.get_at((0, 0)) == pygame.Color("green")
