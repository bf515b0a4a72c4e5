"""Which answer of the cloud means what."""

from __future__ import annotations

import pytest

from hub.core.cloud_failure import RETRY_AFTER_MAX_MS, Failure, FailureClass, classify, full_jitter_ms

F = FailureClass


@pytest.mark.parametrize(
    ("status", "problem", "retry_after_s", "kind", "wait_ms"),
    [
        (400, "malformed", None, F.REFUSED, 0),
        (401, "token-invalid", None, F.UNAUTHORIZED, 0),
        (401, "pairing-lost", None, F.FORBIDDEN, 0),
        (403, "hub-suspended", None, F.FORBIDDEN, 0),
        (404, "not-found", None, F.NOT_THERE, 0),
        (408, "", None, F.TRANSIENT, 0),
        (409, "", None, F.NOT_THERE, 0),
        (410, "cursor-gone", None, F.RESET, 0),
        (410, "watermark-gone", None, F.WATERMARK_GONE, 0),
        (413, "too-large", None, F.REFUSED, 0),
        (422, "", None, F.REFUSED, 0),
        (429, "throttled", 7, F.THROTTLED, 7_000),
        (429, "throttled", None, F.THROTTLED, 5_000),
        (429, "throttled", 10**9, F.THROTTLED, RETRY_AFTER_MAX_MS),
        (500, "internal", None, F.TRANSIENT, 0),
        (502, "", None, F.TRANSIENT, 0),
        (503, "unavailable", None, F.TRANSIENT, 0),
        (503, "unavailable", 2, F.THROTTLED, 2_000),
        (302, "", None, F.TRANSIENT, 0),
        (0, "", None, F.TRANSIENT, 0),
    ],
)
def test_classify(
    status: int, problem: str, retry_after_s: int | None, kind: FailureClass, wait_ms: int
) -> None:
    assert classify(status, problem, "why", retry_after_s) == Failure(kind, "why", wait_ms)


def test_full_jitter_fills_the_whole_range_and_stops_at_its_ceiling() -> None:
    assert [full_jitter_ms(n, 0.999999, 1_000, 30_000) for n in (1, 2, 3, 6, 99)] == [
        999,
        1_999,
        3_999,
        29_999,
        29_999,
    ]
    assert full_jitter_ms(5, 0.0, 1_000, 30_000) == 0
