"""The page of complaints names a scenario for each of the twenty, and each numbered scenario stands on it."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
COMPLAINTS = 20
ROW = re.compile(r"\| (\d+) \| (.+?) \| (.+?) \| (.+) \|")
NAMED = re.compile(r"`(test_\w+\.py)::(test_(\d+)_\w+)`")
NUMBERED = re.compile(r"^async def (test_(\d+)_\w+)\(", re.MULTILINE)


def page() -> dict[int, set[tuple[str, str]]]:
    """The scenarios of each complaint, as (file, function)."""
    rows = ROW.findall((HERE / "README.md").read_text(encoding="utf-8"))
    assert [int(number) for number, *_ in rows] == list(range(1, COMPLAINTS + 1))
    found = {}
    for number, _, _, cell in rows:
        named = NAMED.findall(cell)
        assert {n for _, _, n in named} == {number}, f"complaint {number} names {cell}"
        found[int(number)] = {(file, function) for file, function, _ in named}
    return found


def test_every_complaint_has_its_scenario_and_every_numbered_scenario_its_complaint() -> None:
    there: dict[int, set[tuple[str, str]]] = {}
    for file in HERE.glob("test_*.py"):
        for function, number in NUMBERED.findall(file.read_text(encoding="utf-8")):
            there.setdefault(int(number), set()).add((file.name, function))
    on_the_page = page()
    for number in range(1, COMPLAINTS + 1):
        assert there.get(number) == on_the_page[number], f"complaint {number}: README.md beside this file"
