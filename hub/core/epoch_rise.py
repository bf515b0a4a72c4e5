"""The cloud has seen a higher epoch of this hub than the store's: it was restored, or somebody else speaks for it.

A store that was restored twice from one backup may find the epoch of its first life at the cloud, and must go above it. Who was heard
in its own epoch and then finds a higher one is not restored but doubled: rising would only make the two climb over each other.
"""

from __future__ import annotations

from enum import Enum

from heard.revision import Epoch

RISE_AGAIN_MS = 600_000
"""At most one new epoch in so long; a second one is not a restore."""
TABLE = "epoch"
"""The store's side table of what is known of epochs, with the three keys below."""
ABOVE, PUSHED, RAISED = "above", "pushed", "raised"


class Rise(Enum):
    """What an epoch that the cloud has seen means for ours."""

    NO = "NO"
    ABOVE = "ABOVE"
    """Begin one above it."""
    TWO_STORES = "TWO_STORES"
    """People must look: two stores speak for one hub."""


def decide_rise(
    ours: Epoch, highest: tuple[int, int] | None, pushed: bool, raised_at_ms: int, now_ms: int
) -> Rise:
    """`highest`: the highest epoch that the cloud took from this hub; `pushed`: it took something in ours."""
    if highest is None or highest <= (ours.n, ours.random):
        return Rise.NO
    if pushed or (raised_at_ms and now_ms - raised_at_ms < RISE_AGAIN_MS):
        return Rise.TWO_STORES
    return Rise.ABOVE
