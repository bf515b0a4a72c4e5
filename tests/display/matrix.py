"""Every layout of the kitchen screens in every state and language, as one outline per layout: what stands where, in words.

Pictures (`kitchens`, `passes`) show how it looks; this holds that no combination of them breaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from display.core.draw import Group, Icon, Picture, Rect, Text
from display.core.fixture import Fixture, fixture
from display.core.layout import COLUMNS, LAYOUTS, PORTRAIT
from tests.display import kitchens, passes
from tests.display.dishes import Json, kitchen

W, H = 1280, 720
LANGUAGES = {"en": ("en",), "ar": ("ar",), "mixed": ("en", "ar")}
STATES = ("empty", "busy", "overflowing", "markers", "not live", "paused by touch", "all day", "filtered")
SPLIT = "split"
SCREENS = (*(("prep", layout) for layout in (*LAYOUTS, SPLIT)), *(("expo", layout) for layout in LAYOUTS))

PICTURES = {
    ("prep", "columns"): ("markers, ar",),
    ("prep", "grid"): ("markers, mixed",),
    ("prep", "list"): ("markers, mixed", "not live, ar"),
    ("prep", "portrait"): ("markers, ar",),
    ("prep", SPLIT): ("not live, mixed",),
    ("expo", "columns"): ("not live, ar",),
    ("expo", "grid"): ("markers, en",),
    ("expo", "list"): ("overflowing, en", "not live, ar"),
    ("expo", "portrait"): ("markers, mixed",),
}
"""Those that are painted too: what the goldens of `kitchens` and `passes` do not show."""


def scenes(role: str, layout: str) -> Iterator[tuple[str, Fixture]]:
    """Each state in each language, by its name."""
    upright, split = layout == PORTRAIT, layout == SPLIT
    for state in STATES:
        content = _state(role, state)
        for name, languages in LANGUAGES.items():
            yield (
                f"{state}, {name}",
                replace(
                    content,
                    languages=languages,
                    width=H if upright else W,
                    height=W if upright else H,
                    layout=COLUMNS if split else layout,
                    beside="fry" if split else "",
                ),
            )


@lru_cache(maxsize=2 * len(STATES))  # to read one costs more than to lay it out
def _state(role: str, state: str) -> Fixture:
    return fixture((_at_station if role == "prep" else _at_the_pass)(state))


def _at_station(state: str) -> Json:
    marks: Json = {
        "unsafe": True,
        "suspect": True,
        "business_date": "2026-11-22",
        "flashing": ["404"],
        "selected": "401",
        "pending": ["404"],
        "bumped": ["408"],
        "out": kitchens.out("arayes", "cheddar", "tawook"),
    }
    return {
        "empty": kitchen([]),
        "busy": kitchen(kitchens.evening(), selected="217", bumped=["218"], pending=["221"]),
        "overflowing": kitchen(kitchens.overflowing()),
        "markers": kitchen(kitchens.all_markers(), **marks),
        "not live": kitchen(kitchens.evening(), bumped=["221"], pending=["221"], silent_s=38.4),
        "paused by touch": kitchens.out_and_paused(),
        "all day": kitchen(kitchens.evening(), full=1, out=kitchens.out("arayes", "spicy")),
        "filtered": kitchen(kitchens.evening(), filter="shawarma"),
    }[state]


def _at_the_pass(state: str) -> Json:
    marks: Json = {
        "unsafe": True,
        "suspect": True,
        "selected": "401",
        "pending": ["407"],
        "bumped": ["408"],
        "out": passes.out(),
        "alarms": ["Grill has not seen #231 (0:12). Tell the grill.", "NOBODY AT FRY?"],
    }
    made = {
        "empty": kitchen([]),
        "busy": kitchen(passes.evening(), selected="217", bumped=["207"]),
        "overflowing": kitchen(passes.banquet()),
        "markers": kitchen(passes.all_marks(), **marks),
        "not live": kitchen(passes.evening(), silent_s=38.4),
        "paused by touch": kitchen(passes.evening(), touch=True, site=kitchens.out_and_paused()["site"]),
        "all day": kitchen(passes.evening(), full=1, out=passes.out()),
        "filtered": kitchen(passes.evening(), filter="burger"),
    }[state]
    return made | {"station": "expo"}


def outline(picture: Picture) -> list[str]:
    """The tiles and bars from top to bottom: where they stand, their papers, and each row of text as it is read."""
    found: list[str] = []
    for op in picture.ops:
        if isinstance(op, Group):
            papers = dict.fromkeys(
                one.colour for one in op.ops if isinstance(one, Rect) and one.w * 3 >= op.w
            )
            found.append(f"{op.key} {op.x},{op.y} {op.w}x{op.h} {' '.join(papers)}".rstrip())
            found += [f"  {row}" for row in _rows(op)]
        elif isinstance(op, Rect):
            found.append(f"frame {op.x},{op.y} {op.w}x{op.h} {op.colour}")
        elif isinstance(op, Text):
            found.append(f"text {op.x},{op.y} {op.text}")
    return found


def _rows(group: Group) -> Iterator[str]:
    rows: dict[int, list[tuple[int, str]]] = {}
    for op in group.ops:
        if isinstance(op, Text):
            rows.setdefault(op.y, []).append((op.x, op.text))
        elif isinstance(op, Icon):
            rows.setdefault(op.y + op.size // 2, []).append((op.x, f"<{op.name}>"))
    for y in sorted(rows):
        yield f"{y}: " + " | ".join(text for _, text in sorted(rows[y]))
