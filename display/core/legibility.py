"""How large text must be for a cook at a distance, and how many columns that leaves."""

from __future__ import annotations

import math
from dataclasses import dataclass

from display.core.wording import Words

CAP_HEIGHT_EM = 0.698  # of IBM Plex Sans Arabic
ARC_MINUTES_MIN = 16.0  # ISO 9241-3, NUREG-0700
SMALLEST_READ_PX = 28  # at scale 1: pills and course strips, the smallest a cook must read
SCALE_MIN, SCALE_MAX = 0.75, 2.0
COLUMN_PX = 400  # at scale 1
COLUMNS_MIN, COLUMNS_MAX = 2, 6
NARROWEST = 0.65  # of a column's width: below it words are broken
_M_PER_INCH = 0.0254


@dataclass(frozen=True, slots=True)
class Advice:
    """What would help: nearer, larger, or (`fewer`: scale and columns) fewer columns."""

    reached: float
    distance_m: float
    inches: float
    nearer_m: float
    larger_inches: int
    fewer: tuple[float, int] | None = None

    def said(self, words: Words) -> str:
        """For whoever mounts the screen."""
        text = words.say(
            "sizes.advice",
            reached=f"{self.reached:.1f}",
            needed=f"{ARC_MINUTES_MIN:g}",
            distance=f"{self.distance_m:g}",
            inches=f"{self.inches:g}",
            nearer=f"{self.nearer_m:g}",
            larger=self.larger_inches,
        )
        if self.fewer is not None:
            text += words.say("sizes.fewer", scale=f"{self.fewer[0]:g}", columns=self.fewer[1])
        return text


@dataclass(frozen=True, slots=True)
class Legibility:
    """What fits a screen. `advice` says what would help when the smallest text stays below 16 arc minutes."""

    scale: float
    columns: int
    arc_minutes: float
    advice: Advice | None


def font_px(arc_minutes: float, distance_m: float, pixel_pitch_m: float) -> float:
    """The font size whose capitals subtend `arc_minutes` at `distance_m`."""
    return math.tan(math.radians(arc_minutes / 60)) * distance_m / pixel_pitch_m / CAP_HEIGHT_EM


def arc_minutes(size_px: float, distance_m: float, pixel_pitch_m: float) -> float:
    """The angle that capitals of a font size subtend at `distance_m`."""
    return math.degrees(math.atan(size_px * CAP_HEIGHT_EM * pixel_pitch_m / distance_m)) * 60


def pixel_pitch_m(screen_inches: float, width_px: int, height_px: int) -> float:
    """The size of a square pixel of a screen with this diagonal."""
    return screen_inches * _M_PER_INCH / math.hypot(width_px, height_px)


def columns(content_width_px: int, scale: float, column_px: int = COLUMN_PX) -> int:
    """How many columns of tickets the width holds; one only where two would break words."""
    fitting = round(content_width_px / (column_px * scale))
    least = COLUMNS_MIN if content_width_px >= COLUMNS_MIN * column_px * scale * NARROWEST else 1
    return min(max(fitting, least), COLUMNS_MAX)


def legibility(
    screen_inches: float,
    viewing_distance_m: float,
    width_px: int,
    height_px: int,
    content_width_px: int | None = None,
    scale: float | None = None,
) -> Legibility:
    """Scale, columns and the angle reached; `scale` overrides the scale that the distance asks for.

    Raises ValueError for a size or distance that is not positive.
    """
    sizes = {"screen_inches": screen_inches, "viewing_distance_m": viewing_distance_m, "scale": scale}
    for name, value in sizes.items():
        if value is not None and not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be a number above 0, not {value}")
    if width_px <= 0 or height_px <= 0:
        raise ValueError(f"a screen of {width_px}x{height_px} px has no pixels")
    pitch = pixel_pitch_m(screen_inches, width_px, height_px)
    asked = font_px(ARC_MINUTES_MIN, viewing_distance_m, pitch) / SMALLEST_READ_PX
    used = min(max(asked if scale is None else scale, SCALE_MIN), SCALE_MAX)
    content_px = width_px if content_width_px is None else content_width_px
    reached = arc_minutes(SMALLEST_READ_PX * used, viewing_distance_m, pitch)
    return Legibility(
        scale=used,
        columns=columns(content_px, used),
        arc_minutes=reached,
        advice=None if asked <= used + 1e-9 else _advice(sizes, reached, asked, content_px),
    )


def _advice(sizes: dict[str, float | None], reached: float, asked: float, content_px: int) -> Advice:
    inches, distance_m = sizes["screen_inches"] or 0.0, sizes["viewing_distance_m"] or 0.0
    nearer = math.floor(distance_m * reached / ARC_MINUTES_MIN * 10) / 10
    larger = math.ceil(inches * ARC_MINUTES_MIN / reached)
    fewer = (math.ceil(asked * 100) / 100, columns(content_px, asked)) if asked <= SCALE_MAX else None
    return Advice(reached, distance_m, inches, nearer, larger, fewer)
