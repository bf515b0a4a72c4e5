"""The characters that a font holds are read from the font."""

from pathlib import Path

import pytest

from display.ui.cmap import coverage
from display.ui.text import FONTS


@pytest.mark.parametrize(
    ("font", "held", "lacking"),
    [
        ("IBMPlexSansArabic-Bold.ttf", "aZ09كپ×≥−•…", "Ж漢😀"),  # format 4
        ("DejaVuSans-subset.ttf", "aЖΩك→✓😀", "漢ラ"),  # format 12
    ],
)
def test_coverage(font: str, held: str, lacking: str) -> None:
    found = coverage(FONTS / font)
    assert all(ord(char) in found for char in held)
    assert not any(ord(char) in found for char in lacking)


@pytest.mark.parametrize("content", [b"", b"no font at all", b"\x00\x01\x00\x00" + bytes(30)])
def test_another_file_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.ttf"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"x\.ttf"):
        coverage(file)
