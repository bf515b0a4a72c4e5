"""Small scenes that need no kitchen: lines of text in both scripts, and a board of plain tiles.

Run as a program it paints them in a window of the driver in SDL_VIDEODRIVER and prints a digest of the pixels.
"""

import hashlib

import pygame

from display.core import palette as p
from display.core.draw import Group, Icon, Op, Picture, Rect, Strike, Text, Weight
from display.core.isolate import Digits, isolate_numbers, ltr, with_digits
from display.ui.icons import Icons
from display.ui.paint import Painter
from display.ui.text import TextEngine

SIZE = (960, 720)

LINES: tuple[tuple[str, bool], ...] = (
    ("Chicken Shawarma 12.50", False),
    ("شاورما دجاج 12.50", True),
    (f"طلب {ltr('#214')} في 19:42", True),
    (isolate_numbers("طلب #214 (2×) +3 ومن 1–9"), True),
    (f"{ltr('2×')} كباب غنم", True),
    ("توصيل HungerStation 8841 عمر", True),
    ("HungerStation 8841", True),
    ("Table عمر 2 × 18.00", False),
    (with_digits("طاولة 12 بسعر 12.50", Digits.ARABIC_INDIC), True),
    ("مُحَمَّدٌ بِنْ عَبْدِ اللَّهِ", True),
    ("Ếxtra Ńame Жук Ω ½ → ✓ ≥ 4", False),
    ("👨\u200d👩\u200d👧 😀 漢 ok \u202elive\u202c", False),
)


def lines() -> Picture:
    """Every kind of line on its baseline, in all weights."""
    ops: list[Op] = []
    for n, (text, rtl) in enumerate(LINES):
        y = 40 + 40 * n
        ops.append(Rect(20, y, 560, 1, p.RULE))
        x = 580 if rtl else 20
        ops.append(Text(x, y, text, 32, Weight.SEMIBOLD, p.INK, rtl, "right" if rtl else "left", "baseline"))
    for n, weight in enumerate(Weight):
        ops.append(Text(620, 30 + 50 * n, "0123 مشاوي Grill", 36, weight, p.NOTE))
    for n, across in enumerate(("left", "centre", "right")):
        ops.append(Text(770, 250 + 40 * n, "2 كباب", 28, Weight.MEDIUM, p.ADD, True, across))  # type: ignore[arg-type]
    ops += [
        Rect(770, 230, 1, 120, p.RULE),
        Text(620, 430, "205", 120, Weight.BOLD, p.WHITE),
        Icon(840, 390, "riyal", 80, p.CART_TOTAL),
        Rect(620, 520, 140, 60, p.CARD, radius=30),
        Rect(780, 520, 140, 60, p.PILL_RUSH, radius=18, border=6),
        Icon(620, 600, "wifi", 40, p.CHECK),
        Icon(670, 600, "undo", 40, p.INK),
        Icon(720, 600, "undo", 40, p.INK, mirrored=True),
        Strike(770, 620, 150, 4, p.VOID_STRIKE),
    ]
    return Picture(*SIZE, p.PAGE, tuple(ops))


def board(timers: tuple[str, ...] = ("3:12", "0:41")) -> Picture:
    """Two tiles, each with a timer; the first has a frame in the gap outside it."""
    ops: list[Op] = [Rect(0, 0, SIZE[0], 64, p.BAR)]
    for n, timer in enumerate(timers):
        ops.append(tile(n, timer))
    ops.append(Rect(6, 70, 400, 312, p.PILL_RUSH, radius=18, border=6))
    return Picture(*SIZE, p.PAGE, tuple(ops))


def tile(n: int, timer: str) -> Group:
    """One ticket of two lines."""
    return Group(
        key=f"t{n}",
        x=12 + 400 * n,
        y=76,
        w=388,
        h=300,
        fill=p.CARD,
        radius=12,
        behind=p.PAGE,
        ops=(
            Rect(0, 0, 388, 94, p.FRESH),
            Rect(0, 0, 8, 300, p.DINE_IN),
            Rect(14, 16, 56, 56, p.PAGE, radius=10),
            Text(42, 44, str(n + 1), 40, Weight.BOLD, p.INK, across="centre"),
            Text(80, 29, f"#{214 + n}", 40, Weight.BOLD, p.WHITE),
            Text(374, 29, timer, 40, Weight.BOLD, p.WHITE, across="right"),
            Text(64, 125, "2", 36, Weight.BOLD, p.QUANTITY_MANY, across="right"),
            Text(80, 125, "Shish Tawook", 36, Weight.SEMIBOLD, p.INK),
            Text(374, 171, "كباب غنم", 36, Weight.SEMIBOLD, p.INK, True, "right"),
            Icon(344, 230, "check", 30, p.CHECK),
        ),
    )


def main() -> None:
    """Paints every scene twice, whole and as a change, and prints the digest."""
    pygame.display.init()
    window = pygame.display.set_mode(SIZE)
    painter = Painter(window, TextEngine(), Icons())
    digest = hashlib.sha256()
    before, after = board(), board(("3:13", "0:42"))
    for picture, previous in ((lines(), None), (before, None), (after, before)):
        painter.paint(picture, previous)
        pygame.display.flip()
        digest.update(pygame.image.tobytes(window, "RGB"))
    print(pygame.display.get_driver(), digest.hexdigest())
    pygame.display.quit()


if __name__ == "__main__":
    main()
