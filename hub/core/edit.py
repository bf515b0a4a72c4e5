"""A change of one order in the making: what a verb touches, and the next version that comes of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from types import MappingProxyType

from heard.board import READY_WAIT_MS
from heard.command import Answer, Command, LineAnswer, Outcome, Reason
from heard.order import HistoryEntry, Line, LineState, Order, OrderState, OrderType, StationLine, StationState
from heard.quick import replaced
from heard.ticket import MADE_STATES, TO_MAKE_STATES, is_cancelled, line_is_open
from heard.why import Why, why
from hub.core.decision import DeviceRecord, Doc, Docs, Key, UndoRecord
from hub.core.site import Site

HISTORY_MAX = 500
"""Entries of an order; the first (who held it) and the newest are kept."""
HISTORY_LINES_MAX = 1_500
"""Line ids in all entries: 100 KB at most, so that an order of 200 lines that is recalled often never outgrows its record."""
LINES_PER_ORDER_MAX = 200
"""With the parts that the hub makes of routed sides."""
DERIVED_STATES = frozenset({OrderState.HELD, OrderState.STARTED, OrderState.READY})

NO_DOCS: Docs = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verb came to."""

    outcome: Outcome
    reason: Reason = Reason.NONE
    message: str = ""
    field: str = ""
    lines: tuple[LineAnswer, ...] = ()

    def answer(self, command: Command, order: Order | None) -> Answer:
        """As the answer to `command`, with `order` as it stands after it."""
        if order is None:
            return Answer(
                self.outcome,
                command.seq,
                command.command_id,
                command.order_id,
                self.reason,
                self.message,
                self.field,
                lines=self.lines,
            )
        return Answer(
            self.outcome,
            command.seq,
            command.command_id,
            command.order_id,
            self.reason,
            self.message,
            self.field,
            order.version,
            0,
            self.lines,
            order.call_number,
            order.business_date,
        )


DONE = Verdict(Outcome.DONE)
ALREADY = Verdict(Outcome.ALREADY)


def refused(reason: Reason, said: Why, field: str = "") -> Verdict:
    """REJECTED, with what a person must know."""
    return Verdict(Outcome.REJECTED, reason, said, field)


def verdict_of(lines: list[LineAnswer], message: str = "") -> Verdict:
    """The whole from the lines: one outcome where they agree (done and already agree), else PARTLY."""
    outcomes = {line.outcome for line in lines}
    reason = next((line.reason for line in lines if line.reason is not Reason.NONE), Reason.NONE)
    if Outcome.REJECTED not in outcomes:
        outcome = Outcome.DONE if Outcome.DONE in outcomes else Outcome.ALREADY
    else:
        outcome = Outcome.REJECTED if len(outcomes) == 1 else Outcome.PARTLY
    return Verdict(outcome, reason, message, lines=tuple(lines))


