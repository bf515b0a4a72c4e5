"""What may come through the door: limits of orders and commands, and text made safe.

Refuses what can never be accepted (InvalidInput names the field) and returns the value with control characters and
bidirectional overrides taken out of every text (Arabic stays as it is).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

from heard import command as c
from heard.business_date import is_date
from heard.errors import InvalidInput
from heard.order import Allergen, Line, Order, Text
from heard.stream import Cart, CartAmount

LINES_PER_ORDER_MAX = 200
MODIFIERS_PER_LINE_MAX = 60
NOTES_MAX = 20
ALLERGENS_MAX = 60
"""Of an order: the 14 that must be declared, for several guests."""
COURSES_MAX = 50
TEXT_CHARACTERS_MAX = 120
"""One name, note or table on the wire; a screen must draw all of it."""
LANGUAGES_MAX = 8
ID_BYTES_MAX = 64
"""Ids are parts of store keys, whose engine takes at most 511 bytes."""
QUANTITY_MILLI_MAX = 9_999_999
"""9,999.999 of one dish; more is a slip of the finger."""
AMOUNT_MINOR_MAX = 10**15
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

QR_BYTES_MAX = 2_000
"""More does not fit a code that a phone can read from a screen."""

_BIDI_OVERRIDES = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_STRIPPED: dict[int, int | None] = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), *_BIDI_OVERRIDES, 0xFEFF, 0x2028, 0x2029]
)
_STRIPPED[0x09] = _STRIPPED[0x0A] = _STRIPPED[0x0D] = ord(" ")


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """The text without control characters and bidirectional overrides; tabs and line ends become spaces."""
    return text.translate(_STRIPPED)


def _fail(field: str, what: str, hint: str = "") -> InvalidInput:
    return InvalidInput(field, what, hint)


def _check_id(field: str, value: str, *, required: bool = True) -> None:
    if not value:
        if required:
            raise _fail(field, "is empty", "give every order and line an id of its own")
        return
    if not value.isascii() or len(value) > ID_BYTES_MAX:
        raise _fail(field, f"is not 1 to {ID_BYTES_MAX} ASCII characters")
    if not value.isprintable() or "/" in value or " " in value:
        raise _fail(field, "contains a space, a slash or a control character")


def _check_text(field: str, text: Text) -> None:
    if len(text) > LANGUAGES_MAX:
        raise _fail(field, f"has more than {LANGUAGES_MAX} languages")
    for language, words in text.items():
        if len(words) > TEXT_CHARACTERS_MAX:
            raise _fail(f"{field}[{language}]", f"is longer than {TEXT_CHARACTERS_MAX} characters")
        if not language or len(language) > 16:
            raise _fail(field, "has a language tag that is empty or longer than 16 characters")


def _check_number(field: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise _fail(field, f"is {value}, not between {low} and {high}")


def _cleaned(value: Any) -> Any:
    """The same value with every text in it cleaned; shares what needed no change."""
    if isinstance(value, str):
        return value if value.isprintable() and value.isascii() else clean(value)
    if isinstance(value, tuple):
        if not value:
            return value
        made = tuple([_cleaned(one) for one in value])
        return value if all(new is old for new, old in zip(made, value, strict=True)) else made
    if isinstance(value, dict):
        new = {key: _cleaned(words) for key, words in value.items()}
        return value if new == value else new
    if is_dataclass(value) and not isinstance(value, type):
        changed = {}
        for name in _field_names(type(value)):
            old = getattr(value, name)
            if isinstance(old, int):
                continue
            fresh = _cleaned(old)
            if fresh is not old and fresh != old:
                changed[name] = fresh
        return replace(value, **changed) if changed else value
    return value


@lru_cache(maxsize=256)
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def _check_line(field: str, line: Line) -> None:
    _check_id(f"{field}.line_id", line.line_id)
    _check_id(f"{field}.part_of", line.part_of, required=False)
    _check_text(f"{field}.name", line.name)
    _check_number(f"{field}.quantity_milli", line.quantity_milli, 1, QUANTITY_MILLI_MAX)
    _check_number(f"{field}.total_minor", line.total_minor, -AMOUNT_MINOR_MAX, AMOUNT_MINOR_MAX)
    _check_number(f"{field}.unit_price_minor", line.unit_price_minor, -AMOUNT_MINOR_MAX, AMOUNT_MINOR_MAX)
    for name in ("item_id", "seat", "category"):
        if len(getattr(line, name)) > TEXT_CHARACTERS_MAX:
            raise _fail(f"{field}.{name}", f"is longer than {TEXT_CHARACTERS_MAX} characters")
    if not line.name and not line.item_id:
        raise _fail(
            f"{field}.name", "is empty, and so is item_id", "a cook must be able to read what to make"
        )
    _check_modifiers(f"{field}.modifiers", line.modifiers)
    _check_notes(f"{field}.notes", line.notes)


def _check_modifiers(field: str, modifiers: tuple[Any, ...]) -> None:
    if len(modifiers) > MODIFIERS_PER_LINE_MAX:
        raise _fail(field, f"has more than {MODIFIERS_PER_LINE_MAX} modifiers")
    for index, modifier in enumerate(modifiers):
        _check_text(f"{field}[{index}].name", modifier.name)
        if len(modifier.modifier_id) > ID_BYTES_MAX:
            raise _fail(f"{field}[{index}].modifier_id", f"is longer than {ID_BYTES_MAX} characters")
        _check_number(f"{field}[{index}].quantity_milli", modifier.quantity_milli, 1, QUANTITY_MILLI_MAX)


def _check_notes(field: str, notes: tuple[Any, ...]) -> None:
    if len(notes) > NOTES_MAX:
        raise _fail(field, f"has more than {NOTES_MAX} notes")
    for index, note in enumerate(notes):
        _check_text(f"{field}[{index}].text", note.text)


def _check_allergens(field: str, allergens: tuple[Allergen, ...]) -> None:
    if len(allergens) > ALLERGENS_MAX:
        raise _fail(field, f"has more than {ALLERGENS_MAX} allergens")
    for index, allergen in enumerate(allergens):
        _check_text(f"{field}[{index}].name", allergen.name)
        if not allergen.allergen_id and not allergen.name:
            raise _fail(f"{field}[{index}]", "has neither id nor name")
        for name in ("allergen_id", "seat", "line_id"):
            _check_length(f"{field}[{index}].{name}", getattr(allergen, name))


def _check_length(field: str, text: str) -> None:
    if len(text) > TEXT_CHARACTERS_MAX:
        raise _fail(field, f"is longer than {TEXT_CHARACTERS_MAX} characters")


def _check_lines(field: str, lines: tuple[Line, ...]) -> None:
    if not lines:
        raise _fail(field, "is empty", "an order needs at least one line")
    if len(lines) > LINES_PER_ORDER_MAX:
        raise _fail(field, f"has {len(lines)} lines, more than {LINES_PER_ORDER_MAX}")
    seen: set[str] = set()
    for index, line in enumerate(lines):
        _check_line(f"{field}[{index}]", line)
        if line.line_id in seen:
            raise _fail(f"{field}[{index}].line_id", f"{line.line_id!r} stands twice in the order")
        seen.add(line.line_id)


def check_order(order: Order, field: str = "order") -> Order:
    """The order made safe, or InvalidInput naming the wrong field under `field`."""
    _check_id(f"{field}.order_id", order.order_id)
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
            raise _fail(f"{field}.{name}", f"is longer than {TEXT_CHARACTERS_MAX} characters")
    _check_id(f"{field}.terminal", order.terminal, required=False)
    _check_text(f"{field}.type_name", order.type_name)
    _check_lines(f"{field}.lines", order.lines)
    ids = {line.line_id for line in order.lines}
    for index, line in enumerate(order.lines):
        if line.part_of and (line.part_of not in ids or line.part_of == line.line_id):
            raise _fail(f"{field}.lines[{index}].part_of", f"{line.part_of!r} is no other line of the order")
    _check_notes(f"{field}.notes", order.notes)
    _check_number(f"{field}.covers", order.covers, 0, 10_000)
    _check_number(f"{field}.loyalty_points", order.loyalty_points, -LOYALTY_POINTS_MAX, LOYALTY_POINTS_MAX)
    _check_number(f"{field}.due_at_ms", order.due_at_ms, 0, DUE_MS_MAX)
    # It is part of a store key: an order with another one could never be closed.
    _check_date(f"{field}.business_date", order.business_date)
    if len(order.courses) > COURSES_MAX:
        raise _fail(f"{field}.courses", f"has {len(order.courses)} courses, more than {COURSES_MAX}")
    for index, course in enumerate(order.courses):
        _check_text(f"{field}.courses[{index}].name", course.name)
    _check_allergens(f"{field}.allergens", order.allergens)
    for index, allergen in enumerate(order.allergens):
        if allergen.line_id and allergen.line_id not in ids:
            raise _fail(
                f"{field}.allergens[{index}].line_id", f"{allergen.line_id!r} is no line of the order"
            )
    _check_payments(f"{field}.payments", order)
    if len(order.totals.taxes) > TAXES_MAX:
        raise _fail(f"{field}.totals.taxes", f"has {len(order.totals.taxes)} taxes, more than {TAXES_MAX}")
    if len(order.totals.currency) not in (0, 3):
        raise _fail(f"{field}.totals.currency", "is not an ISO 4217 code of three letters")
    if _is_clean(order):
        return order
    cleaned: Order = _cleaned(order)
    return cleaned


def _check_payments(field: str, order: Order) -> None:
    if len(order.payments) > PAYMENTS_MAX:
        raise _fail(field, f"has {len(order.payments)} payments, more than {PAYMENTS_MAX}")
    for index, one in enumerate(order.payments):
        _check_id(f"{field}[{index}].payment_id", one.payment_id, required=False)
        _check_length(f"{field}[{index}].method", one.method)
        _check_length(f"{field}[{index}].user", one.user)
        _check_amount(f"{field}[{index}].amount_minor", one.amount_minor)
        _check_date(f"{field}[{index}].business_date", one.business_date)


def _check_fiscal(command: c.Command, verb: c.IssueFiscal, under: str) -> c.Command:
    for name in ("document_id", "series", "incarnation"):
        text = getattr(verb, name)
        _check_id(f"{under}.{name}", text)
        if not FISCAL_ID.fullmatch(text):
            raise _fail(f"{under}.{name}", f"is {text!r}", "use letters, digits and . _ : @ + -")
    if not FISCAL_KIND.fullmatch(verb.kind):
        raise _fail(f"{under}.kind", f"is {verb.kind!r}", "write a word such as invoice or credit_note")
    _check_number(f"{under}.number", verb.number, 1, NUMBER_MAX)
    _check_amount(f"{under}.amount_minor", verb.amount_minor)
    _check_date(f"{under}.business_date", verb.business_date)
    if len(verb.currency) not in (0, 3):
        raise _fail(f"{under}.currency", "is not an ISO 4217 code of three letters")
    if len(verb.body.encode(errors="replace")) > FISCAL_BODY_BYTES_MAX:
        raise _fail(f"{under}.body", f"is longer than {FISCAL_BODY_BYTES_MAX} bytes")
    try:
        is_object = isinstance(json.loads(verb.body or "{}"), dict)
    except (ValueError, RecursionError):
        is_object = False
    if not is_object:
        raise _fail(f"{under}.body", "is no JSON object", "send the document as one JSON object")
    return command


def _check_date(field: str, text: str) -> None:
    if text and not is_date(text):
        raise _fail(field, "is not a date like 2026-11-23", "leave it empty: the hub knows it")


def _is_clean(order: Order) -> bool:
    """True where no text can need cleaning: the quick way for nearly every order (15 µs instead of 100)."""
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
    for line in order.lines:
        texts += (line.item_id, line.seat, line.category, *line.name.values())
        for modifier in line.modifiers:
            texts += (modifier.modifier_id, modifier.routed_item_id, *modifier.name.values())
        for note in line.notes:
            texts += note.text.values()
    return all(map(str.isprintable, texts))


def _check_painted(field: str, lines: Iterable[c.PaintedLine]) -> None:
    count = 0
    for index, line in enumerate(lines):
        count += 1
        _check_id(f"{field}[{index}].line_id", line.line_id)
    if not 1 <= count <= LINES_PER_ORDER_MAX:
        raise _fail(field, f"has {count} lines, not 1 to {LINES_PER_ORDER_MAX}")


_CART_AMOUNTS = (
    "subtotal_minor",
    "tax_minor",
    "total_minor",
    "tendered_minor",
    "change_minor",
    "rounding_minor",
)


def _check_amount(field: str, amount_minor: int) -> None:
    _check_number(field, amount_minor, -AMOUNT_MINOR_MAX, AMOUNT_MINOR_MAX)


def _check_amounts(field: str, amounts: tuple[CartAmount, ...]) -> None:
    if len(amounts) > LINES_PER_ORDER_MAX:
        raise _fail(field, f"has {len(amounts)}, more than {LINES_PER_ORDER_MAX}")
    for index, one in enumerate(amounts):
        _check_text(f"{field}[{index}].name", one.name)
        _check_amount(f"{field}[{index}].amount_minor", one.amount_minor)


def _check_ids(field: str, line_ids: tuple[str, ...]) -> None:
    if not 1 <= len(line_ids) <= LINES_PER_ORDER_MAX:
        raise _fail(field, f"has {len(line_ids)} lines, not 1 to {LINES_PER_ORDER_MAX}")
    for index, line_id in enumerate(line_ids):
        _check_id(f"{field}[{index}]", line_id)


def check_cart(cart: Cart, field: str = "cart") -> Cart:
    """The cart made safe for a guest's screen, or InvalidInput naming the wrong field under `field`."""
    _check_id(f"{field}.terminal", cart.terminal)
    if len(cart.lines) > LINES_PER_ORDER_MAX:
        raise _fail(f"{field}.lines", f"has {len(cart.lines)} lines, more than {LINES_PER_ORDER_MAX}")
    for index, line in enumerate(cart.lines):
        _check_text(f"{field}.lines[{index}].name", line.name)
        _check_modifiers(f"{field}.lines[{index}].modifiers", line.modifiers)
        _check_amounts(f"{field}.lines[{index}].discounts", line.discounts)
        _check_amount(f"{field}.lines[{index}].unit_price_minor", line.unit_price_minor)
        _check_amount(f"{field}.lines[{index}].total_minor", line.total_minor)
        _check_number(
            f"{field}.lines[{index}].quantity_milli",
            line.quantity_milli,
            -QUANTITY_MILLI_MAX,
            QUANTITY_MILLI_MAX,
        )
    for name in ("discounts", "charges", "payments"):
        _check_amounts(f"{field}.{name}", getattr(cart, name))
    for name in _CART_AMOUNTS:
        _check_amount(f"{field}.{name}", getattr(cart, name))
    for name in ("currency", "call_number", "newest_line_id"):
        _check_length(f"{field}.{name}", getattr(cart, name))
    for name in ("method", "loyalty"):
        _check_text(f"{field}.{name}", getattr(cart, name))
    for name in ("qr", "receipt_qr"):
        if len(getattr(cart, name).encode(errors="replace")) > QR_BYTES_MAX:
            raise _fail(f"{field}.{name}", f"is longer than {QR_BYTES_MAX} bytes")
    cleaned: Cart = _cleaned(cart)
    return cleaned


