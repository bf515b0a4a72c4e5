"""Recorded orders as CSV: the whole file is checked before anything is sent, and what is wrong is named by its line.

Columns, in this order: `order_id`, `ordered_at` (local, `YYYY-MM-DDTHH:MM`), `item`, `quantity`, `unit_price` (whole
currency units, two decimals). One row a line; the rows of an order stand together; orders stand in time order.
"""

from __future__ import annotations

import csv
import difflib
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from heard.errors import UserError

COLUMNS = ("order_id", "ordered_at", "item", "quantity", "unit_price")
LINES_PER_ORDER_MAX = 200
"""The hub refuses a larger order, so the file is refused before any is sent."""
TEXT_CHARACTERS_MAX = 120
"""A dish's name on a ticket; the hub refuses longer ones."""
ID_CHARACTERS_MAX = 40
QUANTITY_MILLI_MAX = 9_999_999
PRICE_MINOR_MAX = 100_000_000
FILE_BYTES_MAX = 512 << 20
"""Unpacked; about 10 million rows. A packed file that grows beyond is refused before it fills the memory."""

_QUANTITY = re.compile(r"\d{1,7}(\.\d{1,3})?\Z", re.ASCII)
_PRICE = re.compile(r"\d{1,9}(\.\d{1,2})?\Z", re.ASCII)
_MINUTE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}\Z", re.ASCII)
_IDENTIFIER = re.compile(r"[!-~]+\Z")
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class RecordedLine:
    """One row: a dish, how many (thousandths) and its price (minor units) each."""

    item: str
    quantity_milli: int
    unit_price_minor: int


@dataclass(frozen=True, slots=True)
class RecordedOrder:
    """One order of the file. `at` has no zone: it is the shop's own wall clock. `row` is its first line in the file."""

    source_id: str
    at: datetime
    lines: tuple[RecordedLine, ...]
    row: int


def read_orders(path: Path) -> tuple[RecordedOrder, ...]:
    """Every order of a CSV file, packed with gzip or not. UserError names file, line, column and what is wrong."""
    return parse_orders(io.StringIO(_text(path), newline=""), str(path))


def between(
    orders: Sequence[RecordedOrder], first: date | None, last: date | None, name: str
) -> tuple[RecordedOrder, ...]:
    """The orders of the days `first` to `last`, both included. None left is a UserError that says which days there are."""
    if first and last and last < first:
        raise UserError(f"--to {last} is before --from {first}", "give the earlier day as --from")
    chosen = tuple(
        one
        for one in orders
        if (first is None or one.at.date() >= first) and (last is None or one.at.date() <= last)
    )
    if not chosen:
        days = f"{orders[0].at.date()} to {orders[-1].at.date()}"
        asked = f"{first or orders[0].at.date()} to {last or orders[-1].at.date()}"
        raise UserError(f"{name} has no order from {asked}", f"it holds orders of {days}")
    return chosen


def parse_orders(text: Iterable[str], name: str) -> tuple[RecordedOrder, ...]:
    """As read_orders, from lines of text; `name` stands in the errors."""
    reader = csv.reader(text, strict=True)
    try:
        _check_header(next(reader, None), name)
        orders = _collect(reader, name)
    except csv.Error as error:
        raise UserError(f"{name}, line {reader.line_num}: not CSV: {error}", "check its quotes") from None
    if not orders:
        raise UserError(f"{name} has a header and no orders", "give a file with at least one row")
    return orders


def _text(path: Path) -> str:
    try:
        with path.open("rb") as raw:
            packed = raw.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
            raw.seek(0)
            if packed:
                with gzip.open(raw) as unpacked:
                    data = unpacked.read(FILE_BYTES_MAX + 1)
            else:
                data = raw.read(FILE_BYTES_MAX + 1)
    except FileNotFoundError:
        raise UserError(f"no file {path}", "give the path of a CSV file of orders") from None
    except IsADirectoryError:
        raise UserError(f"{path} is a folder", "give the path of a CSV file of orders") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(f"{path}: the packed file is damaged: {error}", "copy it again") from None
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from None
    if len(data) > FILE_BYTES_MAX:
        raise UserError(f"{path} is larger than {FILE_BYTES_MAX >> 20} MiB", "split it by days")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UserError(f"{path}, line {line}: not UTF-8", "save it as CSV in UTF-8") from None


