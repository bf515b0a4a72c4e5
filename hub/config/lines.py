"""Where a key stands in a TOML file: Python's tomllib reads the values but does not say their lines.

It looks at table headers and at `key =` at the start of a line, which is how people write settings; what stands inside an
inline table gets the line of its key. Multi-line strings that contain such lines could mislead it: then a message names a
line that is near, never a wrong key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


class Lines:
    """Line numbers by path: ("stations", "grill", "icon") or ("routes", 1, "items")."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        table: Path = ()
        counts: dict[tuple[str, ...], int] = {}
        for number, line in enumerate(text.splitlines(), 1):
            header = _HEADER.match(line)
            if header is not None:
                names = _parts(header[2])
                table = names
                if header[1] == "[[":
                    index = counts.get(names, 0)
                    counts[names] = index + 1
                    table = (*names, index)
                elif names[:-1] in counts:  # a table inside the newest element of an array
                    table = (*names[:-1], counts[names[:-1]] - 1, names[-1])
                self._add(table, number)
                continue
            key = _KEY.match(line)
            if key is not None:
                self._add((*table, *_parts(key[1])), number)

    def _add(self, path: Path, number: int) -> None:
        for length in range(1, len(path) + 1):
            self._lines.setdefault(path[:length], number)

    def paths(self) -> Iterable[Path]:
        """Everything that has a line."""
        return self._lines

    def of(self, path: Path) -> int:
        """The line of that path, or of the nearest thing around it; 1 for what stands nowhere."""
        for length in range(len(path), 0, -1):
            found = self._lines.get(path[:length])
            if found is not None:
                return found
        return 1
