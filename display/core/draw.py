"""What a screen asks to be painted: plain data that core makes, `ui.paint` paints and a test compares.

Positions and sizes are whole pixels, colours are "#RRGGBB". Operations are painted in their order.
"""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol, TypeAlias

from heard.quick import quick

Colour: TypeAlias = str
Across = Literal["left", "centre", "right"]
Down = Literal["top", "middle", "baseline"]


class Weight(StrEnum):
    """The weights that are shipped."""

    REGULAR = "regular"
    MEDIUM = "medium"
    SEMIBOLD = "semibold"
    BOLD = "bold"


@quick
@dataclass(frozen=True, slots=True)
class Rect:
    """A filled rectangle, or a frame of `border` px inside its edges when `border` > 0."""

    x: int
    y: int
    w: int
    h: int
    colour: Colour
    radius: int = 0
    border: int = 0


@quick
@dataclass(frozen=True, slots=True)
class Text:
    """One line of text.

    `x` is its left edge, centre or right edge as `across` says, whatever its direction. `y` is its baseline, the
    middle of its capitals and digits ("middle", where the eye sees it centred) or the top of the line box.
    `rtl` is the base direction.
    """

    x: int
    y: int
    text: str
    size: int
    weight: Weight
    colour: Colour
    rtl: bool = False
    across: Across = "left"
    down: Down = "middle"


@quick
@dataclass(frozen=True, slots=True)
class Icon:
    """A square sign with its top left corner at x, y; `mirrored` where it points along the reading direction."""

    x: int
    y: int
    name: str
    size: int
    colour: Colour
    mirrored: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Strike:
    """A line through something void: `thickness` px, centred on y."""

    x: int
    y: int
    w: int
    thickness: int
    colour: Colour


@quick
@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code of `data` as given: dark squares of whole pixels on white with its quiet zone, in the middle of size x size."""

    x: int
    y: int
    size: int
    data: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of the shop's own, which `ui.pictures` has ready under `name`: cut to fill the place, or whole inside it."""

    x: int
    y: int
    w: int
    h: int
    name: str
    cover: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """A tile: an opaque picture of its own, of which only what changes is painted again.

    `key` names the tile from one picture to the next and is unique among its siblings. `ops` are placed from the
    tile's own corner and clipped to it. `fill` lies under them; `behind` is the colour outside the rounded corners.
    """

    key: str
    x: int
    y: int
    w: int
    h: int
    fill: Colour
    ops: tuple[Op, ...]
    radius: int = 0
    behind: Colour = "#000000"


Op: TypeAlias = Rect | Text | Icon | Strike | Qr | Image | Group


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole screen."""

    w: int
    h: int
    background: Colour
    ops: tuple[Op, ...]


class Measurer(Protocol):
    """What layout needs to know of text; `ui.text.TextEngine` is the real one."""

    def measure(self, text: str, size_px: int, weight: Weight, rtl: bool = False) -> tuple[int, int]:
        """Width of the painted line and height of its line box, px."""
        ...

    def wrap(
        self, text: str, size_px: int, weight: Weight, width_px: int, rtl: bool = False
    ) -> tuple[str, ...]:
        """Lines that fit `width_px`, nothing left out; at least one."""
        ...

    def ascent(self, size_px: int, weight: Weight) -> int:
        """From the top of the line box to the baseline, px."""
        ...

    def missing_glyphs(self, text: str) -> tuple[str, ...]:
        """The characters (grapheme clusters) of `text` that no shipped font holds."""
        ...


_STEERING = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")  # invisible in a diff


def to_json(picture: Picture) -> str:
    """The picture as text for a structural golden: one operation a line, fields in their order, defaults left out."""
    lines = [
        f'{{"w": {picture.w}, "h": {picture.h}, "background": {json.dumps(picture.background)}, "ops": ['
    ]
    _append_ops(lines, picture.ops, " ")
    lines.append("]}")
    return "\n".join(lines) + "\n"


def _append_ops(lines: list[str], ops: tuple[Op, ...], indent: str) -> None:
    for n, op in enumerate(ops):
        comma = "," if n < len(ops) - 1 else ""
        head = _STEERING.sub(_escaped, json.dumps(_fields(op), ensure_ascii=False))
        if isinstance(op, Group):
            lines.append(f'{indent}{head[:-1]}, "ops": [')
            _append_ops(lines, op.ops, indent + " ")
            lines.append(f"{indent}]}}{comma}")
        else:
            lines.append(f"{indent}{head}{comma}")


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _fields(op: Op) -> dict[str, Any]:
    fields: dict[str, Any] = {"op": type(op).__name__.lower()}
    for field in dataclasses.fields(op):
        value = getattr(op, field.name)
        if field.name != "ops" and value != field.default:
            fields[field.name] = value
    return fields
