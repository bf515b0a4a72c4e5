"""The settings file of a hub that serves a menu: its stations, and one route for each category. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from heard.play.menu import Menu
from heard.play.printer import BAR, DARK, LANGUAGES, NAME
from heard.play.script import LEAD_MIN
from heard.play.stage import CloudAt


def hub_config(menu: Menu, cloud: CloudAt | None = None, printer: str = "") -> str:
    """TOML for `heard hub --config`. What no category maps has no route: the hub shows it on every prep screen.

    `printer` is where the bar's printer listens; with it come stations whose work it takes over.
    """
    parts = [
        _table(
            "[site]",
            name=menu.site,
            languages=menu.languages,
            **({"allergy_words": menu.allergy_words} if menu.allergy_words else {}),
        ),
        "[network]\nadmin_port = 0\n",
        "[store]\nbackup_every_min = 0\n",
        f"[kitchen]\nlead_min = {LEAD_MIN}\n",
    ]
    if cloud is not None:
        parts.append(_table("[cloud]", url=cloud.url, hub=cloud.hub, secret_file=str(cloud.secret_file)))
    for station in menu.stations:
        languages = {"languages": station.languages} if station.languages else {}
        parts.append(_table(f"[stations.{station.station_id}]", name=station.name, **languages))
    if printer:
        bar = {"name": NAME, "languages": LANGUAGES, "role": "printer", "address": printer}
        parts.append(_table(f"[stations.{BAR}]", **bar))
        for dark, (name, backup) in DARK.items():
            parts.append(_table(f"[stations.{dark}]", name=name, **({"backup": backup} if backup else {})))
    for category in menu.categories.values():
        parts.append(_table("[[routes]]", stations=category.stations, categories=(category.category_id,)))
    return "\n".join(parts)


def _table(head: str, **values: object) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in values.items()]
    return "\n".join([head, *lines, ""])


def _value(value: object) -> str:
    """JSON's strings are TOML's too."""
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{json.dumps(key)} = {_value(one)}" for key, one in value.items())
        return f"{{ {pairs} }}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    assert isinstance(value, Iterable)
    return "[" + ", ".join(_value(one) for one in value) + "]"
