"""A till hears what became of its orders also where the hub was killed before it could say so, and where they closed first."""

from __future__ import annotations

import time
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from heard.command import (
    Acknowledge,
    AddLines,
    BumpLines,
    Command,
    Hold,
    MarkPickedUp,
    PaintedLine,
    StartLines,
    Verb,
    VoidLines,
    VoidOrder,
)
from heard.order import VoidAnswer
from heard.pos import Terminal
from heard.stream import Event, HeardState, HeardValue, Live, SiteProfile, View, ViewKind
from heard.wire import decode_batch
from hub.core import kitchen
from hub.core.decision import Decision, Docs
from hub.core.hearing import Hearing
from hub.rpc import heard as heard_module
from hub.rpc.heard import Heard
from hub.rpc.live import LiveValues
from hub.store.memory import MemoryStore
from tests.hub.core.making import SITE, line, order
from tests.hub.rpc.serving import Client, an_order, serving
from tests.waiting import until

NOON_MS = 1_795_521_600_000
"""2026-11-24, UTC: hours later it is still that day."""
TILL = View(ViewKind.TERMINAL, terminal="T1")


class Hub:
    """A store, and what the hub says of it to tills."""

    def __init__(self) -> None:
        self.store = MemoryStore(1, conflicts=0.0)
        self.seqs: dict[str, int] = {}
        self.start()

    def start(self) -> None:
        """kill -9, and a start on what is on disk."""
        self.live = LiveValues("run")
        self.heard = Heard(self.store, Hearing(self.store.now_ms(), SiteProfile()), self.live)

    def do(self, verb: Verb, device: str = "T1") -> None:
        self.seqs[device] = self.seqs.get(device, 0) + 1
        command = Command("o1", verb, self.seqs[device], "", device, "i", 1)

        def decide(docs: Docs, now_ms: int) -> Decision:
            found = kitchen.decide(docs, command, now_ms, SITE)
            assert isinstance(found, Decision)
            return found

        self.store.submit_soon(kitchen.needs(command), decide, lambda outcome: None)
        while self.store.step():
            pass

    def told(self) -> dict[str, HeardValue]:
        """What the till that connects now is told of the order, by station."""
        self.heard.introduce(TILL)
        events: list[Event] = []
        for piece in self.live.audience("terminal:T1").since(0):
            events += decode_batch(piece)
        values = [event.value for event in events if isinstance(event, Live)]
        return {value.station: value for value in values if isinstance(value, HeardValue)}


def test_of_an_order_that_closed_just_before_the_kill() -> None:
    hub = Hub()
    hub.do(Hold(order("o1", line("a"), line("c", "fry"))))
    hub.do(BumpLines("grill", (PaintedLine("a", 1),)), "grill")
    hub.do(BumpLines("fry", (PaintedLine("c", 1),)), "fry")
    hub.do(MarkPickedUp())
    hub.start()
    assert {station: value.state for station, value in hub.told().items()} == {
        "grill": HeardState.HEARD,
        "fry": HeardState.HEARD,
    }


def test_what_the_cooks_said_of_a_void_outlives_the_kill() -> None:
    hub = Hub()
    hub.do(Hold(order("o1", line("a"))))
    hub.do(VoidOrder())
    hub.do(Acknowledge("grill", (PaintedLine("a", 2),), VoidAnswer.NOT_MADE), "grill")
    hub.start()
    (value,) = hub.told().values()
    assert [(one.line_id, one.answer) for one in value.voided] == [("a", VoidAnswer.NOT_MADE)]


def test_of_an_order_that_closes_before_its_till_is_back() -> None:
    """After the restart the till's journal comes first on its command stream, and only then it watches."""
    hub = Hub()
    hub.do(Hold(order("o1", line("a"))))
    hub.do(BumpLines("grill", (PaintedLine("a", 1),)), "grill")
    hub.start()
    hub.do(MarkPickedUp())
    assert {station: value.state for station, value in hub.told().items()} == {"grill": HeardState.HEARD}


def test_what_was_made_before_the_void_is_said_at_once() -> None:
    """Its tile is gone, so that no cook acknowledges it: the refund need not guess."""
    hub = Hub()
    hub.do(Hold(order("o1", line("a"), line("c", "fry"))))
    hub.do(BumpLines("grill", (PaintedLine("a", 1),)), "grill")
    hub.do(BumpLines("fry", (PaintedLine("c", 1),)), "fry")
    hub.do(VoidOrder())
    said = {station: [one.answer for one in value.voided] for station, value in hub.told().items()}
    assert said == {"grill": [VoidAnswer.MADE], "fry": [VoidAnswer.MADE]}


def test_a_void_that_nobody_saw_is_answered_when_the_guest_has_gone() -> None:
    """Its tile leaves with the order, so that nobody can be asked any more."""
    hub = Hub()
    hub.do(Hold(order("o1", line("a"), line("b"))))
    hub.do(StartLines("grill", (PaintedLine("a", 1),)), "grill")
    hub.do(VoidLines(("a", "b")))
    assert [len(value.voided) for value in hub.told().values()] == [0]
    hub.do(AddLines((line("d"),)))
    hub.do(MarkPickedUp())
    (value,) = hub.told().values()
    assert {one.line_id: one.answer for one in value.voided} == {
        "a": VoidAnswer.MADE,
        "b": VoidAnswer.UNKNOWN,
    }


async def test_a_till_that_was_off_for_hours_hears_what_became_of_its_void(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its order is long closed, and the hub was restarted in between: a refund need not guess."""
    monkeypatch.setattr(heard_module, "LAST_WORDS_REVS", 2)
    begun_s, away_s = time.monotonic(), 0.0

    async def answer() -> VoidAnswer:
        """What the till hears that comes back with nothing in its memory."""
        journal = tmp_path / f"till-{away_s:g}"
        async with Terminal(device="T1", journal=journal, hub=client.address.address) as till:
            voided = await until(lambda: said["grill"].voided if (said := till.heard("o1")) else ())
            return voided[0].answer

    def hub() -> AbstractAsyncContextManager[Client]:
        def at_s() -> float:
            return time.monotonic() - begun_s + away_s

        return serving(tmp_path / "data", wall_ms=lambda: NOON_MS + round(at_s() * 1000), monotonic=at_s)

    async with hub() as client:
        await client.hold(an_order("o1"), "T1")
        await client.execute(Command("o1", VoidOrder(), command_id="void"), "T1")
        seen = Acknowledge("grill", (PaintedLine("l1", 2),), VoidAnswer.NOT_MADE)
        await client.execute(Command("o1", seen, command_id="seen"), "grill-1")
        assert not client.hub.store.open_orders()
        away_s = 3 * 3_600.0
        client.hub.heard.tick()
        assert await answer() is VoidAnswer.NOT_MADE
    away_s += 3_600.0
    async with hub() as client:
        for n in range(3):
            await client.hold(an_order(f"later-{n}"), "T2")
    away_s += 60.0
    async with hub() as client:
        assert await answer() is VoidAnswer.NOT_MADE
