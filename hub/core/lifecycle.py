"""The life cycles of an order and of a line, as tables: state x verb -> rule. The code, the documents and the tests read them.

A verb is judged twice: the order's table says whether it may touch the order at all, then, for verbs that name lines, the
line's table says what becomes of each line. UNSPECIFIED as an order's state stands for an order that the hub does not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from heard.order import LineState, OrderState, StationLine
from heard.ticket import unseen_void
from heard.why import NO_WHY, Why, why


class Kind(Enum):
    """What a rule says."""

    DO = "do"
    """Carried out; verbs on lines are then judged line by line."""
    ALREADY = "ALREADY"
    """It stands in the wanted state."""
    SAME = "ALREADY or CONFLICT"
    """ALREADY when the content is the same, else REJECTED(CONFLICT)."""
    NOT_NOW = "NOT_NOW"
    """The life cycle does not allow it in this state."""
    GONE = "GONE"
    UNSUPPORTED = "UNSUPPORTED"
    """A verb whose place is kept for a later release."""
    NONE = "-"
    """The verb does not touch lines."""


class Stand(Enum):
    """Where a line stands at a station; a void is two states, before and after the cooks acknowledged it."""

    WAITING = "WAITING"
    QUEUED = "QUEUED"
    STARTED = "STARTED"
    DONE = "DONE"
    VOIDED_UNSEEN = "VOIDED, not acknowledged"
    VOIDED = "VOIDED"
    SENT = "SENT"


BY_LINES = ("HELD", "STARTED", "READY")
"""READY when every station is done with every line, STARTED once any has begun, else HELD."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`to` are the states that may follow (several: they follow from the lines); `why` is told to people when refused."""

    kind: Kind
    to: tuple[str, ...] = ()
    why: Why = NO_WHY

    def __str__(self) -> str:
        if self.to == BY_LINES:
            return "→ as its lines say"
        if self.to == (*BY_LINES, "PICKED_UP"):
            return "→ as its lines say, or as it was"
        if self.kind is Kind.DO:
            return "→ " + " / ".join(self.to) if self.to else "do"
        return str(self.kind.value)


COOKING = ("start", "bump", "recall", "undo", "acknowledge", "move")
COURSES = ("fire", "hold_course")
CHANGING = (
    "add_lines", "change_line", "change_order", "void_lines", "void_order", "rush", "transfer", "remake",
)  # fmt: skip
AMONG = ("split", "merge")
"""They touch two orders at once."""
PASSING = ("send_out", "confirm_allergy", "rider_here", "pack")
PAPER = ("print",)
MARKING = ("mark_paid", "mark_picked_up")
LATER = ("unknown",)
SITE = ("eighty_six", "pause", "close_station", "open_station")
"""About the site and no order; they stand in no table (see `site_verbs`)."""
KNOWN = (*CHANGING, *COURSES, *COOKING, *PASSING, *PAPER, *AMONG, *MARKING)
VERBS = ("hold", *KNOWN, *LATER)
ORDER_STATES = (
    OrderState.UNSPECIFIED,
    OrderState.HELD,
    OrderState.STARTED,
    OrderState.READY,
    OrderState.PICKED_UP,
    OrderState.VOIDED,
    OrderState.MERGED,
)
OPEN_ORDER_STATES = ORDER_STATES[1:4]


