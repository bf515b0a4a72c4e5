"""Rows of the outbox: compare-and-set, coalescing, new epochs; batches within their bounds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.outbox import (
    BATCH_BYTES_MAX,
    BATCH_DOCUMENTS_MAX,
    OrderSyncState,
    OutboxChange,
    OutboxRow,
    Reoffer,
    Retry,
    Settle,
    fill_batch,
    halves,
    immutable_row,
    reoffered,
    retried,
    row_after,
    settled,
    state_row,
)
from hub.core.papers import Fiscal, make_paper

S = OrderSyncState
ROW = state_row("o1", 3, 1_000, 500, urgent=False)
SYNCED = replace(ROW, state=S.SYNCED)
ERROR = replace(ROW, state=S.ERROR, reason="no such tax")
INVOICE = immutable_row("fiscal_document", "inv-1", "hash", 1_000, 500)


@pytest.mark.parametrize(
    ("row", "version", "state", "expected"),
    [
        (ROW, 3, S.SYNCED, SYNCED),
        (ROW, 3, S.ERROR, ERROR),
        (ROW, 2, S.SYNCED, None),  # it changed while the push was in flight
        (ROW, 4, S.SYNCED, None),  # the store went back
        (SYNCED, 3, S.ERROR, None),  # a late duplicate's answer
        (None, 3, S.SYNCED, None),
    ],
)
def test_settling_is_compare_and_set(
    row: OutboxRow | None, version: int, state: S, expected: OutboxRow | None
) -> None:
    assert settled(row, version, state, "no such tax") == expected


PAPER = make_paper(
    "payment", "p-1", business_date="2026-11-23", device="T1", made_at_ms=1_000, body={"paid_minor": 1}
)
PAPER_ROW = immutable_row("payment", "p-1", PAPER.content_hash, 1_000, 16)


@pytest.mark.parametrize(
    ("row", "change", "expected"),
    [
        (ROW, Settle(ROW.key, 3, S.SYNCED), SYNCED),
        (ROW, Settle(ROW.key, 3, S.ERROR, "no such tax"), ERROR),
        (ROW, Settle(ROW.key, 2, S.SYNCED), None),
        (None, Settle(ROW.key, 3, S.SYNCED), None),
        (ERROR, Retry(ROW.key), ROW),
        (SYNCED, Retry(ROW.key), None),
        (None, Retry(ROW.key), None),
        (SYNCED, Reoffer(ROW.key, 3), ROW),
        (SYNCED, Reoffer(ROW.key, 2), None),  # it changed since the totals were compared
        (ERROR, Reoffer(ROW.key, 3), None),  # that is a person's to say
        (None, Reoffer(ROW.key, 3), None),
        (None, PAPER, PAPER_ROW),
        (replace(PAPER_ROW, state=S.SYNCED), PAPER, None),  # written twice is once
    ],
)
def test_what_a_change_leaves(
    row: OutboxRow | None, change: OutboxChange, expected: OutboxRow | None
) -> None:
    assert row_after(row, change) == expected


def test_the_hash_of_a_paper_is_of_its_content_alone() -> None:
    def made(**fields: Any) -> str:
        values: dict[str, Any] = {
            "business_date": "2026-11-23", "device": "T1", "made_at_ms": 1, "body": {"a": 1, "b": "سعر"},
            **fields,
        }  # fmt: skip
        return make_paper("payment", "p-1", **values).content_hash

    assert made() == made(made_at_ms=2) == made(body={"b": "سعر", "a": 1})
    others = [
        made(body={"a": 2, "b": "سعر"}), made(device="T2"), made(business_date="2026-11-24"), made(amount_minor=1),
        made(currency="SAR"), made(fiscal=Fiscal("A", "i1", 1)), made(fiscal=Fiscal("A", "i1", 2)),
    ]  # fmt: skip
    assert len({made(), *others}) == 8


@pytest.mark.parametrize(
    ("kind", "urgent"), [("refund", True), ("loyalty", True), ("day_close", True), ("note", False)]
)
def test_what_wakes_the_pusher(kind: str, urgent: bool) -> None:
    assert immutable_row(kind, "x", "h", 0, 1).urgent is urgent


def test_a_new_epoch_offers_state_documents_again_and_immutable_ones_not() -> None:
    assert reoffered(SYNCED) == ROW
    assert reoffered(ERROR) == ROW
    assert reoffered(ROW) is None
    assert reoffered(replace(INVOICE, state=S.SYNCED)) is None


def test_only_what_is_in_error_is_retried() -> None:
    assert retried(ERROR) == ROW
    assert retried(SYNCED) is None
    assert retried(ROW) is None


@given(st.lists(st.integers(1, 400_000), max_size=80), st.integers(1, 60))
def test_a_batch_is_the_longest_beginning_that_fits(sizes: list[int], documents_max: int) -> None:
    rows = [state_row(f"o{n}", 1, n, size, urgent=False) for n, size in enumerate(sizes)]
    batch = fill_batch(rows, documents_max)
    total = sum(row.size_bytes for row in batch)
    assert list(batch) == rows[: len(batch)]
    assert len(batch) <= min(documents_max, BATCH_DOCUMENTS_MAX)
    assert total <= BATCH_BYTES_MAX or len(batch) == 1
    if rows and len(batch) < min(len(rows), documents_max, BATCH_DOCUMENTS_MAX):
        assert total + rows[len(batch)].size_bytes > BATCH_BYTES_MAX
    assert bool(batch) == bool(rows)


@given(st.integers(2, 50))
def test_halves_lose_nothing_and_are_both_smaller(count: int) -> None:
    rows = tuple(state_row(f"o{n}", 1, n, 1, urgent=False) for n in range(count))
    first, second = halves(rows)
    assert (*first, *second) == rows
    assert 0 < len(second) <= len(first) < count
