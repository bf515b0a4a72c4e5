"""The cooks have seen voids and changes; of a void they say whether it was made, which the till is told."""

from __future__ import annotations

from dataclasses import replace

from heard.command import Acknowledge, LineAnswer, Outcome, PaintedLine
from heard.order import Line, LineState, StationLine, VoidAnswer
from heard.ticket import OPEN_STATES, unseen_changes, unseen_sent, unseen_void
from hub.core.cooking import NOT_HERE, judge_version
from hub.core.edit import Edit, Verdict

MADE_BEFORE = frozenset({LineState.STARTED, LineState.DONE})


def acknowledge(edit: Edit, verb: Acknowledge) -> Verdict:
    """Changes and voids as they were painted are seen; what came later is not."""
    edit.station = verb.station
    answers = [_one(edit, verb, one) for one in dict.fromkeys(verb.lines)]
    if edit.line_ids:
        edit.touch(verb.station)
        edit.close_tile(verb.station)
    return edit.verdict(answers)


def _one(edit: Edit, verb: Acknowledge, painted: PaintedLine) -> LineAnswer:
    line = edit.line(painted.line_id)
    at = None if line is None else line.at(verb.station)
    if line is None or at is None:
        return edit.gone(painted.line_id, NOT_HERE)
    if not _unseen(line, at):
        return LineAnswer(painted.line_id, Outcome.ALREADY)
    late = judge_version(edit, painted, line, at)
    if late is not None:
        return late
    made = replace(at, acknowledged_version=edit.order.version)
    if at.state is LineState.VOIDED:
        made = replace(made, void_answer=void_answer(at, verb.void_answer))
    # The line's version stays: it is the same food, and the bump that follows at once must not be STALE.
    edit.put_at(line, made)
    edit.line_ids.append(line.line_id)
    return LineAnswer(painted.line_id, Outcome.DONE)


def _unseen(line: Line, at: StationLine) -> bool:
    return unseen_void(at) or unseen_sent(at) or (at.state in OPEN_STATES and bool(unseen_changes(line, at)))


def nobody_left_to_ask(edit: Edit) -> None:
    """The order leaves every screen: what is known of its voids is the answer, and the till need not wait for another."""
    for line in list(edit.lines):
        for at in line.stations:
            if unseen_void(at):
                answer = void_answer(at, VoidAnswer.UNSPECIFIED)
                line = edit.put_at(line, replace(at, void_answer=answer, acknowledged_version=edit.version))
                edit.line_ids.append(line.line_id)


def void_answer(at: StationLine, given: VoidAnswer) -> VoidAnswer:
    """Started or done means made, not fired means not made; else as the cook says, and never guessed."""
    if at.state_before_void in MADE_BEFORE or at.made_milli:
        return VoidAnswer.MADE
    if at.state_before_void is LineState.WAITING:
        return VoidAnswer.NOT_MADE
    return given if given in (VoidAnswer.MADE, VoidAnswer.NOT_MADE) else VoidAnswer.UNKNOWN
