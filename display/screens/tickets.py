"""A screen of tickets as draw operations: bars, tiles in columns, the all-day rail. A role gives its style and counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias, cast

from display.core import palette as p
from display.core.aging import NEW_S, Age, Level
from display.core.allday import AllDayKey, rail_rows, sums_of_lines
from display.core.bars import BANNER_H, BottomBar, TopBar, banner, bottom_bar, top_bar
from display.core.blocks import Painted
from display.core.board import TicketKey
from display.core.draw import Group, Op, Picture, Rect, Weight
from display.core.draw import Text as DrawText
from display.core.header import Head, Pill, number_of
from display.core.layout import GRID, GRID_ROWS, Layout, Placed, flow, grid
from display.core.look import Look
from display.core.rail import RowKept, rail
from display.core.slots import Place, Stand
from display.core.standing import Rows, Stands, Stood, line_key
from display.core.tiles import Area, Body, Part, Still, Style, Tile, still, tile
from display.screens.scene import FILTER, Scene, View
from heard.ticket import TO_MAKE_STATES, Ticket

Railed: TypeAlias = tuple[Group, tuple[tuple[Area, str], ...]]
TILES_CACHED_MAX = 64  # painted parts kept from one picture to the next; some five pages
EMPTY_TEXT = 64


@dataclass(slots=True)
class _Cached:
    ticket: Ticket
    pill: Pill | None
    greyed: bool
    body: Body
    level: Level
    new: bool


@dataclass(slots=True)
class _Kept:
    """A part as it was drawn: what it was made from, without and with the seconds."""

    part: Part
    head: Head
    still: Still
    second: tuple[object, ...]
    tile: Tile


@dataclass(slots=True)
class TicketScreen:
    """Makes pictures; keeps what did not change, so that one changed ticket costs one ticket.

    `look` is the one of the tiles, `bars` that of everything around them.
    """

    look: Look
    bars: Look
    style: Style
    _bodies: dict[TicketKey, _Cached] = field(default_factory=dict)
    _tiles: dict[tuple[TicketKey, int], _Kept] = field(default_factory=dict)
    _layout_of: tuple[list[Body], int, int, str] = field(default_factory=lambda: ([], 0, 0, ""))
    _layout: Layout | None = None
    _rail: tuple[Layout, tuple[object, ...], Railed] | None = None
    _rail_rows: dict[tuple[str, bool], RowKept] = field(default_factory=dict)
    _bars: dict[str, tuple[object, object]] = field(default_factory=dict)
    _size: tuple[int, int] = (0, 0)
    _on: tuple[tuple[Place, ...], tuple[Placed, ...]] = ((), ())

    @property
    def on_page(self) -> Mapping[AllDayKey, int]:
        """All-day sums of what stands on the page of the newest scene."""
        return _sums_on(*self._on)

    def content(self, view: View) -> tuple[int, int, int, int]:
        """Where tiles may stand: x, y, w, h; x of the left edge also where the rail is on the left."""
        t = self.bars.theme
        top = t.top_bar_h + (t.px(BANNER_H) if view.unsafe else 0) + t.gap
        bottom_h = view.bottom_h or t.bottom_bar_h
        h = view.h - bottom_h - t.gap - top
        rail_w = t.rail_w + t.gap if view.rail else 0
        x = t.gap + (rail_w if self.look.rtl else 0)
        return x, top, view.w - 2 * t.gap - rail_w, h

    def scene(self, view: View) -> Scene:
        """The picture of `view`."""
        look, t = self.look, self.bars.theme
        x, top, w, h = self.content(view)
        column_w = (w + t.gap) // view.columns - t.gap
        ages = {place.key: self._age(view, place.ticket) for place in view.places}
        ages |= {ticket.key: self._age(view, ticket) for ticket in view.others}
        rows = GRID_ROWS if view.layout == GRID else 1
        part_h = (h + t.gap) // rows - t.gap
        bodies = [self._body(place, ages[place.key], column_w, part_h) for place in view.places]
        layout = self._flow(view, bodies, part_h)
        page = max(0, min(view.page, layout.pages - 1))
        slots = self._slots(layout, page, cells=view.layout == GRID)
        parts = layout.on(page)
        self._on = (view.places, parts)
        ops: list[Op] = []
        stood: list[Stood] = []
        touchable: list[tuple[Rows, str]] = []
        for placed in parts:
            place = view.places[placed.tile]
            row, column = divmod(placed.column, view.columns)
            column_x = x + column * (column_w + t.gap)
            if look.rtl:
                column_x = x + w - column_w - column * (column_w + t.gap)
            row_y = top + row * (part_h + t.gap)
            slot = slots[placed.tile]
            drawn = self._tile(view, place, ages[place.key], placed, slot, column_x, row_y + placed.y)
            stood.append(_stood(place, placed, slot, page, drawn))
            if place.stand is not Stand.GAP:
                ops += self._frames(view, place, drawn)
                ops.append(drawn.group)
                ops += self._line_ring(view, place, drawn)
        shown, behind = _what_stands(view.places, layout, page)
        behind += tuple(ticket.key for ticket in view.others)
        page_of = {ticket.key: 0 for ticket in view.others} | {
            place.key: n for place, n in zip(view.places, layout.first_page, strict=True)
        }
        if not view.places:
            ops += self._empty(view, x, top, w, h)
        if view.rail:
            railed, items = self._rail_group(view, layout, page, parts, top, h)
            ops.append(railed)
            touchable += [(_rows(area, railed.x, railed.y), FILTER + item) for area, item in items]
        ops.append(self._top_bar(view, self._top(view, behind, ages)))
        if view.unsafe:
            ops.append(banner(self.bars, view.w, t.top_bar_h))
        bottom_h = view.bottom_h or t.bottom_bar_h
        bottom_y = view.h - bottom_h
        bar, areas = self._bottom_bar(
            view, bottom_y, bottom_h, self._bottom(view, layout, page, behind, ages)
        )
        ops.append(bar)
        touchable += [(_rows(area, 0, bottom_y), action) for area, action in areas]
        buttons = tuple(touchable)
        picture = Picture(view.w, view.h, p.PAGE, tuple(ops))
        self._trim(view)
        return Scene(picture, Stands(page, tuple(stood)), layout.pages, page, shown, behind, page_of, buttons)

    # What did not change is kept.

    def _body(self, place: Place, old: Age, w: int, column_h: int) -> Body:
        greyed, new = place.stand is not Stand.LIVE, old.seconds < NEW_S
        cached = self._bodies.get(place.key)
        same = (
            cached is not None
            and cached.ticket is place.ticket
            and cached.body.w == w
            and cached.greyed is greyed
            and self._size == (w, column_h)
        )
        if same and cached is not None and (greyed or (cached.level is old.level and cached.new is new)):
            return cached.body
        waits = place.ticket.waiting_only
        pill = self.style.pill(place.ticket, Head(0, None if waits else old, new=new and not waits))
        if same and cached is not None and cached.pill is pill:
            cached.level, cached.new = old.level, new
            return cached.body
        if greyed and cached is not None and cached.ticket is place.ticket:
            pill = cached.pill  # a bumped tile does not grow any more
        made = self.style.body(self.look, w, place.ticket, pill, column_h, greyed=greyed)
        self._bodies[place.key] = _Cached(place.ticket, pill, greyed, made, old.level, new)
        self._size = (w, column_h)
        return made

    def _flow(self, view: View, bodies: list[Body], h: int) -> Layout:
        old, columns, old_h, layout = self._layout_of
        same_sizes = (columns, old_h, layout) == (view.columns, h, view.layout)
        if (
            self._layout is None
            or not same_sizes
            or len(old) != len(bodies)
            or any(a is not b for a, b in zip(old, bodies, strict=True))
        ):
            if view.layout == GRID:
                self._layout = grid(self.look, bodies, view.columns * GRID_ROWS, h)
            else:
                before = self._layout if same_sizes else None
                self._layout = flow(self.look, bodies, view.columns, h, before)
            self._layout_of = (bodies, view.columns, h, view.layout)
        return self._layout

    def _tile(self, view: View, place: Place, old: Age, placed: Placed, slot: int, x: int, y: int) -> Tile:
        ticket = place.ticket
        waits = ticket.waiting_only
        head = Head(
            slot=slot,
            age=None if waits or ticket.cancelled else old,
            suspect=view.suspect or place.ticket.age_from_ms < view.gap_at_ms,
            new=old.seconds < NEW_S and not waits,
            flash=place.key in view.flashing,
            pending=ticket.order.order_id in view.pending,
            bumped=place.stand is Stand.BUMPED,
            undo=view.undo_of == place.key,
            queued=place.stand is Stand.BUMPED and not view.live and ticket.order.order_id in view.pending,
        )
        key = (place.key, placed.part.index)
        part, quiet = placed.part, replace(head, age=None)
        kept = self._tiles.get(key)
        if head.age is not None:
            quiet = replace(head, age=Age(0, head.age.level, 0.0))
        if kept is not None and _same_part(kept.part, part) and kept.head == quiet:
            rest = kept.still
        else:
            kept, rest = None, still(self.look, part, quiet)
        second = (x, y, head.age, view.now_ms // 1000 if rest.ages else 0)
        if kept is not None and kept.second == second:
            return kept.tile
        name = f"{place.key[0]}/{place.key[1]}/{part.index}"
        made = tile(self.look, name, x, y, part, head, view.now_ms, rest)
        self._tiles[key] = _Kept(part, quiet, rest, second, made)
        return made

    def _trim(self, view: View) -> None:
        if len(self._tiles) > TILES_CACHED_MAX:
            self._tiles.clear()
        if len(self._bodies) > 2 * len(view.places) + TILES_CACHED_MAX:
            standing = {place.key for place in view.places}
            self._bodies = {key: one for key, one in self._bodies.items() if key in standing}

    def _rail_group(
        self, view: View, layout: Layout, page: int, parts: tuple[Placed, ...], top: int, h: int
    ) -> Railed:
        at_least = view.suspect or not view.live
        key = (view.places, view.all_day, page, view.held_milli, at_least, top, h)
        kept = self._rail
        if kept is not None and kept[0] is layout and kept[1] == key:
            return kept[2]
        rows = rail_rows(view.all_day, _sums_on(view.places, parts))
        t = self.bars.theme
        x = t.gap if self.look.rtl else view.w - t.gap - t.rail_w
        made = rail(self.bars, x, top, h, rows, view.held_milli, at_least, self._rail_rows)
        self._rail = (layout, (view.places, dict(view.all_day), *key[2:]), made)  # the board counts in place
        return made

    def _top_bar(self, view: View, bar: TopBar) -> Group:
        kept = self._bars.get("top")
        if kept is None or kept[0] != (bar, view.w):
            kept = self._bars["top"] = ((bar, view.w), top_bar(self.bars, view.w, bar))
        return cast(Group, kept[1])

    def _bottom_bar(
        self, view: View, y: int, h: int, bar: BottomBar
    ) -> tuple[Group, tuple[tuple[Area, str], ...]]:
        key = (bar, view.w, y, h)
        kept = self._bars.get("bottom")
        if kept is None or kept[0] != key:
            kept = self._bars["bottom"] = (key, bottom_bar(self.bars, view.w, y, h, bar))
        return cast(tuple[Group, tuple[tuple[Area, str], ...]], kept[1])

    # Pieces of the picture

    def _age(self, view: View, ticket: Ticket) -> Age:
        return self.style.age(ticket, view.now_ms, view.profile.age_limits(ticket.order.type.name))

    def _slots(self, layout: Layout, page: int, *, cells: bool) -> dict[int, int]:
        """Slot numbers of this page; a tile that goes on from the page before has the first. `cells`: by the place."""
        numbers: dict[int, int] = {}
        for placed in layout.on(page):
            numbers.setdefault(placed.tile, placed.column + 1 if cells else len(numbers) + 1)
        return numbers

    def _frames(self, view: View, place: Place, drawn: Tile) -> list[Op]:
        """RUSH's frame in the gap outside the tile, and the ring of the selected one."""
        t, g = self.look.theme, drawn.group
        ops: list[Op] = []
        if place.ticket.order.rush and not place.ticket.cancelled and place.stand is Stand.LIVE:
            ops.append(_around(g.x, g.y, g.w, g.h, t.frame, t.frame, p.PILL_RUSH, t.radius))
        if view.selected == place.key and place.stand is Stand.LIVE:
            out = t.ring + t.ring_gap
            border = t.ring // 2 + 1 if place.ticket.order.rush else t.ring  # leaves RUSH's colour inside
            ops.append(_around(g.x, g.y, g.w, g.h, out, border, p.SELECTED, t.radius))
        return ops

    def _line_ring(self, view: View, place: Place, drawn: Tile) -> list[Op]:
        if view.selected != place.key or not view.selected_line or place.stand is not Stand.LIVE:
            return []
        t, g = self.look.theme, drawn.group
        for area in drawn.areas:
            if any(line_key(line) == view.selected_line for line in area.lines):
                x, w = g.x + t.stripe_w + 2, g.w - t.stripe_w - 4
                return [Rect(x, g.y + area.y, w, area.h, p.SELECTED, t.block_radius, max(2, t.ring - 1))]
        return []

    def _empty(self, view: View, x: int, y: int, w: int, h: int) -> list[Op]:
        words = self.look.words
        size = self.bars.theme.px(EMPTY_TEXT)
        return [
            DrawText(
                x + w // 2,
                y + h // 2,
                words.say("empty"),
                size,
                Weight.MEDIUM,
                p.DIM,
                self.look.rtl,
                "centre",
            )
        ]

    def _top(self, view: View, behind: tuple[TicketKey, ...], ages: Mapping[TicketKey, Age]) -> TopBar:
        late = [key for key in behind if ages[key].level is Level.LATE]
        limits = view.profile.age_limits("")
        return TopBar(
            name=view.profile.name,
            station=view.profile.station,
            icon=view.profile.icon,
            link=view.link,
            clock=view.clock,
            oldest_s=view.oldest_s,
            oldest_late=view.oldest_s is not None and (view.late > 0 or view.oldest_s >= limits.late_s),
            late=view.late,
            waiting=len(behind),
            waiting_late=len(late),
            business_date=view.business_date,
            at_least=view.suspect or not view.live,
            last_order=view.last_order,
            last_order_time=view.last_order_time,
            counts=view.counts,
            word=view.standing.word,
            out=view.standing.out,
            alarms=view.alarms,
            filtered=view.filtered,
        )

    def _bottom(
        self,
        view: View,
        layout: Layout,
        page: int,
        behind: tuple[TicketKey, ...],
        ages: Mapping[TicketKey, Age],
    ) -> BottomBar:
        unseen = set(behind)
        hidden = [place.ticket for place in view.places if place.key in unseen]
        hidden += view.others
        old = [ages[ticket.key].seconds for ticket in hidden if not ticket.waiting_only]
        return BottomBar(
            hints=view.hints,
            page=page,
            pages=layout.pages,
            waiting=len(behind),
            waiting_oldest_min=max(old, default=0) // 60,
            waiting_late=sum(ages[key].level is Level.LATE for key in behind),
            waiting_rush=any(ticket.order.rush for ticket in hidden),
            waiting_allergy=any(ticket.allergens for ticket in hidden),
            at_least=not view.live,
            say=view.say,
            changed=view.changed,
            touch=view.touch,
        )


