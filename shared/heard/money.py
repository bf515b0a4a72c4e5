"""Amounts of money as integer minor units with a currency. Pure; never a float, never rounding without being asked."""

from __future__ import annotations

NO_DECIMALS = frozenset({"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF",
                         "XOF", "XPF"})  # fmt: skip
THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""After ISO 4217; every other currency has two."""
POINT = "."
GROUP = ","
ARABIC_POINT = "\u066b"
ARABIC_GROUP = "\u066c"
_TO_ARABIC = str.maketrans(
    "0123456789" + POINT + GROUP,
    "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669" + ARABIC_POINT + ARABIC_GROUP,
)


def decimals(currency: str) -> int:
    """How many decimals the currency has: 2 for one that is not known."""
    if currency in NO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2


def format_minor(amount_minor: int, currency: str, digits: str = "western") -> str:
    """ "1,234.50" for 123450 of a currency with two decimals, without its sign; `digits` "arabic" writes ١٬٢٣٤٫٥٠."""
    places = decimals(currency)
    unit: int = 10**places
    whole, rest = divmod(abs(amount_minor), unit)
    text = f"{whole:,}{POINT}{rest:0{places}d}" if places else f"{whole:,}"
    sign = "-" if amount_minor < 0 else ""
    return sign + (text.translate(_TO_ARABIC) if digits == "arabic" else text)


def parse_minor(text: str, currency: str) -> int:
    """123450 for "1234.50". Raises ValueError for what is no amount, or has more decimals than the currency."""
    places = decimals(currency)
    plain = text.strip().replace(GROUP, "")
    sign = -1 if plain.startswith("-") else 1
    whole, point, rest = plain.removeprefix("-").partition(POINT)
    if not whole.isdecimal() or (point and not rest.isdecimal()) or not plain.isascii():
        raise ValueError(f"{text!r} is no amount of money; write 12.50")
    if len(rest) > places:
        raise ValueError(f"{text!r} has {len(rest)} decimals, {currency or 'the currency'} has {places}")
    unit: int = 10**places
    return sign * (int(whole) * unit + int(rest.ljust(places, "0") or "0"))


def share(amount_minor: int, part: int, whole: int) -> int:
    """`part` of `whole` of an amount, rounded half away from zero: a discount or tax of one line."""
    if whole <= 0:
        raise ValueError("the whole must be above zero")
    doubled = 2 * abs(amount_minor) * abs(part) + whole
    found = doubled // (2 * whole)
    return found if (amount_minor < 0) == (part < 0) else -found