class Edit:
    """Collects what one verb does to one order; `finish` gives the next version, or the same order when nothing changed."""

    __slots__ = (
        "_lines",
        "_nothing",
        "_order_fields",
        "_places",
        "_tiles",
        "business_date",
        "command",
        "detail",
        "device",
        "docs",
        "line_ids",
        "now_ms",
        "order",
        "others",
        "site",
        "station",
        "stations",
        "touched",
        "undo",
        "undo_changed",
        "verb",
        "version",
        "why",
    )

    def __init__(
        self,
        order: Order,
        command: Command,
        now_ms: int,
        site: Site,
        device: DeviceRecord | None = None,
        docs: Docs = NO_DOCS,
    ) -> None:
        self.order = order
        self.command = command
        self.now_ms = now_ms
        self.site = site
        self.device = device
        self.business_date = ""
        """The open one, for verbs that stamp it."""
        self.docs = docs
        self.others: dict[Key, Doc] = {}
        """What the verb writes besides the order."""
        self.version = order.version + 1
        self.verb = command.verb.name
        self.touched: dict[str, None] = {}
        """Stations whose ticket this alters, in a fixed order."""
        self.line_ids: list[str] = []
        self.station = ""
        self.detail = ""
        self.why: str = ""
        self.undo: UndoRecord | None = None
        self.undo_changed = False
        self._lines = list(order.lines)
        self._places = {line.line_id: index for index, line in enumerate(order.lines)}
        self.stations = {there.station: there for there in order.stations}
        self._order_fields: dict[str, object] = {}
        self._nothing = True
        self._tiles: set[tuple[str, int]] | None = None

    @property
    def lines(self) -> list[Line]:
        """As they stand in this change."""
        return self._lines

    def line(self, line_id: str) -> Line | None:
        place = self._places.get(line_id)
        return None if place is None else self._lines[place]

    def refuse(self, line_id: str, reason: Reason, said: Why, current: Line | None = None) -> LineAnswer:
        """REJECTED for one line; people are told why of the first."""
        self.why = self.why or said.of_line(line_id)
        return LineAnswer(line_id, Outcome.REJECTED, reason, current)

    def gone(self, line_id: str, otherwise: Why) -> LineAnswer:
        """REJECTED(GONE) for a line that is not here; NOT_NOW where it was split off, and people are told to where."""
        for entry in reversed(self.order.history):
            if entry.verb == "split" and line_id in entry.line_ids and entry.detail.startswith("to "):
                return self.refuse(line_id, Reason.NOT_NOW, _moved(entry.detail))
        return self.refuse(line_id, Reason.GONE, otherwise)

    def verdict(self, lines: list[LineAnswer]) -> Verdict:
        """The whole from the lines, with the first refusal's reason in words."""
        return verdict_of(lines, self.why)

    def put_line(self, line: Line) -> None:
        """Replaces the line of that id, or adds it. What is made again is to be sent out again."""
        if line.sent_at_ms and any(at.state in TO_MAKE_STATES for at in line.stations):
            line = replace(line, sent_at_ms=0)
        place = self._places.get(line.line_id)
        if place is None:
            self._places[line.line_id] = len(self._lines)
            self._lines.append(line)
        else:
            self._lines[place] = line
        self._nothing = False

    def drop_lines(self, line_ids: Collection[str]) -> None:
        """They stand in another order now."""
        self._lines = [line for line in self._lines if line.line_id not in line_ids]
        self._places = {line.line_id: index for index, line in enumerate(self._lines)}
        self._nothing = False

    def put_at(self, line: Line, at: StationLine) -> Line:
        """Replaces the line's state at one station; returns the line as it is now."""
        made = with_stations(line, tuple([at if one.station == at.station else one for one in line.stations]))
        self.put_line(made)
        return made

    def assign(self, **fields: object) -> None:
        """Sets fields of the order itself."""
        self._order_fields.update(fields)
        self._nothing = False

    def head(self) -> Order:
        """The order with its own fields as they stand in this change; its lines are in `lines`."""
        return replaced(self.order, **self._order_fields)

    def station_state(self, station: str) -> StationState:
        return self.stations.get(station) or StationState(station)

    def put_station(self, there: StationState) -> None:
        self.stations[there.station] = there
        self._nothing = False

    def touch(self, station: str) -> None:
        """The ticket of this station looks different now: it must be heard there."""
        self.touched[station] = None

    def was_open(self, at: StationLine) -> bool:
        """True where the tile of this line was on the screen before this change."""
        if self._tiles is None:
            self._tiles = {
                (one.station, one.batch)
                for line in self.order.lines
                for one in line.stations
                if line_is_open(one)
            }
        return (at.station, at.batch) in self._tiles

    def open_stations(self) -> list[str]:
        """Stations with an open tile."""
        return list(
            dict.fromkeys(at.station for line in self._lines for at in line.stations if line_is_open(at))
        )

    def close_tile(self, station: str) -> None:
        """When the newest tile has no open line left, what comes later is an ADD-ON."""
        there = self.station_state(station)
        done = made = False
        for line in self._lines:
            at = line.at(station)
            if at is None or at.batch != there.batch:
                continue
            if line_is_open(at):
                return
            done = True
            made = made or at.state is LineState.DONE
        if done:
            self.put_station(
                replace(
                    there,
                    batch=there.batch + 1,
                    bumped_at_ms=self.now_ms if made else there.bumped_at_ms,
                    first_bumped_at_ms=there.first_bumped_at_ms or (self.now_ms if made else 0),
                )
            )

    def finish(self) -> Order:
        """The order after this change; the very same one when nothing changed."""
        order = self.order
        if self._nothing:
            return order
        cancelled = all(line.voided for line in self._lines) and bool(self._lines)
        if is_cancelled(order) != cancelled:
            for station in self.open_stations():
                self.touch(station)  # the whole tile says CANCELLED now, or no longer
            self._order_fields.update(
                voided_at_ms=self.now_ms if cancelled else 0,
                see_cashier=cancelled and _told_ready(order, self.now_ms),
            )
        for station in self.touched:
            there = self.station_state(station)
            self.stations[station] = StationState(
                station,
                there.batch,
                there.first_bumped_at_ms,
                there.bumped_at_ms,
                there.recalled,
                self.version,
            )
        fields = self._order_fields
        state = fields.get("state", order.state)
        if state in DERIVED_STATES or state is OrderState.UNSPECIFIED:
            derived = state_of(self._lines)
            fields["state"] = derived
            fields["started_at_ms"] = 0 if derived is OrderState.HELD else order.started_at_ms or self.now_ms
            ready_at_ms = order.ready_at_ms or self.now_ms
            fields["ready_at_ms"] = ready_at_ms if derived is OrderState.READY else 0
        return replaced(
            order,
            lines=tuple(self._lines),
            stations=tuple(self.stations.values()),
            version=self.version,
            changed_at_ms=self.now_ms,
            history=with_entry(order.history, self.entry()),
            **fields,
        )

    def entry(self) -> HistoryEntry:
        """What the order remembers of this change."""
        command = self.command
        return HistoryEntry(
            self.verb,
            command.device,
            self.now_ms,
            self.version,
            tuple(self.line_ids),
            command.user,
            self.station,
            self.detail,
            command.key_device,
        )


