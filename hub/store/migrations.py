"""From an older schema to today's, one step at a time, all in one transaction before the hub serves.

Every schema that was ever shipped stays as a file in tests/databases and must open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import lmdb

from heard.errors import UserError
from hub.store.env import Tables, Txn
from hub.store.layout import META, SCHEMA, SCHEMA_KEY
from hub.store.outbox import add_outbox

Migration = Callable[[Txn, Tables], None]


def no_change(_txn: Txn, _tables: Tables) -> None:
    """For a schema that only keeps older hubs off what they would not read."""


MIGRATIONS: Mapping[int, Migration] = {1: add_outbox, 2: no_change}
"""Schema n -> what makes n + 1 of it. 3: a write-ahead file beside the tables."""


def migrate(
    env: lmdb.Environment, tables: Tables, target: int = SCHEMA, steps: Mapping[int, Migration] = MIGRATIONS
) -> int:
    """Brings the store to `target`; returns the schema it had. Raises UserError for a newer one."""
    with env.begin(write=True) as txn:
        raw = txn.get(SCHEMA_KEY, db=tables[META])
        found = int(raw) if raw is not None and raw.isdigit() else 0
        if found == target:
            return found
        if found > target:
            raise UserError(
                f"the store was written by a newer hub (schema {found}; this one knows {target})",
                "start the newer hub, or restore a backup of this release",
                exit_code=1,
            )
        for version in range(found, target):
            if version not in steps:
                raise UserError(
                    f"the store has schema {found}, and nothing is known that makes {target} of it",
                    "restore a backup, or ask for help with the file left as it is",
                    exit_code=1,
                )
            steps[version](txn, tables)
        txn.put(SCHEMA_KEY, str(target).encode(), db=tables[META])
    return found
