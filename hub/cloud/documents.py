"""Orders and papers as the documents of the contract (protos/cloud/openapi.yaml), encoded once, in their one text.

What the contract cannot carry is found here, before it could spoil a batch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from heard.order import Order
from heard.revision import Epoch
from hub.cloud.order_json import order_body
from hub.core.epochs import epoch_body
from hub.core.papers import Paper, canonical_json, content_hash

ORDER_KIND = "order"
NO_DEVICE = "hub"
"""Of an order that names no terminal: the hub took it in."""
AMOUNT_MAX = 10**15
_ID = re.compile(r"[A-Za-z0-9._:@+-]{1,128}")
_NOT_ID = re.compile(r"[^A-Za-z0-9._:@+-]")
_KIND = re.compile(r"[a-z_]{1,40}")
_STATE = re.compile(r"[A-Z0-9_]{1,40}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")


class Unfit(Exception):
    """The contract cannot carry this document; the text says why, in plain words."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One document as it goes out. `version` 0: immutable."""

    kind: str
    document_id: str
    version: int
    content_hash: str
    business_date: str
    device: str
    amount_minor: int
    currency: str
    data: bytes
    """The document's JSON."""


def order_document(order: Order) -> Offered:
    """An order at its version. Raises Unfit."""
    body = canonical_json(order_body(order))
    digest = content_hash(body)
    state = order.state.name
    if not _STATE.fullmatch(state):
        raise Unfit(f"its state is {state!r}")
    head = {
        "version": order.version,
        "state": state,
        "paid": order.paid,
    }
    currency = order.totals.currency.upper()
    device = device_of(order)
    return _offered(
        ORDER_KIND,
        order.order_id,
        order.version,
        digest,
        order.business_date,
        device,
        order.totals.total_minor,
        currency if _CURRENCY.fullmatch(currency) else "",
        head,
        body,
    )


def paper_document(paper: Paper) -> Offered:
    """An immutable document. Raises Unfit."""
    head: dict[str, Any] = {}
    if paper.fiscal is not None:
        number = paper.fiscal
        head["fiscal_number"] = {
            "series": number.series,
            "incarnation": number.incarnation,
            "number": number.number,
        }
    return _offered(
        paper.kind,
        paper.document_id,
        0,
        paper.content_hash,
        paper.business_date,
        _NOT_ID.sub("_", paper.device) or NO_DEVICE,
        paper.amount_minor,
        paper.currency,
        head,
        paper.body,
    )


def device_of(order: Order) -> str:
    """Where it was made, in the letters that the contract has for it."""
    return _NOT_ID.sub("_", order.terminal)[:128] or NO_DEVICE


def push_body(epoch: Epoch, documents: list[Offered]) -> bytes:
    """The request that offers these."""
    head = canonical_json(epoch_body(epoch)).encode()
    return b'{"documents":[' + b",".join(one.data for one in documents) + b'],"epoch":' + head + b"}"


def _offered(
    kind: str,
    document_id: str,
    version: int,
    digest: str,
    business_date: str,
    device: str,
    amount_minor: int,
    currency: str,
    head: dict[str, Any],
    body: str,
) -> Offered:
    if not _KIND.fullmatch(kind):
        raise Unfit(f"its kind is {kind[:60]!r}; small letters and _ only")
    if not _ID.fullmatch(document_id):
        raise Unfit(f"its id is {document_id[:60]!r}; the cloud takes letters, digits and . _ : @ + -")
    if not _DAY.fullmatch(business_date):
        raise Unfit(f"its business date is {business_date[:20]!r}")
    if abs(amount_minor) > AMOUNT_MAX:
        raise Unfit(f"its amount {amount_minor} is beyond all money")
    head |= {
        "kind": kind,
        "id": document_id,
        "content_hash": digest,
        "business_date": business_date,
        "device": device,
        "amount_minor": amount_minor,
        "currency": currency,
    }
    data = f'{canonical_json(head)[:-1]},"body":{body}}}'.encode()
    return Offered(kind, document_id, version, digest, business_date, device, amount_minor, currency, data)
