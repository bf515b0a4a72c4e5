"""Gaps and repeats among fiscal documents."""

from __future__ import annotations

from hub.core.verify import IssuedNumber, find_faults


def issued(series: str, *numbers: int, device: str = "T1", tag: str = "") -> list[IssuedNumber]:
    return [IssuedNumber(series, number, f"{series}-{number}{tag}", device) for number in numbers]


def test_a_whole_series_has_no_fault() -> None:
    assert find_faults([*issued("A", 1, 2, 3), *issued("B", 1)]) == []


def test_gaps_and_repeats_are_named() -> None:
    found = find_faults([*issued("A", 1, 2, 5, 6, 8), *issued("A", 2, tag="-again")])
    assert [(one["kind"], one["from"], one["to"]) for one in found] == [
        ("DUPLICATE", 2, 2),
        ("MISSING", 3, 4),
        ("MISSING", 7, 7),
    ]
    assert found[0]["what"] == "2 stands on A-2, A-2-again"
    assert find_faults([*issued("A", 1), *issued("A", 1)]) == [], "the same document twice is one document"


def test_between_blocks_of_two_tills_nothing_is_missing() -> None:
    assert (
        find_faults([*issued("INV", 10, 11), *issued("INV", 20, 21, device="T2"), *issued("INV", 30)]) == []
    )
