"""The hub of a play gets its stations and routes from the menu."""

import tomllib
from dataclasses import replace
from pathlib import Path

from heard.play.hub_config import hub_config
from heard.play.menu import DEMO_MENU, load_menu, without_menu
from heard.play.printer import with_bar
from heard.play.stage import CloudAt


def test_every_category_has_a_route_and_every_station_its_names() -> None:
    menu = load_menu(DEMO_MENU)
    found = tomllib.loads(hub_config(menu))
    assert found["stations"]["grill"] == {
        "name": {"en": "Grill", "ar": "الشواية"},
        "languages": ["en", "ar"],
    }
    assert {"stations": ["fry"], "categories": ["fried"]} in found["routes"]
    assert len(found["routes"]) == len(menu.categories)
    assert found["network"]["admin_port"] == 0  # two demos may run on one machine


def test_without_a_menu_there_are_two_stations() -> None:
    found = tomllib.loads(hub_config(without_menu()))
    assert "cloud" not in found
    cloud = CloudAt("http://127.0.0.1:8480", "demo", Path("/tmp/demo.token"))
    assert tomllib.loads(hub_config(without_menu(), cloud))["cloud"] == {
        "url": "http://127.0.0.1:8480",
        "hub": "demo",
        "secret_file": "/tmp/demo.token",
    }
    assert list(found["stations"]) == ["grill", "fry"]
    assert found["routes"][0] == {"stations": ["grill"], "categories": ["grill"]}


def test_a_printer_is_a_station_of_its_own() -> None:
    found = tomllib.loads(hub_config(with_bar(load_menu(DEMO_MENU)), printer="127.0.0.1:9100"))
    assert found["stations"]["bar"] == {
        "name": {"en": "Bar", "ar": "البار"},
        "languages": ["en", "ar"],
        "role": "printer",
        "address": "127.0.0.1:9100",
    }
    assert {"stations": ["bar"], "categories": ["drinks"]} in found["routes"]


def test_any_text_survives() -> None:
    menu = replace(without_menu(), site='Joe\'s "Best" \\ مطعم')
    assert tomllib.loads(hub_config(menu))["site"]["name"] == 'Joe\'s "Best" \\ مطعم'
