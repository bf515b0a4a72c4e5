"""A small site and a kitchen of documents without a store, for the tests of the core."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from heard.command import (
    Acknowledge,
    AddLines,
    Answer,
    BumpLines,
    ChangeLine,
    ChangeOrder,
    CloseStation,
    Command,
    ConfirmAllergy,
    EightySix,
    FireCourse,
    Hold,
    HoldCourse,
    MarkPaid,
    MarkPickedUp,
    Merge,
    MoveTicket,
    OpenStation,
    PackBags,
    PaintedLine,
    Pause,
    PrintTicket,
    RecallLines,
    Remake,
    RiderHere,
    Rush,
    SendOut,
    Split,
    StartLines,
    Transfer,
    Undo,
    UnknownVerb,
    Verb,
    VoidLines,
    VoidOrder,
)
from heard.expo import expo_card
from heard.order import Course, Line, Order, OrderType, StationLine
from heard.stream import SiteProfile
from hub.core.decision import Decision, Doc, Key
from hub.core.due import decide_due
from hub.core.floor import Floor
from hub.core.kitchen import Expected, decide, needs
from hub.core.routing import RoutingPlan, Rule
from hub.core.site import Site

PLAN = RoutingPlan(
    (
        Rule(("grill",), categories=("grill",)),
        Rule(("fry",), categories=("fry",), items=()),
        Rule(("fry",), items=("fries",)),
        Rule(("grill", "fry"), categories=("both",)),
    ),
    ("grill", "fry", "cold"),
    Floor(("grill", "fry", "cold"), papers=frozenset({"paper"})),
)
SITE = Site(PLAN, SiteProfile(allergy_words=("nut", "allergy", "حساسية")), epoch_n=1)


def line(line_id: str, category: str = "grill", quantity: int = 1, **fields: object) -> Line:
    """A line of that category."""
    return replace(
        Line(line_id, f"item-{line_id}", {"en": line_id}, quantity * 1000, category=category),
        **fields,  # type: ignore[arg-type]
    )


def order(order_id: str = "o1", *lines: Line, **fields: object) -> Order:
    """What a till holds; two lines at grill and one at fry unless told otherwise."""
    chosen = lines or (line("a"), line("b"), line("c", "fry"))
    made = Order(order_id, "214", OrderType.TAKEAWAY, lines=chosen, terminal="T1")
    return replace(made, **fields)  # type: ignore[arg-type]


@dataclass
class Kitchen:
    """Documents in a dict, decisions applied at once. Each device's seq counts by itself."""

    site: Site = SITE
    now_ms: int = 1_000_000
    docs: dict[Key, Doc] = field(default_factory=dict)
    seqs: dict[str, int] = field(default_factory=dict)
    decided: int = 0
    last: Decision | None = None

    def decide(self, command: Command) -> Decision | Expected:
        """Runs the core, and checks the seam's rules on the way."""
        keys = needs(command)
        found = decide({key: self.docs.get(key) for key in keys}, command, self.now_ms, self.site)
        if isinstance(found, Decision):
            assert found.reads.keys() <= keys
            assert found.puts.keys() <= found.reads.keys()
            for key, doc in found.puts.items():
                old = self.docs.get(key)
                assert doc.version > (0 if old is None else old.version), key
        return found

    def run(self, command: Command) -> Answer:
        """Decides and writes."""
        found = self.decide(command)
        assert isinstance(found, Decision), found
        self.docs.update(found.puts)
        self.decided += 1
        self.last = found
        assert found.answer is not None
        return found.answer

    def command(self, verb: Verb, device: str = "T1", order_id: str = "o1", **fields: object) -> Command:
        """The device's next command."""
        self.seqs[device] = self.seqs.get(device, 0) + 1
        made = Command(order_id, verb, self.seqs[device], "", device, "i1", self.site.epoch_n)
        return replace(made, **fields)  # type: ignore[arg-type]

    def do(self, verb: Verb, device: str = "T1", order_id: str = "o1", **fields: object) -> Answer:
        """The device's next command, carried out."""
        return self.run(self.command(verb, device, order_id, **fields))

    def hold(self, *lines: Line, order_id: str = "o1", **fields: object) -> Answer:
        return self.do(Hold(order(order_id, *lines, **fields)), order_id=order_id)

    def order(self, order_id: str = "o1") -> Order:
        found = self.docs[f"order/{order_id}"]
        assert isinstance(found, Order)
        return found

    def painted(self, station: str, *line_ids: str, order_id: str = "o1") -> tuple[PaintedLine, ...]:
        """The lines as a screen shows them now; all of the station when none are named."""
        found = []
        for one in self.order(order_id).lines:
            at = one.at(station)
            if at is not None and (not line_ids or one.line_id in line_ids):
                found.append(PaintedLine(one.line_id, at.version))
        return tuple(found)

    def start(self, station: str, *line_ids: str) -> Answer:
        return self.do(StartLines(station, self.painted(station, *line_ids)), station)

    def bump(self, station: str, *line_ids: str) -> Answer:
        return self.do(BumpLines(station, self.painted(station, *line_ids)), station)

    def recall(self, station: str, *line_ids: str) -> Answer:
        return self.do(RecallLines(station, self.painted(station, *line_ids)), station)

    def due(self, order_id: str = "o1", *, release: bool = False) -> bool:
        """The hub's timer looks at the order; True where it did something."""
        key = f"order/{order_id}"
        found = decide_due({key: self.docs.get(key)}, order_id, self.now_ms, self.site, release=release)
        assert found.puts.keys() <= found.reads.keys()
        self.docs.update(found.puts)
        return bool(found.puts)

    def at(self, line_id: str, station: str = "grill", order_id: str = "o1") -> StationLine:
        """How the line stands there."""
        found = self.line(line_id, order_id).at(station)
        assert found is not None
        return found

    def line(self, line_id: str, order_id: str = "o1") -> Line:
        found = self.order(order_id).line(line_id)
        assert found is not None
        return found

    def states(self, order_id: str = "o1") -> dict[str, str]:
        """ "a@grill" -> "QUEUED" for every line at every station."""
        return {
            f"{one.line_id}@{at.station}": at.state.name
            for one in self.order(order_id).lines
            for at in one.stations
        }

    def card_lines(self, *line_ids: str, order_id: str = "o1") -> tuple[PaintedLine, ...]:
        """The lines as expo's card shows them; all that can be sent when none are named."""
        card = expo_card(self.order(order_id))
        assert card is not None
        return tuple(
            PaintedLine(one.line.line_id, one.version)
            for one in (*card.lines_to_send, *card.held)
            if (one.line.line_id in line_ids if line_ids else one not in card.held)
        )

    def send_out(self, *line_ids: str, order_id: str = "o1") -> Answer:
        return self.do(SendOut(self.card_lines(*line_ids, order_id=order_id)), "expo", order_id)

    def undo(self, station: str) -> Answer:
        return self.do(Undo(station, self.seqs[station]), station)


