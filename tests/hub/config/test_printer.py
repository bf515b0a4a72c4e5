"""Where a printer is."""

from __future__ import annotations

import tomllib

import pytest

from heard.errors import UserError
from hub.config import read_config
from hub.config.printer import host_and_port
from tests.hub.test_settings import of_file


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("10.0.0.9", ("10.0.0.9", 9100)),
        ("10.0.0.9:9101", ("10.0.0.9", 9101)),
        ("pass.local:1", ("pass.local", 1)),
        ("[fe80::9]", ("fe80::9", 9100)),
        ("[fe80::9]:9101", ("fe80::9", 9101)),
    ],
)
def test_a_host_or_a_host_and_a_port(address: str, found: tuple[str, int]) -> None:
    assert host_and_port(address) == found


@pytest.mark.parametrize("address", [":9100", "a b", "http://a", "10.0.0.9:0", "10.0.0.9:70000", "fe80::9:1"])
def test_anything_else_is_refused(address: str) -> None:
    with pytest.raises(ValueError):
        host_and_port(address)


def test_a_printer_is_routable_and_gets_nobodys_lines_never() -> None:
    made = of_file(
        """
        [stations.grill]
        [stations.paper]
        role = "printer"
        address = "10.0.0.9"
        paper_mm = 58
        [[routes]]
        stations = ["paper"]
        categories = ["grills"]
        """
    )
    grill, paper = made["stations"]
    assert (paper.role, paper.address, paper.paper_mm) == ("printer", "10.0.0.9", 58)
    assert made["routes"][0].stations == ("paper",)
    assert grill.address == ""


PRINTERS = """
[kitchen]
slip_on_bump = "{bump}"
[stations.grill]
backup = ["fry", "bar", "pass-printer"]
[stations.fry]
printer = "{fry}"
[stations.pass]
role = "expo"
printer = "pass-printer"
[stations.board]
role = "board"
[stations.bar]
role = "printer"
address = "10.0.0.9"
[stations.pass-printer]
role = "printer"
address = "10.0.0.8"
"""


def test_where_a_copy_comes_out_is_set_or_is_the_first_printer_of_the_chain() -> None:
    text = PRINTERS.format(bump="bar", fry="pass-printer")
    rules = read_config(tomllib.loads(text), text, "hub.toml").rules()
    assert rules.printers == {
        "grill": "bar", "fry": "pass-printer", "pass": "pass-printer", "expo": "pass-printer",
        "bar": "bar", "pass-printer": "pass-printer",
    }  # fmt: skip
    assert rules.slip_on_bump == "bar"


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        (PRINTERS.format(bump="grill", fry=""), "kitchen.slip_on_bump is 'grill'", "write one of: bar, pass-printer"),
        (PRINTERS.format(bump="", fry="baar"), "stations.fry.printer is 'baar'", "did you mean 'bar'?"),
        ('[kitchen]\nslip_on_bump = "bar"\n', "is 'bar', and there is no printer", 'give a station the role "printer"'),
        (PRINTERS.format(bump="", fry="").replace('role = "board"', 'role = "board"\nprinter = "bar"'),
         "stations.board.printer is of a station of role 'board'", "only what has tickets has one"),
    ],
)  # fmt: skip
def test_a_wrong_printer_is_refused_by_line_and_name(text: str, what: str, hint: str) -> None:
    with pytest.raises(UserError) as caught:
        read_config(tomllib.loads(text), text, "hub.toml")
    assert what in caught.value.what
    assert "hub.toml, line" in caught.value.what
    assert hint in caught.value.hint