def _same_part(a: Part, b: Part) -> bool:
    """The same piece of the same body; a body is made anew when its ticket changes."""
    return a.body is b.body and (a.index, a.start, a.end, a.h, a.more, a.more_page) == (
        b.index,
        b.start,
        b.end,
        b.h,
        b.more,
        b.more_page,
    )


def _around(x: int, y: int, w: int, h: int, out: int, border: int, colour: str, radius: int) -> Rect:
    return Rect(x - out, y - out, w + 2 * out, h + 2 * out, colour, radius + out, border)


def _rows(area: Area, x: int, y: int) -> Rows:
    return Rows(area.x + x, area.y + y, area.w, area.h, area.lines, area.action)


def _stood(place: Place, placed: Placed, slot: int, page: int, drawn: Tile) -> Stood:
    g = drawn.group
    lines = placed.part.body.lines_in(placed.part.start, placed.part.end)
    return Stood(
        key=place.key,
        slot=slot,
        page=page,
        stand=place.stand,
        box=Rows(g.x, g.y, g.w, g.h, lines),
        header_h=drawn.header_h,
        rows=tuple(_rows(area, g.x, g.y) for area in drawn.areas),
        undo=_rows(drawn.undo, g.x, g.y) if drawn.undo is not None else None,
        version=place.ticket.version,
    )


