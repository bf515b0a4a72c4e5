"""A script: which till does what at which second. Made from recorded orders, or by the generator of a lunch rush. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from heard.command import ChangeOrder, Hold, Merge, Split, Verb
from heard.order import Line, Order, OrderType, Totals
from heard.play.compare import SentLine, SentOrder
from heard.play.menu import Menu, item_id
from heard.play.recorded import RecordedOrder

MINUTE_S = 60.0
LEAD_MIN = 20
"""A hub of our own gets a scheduled order so long before it is due."""
DUE_SPEED_AT_MAX = 50.0
"""At full speed a wait of five minutes takes six seconds."""
_MILLI = 1000

MintId = Callable[[], str]
"""A new id, never given before."""


@dataclass(frozen=True, slots=True)
class Act:
    """At `at_s` seconds of the script the till of this order does `verb`. An order's first act is its Hold."""

    at_s: float
    order_id: str
    verb: Verb
    due_in_s: float | None = None
    """The order is promised so that the kitchen gets it so many seconds of the script later; below 0 at once, and due so much sooner."""


@dataclass(frozen=True, slots=True)
class Script:
    """Acts in time order. `lines` counts the lines of all holds."""

    acts: tuple[Act, ...]

    @property
    def orders(self) -> int:
        return sum(isinstance(act.verb, Hold) for act in self.acts)

    @property
    def seconds(self) -> float:
        """From the first to the last act."""
        return self.acts[-1].at_s - self.acts[0].at_s if self.acts else 0.0

    def per_till(self, tills: int) -> tuple[tuple[Act, ...], ...]:
        """The acts of each till: orders go round the tills, and an order stays with its till, as do those it shares lines with."""
        family = self._families()
        till_of: dict[str, int] = {}
        split: list[list[Act]] = [[] for _ in range(tills)]
        for act in self.acts:
            till = till_of.setdefault(family(act.order_id), len(till_of) % tills)
            split[till].append(act)
        return tuple(tuple(acts) for acts in split)

    def _families(self) -> Callable[[str], str]:
        """Of each order one that stands for all that split off it or merge with it."""
        parent: dict[str, str] = {}

        def head(order_id: str) -> str:
            while (one := parent.get(order_id, order_id)) != order_id:
                order_id = one
            return order_id

        for act in self.acts:
            if (other := shares_with(act.verb)) and head(other) != head(act.order_id):
                parent[head(other)] = head(act.order_id)
        return head


def due_in_real_s(act: Act, speed: float | None) -> float:
    """How long the kitchen waits for it from when it is played; 0 where nothing is promised."""
    return max(0.0, act.due_in_s or 0.0) / (speed or DUE_SPEED_AT_MAX)


def promised(act: Act, wall_ms: int, speed: float | None) -> Verb:
    """What the till does now, with the time of the wall clock that the guest is promised."""
    if act.due_in_s is None:
        return act.verb
    after_s = min(act.due_in_s, 0.0) + due_in_real_s(act, speed)
    due_at_ms = wall_ms + LEAD_MIN * 60_000 + round(after_s * 1000)
    if isinstance(act.verb, Hold):
        return replace(act.verb, order=replace(act.verb.order, due_at_ms=due_at_ms))
    assert isinstance(act.verb, ChangeOrder)
    return replace(act.verb, due_at_ms=due_at_ms)


def shares_with(verb: Verb) -> str:
    """The other order that a split or a merge writes; "" for what touches only its own."""
    if isinstance(verb, Split):
        return "" if verb.bill_only else verb.new_order_id
    return verb.into_order_id if isinstance(verb, Merge) else ""


def from_recorded(orders: Sequence[RecordedOrder], menu: Menu, mint: MintId) -> Script:
    """The recorded orders with their real spacing; those of one minute are spread evenly over it."""
    acts = []
    for at_s, order in zip(_seconds([one.at for one in orders]), orders, strict=True):
        held = recorded_order(order, menu, mint())
        acts.append(Act(at_s, held.order_id, Hold(held)))
    return Script(tuple(acts))


def recorded_order(recorded: RecordedOrder, menu: Menu, order_id: str) -> Order:
    """A takeaway order, paid when it was taken; its number in the file stands as aggregator code."""
    lines = tuple(
        Line(
            line_id=f"{order_id}.{number}",
            item_id=dish.item_id if (dish := menu.by_name.get(row.item.lower())) else item_id(row.item),
            name=dish.name if dish else {menu.languages[0]: row.item},
            quantity_milli=row.quantity_milli,
            category=menu.category_of(row.item),
            unit_price_minor=row.unit_price_minor,
            total_minor=round(row.unit_price_minor * row.quantity_milli / _MILLI),
        )
        for number, row in enumerate(recorded.lines, start=1)
    )
    return Order(
        order_id=order_id,
        type=OrderType.TAKEAWAY,
        aggregator_code=recorded.source_id,
        lines=lines,
        totals=totals(lines, menu.currency),
        paid=True,
    )


def totals(lines: Iterable[Line], currency: str) -> Totals:
    """The sum of the lines."""
    total = sum(line.total_minor for line in lines)
    return Totals(currency=currency, subtotal_minor=total, total_minor=total)


def sent_order(order: Order) -> SentOrder:
    """What the comparison needs of a held order."""
    lines = {line.line_id: SentLine(line.line_id, line.item_id, line.quantity_milli) for line in order.lines}
    source_id = order.aggregator_code or order.order_id
    return SentOrder(source_id, order.order_id, lines, due_at_ms=order.due_at_ms)


def _seconds(times: Sequence[datetime]) -> list[float]:
    """Seconds from the first time on, equal minutes spread evenly."""
    found: list[float] = []
    start = 0
    while start < len(times):
        end = start
        while end < len(times) and times[end] == times[start]:
            end += 1
        base = (times[start] - times[0]).total_seconds()
        step = MINUTE_S / (end - start)
        found += [base + number * step for number in range(end - start)]
        start = end
    return found
