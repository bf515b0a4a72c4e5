"""What may come through the door: limits of orders and commands, and text made safe.

Refuses what can never be accepted (InvalidInput names the field) and returns the value with control characters and
bidirectional overrides taken out of every text (Arabic stays as it is).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from heard import command as c
from heard.alike import once_a_dish
from heard.business_date import is_date
from heard.errors import InvalidInput
from heard.order import Allergen, Line, Order
from heard.wire.values import (
    AMOUNT_MINOR_MAX,
    LINES_PER_ORDER_MAX,
    QUANTITY_MILLI_MAX,
    TEXT_CHARACTERS_MAX,
    check_amount,
    check_id,
    check_length,
    check_modifiers,
    check_number,
    check_text,
    clean,
    cleaned,
    fail,
    field_names,
)

NOTES_MAX = 20
ALLERGENS_MAX = 60
"""Of an order: the 14 that must be declared, for several guests."""
COURSES_MAX = 50
COURSE_MAX = 99
BAGS_MAX = 99
LOYALTY_POINTS_MAX = 10**9
DUE_MS_MAX = 10**14
"""The year 5138."""

PAYMENTS_MAX = 60
"""Of one order: a table of thirty that pays apart and changes its mind."""
TAXES_MAX = 20
FISCAL_BODY_BYTES_MAX = 64 << 10
"""An invoice of 200 lines with its signature."""
FISCAL_ID = re.compile(r"[A-Za-z0-9._:@+-]{1,64}")
"""What a cloud takes as an id."""
FISCAL_KIND = re.compile(r"[a-z_]{1,40}")
NUMBER_MAX = (1 << 53) - 1
"""What every language's JSON keeps exact."""


def _check_line(line: Line) -> bool:
    """Names fields as seen from the line: it runs for every line of every hold, and names are made for errors only.

    True where no text of it can need cleaning.
    """
    check_id("line_id", line.line_id)
    return _check_said(line)


@once_a_dish
def _check_said(line: Line) -> bool:
    check_id("part_of", line.part_of, required=False)
    check_text("name", line.name)
    check_number("quantity_milli", line.quantity_milli, 1, QUANTITY_MILLI_MAX)
    check_number("total_minor", line.total_minor, -AMOUNT_MINOR_MAX, AMOUNT_MINOR_MAX)
    check_number("unit_price_minor", line.unit_price_minor, -AMOUNT_MINOR_MAX, AMOUNT_MINOR_MAX)
    check_length("item_id", line.item_id)
    check_length("seat", line.seat)
    check_length("category", line.category)
    if not line.name and not line.item_id:
        raise fail("name", "is empty, and so is item_id", "a cook must be able to read what to make")
    check_modifiers("modifiers", line.modifiers)
    _check_notes("notes", line.notes)
    texts = [line.item_id, line.seat, line.category, *line.name.values()]
    for modifier in line.modifiers:
        texts += (modifier.modifier_id, modifier.routed_item_id, *modifier.name.values())
    for note in line.notes:
        texts += note.text.values()
    return _are_clean(texts)


def _are_clean(texts: Iterable[str]) -> bool:
    return all(map(str.isprintable, texts))


def _check_notes(field: str, notes: tuple[Any, ...]) -> None:
    if len(notes) > NOTES_MAX:
        raise fail(field, f"has more than {NOTES_MAX} notes")
    for index, note in enumerate(notes):
        check_text(f"{field}[{index}].text", note.text)


def _check_allergens(field: str, allergens: tuple[Allergen, ...]) -> None:
    if len(allergens) > ALLERGENS_MAX:
        raise fail(field, f"has more than {ALLERGENS_MAX} allergens")
    for index, allergen in enumerate(allergens):
        check_text(f"{field}[{index}].name", allergen.name)
        if not allergen.allergen_id and not allergen.name:
            raise fail(f"{field}[{index}]", "has neither id nor name")
        for name in ("allergen_id", "seat", "line_id"):
            check_length(f"{field}[{index}].{name}", getattr(allergen, name))


