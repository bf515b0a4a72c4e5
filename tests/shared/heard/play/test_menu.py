"""A menu file is checked whole, and says where a dish is made."""

from pathlib import Path

import pytest

from heard.errors import UserError
from heard.play.menu import DEMO_MENU, load_menu, without_menu

SMALL = """
[stations.grill]
[stations.fry]
name = { en = "Fry", ar = "مقلى" }
[categories.hot]
stations = ["grill"]
items = ["Garlic Naan"]
words = ["Tikka"]
[categories.both]
stations = ["grill", "fry"]
words = ["chicken"]
[items.bhaji]
name = { en = "Onion Bhaji", ar = "باجي" }
category = "both"
price = 3.95
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "menu.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("dish", "category"),
    [
        ("garlic naan", "hot"),
        ("Onion Bhaji", "both"),
        ("Chicken Tikka", "hot"),
        ("Chicken Korma", "both"),
        ("Pilau Rice", ""),
    ],
)
def test_where_a_dish_is_made(dish: str, category: str, tmp_path: Path) -> None:
    assert load_menu(write(tmp_path, SMALL)).category_of(dish) == category


def test_prices_are_minor_units(tmp_path: Path) -> None:
    assert load_menu(write(tmp_path, SMALL)).by_name["onion bhaji"].price_minor == 395


def test_without_a_menu_every_dish_has_one_of_two_stations_for_ever() -> None:
    menu = without_menu()
    assert menu.category_of("Korma") == "grill"
    assert menu.category_of("Onion Bhaji") == menu.category_of("Onion Bhaji")
    assert {menu.category_of(f"dish {number}") for number in range(50)} == {"grill", "fry"}


def test_the_menu_of_the_demo_names_everything_in_both_languages() -> None:
    menu = load_menu(DEMO_MENU)
    texts = [one.name for one in menu.stations] + [one.name for one in menu.dishes]
    texts += [one.name for one in menu.modifiers.values()] + [one.name for one in menu.allergens]
    assert all(set(text) == {"en", "ar"} for text in [*texts, *menu.notes])
    assert any(not dish.category for dish in menu.dishes)  # nobody's dish must show everywhere
    assert any("ar" in station.languages for station in menu.stations)


MISTAKES = [
    ("[stations.grill\n", "is not TOML"),
    ("[categories.a]\nstations = []\n", "'stations' is missing"),
    (SMALL.replace('["grill"]', '["gril"]'), "categories.hot.stations = 'gril' is not known"),
    (SMALL.replace('["grill"]', "[]"), "categories.hot.stations is empty"),
    (SMALL.replace("words = [", "word = [", 1), "unknown key 'categories.hot.word'"),
    (SMALL.replace('category = "both"', 'category = "bot"'), "items.bhaji.category = 'bot'"),
    (SMALL.replace("price = 3.95", 'price = "3.95"'), "items.bhaji.price is '3.95', not a number"),
    (SMALL.replace("price = 3.95", "price = nan"), "items.bhaji: price is nan"),
    (SMALL.replace('name = { en = "Onion Bhaji", ar = "باجي" }', ""), "'items.bhaji.name' is missing"),
    (SMALL.replace("[stations.fry]", '[stations."Fry 2"]'), "stations.Fry 2 is not a usable id"),
    ("stations = 3\n", "stations is 3, not a table"),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_mistake_is_named_with_its_place(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        load_menu(write(tmp_path, text))
    assert said in caught.value.what
    assert caught.value.exit_code == 2


def test_a_typing_slip_gets_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        load_menu(write(tmp_path, SMALL.replace("words = [", "word = [", 1)))
    assert "'words'" in caught.value.hint


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no settings file"):
        load_menu(tmp_path / "none.toml")
