"""Numbers of the store for metrics and benchmarks."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

LATENCIES_KEPT = 1_024  # enough for a p99; older ones say little about now


@dataclass(slots=True)
class Stats:
    """Counters since the store was opened. Written by the writer thread, read by anyone."""

    commits: int = 0
    decisions: int = 0
    entries: int = 0
    upkeep_commits: int = 0
    checkpoints: int = 0
    checkpoint_s_max: float = 0.0
    row_slices: int = 0
    rows_written: int = 0
    row_slice_s_max: float = 0.0
    groups_lost: int = 0
    decided_again: int = 0
    group_size_max: int = 0
    commit_s_total: float = 0.0
    map_bytes: int = 0
    file_bytes: int = 0
    free_share: float = 0.0
    compacted: int = 0
    purged: int = 0
    scrubbed: int = 0
    backups: int = 0
    last_backup_wall_ms: int = 0
    commit_s: deque[float] = field(default_factory=lambda: deque(maxlen=LATENCIES_KEPT))
    """Newest latencies of whole commits (writes and flush), seconds."""
    group_sizes: deque[int] = field(default_factory=lambda: deque(maxlen=LATENCIES_KEPT))

    def committed(self, decisions: int, entries: int, seconds: float) -> None:
        """One group went to disk."""
        self.commits += 1
        self.decisions += decisions
        self.entries += entries
        self.group_size_max = max(self.group_size_max, decisions)
        self.commit_s_total += seconds
        self.commit_s.append(seconds)
        self.group_sizes.append(decisions)

    def checkpointed(self, seconds: float) -> None:
        """What waited in the write-ahead file came into the tables."""
        self.checkpoints += 1
        self.checkpoint_s_max = max(self.checkpoint_s_max, seconds)

    def commit_ms(self, share: float) -> float:
        """The latency in ms that `share` (0.5, 0.99) of the newest commits did not exceed; 0 before the first."""
        found = sorted(self.commit_s)
        return found[min(len(found) - 1, int(len(found) * share))] * 1000 if found else 0.0
