"""Void lines or the whole order. A void stays on the ticket until the cooks acknowledge it; a refund never waits for that."""

from __future__ import annotations

from dataclasses import replace

from heard.command import LineAnswer, Outcome, VoidLines, VoidOrder
from heard.order import ChangeKind, Line, LineChange, LineState, OrderState, StationLine, VoidAnswer
from heard.ticket import MADE_STATES, not_here_yet
from heard.why import why
from hub.core.adding import with_changes
from hub.core.edit import DONE, Edit, Verdict


def void_lines(edit: Edit, verb: VoidLines) -> Verdict:
    """Voids these lines and their parts."""
    answers = []
    for line_id in dict.fromkeys(verb.line_ids):
        line = edit.line(line_id)
        if line is None:
            answers.append(edit.gone(line_id, why("line.unknown")))
        elif line.voided and line_id not in edit.line_ids:
            answers.append(LineAnswer(line_id, Outcome.ALREADY))
        else:
            _void_with_parts(edit, line, verb.reason)
            answers.append(LineAnswer(line_id, Outcome.DONE))
    edit.detail = verb.reason
    return edit.verdict(answers)


def void_order(edit: Edit, verb: VoidOrder) -> Verdict:
    """Voids every line; each station's tile says CANCELLED until acknowledged."""
    for line in list(edit.lines):
        _void_with_parts(edit, line, verb.reason)
    edit.assign(state=OrderState.VOIDED)
    edit.detail = verb.reason
    return DONE


def _void_with_parts(edit: Edit, line: Line, reason: str) -> None:
    if not line.voided:
        void_line(edit, line, reason)
    for part in list(edit.lines):
        if part.part_of == line.line_id and not part.voided:
            void_line(edit, part, reason)


def void_line(edit: Edit, line: Line, reason: str) -> None:
    """Voids one line at all its stations."""
    edit.line_ids.append(line.line_id)
    change = LineChange(ChangeKind.VOIDED, edit.version, edit.now_ms)
    edit.put_line(
        replace(
            line,
            voided=True,
            void_reason=reason,
            changes=with_changes(line.changes, change),
            stations=tuple(_voided_at(edit, at) for at in line.stations),
        )
    )


def _voided_at(edit: Edit, at: StationLine) -> StationLine:
    voided = replace(at, state=LineState.VOIDED, state_before_void=at.state, version=edit.version)
    if not_here_yet(at):
        return replace(voided, void_answer=VoidAnswer.NOT_MADE, acknowledged_version=edit.version)
    # What is on paper stays there until another slip says otherwise.
    on_paper = at.state is LineState.DONE and at.station in edit.site.routing.floor.papers
    if at.state in MADE_STATES and not edit.was_open(at) and not on_paper:
        # Its tile is gone: no screen shows it to be acknowledged. Of what expo sent nobody knows.
        made = VoidAnswer.MADE if at.state is LineState.DONE else VoidAnswer.UNKNOWN
        return replace(voided, void_answer=made, acknowledged_version=edit.version)
    edit.touch(at.station)
    return voided
