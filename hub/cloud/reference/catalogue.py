"""Master data: modules, their rows in every version, and pages of changes as of a watermark."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from hub.cloud.reference.database import get_meta, set_meta
from hub.cloud.reference.fields import NAME
from hub.cloud.reference.problem import Problem

MODULES = (
    "categories",
    "customers",
    "item_barcodes",
    "item_definitions",
    "modifiers",
    "offers",
    "prices",
    "routing",
    "stations",
    "tables",
    "taxes",
    "users",
)
PAGE_ROWS_MAX = 2_000
"""About 1 MiB of JSON before gzip."""
PAGE_ROWS_DEFAULT = 500
SUPERSEDED_KEPT_MS = 3_600_000
"""A cycle that is still reading after an hour must check the gateway again."""
POLICY = {"max_sync_retry": 3, "page_rows": PAGE_ROWS_DEFAULT, "poll_interval_s": 60}


def prepare(db: sqlite3.Connection, cloud_id: str) -> None:
    """At start: the standard modules are there, and this data has an identity that cursors carry."""
    if not get_meta(db, "cloud_id", ""):
        set_meta(db, "cloud_id", cloud_id)
    for module in MODULES:
        _ensure(db, module)


def watermark(db: sqlite3.Connection) -> int:
    """The newest change of all modules."""
    return int(get_meta(db, "seq", "0"))


def replace(
    db: sqlite3.Connection, module: str, rows: Mapping[str, dict[str, Any]], now_ms: int
) -> tuple[int, int]:
    """Make `rows` the whole content of a module; only what differs changes. How many were put, how many deleted."""
    _ensure(db, module)
    current = db.execute(
        "SELECT id FROM rows WHERE module=? AND superseded_seq IS NULL AND row IS NOT NULL", (module,)
    )
    gone = [row["id"] for row in current.fetchall() if row["id"] not in rows]
    return edit(db, module, rows, gone, now_ms)


def edit(
    db: sqlite3.Connection, module: str, put: Mapping[str, dict[str, Any]], delete: Iterable[str], now_ms: int
) -> tuple[int, int]:
    """Put and delete some rows; what is as it was stays unchanged. How many were put, how many deleted."""
    _ensure(db, module)
    seq = before = watermark(db)
    for row_id, row in put.items():
        seq = _change(db, module, row_id, json.dumps(row, ensure_ascii=False, sort_keys=True), seq, now_ms)
    puts = seq - before
    for row_id in delete:
        seq = _change(db, module, row_id, None, seq, now_ms)
    set_meta(db, "seq", str(seq))
    _prune(db, module, now_ms)
    return puts, seq - before - puts


def reset(db: sqlite3.Connection, module: str) -> None:
    """No cursor given out so far can be continued. Raises Problem not-found."""
    if not db.execute("UPDATE modules SET generation=generation+1 WHERE module=?", (module,)).rowcount:
        raise Problem("not-found", f"there is no module {module}")


def changed_modules(db: sqlite3.Connection, cursors: Mapping[str, str], mark: int) -> list[dict[str, object]]:
    """Of the modules asked for, those that have something after their cursor. Unknown modules are left out."""
    found: list[dict[str, object]] = []
    for module in sorted(cursors):
        known = db.execute("SELECT generation FROM modules WHERE module=?", (module,)).fetchone()
        if known is None:
            continue
        fresh = not cursors[module]
        after = 0 if fresh else _position(db, module, cursors[module])
        about = _count(db, module, after or 0, mark)
        if after is None or fresh or about:
            state = "RESET" if after is None else "CHANGED"
            found.append({"module": module, "state": state, "changes_about": about})
    return found


def page(db: sqlite3.Connection, module: str, cursor: str, mark: int, limit: int) -> dict[str, object]:
    """Changes in (cursor, mark], each row as it stood at the mark. Raises Problem."""
    known = db.execute("SELECT generation, pruned_seq FROM modules WHERE module=?", (module,)).fetchone()
    if known is None:
        raise Problem("not-found", f"there is no module {module} here")
    after = _position(db, module, cursor) if cursor else 0
    if after is None:
        raise Problem("cursor-gone", f"pull {module} from the beginning, without a cursor")
    if not known["pruned_seq"] <= mark <= watermark(db):
        raise Problem(
            "watermark-gone", f"{mark} is not a watermark that can be read now; check the gateway again"
        )
    rows = db.execute(
        "SELECT id, seq, row FROM rows WHERE module=? AND seq>? AND seq<=? AND (superseded_seq IS NULL OR superseded_seq>?)"
        " ORDER BY seq LIMIT ?",
        (module, after, mark, mark, limit + 1),
    ).fetchall()
    more = len(rows) > limit
    rows = rows[:limit]
    changes = [
        {"id": row["id"], "deleted": True}
        if row["row"] is None
        else {"id": row["id"], "row": json.loads(row["row"])}
        for row in rows
    ]
    at = rows[-1]["seq"] if more else max(after, mark)
    return {"module": module, "changes": changes, "cursor": f"{_lineage(db, module)}.{at}", "more": more}


def policy(db: sqlite3.Connection) -> dict[str, int]:
    """What the gateway tells hubs about manners."""
    found: dict[str, int] = json.loads(get_meta(db, "policy", "{}"))
    return POLICY | found


def set_policy(db: sqlite3.Connection, changes: Mapping[str, int]) -> dict[str, int]:
    """Change some of it."""
    set_meta(db, "policy", json.dumps(policy(db) | dict(changes)))
    return policy(db)


def _ensure(db: sqlite3.Connection, module: str) -> None:
    if not NAME.fullmatch(module):
        raise Problem("malformed", f"a module's name is of small letters and _, not {module!r}", "module")
    db.execute("INSERT OR IGNORE INTO modules VALUES (?,1,0)", (module,))


def _change(db: sqlite3.Connection, module: str, row_id: str, row: str | None, seq: int, now_ms: int) -> int:
    current = db.execute(
        "SELECT seq, row FROM rows WHERE module=? AND id=? AND superseded_seq IS NULL", (module, row_id)
    ).fetchone()
    if (current["row"] if current else None) == row:
        return seq
    seq += 1
    if current:
        db.execute(
            "UPDATE rows SET superseded_seq=?, superseded_ms=? WHERE module=? AND seq=?",
            (seq, now_ms, module, current["seq"]),
        )
    db.execute("INSERT INTO rows VALUES (?,?,?,?,NULL,NULL)", (module, row_id, seq, row))
    return seq


def _prune(db: sqlite3.Connection, module: str, now_ms: int) -> None:
    old = (module, now_ms - SUPERSEDED_KEPT_MS)
    newest = db.execute(
        "SELECT max(superseded_seq) FROM rows WHERE module=? AND superseded_ms<?", old
    ).fetchone()[0]
    if newest is not None:
        db.execute("DELETE FROM rows WHERE module=? AND superseded_ms<?", old)
        db.execute("UPDATE modules SET pruned_seq=max(pruned_seq,?) WHERE module=?", (newest, module))


def _count(db: sqlite3.Connection, module: str, after: int, mark: int) -> int:
    return int(
        db.execute(
            "SELECT count(*) FROM rows WHERE module=? AND seq>? AND seq<=? AND superseded_seq IS NULL",
            (module, after, mark),
        ).fetchone()[0]
    )


def _lineage(db: sqlite3.Connection, module: str) -> str:
    generation = db.execute("SELECT generation FROM modules WHERE module=?", (module,)).fetchone()[0]
    return f"{get_meta(db, 'cloud_id', '')}-{generation}"


def _position(db: sqlite3.Connection, module: str, cursor: str) -> int | None:
    """Where a cursor stands; None when it is not of this data and generation, or ahead of it (a restored cloud)."""
    lineage, _, text = cursor.rpartition(".")
    if lineage != _lineage(db, module) or not text.isascii() or not text.isdigit() or len(text) > 18:
        return None
    position = int(text)
    return position if position <= watermark(db) else None
