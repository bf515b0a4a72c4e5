"""The QR code of a simplified tax invoice in Saudi Arabia: five tags as TLV in base64, as ZATCA asks of phase 1. Pure.

A signed payload (phase 2, tags 6 to 9) comes from the invoicing software; screens paint what they are given.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from heard.errors import InvalidInput
from heard.money import format_minor

VALUE_BYTES_MAX = 255
"""A tag's length is one byte."""
VAT_NUMBER_DIGITS = 15


def five_tag_qr(
    *, seller: str, vat_number: str, at: datetime, total_minor: int, vat_minor: int, currency: str = "SAR"
) -> str:
    """The text of the QR code. `at` has a time zone; InvalidInput names what cannot be right."""
    if not seller.strip():
        raise InvalidInput("seller", "is empty", "the name of the shop as it is registered")
    if not (vat_number.isascii() and vat_number.isdigit() and len(vat_number) == VAT_NUMBER_DIGITS):
        raise InvalidInput("vat_number", f"is not {VAT_NUMBER_DIGITS} digits")
    if at.tzinfo is None:
        raise InvalidInput("at", "has no time zone", "for example datetime.now(ZoneInfo('Asia/Riyadh'))")
    if abs(vat_minor) > abs(total_minor):
        raise InvalidInput("vat_minor", "is more than the total")
    values = (
        seller,
        vat_number,
        at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        _decimal(total_minor, currency),
        _decimal(vat_minor, currency),
    )
    return base64.b64encode(b"".join(_tag(n, value) for n, value in enumerate(values, start=1))).decode()


def _tag(number: int, value: str) -> bytes:
    data = value.encode()
    if len(data) > VALUE_BYTES_MAX:
        raise InvalidInput("seller", f"has {len(data)} bytes, more than {VALUE_BYTES_MAX}")
    return bytes((number, len(data))) + data


def _decimal(amount_minor: int, currency: str) -> str:
    """ "1234.50": no groups, a plain point."""
    return format_minor(amount_minor, currency).replace(",", "")
