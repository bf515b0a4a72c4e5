"""A picture can be compared as text."""

import json

from display.core.draw import Group, Icon, Picture, Rect, Strike, Text, Weight, to_json

TILE = Group("t1", 10, 20, 100, 50, "#111111", (Text(4, 5, "كباب", 36, Weight.BOLD, "#FFFFFF", rtl=True),))
PICTURE = Picture(
    200, 100, "#000000", (Rect(0, 0, 200, 10, "#222222"), TILE, Icon(1, 2, "check", 30, "#333333"))
)


def test_json_is_one_operation_a_line_without_defaults() -> None:
    assert to_json(PICTURE).splitlines() == [
        '{"w": 200, "h": 100, "background": "#000000", "ops": [',
        ' {"op": "rect", "x": 0, "y": 0, "w": 200, "h": 10, "colour": "#222222"},',
        ' {"op": "group", "key": "t1", "x": 10, "y": 20, "w": 100, "h": 50, "fill": "#111111", "ops": [',
        '  {"op": "text", "x": 4, "y": 5, "text": "كباب", "size": 36, "weight": "bold", "colour": "#FFFFFF", "rtl": true}',
        " ]},",
        ' {"op": "icon", "x": 1, "y": 2, "name": "check", "size": 30, "colour": "#333333"}',
        "]}",
    ]
    assert json.loads(to_json(PICTURE))["ops"][1]["ops"][0]["rtl"] is True


def test_json_shows_an_isolate() -> None:
    line = Text(0, 0, "\u2066#1\u2069", 9, Weight.BOLD, "#FFFFFF")
    assert "\\u2066#1\\u2069" in to_json(Picture(1, 1, "#000000", (line, Strike(0, 0, 5, 4, "#FFFFFF"))))
