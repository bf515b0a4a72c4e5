"""Our goals as a table, and the verdict on each from the measured figures. Pure.

Gates are ratios and counts of one run, or the screen's own limits; a goal that names a peer needs it in the same run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

Figures = Mapping[str, float]


class Verdict(Enum):
    PASS = "PASS"
    FAIL = "FAIL"
    NO_PEER = "NO PEER"
    NOT_MEASURED = "NOT MEASURED"


@dataclass(frozen=True, slots=True)
class Goal:
    """`figure` must be at most (or at least) `limit`, times the figure `of` where one is named."""

    number: str
    what: str
    figure: str
    limit: float
    unit: str
    of: str = ""
    at_least: bool = False
    peer: str = ""

    @property
    def rule(self) -> str:
        """The limit in words."""
        sign = "≥" if self.at_least else "≤"
        return (
            f"{sign} {self.limit:g} × {self.of}" if self.of else f"{sign} {self.limit:g} {self.unit}".rstrip()
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """A goal with what was measured: the figure, and its ratio to the limit (1 is on the line)."""

    goal: Goal
    value: float | None
    bound: float | None
    verdict: Verdict


GOALS = (
    Goal("1a", "20 orders/s, 8 screens: hold to received, p50", "low.p50_ms", 1.25, "ms", "redis.low.p50_ms", peer="redis"),
    Goal("1b", "the same, p99 against its own p50", "low.p99_ms", 2, "ms", "low.p50_ms"),
    Goal("1c", "the same, hold to heard, p50", "low.heard_p50_ms", 2, "ms", "low.p50_ms"),
    Goal("2a", "orders/s received by all 8 screens", "max8.orders_per_s", 1, "/s", "postgres.max8.orders_per_s", True, "postgres"),
    Goal("2b", "orders/s received by all 8 screens", "max8.orders_per_s", 1, "/s", "etcd.max8.orders_per_s", True, "etcd"),
    Goal("2c", "orders/s received by all 8 screens", "max8.orders_per_s", 1, "/s", "redis.max8.orders_per_s", True, "redis"),
    Goal("3a", "deliveries/s to 32 screens", "max32.deliveries_per_s", 2, "/s", "redis.max32.deliveries_per_s", True, "redis"),
    Goal("3b", "deliveries/s to 128 screens", "max128.deliveries_per_s", 4, "/s", "redis.max128.deliveries_per_s", True, "redis"),
    Goal("3c", "deliveries/s to 128 screens", "max128.deliveries_per_s", 2.5, "/s", "nats.max128.deliveries_per_s", True, "nats"),
    Goal("4a", "hub CPU an order at saturation, 8 screens", "max8.cpu_us", 150, "µs"),
    Goal("4b", "hub CPU a delivery at saturation, 128 screens", "max128.cpu_us_per_delivery", 5, "µs"),
    Goal("4c", "gRPC operations an order, 20 orders/s, 8 screens", "low.operations", 24, ""),
    Goal("4d", "hub memory, 128 screens, 200 open tickets", "rss128_mb", 80, "MB"),
    Goal("5a", "commits an order at 20 orders/s", "low.commits", 1, ""),
    Goal("5b", "commits an order at saturation", "max8.commits", 0.05, ""),
    Goal("5c", "one commit against one append + fdatasync", "commit_us", 2.2, "µs", "fdatasync_us"),
    Goal("6a", "commit, many stored orders against 1,000", "commit_many_us", 1.2, "µs", "commit_few_us"),
    Goal("6b", "lookup, many stored orders against 1,000", "lookup_many_us", 1.2, "µs", "lookup_few_us"),
    Goal("6c", "hub CPU an order, 1,000 open tickets against 100", "open1000.cpu_us", 1.2, "µs", "open100.cpu_us"),
    Goal("6d", "hub CPU an order, 128 screens against 8", "max128.cpu_us", 5, "µs", "max8.cpu_us"),
    Goal("6e", "p99 of the others while one screen is stopped", "stopped.p99_ms", 1.5, "ms", "unstopped.p99_ms"),
    Goal("7a", "start to serving with 100,000 log entries", "restart_ms", 1000, "ms"),
    Goal("7b", "a screen resumes once connected", "resume_ms", 100, "ms"),
    Goal("8a", "screen: push to flip at 1080p, p95", "flip_p95_ms", 5, "ms"),
    Goal("8b", "screen: idle CPU", "display_idle_percent", 0.6, "% of a core"),
    Goal("8c", "screen: memory", "display_rss_mb", 80, "MB"),
    Goal("8d", "screen: first frame after process start", "first_frame_ms", 300, "ms"),
    Goal("8e", "screen: live after the hub is reachable", "live_ms", 1000, "ms"),
    Goal("8f", "a guest's cart: key to flip at 10 changes/s, p99", "cart_p99_ms", 100, "ms"),
    Goal("8g", "a guest's cart: idle CPU", "cart_idle_percent", 0.6, "% of a core"),
    Goal("8h", "the order board: idle CPU", "board_idle_percent", 0.6, "% of a core"),
    Goal("8i", "a guest's cart: memory", "cart_rss_mb", 80, "MB"),
    Goal("8j", "200 open tickets, 10 screens: push to flip, p95", "open_flip_p95_ms", 5, "ms"),
    Goal("8k", "the same: a key to its echo, p95 (a frame)", "open_echo_p95_ms", 16.7, "ms"),
    Goal("8l", "the same: idle CPU", "open_idle_percent", 0.6, "% of a core"),
    Goal("8m", "the same: memory", "open_rss_mb", 80, "MB"),
    Goal("8n", "the same: the longest echo of a key (a frame)", "open_echo_max_ms", 16.7, "ms"),
    Goal("9a", "first sync: 50,000 items with prices, 80,000 barcodes", "sync.first_s", 90, "s"),
    Goal("9b", "hold to received, p99, while it goes on", "sync.p99_ms", 2, "ms", "sync.quiet_p99_ms"),
    Goal("9c", "a gateway check of an idle site, both ways", "sync.idle_bytes", 2048, "bytes"),
    Goal("9d", "hub memory: growth by that sync", "sync.rss_growth_mb", 100, "MB"),
    Goal("10a", "hold to received, p99, the cloud's line cut", "push.unplugged_p99_ms", 1.5, "ms", "push.plugged_p99_ms"),
    Goal("10b", "the same while the backlog goes up", "push.draining_p99_ms", 2, "ms", "push.plugged_p99_ms"),
)  # fmt: skip


def judge(goal: Goal, figures: Figures, peers: frozenset[str]) -> Judged:
    """The verdict on one goal; `peers` are those that ran."""
    value = figures.get(goal.figure)
    if goal.peer and goal.peer not in peers:
        return Judged(goal, value, None, Verdict.NO_PEER)
    base = figures.get(goal.of) if goal.of else 1.0
    if value is None or base is None:
        return Judged(goal, value, None, Verdict.NOT_MEASURED)
    bound = goal.limit * base
    met = value >= bound if goal.at_least else value <= bound
    return Judged(goal, value, bound, Verdict.PASS if met else Verdict.FAIL)


def judge_all(figures: Figures, peers: frozenset[str]) -> list[Judged]:
    return [judge(goal, figures, peers) for goal in GOALS]


def table(judged: list[Judged]) -> str:
    """One row a goal."""
    rows = [("", "goal", "measured", "limit", "verdict", "")]
    for one in judged:
        goal = one.goal
        rows.append(
            (
                goal.number,
                goal.what,
                _number(one.value, goal.unit),
                _number(one.bound, goal.unit),
                one.verdict.value,
                goal.rule,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    lines = []
    for row in rows:
        cells = [f"{cell:>{width}}" if column in (2, 3) else f"{cell:<{width}}" for column, (cell, width) in enumerate(zip(row, widths, strict=True))]  # fmt: skip
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    digits = 0 if abs(value) >= 100 else 2 if abs(value) >= 0.1 else 4
    return f"{value:,.{digits}f} {unit}".rstrip()