def _order_table() -> dict[tuple[OrderState, str], Rule]:
    absent, picked_up = OrderState.UNSPECIFIED, OrderState.PICKED_UP
    voided, merged = OrderState.VOIDED, OrderState.MERGED
    by_lines = Rule(Kind.DO, BY_LINES)
    stays = Rule(Kind.DO, ("as it was",))
    already = Rule(Kind.ALREADY)
    table: dict[tuple[OrderState, str], Rule] = {}

    for verb in KNOWN:
        table[absent, verb] = Rule(Kind.GONE, why=why("order.unknown"))
        table[merged, verb] = Rule(Kind.NOT_NOW, why=why("order.merged"))
        for state in OPEN_ORDER_STATES:
            table[state, verb] = by_lines
        table[picked_up, verb] = Rule(Kind.NOT_NOW, why=why("order.picked_up"))
        table[voided, verb] = Rule(Kind.NOT_NOW, why=why("order.voided"))

    table[absent, "hold"] = by_lines
    for state in ORDER_STATES[1:]:
        table[state, "hold"] = Rule(Kind.SAME, why=why("order.another"))
    for state in OPEN_ORDER_STATES:
        table[state, "void_order"] = Rule(Kind.DO, ("VOIDED",))
        table[state, "rush"] = table[state, "mark_paid"] = table[state, "acknowledge"] = stays
        table[state, "mark_picked_up"] = Rule(Kind.DO, ("PICKED_UP",))
        table[state, "confirm_allergy"] = table[state, "rider_here"] = table[state, "pack"] = stays
        table[state, "print"] = stays
        table[state, "merge"] = Rule(Kind.DO, ("MERGED",))

    # A guest who has it is a fact; screens whose bumps were in a journal meanwhile tell them later.
    table[picked_up, "bump"] = table[picked_up, "acknowledge"] = table[picked_up, "mark_paid"] = stays
    table[picked_up, "print"] = stays
    table[picked_up, "mark_picked_up"] = already
    for verb in ("recall", "undo", "start", "move", *PASSING):
        table[picked_up, verb] = Rule(Kind.NOT_NOW, why=why("order.only_remake"))
    # The guest came back with it.
    table[picked_up, "remake"] = Rule(Kind.DO, (*BY_LINES, "PICKED_UP"))

    table[voided, "void_order"] = table[voided, "void_lines"] = already
    # By line: what was done stands, what was voided answers for itself.
    table[voided, "start"] = table[voided, "bump"] = stays
    table[voided, "acknowledge"] = table[voided, "mark_paid"] = stays
    table[voided, "print"] = Rule(Kind.NOT_NOW, why=why("order.voided_print"))
    for verb in ("recall", "undo"):
        table[voided, verb] = Rule(Kind.NOT_NOW, why=why("order.voided_recall"))

    for verb in LATER:
        for state in ORDER_STATES:
            table[state, verb] = Rule(Kind.UNSUPPORTED, why=why("command.unknown"))
    return table


def _line_table() -> dict[tuple[Stand, str], Rule]:
    waiting, queued, started, done = Stand.WAITING, Stand.QUEUED, Stand.STARTED, Stand.DONE
    unseen, voided, sent = Stand.VOIDED_UNSEEN, Stand.VOIDED, Stand.SENT
    already = Rule(Kind.ALREADY)
    fire_first = Rule(Kind.NOT_NOW, why=why("line.fire_first"))
    table: dict[tuple[Stand, str], Rule] = {}
    for stand in Stand:
        for verb in VERBS:
            table[stand, verb] = Rule(Kind.NONE)
        for verb in LATER:
            table[stand, verb] = Rule(Kind.UNSUPPORTED)
        table[stand, "undo"] = Rule(Kind.DO, ("what it was before",))
        table[stand, "acknowledge"] = Rule(Kind.DO, (stand.value,))

    for verb in ("start", "bump"):
        table[waiting, verb] = fire_first
        table[unseen, verb] = Rule(Kind.NOT_NOW, why=why("line.voided_unseen"))
        table[voided, verb] = already
    table[queued, "start"] = Rule(Kind.DO, ("STARTED",))
    table[started, "start"] = table[done, "start"] = already
    table[queued, "bump"] = table[started, "bump"] = Rule(Kind.DO, ("DONE",))
    table[done, "bump"] = already
    # Expo sent it: what the cook still does to it changes nothing, but it can be called back.
    table[sent, "start"] = table[sent, "bump"] = already

    table[waiting, "recall"] = fire_first
    table[queued, "recall"] = table[started, "recall"] = already
    table[done, "recall"] = table[sent, "recall"] = Rule(Kind.DO, ("QUEUED",))
    for stand in (unseen, voided):
        table[stand, "recall"] = Rule(Kind.NOT_NOW, why=why("line.voided_recall"))
    table[unseen, "acknowledge"] = Rule(Kind.DO, ("VOIDED",))
    table[voided, "acknowledge"] = already

    table[waiting, "fire"] = Rule(Kind.DO, ("QUEUED",))
    table[queued, "hold_course"] = Rule(Kind.DO, ("WAITING",))
    moves = Rule(Kind.DO, ("the same, at the other station",))
    table[waiting, "move"] = table[queued, "move"] = table[started, "move"] = moves
    made = Rule(Kind.NOT_NOW, why=why("line.made"))
    table[done, "move"] = table[sent, "move"] = made
    table[unseen, "move"] = Rule(Kind.NOT_NOW, why=why("line.voided_unseen"))
    table[voided, "move"] = already
    not_made = Rule(Kind.NOT_NOW, why=why("line.not_made"))
    table[waiting, "remake"] = table[queued, "remake"] = table[started, "remake"] = not_made
    table[done, "remake"] = Rule(Kind.DO, ("DONE",))
    table[sent, "remake"] = Rule(Kind.DO, ("SENT",))
    for stand in (unseen, voided):
        table[stand, "remake"] = Rule(Kind.NOT_NOW, why=why("line.voided_remake"))
    table[waiting, "send_out"] = fire_first
    table[queued, "send_out"] = table[started, "send_out"] = Rule(Kind.DO, ("SENT",))
    table[done, "send_out"] = Rule(Kind.DO, ("DONE",))
    for stand in (unseen, voided, sent):
        table[stand, "send_out"] = already
    for stand in Stand:
        for verb in AMONG:
            table[stand, verb] = Rule(Kind.DO, ("the same, in the other order",))
    for stand in (waiting, queued):
        table[stand, "transfer"] = Rule(Kind.DO, (stand.value, "the same, at the other station"))
    for stand in (waiting, queued, started):
        table[stand, "change_line"] = Rule(Kind.DO, (stand.value,))
    # What was made and now differs is made again, or only its difference.
    table[done, "change_line"] = Rule(Kind.DO, ("DONE", "QUEUED"))
    table[sent, "change_line"] = Rule(Kind.DO, ("SENT", "QUEUED"))
    for stand in (unseen, voided):
        table[stand, "change_line"] = Rule(Kind.NOT_NOW, why=why("line.voided"))
    for verb in ("void_lines", "void_order"):
        for stand in (waiting, queued, started):
            table[stand, verb] = Rule(Kind.DO, (unseen.value,))
        # Done and its tile gone: nobody has to acknowledge what nobody sees; it was made.
        table[done, verb] = table[sent, verb] = Rule(Kind.DO, (unseen.value, "VOIDED"))
        table[unseen, verb] = table[voided, verb] = already
    # Nobody can be asked any more: what is known of it is the answer.
    table[unseen, "mark_picked_up"] = Rule(Kind.DO, ("VOIDED",))
    return table