def _check_lines(field: str, lines: tuple[Line, ...]) -> bool:
    """True where no text of theirs can need cleaning."""
    if not lines:
        raise fail(field, "is empty", "an order needs at least one line")
    if len(lines) > LINES_PER_ORDER_MAX:
        raise fail(field, f"has {len(lines)} lines, more than {LINES_PER_ORDER_MAX}")
    seen: set[str] = set()
    clean = True
    for index, line in enumerate(lines):
        try:
            clean = _check_line(line) and clean
        except InvalidInput as error:
            raise error.under(f"{field}[{index}]") from None
        if line.line_id in seen:
            raise fail(f"{field}[{index}].line_id", f"{line.line_id!r} stands twice in the order")
        seen.add(line.line_id)
    return clean


def check_order(order: Order, field: str = "order") -> Order:
    """The order made safe, or InvalidInput naming the wrong field under `field`."""
    check_id(f"{field}.order_id", order.order_id)
    for name in (
        "call_number",
        "table",
        "guest",
        "aggregator_code",
        "server",
        "area",
        "pick_up_point",
        "loyalty_member",
    ):
        if len(getattr(order, name)) > TEXT_CHARACTERS_MAX:
            raise fail(f"{field}.{name}", f"is longer than {TEXT_CHARACTERS_MAX} characters")
    check_id(f"{field}.terminal", order.terminal, required=False)
    check_text(f"{field}.type_name", order.type_name)
    clean = _check_lines(f"{field}.lines", order.lines)
    ids = {line.line_id for line in order.lines}
    for index, line in enumerate(order.lines):
        if line.part_of and (line.part_of not in ids or line.part_of == line.line_id):
            raise fail(f"{field}.lines[{index}].part_of", f"{line.part_of!r} is no other line of the order")
    _check_notes(f"{field}.notes", order.notes)
    check_number(f"{field}.covers", order.covers, 0, 10_000)
    check_number(f"{field}.loyalty_points", order.loyalty_points, -LOYALTY_POINTS_MAX, LOYALTY_POINTS_MAX)
    check_number(f"{field}.due_at_ms", order.due_at_ms, 0, DUE_MS_MAX)
    # It is part of a store key: an order with another one could never be closed.
    _check_date(f"{field}.business_date", order.business_date)
    if len(order.courses) > COURSES_MAX:
        raise fail(f"{field}.courses", f"has {len(order.courses)} courses, more than {COURSES_MAX}")
    for index, course in enumerate(order.courses):
        check_text(f"{field}.courses[{index}].name", course.name)
    _check_allergens(f"{field}.allergens", order.allergens)
    for index, allergen in enumerate(order.allergens):
        if allergen.line_id and allergen.line_id not in ids:
            raise fail(f"{field}.allergens[{index}].line_id", f"{allergen.line_id!r} is no line of the order")
    _check_payments(f"{field}.payments", order)
    if len(order.totals.taxes) > TAXES_MAX:
        raise fail(f"{field}.totals.taxes", f"has {len(order.totals.taxes)} taxes, more than {TAXES_MAX}")
    if len(order.totals.currency) not in (0, 3):
        raise fail(f"{field}.totals.currency", "is not an ISO 4217 code of three letters")
    if clean and _is_clean_without_lines(order):
        return order
    made: Order = cleaned(order)
    return made


def _check_payments(field: str, order: Order) -> None:
    if len(order.payments) > PAYMENTS_MAX:
        raise fail(field, f"has {len(order.payments)} payments, more than {PAYMENTS_MAX}")
    for index, one in enumerate(order.payments):
        check_id(f"{field}[{index}].payment_id", one.payment_id, required=False)
        check_length(f"{field}[{index}].method", one.method)
        check_length(f"{field}[{index}].user", one.user)
        check_amount(f"{field}[{index}].amount_minor", one.amount_minor)
        _check_date(f"{field}[{index}].business_date", one.business_date)


