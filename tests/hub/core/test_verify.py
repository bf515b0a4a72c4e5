"""Gaps and repeats among fiscal documents."""

from __future__ import annotations

from hub.core.verify import IssuedNumber, Run, find_faults


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


def test_in_a_series_of_blocks_only_what_a_counter_passed_is_missing() -> None:
    """T1 had 1 to 5 and then 11 to 15; the numbers between are another till's, who has issued none yet."""
    runs = [Run("INV", 1, 6, False, "T1"), Run("INV", 11, 13, False, "T1"), Run("INV", 6, 6, False, "T2")]
    whole = issued("INV", 1, 2, 3, 4, 5, 11, 12)
    assert find_faults(whole, runs) == []
    found = find_faults([one for one in whole if one.number not in (4, 12)], runs)
    assert [(one["from"], one["to"]) for one in found] == [(4, 4), (12, 12)]


def test_what_is_still_on_its_way_is_not_missing() -> None:
    run = Run("A", 1, 9, True, "T1")
    assert find_faults(issued("A", 1, 2), [run]) == []
    assert [one["from"] for one in find_faults(issued("A", 1, 3), [run])] == [2]
    assert find_faults([], [run]) == []
    assert [one["to"] for one in find_faults([], [Run("A", 1, 9, False, "T1")])] == [8]
