"""The figures of one run: when each order was heard, percentiles, and the summary in words and as JSON. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from heard.order import Order
from heard.play.compare import Verdict
from heard.play.kitchen_proof import Kitchen
from heard.stream import HeardState, HeardValue

FINDINGS_SHOWN = 8
"""Enough to see what it is; --json has more."""

VERBS_SAID = {
    "rush": "rushed",
    "recall": "recalled",
    "remake": "made once more",
    "take_over": "taken over by the printer from a station without a screen",
    "void_lines": "voided in part",
    "void_order": "cancelled",
    "acknowledge": "times a change was seen",
    "fire": "courses fired",
    "add_lines": "added to",
    "change_line": "changed",
    "change_order": "with another note",
    "split": "split",
    "printed": "printed",
    "slip": "copies and changes of what was on paper",
}
"""What happened to orders besides being held and made, in the words of the summary."""

HEARD_STATES = frozenset({HeardState.HEARD, HeardState.PRINTED})
SETTLED_STATES = HEARD_STATES | {HeardState.MOOT}


def percentile(ordered: Sequence[float], percent: float) -> float | None:
    """Nearest rank of a sorted sequence; None when it is empty."""
    if not ordered:
        return None
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


@dataclass(slots=True)
class _Held:
    since_s: float
    stations: frozenset[str] | None = None
    states: dict[str, HeardState] = field(default_factory=dict)
    settled_s: float | None = None
    paged: bool = False
    scheduled: bool = False
    closed_unseen: bool = False


class Tally:
    """Per order: held when, heard where, settled when. An order is settled when every station of it heard it or it became
    moot there; the times are the terminal's own monotonic seconds."""

    def __init__(self) -> None:
        self._orders: dict[str, _Held] = {}
        self._unsettled: set[str] = set()

    def held(self, order_id: str, now_s: float) -> None:
        """The cashier pressed the key."""
        self._orders[order_id] = _Held(now_s)
        self._unsettled.add(order_id)

    def routed(self, order: Order, now_s: float) -> None:
        """The hub's own picture of the order says where it is made."""
        one = self._orders.get(order.order_id)
        if one is not None and one.stations is None:
            one.stations = frozenset(at.station for line in order.lines for at in line.stations)
            self._settle(order.order_id, one, now_s)

    def value(self, value: HeardValue, now_s: float) -> None:
        """The hub says how far a station is with an order. What was heard once stays heard; what was moot may still come:
        one of its lines was voided before it was painted, and the others wait."""
        one = self._orders.get(value.order_id)
        if one is None or one.states.get(value.station) in HEARD_STATES:
            return
        one.states[value.station] = value.state
        one.paged = one.paged or value.state is HeardState.BEHIND
        one.scheduled = one.scheduled or value.state is HeardState.SCHEDULED
        self._settle(value.order_id, one, now_s)

    def gone(self, order_id: str, now_s: float) -> None:
        """It left the hub's picture; where it came and went between two looks, the stations that told of it are all of them."""
        one = self._orders.get(order_id)
        if one is not None and not one.stations:
            one.closed_unseen = True
            self._settle(order_id, one, now_s)

    def _settle(self, order_id: str, one: _Held, now_s: float) -> None:
        stations = one.states.keys() if one.closed_unseen else one.stations or ()
        states = {one.states.get(station) for station in stations}
        settled = bool(states) and states <= SETTLED_STATES
        if not settled:
            one.settled_s = None
            self._unsettled.add(order_id)
        elif one.settled_s is None or HeardState.MOOT in states:
            one.settled_s = now_s
            self._unsettled.discard(order_id)

    @property
    def orders(self) -> int:
        return len(self._orders)

    @property
    def heard(self) -> int:
        """Orders that every station of theirs has painted."""
        return len(self._orders) - len(self._unsettled) - self.moot

    @property
    def moot(self) -> int:
        """Orders of which a station never had to paint anything: voided before."""
        return sum(
            one.settled_s is not None and HeardState.MOOT in one.states.values()
            for one in self._orders.values()
        )

    @property
    def unsettled(self) -> frozenset[str]:
        """Orders of which a station has said nothing final yet."""
        return frozenset(self._unsettled)

    def unheard(self) -> dict[str, str]:
        """Of each of them where it stands, in words."""
        found = {}
        for order_id in self._unsettled:
            one = self._orders[order_id]
            states = {station: one.states.get(station, HeardState.PENDING) for station in one.stations or ()}
            where = [f"{name} {state.name}" for name, state in states.items() if state not in SETTLED_STATES]
            found[order_id] = ", ".join(where) or "no hub has shown where it is made"
        return found

    @property
    def settled(self) -> bool:
        return not self._unsettled

    def behind(self) -> int:
        """Orders that a screen has on a later page."""
        states = (self._orders[order_id].states.values() for order_id in self._unsettled)
        return sum(HeardState.BEHIND in found for found in states)

    @property
    def paged(self) -> int:
        """Orders that came on a later page of a screen first, and were heard when their page was painted."""
        return sum(one.paged for one in self._orders.values())

    def latencies_ms(self) -> list[float]:
        """Hold to heard of every heard order that the kitchen got at once, sorted."""
        return sorted(
            (one.settled_s - one.since_s) * 1000
            for one in self._orders.values()
            if one.settled_s is not None and not one.scheduled and HeardState.MOOT not in one.states.values()
        )