def _check_fiscal(command: c.Command, verb: c.IssueFiscal, under: str) -> c.Command:
    for name in ("document_id", "series", "incarnation"):
        text = getattr(verb, name)
        check_id(f"{under}.{name}", text)
        if not FISCAL_ID.fullmatch(text):
            raise fail(f"{under}.{name}", f"is {text!r}", "use letters, digits and . _ : @ + -")
    if not FISCAL_KIND.fullmatch(verb.kind):
        raise fail(f"{under}.kind", f"is {verb.kind!r}", "write a word such as invoice or credit_note")
    check_number(f"{under}.number", verb.number, 1, NUMBER_MAX)
    check_amount(f"{under}.amount_minor", verb.amount_minor)
    _check_date(f"{under}.business_date", verb.business_date)
    if len(verb.currency) not in (0, 3):
        raise fail(f"{under}.currency", "is not an ISO 4217 code of three letters")
    if len(verb.body.encode(errors="replace")) > FISCAL_BODY_BYTES_MAX:
        raise fail(f"{under}.body", f"is longer than {FISCAL_BODY_BYTES_MAX} bytes")
    try:
        is_object = isinstance(json.loads(verb.body or "{}"), dict)
    except (ValueError, RecursionError):
        is_object = False
    if not is_object:
        raise fail(f"{under}.body", "is no JSON object", "send the document as one JSON object")
    return command


def _check_date(field: str, text: str) -> None:
    if text and not is_date(text):
        raise fail(field, "is not a date like 2026-11-23", "leave it empty: the hub knows it")


def _is_clean_without_lines(order: Order) -> bool:
    """True where no text can need cleaning: the quick way for nearly every order."""
    texts = [order.call_number, order.table, order.guest, order.aggregator_code, order.server, order.area]
    texts.append(order.pick_up_point)
    texts.append(order.loyalty_member)
    texts += order.type_name.values()
    for note in order.notes:
        texts += note.text.values()
    for allergen in order.allergens:
        texts += (allergen.allergen_id, allergen.seat, *allergen.name.values())
    for course in order.courses:
        texts += course.name.values()
    for payment in order.payments:
        texts += (payment.method, payment.user)
    texts += [tax.tax_id for tax in order.totals.taxes]
    return _are_clean(texts)


def _check_painted(field: str, lines: Iterable[c.PaintedLine]) -> None:
    count = 0
    for index, line in enumerate(lines):
        count += 1
        check_id(f"{field}[{index}].line_id", line.line_id)
    if not 1 <= count <= LINES_PER_ORDER_MAX:
        raise fail(field, f"has {count} lines, not 1 to {LINES_PER_ORDER_MAX}")


def _check_ids(field: str, line_ids: tuple[str, ...]) -> None:
    if not 1 <= len(line_ids) <= LINES_PER_ORDER_MAX:
        raise fail(field, f"has {len(line_ids)} lines, not 1 to {LINES_PER_ORDER_MAX}")
    for index, line_id in enumerate(line_ids):
        check_id(f"{field}[{index}]", line_id)


