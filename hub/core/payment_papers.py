"""The payments of an order as papers for the cloud: each record is one, written with the order that it stands in."""

from __future__ import annotations

from collections.abc import Mapping

from heard.order import Order, Payment
from hub.core.decision import Doc, Docs, Key
from hub.core.papers import PAYMENT, REFUND, Paper, make_paper

ID_CHARACTERS_MAX = 128
CURRENCY_CHARACTERS = 3


def payment_papers(docs: Docs, puts: Mapping[Key, Doc]) -> tuple[Paper, ...]:
    """Of every payment that is new in the orders of `puts`; `docs` is what stood before.

    A payment that came along from another order of `docs`, as a merge brings it, is a document already.
    """
    paid = [new for new in puts.values() if isinstance(new, Order) and new.payments]
    if not paid:
        return ()
    stood = {one for doc in docs.values() if isinstance(doc, Order) for one in doc.payments}
    return tuple(_paper(new, one) for new in paid for one in new.payments if one not in stood)


def _paper(order: Order, one: Payment) -> Paper:
    # A till's own id may be unique in its order only.
    own = one.payment_id.startswith(order.order_id)
    document_id = one.payment_id if own else f"{order.order_id}.{one.payment_id}"
    currency = order.totals.currency.upper()
    return make_paper(
        PAYMENT if one.amount_minor >= 0 else REFUND,
        document_id[:ID_CHARACTERS_MAX],
        business_date=one.business_date or order.business_date,
        device=one.device,
        made_at_ms=one.at_ms,
        amount_minor=one.amount_minor,
        currency=currency if len(currency) == CURRENCY_CHARACTERS else "",
        body={
            "order_id": order.order_id,
            "order_business_date": order.business_date,
            "payment_id": one.payment_id,
            "method": one.method,
            "amount_minor": one.amount_minor,
            "wall_ms": one.wall_ms,
            "user": one.user,
            "terminal": order.terminal,
            **(
                {"bill": one.bill} if one.bill else {}
            ),  # left out as before, so that older papers keep their hash
        },
    )
