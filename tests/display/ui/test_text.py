"""Both scripts on one baseline, no box ever, no text that raises, caches with bounds."""

from pathlib import Path

import pygame
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from display.core.draw import Weight
from display.core.legibility import CAP_HEIGHT_EM
from display.ui.cmap import coverage
from display.ui.icons import Icons
from display.ui.text import FONTS, LINE_PX_MAX, TextEngine
from tests.display import scenes
from tests.display.golden import check_golden, differing_pixels

INK = "#F5F7FA"
W = Weight.SEMIBOLD


def ink_bottom(surface: pygame.Surface, width: int) -> int:
    """The row under the lowest solid pixel of the first `width` columns."""
    left = surface.subsurface((0, 0, width, surface.get_height()))
    return left.get_bounding_rect(min_alpha=128).bottom


def test_lines_of_both_scripts_look_right(text: TextEngine, icons: Icons, update_goldens: bool) -> None:
    check_golden("text-lines", scenes.lines(), text, icons, update=update_goldens)


@pytest.mark.parametrize(
    "neighbour",
    [
        "",
        " كباب",
        " مشاوي",
        " مُحَمَّدٌ",
        "Ế",
        "Ếp",
        "jŢ",
        " Жук",
        " 😀",
        " ٢٠٥",
        "Ẫ\u0301\u0301",
        " ẹ\u0323\u0323",
    ],
)
def test_letters_stand_on_one_baseline(text: TextEngine, neighbour: str) -> None:
    alone = text.line("L", 40, W, INK)
    line = text.line(f"L{neighbour}", 40, W, INK)
    letter = alone.surface.get_width() - 6  # what follows may reach under its foot
    assert ink_bottom(alone.surface, letter) == alone.baseline
    assert ink_bottom(line.surface, letter) == line.baseline


@pytest.mark.parametrize("weight", list(Weight))
def test_cap_height_is_what_legibility_reckons_with(text: TextEngine, weight: Weight) -> None:
    surface = text.render("H", 200, weight, INK)
    assert surface.get_bounding_rect(min_alpha=128).h == pytest.approx(200 * CAP_HEIGHT_EM, abs=1)


@pytest.mark.parametrize("weight", list(Weight))
def test_digits_have_one_width(text: TextEngine, weight: Weight) -> None:
    assert len({text.measure(digit * 5, 40, weight)[0] for digit in "0123456789"}) == 1


def test_every_weight_holds_the_same_characters() -> None:
    covered = {file.name: coverage(file) for file in FONTS.glob("IBMPlexSansArabic-*.ttf")}
    assert len(covered) == 4
    assert len(set(covered.values())) == 1


def test_measure_is_the_width_that_is_painted(text: TextEngine) -> None:
    for line, rtl in scenes.LINES:
        assert text.measure(line, 36, W, rtl)[0] == text.render(line, 36, W, INK, rtl).get_width()


def test_measure_has_one_height_a_size(text: TextEngine) -> None:
    assert len({text.measure(line, 36, W, rtl)[1] for line, rtl in scenes.LINES}) == 1


@pytest.mark.parametrize(
    ("line", "painted_as"),
    [
        ("a漢b", "a·b"),
        ("👨\u200d👩\u200d👧", "·"),
        ("x\ufe0fy", "xy"),
        ("a\u200bb\u2066c\u2069\u200e", "abc"),
        ("tab\tend", "tab end"),
        ("x\ud800", "x\ufffd"),
    ],
)
def test_never_a_box(text: TextEngine, line: str, painted_as: str) -> None:
    painted, wanted = (text.render(t, 36, W, INK) for t in (line, painted_as))
    assert differing_pixels(painted, wanted, 0) == 0


def test_missing_glyphs_are_told(text: TextEngine) -> None:
    assert text.missing_glyphs("Ramen ラーメン 😀 \u2066#2\u2069 ✓ كباب") == ("ラ", "ー", "メ", "ン")
    assert text.missing_glyphs("كباب غنم ½ – Жук \u200b\u202e") == ()


ANY = st.text(
    st.characters() | st.sampled_from("ا\u064bب😀\u200d\u202e\u2066\u2069\ud800\x00\n"), max_size=30
)


@settings(max_examples=150, deadline=None)
@given(ANY, st.booleans(), st.integers(0, 200))
def test_no_text_raises(text: TextEngine, line: str, rtl: bool, width_px: int) -> None:
    surface = text.render(line, 24, W, INK, rtl)
    assert surface.get_width() == text.measure(line, 24, W, rtl)[0]
    assert text.wrap(line, 24, W, width_px, rtl)
    text.missing_glyphs(line)


def test_an_endless_line_is_cut_before_it_eats_the_memory(text: TextEngine) -> None:
    assert text.render("W" * 100_000, 150, W, INK).get_width() <= LINE_PX_MAX


def test_a_long_arabic_name_wraps_and_keeps_every_word(text: TextEngine) -> None:
    name = "شاورما دجاج مشوي على الفحم مع صلصة الثوم والخبز العربي الطازج والبطاطس المقلية المقرمشة ومشروب غازي كبير من اختيارك"
    assert len(name) > 110
    lines = text.wrap(name, 36, W, 300, True)
    assert len(lines) > 4
    assert all(text.measure(line, 36, W, True)[0] <= 300 for line in lines)
    assert " ".join(lines) == name


def test_a_word_without_a_break_is_cut_between_letters(text: TextEngine) -> None:
    lines = text.wrap("ك" * 60, 36, W, 300, True)
    assert all(text.measure(line, 36, W, True)[0] <= 300 for line in lines)
    assert "".join(lines) == "ك" * 60


def test_lines_are_kept_within_their_bound(text: TextEngine) -> None:
    engine = TextEngine(line_bytes_max=200_000)
    first = engine.render("ticket 0", 36, W, INK)
    assert engine.render("ticket 0", 36, W, INK) is first
    for n in range(100):
        engine.render(f"ticket {n}", 36, W, INK)
        assert engine.line_bytes <= 200_000
    assert engine.render("ticket 0", 36, W, INK) is not first


def test_no_font_is_opened_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = TextEngine()
    opened = []
    real = pygame.font.Font

    def counting(path: Path, size: int) -> pygame.font.Font:
        opened.append((path.name, size))
        return real(path, size)

    monkeypatch.setattr(pygame.font, "Font", counting)
    for n in range(20):
        for weight in Weight:
            engine.render(f"كباب {n} Ж", 30, weight, INK, True)
    assert len(opened) == len(set(opened)) + 3  # the second font once for each weight


def test_a_font_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="IBMPlexSansArabic"):
        TextEngine(fonts=tmp_path)


def test_licences_stand_beside_the_fonts() -> None:
    assert "SIL Open Font License" in (FONTS / "IBMPlexSansArabic-LICENSE.txt").read_text(encoding="utf-8")
    assert "Bitstream" in (FONTS / "DejaVuSans-LICENSE.txt").read_text(encoding="utf-8")