ORDER_TABLE: Mapping[tuple[OrderState, str], Rule] = MappingProxyType(_order_table())
LINE_TABLE: Mapping[tuple[Stand, str], Rule] = MappingProxyType(_line_table())
UNKNOWN_STATE = Rule(Kind.NOT_NOW, why=why("order.newer_state"))

_STANDS = {
    LineState.WAITING: Stand.WAITING,
    LineState.QUEUED: Stand.QUEUED,
    LineState.STARTED: Stand.STARTED,
    LineState.DONE: Stand.DONE,
    LineState.SENT: Stand.SENT,
}


def stand_of(at: StationLine) -> Stand:
    """The row of LINE_TABLE for a line at a station; a state of a newer release counts as WAITING, which nobody bumps."""
    if at.state is LineState.VOIDED:
        return Stand.VOIDED_UNSEEN if unseen_void(at) else Stand.VOIDED
    return _STANDS.get(at.state, Stand.WAITING)


def render_tables() -> str:
    """Both tables as Markdown, for ARCHITECTURE.md; a test compares them."""
    orders = {
        verb: [str(ORDER_TABLE[state, verb]) for state in ORDER_STATES] for verb in VERBS if verb not in LATER
    }
    lines = {
        verb: [str(LINE_TABLE[stand, verb]) for stand in Stand]
        for verb in VERBS
        if verb not in LATER and any(LINE_TABLE[stand, verb].kind is not Kind.NONE for stand in Stand)
    }
    heads = ["no such order", *(state.name for state in ORDER_STATES[1:])]
    later = ", ".join(f"`{verb}`" for verb in LATER)
    return (
        f"Orders:\n\n{_markdown(heads, orders)}\n\n"
        f"Lines at a station:\n\n{_markdown([stand.value for stand in Stand], lines)}\n\n"
        f"In every state REJECTED(UNSUPPORTED), their places kept: {later}.\n\n"
        f"About the site and no order: {', '.join(f'`{verb}`' for verb in SITE)}.\n"
    )


def _markdown(heads: list[str], rows: Mapping[str, list[str]]) -> str:
    out = ["| verb | " + " | ".join(heads) + " |", "|" + "---|" * (len(heads) + 1)]
    out += [f"| `{verb}` | " + " | ".join(cells) + " |" for verb, cells in rows.items()]
    return "\n".join(out)
