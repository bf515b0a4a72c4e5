"""Collects draw operations in a box whose x runs from its start edge: a right-to-left box is the mirror image."""

from __future__ import annotations

import dataclasses
from typing import Literal

from display.core.draw import Colour, Down, Group, Icon, Image, Op, Qr, Rect, Strike, Text, Weight
from display.core.look import Look, Said

At = Literal["start", "centre", "end"]


class Pen:
    """Draws into `ops`. Every x is a distance from the start edge of a box of `w` px."""

    __slots__ = ("_look", "ops", "rtl", "w")

    def __init__(self, look: Look, w: int, rtl: bool | None = None) -> None:
        self._look = look
        self.w = w
        self.rtl = look.rtl if rtl is None else rtl
        self.ops: list[Op] = []

    def width(self, said: Said | str, size: int, weight: Weight) -> int:
        """Width of a painted line, px."""
        text, rtl = (said, False) if isinstance(said, str) else (said.text, said.rtl)
        return self._look.measurer.measure(text, size, weight, rtl)[0]

    def text(
        self,
        x: int,
        y: int,
        said: Said | str,
        size: int,
        weight: Weight,
        colour: Colour,
        at: At = "start",
        down: Down = "middle",
    ) -> None:
        """One line; `at` says which of its edges, in the box's direction, stands at x. A bare string is left-to-right."""
        text, rtl = (said, False) if isinstance(said, str) else (said.text, said.rtl)
        if at == "centre":
            across: Literal["left", "centre", "right"] = "centre"
        else:
            across = "left" if (at == "start") is not self.rtl else "right"
        if self.rtl:
            x = self.w - x
        self.ops.append(Text(x, y, text, size, weight, colour, rtl, across, down))

    def rect(self, x: int, y: int, w: int, h: int, colour: Colour, radius: int = 0, border: int = 0) -> None:
        self.ops.append(Rect(self._x(x, w), y, w, h, colour, radius, border))

    def icon(self, x: int, y: int, name: str, size: int, colour: Colour, mirrored: bool = False) -> None:
        """A square sign whose start edge stands at x and whose middle at y; `mirrored` turns with the box."""
        self.ops.append(Icon(self._x(x, size), y - size // 2, name, size, colour, mirrored and self.rtl))

    def strike(self, x: int, y: int, w: int, thickness: int, colour: Colour) -> None:
        self.ops.append(Strike(self._x(x, w), y, w, thickness, colour))

    def _x(self, x: int, w: int = 0) -> int:
        return self.w - x - w if self.rtl else x


def moved(ops: tuple[Op, ...], dx: int, dy: int) -> tuple[Op, ...]:
    """The same operations elsewhere."""
    if not dx and not dy:
        return ops
    return tuple([_moved(op, dx, dy) for op in ops])


def _moved(op: Op, dx: int, dy: int) -> Op:
    x, y = op.x + dx, op.y + dy
    # By the dozen for each new ticket: plain construction takes a third of what `replace` or a pattern does.
    match op:
        case Text():
            return Text(x, y, op.text, op.size, op.weight, op.colour, op.rtl, op.across, op.down)
        case Rect():
            return Rect(x, y, op.w, op.h, op.colour, op.radius, op.border)
        case Icon():
            return Icon(x, y, op.name, op.size, op.colour, op.mirrored)
        case Strike():
            return Strike(x, y, op.w, op.thickness, op.colour)
        case Qr() | Image() | Group():
            return dataclasses.replace(op, x=x, y=y)
