"""The Z report of a business day: what was sold, by what it was paid, what was voided, and what is still open. Pure.

Sales are those of the orders of the date; money is that of the payments of the date, whatever day their order is of. What the
report says is kept as an immutable document; nothing is counted twice and nothing is recomputed.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from heard.order import Order, OrderState
from heard.ticket import is_open
from hub.core.papers import FISCAL_DOCUMENT, PAYMENT, REFUND, Paper

OPEN_LISTED_MAX = 100
"""Open orders that are named; the rest is counted."""


class DayTally:
    """Adds up one business date: each of its orders once, and each of its papers once."""

    def __init__(self, business_date: str) -> None:
        self.business_date = business_date
        self._ids: set[str] = set()
        self._states: Counter[str] = Counter()
        self._types: Counter[str] = Counter()
        self._lines: Counter[str] = Counter()
        self._sums: dict[str, Counter[str]] = defaultdict(Counter)
        self._taxes: dict[tuple[str, str, int], Counter[str]] = defaultdict(Counter)
        self._tenders: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self._fiscal: dict[str, Counter[str]] = defaultdict(Counter)
        self._open: list[dict[str, Any]] = []
        self._open_count = 0

    def order(self, order: Order) -> None:
        """One order as it stands at the close; another date's or a second time: nothing."""
        if order.business_date != self.business_date or order.order_id in self._ids:
            return
        self._ids.add(order.order_id)
        self._states["held"] += 1
        voided = sum(line.voided for line in order.lines)
        self._lines["voided"] += voided
        self._lines["sold"] += 0 if order.state is OrderState.VOIDED else len(order.lines) - voided
        self._lines["remade"] += sum(line.remake for line in order.lines)
        if is_open(order):
            self._open_count += 1
            if len(self._open) < OPEN_LISTED_MAX:
                self._open.append(_named(order))
        if order.state is OrderState.VOIDED:
            self._states["voided"] += 1
            return
        if order.state is OrderState.MERGED:
            self._states["merged"] += 1
            return
        self._states["paid" if order.paid else "unpaid"] += 1
        self._types[order.type.name] += 1
        totals = order.totals
        sums = self._sums[totals.currency]
        sums["orders"] += 1
        for name in ("subtotal_minor", "discount_minor", "tax_minor", "total_minor", "paid_minor"):
            sums[name] += getattr(totals, name)
        for tax in totals.taxes:
            one = self._taxes[totals.currency, tax.tax_id, tax.rate_ppm]
            one["base_minor"] += tax.base_minor
            one["tax_minor"] += tax.tax_minor

    def paper(self, paper: Paper) -> None:
        """One immutable document of the date."""
        if paper.kind in (PAYMENT, REFUND):
            method = str(_body(paper).get("method", ""))
            one = self._tenders[paper.currency, method]
            which = "taken" if paper.kind == PAYMENT else "given_back"
            one[f"{which}_count"] += 1
            one[f"{which}_minor"] += abs(paper.amount_minor)
        elif paper.kind == FISCAL_DOCUMENT:
            one = self._fiscal[paper.currency]
            one["documents"] += 1
            one["amount_minor"] += paper.amount_minor

    def report(self) -> dict[str, Any]:
        """Everything that was added, as JSON values in a fixed order."""
        states = ("held", "paid", "unpaid", "voided", "merged")
        return {
            "orders": {name: self._states[name] for name in states},
            "by_type": dict(sorted(self._types.items())),
            "lines": {name: self._lines[name] for name in ("sold", "voided", "remade")},
            "sales": [
                {
                    "currency": currency,
                    **_sums(
                        sums,
                        (
                            "orders",
                            "subtotal_minor",
                            "discount_minor",
                            "tax_minor",
                            "total_minor",
                            "paid_minor",
                        ),
                    ),
                }
                for currency, sums in sorted(self._sums.items())
            ],
            "taxes": [
                {
                    "currency": currency,
                    "tax_id": tax_id,
                    "rate_ppm": rate,
                    **_sums(one, ("base_minor", "tax_minor")),
                }
                for (currency, tax_id, rate), one in sorted(self._taxes.items())
            ],
            "tenders": [
                {
                    "currency": currency,
                    "method": method,
                    **_sums(one, ("taken_count", "taken_minor", "given_back_count", "given_back_minor")),
                }
                for (currency, method), one in sorted(self._tenders.items())
            ],
            "fiscal": [
                {"currency": currency, **_sums(one, ("documents", "amount_minor"))}
                for currency, one in sorted(self._fiscal.items())
            ],
            "open_orders": self._open_count,
            "open": self._open,
        }


def _sums(counted: Mapping[str, int], names: tuple[str, ...]) -> dict[str, int]:
    return {name: counted.get(name, 0) for name in names}


def _named(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "call_number": order.call_number,
        "table": order.table,
        "paid": order.paid,
        "total_minor": order.totals.total_minor,
    }


def _body(paper: Paper) -> Mapping[str, Any]:
    found = json.loads(paper.body)
    return found if isinstance(found, dict) else {}
