"""A Z report as people read it: forty columns, as on a receipt."""

from __future__ import annotations

from typing import Any

WIDTH = 44
MINOR_DIGITS = {"BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3, "JPY": 0, "KRW": 0}
"""Currencies whose minor unit is not a hundredth (ISO 4217)."""


def report_lines(found: dict[str, Any]) -> list[str]:
    """The report, line by line."""
    if "orders" not in found:
        return [
            f"{found['business_date']} is closed; what comes now is of {found['next_date']}",
            "its Z report is made in a moment: heard day report",
        ]
    by = f" by {found['closed_by']}" if found.get("closed_by") else ""
    how = f"closed{by}" if found.get("how") == "closed" else "rolled past the cut-off"
    orders, lines = found["orders"], found["lines"]
    out = [
        f"Z REPORT {found['business_date']}",
        f"opened  {found['opened_at']}",
        f"{how}  {found['closed_at']}",
        f"{found['business_date']} is closed; what comes now is of {found['next_date']}",
        "",
        _row("orders", str(orders["held"])),
        _row("  paid", str(orders["paid"])),
        _row("  not paid", str(orders["unpaid"])),
        _row("  voided", str(orders["voided"])),
        _row("lines sold", str(lines["sold"])),
        _row("  voided", str(lines["voided"])),
        _row("  made once more", str(lines["remade"])),
    ]
    for sums in found["sales"]:
        currency = sums["currency"]
        out += [
            "",
            _row("before tax and discount", _money(sums["subtotal_minor"], currency)),
            _row("discount", _money(-sums["discount_minor"], currency)),
            _row("tax", _money(sums["tax_minor"], currency)),
        ]
        out += [
            _row(
                f"  {tax['tax_id'] or 'tax'} {tax['rate_ppm'] / 10_000:g} %",
                _money(tax["tax_minor"], currency),
            )
            for tax in found["taxes"]
            if tax["currency"] == currency
        ]
        out.append(_row("TOTAL", _money(sums["total_minor"], currency)))
    if found["tenders"]:
        out += ["", "taken on this day, whatever day its order is of"]
    for one in found["tenders"]:
        name, currency = one["method"] or "not said how", one["currency"]
        out.append(_row(f"  {name} ({one['taken_count']})", _money(one["taken_minor"], currency)))
        if one["given_back_count"]:
            out.append(
                _row(
                    f"  {name} given back ({one['given_back_count']})",
                    _money(-one["given_back_minor"], currency),
                )
            )
    for one in found["fiscal"]:
        out.append(_row(f"fiscal documents {one['documents']}", _money(one["amount_minor"], one["currency"])))
    out += ["", _row("still open, carried over", str(found["open_orders"]))]
    for one in found["open"]:
        table = f" table {one['table']}" if one["table"] else ""
        out.append(f"  #{one['call_number']}{table}, {'paid' if one['paid'] else 'not paid'}")
    if found["open_orders"] > len(found["open"]):
        out.append(f"  … and {found['open_orders'] - len(found['open'])} more")
    cloud = found["cloud"]
    out.append(_row("not at the cloud yet", str(cloud["unsynced"])))
    if cloud["errors"]:
        out.append(_row("refused by the cloud (heard orders --errors)", str(cloud["errors"])))
    return out


def _row(name: str, value: str) -> str:
    return f"{name}{value:>{max(len(value) + 1, WIDTH - len(name))}}"


def _money(minor: int, currency: str) -> str:
    digits = MINOR_DIGITS.get(currency, 2)
    sign, value = ("-" if minor < 0 else ""), abs(minor)
    whole, rest = divmod(value, 10**digits)
    amount = f"{sign}{whole:,}.{rest:0{digits}d}" if digits else f"{sign}{whole:,}"
    return f"{amount} {currency}".rstrip()
