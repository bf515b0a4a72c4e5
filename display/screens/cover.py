"""What lies over the tickets of a scene takes away what stands under it: neither painted nor meant by a key or a finger."""

from __future__ import annotations

from dataclasses import replace

from display.core.board import TicketKey
from display.core.draw import Op
from display.core.standing import Rows, Stood
from display.screens.scene import Scene


def covered(scene: Scene, ops: tuple[Op, ...], buttons: tuple[Rows, ...], box: Rows | None = None) -> Scene:
    """The scene with `ops` over it. `box` is what they cover, None all of the tickets; only `buttons` can be touched."""
    stands = scene.stands
    tiles = () if box is None else tuple(tile for tile in stands.tiles if not _overlap(tile.box, box))
    return replace(
        scene,
        picture=replace(scene.picture, ops=(*scene.picture.ops, *ops)),
        stands=replace(stands, tiles=tiles, buttons=buttons),
    )


def shows(tile: Stood, key: TicketKey) -> bool:
    """Whether a tile is that ticket's, or has lines of it."""
    return tile.key == key or any(line.ticket == key for line in tile.box.lines)


def _overlap(a: Rows, b: Rows) -> bool:
    return a.x < b.x + b.w and b.x < a.x + a.w and a.y < b.y + b.h and b.y < a.y + a.h