def check_command(command: c.Command, field: str = "command") -> c.Command:
    """The command made safe, or InvalidInput naming the wrong field under `field`."""
    verb = command.verb
    under = f"{field}.{verb.name}"
    if not isinstance(verb, c.SiteVerb | c.IssueFiscal | c.UnknownVerb) and not (
        isinstance(verb, c.Undo) and not command.order_id  # of an 86
    ):
        check_id(f"{field}.order_id", command.order_id)
    check_id(f"{field}.command_id", command.command_id, required=False)
    # What stays in an order's history for its life must be short, or one day nobody could bump the order.
    check_length(f"{field}.user", command.user)
    if command.key_device:
        check_id(f"{field}.key_device", command.key_device)
    for name in field_names(type(verb)):  # type: ignore[arg-type]  # every class is hashable
        text = getattr(verb, name)
        if isinstance(text, str) and name != "body":
            check_length(f"{under}.{name}", text)
    if not command.user.isprintable():
        command = replace(command, user=clean(command.user))
    match verb:
        case c.Hold():
            order = check_order(verb.order, f"{under}.order")
            if order.order_id != command.order_id:
                raise fail(f"{field}.order_id", "is not the id of the order that is held")
            return command if order is verb.order else replace(command, verb=c.Hold(order))
        case c.AddLines():
            _check_allergens(f"{under}.allergens", verb.allergens)
            if verb.lines or not verb.allergens:
                _check_lines(f"{under}.lines", verb.lines)
        case c.ChangeLine():
            check_id(f"{under}.line_id", verb.line_id)
            if verb.quantity_milli is not None:
                check_number(f"{under}.quantity_milli", verb.quantity_milli, 1, QUANTITY_MILLI_MAX)
            check_modifiers(f"{under}.modifiers", verb.modifiers or ())
            _check_notes(f"{under}.notes", verb.notes or ())
        case c.ChangeOrder():
            _check_notes(f"{under}.notes", verb.notes or ())
            if verb.covers is not None:
                check_number(f"{under}.covers", verb.covers, 0, 10_000)
            if verb.due_at_ms is not None:
                check_number(f"{under}.due_at_ms", verb.due_at_ms, 1, DUE_MS_MAX)
        case c.VoidLines():
            _check_ids(f"{under}.line_ids", verb.line_ids)
        case c.Remake():
            _check_ids(f"{under}.line_ids", verb.line_ids)
            check_id(f"{under}.new_line_prefix", verb.new_line_prefix, required=False)
            if not verb.reason.strip():
                raise fail(f"{under}.reason", "is empty", "say why: dropped, cold, wrong dish")
        case c.Split():
            _check_ids(f"{under}.line_ids", verb.line_ids)
            check_id(f"{under}.new_order_id", verb.new_order_id)
            if verb.new_order_id == command.order_id:
                raise fail(
                    f"{under}.new_order_id",
                    "is the order that is split",
                    "give the new order an id of its own",
                )
        case c.Merge():
            check_id(f"{under}.into_order_id", verb.into_order_id)
            if verb.into_order_id == command.order_id:
                raise fail(f"{under}.into_order_id", "is the order that is merged", "name another open order")
        case c.FireCourse():
            check_number(f"{under}.course", verb.course, 0, COURSE_MAX)
            check_number(f"{under}.fires_at_ms", verb.fires_at_ms, 0, DUE_MS_MAX)
        case c.HoldCourse():
            check_number(f"{under}.course", verb.course, 1, COURSE_MAX)
        case c.MoveTicket():
            check_id(f"{under}.from_station", verb.from_station)
            check_id(f"{under}.to_station", verb.to_station)
            _check_painted(f"{under}.lines", verb.lines)
        case c.SendOut():
            _check_painted(f"{under}.lines", verb.lines)
        case c.ConfirmAllergy():
            if len(verb.allergen_ids) > ALLERGENS_MAX:
                raise fail(f"{under}.allergen_ids", f"has more than {ALLERGENS_MAX} allergens")
            for index, allergen_id in enumerate(verb.allergen_ids):
                check_length(f"{under}.allergen_ids[{index}]", allergen_id)
            if not verb.allergen_ids and not verb.painted_version:
                raise fail(
                    f"{under}.painted_version", "is 0", "say which version of the order stood on the card"
                )
        case c.PrintTicket():
            check_id(f"{under}.station", verb.station)
            check_id(f"{under}.printer", verb.printer, required=False)
            if verb.line_ids:
                _check_ids(f"{under}.line_ids", verb.line_ids)
        case c.PackBags():
            check_number(f"{under}.bags", verb.bags, 0, BAGS_MAX)
        case c.StartLines() | c.BumpLines() | c.RecallLines() | c.Acknowledge():
            check_id(f"{under}.station", verb.station)
            _check_painted(f"{under}.lines", verb.lines)
        case c.Undo():
            check_id(f"{under}.station", verb.station, required=bool(command.order_id))
        case c.EightySix():
            if not verb.item_id:
                raise fail(f"{under}.item_id", "is empty", "name the item that is out")
            check_text(f"{under}.name", verb.item_name)
        case c.Pause():
            check_id(f"{under}.station", verb.station, required=False)
            check_number(f"{under}.until_ms", verb.until_ms, 0 if verb.resume else 1, DUE_MS_MAX)
        case c.CloseStation():
            check_id(f"{under}.station", verb.station)
            check_id(f"{under}.to_station", verb.to_station, required=False)
        case c.MarkPaid():
            check_id(f"{under}.payment_id", verb.payment_id, required=False)
            check_id(f"{under}.bill", verb.bill, required=False)
            check_amount(f"{under}.paid_minor", verb.paid_minor)
            check_amount(f"{under}.amount_minor", verb.amount_minor)
            _check_date(f"{under}.business_date", verb.business_date)
        case c.IssueFiscal():
            return _check_fiscal(command, verb, under)
        case c.OpenStation():
            check_id(f"{under}.station", verb.station)
        case _:
            pass
    made = cleaned(verb)
    return command if made is verb else replace(command, verb=made)
