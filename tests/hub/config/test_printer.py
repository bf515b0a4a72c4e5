"""Where a printer is."""

from __future__ import annotations

import pytest

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
