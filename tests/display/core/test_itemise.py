"""A line is cut where the script or the font changes, and nowhere else."""

import pytest

from display.core.itemise import DOT, Face, missing, pieces


def has(char: str, face: Face) -> bool:
    """A world in which the main font lacks Cyrillic and ڭ, and no font has CJK."""
    if "\u4e00" <= char <= "\u9fff":
        return False
    return face == "second" or not ("\u0400" <= char <= "\u04ff" or char == "ڭ")


@pytest.mark.parametrize(
    ("text", "rtl", "expected"),
    [
        pytest.param("Lamb 2", False, [("Lamb 2", "Latn", "main")], id="digits go with their script"),
        pytest.param("لحم ٢", True, [("٢", "Arab", "main"), ("لحم ", "Arab", "main")], id="arabic digits"),
        pytest.param(
            "aЖb",
            False,
            [("a", "Latn", "main"), ("Ж", "Cyrl", "second"), ("b", "Latn", "main")],
            id="a letter of the second font",
        ),
        pytest.param("لڭم", True, [("لڭم", "Arab", "second")], id="a joined word stays whole"),
        pytest.param(
            "لحم لڭم",
            True,
            [("لڭم", "Arab", "second"), ("لحم ", "Arab", "main")],
            id="but only that word",
        ),
        pytest.param("a漢b", False, [(f"a{DOT}b", "Latn", "main")], id="a dot for what no font has"),
        pytest.param("a\ufe0fb", False, [("ab", "Latn", "main")], id="invisible characters need no glyph"),
        pytest.param("می\u200cشود", True, [("می\u200cشود", "Arab", "main")], id="joiners reach the shaper"),
    ],
)
def test_pieces(text: str, rtl: bool, expected: list[tuple[str, str, str]]) -> None:
    found = pieces(text, "rtl" if rtl else "ltr", has)
    assert [(piece.text, piece.script, piece.face) for piece in found] == expected


def test_missing_names_each_once() -> None:
    assert missing("漢字 burger 漢 \u2066#1\u2069", has) == ("漢", "字")
