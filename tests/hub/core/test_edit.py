"""What an order remembers of its changes is bounded, so that it can always be bumped."""

from __future__ import annotations

from dataclasses import fields, replace

from heard.command import Outcome
from heard.order import ChangeKind, Line, LineChange, LineState, Modifier, Note, StationLine
from heard.wire import encode_order
from hub.core.decision import BYTES_PER_VALUE_MAX
from hub.core.edit import HISTORY_LINES_MAX, HISTORY_MAX, with_stations
from tests.hub.core.making import Kitchen, line

LINES = 200
CYCLES = 40


def test_a_banquet_that_is_bumped_and_recalled_again_and_again_stays_within_a_record() -> None:
    kitchen = Kitchen()
    ids = [f"01890000-0000-7000-8000-{n:012d}" for n in range(LINES)]
    kitchen.hold(*(line(one) for one in ids))
    for _ in range(CYCLES):
        assert kitchen.bump("grill", *ids).outcome is Outcome.DONE
        assert kitchen.recall("grill", *ids).outcome is Outcome.DONE
    order = kitchen.order()
    assert order.version == 1 + 2 * CYCLES
    assert len(encode_order(order)) < BYTES_PER_VALUE_MAX
    assert order.history[0].verb == "hold", "how a repeated hold is known"
    assert [one.version for one in order.history[1:]] == list(
        range(order.version - len(order.history) + 2, order.version + 1)
    ), "the newest, without a gap"


def test_the_newest_entries_of_a_small_order_are_kept() -> None:
    kitchen = Kitchen()
    kitchen.hold(line("l1"))
    for _ in range(HISTORY_MAX):
        kitchen.bump("grill", "l1")
        kitchen.recall("grill", "l1")
    order = kitchen.order()
    assert len(order.history) == HISTORY_MAX <= HISTORY_LINES_MAX
    assert (order.history[0].version, order.history[-1].version) == (1, order.version)


def test_a_line_that_moves_on_keeps_all_that_it_had() -> None:
    """The quick copy names each field by its place, so a field that is new to the line could be left out."""
    stations = (StationLine("fry", LineState.DONE, 9),)
    assert with_stations(FULL, stations) == replace(FULL, stations=stations)
    kitchen = Kitchen()
    kitchen.hold(line("a", contains=("nuts",)))
    kitchen.start("grill", "a")
    kitchen.bump("grill", "a")
    assert kitchen.line("a").contains == ("nuts",), "what is in it is known after the bump too"


FULL = Line(
    "a", "kofta", {"en": "Kofta"}, 2500, "dish", (Modifier("m"),), (Note({"en": "well done"}),), "2", 1, "grill",
    700, 1750, 240, False, False, True, 3, 5, (LineChange(ChangeKind.NOTES, 3),), (StationLine("grill", LineState.QUEUED),),
    True, "spilled", True, ("fry",), 77, "B2", "z", ("nuts",),
)  # fmt: skip
"""No field stands at its default, but for two that no cook's line has."""


def test_the_full_line_is_full() -> None:
    plain = Line("")
    same = {one.name for one in fields(Line) if getattr(FULL, one.name) == getattr(plain, one.name)}
    assert same == {"no_kitchen", "combo"}
