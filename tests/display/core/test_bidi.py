"""The order of characters is Unicode's, for every case of its own conformance file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.core.bidi import REMOVED, Base, resolve, visual_order, visual_runs
from display.core.bidi_data import CLOSING

UNICODE = Path("/usr/share/unicode")  # Debian's package unicode-data
BASES: dict[str, Base] = {"0": "ltr", "1": "rtl", "2": "auto"}
LRI, PDI = "\u2066", "\u2069"


def data_lines(name: str) -> list[list[str]]:
    file = UNICODE / name
    if not file.exists():
        pytest.skip(f"{file} is not here: apt-get install unicode-data")
    lines = (line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line.split(";") for line in lines if line]


def test_every_case_of_unicodes_character_test() -> None:
    cases = data_lines("BidiCharacterTest.txt")
    assert len(cases) > 90_000
    failed = []
    for codes, base, paragraph, levels, order in cases:
        text = "".join(chr(int(code, 16)) for code in codes.split())
        found_paragraph, found = resolve(text, BASES[base])
        kept = [i for i, level in enumerate(found) if level is not REMOVED]
        found_order = [kept[i] for i in visual_order([level for level in found if level is not REMOVED])]
        if (
            found_paragraph != int(paragraph)
            or ["x" if level is REMOVED else str(level) for level in found] != levels.split()
            or found_order != [int(i) for i in order.split()]
        ):
            failed.append((codes, base, found))
    assert not failed, f"{len(failed)} of {len(cases)}, the first: {failed[:3]}"


def test_bracket_pairs_are_unicodes() -> None:
    pairs = {
        chr(int(opening, 16)): chr(int(closing, 16))
        for opening, closing, kind in data_lines("BidiBrackets.txt")
        if kind.strip() == "o"
    }
    assert pairs == CLOSING


@pytest.mark.parametrize(
    ("text", "base", "left_to_right"),
    [
        pytest.param("Lamb Kebab", "ltr", ["Lamb Kebab"], id="latin alone"),
        pytest.param("كباب غنم", "rtl", ["كباب غنم"], id="arabic alone"),
        pytest.param("السعر 12.50", "rtl", ["12.50", "السعر "], id="an amount is not turned round"),
        pytest.param("طاولة 12", "rtl", ["12", "طاولة "], id="a table"),
        pytest.param("في 19:42", "rtl", ["19:42", "في "], id="a time"),
        pytest.param(f"طلب {LRI}#214{PDI}", "rtl", ["#214", "طلب "], id="an isolated number keeps its sign"),
        pytest.param("طلب #214", "rtl", ["214", "طلب #"], id="without the isolate it loses it"),
        pytest.param(f"{LRI}2×{PDI} كباب", "rtl", [" كباب", "2×"], id="a quantity starts at the right"),
        pytest.param(f"من {LRI}1–9{PDI}", "rtl", ["1–9", "من "], id="a range"),
        pytest.param("HungerStation 8841", "rtl", ["HungerStation 8841"], id="latin code in an arabic line"),
        pytest.param("HungerStation 8841", "auto", ["HungerStation 8841"], id="its own direction"),
        pytest.param(
            "توصيل HungerStation 8841 عمر",
            "rtl",
            [" عمر", "HungerStation 8841", "توصيل "],
            id="latin inside arabic",
        ),
        pytest.param("Burger برجر x", "ltr", ["Burger ", "برجر", " x"], id="arabic inside latin"),
        pytest.param("", "rtl", [], id="nothing"),
        pytest.param(f"{LRI}{PDI}\u202e", "ltr", [], id="only steering characters"),
    ],
)
def test_visual_runs(text: str, base: Base, left_to_right: list[str]) -> None:
    assert [run.text for run in visual_runs(text, base)] == left_to_right


STEERING = "".join(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
ALPHABET = st.sampled_from("ab אب ت 12.,()[]×#+-\u0300\u200b\u200d\u2029\t" + STEERING)


@given(st.text(ALPHABET, max_size=40) | st.text(max_size=20), st.sampled_from(["ltr", "rtl", "auto"]))
def test_runs_hold_every_character_that_is_painted(text: str, base: Base) -> None:
    runs = visual_runs(text, base)
    painted = sorted(char for run in runs for char in run.text)
    _, levels = resolve(text, base)
    joiners = [char for char in painted if char in "\u200c\u200d"]
    kept = [
        char
        for char, level in zip(text, levels, strict=True)
        if level is not REMOVED and char not in STEERING and char not in "\u200c\u200d"
    ]
    assert sorted(kept) == [char for char in painted if char not in joiners]
    assert not any(char in STEERING for char in painted)
    assert all(level is REMOVED or 0 <= level <= 126 for level in levels)
