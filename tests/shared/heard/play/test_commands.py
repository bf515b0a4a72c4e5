"""What a new user gets wrong with `heard replay` and `heard demo`: a clear message, exit code 2 or 1, no traceback."""

from pathlib import Path

import pytest

from heard import cli
from heard.play.recorded import COLUMNS

HEADER = ",".join(COLUMNS)


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    rows = [f"{number},2018-04-29T16:{number:02},Korma,1,8.95" for number in range(5)]
    path.write_text("\n".join([HEADER, *rows, ""]))
    return path


BAD_CALLS = [
    (["replay", "none.csv"], 2, "no file none.csv"),
    (["replay"], 2, "what shall be played?"),
    (["replay", "FILE", "--speed", "fast"], 2, "'fast' is neither max nor a number above 0"),
    (["replay", "FILE", "--speed", "0"], 2, "'0' is neither max nor a number above 0"),
    (["replay", "FILE", "--from", "yesterday"], 2, "'yesterday' is no day: write YYYY-MM-DD"),
    (["replay", "FILE", "--from", "2020-01-01"], 2, "has no order from 2020-01-01"),
    (["replay", "FILE", "--to", "2017-01-01"], 2, "it holds orders of 2018-04-29 to 2018-04-29"),
    (["replay", "FILE", "--terminals", "0"], 2, "'0' is not a whole number from 1 to 50"),
    (["replay", "FILE", "--menu", "none.toml"], 2, "none.toml"),
    (["replay", "FILE", "--hub", "127.0.0.1:1", "--kill", "2"], 2, "--kill kills a hub of our own"),
    (["replay", "FILE", "--hub", "kitchen hub"], 2, "is not an address of a hub"),
    (["replay", "FILE", "--speed", "max", "--open-max", "4"], 2, "nobody cooks"),
    (["replay", "FILE", "--mix", "3"], 2, "--mix needs cooks"),
    (["replay", "FILE", "--mix", "red", "--cook"], 2, "'red' is not a whole number from 0 to 999999"),
    (["replay", "FILE", "--mix", "3", "--cook", "--hub", "127.0.0.1:1"], 2, "a hub of our own"),
    (["replay", "FILE", "--stations", "9"], 2, "'9' is not a whole number from 1 to 8"),
    (["replay", "FILE", "--stations", "3", "--hub", "127.0.0.1:1"], 2, "--stations is for a hub of our own"),
    (
        ["replay", "FILE", "--stations", "3", "--menu", "menu.toml"],
        2,
        "--stations is for a kitchen without --menu",
    ),
    (["demo", "--seconds", "1"], 2, "'1' is not a number of seconds from 2"),
    (["demo", "--seconds", "nan"], 2, "'nan' is not a number of seconds from 2"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), BAD_CALLS)
def test_a_bad_call(
    arguments: list[str], code: int, said: str, orders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([str(orders) if one == "FILE" else one for one in arguments]) == code
    printed = capsys.readouterr()
    assert said in printed.err
    assert not printed.out
    assert "Traceback" not in printed.err


def test_a_bad_row_is_found_before_anything_is_sent(orders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with orders.open("a") as file:
        file.write("9,2018-04-29T17:00,Korma,none,8.95\n")
    # No hub listens there: had anything been started first, the error would be another one.
    assert cli.main(["replay", str(orders), "--hub", "127.0.0.1:1"]) == 2
    assert "orders.csv, line 7: quantity 'none'" in capsys.readouterr().err


def test_no_hub(orders: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heard.play.tills.FIRST_LIVE_S", 0.7)
    assert cli.main(["replay", str(orders), "--hub", "127.0.0.1:1"]) == 1
    printed = capsys.readouterr()
    assert "heard: no hub answers at 127.0.0.1:1" in printed.err
    assert not printed.out
