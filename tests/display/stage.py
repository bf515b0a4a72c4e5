"""A real desk on a fixture's kitchen with real fonts, for pictures of what only keys and fingers bring up."""

from __future__ import annotations

import dataclasses
import json

from display.config import Config
from display.core.effects import AskRecall, Send
from display.core.expo_theme import COLUMN_PX
from display.core.fixture import Fixture, fixture
from display.core.keymap import KEYBOARD, Action, Grammar, Press
from display.core.legibility import columns
from display.core.slots import STABLE
from display.core.touch import HOLD_S, Gesture, Touched
from display.screens.expo_desk import ExpoDesk
from display.screens.from_fixture import look_of
from display.screens.prep_desk import PrepDesk
from display.screens.role import Moment, Panel, Setup
from display.screens.scene import Scene
from display.ui.text import TextEngine
from heard.command import Answer, BumpLines, Command, Outcome, Reason
from heard.order import HistoryEntry, LineState, Order, OrderState, StationState
from heard.revision import Epoch
from heard.why import Why
from tests.display.dishes import FOLDER

MINUTE_MS = 60_000


class Stage:
    """The screen of a fixture whose tickets have stood for a while."""

    def __init__(
        self,
        text: TextEngine,
        *,
        role: str = "prep",
        language: str = "en",
        size: tuple[int, int] = (1280, 720),
        touch: bool = False,
        layout: str = "columns",
        kitchen: str = "busy",
    ) -> None:
        read = fixture(json.loads((FOLDER / f"{kitchen}.json").read_text(encoding="utf-8")))
        w, h = size
        self.fixture: Fixture = dataclasses.replace(
            read, width=w, height=h, languages=(language,), touch=touch, layout=layout
        )
        look = look_of(self.fixture, text)
        theme = look.theme
        rail_w = theme.rail_w + theme.gap if role == "prep" and layout == "columns" else 0
        room = w - theme.gap - rail_w
        count = columns(room, theme.scale, COLUMN_PX) if role == "expo" else columns(room, theme.scale)
        panel = Panel(w, h, count, KEYBOARD, touch=touch, layout=layout)
        self._now_s = 1000.0
        config = Config(station=self.fixture.station if role == "prep" else "", touch=touch)
        setup = Setup(config, look, panel, STABLE, Grammar.SELECT, self._now_s)
        self.desk = ExpoDesk(setup) if role == "expo" else PrepDesk(setup)
        self.desk.settle(look, panel, self.fixture.profile)
        self.desk.documents(self.fixture.orders, (), reset=True, pending=())
        self.turn()
        self._now_s += 60.0
        self.stand()

    def turn(self) -> Scene:
        moment = Moment(self._now_s, self.fixture.now_ms, self.fixture.clock, last_message_s=self._now_s)
        self.desk.pass_time(moment)
        self.scene = self.desk.scene(moment)
        self.desk.flipped(self._now_s, Epoch(1, 1))
        return self.scene

    def stand(self) -> None:
        """The picture is there long enough to be meant."""
        self.turn()
        self._now_s += 0.6
        self.turn()

    def press(self, action: Action, number: int = 0) -> None:
        self.desk.press(Press(action, number), self._now_s)
        self.stand()

    def hold(self, slot: int, row: int | None = None) -> None:
        """A finger stays on a tile's header, or on one of its rows."""
        tile = next(one for one in self.scene.stands.tiles if one.slot == slot)
        box = tile.box if row is None else tile.rows[row]
        down_s, self._now_s = self._now_s, self._now_s + HOLD_S
        touched = Touched(Gesture.HOLD, box.x + box.w // 2, box.y + 12, down_s)
        self.desk.touch(touched, self._now_s)
        self.stand()

    def refuse(self, slot: int, why: Why) -> None:
        """The tile is bumped, and the hub refuses that because of its first line."""
        self.press(Action.DIGIT, slot)
        sent = next(one for one in self.desk.press(Press(Action.BUMP), self._now_s) if isinstance(one, Send))
        assert isinstance(sent.verb, BumpLines)
        self.stand()
        command = Command(sent.order_id, sent.verb, 1)
        message = why.of_line(sent.verb.lines[0].line_id)
        answer = Answer(Outcome.REJECTED, 1, reason=Reason.NOT_NOW, message=message)
        self.desk.answered(command, answer, sent.token, self._now_s)
        self.stand()

    def void(self, slot: int) -> None:
        """The first line of that tile, which nobody had started, is voided."""
        tile = next(one for one in self.scene.stands.tiles if one.slot == slot)
        order = self.desk.board.tickets[tile.key].order
        version = order.version + 1
        line = order.lines[0]
        stations = tuple(
            dataclasses.replace(
                at, state=LineState.VOIDED, state_before_void=LineState.QUEUED, version=version
            )
            for at in line.stations
        )
        voided = dataclasses.replace(line, voided=True, stations=stations)
        changed = dataclasses.replace(order, lines=(voided, *order.lines[1:]), version=version)
        self.desk.documents((changed,), (), reset=False, pending=())
        self.stand()

    def answer(self, ask: AskRecall, orders: tuple[Order, ...]) -> None:
        """What the hub's list has."""
        self.desk.recalled(ask, orders)
        self.stand()

    def bumped(self) -> tuple[Order, ...]:
        """The fixture's orders as they will be when all of it is made; every third was fetched already."""
        now_ms, station = self.fixture.now_ms, self.fixture.station
        found = []
        for n, order in enumerate(self.fixture.orders[:9]):
            at_ms = now_ms - (n + 2) * MINUTE_MS
            lines = tuple(
                dataclasses.replace(
                    line,
                    stations=tuple(
                        dataclasses.replace(at, state=LineState.DONE, done_at_ms=at_ms)
                        if at.state is not LineState.VOIDED
                        else at
                        for at in line.stations
                    ),
                )
                for line in order.lines
            )
            fetched = n % 3 == 1
            history = [
                HistoryEntry("hold", "T1", order.held_at_ms, 1),
                HistoryEntry(
                    "start", "grill-1", at_ms - 3 * MINUTE_MS, 2, station=station, key_device="keys"
                ),
                HistoryEntry("bump", "grill-1", at_ms, 3, station=station, key_device="touch"),
            ]
            if fetched:
                history.append(HistoryEntry("mark_picked_up", "T2", at_ms + MINUTE_MS, 4, user="Huda"))
            if any(line.at(station) for line in lines):
                found.append(
                    dataclasses.replace(
                        order,
                        order_id=f"done-{n}",
                        call_number=str(180 - n),
                        lines=lines,
                        history=tuple(history),
                        state=OrderState.PICKED_UP if fetched else OrderState.READY,
                        stations=(StationState(station, bumped_at_ms=at_ms),),
                    )
                )
        return tuple(found)
