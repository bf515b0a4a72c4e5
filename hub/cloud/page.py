"""One page of changes, checked as far as the contract goes; what its rows say is the modules' to judge. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.cloud.modules.row import ID

CURSOR = re.compile(r"[A-Za-z0-9._-]{1,128}")
CHANGES_MAX = 2_000


class BadPage(Exception):
    """A page that is not as the contract says."""


@dataclass(frozen=True, slots=True)
class Page:
    """`changes` by id: the row, or None where it was deleted; the last change of an id stands."""

    module: str
    changes: Mapping[str, Mapping[str, Any] | None]
    cursor: str
    more: bool


def read_page(module: str, body: Mapping[str, Any]) -> Page:
    """Raises BadPage."""
    if body.get("module") != module:
        raise BadPage(f"module is {str(body.get('module'))[:40]!r}, asked was {module}")
    cursor, more, changes = body.get("cursor"), body.get("more"), body.get("changes")
    if not isinstance(cursor, str) or not CURSOR.fullmatch(cursor):
        raise BadPage("cursor is none")
    if not isinstance(more, bool):
        raise BadPage("more is neither true nor false")
    if not isinstance(changes, list) or len(changes) > CHANGES_MAX:
        raise BadPage(f"changes is no list of at most {CHANGES_MAX}")
    if more and not changes:
        raise BadPage("it has no change, and says that more follow")
    found: dict[str, Mapping[str, Any] | None] = {}
    for index, one in enumerate(changes):
        if not isinstance(one, dict) or not isinstance(one.get("id"), str) or not ID.fullmatch(one["id"]):
            raise BadPage(f"changes[{index}].id is no id")
        row = one.get("row")
        if ("deleted" in one) == (row is not None) or (row is None and one["deleted"] is not True):
            raise BadPage(f"changes[{index}] is neither a row nor deleted")
        # A row that is no object is judged as a row: one of them does not spoil the page.
        found[one["id"]] = row if isinstance(row, dict) or row is None else {}
    return Page(module, found, cursor, more)
