"""Fiscal documents held against each other: numbers that are missing in a series, and numbers that stand twice. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
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


def find_faults(issued: Iterable[IssuedNumber]) -> list[dict[str, Any]]:
    """Gaps and repeats, by series. A series begins where its first document stands: blocks of one series begin anywhere.

    In a series of blocks the numbers between two devices' blocks are nobody's, so a gap counts only between numbers of one
    device.
    """
    series: dict[str, dict[int, list[IssuedNumber]]] = defaultdict(lambda: defaultdict(list))
    for one in issued:
        series[one.series][one.number].append(one)
    faults: list[dict[str, Any]] = []
    for name, numbers in sorted(series.items()):
        previous: IssuedNumber | None = None
        for number, documents in sorted(numbers.items()):
            ids = sorted({one.document_id for one in documents})
            if len(ids) > 1:
                faults.append(
                    _fault(
                        "DUPLICATE",
                        name,
                        number,
                        number,
                        f"{number} stands on {', '.join(ids[:SHOWN_IDS_MAX])}",
                    )
                )
            device = documents[0].device
            if previous is not None and previous.device == device and number > previous.number + 1:
                low, high = previous.number + 1, number - 1
                what = f"{low} is missing" if low == high else f"{low} to {high} are missing"
                faults.append(_fault("MISSING", name, low, high, f"{what} ({device})"))
            previous = documents[0]
    return faults


def _fault(kind: str, series: str, low: int, high: int, what: str) -> dict[str, Any]:
    return {"kind": kind, "series": series, "from": low, "to": high, "what": what}
