"""The table of the hub's API: what a call carries is read by name, and a wrong value is named."""

from collections.abc import Mapping
from typing import Any

import pytest

from heard.errors import InvalidInput
from hub.api import Api, Asked


async def nothing(_asked: Asked) -> Mapping[str, Any]:
    return {}


def test_values_come_by_name_and_type() -> None:
    asked = Asked({"name": "T1", "limit": "20", "size": 5, "all": "true", "dry": False})
    assert asked.text("name") == "T1"
    assert asked.text("other", "x") == "x"
    assert asked.number("limit", 1, 100) == 20, "the digits of a query"
    assert asked.number("size", 1, 100) == 5
    assert asked.number("none", 1, 100, 7) == 7
    assert (asked.flag("all"), asked.flag("dry"), asked.flag("none")) == (True, False, False)


@pytest.mark.parametrize(
    ("read", "field", "what"),
    [
        (lambda asked: asked.text("none"), "none", "is missing"),
        (lambda asked: asked.text("empty"), "empty", "not a text"),
        (lambda asked: asked.text("long"), "long", "401 characters"),
        (lambda asked: asked.text("number"), "number", "is 3, not a text"),
        (lambda asked: asked.number("none", 1, 2), "none", "is missing"),
        (lambda asked: asked.number("number", 4, 9), "number", "is 3"),
        (lambda asked: asked.number("true", 0, 9), "true", "not a whole number"),
        (lambda asked: asked.number("word", 0, 9), "word", "not a whole number"),
        (lambda asked: asked.flag("word"), "word", "is 'yes'"),
    ],
)
def test_a_wrong_value_is_named(read: Any, field: str, what: str) -> None:
    with pytest.raises(InvalidInput, match=what) as caught:
        read(Asked({"empty": "", "long": "x" * 401, "number": 3, "true": True, "word": "yes"}))
    assert caught.value.field == field


def test_a_route_is_registered_once_and_under_a_plain_path() -> None:
    api = Api()
    api.get("modules/{module}/status", nothing)
    api.post("modules/{module}/status", nothing, takes=("force",))
    assert [(one.method, one.path, set(one.takes)) for one in api.routes] == [
        ("GET", "modules/{module}/status", set()),
        ("POST", "modules/{module}/status", {"force"}),
    ]
    for path in ("modules/{module}/status", "/sync", "Sync/now", "sync/../x", ""):
        with pytest.raises(ValueError, match=r"registered twice|no path"):
            api.get(path, nothing)
