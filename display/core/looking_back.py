"""The recall list under the keys: search, choose, pick a line, bring it back or take it over. Looking reopens nothing."""

from __future__ import annotations

from dataclasses import replace

from display.core.effects import AskRecall, Click, Effect, Last, Send
from display.core.intents import Intents
from display.core.keymap import Action, Press
from display.core.recall import (
    LINE,
    ROW,
    SEARCH_MAX,
    RecallList,
    made_lines,
    only_remake,
)
from heard.command import MoveTicket, PaintedLine, RecallLines, Verb
from heard.order import Order
from heard.ticket import OPEN_STATES, is_cancelled

PAGE_ROWS = 5
"""PAGE goes so many orders on."""


class LookingBack(Intents):
    """RECALL and REVIEW. The list stands still while it is read; only a search changes it."""

    def _own(self, press: Press, now_s: float) -> tuple[Effect, ...]:
        if press.action is Action.REVIEW:
            return self._look_back(RecallList(self._looks_at, review=True))
        return super()._own(press, now_s)

    def recalled(self, ask: AskRecall, orders: tuple[Order, ...] | None) -> None:
        """The hub's answer, None where there is no hub; an answer to an older question is dropped."""
        if self.recall is not None and self.recall.ask == ask:
            self.recall = self.recall.answered(orders)

    def _look_back(self, recall: RecallList) -> tuple[Effect, ...]:
        self.menu = self.full = None
        self.recall = recall
        return (recall.ask,)

    def pointed(self, action: str, now_s: float) -> tuple[Effect, ...]:
        """A finger on a row of the list, on a line of the chosen ticket, or on a digit."""
        recall = self.recall
        if recall is None:
            return ()
        if action.startswith(ROW):
            self.recall = recall.at_order(action.removeprefix(ROW))
        elif action.startswith(LINE):
            line = action.removeprefix(LINE)
            self.recall = replace(recall, line="" if recall.line == line else line)
        return ()

    def _in_recall(self, press: Press, now_s: float) -> tuple[Effect, ...]:
        recall = self.recall
        assert recall is not None
        forward = Action.LEFT if self.rtl else Action.RIGHT
        match press.action:
            case Action.BACK | Action.RECALL:
                self._uncover(now_s)
            case Action.DIGIT if len(recall.search) < SEARCH_MAX:
                return self._look_back(recall.searching(recall.search + str(press.number)))
            case Action.ERASE:
                return self._look_back(recall.searching(recall.search[:-1]))
            case Action.LINE_DOWN | Action.NEXT:
                self.recall = recall.stepped(1)
            case Action.LINE_UP | Action.PREVIOUS:
                self.recall = recall.stepped(-1)
            case Action.PAGE_NEXT | Action.PAGE_PREVIOUS:
                self.recall = recall.stepped(PAGE_ROWS if press.action is Action.PAGE_NEXT else -PAGE_ROWS)
            case Action.RIGHT | Action.LEFT | Action.START if recall.chosen is not None:
                by = 1 if press.action in (forward, Action.START) else -1
                self.recall = recall.picked(self.lines_to_pick(recall, recall.chosen), by)
            case Action.REVIEW:
                self.recall = replace(recall, review=not recall.review)
            case Action.REMAKE if not recall.pulls:
                return self._remake_chosen(recall, now_s)
            case Action.PRINT if not recall.pulls:
                return self._print_chosen(recall, now_s)
            case Action.BUMP:
                return self._take(recall, now_s)
        return ()

    def lines_to_pick(self, recall: RecallList, order: Order) -> tuple[str, ...]:
        """The lines of an order that the keys can choose one by one."""
        if not recall.pulls:
            return made_lines(order, recall.station)
        found = [line for line in order.lines if (at := line.at(recall.station)) and at.state in OPEN_STATES]
        return tuple(line.line_id for line in found)

    def _stood_in_list(self, order: Order, now_s: float) -> bool:
        """Whether the cook could see this row when the key was on its way."""
        return self._history.meant(now_s).has(f"{ROW}{order.order_id}")

    def _take(self, recall: RecallList, now_s: float) -> tuple[Effect, ...]:
        """Bring the chosen ticket back, or the picked line of it; or take it over from the station where it stands."""
        order = recall.chosen
        if order is None or not self._stood_in_list(order, now_s):
            return (Click(),)
        if now_s - self._last_bump_s < self._timing.double_s:
            self.say("say.twice", now_s)
            return (Click(),)
        if is_cancelled(order):
            self.say("say.cancelled", now_s)
            return (Click(),)
        if only_remake(order):
            self.say("say.only_remake", now_s)
            return (Click(),)
        verb = self._pulls(order, recall.station) if recall.pulls else self._recalls(order)
        if verb is not None and recall.line:
            verb = _only(verb, recall.line)
        if verb is None:
            self.say("say.nothing_made", now_s)
            return (Click(),)
        self._last_bump_s = now_s
        self._uncover(now_s)
        self._token += 1
        self.last = Last(self._token, now_s, (order.order_id, 0), bumped=False)
        number = f"#{order.call_number or order.order_id[-4:]}"
        self.say("say.pulled" if recall.pulls else "say.recalled", now_s, number=number)
        return (Send(self._token, order.order_id, verb),)

    def _pulls(self, order: Order, station: str) -> Verb | None:
        """The command that takes an order over from that station."""
        lines = tuple(
            PaintedLine(line.line_id, at.version)
            for line in order.lines
            if (at := line.at(station)) is not None and at.state in OPEN_STATES
        )
        return MoveTicket(station, self._board.station, lines) if lines else None

    def _recalls(self, order: Order) -> Verb | None:
        """The command that brings a closed ticket back."""
        raise NotImplementedError

    def _remake_chosen(self, recall: RecallList, now_s: float) -> tuple[Effect, ...]:
        """REMAKE of the chosen order, or of its picked line."""
        raise NotImplementedError

    def _print_chosen(self, recall: RecallList, now_s: float) -> tuple[Effect, ...]:
        """PRINT of the chosen order, or of its picked line."""
        raise NotImplementedError


def _only(verb: Verb, line_id: str) -> Verb | None:
    """The same for one line; None where it does not name it."""
    if not isinstance(verb, RecallLines | MoveTicket):
        return verb
    lines = tuple(one for one in verb.lines if one.line_id == line_id)
    return replace(verb, lines=lines) if lines else None
