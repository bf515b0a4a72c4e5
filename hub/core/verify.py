"""Fiscal documents held against each other: numbers that are missing in a series, and numbers that stand twice. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

SHOWN_IDS_MAX = 5


@dataclass(frozen=True, slots=True)
class IssuedNumber:
    """One document under its number."""

    series: str
    number: int
    document_id: str
    device: str


@dataclass(frozen=True, slots=True)
class Run:
    """A segment as its counter was last reported: `first` to `next` - 1 are issued. `pending`: some may be on their way."""

    series: str
    first: int
    next: int
    pending: bool
    device: str


def find_faults(issued: Iterable[IssuedNumber], runs: Iterable[Run] = ()) -> list[dict[str, Any]]:
    """Gaps and repeats, by series.

    A gap is a number inside a reported segment without its document (up to the newest document while some are on their
    way); in a series of blocks the numbers between them are nobody's. Of a series that was never reported it is a number
    between two documents.
    """
    series: dict[str, dict[int, list[IssuedNumber]]] = defaultdict(lambda: defaultdict(list))
    for one in issued:
        series[one.series][one.number].append(one)
    reported: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        reported[run.series].append(run)
    faults: list[dict[str, Any]] = []
    for name in sorted(series.keys() | reported.keys()):
        numbers = series[name]
        for number, documents in sorted(numbers.items()):
            ids = sorted({one.document_id for one in documents})
            if len(ids) > 1:
                what = f"{number} stands on {', '.join(ids[:SHOWN_IDS_MAX])}"
                faults.append(_fault("DUPLICATE", name, number, number, what))
        for run in reported[name] or [_whole(name, numbers)]:
            here = sorted(number for number in numbers if run.first <= number < run.next)
            end = run.next if not run.pending else here[-1] + 1 if here else run.first
            for low, high in _gaps(run.first, end, here):
                what = f"{low} is missing" if low == high else f"{low} to {high} are missing"
                faults.append(_fault("MISSING", name, low, high, f"{what} ({run.device})"))
    return faults


def _whole(name: str, numbers: dict[int, list[IssuedNumber]]) -> Run:
    first = min(numbers)
    return Run(name, first, max(numbers) + 1, False, numbers[first][0].device)


def _gaps(first: int, end: int, here: list[int]) -> Iterator[tuple[int, int]]:
    """Runs of numbers from `first` to `end` - 1 that are not `here`, which is sorted."""
    expected = first
    for number in here:
        if number > expected:
            yield expected, number - 1
        expected = number + 1
    if expected < end:
        yield expected, end - 1


def _fault(kind: str, series: str, low: int, high: int, what: str) -> dict[str, Any]:
    return {"kind": kind, "series": series, "from": low, "to": high, "what": what}
