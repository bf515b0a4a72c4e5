"""Rows of the outbox: compare-and-set, coalescing, new epochs; batches within their bounds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.outbox import (
    BATCH_BYTES_MAX,
    BATCH_DOCUMENTS_MAX,
    OrderSyncState,
    OutboxRow,
    coalesce,
    fill_batch,
    halves,
    immutable_row,
    reoffered,
    retried,
    settled,
    state_row,
)

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


def test_a_newer_version_takes_the_place_of_one_that_was_not_pushed() -> None:
    newer = state_row("o1", 4, 2_000, 600, urgent=False)
    for old in (None, ROW, SYNCED, ERROR):
        assert coalesce(old, newer) == newer


def test_urgency_lasts_until_the_cloud_has_it() -> None:
    paid = state_row("o1", 3, 1_000, 500, urgent=True)
    bumped = state_row("o1", 4, 2_000, 500, urgent=False)
    assert coalesce(paid, bumped).urgent
    assert not coalesce(replace(paid, state=S.SYNCED), bumped).urgent


@pytest.mark.parametrize("version", [2, 3])
def test_a_version_never_falls(version: int) -> None:
    with pytest.raises(ValueError, match="does not follow"):
        coalesce(ROW, state_row("o1", version, 2_000, 1, urgent=False))


def test_an_immutable_document_is_never_edited_but_may_be_written_twice() -> None:
    synced = replace(INVOICE, state=S.SYNCED)
    assert coalesce(synced, INVOICE) == synced
    with pytest.raises(ValueError, match="immutable"):
        coalesce(INVOICE, replace(INVOICE, version=2))


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