def check_command(command: c.Command, field: str = "command") -> c.Command:
    """The command made safe, or InvalidInput naming the wrong field under `field`."""
    verb = command.verb
    under = f"{field}.{verb.name}"
    if not isinstance(verb, c.SiteVerb | c.IssueFiscal | c.UnknownVerb) and not (
        isinstance(verb, c.Undo) and not command.order_id  # of an 86
    ):
        _check_id(f"{field}.order_id", command.order_id)
    _check_id(f"{field}.command_id", command.command_id, required=False)
    # What stays in an order's history for its life must be short, or one day nobody could bump the order.
    _check_length(f"{field}.user", command.user)
    if command.key_device:
        _check_id(f"{field}.key_device", command.key_device)
    for one in fields(verb):
        text = getattr(verb, one.name)
        if isinstance(text, str) and one.name != "body":
            _check_length(f"{under}.{one.name}", text)
    if not command.user.isprintable():
        command = replace(command, user=clean(command.user))
    match verb:
        case c.Hold():
            order = check_order(verb.order, f"{under}.order")
            if order.order_id != command.order_id:
                raise _fail(f"{field}.order_id", "is not the id of the order that is held")
            return command if order is verb.order else replace(command, verb=c.Hold(order))
        case c.AddLines():
            _check_allergens(f"{under}.allergens", verb.allergens)
            if verb.lines or not verb.allergens:
                _check_lines(f"{under}.lines", verb.lines)
        case c.ChangeLine():
            _check_id(f"{under}.line_id", verb.line_id)
            if verb.quantity_milli is not None:
                _check_number(f"{under}.quantity_milli", verb.quantity_milli, 1, QUANTITY_MILLI_MAX)
            _check_modifiers(f"{under}.modifiers", verb.modifiers or ())
            _check_notes(f"{under}.notes", verb.notes or ())
        case c.ChangeOrder():
            _check_notes(f"{under}.notes", verb.notes or ())
            if verb.covers is not None:
                _check_number(f"{under}.covers", verb.covers, 0, 10_000)
            if verb.due_at_ms is not None:
                _check_number(f"{under}.due_at_ms", verb.due_at_ms, 1, DUE_MS_MAX)
        case c.VoidLines():
            _check_ids(f"{under}.line_ids", verb.line_ids)
        case c.Remake():
            _check_ids(f"{under}.line_ids", verb.line_ids)
            _check_id(f"{under}.new_line_prefix", verb.new_line_prefix, required=False)
            if not verb.reason.strip():
                raise _fail(f"{under}.reason", "is empty", "say why: dropped, cold, wrong dish")
        case c.Split():
            _check_ids(f"{under}.line_ids", verb.line_ids)
            _check_id(f"{under}.new_order_id", verb.new_order_id)
            if verb.new_order_id == command.order_id:
                raise _fail(
                    f"{under}.new_order_id",
                    "is the order that is split",
                    "give the new order an id of its own",
                )
        case c.Merge():
            _check_id(f"{under}.into_order_id", verb.into_order_id)
            if verb.into_order_id == command.order_id:
                raise _fail(
                    f"{under}.into_order_id", "is the order that is merged", "name another open order"
                )
        case c.FireCourse():
            _check_number(f"{under}.course", verb.course, 0, COURSE_MAX)
            _check_number(f"{under}.fires_at_ms", verb.fires_at_ms, 0, DUE_MS_MAX)
        case c.HoldCourse():
            _check_number(f"{under}.course", verb.course, 1, COURSE_MAX)
        case c.MoveTicket():
            _check_id(f"{under}.from_station", verb.from_station)
            _check_id(f"{under}.to_station", verb.to_station)
            _check_painted(f"{under}.lines", verb.lines)
        case c.SendOut():
            _check_painted(f"{under}.lines", verb.lines)
        case c.ConfirmAllergy():
            if len(verb.allergen_ids) > ALLERGENS_MAX:
                raise _fail(f"{under}.allergen_ids", f"has more than {ALLERGENS_MAX} allergens")
            for index, allergen_id in enumerate(verb.allergen_ids):
                _check_length(f"{under}.allergen_ids[{index}]", allergen_id)
            if not verb.allergen_ids and not verb.painted_version:
                raise _fail(
                    f"{under}.painted_version", "is 0", "say which version of the order stood on the card"
                )
        case c.PrintTicket():
            _check_id(f"{under}.station", verb.station)
            _check_id(f"{under}.printer", verb.printer, required=False)
            if verb.line_ids:
                _check_ids(f"{under}.line_ids", verb.line_ids)
        case c.PackBags():
            _check_number(f"{under}.bags", verb.bags, 0, BAGS_MAX)
        case c.StartLines() | c.BumpLines() | c.RecallLines() | c.Acknowledge():
            _check_id(f"{under}.station", verb.station)
            _check_painted(f"{under}.lines", verb.lines)
        case c.Undo():
            _check_id(f"{under}.station", verb.station, required=bool(command.order_id))
        case c.EightySix():
            if not verb.item_id:
                raise _fail(f"{under}.item_id", "is empty", "name the item that is out")
            _check_text(f"{under}.name", verb.item_name)
        case c.Pause():
            _check_id(f"{under}.station", verb.station, required=False)
            _check_number(f"{under}.until_ms", verb.until_ms, 0 if verb.resume else 1, DUE_MS_MAX)
        case c.CloseStation():
            _check_id(f"{under}.station", verb.station)
            _check_id(f"{under}.to_station", verb.to_station, required=False)
        case c.MarkPaid():
            _check_id(f"{under}.payment_id", verb.payment_id, required=False)
            _check_id(f"{under}.bill", verb.bill, required=False)
            _check_amount(f"{under}.paid_minor", verb.paid_minor)
            _check_amount(f"{under}.amount_minor", verb.amount_minor)
            _check_date(f"{under}.business_date", verb.business_date)
        case c.IssueFiscal():
            return _check_fiscal(command, verb, under)
        case c.OpenStation():
            _check_id(f"{under}.station", verb.station)
        case _:
            pass
    made = _cleaned(verb)
    return command if made is verb else replace(command, verb=made)
