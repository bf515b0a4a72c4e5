"""Counts a painted prep screen: from what stands in its draw operations, against the orders themselves.

Nothing here asks the screen's own lists; the words and numbers are read as a cook reads them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from display.core import palette as p
from display.core.draw import Group, Icon, Measurer, Op, Picture, Qr, Rect, Text
from display.core.fixture import Fixture
from display.core.isolate import FSI, LRI, PDI, RLI
from display.core.look import Look, pick
from heard.order import LineState
from heard.ticket import Ticket, tickets

_STEERING = str.maketrans("", "", LRI + RLI + FSI + PDI)


def plain(text: str) -> str:
    """A painted text without the characters that only steer its direction."""
    return text.translate(_STEERING)


def texts(group: Group) -> list[str]:
    """All that is written in a tile or bar."""
    return [plain(op.text) for op in group.ops if isinstance(op, Text)]


def groups(picture: Picture) -> dict[str, Group]:
    """The tiles and bars of a picture by their keys."""
    return {op.key: op for op in picture.ops if isinstance(op, Group)}


@dataclass
class Counted:
    """A picture beside what it should say."""

    picture: Picture
    fixture: Fixture
    look: Look

    def __post_init__(self) -> None:
        self.groups = groups(self.picture)
        self.open: dict[tuple[str, int], Ticket] = {
            ticket.key: ticket
            for order in self.fixture.orders
            for ticket in tickets(order, self.fixture.station)
        }
        self.staged: dict[str, list[Ticket]] = {}
        for ticket in self.open.values():
            if ticket.waiting_only and ticket.scheduled:
                self.staged.setdefault(f"staged:{ticket.due_ms // 60_000}", []).append(ticket)
        self.staged = {minute: found for minute, found in self.staged.items() if len(found) >= 3}
        for members in self.staged.values():
            for ticket in members:
                del self.open[ticket.key]
        self.bumped = {
            key for key, ticket in self.open.items() if ticket.order.call_number in self.fixture.bumped
        }
        self.tiles: dict[tuple[str, int], list[Group]] = {}
        for name, group in self.groups.items():
            if "/" in name:
                order_id, batch, _ = name.rsplit("/", 2)
                if order_id in self.staged:
                    continue
                self.tiles.setdefault((order_id, int(batch)), []).append(group)

    # What must hold

    def check(self) -> None:
        """Every rule of a counted golden."""
        self.check_lines()
        self.check_waiting()
        self.check_all_day()
        self.check_age_bars()
        self.check_rush_first()
        self.check_only_here()
        self.check_staged()
        self.check_inside()

    def check_lines(self) -> None:
        """Every line of every listed ticket is drawn, or counted in "n more" or in HOLD."""
        for key, parts in self.tiles.items():
            ticket = self.open[key]
            if ticket.waiting_only:
                continue
            written = [" ".join(texts(part)) for part in parts]
            all_written = " ".join(written)
            later = self._more(texts(parts[-1]))
            earlier = 0 if self._begins_here(parts[0]) else self._lines_on_pages_before(ticket, parts)
            rows = self._rows(ticket)
            drawn = sum(min(all_written.count(name), count) for name, count in rows.items())
            wanted = sum(rows.values())
            assert drawn + later + earlier >= wanted, (
                f"#{ticket.order.call_number}: {wanted} rows, {drawn} drawn, {later} more, {earlier} before"
            )
            if not later and not earlier:
                assert drawn == wanted, f"#{ticket.order.call_number}: {rows} in {all_written!r}"
                self._check_held(ticket, all_written)

    def _rows(self, ticket: Ticket) -> dict[str, int]:
        """How often each name must be written: identical lines are one row, so at least once for each name."""
        names: dict[str, int] = {}
        seen: set[tuple[object, ...]] = set()
        for line in ticket.lines:
            if line.at.state is LineState.WAITING:
                continue
            name = pick(line.line.name, self.look.first, self.look.site_languages)
            alike = (
                name,
                tuple(one.modifier_id for one in line.line.modifiers),
                line.at.state,
                line.line.line_id if line.unseen or line.was_milli is not None else "",
                line.added,
                line.line.part_of,
                line.line.nobodys,
                line.line.seat,
                line.line.course,
            )
            if alike in seen:
                continue
            seen.add(alike)
            names[name] = names.get(name, 0) + 1
        return names

    def _check_held(self, ticket: Ticket, written: str) -> None:
        held = [line for line in ticket.lines if line.at.state is LineState.WAITING]
        if held:
            assert self.look.words.say("hold") in written
            counted = sum(int(n) for n in re.findall(self._pattern("lines"), written))
            counted += written.count(self.look.words.say("lines.one"))
            assert counted == len(held)

    def _more(self, written: list[str]) -> int:
        pattern = re.compile(self._pattern("more") + "(?: · .*)?")
        return next((int(match[1]) for text in written if (match := pattern.fullmatch(text))), 0)

    def _pattern(self, key: str) -> str:
        said = plain(self.look.words.say(key, n="@"))
        return re.escape(said).replace("@", r"(\d+)")

    def _begins_here(self, part: Group) -> bool:
        return self.look.words.say("continued") not in texts(part)

    def _lines_on_pages_before(self, ticket: Ticket, parts: list[Group]) -> int:
        return len(ticket.lines)  # that page is counted by its own golden

    def check_waiting(self) -> None:
        """Open = shown + waiting."""
        shown = {key for key in self.tiles if key not in self.bumped}
        open_ = set(self.open) - self.bumped
        waiting = len(open_) - len(shown)
        pattern = re.compile(r"\+(\d+)")
        found = [int(match[1]) for text in texts(self.groups["bottom"]) if (match := pattern.search(text))]
        assert (found or [0]) == [waiting]
        assert set(self.tiles) <= set(self.open)

    def check_all_day(self) -> None:
        """Each rail row is what is on the page and elsewhere; rows and "more items" are the sum of the open lines."""
        if "rail" not in self.groups:
            return
        wanted: dict[str, int] = {}
        for key, ticket in self.open.items():
            if key in self.bumped:
                continue
            for line in ticket.lines:
                if line.at.state in (LineState.QUEUED, LineState.STARTED):
                    name = pick(line.line.name, self.look.first, self.look.site_languages)
                    wanted[name] = wanted.get(name, 0) + line.to_make_milli
        for name, milli in self._rail().items():
            assert wanted.pop(name) == milli, name
        assert sum(wanted.values()) == self._rail_rest()

    def _rail(self) -> dict[str, int]:
        """Name -> thousandths, as the rows of the rail say: the number on the left and "+n"."""
        rail = self.groups["rail"]
        cards = [op for op in rail.ops if isinstance(op, Rect) and op.colour == p.CARD]
        found: dict[str, int] = {}
        for card in cards:
            inside = [op for op in rail.ops if isinstance(op, Text) and card.y <= op.y < card.y + card.h]
            names = [plain(op.text) for op in inside if op.size == self.look.theme.rail_name_text]
            more = [text for text in names if re.fullmatch(r"\+[\d.]+", text)]
            name = " ".join(text for text in names if text not in more)
            number = next(plain(op.text) for op in inside if op.size == self.look.theme.rail_quantity_text)
            milli = round(float(number) * 1000) + sum(round(float(one[1:]) * 1000) for one in more)
            found[name] = milli
        return found

    def _rail_rest(self) -> int:
        pattern = re.compile(
            plain(self.look.words.say("rail.more", n="@")).replace("+", r"\+").replace("@", r"([\d.]+)")
        )
        for text in texts(self.groups["rail"]):
            if match := pattern.fullmatch(text):
                return round(float(match[1]) * 1000)
        return 0

    def check_age_bars(self) -> None:
        """The bar's filled part is age ÷ late threshold."""
        t = self.look.theme
        for key, parts in self.tiles.items():
            ticket = self.open[key]
            if (
                key in self.bumped
                or ticket.waiting_only
                or not self._begins_here(parts[0])
                or ticket.cancelled
            ):
                continue
            limits = self.fixture.station_profile.age_limits(ticket.order.type.name, ticket.order.type_name)
            age_s = (self.fixture.now_ms - ticket.age_from_ms) // 1000
            full = min(1.0, age_s / limits.late_s)
            bars = [op for op in parts[0].ops if isinstance(op, Rect) and op.h == t.age_bar_h]
            width = parts[0].w - t.stripe_w
            assert bars[0].w == width
            filled = bars[1].w if len(bars) > 1 else 0
            assert filled == round(width * full), f"#{ticket.order.call_number}"

    def check_rush_first(self) -> None:
        """On the first page stand first what is made once more, then the rush orders."""
        if self.fixture.page:
            return
        first = [(self.open[key].remake, self.open[key].order.rush) for key in self.tiles]
        assert first == sorted(first, reverse=True)

    def check_only_here(self) -> None:
        """A dish that this station does not make in an order is not on its tile."""
        for key, parts in self.tiles.items():
            order = self.open[key].order
            here = {line.line.item_id for line in self.open[key].lines}
            for line in order.lines:
                if line.item_id not in here and line.at(self.fixture.station) is None:
                    name = pick(line.name, self.look.first, self.look.site_languages)
                    if line.line_id in {one.line.part_of for one in self.open[key].lines}:
                        continue
                    assert all(name not in text for part in parts for text in texts(part))

    def check_staged(self) -> None:
        """Many scheduled orders for one minute are one row with their number and the sum of each item."""
        for name, members in self.staged.items():
            written = texts(self.groups[f"{name}/0/0"])
            assert any(plain(str(len(members))) in text for text in written)
            sums: dict[str, int] = {}
            for ticket in members:
                for line in ticket.lines:
                    item = pick(line.line.name, self.look.first, self.look.site_languages)
                    sums[item] = sums.get(item, 0) + line.to_make_milli
            for item, milli in sums.items():
                assert written[written.index(item) - 1] == str(milli // 1000), item

    def check_inside(self) -> None:
        """Nothing reaches over the edge of its tile or bar."""
        for group in self.groups.values():
            for op in group.ops:
                left, right = extent(op, self.look.measurer)
                assert left >= 0, (group.key, op)
                assert right <= group.w, (group.key, op)


def check_apart(picture: Picture, panels: tuple[str, ...] = ("all-day", "recall")) -> None:
    """Tiles and bars stand on the screen and none over another; a panel covers what is under it."""
    rects = {
        key: (one.x, one.y, one.w, one.h) for key, one in groups(picture).items() if not key.endswith(panels)
    }
    for key, (x, y, w, h) in rects.items():
        assert x >= 0, key
        assert y >= 0, key
        assert x + w <= picture.w, key
        assert y + h <= picture.h, key
        for other, (x2, y2, w2, h2) in rects.items():
            apart = x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y
            assert other == key or apart, (key, other)


def extent(op: Op, measurer: Measurer) -> tuple[int, int]:
    """The left and right edge of an operation."""
    if isinstance(op, Text):
        width = measurer.measure(op.text, op.size, op.weight, op.rtl)[0]
        left = {"left": op.x, "right": op.x - width, "centre": op.x - width // 2}[op.across]
        return left, left + width
    return op.x, op.x + (op.size if isinstance(op, Icon | Qr) else op.w)
