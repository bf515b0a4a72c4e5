"""The five tags of a simplified tax invoice, byte by byte."""

import base64
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from heard.errors import InvalidInput
from heard.zatca import five_tag_qr

RIYADH = timezone(timedelta(hours=3))
INVOICE: dict[str, Any] = {
    "seller": "Bobs Records",
    "vat_number": "310122393500003",
    "at": datetime(2022, 4, 25, 18, 30, tzinfo=RIYADH),
    "total_minor": 100_000,
    "vat_minor": 15_000,
}


def test_the_published_sample_comes_out_byte_by_byte() -> None:
    """The invoice of ZATCA's own guide."""
    assert five_tag_qr(**INVOICE) == (
        "AQxCb2JzIFJlY29yZHMCDzMxMDEyMjM5MzUwMDAwMwMUMjAyMi0wNC0yNVQxNTozMDowMFoEBzEwMDAuMDAFBjE1MC4wMA=="
    )


def test_lengths_are_of_bytes_and_amounts_have_no_groups() -> None:
    text = five_tag_qr(**{**INVOICE, "seller": "بيت الشاورما", "total_minor": 123_456_789})
    data = base64.b64decode(text)
    found = {}
    while data:
        number, size = data[0], data[1]
        found[number], data = data[2 : 2 + size].decode(), data[2 + size :]
    assert list(found) == [1, 2, 3, 4, 5]
    assert (found[1], found[4]) == ("بيت الشاورما", "1234567.89")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"seller": " "}, "seller"),
        ({"seller": "م" * 128}, "seller"),
        ({"vat_number": "31012239350000"}, "vat_number"),
        ({"vat_number": "٣١٠١٢٢٣٩٣٥٠٠٠٠٣"}, "vat_number"),
        ({"at": datetime(2022, 4, 25, tzinfo=UTC).replace(tzinfo=None)}, "at"),
        ({"vat_minor": 100_001}, "vat_minor"),
    ],
)
def test_what_cannot_be_right_is_named(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        five_tag_qr(**{**INVOICE, **changed})
    assert caught.value.field == field
