"""A file of orders is taken whole or refused with the line, the column and the reason."""

import gzip
from datetime import date
from pathlib import Path

import pytest

from heard.errors import UserError
from heard.play.recorded import COLUMNS, LINES_PER_ORDER_MAX, RecordedLine, between, parse_orders, read_orders

HEADER = ",".join(COLUMNS)
GOOD = [
    HEADER,
    "1,2018-04-29T16:00,Plain Naan,2,2.6",
    '1,2018-04-29T16:00,"Naan, Garlic",0.25,3',
    "2,2018-04-29T16:00,Korma,1,8.95",
    "3,2018-04-30T09:05,Korma,1,8.95",
]


def parse(lines: list[str]) -> object:
    return parse_orders([line + "\r\n" for line in lines], "orders.csv")


def test_good_rows_become_orders() -> None:
    orders = parse_orders([line + "\n" for line in GOOD], "orders.csv")
    assert [(one.source_id, len(one.lines), one.row) for one in orders] == [
        ("1", 2, 2),
        ("2", 1, 4),
        ("3", 1, 5),
    ]
    assert orders[0].lines == (RecordedLine("Plain Naan", 2000, 260), RecordedLine("Naan, Garlic", 250, 300))
    assert orders[2].at.isoformat() == "2018-04-30T09:05:00"


BAD_HEADERS = [
    ([], "orders.csv is empty"),
    (["order_id,ordered_at,item,quantity"], "line 1: no column 'unit_price'"),
    (["order_id,ordered_at,item,quantity,unit_prize"], "'unit_prize' stands in its place"),
    (["order_id,ordered_at,item,quantity,unit_price,shop"], "unknown column 'shop'"),
    (["ordered_at,order_id,item,quantity,unit_price"], "another order"),
    ([HEADER], "no orders"),
]


@pytest.mark.parametrize(("lines", "said"), BAD_HEADERS)
def test_wrong_header(lines: list[str], said: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(lines)
    assert said in caught.value.what
    assert caught.value.exit_code == 2


BAD_ROWS = [
    ("4,2018-04-30T10:00,Korma,1", "line 6: 4 fields, not 5"),
    ("", "line 6: 0 fields, not 5"),
    (",2018-04-30T10:00,Korma,1,1.00", "line 6: order_id ''"),
    ("a b,2018-04-30T10:00,Korma,1,1.00", "line 6: order_id 'a b'"),
    ("4,30/04/2018 10:00,Korma,1,1.00", "line 6: ordered_at '30/04/2018 10:00'"),
    ("4,2018-02-30T10:00,Korma,1,1.00", "line 6: ordered_at '2018-02-30T10:00'"),
    ("4,2018-04-30T10:00,,1,1.00", "line 6: item ''"),
    ("4,2018-04-30T10:00," + "x" * 121 + ",1,1.00", "line 6: item is longer than 120"),
    ("4,2018-04-30T10:00,Korma,0,1.00", "line 6: quantity '0' is not between"),
    ("4,2018-04-30T10:00,Korma,-1,1.00", "line 6: quantity '-1'"),
    ("4,2018-04-30T10:00,Korma,two,1.00", "line 6: quantity 'two'"),
    ("4,2018-04-30T10:00,Korma,nan,1.00", "line 6: quantity 'nan'"),
    ("4,2018-04-30T10:00,Korma,٢,1.00", "line 6: quantity '٢'"),
    ("4,2018-04-30T10:00,Korma,1.2345,1.00", "line 6: quantity '1.2345'"),
    ("4,2018-04-30T10:00,Korma,1,£1.00", "line 6: unit_price '£1.00'"),
    ("4,2018-04-30T10:00,Korma,1,1.005", "line 6: unit_price '1.005'"),
    ("1,2018-04-30T10:00,Korma,1,1.00", "line 6: order 1 was already in line 2"),
    ("3,2018-04-30T09:06,Korma,1,1.00", "line 6: order 3 has two times"),
    ("4,2018-04-30T09:04,Korma,1,1.00", "line 6: order 4 of 2018-04-30T09:04 stands after"),
    ('4,2018-04-30T10:00,"Korma"x,1,1.00', "line 6: not CSV"),
]


@pytest.mark.parametrize(("row", "said"), BAD_ROWS)
def test_bad_row_is_named_by_its_line(row: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        parse([*GOOD, row])
    assert said in caught.value.what
    assert caught.value.exit_code == 2


def test_lines_are_counted_after_a_quoted_line_end() -> None:
    with pytest.raises(UserError, match="line 2: item"):
        parse([HEADER, '1,2018-04-29T16:00,"Plain\nNaan",2,2.6'])


def test_an_order_may_have_as_many_lines_as_the_hub_takes() -> None:
    rows = ["9,2018-05-01T10:00,Korma,1,1.00"] * LINES_PER_ORDER_MAX
    parse([HEADER, *rows])
    with pytest.raises(UserError, match=f"line {LINES_PER_ORDER_MAX + 2}: order 9 has more than"):
        parse([HEADER, *rows, rows[0]])


def test_days_are_cut_out_and_an_empty_range_says_what_there_is() -> None:
    orders = parse_orders([line + "\n" for line in GOOD], "orders.csv")
    assert len(between(orders, date(2018, 4, 29), date(2018, 4, 29), "orders.csv")) == 2
    assert len(between(orders, None, None, "orders.csv")) == 3
    with pytest.raises(UserError) as caught:
        between(orders, date(2019, 1, 1), None, "orders.csv")
    assert "no order from 2019-01-01" in caught.value.what
    assert "2018-04-29 to 2018-04-30" in caught.value.hint
    with pytest.raises(UserError, match="before --from"):
        between(orders, date(2018, 5, 1), date(2018, 4, 1), "orders.csv")


def test_packed_and_plain_files_read_alike(tmp_path: Path) -> None:
    text = "\n".join(GOOD).encode()
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbf" + text)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text))
    assert read_orders(tmp_path / "a.csv") == read_orders(tmp_path / "a.csv.gz")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "cut.gz").write_bytes(gzip.compress("\n".join(GOOD).encode())[:40])
    (tmp_path / "latin.csv").write_bytes(HEADER.encode() + b"\n1,2018-04-29T16:00,Caf\xe9,1,1\n")
    cases = [
        (tmp_path / "none.csv", "no file"),
        (tmp_path, "is a folder"),
        (tmp_path / "cut.gz", "damaged"),
        (tmp_path / "latin.csv", "line 2: not UTF-8"),
    ]
    for path, said in cases:
        with pytest.raises(UserError, match=said):
            read_orders(path)
