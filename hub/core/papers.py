"""Immutable documents for the cloud: payments, refunds, loyalty points, fiscal documents, day closes.

A paper is never edited: its key is its kind, its id and a hash of its content, so writing or sending it twice is the same as once.
It is handed to the store in the decision that it belongs to (`Decision.outbox`), in one transaction with the order.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PAYMENT = "payment"
REFUND = "refund"
LOYALTY = "loyalty"
FISCAL_DOCUMENT = "fiscal_document"
DAY_CLOSE = "day_close"
HASH_DIGITS = 32
"""128 bits: two contents of one id never meet in it."""


@dataclass(frozen=True, slots=True)
class Fiscal:
    """Which number of which series a fiscal document has."""

    series: str
    incarnation: str
    number: int


@dataclass(frozen=True, slots=True)
class Paper:
    """One immutable document. `body` is its JSON text; make it with `make_paper`, which counts the hash."""

    kind: str
    document_id: str
    content_hash: str
    business_date: str
    device: str
    made_at_ms: int
    body: str
    amount_minor: int = 0
    currency: str = ""
    fiscal: Fiscal | None = None

    @property
    def key(self) -> str:
        """Its key in the outbox."""
        return f"{self.kind}/{self.document_id}/{self.content_hash}"


def make_paper(
    kind: str,
    document_id: str,
    *,
    business_date: str,
    device: str,
    made_at_ms: int,
    body: Mapping[str, Any],
    amount_minor: int = 0,
    currency: str = "",
    fiscal: Fiscal | None = None,
) -> Paper:
    """A paper with the hash of its content; `made_at_ms` (hub time) orders it in the outbox and is no part of the content."""
    number = None if fiscal is None else [fiscal.series, fiscal.incarnation, fiscal.number]
    content = [kind, document_id, business_date, device, amount_minor, currency, number, body]
    digest = content_hash(canonical_json(content))
    text = canonical_json(body)
    return Paper(
        kind, document_id, digest, business_date, device, made_at_ms, text, amount_minor, currency, fiscal
    )


def canonical_json(value: Any) -> str:
    """The one text of a JSON value: sorted keys, no spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_hash(canonical: str) -> str:
    """What the cloud compares two contents by."""
    return hashlib.sha256(canonical.encode()).hexdigest()[:HASH_DIGITS]
