"""What text and paint cost on this machine: `python -m tests.benchmarks.painting`. Medians; no window is needed."""

import statistics
import time
from collections.abc import Callable

import pygame

from display.core import palette as p
from display.core.bidi import resolve
from display.core.draw import Group, Picture, Rect, Weight
from display.ui.icons import Icons
from display.ui.paint import Painter
from display.ui.text import TextEngine
from tests.display import scenes

SIZE = (1920, 1080)
ROUNDS = 60
NAME = "شاورما دجاج 12.50 HungerStation"


def board(timer: str) -> Picture:
    """Eight tickets; the timer of the first is given. The others are the same objects each time, as layout keeps them."""
    first = Group("t0", 12, 76, 388, 300, p.CARD, scenes.tile(0, timer).ops, 12, p.PAGE)
    return Picture(*SIZE, p.PAGE, (Rect(0, 0, 1920, 64, p.BAR), first, *_OTHERS))


_OTHERS = tuple(
    Group(
        f"t{n}",
        12 + 400 * (n % 4),
        76 + 420 * (n // 4),
        388,
        300,
        p.CARD,
        scenes.tile(n, "4:00").ops,
        12,
        p.PAGE,
    )
    for n in range(1, 8)
)


def median_us(work: Callable[[int], object], rounds: int = ROUNDS) -> float:
    """Microseconds of one call; the call gets its number."""
    taken = []
    for n in range(rounds):
        start = time.perf_counter_ns()
        work(n)
        taken.append((time.perf_counter_ns() - start) / 1000)
    return statistics.median(taken)


def measure() -> dict[str, float]:
    """Microseconds by what was done."""
    text, icons = TextEngine(), Icons()
    surface = pygame.Surface(SIZE, 0, 32)
    painter = Painter(surface, text, icons)
    pictures = [board(f"{n // 60}:{n % 60:02d}") for n in range(ROUNDS + 1)]
    for (
        picture
    ) in pictures:  # every text of the run is cached, as the digits of a timer are after ten seconds
        painter.paint(picture)

    def new_line(n: int) -> None:
        text.line(f"{NAME} {n}", 36, Weight.SEMIBOLD, p.INK, True)

    return {
        "bidi of one mixed name": median_us(lambda n: resolve(f"{NAME} {n}", "rtl")),
        "measure, new": median_us(lambda n: text.measure(f"{NAME} m{n}", 36, Weight.SEMIBOLD, True)),
        "line, new": median_us(new_line),
        "line, cached": median_us(new_line),
        "wrap of 120 letters, new": median_us(
            lambda n: text.wrap(f"{NAME * 4} {n}", 36, Weight.SEMIBOLD, 300, True)
        ),
        "one changed ticket": median_us(lambda n: painter.paint(pictures[n + 1], pictures[n])),
        "full redraw, text cached": median_us(lambda n: painter.paint(pictures[n])),
    }


if __name__ == "__main__":
    for what, us in measure().items():
        print(f"{what:28} {us:9.1f} µs")
