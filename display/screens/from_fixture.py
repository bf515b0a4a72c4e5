"""Pictures of ticket screens from a fixture: no hub, no clock, no window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from display.core import palette as p
from display.core.allday import has_to_make, rail_rows
from display.core.bars import Count
from display.core.board import Board, Sight
from display.core.bottom_bar import Hint, more_button
from display.core.by_item import by_item
from display.core.card import EXPO, EXPO_SIGHT, card_of
from display.core.draw import Group, Measurer, Picture, Rect
from display.core.expo_theme import COLUMN_PX, strip_columns
from display.core.fixture import Fixture
from display.core.floor import Floor, nobodys_count, standing
from display.core.isolate import Digits
from display.core.keymap import ICONS, KEYBOARD, Action
from display.core.layout import LIST, PORTRAIT
from display.core.legibility import SCALE_MAX, SCALE_MIN, columns
from display.core.link_state import SILENCE_S, Bar, LinkBar
from display.core.list_style import ListStyle
from display.core.look import Look
from display.core.pen import moved
from display.core.prep_style import PrepStyle
from display.core.slots import Place, Stand
from display.core.staged import staged
from display.core.theme import Theme
from display.screens.all_day import all_day_panel
from display.screens.scene import Scene, View
from display.screens.ticket_bars import last_order
from display.screens.tickets import TicketScreen
from heard.stream import OUT_ITEMS_KEY, SITE_STATE_KEY, Live, StationProfile
from heard.ticket import tickets

REFERENCE_H = 1080


BETWEEN_PX = MARK_PX = 4  # as display.ui.panes, which pictures without a window do not load


def look_of(fixture: Fixture, measurer: Measurer) -> Look:
    """Sizes and languages of a fixture."""
    scale = fixture.scale or min(max(min(fixture.width, fixture.height) / REFERENCE_H, SCALE_MIN), SCALE_MAX)
    profile = fixture.profile
    station = fixture.station_profile
    return Look(
        theme=Theme.at_scale(scale),
        measurer=measurer,
        languages=fixture.languages or station.languages or profile.languages[:1],
        site_languages=tuple(dict.fromkeys((*profile.languages, "en", "ar"))),
        digits=Digits.of_site(profile.digits),
        held_lines=fixture.held_lines,
        allergy_words=profile.allergy_words,
        out=frozenset(one.item_id for one in fixture.out.items if not one.available),
        station_names={one.station: one.name for one in profile.stations},
        local_time=lambda wall_ms: f"{wall_ms // 3_600_000 % 24:02d}:{wall_ms // 60_000 % 60:02d}",
        wall_of=lambda hub_ms: hub_ms - fixture.now_ms + fixture.wall_ms,
    )


def scene_of(fixture: Fixture, measurer: Measurer) -> Scene:
    """A prep screen, with what stands on it."""
    look = look_of(fixture, measurer)
    if fixture.layout in (PORTRAIT, LIST):
        fixture = replace(fixture, rail=False)
    rail_w = look.theme.rail_w + look.theme.gap if fixture.rail else 0
    fitting = columns(fixture.width - look.theme.gap - rail_w, look.theme.scale)
    from display.screens.prep_desk import PrepDesk

    station = fixture.station
    sight = Sight(lambda order: tickets(order, station), stages=True)
    hints = _hints(fixture, PrepDesk.hints, PrepDesk.buttons)
    view = _view(fixture, look, Board(fixture.station, sight), fixture.station_profile, fitting, hints)
    if fixture.layout == LIST and view.held_milli:
        view = replace(view, counts=(Count("held.count", view.held_milli // 1000, p.DIM),))
    return _whole(
        fixture, look, TicketScreen(look, look, ListStyle() if fixture.layout == LIST else PrepStyle()), view
    )


def split_of(fixture: Fixture, measurer: Measurer) -> Picture:
    """Two stations as two panes of one window show them, on an upright one above each other; the first one has the keys."""
    look = look_of(fixture, measurer)
    w, h = fixture.width, fixture.height
    if h > w:
        h = (h - BETWEEN_PX) // 2
        places = [(0, 0), (0, fixture.height - h)]
    else:
        w = (w - BETWEEN_PX) // 2
        places = [(0, 0), (fixture.width - w, 0)]
        if look.rtl:
            places.reverse()
    scale = fixture.scale or look.theme.scale
    one = replace(fixture, width=w, height=h, scale=scale, rail=False, beside="")
    first = scene_of(one, measurer).picture
    second = scene_of(replace(one, station=fixture.beside, selected="", bumped=()), measurer).picture
    other = tuple(
        replace(op, key=f"{fixture.beside}:{op.key}") if isinstance(op, Group) else op for op in second.ops
    )
    mark = Rect(*places[0], w, MARK_PX, p.SELECTED)
    ops = (*moved(first.ops, *places[0]), *moved(other, *places[1]), mark)
    return Picture(fixture.width, fixture.height, first.background, ops)


def expo_scene_of(fixture: Fixture, measurer: Measurer) -> Scene:
    """An expo screen, with what stands on it."""
    from display.screens.expo_desk import ExpoDesk, counts, expo_screen, first_pass

    look = look_of(fixture, measurer)
    board = Board(EXPO, EXPO_SIGHT)
    content_w, scale = fixture.width - look.theme.gap, look.theme.scale
    fitting = columns(content_w, scale, COLUMN_PX)
    if fixture.layout == LIST:
        fitting = strip_columns(content_w, scale)
    hints = _hints(fixture, ExpoDesk.hints, ExpoDesk.buttons)
    view = _view(replace(fixture, rail=False), look, board, first_pass(fixture.profile), fitting, hints)
    tickets = [place.ticket for place in view.places if place.stand is Stand.LIVE]
    ready = sum(card_of(ticket).ready for ticket in tickets)
    view = replace(view, counts=(*view.counts, *counts(len(tickets), ready)))
    return _whole(fixture, look, expo_screen(look, touch=fixture.touch, layout=fixture.layout), view)


def _whole(fixture: Fixture, look: Look, screen: TicketScreen, view: View) -> Scene:
    """The screen with the all-day view over it, where that is open, and only the tickets that a filter lets through."""
    if fixture.filter:
        key = next((key for key in view.all_day if key.item_id == fixture.filter), None)
        name = look.name(key.name).text if key is not None else fixture.filter
        through = [place for place in view.places if has_to_make(place.ticket, fixture.filter)]
        others = [place.ticket for place in view.places if place not in through]
        view = replace(view, places=tuple(through), others=tuple(others), only=fixture.filter, filtered=name)
    scene = screen.scene(replace(view, closeness=screen.fitting(view)) if screen.closer else view)
    if fixture.full < 0:
        return scene
    rows = rail_rows(view.all_day, screen.on_page)
    panel, _ = all_day_panel(look, fixture.width, fixture.height, rows, view.held_milli, fixture.full)
    return replace(scene, picture=replace(scene.picture, ops=(*scene.picture.ops, *panel)))


def _hints(
    fixture: Fixture, keys: Sequence[tuple[Action, str]], buttons: Sequence[tuple[Action, str]]
) -> tuple[tuple[str, str, Action], ...]:
    """Keys of a plain keyboard, or buttons but the last: label, word, action."""
    if fixture.touch:
        return tuple(("", text, action) for action, text in buttons)
    labels = KEYBOARD.labels
    return tuple((labels[action], text, action) for action, text in keys if action in labels)


def _view(
    fixture: Fixture,
    look: Look,
    board: Board,
    profile: StationProfile,
    fitting: int,
    hints: tuple[tuple[str, str, Action], ...],
) -> View:
    """What a desk would know at the fixture's moment; `board` is empty yet."""
    board.apply(fixture.orders)
    in_order = board.in_order()
    number = {ticket.order.call_number: ticket.key for ticket in in_order}
    bumped = {number[one] for one in fixture.bumped if one in number}
    counted = Board(board.station, board.sight)
    counted.apply([ticket.order for ticket in in_order if ticket.key not in bumped])
    standing_order = in_order
    if fixture.layout == LIST and board.sight.stages:
        standing_order = by_item(in_order)[1]
    elif board.sight.stages:
        standing_order = staged(board.tickets, in_order)[1]
    places = tuple(
        Place(ticket.key, ticket, Stand.BUMPED if ticket.key in bumped else Stand.LIVE)
        for ticket in standing_order
    )
    counts = counted.counts(fixture.now_ms, profile)
    order_ids = {ticket.order.call_number: ticket.order.order_id for ticket in in_order}
    live = fixture.silent_s < SILENCE_S
    floor = Floor()
    floor.told((Live(SITE_STATE_KEY, "", 1, fixture.site), Live(OUT_ITEMS_KEY, "", 1, fixture.out)))
    own = "" if board.station == EXPO else board.station
    last, last_time = last_order(in_order, look)
    return View(
        w=fixture.width,
        h=fixture.height,
        places=places,
        profile=profile,
        now_ms=fixture.now_ms,
        clock=fixture.clock,
        link=LinkBar(Bar.LIVE) if live else LinkBar(Bar.NOT_LIVE, int(fixture.silent_s)),
        all_day=counted.all_day,
        held_milli=counted.held_milli,
        oldest_s=counts.oldest_s,
        late=counts.late,
        page=fixture.page,
        columns=fixture.columns or fitting,
        rail=fixture.rail,
        layout=fixture.layout,
        selected=number.get(fixture.selected),
        selected_line=fixture.selected_line,
        pending=frozenset(order_ids[one] for one in fixture.pending if one in order_ids),
        undo_of=next(iter(bumped), None),
        flashing=frozenset(number[one] for one in fixture.flashing if one in number),
        hints=(
            *(
                Hint(
                    key,
                    look.words.say(text),
                    not live and action in (Action.BUMP, Action.START),
                    action.value,
                    ICONS.get(action, "") if fixture.touch else "",
                )
                for key, text, action in hints
            ),
            *((more_button(look),) if fixture.touch else ()),
        ),
        say=fixture.say,
        changed=look.said(fixture.changed) if fixture.changed else None,
        touch=fixture.touch,
        business_date=fixture.business_date,
        suspect=fixture.suspect,
        gap_at_ms=fixture.gap_at_ms,
        live=live,
        unsafe=fixture.unsafe,
        last_order=last,
        last_order_time=last_time,
        counts=nobodys_count(floor),
        standing=standing(look, floor, own, fixture.wall_ms),
        alarms=tuple(look.said(one) for one in fixture.alarms),
    )