def _what_stands(
    places: tuple[Place, ...], layout: Layout, page: int
) -> tuple[tuple[TicketKey, ...], tuple[TicketKey, ...]]:
    """Live tickets of which something stands on this page, and those of which nothing does."""
    here = {placed.tile for placed in layout.placed if placed.page == page}
    live = [(n in here, place.key) for n, place in enumerate(places) if place.stand is Stand.LIVE]
    return tuple(key for on, key in live if on), tuple(key for on, key in live if not on)


def _sums_on(places: tuple[Place, ...], parts: tuple[Placed, ...]) -> Mapping[AllDayKey, int]:
    """All-day sums of the lines that stand on this page."""
    drawn: list[tuple[Ticket, frozenset[str]]] = []
    for placed in parts:
        place = places[placed.tile]
        if place.stand is Stand.LIVE:
            lines: tuple[Painted, ...] = placed.part.body.lines_in(placed.part.start, placed.part.end)
            drawn.append((place.ticket, frozenset(line.line_id for line in lines)))
    return sums_of_lines(
        line
        for ticket, ids in drawn
        for line in ticket.lines
        if line.line.line_id in ids and line.at.state in TO_MAKE_STATES
    ).to_make_milli


def last_order(tickets: tuple[Ticket, ...], look: Look) -> tuple[str, str]:
    """Number and time of the newest order on the screen, for the NOT LIVE bar."""
    if not tickets:
        return "", ""
    newest = max(tickets, key=lambda ticket: ticket.order.held_at_ms)
    return number_of(newest, look), look.fires_at(newest.order.held_at_ms)
