"""Control totals: what this hub has of a business date, added up per device, to be compared with what the cloud holds.

They find what the state machine of the outbox missed: a document that we took for SYNCED and that is not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.core.outbox import OrderSyncState, OutboxRow, Reoffer


@dataclass(frozen=True, slots=True)
class Counted:
    """One document as the totals count it. `version` 0: immutable."""

    kind: str
    document_id: str
    version: int
    content_hash: str
    device: str
    amount_minor: int
    currency: str

    @property
    def key(self) -> str:
        """Its key in the outbox."""
        part = "" if self.version else f"/{self.content_hash}"
        return f"{self.kind}/{self.document_id}{part}"


@dataclass(slots=True)
class _Sum:
    count: int = 0
    amount_minor: int = 0
    digest: int = 0


@dataclass(slots=True)
class Totals:
    """The totals of one business date, filled by `add`."""

    business_date: str
    documents: dict[str, list[Counted]] = field(default_factory=dict)
    """By device."""
    _sums: dict[tuple[str, str, str], _Sum] = field(default_factory=dict)

    def add(self, one: Counted) -> None:
        """Counts one document."""
        self.documents.setdefault(one.device, []).append(one)
        total = self._sums.setdefault((one.device, one.kind, one.currency), _Sum())
        total.count += 1
        total.amount_minor += one.amount_minor
        total.digest = (total.digest + entry_digest(one)) % (1 << 64)

    def request(self) -> dict[str, Any]:
        """The body of the contract's `compareTotals`."""
        return {
            "business_date": self.business_date,
            "totals": [
                {
                    "device": device,
                    "kind": kind,
                    "currency": currency,
                    "count": one.count,
                    "amount_minor": one.amount_minor,
                    "digest": f"{one.digest:016x}",
                }
                for (device, kind, currency), one in sorted(self._sums.items())
            ],
        }


def entry_digest(one: Counted) -> int:
    """What one document adds, as the contract counts it."""
    text = f"{one.kind}/{one.document_id}\0{one.content_hash}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def missed(
    ours: Iterable[Counted], held: Mapping[str, str], row_of: Mapping[str, OutboxRow]
) -> tuple[Reoffer, ...]:
    """What must be pushed again: SYNCED here, and there not or otherwise. `held`: outbox key -> content hash at the cloud.

    What is still to be pushed, or in ERROR, differs for a reason that is known.
    """
    found = []
    for one in ours:
        row = row_of.get(one.key)
        if row is None or row.state is not OrderSyncState.SYNCED:
            continue
        if held.get(one.key) != one.content_hash:
            found.append(Reoffer(one.key, row.version))
    return tuple(found)
