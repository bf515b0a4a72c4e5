"""Live values (carts, leases, heard states, notices) to and from protobuf."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from heard import stream as s
from heard.order import VoidAnswer
from heard.preflight import Preflight
from heard.v1 import customer_pb2, kitchen_pb2
from heard.wire.line import modifier_from_pb, modifier_to_pb, put_text, text_from_pb
from heard.wire.preflight import preflight_from_pb, preflight_to_pb
from heard.wire.site import (
    out_items_from_pb,
    out_items_to_pb,
    profile_from_pb,
    profile_to_pb,
    site_state_from_pb,
    site_state_to_pb,
)


def lease_to_pb(lease: s.NumberLease, into: kitchen_pb2.NumberLease | None = None) -> kitchen_pb2.NumberLease:
    """`into` is filled and returned when given."""
    message = kitchen_pb2.NumberLease() if into is None else into
    message.first = lease.first
    message.last = lease.last
    message.lease_id = lease.lease_id
    return message


def lease_from_pb(message: kitchen_pb2.NumberLease) -> s.NumberLease:
    """The block of call numbers."""
    return s.NumberLease(message.first, message.last, message.lease_id)


_CART_SCALARS = (
    "terminal",
    "cart_revision",
    "currency",
    "subtotal_minor",
    "tax_minor",
    "tax_rate_bp",
    "tax_included",
    "total_minor",
    "qr",
    "qr_expires_ms",
    "tendered_minor",
    "change_minor",
    "call_number",
    "receipt_qr",
    "newest_line_id",
    "rounding_minor",
)
_CART_AMOUNTS = ("discounts", "charges", "payments")


def cart_to_pb(cart: s.Cart, message: customer_pb2.Cart) -> None:
    """Fills `message`."""
    for name in _CART_SCALARS:
        setattr(message, name, getattr(cart, name))
    message.state = cart.state.value  # type: ignore[assignment]
    put_text(message.method, cart.method)
    put_text(message.loyalty, cart.loyalty)
    for line in cart.lines:
        target = message.lines.add(
            line_id=line.line_id,
            quantity_milli=line.quantity_milli,
            unit_price_minor=line.unit_price_minor,
            total_minor=line.total_minor,
            refund=line.refund,
        )
        put_text(target.name, line.name)
        for modifier in line.modifiers:
            modifier_to_pb(modifier, target.modifiers.add())
        _amounts_to_pb(line.discounts, target.discounts)
    for name in _CART_AMOUNTS:
        _amounts_to_pb(getattr(cart, name), getattr(message, name))


def _amounts_to_pb(amounts: tuple[s.CartAmount, ...], into: Any) -> None:
    for one in amounts:
        put_text(into.add(amount_minor=one.amount_minor).name, one.name)


def _amounts_from_pb(amounts: Iterable[customer_pb2.CartAmount]) -> tuple[s.CartAmount, ...]:
    return tuple(s.CartAmount(text_from_pb(one.name), one.amount_minor) for one in amounts)


def cart_from_pb(message: customer_pb2.Cart) -> s.Cart:
    """The cart."""
    scalars: dict[str, Any] = {name: getattr(message, name) for name in _CART_SCALARS}
    return s.Cart(
        **scalars,
        state=s.CartState(message.state),
        method=text_from_pb(message.method),
        loyalty=text_from_pb(message.loyalty),
        lines=tuple(
            s.CartLine(
                one.line_id,
                text_from_pb(one.name),
                one.quantity_milli,
                tuple(modifier_from_pb(modifier) for modifier in one.modifiers),
                one.unit_price_minor,
                one.total_minor,
                one.refund,
                _amounts_from_pb(one.discounts),
            )
            for one in message.lines
        ),
        discounts=_amounts_from_pb(message.discounts),
        charges=_amounts_from_pb(message.charges),
        payments=_amounts_from_pb(message.payments),
    )


def live_to_pb(live: s.Live, into: kitchen_pb2.Live | None = None) -> kitchen_pb2.Live:
    """`into` is filled and returned when given."""
    message = kitchen_pb2.Live() if into is None else into
    message.key = live.key
    message.incarnation = live.incarnation
    message.seq = live.seq
    match live.value:
        case None:
            message.cleared = True
        case s.HeardValue() as heard:
            message.heard.order_id = heard.order_id
            message.heard.station = heard.station
            message.heard.version = heard.version
            message.heard.state = heard.state.value  # type: ignore[assignment]
            message.heard.behind = heard.behind
            message.heard.message = heard.message
            for one in heard.voided:
                message.heard.voided.add(line_id=one.line_id, answer=one.answer.value)
        case s.Cart() as cart:
            cart_to_pb(cart, message.cart)
        case s.NumberLease() as lease:
            lease_to_pb(lease, message.lease)
        case s.PickUpCancelled(order_id):
            message.pick_up_cancelled.order_id = order_id
        case s.Notice() as notice:
            message.notice.severity = notice.severity
            message.notice.station = notice.station
            put_text(message.notice.text, notice.text)
            message.notice.sound = notice.sound
            message.notice.order_ids.extend(notice.order_ids)
        case s.OutItems() as out:
            out_items_to_pb(out, message.out_items)
        case s.SiteState() as state:
            site_state_to_pb(state, message.site_state)
        case s.SiteProfile() as profile:
            profile_to_pb(profile, message.profile)
            message.profile.SetInParent()
        case Preflight() as preflight:
            preflight_to_pb(preflight, message.preflight)
            message.preflight.SetInParent()
    return message


def live_from_pb(message: kitchen_pb2.Live) -> s.Live:
    """The live value; a kind of a newer release comes as a cleared key."""
    value: s.LiveValue | None = None
    match message.WhichOneof("value"):
        case "heard":
            heard = message.heard
            value = s.HeardValue(
                heard.order_id,
                heard.station,
                heard.version,
                s.HeardState(heard.state),
                heard.behind,
                heard.message,
                tuple(s.LineVoided(one.line_id, VoidAnswer(one.answer)) for one in heard.voided),
            )
        case "cart":
            value = cart_from_pb(message.cart)
        case "lease":
            value = lease_from_pb(message.lease)
        case "notice":
            notice = message.notice
            value = s.Notice(
                notice.severity,
                text_from_pb(notice.text),
                notice.station,
                notice.sound,
                tuple(notice.order_ids),
            )
        case "out_items":
            value = out_items_from_pb(message.out_items)
        case "site_state":
            value = site_state_from_pb(message.site_state)
        case "profile":
            value = profile_from_pb(message.profile)
        case "preflight":
            value = preflight_from_pb(message.preflight)
        case "pick_up_cancelled":
            value = s.PickUpCancelled(message.pick_up_cancelled.order_id)
    return s.Live(message.key, message.incarnation, message.seq, value)
