"""Whether every void was acknowledged, answered truly, and told to its till. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from heard.order import Line, LineState, Order, StationLine, VoidAnswer
from heard.play.compare import Verdict
from heard.ticket import unseen_void

Place = tuple[str, str]
"""(line id, station)."""
BEGUN = frozenset({LineState.STARTED, LineState.DONE})


@dataclass(slots=True)
class Voids:
    """Voided lines, counted at each station that had them."""

    voids: int = 0
    made: int = 0
    not_made: int = 0
    """What was answered; of the others nobody said."""
    unacknowledged: int = 0
    untold: int = 0
    wrong: int = 0
    """The answer is not what became of the food."""


def check_voids(
    orders: Iterable[Order],
    told: Mapping[Place, VoidAnswer],
    made_milli: Callable[[str, str], int],
    verdict: Verdict,
) -> Voids:
    """`orders` as they ended, `told` what tills know, `made_milli` the food of a line at a station."""
    found = Voids()
    for order in orders:
        for line in order.lines:
            for at in line.stations if line.voided else ():
                found.voids += 1
                _check(order, line, at, told, made_milli(line.line_id, at.station), verdict, found)
    return found


def _check(
    order: Order,
    line: Line,
    at: StationLine,
    told: Mapping[Place, VoidAnswer],
    made_milli: int,
    verdict: Verdict,
    found: Voids,
) -> None:
    where = f"void: order {order.aggregator_code or order.order_id}: line {line.line_id} at {at.station}"
    if at.state is not LineState.VOIDED or unseen_void(at) or at.void_answer is VoidAnswer.UNSPECIFIED:
        found.unacknowledged += 1
        verdict.say(f"{where} is {at.state.name} and was never acknowledged")
        return
    found.made += at.void_answer is VoidAnswer.MADE
    found.not_made += at.void_answer is VoidAnswer.NOT_MADE
    made = bool(made_milli) or at.state_before_void in BEGUN
    if (at.void_answer is VoidAnswer.NOT_MADE and made) or (
        at.void_answer is not VoidAnswer.MADE and at.state_before_void in BEGUN
    ):
        found.wrong += 1
        verdict.say(f"{where} was answered {at.void_answer.name}, {made_milli / 1000:g} of it were made")
    if told.get((line.line_id, at.station)) is not at.void_answer:
        found.untold += 1
        said = told.get((line.line_id, at.station), VoidAnswer.UNSPECIFIED)
        verdict.say(f"{where} is {at.void_answer.name}, its till was told {said.name}")
