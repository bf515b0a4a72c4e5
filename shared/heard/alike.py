"""What follows from the words of a line, worked out once for all lines that say the same.

Guests order the same dishes again and again, and a hold goes over each line many times: it is checked, marked, hashed and
encoded. The wire remembers lines that come again; they share their names and modifiers as the very same objects, and so
what was worked out of one of them is found for the others, as long as each field is equal. Whatever else is worked out anew.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from operator import attrgetter
from typing import Any, TypeVar, TypeVarTuple

from heard.order import Line

Others = TypeVarTuple("Others")
T = TypeVar("T")

SAID = (
    "part_of", "item_id", "name", "quantity_milli", "modifiers", "notes", "seat", "course", "category",
    "unit_price_minor", "total_minor", "prep_time_s", "no_kitchen", "combo", "contains",
)  # fmt: skip
"""What a till says of a line, but for its id."""
LINES_MAX = 2_048
"""Dishes as tills order them: a large menu's usual ones, with what is worked out of them about 4 MB."""

_said = attrgetter(*SAID)
_known: dict[int, tuple[tuple[Any, ...], dict[Any, tuple[Any, Any]]]] = {}
"""By the identity of a line's name, which the entry keeps alive: what is said, and by work its last other arguments and result."""


def remember(line: Line) -> None:
    """What is worked out of lines that say the same is kept from now on. For what a wire brings a second time, and is short.

    A line without a name has none of its own to be known by.
    """
    if line.name and id(line.name) not in _known:
        if len(_known) >= LINES_MAX:
            _known.clear()
        _known[id(line.name)] = (_said(line), {})


def once_a_dish(work: Callable[[Line, *Others], T]) -> Callable[[Line, *Others], T]:
    """A decorator: `work` looks at SAID and its other arguments alone; of these the last ones count. What it raises is not kept."""

    @wraps(work)
    def found(line: Line, *others: *Others) -> T:
        known = _known.get(id(line.name))
        if known is None or known[0] != _said(line):
            return work(line, *others)
        done = known[1].get(work)
        if done is None or done[0] != others:
            done = known[1][work] = (others, work(line, *others))
        result: T = done[1]
        return result

    return found
