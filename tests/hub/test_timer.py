"""The hub's clockwork over a store: what is due happens once, also after a restart and when the store refuses for a while."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from heard.command import Command, Hold, PaintedLine, SendOut, Verb
from heard.expo import expo_card
from heard.order import Course, LineState, Order
from heard.stream import SiteState, StationStatus
from hub.core import kitchen
from hub.core.decision import Decision, Docs, order_key
from hub.core.due import SENT_SHOWN_MS
from hub.core.site import LEAD_MS, KitchenRules
from hub.store.memory import MemoryStore
from hub.store.seam import StoreUnavailable
from hub.timer import AGAIN_MS, Timer
from tests.hub.core.making import SITE, line, order


class Hub:
    """A store, a clock and the timer."""

    def __init__(self, rules: KitchenRules | None = None) -> None:
        self.now_ms = 1_000_000
        self.store = MemoryStore(1, now_ms=lambda: self.now_ms)
        self.site = replace(SITE, rules=rules or KitchenRules())
        self.seq = 0
        self.start()

    def start(self) -> None:
        """A hub that starts anew on the same store."""
        self.timer = Timer(self.store, lambda: self.site)

    def do(self, verb: Verb, order_id: str = "o1") -> None:
        self.seq += 1
        command = Command(order_id, verb, self.seq, "", "T1", "i", 1)

        def decide(docs: Docs, now_ms: int) -> Decision:
            found = kitchen.decide(docs, command, now_ms, self.site)
            assert isinstance(found, Decision)
            return found

        self.store.submit_soon(kitchen.needs(command), decide, lambda outcome: None)
        self.settle()

    def settle(self) -> None:
        while self.store.step():
            pass

    def wait(self, ms: int) -> None:
        self.now_ms += ms
        for _ in range(3):
            self.timer.tick()
            self.settle()

    def order(self, order_id: str = "o1") -> Order:
        found = self.store.get(order_key(order_id))
        assert isinstance(found, Order)
        return found

    def states(self) -> set[LineState]:
        return {at.state for one in self.order().lines for at in one.stations}


def test_a_scheduled_order_is_released_in_its_time_also_after_a_restart() -> None:
    hub = Hub()
    hub.do(Hold(order("o1", due_at_ms=hub.now_ms + LEAD_MS + 60_000)))
    assert hub.timer.waiting == 1
    hub.wait(59_000)
    assert hub.order().scheduled
    hub.start()
    assert hub.timer.waiting == 1
    hub.wait(2_000)
    assert not hub.order().scheduled
    assert hub.states() == {LineState.QUEUED}
    assert hub.timer.waiting == 0
    version = hub.order().version
    hub.wait(100_000)
    assert hub.order().version == version  # once


def test_what_became_due_while_the_hub_was_down_happens_when_it_is_up() -> None:
    hub = Hub()
    hub.do(Hold(order("o1", line("a", course=2), courses=(Course(2, fires_at_ms=hub.now_ms + 5_000),))))
    hub.now_ms += 3_600_000
    hub.start()
    hub.wait(0)
    assert hub.states() == {LineState.QUEUED}


def test_a_later_course_is_fired_and_what_expo_sent_leaves_by_itself() -> None:
    hub = Hub(KitchenRules(auto_fire=True))
    hub.do(Hold(order("o1", line("a"), line("b", course=2), courses=(Course(2),))))
    card = expo_card(hub.order())
    assert card is not None
    hub.do(SendOut(tuple(PaintedLine(one.line.line_id, one.version) for one in card.missing)))
    hub.wait(0)
    assert hub.order().line("b").stations[0].state is LineState.QUEUED  # type: ignore[union-attr]
    hub.wait(SENT_SHOWN_MS)
    at = hub.order().line("a").stations[0]  # type: ignore[union-attr]
    assert at.acknowledged_version >= at.version


def test_a_full_disk_only_delays_it() -> None:
    hub = Hub()
    hub.do(Hold(order("o1", due_at_ms=hub.now_ms + LEAD_MS + 1_000)))
    submit = hub.store.submit_soon
    refused: list[Any] = []

    def full(keys: Any, decide: Any, done: Any) -> None:
        refused.append(done)
        done(StoreUnavailable("full"))

    hub.store.submit_soon = full  # type: ignore[method-assign]
    hub.wait(2_000)
    assert len(refused) >= 1
    hub.store.submit_soon = submit  # type: ignore[method-assign]
    hub.wait(AGAIN_MS)
    assert not hub.order().scheduled


def test_a_setting_that_changes_is_followed() -> None:
    hub = Hub()
    hub.do(Hold(order("o1", line("a"), line("b", course=2), courses=(Course(2),))))
    card = expo_card(hub.order())
    assert card is not None
    hub.do(SendOut(tuple(PaintedLine(one.line.line_id, one.version) for one in card.missing)))
    hub.wait(1_000)
    assert hub.order().line("b").stations[0].state is LineState.WAITING  # type: ignore[union-attr]
    hub.site = replace(hub.site, rules=KitchenRules(auto_fire=True))
    hub.timer.look_again()
    hub.wait(0)
    assert hub.order().line("b").stations[0].state is LineState.QUEUED  # type: ignore[union-attr]


def test_what_waited_for_the_end_of_a_pause_is_done_then() -> None:
    hub = Hub()
    fires_at_ms = hub.now_ms + 60_000
    courses = (Course(2, fires_at_ms=fires_at_ms),)
    hub.do(Hold(order("o1", line("a", course=2), courses=courses)))
    hub.site = replace(hub.site, state=SiteState((StationStatus("", paused_until_ms=fires_at_ms + 300_000),)))
    hub.timer.pause_changed()
    hub.wait(120_000)
    assert hub.states() == {LineState.WAITING}
    hub.site = replace(hub.site, state=SiteState())
    hub.timer.pause_changed()
    hub.wait(0)
    assert hub.states() == {LineState.QUEUED}
    assert hub.order().lines[0].stations[0].queued_at_ms == hub.now_ms, "its age begins when it may be made"


def test_a_paced_line_waits_for_the_end_of_a_pause_too() -> None:
    hub = Hub(KitchenRules(pacing=True))
    hub.do(Hold(order("o1", line("slow", "fry", prep_time_s=600), line("quick", prep_time_s=60))))
    assert hub.states() == {LineState.QUEUED, LineState.WAITING}
    hub.site = replace(hub.site, state=SiteState((StationStatus("grill", paused_until_ms=1),)))
    hub.timer.pause_changed()
    hub.wait(600_000)
    assert hub.states() == {LineState.QUEUED, LineState.WAITING}
    hub.site = replace(hub.site, state=SiteState())
    hub.timer.pause_changed()
    hub.wait(0)
    assert hub.states() == {LineState.QUEUED}
