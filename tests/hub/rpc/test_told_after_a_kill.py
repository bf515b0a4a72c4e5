"""A till hears what became of its orders also where the hub was killed before it could say so, and where they closed first."""

from __future__ import annotations

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
from heard.stream import Event, HeardState, HeardValue, Live, SiteProfile, View, ViewKind
from heard.wire import decode_batch
from hub.core import kitchen
from hub.core.decision import Decision, Docs
from hub.core.hearing import Hearing
from hub.rpc.heard import Heard
from hub.rpc.live import LiveValues
from hub.store.memory import MemoryStore
from tests.hub.core.making import SITE, line, order

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
