"""The verdicts of the benchmark: met, missed, no peer and not measured are four different things."""

import pytest

from tests.benchmarks.goals import GOALS, Goal, Verdict, judge, judge_all, table

AT_MOST = Goal("1", "latency", "a", 1.25, "ms", "b", peer="redis")
AT_LEAST = Goal("2", "rate", "a", 2, "/s", "b", at_least=True)
PLAIN = Goal("3", "memory", "a", 80, "MB")
REDIS = frozenset({"redis"})


@pytest.mark.parametrize(
    ("goal", "figures", "peers", "verdict"),
    [
        (AT_MOST, {"a": 1.25, "b": 1.0}, REDIS, Verdict.PASS),
        (AT_MOST, {"a": 1.26, "b": 1.0}, REDIS, Verdict.FAIL),
        (AT_MOST, {"a": 1.0, "b": 1.0}, frozenset(), Verdict.NO_PEER),
        (AT_MOST, {"a": 1.0}, REDIS, Verdict.NOT_MEASURED),
        (AT_LEAST, {"a": 2.0, "b": 1.0}, frozenset(), Verdict.PASS),
        (AT_LEAST, {"a": 1.9, "b": 1.0}, frozenset(), Verdict.FAIL),
        (PLAIN, {"a": 80.0}, frozenset(), Verdict.PASS),
        (PLAIN, {"a": 81.0}, frozenset(), Verdict.FAIL),
        (PLAIN, {}, frozenset(), Verdict.NOT_MEASURED),
    ],
)
def test_verdict(goal: Goal, figures: dict[str, float], peers: frozenset[str], verdict: Verdict) -> None:
    assert judge(goal, figures, peers).verdict is verdict


def test_every_goal_has_a_row_even_when_nothing_was_measured() -> None:
    shown = table(judge_all({}, frozenset()))
    assert len(shown.splitlines()) == len(GOALS) + 1
    assert {goal.number[0] for goal in GOALS} == set("123456789")
    assert "PASS" not in shown