def _moved(detail: str) -> Why:
    """Of a split's "to 0193…af #215"."""
    order = detail.removeprefix("to ")
    return why("line.split_off", order=order)


def _told_ready(order: Order, now_ms: int) -> bool:
    """True where the guests' board has said READY: its guest is asked to see the cashier."""
    ready = order.state is OrderState.READY and now_ms >= order.ready_at_ms + READY_WAIT_MS
    return ready and order.type is not OrderType.DINE_IN


def with_stations(line: Line, stations: tuple[StationLine, ...]) -> Line:
    """The line with other states at its stations; a quarter of what `replace` costs, for what every key does."""
    return Line(
        line.line_id,
        line.item_id,
        line.name,
        line.quantity_milli,
        line.part_of,
        line.modifiers,
        line.notes,
        line.seat,
        line.course,
        line.category,
        line.unit_price_minor,
        line.total_minor,
        line.prep_time_s,
        line.no_kitchen,
        line.combo,
        line.voided,
        line.added_version,
        line.added_at_ms,
        line.changes,
        stations,
        line.nobodys,
        line.void_reason,
        line.remake,
        line.then,
        line.sent_at_ms,
        line.bill,
        line.remake_of,
        line.contains,
    )


def with_entry(history: tuple[HistoryEntry, ...], entry: HistoryEntry) -> tuple[HistoryEntry, ...]:
    """The history with one more entry: the first and the newest that stay below both limits are kept."""
    start = max(1, len(history) - HISTORY_MAX + 2)
    lines = len(entry.line_ids) + sum([len(one.line_ids) for one in history[start:]])
    while lines > HISTORY_LINES_MAX and start < len(history):
        lines -= len(history[start].line_ids)
        start += 1
    return (*history[:1], *history[start:], entry)


def state_of(lines: list[Line]) -> OrderState:
    """READY when every station is done with every line that is not voided, STARTED once any has begun, else HELD."""
    begun = False
    ready = True
    anything = False
    for line in lines:
        if line.voided:
            continue
        anything = True
        for at in line.stations:
            if at.state in MADE_STATES:
                begun = True
            else:
                ready = False
                if at.state is LineState.STARTED or at.started_at_ms or at.done_at_ms:
                    begun = True
    if ready and anything:
        return OrderState.READY
    return OrderState.STARTED if begun else OrderState.HELD