def _check_header(header: Sequence[str] | None, name: str) -> None:
    if header is None:
        raise UserError(f"{name} is empty", f"its first line must be {','.join(COLUMNS)}")
    if tuple(header) == COLUMNS:
        return
    expected = f"the first line must be exactly {','.join(COLUMNS)}"
    for column in COLUMNS:
        if column not in header:
            nearest = difflib.get_close_matches(column, [one for one in header if one not in COLUMNS], 1, 0.5)
            found = f"; {nearest[0]!r} stands in its place" if nearest else ""
            raise UserError(f"{name}, line 1: no column {column!r}{found}", expected)
    more = [column for column in header if column not in COLUMNS]
    if more:
        raise UserError(f"{name}, line 1: unknown column {more[0]!r}", expected)
    raise UserError(f"{name}, line 1: the columns stand in another order or twice", expected)


@dataclass(slots=True)
class _Gathering:
    source_id: str
    at: datetime
    row: int
    lines: list[RecordedLine]

    def done(self) -> RecordedOrder:
        return RecordedOrder(self.source_id, self.at, tuple(self.lines), self.row)


def _collect(reader: Iterable[list[str]], name: str) -> tuple[RecordedOrder, ...]:
    orders: list[RecordedOrder] = []
    seen: dict[str, int] = {}
    current: _Gathering | None = None
    line_num = getattr(reader, "line_num", 1)
    for fields in reader:
        row = line_num + 1  # where this record begins; a quoted field may span lines
        line_num = getattr(reader, "line_num", row)

        def wrong(what: str, hint: str = "", row: int = row) -> UserError:
            return UserError(f"{name}, line {row}: {what}", hint)

        source_id, at, line = _row(fields, wrong)
        if current is not None and source_id == current.source_id:
            if at != current.at:
                raise wrong(
                    f"order {source_id} has two times, {_minute(current.at)} and {_minute(at)}",
                    "all rows of an order carry the same ordered_at",
                )
            if len(current.lines) == LINES_PER_ORDER_MAX:
                raise wrong(f"order {source_id} has more than {LINES_PER_ORDER_MAX} lines")
            current.lines.append(line)
            continue
        if source_id in seen:
            raise wrong(
                f"order {source_id} was already in line {seen[source_id]}",
                "the rows of one order must stand together",
            )
        if current is not None:
            if at < current.at:
                raise wrong(
                    f"order {source_id} of {_minute(at)} stands after one of {_minute(current.at)}",
                    "sort the file by ordered_at",
                )
            orders.append(current.done())
        seen[source_id] = row
        current = _Gathering(source_id, at, row, [line])
    if current is not None:
        orders.append(current.done())
    return tuple(orders)


class _Wrong(Protocol):
    """Makes the error of one row."""

    def __call__(self, what: str, hint: str = "") -> UserError: ...


def _row(fields: list[str], wrong: _Wrong) -> tuple[str, datetime, RecordedLine]:
    if len(fields) != len(COLUMNS):
        raise wrong(f"{len(fields)} fields, not {len(COLUMNS)}", f"each row is {','.join(COLUMNS)}")
    source_id, at, item, quantity, price = fields
    if not _IDENTIFIER.match(source_id) or len(source_id) > ID_CHARACTERS_MAX:
        raise wrong(
            f"order_id {_short(source_id)} is not 1 to {ID_CHARACTERS_MAX} ASCII characters without a space"
        )
    if not item.strip() or not item.isprintable():
        raise wrong(f"item {_short(item)} is empty or holds a control character")
    if len(item) > TEXT_CHARACTERS_MAX:
        raise wrong(f"item is longer than {TEXT_CHARACTERS_MAX} characters")
    if not _QUANTITY.match(quantity):
        raise wrong(f"quantity {_short(quantity)} is not a number above 0", "write 2 or 0.250")
    quantity_milli = _scaled(quantity, 3)
    if not 0 < quantity_milli <= QUANTITY_MILLI_MAX:
        raise wrong(f"quantity {_short(quantity)} is not between 0.001 and {QUANTITY_MILLI_MAX / 1000}")
    if not _PRICE.match(price):
        raise wrong(f"unit_price {_short(price)} is not an amount", "write 3.95, without a currency")
    price_minor = _scaled(price, 2)
    if price_minor > PRICE_MINOR_MAX:
        raise wrong(f"unit_price {_short(price)} is above {PRICE_MINOR_MAX // 100}")
    return source_id, _time(at, wrong), RecordedLine(item.strip(), quantity_milli, price_minor)


def _time(text: str, wrong: _Wrong) -> datetime:
    if _MINUTE.match(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    raise wrong(f"ordered_at {_short(text)} is not a time", "write YYYY-MM-DDTHH:MM")


def _scaled(text: str, decimals: int) -> int:
    whole, _, fraction = text.partition(".")
    return int(whole + fraction.ljust(decimals, "0"))


def _minute(at: datetime) -> str:
    return at.isoformat(timespec="minutes")


def _short(text: str) -> str:
    return repr(text if len(text) <= 30 else text[:30] + "…")
