"""The scheduler of sync cycles: order, hands, retries, blocking, throttling, tokens, pauses, single flight."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.cloud_failure import Failure, FailureClass
from hub.core.sync_graph import Module, check_graph, profile_graph
from hub.core.sync_plan import GONE_IN_A_ROW_MAX, IN_HAND_MAX, PAUSE_PROBE_MS, THROTTLES_MAX, SyncPlan
from hub.core.sync_steps import (
    GATEWAY,
    TOKEN,
    Action,
    Apply,
    Check,
    Finished,
    Phase,
    Pull,
    Refresh,
    Step,
    Trigger,
)

F = FailureClass
GRAPH = check_graph(
    [Module("a"), Module("b", ("a",)), Module("c", ("b",)), Module("d"), Module("e"), Module("f")]
)
CHANCE = 0.5


def names(actions: list[Action]) -> list[str]:
    """Actions in short: pull:a, apply:a, check, refresh, finished."""
    found = []
    for one in actions:
        kind = type(one).__name__.lower()
        found.append(f"{kind}:{one.module}" if isinstance(one, Pull | Apply) else kind)
    return found


class Run:
    """A plan and its clock."""

    def __init__(self, changed: Mapping[str, bool] | None = None, plan: SyncPlan | None = None) -> None:
        self.plan = plan or SyncPlan(GRAPH)
        self.now_ms = 1_000
        self.cycle = 0
        self.finished: list[Finished] = []
        if changed is not None:
            self.plan.trigger(Trigger.START)
            assert self.go() == ["check"]
            self.check(changed)

    def go(self, later_ms: int = 0) -> list[str]:
        self.now_ms += later_ms
        actions = self.plan.actions(self.now_ms, CHANCE)
        for one in actions:
            if isinstance(one, Finished):
                self.finished.append(one)
            else:
                self.cycle = one.cycle
        return names(actions)

    def check(self, changed: Mapping[str, bool], **policy: int) -> None:
        self.plan.checked(self.cycle, changed, 77, **policy)

    def page(self, module: str, more: bool = False) -> list[str]:
        """A page comes in and is applied at once."""
        self.plan.pulled(self.cycle, module, more)
        found = self.go()
        assert f"apply:{module}" in found
        self.plan.applied(self.cycle, module)
        return [one for one in found if one != f"apply:{module}"] + self.go()

    def fail(self, step: str, kind: FailureClass, retry_after_ms: int = 0) -> None:
        self.plan.failed(self.cycle, step, Failure(kind, "why", retry_after_ms), self.now_ms, CHANCE)

    def steps(self) -> dict[str, str]:
        return {name: one.step.value for name, one in self.finished[-1].modules.items()}


def all_of(*modules: str) -> dict[str, bool]:
    return dict.fromkeys(modules, False)


def test_nothing_happens_without_a_trigger() -> None:
    run = Run()
    assert (run.go(10**9), run.plan.due_ms(), run.plan.phase) == ([], None, Phase.IDLE)


def test_nothing_changed_ends_the_cycle_and_the_timer_begins_the_next() -> None:
    run = Run({})
    assert run.go() == ["finished"]
    due = run.plan.due_ms()
    assert due is not None
    assert due == run.now_ms + 60_000
    assert run.go(59_999) == []
    assert run.go(1) == ["check"]


def test_parents_first_at_most_three_in_hand_in_the_graphs_order() -> None:
    run = Run(all_of("f", "e", "d", "c", "b", "a"))
    assert run.go() == ["pull:a", "pull:d", "pull:e"]
    assert run.page("d") == ["pull:f"]
    assert run.page("a") == ["pull:b"]
    assert run.page("b") == ["pull:c"]
    assert run.page("e") == []
    assert run.page("f") == []
    assert run.page("c") == ["finished"]
    assert set(run.steps().values()) == {"DONE"}


def test_a_module_of_many_pages_is_pulled_page_by_page_from_its_start_only_once() -> None:
    run = Run({"a": True, "b": False})
    first = run.plan.actions(run.now_ms, CHANCE)
    assert first == [Pull(1, "a", 77, from_start=True)]
    run.plan.pulled(1, "a", more=True)
    assert run.go() == ["apply:a"]
    run.plan.applied(1, "a")
    assert run.plan.actions(run.now_ms, CHANCE) == [Pull(1, "a", 77, from_start=False)]


def test_one_page_is_applied_at_a_time() -> None:
    run = Run(all_of("a", "d", "e"))
    run.go()
    for module in ("e", "d", "a"):
        run.plan.pulled(run.cycle, module, more=False)
    assert run.go() == ["apply:a"]
    assert run.go() == []
    run.plan.applied(run.cycle, "a")
    assert run.go() == ["apply:d"]


def test_an_unchanged_parent_holds_nobody_up_but_its_changed_parent_does() -> None:
    run = Run(all_of("a", "c"))
    assert run.go() == ["pull:a"]
    assert run.page("a") == ["pull:c"]


def test_a_failed_parent_blocks_its_descendants_only() -> None:
    run = Run(all_of("a", "b", "c", "d"))
    run.go()
    run.fail("a", F.REFUSED)
    assert run.page("d") == ["finished"]
    assert run.steps() == {"a": "FAILED", "b": "BLOCKED", "c": "BLOCKED", "d": "DONE"}
    assert run.finished[-1].modules["c"].reason == "waits for a, which failed: why"


@pytest.mark.parametrize("kind", [F.REFUSED, F.NOT_THERE, F.BAD_ROWS, F.LOCAL])
def test_final_failures_are_not_retried(kind: FailureClass) -> None:
    run = Run(all_of("a"))
    run.go()
    run.fail("a", kind)
    assert run.go() == ["finished"]
    assert run.finished[-1].modules["a"].retries == 0


def test_transient_failures_are_retried_with_growing_jitter_up_to_the_policy_and_fresh_next_cycle() -> None:
    run = Run()
    run.plan.trigger(Trigger.START)
    run.go()
    run.check(all_of("a"), max_sync_retry=3)
    assert run.go() == ["pull:a"]
    for wait_ms in (500, 1_000, 2_000):
        run.fail("a", F.TRANSIENT)
        assert run.plan.due_ms() == run.now_ms + wait_ms
        assert run.go(wait_ms - 1) == []
        assert run.go(1) == ["pull:a"]
    run.fail("a", F.NOT_REACHED)
    assert run.go() == ["finished"]
    assert (run.steps(), run.finished[-1].modules["a"].retries) == ({"a": "FAILED"}, 3)
    run.go(70_000)
    run.check(all_of("a"), max_sync_retry=1)
    assert run.go() == ["pull:a"]
    run.fail("a", F.TRANSIENT)
    assert run.go(500) == ["pull:a"]


def test_a_resting_module_leaves_its_hand_to_others() -> None:
    run = Run(all_of("a", "d", "e", "f"))
    assert run.go() == ["pull:a", "pull:d", "pull:e"]
    run.fail("a", F.TRANSIENT)
    assert run.go() == ["pull:f"]


def test_throttling_stops_all_pulls_until_it_is_over_and_uses_up_no_retry() -> None:
    run = Run(all_of("a", "d"))
    run.go()
    run.fail("a", F.THROTTLED, 9_000)
    assert run.page("d") == []
    assert run.plan.due_ms() == run.now_ms + 9_000
    assert run.go(9_000) == ["pull:a"]
    run.page("a")
    assert run.finished[-1].modules["a"].retries == 0


def test_throttling_without_end_ends_the_cycle_and_the_next_one_waits_too() -> None:
    run = Run(all_of("a"))
    for _ in range(THROTTLES_MAX + 1):
        assert run.go(1_000) == ["pull:a"]
        run.fail("a", F.THROTTLED, 1_000)
    run.plan.trigger(Trigger.BUTTON)
    assert run.go() == ["finished"]
    assert run.go(999) == []
    assert run.go(1) == ["check"]


def test_the_token_is_refreshed_once_and_all_calls_made_with_the_old_one_are_repeated() -> None:
    run = Run(all_of("a", "d", "e"))
    run.go()
    run.fail("a", F.UNAUTHORIZED)
    assert run.go() == ["refresh"]
    run.fail("d", F.UNAUTHORIZED)
    assert run.go() == []
    run.plan.refreshed(run.cycle)
    assert run.go() == ["pull:a", "pull:d"]
    run.fail("e", F.UNAUTHORIZED)  # called before the refresh, answered after it
    assert run.go() == ["pull:e"]
    run.fail("a", F.UNAUTHORIZED)  # with the new token: no third try
    assert run.go() == []
    run.fail("d", F.UNAUTHORIZED)
    run.plan.pulled(run.cycle, "e", more=False)
    assert run.go() == ["finished"]
    failure = run.finished[-1].failure
    assert failure is not None
    assert failure.kind is F.UNAUTHORIZED


def test_a_refresh_that_cannot_be_made_ends_the_cycle_after_its_retries() -> None:
    run = Run()
    run.plan.trigger(Trigger.START)
    run.go()
    run.fail(GATEWAY, F.UNAUTHORIZED)
    assert run.go() == ["refresh"]
    for _ in range(3):
        run.fail(TOKEN, F.NOT_REACHED)
        assert run.go(30_000) == ["refresh"]
    run.fail(TOKEN, F.NOT_REACHED)
    assert run.go() == ["finished"]
    assert run.plan.phase is Phase.IDLE


def test_forbidden_waits_for_what_runs_then_pauses_with_an_alarm_and_looks_again_by_itself() -> None:
    run = Run(all_of("a", "d"))
    run.go()
    run.plan.pulled(run.cycle, "a", more=False)
    assert run.go() == ["apply:a"]
    run.fail("d", F.FORBIDDEN)
    assert run.go() == []
    run.plan.applied(run.cycle, "a")
    assert run.go() == ["finished"]
    assert (run.finished[-1].alarm, run.steps(), run.plan.phase) == (
        True,
        {"a": "DONE", "d": "FAILED"},
        Phase.PAUSED,
    )
    for trigger in (Trigger.CLOUD_HINT, Trigger.NETWORK_BACK, Trigger.TIMER):
        run.plan.trigger(trigger)
    assert run.go(PAUSE_PROBE_MS - 1) == []
    assert run.go(1) == ["check"]


def test_a_person_ends_a_pause_at_once() -> None:
    run = Run()
    run.plan.trigger(Trigger.START)
    run.go()
    run.fail(GATEWAY, F.FORBIDDEN)
    run.go()
    run.plan.trigger(Trigger.BUTTON)
    assert run.plan.actions(run.now_ms, CHANCE) == [Check(2, Trigger.BUTTON)]


def test_single_flight_with_one_again() -> None:
    run = Run(all_of("a"))
    run.go()
    for _ in range(5):
        run.plan.trigger(Trigger.CLOUD_HINT)
    assert run.page("a") == ["finished", "check"]
    run.check({})
    assert run.go() == ["finished"]
    assert run.go(1_000) == []


def test_a_reset_begins_the_module_anew_without_a_retry_and_not_for_ever() -> None:
    run = Run(all_of("a"))
    run.go()
    for _ in range(2):
        run.fail("a", F.RESET)
        (action,) = run.plan.actions(run.now_ms, CHANCE)
        assert action == Pull(1, "a", 77, from_start=True)
    run.fail("a", F.RESET)
    assert run.go() == ["finished"]
    assert (run.steps(), run.finished[-1].modules["a"].retries) == ({"a": "FAILED"}, 0)


def test_a_gone_watermark_begins_a_new_cycle_at_once_but_not_for_ever() -> None:
    run = Run()
    run.plan.trigger(Trigger.START)
    run.go()
    for again in range(1, GONE_IN_A_ROW_MAX + 1):
        run.check(all_of("a"))
        assert run.go() == ["pull:a"]
        run.fail("a", F.WATERMARK_GONE)
        assert run.go() == (["finished", "check"] if again < GONE_IN_A_ROW_MAX else ["finished"])


def test_what_comes_from_an_older_cycle_is_ignored() -> None:
    run = Run({})
    run.go()
    run.plan.trigger(Trigger.BUTTON)
    run.go()
    run.plan.pulled(1, "a", more=False)
    run.plan.applied(1, "a")
    run.plan.refreshed(1)
    run.plan.failed(1, "a", Failure(F.FORBIDDEN, "late"), run.now_ms, CHANCE)
    run.plan.checked(1, all_of("a"), 5)
    assert (run.plan.phase, run.go()) == (Phase.CHECKING, [])


def test_modules_of_another_profile_are_ignored() -> None:
    run = Run({"recipes": False, "d": False})
    assert run.go() == ["pull:d"]


KINDS = [
    F.NOT_REACHED,
    F.TRANSIENT,
    F.THROTTLED,
    F.UNAUTHORIZED,
    F.RESET,
    F.REFUSED,
    F.BAD_ROWS,
    F.LOCAL,
    F.WATERMARK_GONE,
]


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["retail", "restaurant"]), st.floats(0, 0.6))
def test_any_weather_keeps_the_rules_and_ends(seed: int, profile: str, bad: float) -> None:
    """At every moment: ≤ 3 in hand, one apply, no child before its changed parents are done; every cycle ends, every call is answered once."""
    chance = random.Random(seed)
    graph = profile_graph(profile)
    plan = SyncPlan(graph)
    plan.trigger(Trigger.START)
    now_ms, open_calls, ended, pages = 0, list[Action](), 0, dict[str, int]()
    for _ in range(3_000):
        for action in plan.actions(now_ms, chance.random()):
            if isinstance(action, Finished):
                assert not [one for one in open_calls if not isinstance(one, Check)]
                assert all(
                    one.step in (Step.DONE, Step.FAILED, Step.BLOCKED) for one in action.modules.values()
                )
                ended += 1
                continue
            open_calls.append(action)
            if isinstance(action, Pull):
                steps = plan.steps()
                assert all(
                    steps.get(parent, Step.DONE) is Step.DONE for parent in graph.parents[action.module]
                )
        assert (
            sum(step in (Step.PULLING, Step.PULLED, Step.APPLYING) for step in plan.steps().values())
            <= IN_HAND_MAX
        )
        assert sum(isinstance(one, Apply) for one in open_calls) <= 1
        if ended >= 3:
            return
        if not open_calls:
            due = plan.due_ms()
            assert due is not None, "nothing runs, and nothing is due: stuck"
            now_ms = max(now_ms, due)
            continue
        action = open_calls.pop(chance.randrange(len(open_calls)))
        now_ms += chance.randrange(50)
        name = (
            action.module
            if isinstance(action, Pull | Apply)
            else TOKEN
            if isinstance(action, Refresh)
            else GATEWAY
        )
        assert not isinstance(action, Finished)
        if chance.random() < bad and not isinstance(action, Apply):
            failure = Failure(chance.choice(KINDS), "weather", chance.randrange(5_000))
            plan.failed(action.cycle, name, failure, now_ms, chance.random())
        elif isinstance(action, Check):
            changed = {one: chance.random() < 0.1 for one in graph.order if chance.random() < 0.8}
            pages = {one: chance.randrange(1, 4) for one in changed}
            plan.checked(action.cycle, changed, 1)
        elif isinstance(action, Refresh):
            plan.refreshed(action.cycle)
        elif isinstance(action, Pull):
            pages[action.module] -= 1
            plan.pulled(action.cycle, action.module, more=pages[action.module] > 0)
        else:
            plan.applied(action.cycle, action.module)
    raise AssertionError("three cycles did not end in 3000 steps")
