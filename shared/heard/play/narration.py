"""A play in words while it runs: "12:04 #214 rushed by till 2". Read from what the hub shows of each order, not from what was asked."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from heard.order import HistoryEntry, Line, Order, VoidAnswer, in_english
from heard.play.tills import Tills
from heard.stream import Document, HeardValue, ItemAvailability

EARLY_MAX = 200
"""Answers to voids that are still to be told. Of a till that is cut off for longer the oldest are not told."""
LINES_SAID = 2
"""Dishes named in one line of narration; of more the count."""
ANSWERS, MAYBE = {VoidAnswer.MADE: "was MADE", VoidAnswer.NOT_MADE: "was NOT MADE"}, "may have been made"
"""What a till is told of a void; where no cook said that he had begun it, or that he had not, nobody knows."""
_TILL = re.compile(r"-T(\d+)\Z")
_BEFORE_NUMBER = re.compile(r"\S+ (?=#)")
"""The other order's id, which no guest was told."""
_STATION = re.compile(r"(?:play|demo)-([a-z]+)(?:-\d+)?\Z")


def who(device: str) -> str:
    """ "till 2", "the grill", "the hub"."""
    if till := _TILL.search(device):
        return f"till {till[1]}"
    station = _STATION.match(device)
    return f"the {station[1] if station else device}"


def happened(order: Order, entry: HistoryEntry) -> str:
    """One entry of an order's history in words; "" for what every order has."""
    lines = [line for line in order.lines if line.line_id in entry.line_ids]
    by = f"by {who(entry.device)}"
    why = f": {entry.detail}" if entry.detail else ""
    match entry.verb:
        case "hold" if order.courses:
            courses = ", then ".join(in_english(one.name).lower() for one in order.courses)
            return f"in courses {by}: {courses}"
        case "fire":
            course = next((one for one in order.courses if str(one.course) == entry.detail), None)
            return f"{in_english(course.name).lower() if course else 'course ' + entry.detail} fired {by}"
        case "hold_course":
            return f"course {entry.detail} held {by}"
        case "rush":
            return f"no rush any more, {by}" if entry.detail else f"rushed {by}"
        case "add_lines":
            added = [line for line in lines if line.added_version == entry.version]
            if added:
                return f"{_dishes(added)} added {by}"
            return f"ALLERGY told {by}: {', '.join(in_english(one.name) for one in order.allergens)}"
        case "change_line":
            return f"{_dishes(lines)} changed {by}"
        case "change_order":
            return _order_changed(order, entry.detail, by)
        case "void_lines":
            return f"{_dishes(lines)} voided {by}{why}"
        case "void_order":
            return f"cancelled {by}{why}"
        case "recall":
            return f"{_dishes(lines)} recalled at {who(entry.device)}"
        case "remake":
            return f"{_dishes(lines)} to be made once more, {by}{why}"
        case "send_out":
            return f"sent out {by}"
        case "take_over":
            return f"seen by no screen in time: taken over, {entry.detail}"
        case "split" if entry.detail.startswith("from "):
            return ""  # said of the order that it was split off
        case "split" | "merge":
            return f"{entry.verb} {_BEFORE_NUMBER.sub('', entry.detail)} {by}"
        case "move" | "transfer":
            return f"{entry.verb} {entry.detail}"
        case _:
            return ""


def _order_changed(order: Order, fields: str, by: str) -> str:
    """What it says now of what was changed; the allergy in a note above all."""
    said = {
        "notes": "; ".join(in_english(note.text) for note in order.notes) or "no note any more",
        "guest": f"for {order.guest}",
        "covers": f"{order.covers} guests",
        "due_at_ms": "another time",
    }
    words = ", ".join(said[field] for field in fields.split(", ") if field in said)
    return f"{words}, told {by}" if words else ""


def _dishes(lines: Iterable[Line]) -> str:
    found = [f"{line.quantity_milli / 1000:g} {in_english(line.name, '?')}" for line in lines]
    rest = len(found) - LINES_SAID
    words = ", ".join(found[:LINES_SAID])
    return f"{words} and {rest} more" if rest > 0 else words


def of_void(order: Order, value: HeardValue) -> str:
    """What the kitchen said of a void: it decides between a refund and waste."""
    lines = {line.line_id: line for line in order.lines}
    words = [
        f"{_dishes([lines[one.line_id]])} {ANSWERS.get(one.answer, MAYBE)}"
        for one in value.voided
        if one.line_id in lines
    ]
    return f"void at the {value.station}: {', '.join(words)}" if words else ""


@dataclass(slots=True)
class Narrator:
    """Tells each thing once. `say` prints a line."""

    tills: Tills
    say: Callable[[str], None]
    _told: dict[str, int] = field(default_factory=dict)
    _voids: set[tuple[str, str, str]] = field(default_factory=set)
    _early: deque[HeardValue] = field(default_factory=lambda: deque(maxlen=EARLY_MAX))
    _out: Mapping[str, ItemAvailability] = field(default_factory=dict)

    def listen(self) -> None:
        """From now on; the tills are started."""
        for till in self.tills.tills:
            till.terminal.on_applied(lambda applied: self._orders(applied.puts))
            till.terminal.on_heard(self._heard)
        first = self.tills.tills[0].terminal
        first.on_site(lambda: self._items(first.out))

    def _tell(self, words: str) -> None:
        self.say(f"{time.strftime('%H:%M')} {words}")

    def _orders(self, documents: Iterable[Document]) -> None:
        for order in documents:
            if not isinstance(order, Order):
                continue
            known = self._told.get(order.order_id, 0)
            self._told[order.order_id] = max(known, order.version)
            for entry in order.history:
                if entry.version > known and (words := happened(order, entry)):
                    self._tell(f"#{order.call_number} {words}")
        early = tuple(self._early)
        self._early.clear()
        for value in early:
            self._heard(value)

    def _heard(self, value: HeardValue) -> None:
        if value.voided and self._told.get(value.order_id, 0) < value.version:
            self._early.append(value)  # the answer to a void that is still to be told
            return
        order = self.tills.seen.get(value.order_id)
        fresh = {(value.order_id, value.station, one.line_id) for one in value.voided} - self._voids
        if order is None or not fresh:
            return
        self._voids |= fresh
        if words := of_void(order, value):
            self._tell(f"#{order.call_number} {words}")

    def _items(self, out: Mapping[str, ItemAvailability]) -> None:
        for item in out.keys() - self._out.keys():
            self._tell(f"86 {in_english(out[item].name)}, said by {who(out[item].by)}")
        for item in self._out.keys() - out.keys():
            self._tell(f"{in_english(self._out[item].name)} is back")
        self._out = dict(out)
