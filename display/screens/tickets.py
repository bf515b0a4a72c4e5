"""A screen of tickets as draw operations: bars, tiles in columns, the all-day rail. A role gives its style and counts.

Longer than a room: one picture; all its parts share what is kept of the one before, so that a push costs what it brings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from operator import is_
from typing import TypeAlias, cast

from display.core import palette as p
from display.core.aging import NEVER_MS, NEW_S, Age, Level
from display.core.allday import AllDayKey, RailRow, RowsKept, rail_rows
from display.core.bars import BANNER_H, TopBar, banner, top_bar
from display.core.board import TicketKey
from display.core.bottom_bar import BottomBar, bottom_bar
from display.core.draw import Group, Op, Picture, Rect, Weight
from display.core.draw import Text as DrawText
from display.core.header import Head, Pill
from display.core.layout import GRID, GRID_ROWS, Layout, Placed, flow, grid
from display.core.look import Look
from display.core.rail import RowKept, rail
from display.core.same_ends import same_ends
from display.core.slots import Place, Stand
from display.core.standing import EMPTY, Rows, Stands, Stood, line_key
from display.core.tiles import Area, Body, Part, Still, Style, Tile, still, tile
from display.screens.elsewhere import Elsewhere
from display.screens.scene import FILTER, Scene, View
from display.screens.ticket_ages import Ages
from display.screens.ticket_bars import bottom_of, top_of
from display.screens.ticket_parts import page_of, same_part, slots_of, sums_on

Touchable: TypeAlias = tuple[Group, tuple[Rows, ...]]
"""A bar or rail, and what may be touched on it."""
_STILL = {level: Age(0, level, 0.0) for level in Level}
"""What of an age does not change with the seconds."""
TILES_CACHED_MAX = 64  # painted parts kept from one picture to the next; some five pages
EMPTY_TEXT = 64
SPARE = 0.5  # of a column that must be free before cards become roomier; two or three orders
OVER = 1.0  # of a column that may stand on a second page before cards closer than `crowded` give up; the highest card
OVER = 1.0  # of a column on a second page before cards closer than `crowded` give up; the highest card, however it comes


@dataclass(slots=True)
class _Cached:
    """A body, and the place and age that it was last asked for."""

    place: Place
    age: Age
    size: tuple[int, int]
    pill: Pill | None
    greyed: bool
    body: Body


@dataclass(frozen=True, slots=True)
class _Bodies:
    """Those of all places, what they were made for, and the first tick at which one of them may be another."""

    places: tuple[Place, ...]
    size: tuple[int, int]
    ages: int
    until_ms: int
    bodies: list[Body]

    def stand(self, size: tuple[int, int], ages: Ages) -> bool:
        """They are what would be made of their places now."""
        return self.size == size and self.ages == ages.begun and ages.tick_ms < self.until_ms


@dataclass(slots=True)
class _Kept:
    """A part as it was drawn: what it was made from, without and with the seconds."""

    part: Part
    head: Head
    still: Still
    second: tuple[object, ...]
    tile: Tile
    sums: Mapping[AllDayKey, int]
    standing: tuple[int, Stand]
    stood: Stood


@dataclass(slots=True)
class TicketScreen:
    """Makes pictures; keeps what did not change, so that one changed ticket costs one ticket.

    `look` is the one of the tiles, `bars` that of everything around them.
    """

    look: Look
    bars: Look
    style: Style
    closer: tuple[tuple[Look, Style], ...] = ()
    """Ways to draw them closer, the closest last, before a second page begins."""
    crowded: int | None = None
    """How close they stand where no way makes one page of them; None: the closest."""
    _closeness: int = 0
    _ways: tuple[tuple[Look, Style], ...] = field(init=False)
    _tried: dict[tuple[int, TicketKey], tuple[Place, Body]] = field(default_factory=dict)
    _tried_for: tuple[int, int] = (0, 0)
    _bodies: dict[TicketKey, _Cached] = field(default_factory=dict)
    _tiles: dict[tuple[TicketKey, int], _Kept] = field(default_factory=dict)
    _layout_of: tuple[list[Body], int, int, str] = field(default_factory=lambda: ([], 0, 0, ""))
    _layout: Layout | None = None
    _rail: tuple[tuple[object, ...], tuple[RailRow, ...], Touchable] | None = None
    _rail_said: RowsKept = field(default_factory=dict)
    _rail_rows: dict[tuple[str, bool], RowKept] = field(default_factory=dict)
    _bars: dict[str, tuple[object, object]] = field(default_factory=dict)
    _ages: Ages = field(init=False)
    _bodies_were: _Bodies | None = None
    _elsewhere: Elsewhere | None = None
    _stands: Stands = EMPTY
    on_page: Mapping[AllDayKey, int] = field(default_factory=dict)
    """All-day sums of what stands on the page of the newest scene."""
    rail_rows: tuple[RailRow, ...] | None = None
    """What the rail of the newest scene says; None where it has none."""

    def __post_init__(self) -> None:
        self._ages = Ages(self.style.age)
        self._ways = ((self.look, self.style), *self.closer)

    @property
    def closest(self) -> int:
        """How close they stand where no way makes one page of them."""
        return len(self.closer) if self.crowded is None else self.crowded

    def content(self, view: View) -> tuple[int, int, int, int]:
        """Where tiles may stand: x, y, w, h; x of the left edge also where the rail is on the left."""
        t = self.bars.theme
        top = t.top_bar_h + (t.px(BANNER_H) if view.unsafe else 0) + t.gap
        bottom_h = view.bottom_h or t.bottom_bar_h
        h = view.h - bottom_h - t.gap - top
        rail_w = t.rail_w + t.gap if view.rail else 0
        x = t.gap + (rail_w if self.look.rtl else 0)
        return x, top, view.w - 2 * t.gap - rail_w, h

    def fitting(self, view: View) -> int:
        """How close all must stand to fit one page: the roomiest way that does, else `crowded`.

        They become roomier than `view.closeness` only with room to spare, and where they are closer than `crowded` already they
        stay so until much stands on a second page: the next order changes nothing, whether it comes or goes.
        """
        _, _, w, h = self.content(view)
        column_w, room = (w + self.bars.theme.gap) // view.columns - self.bars.theme.gap, view.columns * h
        if self._tried_for != (column_w, h):
            self._tried_for, self._tried = (column_w, h), {}
        tried: dict[tuple[int, TicketKey], tuple[Place, Body]] = {}
        found, now = self.closest, view.closeness
        for n, (look, style) in enumerate(self._ways):
            if n == found == len(self.closer):
                break  # whether it fits or not
            t = look.theme
            if len(view.places) * (t.header_h + t.gap) > room:
                continue  # hundreds are not even tried
            bodies = []
            for place in view.places:
                kept = self._tried.get((n, place.key))
                if kept is None or kept[0] is not place:
                    greyed = place.stand is not Stand.LIVE
                    kept = (place, style.body(look, column_w, place.ticket, None, h, greyed=greyed))
                tried[(n, place.key)] = kept
                bodies.append(kept[1])
            laid = flow(look, bodies, view.columns, h)
            _, column, y = laid.marks[-1]
            spare = round(h * SPARE) if n < now else 0
            if laid.pages == 1 and column * h + y <= room - spare:
                found = n
                break
            if n == now > self.closest and column * h + y <= room + round(h * OVER):
                found = n  # unless a closer one needs no second page
        self._tried = tried
        return found

    def _stand(self, closeness: int) -> None:
        """So close; what was kept of another way is of no use."""
        if closeness != self._closeness:
            self._closeness = closeness
            self.look, self.style = self._ways[closeness]
            self._ages = Ages(self.style.age)
            self._bodies.clear()
            self._tiles.clear()
            self._layout = self._bodies_were = self._elsewhere = None

    def scene(self, view: View) -> Scene:
        """The picture of `view`."""
        self._stand(min(view.closeness, len(self.closer)))
        look, t = self.look, self.bars.theme
        x, top, w, h = self.content(view)
        column_w = (w + t.gap) // view.columns - t.gap
        rows = GRID_ROWS if view.layout == GRID else 1
        part_h = (h + t.gap) // rows - t.gap
        self._ages.at(view.now_ms, view.profile)
        bodies = self._bodies_of(view, column_w, part_h)
        layout = self._flow(view, bodies, part_h)
        page = max(0, min(view.page, layout.pages - 1))
        parts = layout.on(page)
        slots = slots_of(parts, cells=view.layout == GRID)
        on_page: dict[AllDayKey, int] = {}
        ops: list[Op] = []
        stood: list[Stood] = []
        touchable: list[Rows] = []
        for placed in parts:
            place = view.places[placed.tile]
            row, column = divmod(placed.column, view.columns)
            column_x = x + column * (column_w + t.gap)
            if look.rtl:
                column_x = x + w - column_w - column * (column_w + t.gap)
            row_y = top + row * (part_h + t.gap)
            slot = slots[placed.tile]
            kept = self._tile(view, place, placed, page, slot, column_x, row_y + placed.y)
            drawn = kept.tile
            stood.append(kept.stood)
            if place.stand is Stand.LIVE:
                for key, milli in kept.sums.items():
                    on_page[key] = on_page.get(key, 0) + milli
            if place.stand is not Stand.GAP:
                ops += self._frames(view, place, drawn)
                ops.append(drawn.group)
                ops += self._line_ring(view, place, drawn)
        self.on_page = on_page
        elsewhere = self._elsewhere_of(view, layout, page)
        behind = elsewhere.behind(self._ages)
        if not view.places:
            ops += self._empty(view, x, top, w, h)
        if not view.rail:
            self.rail_rows = None
        else:
            railed, rows_of = self._rail_group(view, top, h)
            ops.append(railed)
            touchable += rows_of
        ops.append(self._top_bar(view, top_of(view, behind)))
        if view.unsafe:
            ops.append(banner(self.bars, view.w, t.top_bar_h))
        bottom_h = view.bottom_h or t.bottom_bar_h
        bottom_y = view.h - bottom_h
        bar, rows_of = self._bottom_bar(view, bottom_y, bottom_h, bottom_of(view, layout.pages, page, behind))
        ops.append(bar)
        touchable += rows_of
        picture = Picture(view.w, view.h, p.PAGE, tuple(ops))
        stands = Stands(page, tuple(stood), tuple(touchable))
        if stands != self._stands:  # the same object tells whoever looks at it that nothing moved
            self._stands = stands
        self._trim(view)
        return Scene(
            picture,
            self._stands,
            layout.pages,
            page,
            elsewhere.shown,
            elsewhere.hidden,
            view.others,
            lambda key: page_of(key, view, layout),
            self._closeness,
        )

    # What did not change is kept.

    def _bodies_of(self, view: View, w: int, column_h: int) -> list[Body]:
        """Of all places; a ticket costs something when it changes, or what its age says does."""
        size, ages, places = (w, column_h), self._ages, view.places
        were = self._bodies_were
        if were is None or not were.stand(size, ages):
            were = _Bodies((), size, ages.begun, NEVER_MS, [])
        elif were.places is places:
            return were.bodies
        start, end = same_ends(were.places, places)
        came, rest = places[start : len(places) - end], len(were.places) - end
        olds = [ages.said(place.key, place.ticket) for place in came]
        changed = [self._body_at(place, old, size) for place, old in zip(came, olds, strict=True)]
        bodies = [*were.bodies[:start], *changed, *were.bodies[rest:]]
        until_ms = min((old.until_ms for old in olds), default=NEVER_MS)
        self._bodies_were = _Bodies(places, size, ages.begun, min(until_ms, were.until_ms), bodies)
        return bodies

    def _body_at(self, place: Place, old: Age, size: tuple[int, int]) -> Body:
        cached = self._bodies.get(place.key)
        if cached is None or cached.place is not place or cached.size != size:
            cached = self._bodies[place.key] = self._body(place, old, size, cached)
        elif cached.age is not old:
            if cached.greyed or _says_the_same(cached.age, old):
                cached.age = old
            else:
                cached = self._bodies[place.key] = self._body(place, old, size, cached)
        return cached.body

    def _elsewhere_of(self, view: View, layout: Layout, page: int) -> Elsewhere:
        of = (view.places, layout, page, view.others)
        if self._elsewhere is None or not self._elsewhere.is_of(*of):
            self._elsewhere = Elsewhere(*of, self._elsewhere)
        return self._elsewhere

    def _body(self, place: Place, old: Age, size: tuple[int, int], before: _Cached | None) -> _Cached:
        ticket, greyed = place.ticket, place.stand is not Stand.LIVE
        if before is not None and before.place.ticket is not ticket:
            before = None
        same = before is not None and before.greyed is greyed and before.size == size
        if before is not None and same and (greyed or _says_the_same(before.age, old)):
            return _Cached(place, old, size, before.pill, greyed, before.body)
        if before is not None and greyed:
            pill = before.pill  # a bumped tile does not grow any more
        else:
            waits = ticket.waiting_only
            pill = self.style.pill(
                ticket, Head(0, None if waits else old, new=old.seconds < NEW_S and not waits)
            )
        if before is not None and same and before.pill is pill:
            return _Cached(place, old, size, pill, greyed, before.body)
        look = self.look if place.word == "bumped" else replace(self.look, ticks=False)
        made = self.style.body(look, size[0], ticket, pill, size[1], greyed=greyed)
        return _Cached(place, old, size, pill, greyed, made)

    def _flow(self, view: View, bodies: list[Body], h: int) -> Layout:
        old, columns, old_h, layout = self._layout_of
        same_sizes = (columns, old_h, layout) == (view.columns, h, view.layout)
        if (
            self._layout is None
            or not same_sizes
            or (old is not bodies and (len(old) != len(bodies) or not all(map(is_, old, bodies))))
        ):
            if view.layout == GRID:
                self._layout = grid(self.look, bodies, view.columns, h)
            else:
                before = self._layout if same_sizes else None
                self._layout = flow(self.look, bodies, view.columns, h, before)
            self._layout_of = (bodies, view.columns, h, view.layout)
        return self._layout

    def _tile(self, view: View, place: Place, placed: Placed, page: int, slot: int, x: int, y: int) -> _Kept:
        ticket = place.ticket
        old = self._ages.exact(place.key, ticket)
        waits = ticket.waiting_only
        aged = not (waits or ticket.cancelled)
        pending = ticket.order.order_id in view.pending
        quiet = Head(
            slot=slot,
            age=_STILL[old.level] if aged else None,
            suspect=view.suspect or ticket.age_from_ms < view.gap_at_ms,
            new=old.seconds < NEW_S and not waits,
            flash=place.key in view.flashing,
            pending=pending,
            bumped=place.stand is Stand.BUMPED,
            undo=view.undo_of == place.key,
            queued=place.stand is Stand.BUMPED and not view.live and pending,
            word=place.word,
        )
        key = (place.key, placed.part.index)
        part = placed.part
        kept = self._tiles.get(key)
        if kept is not None and not same_part(kept.part, part):
            kept = None
        sums = kept.sums if kept is not None else sums_on(ticket, part)
        if kept is not None and kept.head == quiet:
            rest = kept.still
        else:
            kept, rest = None, still(self.look, part, quiet)
        second = (x, y, old if aged else None, view.now_ms // 1000 if rest.ages else 0)
        standing = (page, place.stand)
        if kept is None or kept.second != second:
            name = f"{place.key[0]}/{place.key[1]}/{part.index}"
            head = quiet.aged(old) if aged else quiet
            made = tile(self.look, name, x, y, part, head, view.now_ms, rest)
            if kept is not None and kept.standing == standing and kept.second[:2] == second[:2]:
                stood = kept.stood  # only the seconds are others
            else:
                stood = _stood(place, placed, slot, page, made)
            kept = self._tiles[key] = _Kept(part, quiet, rest, second, made, sums, standing, stood)
        elif kept.standing != standing:
            kept.standing, kept.stood = standing, _stood(place, placed, slot, page, kept.tile)
        return kept

    def _trim(self, view: View) -> None:
        if len(self._tiles) > TILES_CACHED_MAX:
            self._tiles.clear()
        if len(self._bodies) > 2 * len(view.places) + TILES_CACHED_MAX:
            standing = {place.key for place in view.places}
            self._bodies = {key: one for key, one in self._bodies.items() if key in standing}
            self._ages.forget_but(standing)

    def _rail_group(self, view: View, top: int, h: int) -> Touchable:
        at_least = view.suspect or not view.live
        key = (view.all_day, self.on_page, view.held_milli, at_least, top, h, view.only)
        if self._rail is not None and self._rail[0] == key:
            self.rail_rows = self._rail[1]
            return self._rail[2]
        rows = self.rail_rows = rail_rows(view.all_day, self.on_page, self._rail_said)
        t = self.bars.theme
        x = t.gap if self.look.rtl else view.w - t.gap - t.rail_w
        group, items = rail(self.bars, x, top, h, rows, view.held_milli, at_least, self._rail_rows, view.only)
        touchable = tuple([_rows(area, group.x, group.y, FILTER + item) for area, item in items])
        self._rail = (key, rows, (group, touchable))
        return group, touchable

    def _top_bar(self, view: View, bar: TopBar) -> Group:
        kept = self._bars.get("top")
        if kept is None or kept[0] != (bar, view.w):
            kept = self._bars["top"] = ((bar, view.w), top_bar(self.bars, view.w, bar))
        return cast(Group, kept[1])

    def _bottom_bar(self, view: View, y: int, h: int, bar: BottomBar) -> Touchable:
        key = (bar, view.w, y, h)
        kept = self._bars.get("bottom")
        if kept is None or kept[0] != key:
            group, areas = bottom_bar(self.bars, view.w, y, h, bar)
            touchable = tuple([_rows(area, 0, y, action) for area, action in areas])
            kept = self._bars["bottom"] = (key, (group, touchable))
        return cast(Touchable, kept[1])

    # Pieces of the picture

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
                if area.y < drawn.header_h:  # in the header
                    x, w = g.x + area.x, area.w
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


def _says_the_same(a: Age, b: Age) -> bool:
    """A header's pill does not tell them apart."""
    return a.level is b.level and (a.seconds < NEW_S) is (b.seconds < NEW_S)


def _around(x: int, y: int, w: int, h: int, out: int, border: int, colour: str, radius: int) -> Rect:
    return Rect(x - out, y - out, w + 2 * out, h + 2 * out, colour, radius + out, border)


def _rows(area: Area, x: int, y: int, action: str = "") -> Rows:
    return Rows(area.x + x, area.y + y, area.w, area.h, area.lines, action or area.action)


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