def waiting(*line_ids: str) -> tuple[tuple[Course, ...], tuple[Line, ...]]:
    """A course that is not fired, and lines of it."""
    return (Course(2),), tuple(line(line_id, course=2) for line_id in line_ids)


def every_verb(painted: Iterable[PaintedLine] = ()) -> dict[str, Verb]:
    """One command of each verb, on line "a" at grill."""
    lines = tuple(painted) or (PaintedLine("a", 1),)
    found: tuple[Verb, ...] = (
        Hold(order()),
        AddLines((line("z"),)),
        ChangeLine("a", quantity_milli=3000),
        ChangeOrder(guest="Omar"),
        VoidLines(("a",)),
        VoidOrder(),
        Rush(),
        StartLines("grill", lines),
        BumpLines("grill", lines),
        RecallLines("grill", lines),
        Undo("grill", 1),
        Acknowledge("grill", lines),
        MarkPaid(100),
        MarkPickedUp(),
        FireCourse(2),
        HoldCourse(2),
        Remake(("a",), "dropped"),
        Split("o2", ("a",)),
        Merge("o2"),
        Transfer("7"),
        EightySix("x"),
        MoveTicket("grill", "fry", lines),
        Pause("grill"),
        SendOut(lines),
        ConfirmAllergy(("nuts",)),
        CloseStation("grill"),
        OpenStation("grill"),
        RiderHere(),
        PackBags(2),
        PrintTicket("grill", printer="paper"),
        UnknownVerb(),
    )
    return {verb.name: verb for verb in found}
