"""What expo does at the pass: send out, confirm allergies, note the rider and the bags."""

from __future__ import annotations

from dataclasses import replace

from heard.command import (
    ConfirmAllergy,
    LineAnswer,
    Outcome,
    PackBags,
    PaintedLine,
    Reason,
    RecallLines,
    RiderHere,
    SendOut,
)
from heard.expo import EXPO, card_version, unconfirmed
from heard.order import Line, LineState, StationLine
from heard.ticket import TO_MAKE_STATES, not_here_yet
from heard.why import why
from hub.core import cooking
from hub.core.decision import UndoRecord
from hub.core.edit import ALREADY, DONE, Edit, Verdict, refused
from hub.core.lifecycle import LINE_TABLE, Kind, stand_of
from hub.core.slips import slip_on_bump
from hub.core.take_over import STALE


def send_out(edit: Edit, verb: SendOut) -> Verdict:
    """The lines go out. What prep has still open of them is SENT: neither made nor on time, and soon gone from prep.

    Refused as a whole while an allergy of these lines waits for expo's own key.
    """
    edit.station = EXPO
    named = [line for one in verb.lines if (line := edit.line(one.line_id)) is not None and not line.voided]
    if unconfirmed(edit.order, named):
        return refused(Reason.NOT_NOW, why("allergy.confirm"), "send_out.lines")
    before: list[tuple[str, StationLine]] = []
    answers = [_one(edit, one, before) for one in dict.fromkeys(verb.lines)]
    if edit.line_ids:
        for station in dict.fromkeys(at.station for _, at in before):
            edit.touch(station)
            edit.close_tile(station)
        if verb.pick_up_point:
            edit.assign(pick_up_point=verb.pick_up_point)
        slip_on_bump(edit)
        command = edit.command
        edit.undo_changed = True
        edit.undo = UndoRecord(
            command.incarnation,
            command.seq,
            edit.order.order_id,
            EXPO,
            "send_out",
            edit.now_ms,
            edit.version,
            tuple(before),
        )
    return edit.verdict(answers)


def _one(edit: Edit, painted: PaintedLine, before: list[tuple[str, StationLine]]) -> LineAnswer:
    line = edit.line(painted.line_id)
    if line is None:
        return edit.gone(painted.line_id, why("line.unknown"))
    if line.voided or line.sent_at_ms:
        return LineAnswer(painted.line_id, Outcome.ALREADY)
    epoch_n = edit.command.epoch_n
    if painted.version != card_version(line):
        if epoch_n and epoch_n < edit.site.epoch_n and painted.version < card_version(line):
            return LineAnswer(painted.line_id, Outcome.ALREADY)
        return edit.refuse(painted.line_id, Reason.STALE, STALE, line)
    for at in line.stations:
        rule = LINE_TABLE[stand_of(at), "send_out"]
        if rule.kind is Kind.NOT_NOW and not not_here_yet(at):
            return edit.refuse(painted.line_id, Reason.NOT_NOW, rule.why)
    edit.put_line(_sent(edit, line, before))
    edit.line_ids.append(line.line_id)
    return LineAnswer(painted.line_id, Outcome.DONE)


def _sent(edit: Edit, line: Line, before: list[tuple[str, StationLine]]) -> Line:
    stations = []
    for at in line.stations:
        if at.state in TO_MAKE_STATES or not_here_yet(at):
            before.append((line.line_id, at))
            hidden = not_here_yet(at)
            at = replace(at, state=LineState.SENT, version=edit.version)
            at = replace(at, acknowledged_version=edit.version) if hidden else at
        stations.append(at)
    return replace(line, stations=tuple(stations), sent_at_ms=edit.now_ms)


def recall(edit: Edit, verb: RecallLines) -> Verdict:
    """At a station its lines are made again; at the pass what went out stands on the card again, and nothing is cooked twice."""
    if verb.station != EXPO:
        return cooking.recall(edit, verb)
    edit.station = EXPO
    answers = []
    for painted in dict.fromkeys(verb.lines):
        line = edit.line(painted.line_id)
        if line is None:
            answers.append(edit.refuse(painted.line_id, Reason.GONE, why("line.unknown")))
        elif not line.sent_at_ms or line.voided:
            answers.append(LineAnswer(painted.line_id, Outcome.ALREADY))
        elif painted.version != card_version(line):
            answers.append(edit.refuse(painted.line_id, Reason.STALE, STALE, line))
        else:
            edit.put_line(replace(line, sent_at_ms=0))
            edit.line_ids.append(line.line_id)
            answers.append(LineAnswer(painted.line_id, Outcome.DONE))
    return edit.verdict(answers)


def confirm_allergy(edit: Edit, verb: ConfirmAllergy) -> Verdict:
    """Expo made sure of the allergies that stood on the card; one that came later still waits."""
    edit.station = EXPO
    order = edit.order
    version = min(verb.painted_version, order.version)
    if not version:
        missing = {
            one.allergen_id: " / ".join(dict.fromkeys(one.name.values())) or one.allergen_id
            for one in order.allergens
            if one.allergen_id not in verb.allergen_ids
        }
        if missing:
            return refused(
                Reason.STALE,
                why("allergy.others", allergens=[missing[one] for one in sorted(missing)]),
                "confirm_allergy.allergen_ids",
            )
        version = order.version
    if version <= order.allergy_confirmed_version or not unconfirmed(order, order.lines):
        return ALREADY
    edit.assign(allergy_confirmed_version=version)
    edit.detail = ", ".join(verb.allergen_ids)
    return DONE


def rider_here(edit: Edit, verb: RiderHere) -> Verdict:
    """The rider stands at the counter, or has gone."""
    if bool(edit.order.rider_here_at_ms) == verb.here:
        return ALREADY
    edit.assign(rider_here_at_ms=edit.now_ms if verb.here else 0)
    edit.detail = "" if verb.here else "gone"
    return DONE


def pack(edit: Edit, verb: PackBags) -> Verdict:
    """How many bags the order fills, set absolutely."""
    if edit.order.bags == verb.bags:
        return ALREADY
    edit.assign(bags=verb.bags)
    edit.detail = str(verb.bags)
    return DONE
