"""Checks of a machine for `heard doctor`: each finding says what is, and what to do about it. Nothing is left behind."""

from heard.doctor.finding import Finding, Level
from heard.doctor.network import check_hub, check_mdns, check_port
from heard.doctor.screen import check_assets, check_drivers, check_groups
from heard.doctor.system import check_clock, check_data, check_extras, check_python

__all__ = [
    "Finding",
    "Level",
    "check_assets",
    "check_clock",
    "check_data",
    "check_drivers",
    "check_extras",
    "check_groups",
    "check_hub",
    "check_mdns",
    "check_port",
    "check_python",
]
