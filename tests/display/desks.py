"""A prep desk with a small hub and a clock of its own, for tests of what keys do."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from display.config import Config
from display.core.draw import Weight
from display.core.echo import echoed
from display.core.effects import Effect, Send, TakeBack
from display.core.keymap import KEYBOARD, Action, Grammar, Press
from display.core.layout import COLUMNS
from display.core.look import Look
from display.core.menu import Menu
from display.core.recall import RecallList
from display.core.slots import STABLE, Timing
from display.core.sounding import Sound
from display.core.standing import Stands
from display.core.theme import Theme
from display.core.touch import HOLD_S, Gesture, Touched
from display.core.wrap import wrap
from display.screens.expo_desk import ExpoDesk
from display.screens.kitchen_desk import KitchenDesk
from display.screens.prep_desk import PrepDesk
from display.screens.role import Moment, Panel, Setup
from display.screens.scene import Scene
from heard.command import Acknowledge, BumpLines, PaintedLine, RecallLines, StartLines, Undo, Verb
from heard.order import (
    ChangeKind,
    Line,
    LineChange,
    LineState,
    Order,
    OrderState,
    OrderType,
    StationLine,
)
from heard.revision import Epoch
from heard.stream import Painted, SiteProfile, StationProfile
from heard.ticket import views

STATION = "grill"
EPOCH = Epoch(1, 1)


DESKS: dict[str, Callable[[Setup], KitchenDesk]] = {"prep": PrepDesk, "expo": ExpoDesk}


class Letters:
    """A measurer without fonts: every letter is as wide as 0.55 of its size."""

    def measure(self, text: str, size_px: int, weight: Weight, rtl: bool = False) -> tuple[int, int]:
        return round(len(text) * size_px * 0.55), round(size_px * 1.3)

    def wrap(
        self, text: str, size_px: int, weight: Weight, width_px: int, rtl: bool = False
    ) -> tuple[str, ...]:
        return wrap(text, width_px, lambda line: self.measure(line, size_px, weight)[0])

    def ascent(self, size_px: int, weight: Weight) -> int:
        return size_px

    def missing_glyphs(self, text: str) -> tuple[str, ...]:
        return ()


@dataclass
class Bench:
    """The desk, what the hub holds, and time. `flips` are all pictures with the second of their flip.

    `covers` are the menu and the recall list that lay over the tickets when each of `sent` was asked for.
    """

    role: str = "prep"
    layout: str = COLUMNS
    timing: Timing = STABLE
    grammar: Grammar = Grammar.SELECT
    w: int = 1920
    h: int = 1080
    touch: bool = False
    now_s: float = 1000.0
    live: bool = True
    orders: dict[str, Order] = field(default_factory=dict)
    flips: list[tuple[float, Stands]] = field(default_factory=list)
    reports: list[Painted] = field(default_factory=list)
    sent: list[tuple[float, Send | TakeBack]] = field(default_factory=list)
    waiting: list[tuple[int, str, Verb]] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    in_row: set[tuple[str, int]] = field(default_factory=set)
    rung: list[tuple[float, Sound]] = field(default_factory=list)
    seqs: int = 0
    holds: int = 0
    before: dict[int, Order] = field(default_factory=dict)
    open_seqs: set[int] = field(default_factory=set)
    over: tuple[Menu | None, RecallList | None] = (None, None)
    covers: list[tuple[Menu | None, RecallList | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        look = Look(Theme.at_scale(1.0), Letters())
        panel = Panel(self.w, self.h, 4, KEYBOARD, touch=self.touch, layout=self.layout)
        stations = tuple(
            StationProfile(one, {"en": one.title()}, group="hot" if one in (STATION, "fry-2") else "")
            for one in (STATION, "cold", "fry-2")
        )
        setup = Setup(Config(station=STATION), look, panel, self.timing, self.grammar, self.now_s)
        self.desk = DESKS[self.role](setup)
        self.desk.settle(look, panel, SiteProfile("Kitchen", stations))
        self.turn()

    # The hub

    @property
    def now_ms(self) -> int:
        return round(self.now_s * 1000)

    def hold(self, lines: int = 1, *, rush: bool = False, type_: OrderType = OrderType.DINE_IN) -> str:
        """A new order with so many lines at the grill."""
        self.holds += 1
        order_id = f"o{self.holds:02d}"
        made = tuple(self._line(f"{order_id}-{n}", n, 1) for n in range(lines))
        order = Order(
            order_id,
            str(200 + self.holds),
            type_,
            table=str(self.holds),
            lines=made,
            rush=rush,
            version=1,
            state=OrderState.HELD,
            held_at_ms=self.now_ms,
        )
        self.put(order)
        return order_id

    def _line(self, line_id: str, n: int, version: int) -> Line:
        at = StationLine(STATION, LineState.QUEUED, version, queued_at_ms=self.now_ms)
        name = {"en": f"Dish {n}"}
        return Line(line_id, f"dish-{n}", name, 1000 + 1000 * (n % 2), added_version=version, stations=(at,))

    def add(self, order_id: str) -> None:
        """A line comes after sending."""
        order = self.orders[order_id]
        version = order.version + 1
        line = self._line(f"{order_id}-{len(order.lines)}", len(order.lines), version)
        line = dataclasses.replace(line, added_at_ms=self.now_ms)
        self.put(dataclasses.replace(order, lines=(*order.lines, line), version=version))

    def void(self, order_id: str, n: int) -> None:
        """A line is voided."""
        self.change(
            order_id,
            n,
            lambda at, version: dataclasses.replace(
                at, state=LineState.VOIDED, version=version, state_before_void=at.state
            ),
        )

    def raise_(self, order_id: str, n: int) -> None:
        """A quantity goes up by one."""
        order = self.orders[order_id]
        line = order.lines[n]
        change = LineChange(ChangeKind.QUANTITY, order.version + 1, self.now_ms, line.quantity_milli)
        more = dataclasses.replace(
            line, quantity_milli=line.quantity_milli + 1000, changes=(*line.changes, change)
        )
        lines = tuple(more if one.line_id == line.line_id else one for one in order.lines)
        self.orders[order_id] = dataclasses.replace(order, lines=lines)
        self.change(order_id, n, lambda at, version: dataclasses.replace(at, version=version))

    def change(self, order_id: str, n: int, how: Callable[[StationLine, int], StationLine]) -> None:
        order = self.orders[order_id]
        version = order.version + 1
        lines = list(order.lines)
        stations = tuple(how(at, version) if at.station == STATION else at for at in lines[n].stations)
        lines[n] = dataclasses.replace(lines[n], stations=stations)
        self.put(dataclasses.replace(order, lines=tuple(lines), version=version))

    def put(self, order: Order) -> None:
        self.orders[order.order_id] = order
        here = (f"prep:{STATION}" if self.role == "prep" else self.role) in views(order)
        self.desk.documents(
            (order,) if here else (), () if here else (order.order_id,), reset=False, pending=self.open_seqs
        )
        self.turn()

    def deliver(self) -> None:
        """The hub does what waits, and the stream shows it."""
        while self.waiting:
            seq, order_id, verb = self.waiting.pop(0)
            if not order_id:  # 86 and the like are about no order
                self.open_seqs.discard(seq)
                self.desk.settled(self.open_seqs)
                continue
            order = self.orders[order_id]
            if isinstance(verb, Undo):
                done = self.before.get(verb.undo_seq, order)
            else:
                self.before[seq] = order
                done = echoed(order, [verb])
            self.open_seqs.discard(seq)
            version = order.version + 1
            seen = isinstance(verb, Acknowledge)  # which changes no line, only what the cook has seen of it
            lines = tuple(
                line
                if seen or line == old
                else dataclasses.replace(line, stations=_at_version(line, version))
                for line, old in zip(done.lines, order.lines, strict=False)
            )
            self.put(dataclasses.replace(done, lines=lines, version=version))

    # The screen

    def moment(self) -> Moment:
        last = self.now_s if self.live else 0.0
        return Moment(self.now_s, self.now_ms, "19:42", last_message_s=last, live=self.live)

    def turn(self) -> Scene:
        moment = self.moment()
        self.desk.pass_time(moment)
        scene = self.desk.scene(moment)
        self.flips.append((self.now_s, scene.stands))
        painted = self.desk.flipped(self.now_s, EPOCH)
        if painted is not None:
            self.reports.append(painted)
        row = self.desk.row
        if row is not None and row.says_all:
            self.in_row.add((row.order_id, self.desk.board.tickets[row.key].version))
        sound = self.desk.sounds.due(self.now_s)
        if sound is not None:
            self.rung.append((self.now_s, sound))
        return scene

    def wait(self, seconds: float) -> Scene:
        """Time passes as the shell lets it: a turn at every due moment."""
        end_s = self.now_s + seconds
        while True:
            due_s = self.desk.next_due_s(self.moment())
            if due_s >= end_s:
                break
            self.now_s = max(due_s, self.now_s + 0.001)
            self.turn()
        self.now_s = end_s
        return self.turn()

    def press(self, action: Action, number: int = 0, *, repeat: bool = False) -> tuple[Effect, ...]:
        self.over = (self.desk.intents.menu, self.desk.intents.recall)
        return self.carry(self.desk.press(Press(action, number, repeat), self.now_s))

    def digit(self, number: int) -> tuple[Effect, ...]:
        return self.press(Action.DIGIT, number)

    def tap(
        self, x: int, y: int, gesture: Gesture = Gesture.TAP, down_s: float | None = None
    ) -> tuple[Effect, ...]:
        self.over = (self.desk.intents.menu, self.desk.intents.recall)
        return self.carry(self.desk.touch(Touched(gesture, x, y, down_s), self.now_s))

    def hold_finger(self, x: int, y: int) -> tuple[Effect, ...]:
        """A finger comes down, stays, and goes."""
        down_s = self.now_s
        self.wait(HOLD_S)
        done = self.tap(x, y, Gesture.HOLD, down_s)
        self.wait(0.1)
        return (*done, *self.tap(x, y, Gesture.LET_GO, down_s))

    def button(self, action: str) -> tuple[int, int]:
        """The middle of a button on the newest picture."""
        one = next(one for one in self.flips[-1][1].buttons if one.action == action)
        return one.x + one.w // 2, one.y + one.h // 2

    def carry(self, effects: Iterable[Effect]) -> tuple[Effect, ...]:
        effects = tuple(effects)
        self.effects += effects
        for effect in effects:
            if isinstance(effect, Send):
                self._journal(effect.token, effect.order_id, effect.verb)
                self.sent.append((self.now_s, effect))
                self.covers.append(self.over)
            elif isinstance(effect, TakeBack):
                seq = self.desk.wishes.seq_of(effect.of)
                assert seq is not None
                undo = Undo(self.desk.station, seq)
                self.desk.made(effect.token, effect.order_id, undo)
                self._journal(effect.token, effect.order_id, undo)
                self.sent.append((self.now_s, effect))
                self.covers.append(self.over)
        self.turn()
        return effects

    def _journal(self, token: int, order_id: str, verb: Verb) -> None:
        self.seqs += 1
        self.open_seqs.add(self.seqs)
        self.desk.wishes.journaled(token, self.seqs)
        self.waiting.append((self.seqs, order_id, verb))

    # What a test asks

    def stood(self, ago_s: float) -> Stands:
        """The picture of so many seconds ago."""
        at = Stands(0)
        for flip_s, stands in self.flips:
            if flip_s <= self.now_s - ago_s:
                at = stands
        return at

    def shown(self) -> list[tuple[int, str, str]]:
        """(slot, order, how it stands) of the newest picture."""
        return [(tile.slot, tile.key[0], tile.stand.value) for tile in self.flips[-1][1].tiles]

    def painted_by(self, at_s: float) -> set[tuple[str, int]]:
        """(line, version) of everything that was flipped by then."""
        found: set[tuple[str, int]] = set()
        for flip_s, stands in self.flips:
            if flip_s <= at_s:
                for tile in stands.tiles:
                    for rows in tile.rows or (tile.box,):  # what only waits is one row for all of it
                        found |= {(line.line_id, line.version) for line in rows.lines}
        return found


def _at_version(line: Line, version: int) -> tuple[StationLine, ...]:
    return tuple(
        dataclasses.replace(at, version=version) if at.station == STATION else at for at in line.stations
    )


def named(effects: Iterable[Effect]) -> tuple[PaintedLine, ...]:
    """The lines that the one command among effects names."""
    sends = [effect for effect in effects if isinstance(effect, Send)]
    assert len(sends) == 1, effects
    verb = sends[0].verb
    assert isinstance(verb, BumpLines | StartLines | Acknowledge | RecallLines)
    return verb.lines
