"""REMAKE: what was made is made once more. A new line, first in order, not charged, counted as waste."""

from __future__ import annotations

from dataclasses import replace

from heard.command import LineAnswer, Outcome, Reason, Remake
from heard.errors import InvalidInput
from heard.order import Allergen, Line, LineState, OrderState
from heard.ticket import MADE_STATES, OPEN_STATES
from heard.why import why
from hub.core.edit import LINES_PER_ORDER_MAX, Edit, Verdict
from hub.core.hold import LINE_ID_BYTES_MAX
from hub.core.lifecycle import LINE_TABLE, Kind, stand_of

NOT_MADE = why("line.no_kitchen")


def remake(edit: Edit, verb: Remake) -> Verdict:
    """Each named line that was made comes again, at the stations that made it; a combo comes with its parts."""
    if not verb.reason.strip():
        raise InvalidInput("remake.reason", "is empty", "say why: dropped, cold, wrong dish")
    answers = []
    for line_id in dict.fromkeys(verb.line_ids):
        line = edit.line(line_id)
        if line is None:
            answers.append(edit.gone(line_id, why("line.unknown")))
            continue
        parts = [one for one in edit.lines if one.part_of == line_id and not one.remake and not one.voided]
        lines = parts if line.combo and parts else [line, *parts]
        answers.append(_again(edit, verb, line, [one for one in lines if _made(one)]))
    edit.detail = verb.reason
    if edit.line_ids:
        if len(edit.lines) > LINES_PER_ORDER_MAX:
            raise InvalidInput(
                "remake.line_ids", f"makes {len(edit.lines)} lines; at most {LINES_PER_ORDER_MAX}"
            )
        if edit.order.state is OrderState.PICKED_UP:
            # The guest came back: the order is in the kitchen again, with nothing of what went out before.
            for line in list(edit.lines):
                if line.line_id not in edit.line_ids and not line.voided:
                    edit.put_line(_out(edit, line))
            edit.assign(state=OrderState.UNSPECIFIED, picked_up_at_ms=0)
    return edit.verdict(answers)


def _out(edit: Edit, line: Line) -> Line:
    stations = tuple(
        [
            replace(at, state=LineState.SENT, version=edit.version, acknowledged_version=edit.version)
            if at.state in OPEN_STATES
            else at
            for at in line.stations
        ]
    )
    return replace(
        line, stations=stations, sent_at_ms=line.sent_at_ms or edit.order.picked_up_at_ms or edit.now_ms
    )


def _made(line: Line) -> bool:
    return any(at.state in MADE_STATES for at in line.stations)


def _again(edit: Edit, verb: Remake, named: Line, lines: list[Line]) -> LineAnswer:
    if not lines:
        stand = next((stand_of(at) for at in named.stations), None)
        if stand is None:
            return edit.refuse(named.line_id, Reason.NOT_NOW, NOT_MADE)
        rule = LINE_TABLE[stand, "remake"]
        said = rule.why if rule.kind is Kind.NOT_NOW else NOT_MADE
        return edit.refuse(named.line_id, Reason.NOT_NOW, said)
    if 0 < edit.command.epoch_n < edit.site.epoch_n:
        # The hub was restored, and the cloud may have brought back what this command made: once is enough.
        again = {one.remake_of for one in edit.lines}
        lines = [one for one in lines if (one.remake_of or one.line_id) not in again]
        if not lines:
            return LineAnswer(named.line_id, Outcome.ALREADY)
    for line in lines:
        _put_again(edit, verb, line)
    return LineAnswer(named.line_id, Outcome.DONE)


def _put_again(edit: Edit, verb: Remake, line: Line) -> None:
    line_id = _free_id(edit, verb.new_line_prefix, line.line_id)
    stations = []
    for at in line.stations:
        if at.state not in MADE_STATES or at.step:
            continue  # the later stations of a sequence get it from the first
        there = edit.station_state(at.station)
        edit.put_station(there)
        stations.append(
            replace(
                at,
                state=LineState.QUEUED,
                version=edit.version,
                batch=there.batch,
                queued_at_ms=edit.now_ms,
                started_at_ms=0,
                done_at_ms=0,
                made_milli=0,
                acknowledged_version=edit.order.version,
                recalled=False,
            )
        )
        edit.touch(at.station)
    made = replace(
        line,
        line_id=line_id,
        part_of="",
        unit_price_minor=0,
        total_minor=0,
        added_version=edit.version,
        added_at_ms=edit.now_ms,
        changes=(),
        stations=tuple(stations),
        remake=True,
        remake_of=line.remake_of or line.line_id,
        sent_at_ms=0,
        modifiers=tuple([replace(one, price_minor=0) for one in line.modifiers]),
    )
    edit.put_line(made)
    edit.line_ids.append(line_id)
    allergens = edit.order.allergens
    again = tuple(
        Allergen(one.allergen_id, one.name, one.seat, line_id, edit.version)
        for one in allergens
        if one.line_id in (line.line_id, line.part_of) and one.line_id
    )
    if again:
        edit.assign(allergens=(*allergens, *again))


def _free_id(edit: Edit, prefix: str, line_id: str) -> str:
    base = f"{prefix}{line_id}" if prefix else f"{line_id}~r"
    if len(base.encode()) > LINE_ID_BYTES_MAX - 4:
        base = f"r{edit.version}-{len(edit.lines)}"
    found, count = base, 1
    while edit.line(found) is not None:
        count += 1
        found = f"{base}{count}"
    return found