def verbs_of(orders: Iterable[Order]) -> dict[str, int]:
    """How often each verb stands in the orders' histories; what stands in two of them counts once."""
    return dict(
        Counter(
            entry.verb
            for order in orders
            for entry in order.history
            if not (entry.verb in ("split", "merge") and entry.detail.startswith("from "))
        )
    )


@dataclass(frozen=True, slots=True)
class Pushed:
    """What went up: documents that the cloud took, such as it refused, and such as were left at the end.

    `orders_missing`: orders of the store that the cloud does not hold in their newest version.
    """

    pushed: int
    errors: int
    pending: int
    orders: int
    orders_missing: int
    away_s: float

    def text(self) -> str:
        """For people."""
        away = f", though the cloud was away for {self.away_s:.0f} s" if self.away_s else ""
        words = f"{self.pushed:,} documents, {self.orders:,} orders of them{away}; {self.pending:,} pending, {self.errors:,} refused"
        return f"{words}; {self.orders_missing:,} orders MISSING" if self.orders_missing else words


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run found. Latencies are hold to heard in milliseconds, None when no order was heard."""

    orders: int
    lines: int
    heard: int
    moot: int
    behind: int
    paged: int
    lost: int
    duplicated: int
    refused: int
    p50_ms: float | None
    p90_ms: float | None
    p99_ms: float | None
    max_ms: float | None
    accept_p99_ms: float | None
    seconds: float
    hub_kills: int
    compared: str
    findings: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    stopped_early: str = ""
    pushed: int | None = None
    """Documents that the cloud took; None, as the next three, where no cloud was there."""
    push_errors: int | None = None
    push_pending: int | None = None
    push_missing: int | None = None
    """Orders that the cloud does not hold in their newest version."""
    push_told: str = ""
    kitchen: Kitchen | None = None
    """What the kitchen made of the changes; None where none were mixed in."""
    verbs: dict[str, int] = field(default_factory=dict)
    """What was done to the orders, by verb, from their histories."""

    @property
    def good(self) -> bool:
        """Nothing lost, nothing twice, every order heard or moot; of changes that were mixed in, all made and answered right."""
        complete = self.heard + self.moot == self.orders
        at_cloud = not (self.push_errors or self.push_pending or self.push_missing)
        kitchen = self.kitchen is None or self.kitchen.good
        once = not self.lost and not self.duplicated
        return complete and at_cloud and kitchen and once and not self.stopped_early

    def json(self) -> dict[str, Any]:
        """One JSON object, names as in the fields, milliseconds with three decimals."""
        times = ("p50_ms", "p90_ms", "p99_ms", "max_ms", "accept_p99_ms", "seconds")
        found: dict[str, Any] = {}
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if isinstance(value, Kitchen):
                value = asdict(value)
            if name in times and value is not None:
                value = round(value, 3)
            found[name] = list(value) if isinstance(value, tuple) else value
        return found

    def text(self) -> str:
        """The same for people."""
        rate = f"{self.orders / self.seconds:.1f} orders/s" if self.seconds > 0 else ""
        rows = [
            ("orders", f"{self.orders:,} with {self.lines:,} lines in {self.seconds:.1f} s  {rate}".rstrip()),
            ("heard", f"{self.heard:,}"),
            ("moot", f"{self.moot:,}  (voided, or made elsewhere, before a screen had painted them)"),
            ("lost", f"{self.lost:,}"),
            ("duplicated", f"{self.duplicated:,}"),
            ("hold -> heard", self._latency()),
        ]
        if self.paged:
            rows[1] = ("heard", f"{self.heard:,}  ({self.paged:,} came on a later page first)")
        waiting = self.orders - self.heard - self.moot
        if waiting:
            rows.insert(3, ("not heard", f"{waiting:,}, of which on a later page {self.behind:,}"))
        said = ", ".join(
            f"{self.verbs[verb]:,} {words}" for verb, words in VERBS_SAID.items() if verb in self.verbs
        )
        if said and self.kitchen is None:
            rows.append(("changes", said))
        if self.refused:
            rows.append(("refused", f"{self.refused:,} changes came too late for the kitchen"))
        if self.accept_p99_ms is not None:
            rows.append(("till", f"accepted in p99 {_ms(self.accept_p99_ms)}, hub or no hub"))
        if self.hub_kills:
            rows.append(("hub", f"killed and started again {self.hub_kills} times"))
        if self.kitchen is not None:
            rows += self.kitchen.rows()
        if self.push_told:
            rows.append(("pushed", self.push_told))
        rows.append(("compared", self.compared))
        if self.stopped_early:
            rows.append(("stopped", self.stopped_early))
        width = max(len(name) for name, _ in rows)
        lines = [f"  {name:<{width}}  {words}" for name, words in rows]
        lines += [f"  ! {finding}" for finding in self.findings[:FINDINGS_SHOWN]]
        if len(self.findings) > FINDINGS_SHOWN:
            lines.append("  ! … more with --json")
        lines += [f"  {name}" for name in self.files]
        return "\n".join(lines)

    def _latency(self) -> str:
        if self.p50_ms is None:
            return "no order was heard"
        named = (("p50", self.p50_ms), ("p90", self.p90_ms), ("p99", self.p99_ms), ("max", self.max_ms))
        return "  ".join(f"{name} {_ms(value)}" for name, value in named)


def _ms(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1f} ms" if value < 1000 else f"{value / 1000:.2f} s"


def summarise(
    tally: Tally,
    verdict: Verdict,
    *,
    lines: int,
    refused: int,
    accept_ms: Iterable[float],
    seconds: float,
    hub_kills: int,
    compared: str,
    files: Iterable[str] = (),
    stopped_early: str = "",
    pushed: Pushed | None = None,
    kitchen: Kitchen | None = None,
    verbs: dict[str, int] | None = None,
) -> Summary:
    """All figures of a run in one value."""
    latencies = tally.latencies_ms()
    return Summary(
        orders=tally.orders,
        lines=lines,
        heard=tally.heard,
        moot=tally.moot,
        behind=tally.behind(),
        paged=tally.paged,
        lost=len(verdict.lost),
        duplicated=len(verdict.duplicated),
        refused=refused,
        p50_ms=percentile(latencies, 50),
        p90_ms=percentile(latencies, 90),
        p99_ms=percentile(latencies, 99),
        max_ms=latencies[-1] if latencies else None,
        accept_p99_ms=percentile(sorted(accept_ms), 99),
        seconds=seconds,
        hub_kills=hub_kills,
        compared=compared,
        findings=tuple(verdict.findings),
        files=tuple(files),
        stopped_early=stopped_early,
        pushed=pushed.pushed if pushed else None,
        push_errors=pushed.errors if pushed else None,
        push_pending=pushed.pending if pushed else None,
        push_missing=pushed.orders_missing if pushed else None,
        push_told=pushed.text() if pushed else "",
        kitchen=kitchen,
        verbs=verbs or {},
    )
