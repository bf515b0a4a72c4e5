"""The one place that paints: a Picture onto a surface, and only what differs from the previous Picture."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from functools import lru_cache
from typing import assert_never

import pygame

from display.core.draw import Colour, Group, Icon, Image, Op, Picture, Qr, Rect, Strike, Text
from display.ui.corners import cut_corners, fill_rounded, frame_rounded
from display.ui.fill import fill
from display.ui.icons import Icons
from display.ui.pictures import Pictures
from display.ui.qr import paint_qr
from display.ui.text import TextEngine

BOXES_MAX = 4096  # operations whose place is known; a busy board has some 600
IN_PLACE_MAX = 4  # operations one after another that become others where they stand: an age and its bar
DIRTY_MAX = 64  # rectangles; more are joined into one, as each costs a pass over the operations


class Painter:
    """Paints on one surface. `previous` must be the Picture that stands on it, or None after anything else.

    Everything is painted where it stands: a copy of each tile would cost as much memory as the screen, and a copy of a new
    one to the screen as much time as its text.
    """

    def __init__(
        self, surface: pygame.Surface, text: TextEngine, icons: Icons, pictures: Pictures | None = None
    ) -> None:
        self._surface = surface
        self._text = text
        self._icons = icons
        self._pictures = pictures
        self._boxes: dict[int, tuple[Op, pygame.Rect]] = {}
        # Of this paint, while both pictures live:
        self._diffs: dict[tuple[int, int], list[pygame.Rect]] = {}
        self._boxed: dict[int, list[pygame.Rect]] = {}

    def move_to(self, surface: pygame.Surface) -> None:
        """Another surface of the same size; nothing of ours stands on it yet."""
        self._surface = surface

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
        self._boxed.clear()
        if previous is None or (previous.w, previous.h, previous.background) != (
            picture.w,
            picture.h,
            picture.background,
        ):
            dirty = [whole]
        else:
            dirty = _merged(self._changes(previous.ops, picture.ops, whole), whole)
        for rect in dirty:
            self._region(picture.ops, picture.background, rect, 0, 0)
        self._surface.set_clip(None)
        return dirty

    def _region(self, ops: tuple[Op, ...], behind: Colour, rect: pygame.Rect, x: int, y: int) -> None:
        """Paints `ops`, which are placed from x, y, over `behind` inside a rectangle of the surface."""
        surface = self._surface
        boxes = self._boxes_of(ops)
        here = rect.move(-x, -y)
        touched = here.collidelistall(boxes)
        # Most changes lie inside one tile or one plain rectangle: nothing under it needs painting.
        places = range(len(touched))
        cover = next((n for n in reversed(places) if _covers(ops[touched[n]], boxes[touched[n]], here)), None)
        surface.set_clip(rect)
        if cover is None:
            tiles = [boxes[at] for at in touched if isinstance(ops[at], Group)]
            for bare in _bare(here, tiles):
                fill(surface, _colour(behind), bare.move(x, y))
        for at in touched[cover or 0 :]:
            self._draw(ops[at], rect, x, y)

    def _tile(self, group: Group, rect: pygame.Rect, x: int, y: int) -> None:
        """Paints what of a tile at x, y lies in `rect`, which is clipped to; it is again afterwards."""
        place = pygame.Rect(x, y, group.w, group.h)
        part = rect.clip(place)
        if not part.w or not part.h:
            return
        if part == place:  # all of it: there is nothing to leave out
            self._surface.set_clip(part)
            fill(self._surface, _colour(group.fill), part)
            for op in group.ops:
                self._draw(op, part, x, y)
        else:
            self._region(group.ops, group.fill, part, x, y)
        if group.radius:
            self._surface.set_clip(part)
            cut_corners(self._surface, place, group.behind, group.radius)
        self._surface.set_clip(rect)

    def _draw(self, op: Op, rect: pygame.Rect, dx: int, dy: int) -> None:
        """Paints one operation, placed from dx, dy; `rect` is what is clipped to."""
        surface = self._surface
        match op:
            case Text():
                line = self._text.line(op.text, op.size, op.weight, op.colour, op.rtl)
                x, y = self._text_corner(op, line.surface.get_width(), line.baseline)
                surface.blit(line.surface, (x + dx, y + dy))
            case Rect():
                box = pygame.Rect(op.x + dx, op.y + dy, op.w, op.h)
                if op.border > 0:
                    frame_rounded(surface, box, _colour(op.colour), op.colour, op.radius, op.border)
                else:
                    fill_rounded(surface, box, _colour(op.colour), op.colour, op.radius)
            case Icon():
                icon = self._icons.icon(op.name, op.size, op.colour, op.mirrored)
                surface.blit(icon, (op.x + dx, op.y + dy))
            case Strike():
                box = pygame.Rect(op.x + dx, op.y + dy - op.thickness // 2, op.w, op.thickness)
                surface.fill(_colour(op.colour), box)
            case Qr():
                paint_qr(surface, dataclasses.replace(op, x=op.x + dx, y=op.y + dy))
            case Image():
                if self._pictures is not None:
                    self._pictures.blit(surface, dataclasses.replace(op, x=op.x + dx, y=op.y + dy))
            case Group():
                self._tile(op, rect, op.x + dx, op.y + dy)
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

    def _boxes_of(self, ops: tuple[Op, ...]) -> list[pygame.Rect]:
        """The places of operations, from their common corner; asked for once for each rectangle that is painted."""
        known = self._boxed.get(id(ops))
        if known is None:
            kept = self._boxes  # asked for without a call: some hundreds of them for each picture
            known = self._boxed[id(ops)] = [
                one[1] if (one := kept.get(id(op))) is not None and one[0] is op else self._box(op)
                for op in ops
            ]
        return known

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

    def _painted(self, op: Op) -> Iterable[pygame.Rect]:
        """Where the operation paints: of a frame its four sides, so that the ring of the chosen tile does not cost two tiles."""
        box = self._box(op)
        side = max(op.border, op.radius) if isinstance(op, Rect) and op.border > 0 else 0
        if not 0 < 2 * side < min(box.size):
            return (box,)
        upright_h = box.h - 2 * side
        return (
            pygame.Rect(box.x, box.y, box.w, side),
            pygame.Rect(box.x, box.y + side, side, upright_h),
            pygame.Rect(box.right - side, box.y + side, side, upright_h),
            pygame.Rect(box.x, box.bottom - side, box.w, side),
        )

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

    def _changes(
        self, before: tuple[Op, ...], after: tuple[Op, ...], whole: pygame.Rect
    ) -> list[pygame.Rect]:
        """The places where two lists of operations paint differently; not to be changed."""
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
        if len(old) == len(new) <= IN_PLACE_MAX and not any(isinstance(op, Group) for op in before):
            return [
                rect
                for a, b in zip(old, new, strict=True)
                if not _is_same(a, b)
                for op in (a, b)
                for rect in self._painted(op)
            ]
        kept = {id(op) for op in old} & {id(op) for op in new}
        old_names, new_names = [_name(op, kept) for op in old], [_name(op, kept) for op in new]
        gone, come = set(old_names), set(new_names)
        if (len(gone), len(come)) != (len(old), len(new)):
            return [whole]  # one that stands twice cannot be told from its double
        gone, come = gone - come, come - gone
        tiles = {op.key: op for op in before if isinstance(op, Group)}
        # What is painted anew at both its places may stand anywhere in the order.
        anew = {op.key for op in new if isinstance(op, Group) and _is_elsewhere(tiles.get(op.key, op), op)}
        if [i for i in old_names if i not in gone and i not in anew] != [
            i for i in new_names if i not in come and i not in anew
        ]:
            return [whole]  # something moved in front of something else
        changed = [op for op, name in zip(old, old_names, strict=True) if name in gone]
        changed += [op for op, name in zip(new, new_names, strict=True) if name in come]
        dirty = [rect for op in changed for rect in self._painted(op)]
        for op in after:
            if isinstance(op, Group) and op.key in tiles:
                dirty += self._tile_changes(tiles[op.key], op)
        return dirty

    def _tile_changes(self, before: Group, after: Group) -> Iterable[pygame.Rect]:
        if _is_elsewhere(before, after):
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
    pairs = enumerate(zip(before, after, strict=False))
    start = next((n for n, (a, b) in pairs if a is not b and not _is_same(a, b)), shorter)
    end = 0
    while end < shorter - start and _is_same(before[-1 - end], after[-1 - end]):
        end += 1
    return start, end


def _is_same(a: Op, b: Op) -> bool:
    return a is b or (a.key == b.key if isinstance(a, Group) and isinstance(b, Group) else a == b)


def _name(op: Op, kept: set[int]) -> Op | str | int:
    """What makes an operation the same one in the next picture: its key or all of it; its number for a `kept` object."""
    return op.key if isinstance(op, Group) else id(op) if id(op) in kept else op


def _is_elsewhere(before: Group, after: Group) -> bool:
    """A tile that is painted anew whatever is in it."""
    return (before.x, before.y, *_frame(before)) != (after.x, after.y, *_frame(after))


def _frame(group: Group) -> tuple[int, int, Colour, int, Colour]:
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


@lru_cache(maxsize=512)
def _colour(name: Colour) -> pygame.Color:
    return pygame.Color(name)
