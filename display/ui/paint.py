"""The one place that paints: a Picture onto a surface, and only what differs from the previous Picture."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import assert_never

import pygame

from display.core.draw import Colour, Group, Icon, Image, Op, Picture, Qr, Rect, Strike, Text, same_content
from display.ui.corners import cut_corners, fill_rounded, frame_rounded
from display.ui.icons import Icons
from display.ui.pictures import Pictures
from display.ui.qr import paint_qr
from display.ui.text import TextEngine

TILE_BYTES_MAX = 32 * 2**20  # kept tiles; a 1080p screen is 8 MiB, so this holds some four pages
SHEET_STEP = 64  # px of height; tiles of about the same height use the same sheets
BOXES_MAX = 4096  # operations whose place is known; a busy board has some 600
DIRTY_MAX = 24  # rectangles; more are joined into one, as each costs a pass over the operations


@dataclass(slots=True)
class _Tile:
    """`surface` is the upper part of `sheet`, which outlives the tile."""

    group: Group
    surface: pygame.Surface
    sheet: pygame.Surface


class Painter:
    """Paints on one surface. `previous` must be the Picture that stands on it, or None after anything else."""

    def __init__(
        self,
        surface: pygame.Surface,
        text: TextEngine,
        icons: Icons,
        tile_bytes_max: int = TILE_BYTES_MAX,
        pictures: Pictures | None = None,
    ) -> None:
        self._surface = surface
        self._tile_bytes_max = tile_bytes_max
        self._text = text
        self._icons = icons
        self._pictures = pictures
        self._tiles: OrderedDict[str, _Tile] = OrderedDict()
        self._tile_bytes = 0
        self._spare: dict[tuple[int, int], list[pygame.Surface]] = {}
        self._boxes: dict[int, tuple[Op, pygame.Rect]] = {}
        self._diffs: dict[tuple[int, int], list[pygame.Rect]] = {}  # of this paint, while both pictures live

    @property
    def tile_bytes(self) -> int:
        """What the kept tiles weigh."""
        return self._tile_bytes

    def paint(self, picture: Picture, previous: Picture | None = None) -> list[pygame.Rect]:
        """Brings the surface from `previous` to `picture`; the rectangles that changed, to hand to the screen.

        Raises ValueError for a picture of another size, or with two tiles of one key.
        """
        whole = self._surface.get_rect()
        if (picture.w, picture.h) != whole.size:
            raise ValueError(
                f"a picture of {picture.w}x{picture.h} does not fit a surface of {whole.w}x{whole.h}"
            )
        _check_keys(picture.ops)
        if previous is picture:
            return []
        self._diffs.clear()
        if previous is None or (previous.w, previous.h, previous.background) != (
            picture.w,
            picture.h,
            picture.background,
        ):
            dirty = [whole]
        else:
            dirty = _merged(self._changes(previous.ops, picture.ops, whole), whole)
        self._repaint(self._surface, picture.ops, picture.background, dirty, "")
        standing = tuple(f"/{op.key}" for op in picture.ops if isinstance(op, Group))
        gone = [path for path in self._tiles if not path.startswith(standing)]
        for path in gone:
            self._forget(path)
        return dirty

    def _repaint(
        self, surface: pygame.Surface, ops: tuple[Op, ...], fill: Colour, dirty: list[pygame.Rect], path: str
    ) -> None:
        """Paints `ops` over `fill` inside each of the rectangles."""
        if not dirty:
            return
        if dirty == [surface.get_rect()]:  # a new tile: there is nothing to leave out
            surface.set_clip(None)
            surface.fill(_colour(fill))
            for op in ops:
                self._draw(surface, op, path)
            return
        boxes = [self._box(op) for op in ops]
        for rect in dirty:
            surface.set_clip(rect)
            touched = rect.collidelistall(boxes)
            # Most changes lie inside one tile or one plain rectangle: nothing under it needs painting.
            cover = next(
                (
                    n
                    for n in reversed(range(len(touched)))
                    if _covers(ops[touched[n]], boxes[touched[n]], rect)
                ),
                None,
            )
            if cover is None:
                for bare in _bare(rect, [boxes[at] for at in touched if isinstance(ops[at], Group)]):
                    surface.fill(_colour(fill), bare)
            for at in touched[cover or 0 :]:
                self._draw(surface, ops[at], path)
        surface.set_clip(None)

    def _draw(self, surface: pygame.Surface, op: Op, path: str) -> None:
        match op:
            case Text():
                line = self._text.line(op.text, op.size, op.weight, op.colour, op.rtl)
                surface.blit(line.surface, self._text_corner(op, line.surface.get_width(), line.baseline))
            case Rect():
                rect = pygame.Rect(op.x, op.y, op.w, op.h)
                if op.border > 0:
                    frame_rounded(surface, rect, _colour(op.colour), op.colour, op.radius, op.border)
                else:
                    fill_rounded(surface, rect, _colour(op.colour), op.colour, op.radius)
            case Icon():
                surface.blit(self._icons.icon(op.name, op.size, op.colour, op.mirrored), (op.x, op.y))
            case Strike():
                surface.fill(_colour(op.colour), (op.x, op.y - op.thickness // 2, op.w, op.thickness))
            case Qr():
                paint_qr(surface, op)
            case Image():
                if self._pictures is not None:
                    self._pictures.blit(surface, op)
            case Group():
                surface.blit(self._tile(op, f"{path}/{op.key}"), (op.x, op.y))
            case _:
                assert_never(op)

    def _text_corner(self, op: Text, width: int, baseline: int) -> tuple[int, int]:
        """Where the top left corner of the line's surface goes."""
        x = op.x
        if op.across == "right":
            x -= width
        elif op.across == "centre":
            x -= width // 2
        y = op.y
        if op.down == "middle":
            y += (self._text.cap_height(op.size) + 1) // 2
        elif op.down == "top":
            y += self._text.ascent(op.size, op.weight)
        return x, y - baseline

    def _box(self, op: Op) -> pygame.Rect:
        """Everything that the operation may touch; not to be changed. Screens keep their operations, so these are kept too."""
        kept = self._boxes.get(id(op))
        if kept is not None and kept[0] is op:
            return kept[1]
        if len(self._boxes) >= BOXES_MAX:
            self._boxes.clear()
        box = self._measured(op)
        self._boxes[id(op)] = (op, box)
        return box

    def _measured(self, op: Op) -> pygame.Rect:
        match op:
            case Text():
                line = self._text.line(op.text, op.size, op.weight, op.colour, op.rtl)
                size = line.surface.get_size()
                return pygame.Rect(self._text_corner(op, size[0], line.baseline), size)
            case Icon() | Qr():
                return pygame.Rect(op.x, op.y, op.size, op.size)
            case Strike():
                return pygame.Rect(op.x, op.y - op.thickness // 2, op.w, op.thickness)
            case _:
                return pygame.Rect(op.x, op.y, op.w, op.h)

    def _tile(self, group: Group, path: str) -> pygame.Surface:
        """The tile's surface, brought up to date by what differs from its last content."""
        tile = self._tiles.get(path)
        if tile is None or _frame(tile.group) != _frame(group):
            self._forget(path)
            sheet = self._sheet(group.w, group.h)
            tile = _Tile(group, sheet.subsurface((0, 0, group.w, group.h)), sheet)
            self._tiles[path] = tile
            dirty = [tile.surface.get_rect()]
        else:
            self._tiles.move_to_end(path)
            if same_content(tile.group, group):
                return tile.surface
            whole = tile.surface.get_rect()
            dirty = _merged(self._changes(tile.group.ops, group.ops, whole), whole)
            tile.group = group
        self._repaint(tile.surface, group.ops, group.fill, dirty, path)
        if group.radius:
            for rect in dirty:
                tile.surface.set_clip(rect)
                cut_corners(tile.surface, tile.surface.get_rect(), group.behind, group.radius)
            tile.surface.set_clip(None)
        while self._tile_bytes > self._tile_bytes_max and self._shrink(path):
            pass
        return tile.surface

    def _shrink(self, kept: str) -> bool:
        """Lets one sheet go, a spare one first; False when only the tile `kept` is left."""
        sheet = self._spare_sheet()
        if sheet is None:
            oldest = next(iter(self._tiles))
            if oldest == kept:
                return False
            self._forget(oldest)
            sheet = self._spare_sheet()
        if sheet is not None:
            self._tile_bytes -= _bytes(sheet)
        return True

    def _forget(self, path: str) -> None:
        tile = self._tiles.pop(path, None)
        if tile is not None:
            self._spare.setdefault((tile.sheet.get_width(), tile.sheet.get_height()), []).append(tile.sheet)

    def _sheet(self, w: int, h: int) -> pygame.Surface:
        """A surface of at least that size: one that was used before, since the pages of a new one cost more than its paint."""
        size = (w, -(-h // SHEET_STEP) * SHEET_STEP)
        spare = self._spare.get(size)
        if spare:
            return spare.pop()
        sheet = pygame.Surface(size, 0, self._surface)
        self._tile_bytes += _bytes(sheet)
        return sheet

    def _spare_sheet(self) -> pygame.Surface | None:
        """Takes a sheet that no tile uses, of the size that was spared first; None where there is none."""
        while self._spare:
            size = next(iter(self._spare))
            if self._spare[size]:
                return self._spare[size].pop()
            del self._spare[size]
        return None

    def _changes(
        self, before: tuple[Op, ...], after: tuple[Op, ...], whole: pygame.Rect
    ) -> list[pygame.Rect]:
        """The places where two lists of operations paint differently; not to be changed.

        Asked twice for a tile: for the screen, and for the tile's own surface.
        """
        if before is after:
            return []
        known = self._diffs.get((id(before), id(after)))
        if known is None:
            known = self._diffs[id(before), id(after)] = self._compare(before, after, whole)
        return known

    def _compare(
        self, before: tuple[Op, ...], after: tuple[Op, ...], whole: pygame.Rect
    ) -> list[pygame.Rect]:
        start, end = _differing(before, after)
        old, new = before[start : len(before) - end], after[start : len(after) - end]
        kept = {id(op) for op in old} & {id(op) for op in new}
        old_names, new_names = [_name(op, kept) for op in old], [_name(op, kept) for op in new]
        gone, come = set(old_names), set(new_names)
        if (len(gone), len(come)) != (len(old), len(new)):
            return [whole]  # one that stands twice cannot be told from its double
        gone, come = gone - come, come - gone
        if [i for i in old_names if i not in gone] != [i for i in new_names if i not in come]:
            return [whole]  # something moved in front of something else
        dirty = [self._box(op) for op, name in zip(old, old_names, strict=True) if name in gone]
        dirty += [self._box(op) for op, name in zip(new, new_names, strict=True) if name in come]
        tiles = {op.key: op for op in before if isinstance(op, Group)}
        for op in after:
            if isinstance(op, Group) and op.key in tiles:
                dirty += self._tile_changes(tiles[op.key], op)
        return dirty

    def _tile_changes(self, before: Group, after: Group) -> Iterable[pygame.Rect]:
        if (before.x, before.y, *_frame(before)) != (after.x, after.y, *_frame(after)):
            return self._box(before), self._box(after)
        if before is after or before.ops == after.ops:
            return ()
        whole = pygame.Rect(0, 0, after.w, after.h)
        return [
            rect.clip(whole).move(after.x, after.y) for rect in self._changes(before.ops, after.ops, whole)
        ]


def _bare(rect: pygame.Rect, tiles: list[pygame.Rect]) -> list[pygame.Rect]:
    """What of `rect` no tile covers: a page that moves on is painted once, not twice."""
    bare = [rect]
    for tile in tiles:
        bare = [piece for one in bare for piece in _without(one, tile)]
    return bare


def _without(rect: pygame.Rect, hole: pygame.Rect) -> list[pygame.Rect]:
    """The pieces of a rectangle around a hole: above and below it over the whole width, then beside it."""
    inside = rect.clip(hole)
    if not inside.w or not inside.h:
        return [rect]
    beside_w = rect.right - inside.right
    pieces = (
        pygame.Rect(rect.x, rect.y, rect.w, inside.y - rect.y),
        pygame.Rect(rect.x, inside.bottom, rect.w, rect.bottom - inside.bottom),
        pygame.Rect(rect.x, inside.y, inside.x - rect.x, inside.h),
        pygame.Rect(inside.right, inside.y, beside_w, inside.h),
    )
    return [one for one in pieces if one.w and one.h]


def _covers(op: Op, box: pygame.Rect, rect: pygame.Rect) -> bool:
    """Whether an operation paints every pixel of `rect`."""
    opaque = isinstance(op, Group) or (isinstance(op, Rect) and not op.radius and not op.border)
    return opaque and bool(box.contains(rect))


def _differing(before: tuple[Op, ...], after: tuple[Op, ...]) -> tuple[int, int]:
    """How many operations are the same at the start and at the end."""
    shorter = min(len(before), len(after))
    start = 0
    while start < shorter and _is_same(before[start], after[start]):
        start += 1
    end = 0
    while end < shorter - start and _is_same(before[-1 - end], after[-1 - end]):
        end += 1
    return start, end


def _is_same(a: Op, b: Op) -> bool:
    return a is b or (a.key == b.key if isinstance(a, Group) and isinstance(b, Group) else a == b)


def _name(op: Op, kept: set[int]) -> Op | str | int:
    """What makes an operation the same one in the next picture: its key or all of it; its number for a `kept` object."""
    return op.key if isinstance(op, Group) else id(op) if id(op) in kept else op


def _frame(group: Group) -> tuple[int, int, Colour, int, Colour]:
    """What a kept surface cannot change."""
    return group.w, group.h, group.fill, group.radius, group.behind


def _check_keys(ops: tuple[Op, ...]) -> None:
    keys = [op.key for op in ops if isinstance(op, Group)]
    if len(set(keys)) != len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"two tiles have the key {twice!r}; a tile's key is its own among its siblings")


def _merged(rects: list[pygame.Rect], whole: pygame.Rect) -> list[pygame.Rect]:
    """The same area in few rectangles that do not overlap."""
    merged: list[pygame.Rect] = []
    for rect in rects:
        grown = rect.clip(whole)
        if not grown.w or not grown.h:
            continue
        while (at := grown.collidelist(merged)) >= 0:
            grown = grown.union(merged.pop(at))
        merged.append(grown)
    if len(merged) > DIRTY_MAX:
        return [merged[0].unionall(merged[1:])]
    return merged


def _bytes(surface: pygame.Surface) -> int:
    return surface.get_pitch() * surface.get_height()


@lru_cache(maxsize=512)
def _colour(name: Colour) -> pygame.Color:
    return pygame.Color(name)
