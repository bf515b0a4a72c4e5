"""What a screen of tickets knows between two pictures, and what it makes of it: the scene and the reports after its flip."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from display.config import Config
from display.core.aging import NEW_S, flash_on
from display.core.allday import RailRow, has_to_make, rail_rows
from display.core.bars import Count
from display.core.board import Board, Sight, TicketKey
from display.core.bottom_bar import SAY_TEXTS, Hint, fits_beside_buttons, more_button
from display.core.changed_row import ChangedRow, changed_row
from display.core.closeness import Closeness
from display.core.draw import Weight
from display.core.floor import Floor, PauseEnds, Standing, nobodys_count, standing
from display.core.keymap import ICONS, Action, Grammar
from display.core.layout import LIST, PORTRAIT
from display.core.link_state import LinkWatch
from display.core.look import Look, Said
from display.core.menu import Menu
from display.core.menu_intents import MenuIntents
from display.core.pending import Wishes
from display.core.picking import FullView
from display.core.reasons import spoken
from display.core.recall import RecallList
from display.core.repeats import Repeats
from display.core.reports import PaintReports
from display.core.slots import Place, Slots, Stand
from display.core.sounding import Sounds
from display.core.staged import staged
from display.core.standing import History, Rows
from display.core.unseen import UnseenLines
from display.screens.all_day import all_day_panel
from display.screens.cover import covered, shows
from display.screens.menu import menu_panel
from display.screens.recall import RecallView, recall_panel
from display.screens.role import Drawn, Moment, Panel, Setup
from display.screens.scene import FILTER, Scene, View
from display.screens.ticket_bars import last_order
from display.screens.tickets import TicketScreen
from heard.order import Order
from heard.revision import Epoch
from heard.stream import Painted, SiteProfile, StationProfile
from heard.ticket import Ticket, TicketLine, whole_ticket

VOID_HINTS = ((Action.MADE, "key.made"), (Action.NOT_MADE, "key.not_made"))
"""First, while the selected tile has a void of which only the cook knows."""
QUEUE_WITHOUT_HUB = frozenset({Action.BUMP, Action.START, Action.UNDO})


class KitchenPicture:
    """What a screen of tickets knows and shows; `KitchenDesk` is the hands and ears to it. Roles say what they see."""

    hints: tuple[tuple[Action, str], ...] = ()
    buttons: tuple[tuple[Action, str], ...] = ()

    def __init__(self, setup: Setup, station: str, sight: Sight) -> None:
        self._setup, config = setup, setup.config
        self.station, self.look, self.panel = station, setup.look, setup.panel
        self.profile = StationProfile(station)
        self.timing = setup.timing
        self.board = Board(station, sight)
        self.slots = Slots(self.timing, sight.order)
        self.closeness = Closeness()
        self.history = History(self.timing.settle_s)
        self._floor_station = station
        self.intents = self._intents(setup.grammar, config)
        self.intents.pauses = station
        self.intents.buttons = self.buttons if self.panel.touch else ()
        self.wishes = Wishes()
        self.reports = PaintReports()
        self.link = LinkWatch(setup.now_s)
        self.sounds = Sounds()
        self.repeats = Repeats()
        self._unseen_lines = UnseenLines(station)
        self.screen = self._screen(setup.look)
        self.floor = Floor()
        self._pause_ends = PauseEnds()
        self.row: ChangedRow | None = None
        self._fresh: dict[TicketKey, float | None] = {}
        self._scene: Scene | None = None
        self._told = False
        self._drawn: tuple[tuple[RailRow, ...], tuple[Ticket, ...], dict[str, Order | None], Drawn] | None = (
            None
        )
        self._hinted: tuple[tuple[Look, Panel, bool, bool], tuple[Hint, ...]] | None = None
        self._tiled: tuple[tuple[Ticket, ...], Mapping[TicketKey, Ticket], tuple[Ticket, ...]] | None = None

    # What a role says

    def _intents(self, grammar: Grammar, config: Config) -> MenuIntents:
        """What its keys mean."""
        raise NotImplementedError

    def _screen(self, look: Look) -> TicketScreen:
        """How it draws."""
        raise NotImplementedError

    def _own_station(self, site: SiteProfile) -> StationProfile:
        """Its name, ages and languages."""
        return site.station(self.station) or StationProfile(self.station)

    def _alarms(self, moment: Moment) -> tuple[Said, ...]:
        """What must be told over everything else."""
        return ()

    def _screens_own(self, moment: Moment) -> tuple[Said, ...]:
        """What this screen itself must tell, after what the kitchen must be told."""
        gone = self.look.words.say("keys.gone") if moment.unplugged else ""
        return tuple(Said(text, self.look.rtl) for text in (gone, moment.alarm) if text)

    def _standing(self, moment: Moment) -> Standing:
        """PAUSED, CLOSED, what is out, and the screen's own line."""
        look = self.look
        found = standing(look, self.floor, self._floor_station, look.wall_of(moment.now_ms))
        words = [word for word in (found.word, moment.line) if word]
        return replace(found, word=" · ".join(words)) if moment.line else found

    def _counts(self) -> tuple[Count, ...]:
        """Numbers of its own in the top bar."""
        return ()

    # The picture

    @property
    def busy(self) -> bool:
        """Tickets stand here, or wait on a later page."""
        return bool(self.board.tickets)

    def _tiles(self) -> tuple[Mapping[TicketKey, Ticket], tuple[Ticket, ...]]:
        """What stands as a tile, in the order of work: mostly the tickets; made anew only when one of them changed."""
        in_order = self.board.in_order()
        if self._tiled is None or self._tiled[0] is not in_order:
            self._tiled = (in_order, *self._lay(self.board.tickets, in_order))
        return self._tiled[1:]

    def _lay(
        self, tickets: Mapping[TicketKey, Ticket], in_order: tuple[Ticket, ...]
    ) -> tuple[Mapping[TicketKey, Ticket], tuple[Ticket, ...]]:
        """The tiles that these tickets make."""
        return staged(tickets, in_order) if self.board.sight.stages else (tickets, in_order)

    def _fitted(self, moment: Moment, scene: Scene, changed: Said | None) -> Scene:
        """Tiles stand closer where all would not fit one page, and a screen knows how."""
        screen, intents = self.screen, self.intents
        if not screen.closer or intents.filter:
            return scene
        crowded = scene.pages > 1 and scene.closeness < screen.closest  # and can do something about it
        if self.closeness.judge(
            self.slots,
            screen,
            moment.now_s,
            lambda: screen.fitting(self._view(moment, changed)),
            crowded=crowded,
            page=intents.page,
        ):
            return screen.scene(self._view(moment, changed))
        return scene

    def scene(self, moment: Moment) -> Scene:
        changed = self.row.said if self.row is not None else None
        scene = self._fitted(moment, self.screen.scene(self._view(moment, changed)), changed)
        self.intents.paged(scene.pages)
        row = changed_row(self.look, self.board.changed, self._behind(scene), self.history, self.fits)
        if row != self.row:
            self.row = row
            scene = self.screen.scene(self._view(moment, row.said if row is not None else None))
        intents = self.intents
        if intents.covered:
            tickets = self.board.tickets
            under = sum(key in tickets and not self.reports.shown(tickets[key]) for key in scene.shown)
            if under:
                view = self._view(moment, self.row.said if self.row is not None else None)
                scene = self.screen.scene(replace(view, under=under))
        if intents.recall is not None:
            scene = self._with_recall(scene, intents.recall)
        elif intents.full is not None:
            scene = self._with_full(scene, intents.full)
        if intents.menu is not None:
            scene = self._with_menu(scene, intents.menu)
        self._scene = scene
        return scene

    def _view(self, moment: Moment, changed: Said | None) -> View:
        intents, panel = self.intents, self.panel
        counts = self.board.counts(moment.now_ms, self.profile)
        bar = self.link.bar(moment.now_s)
        number, time = last_order(self.board.in_order(), self.look) if bar.amber else ("", "")
        places, others = self._filtered()
        say = ""
        if intents.saying is not None:
            say = self.look.words.say(intents.saying.key, **spoken(self.look, intents.saying.values))
        return View(
            w=panel.w,
            h=panel.h,
            places=places,
            others=others,
            closeness=self.closeness.now,
            only=intents.filter,
            filtered=self._item_name(intents.filter) if intents.filter else "",
            profile=self.profile,
            now_ms=moment.now_ms,
            clock=moment.clock,
            link=bar,
            all_day=self.board.all_day,
            held_milli=self.board.held_milli,
            oldest_s=counts.oldest_s,
            late=counts.late,
            page=intents.page,
            columns=panel.columns,
            rail=intents.rail and panel.layout not in (PORTRAIT, LIST),
            layout=panel.layout,
            selected=intents.selected,
            selected_line=intents.selected_line,
            pending=self.wishes.orders(),
            flashing=self._flashing(moment.now_s),
            undo_of=intents.undo_of,
            hints=self._hints(moment.live),
            say=say,
            said_again=intents.saying is not None and intents.saying.again,
            changed=changed,
            touch=panel.touch,
            bottom_h=panel.bottom_h,
            business_date=moment.business_date,
            suspect=moment.suspect,
            gap_at_ms=moment.gap_at_ms,
            live=moment.live,
            unsafe=moment.unsafe,
            last_order=number,
            last_order_time=time,
            counts=(*nobodys_count(self.floor), *self._counts()),
            standing=self._standing(moment),
            alarms=(*self._alarms(moment), *self._screens_own(moment)),
        )

    def _filtered(self) -> tuple[tuple[Place, ...], tuple[Ticket, ...]]:
        """Places to draw, and tickets that the filter leaves out. All-day and counts are of all of them."""
        places, item_id = self.slots.places, self.intents.filter
        if not item_id:
            return places, ()
        drawn = tuple(place for place in places if has_to_make(place.ticket, item_id))
        left_out = tuple(
            place.ticket
            for place in places
            if place.stand is Stand.LIVE and not has_to_make(place.ticket, item_id)
        )
        return drawn, left_out

    def _item_name(self, item_id: str) -> str:
        key = next((key for key in self.board.all_day if key.item_id == item_id), None)
        return self.look.name(key.name, item_id).text if key is not None else item_id

    def _hints(self, live: bool) -> tuple[Hint, ...]:
        """Made anew when the look, the keys or the link changed."""
        of = (self.look, self.panel, live, self.intents.asks_made)
        if self._hinted is None or self._hinted[0] != of:
            self._hinted = (of, self._hints_of(live))
        return self._hinted[1]

    def _hints_of(self, live: bool) -> tuple[Hint, ...]:
        words, labels = self.look.words, self.panel.keymap.labels
        if self.panel.touch:
            acting = (
                Hint("", words.say(text), False, action.value, ICONS.get(action, ""))
                for action, text in self.buttons
            )
            return (*acting, more_button(self.look))
        return tuple(
            Hint(labels[action], words.say(text), not live and action in QUEUE_WITHOUT_HUB, action.value)
            for action, text in (*(VOID_HINTS if self.intents.asks_made else ()), *self.hints)
            if action in labels
        )

    def fits(self, said: Said, *, rows: int = 1) -> bool:
        """Whether the bottom bar can say it in one row, or in two smaller ones; or beside buttons."""
        t = self.look.theme
        room = self.panel.w - 2 * t.bar_padding - t.px(560)  # the page and the waiting count stand at the end
        if self.panel.touch:
            return fits_beside_buttons(self.look, said, self._bottom_h, t.bar_padding + room)
        size = t.bar_text if rows == 1 else t.px(SAY_TEXTS[-2])
        width = self.look.measurer.measure(said.text, size, Weight.SEMIBOLD, said.rtl)[0]
        return width <= room if rows == 1 else width * 10 <= room * 18  # a row rarely breaks at its very end

    # What lies over the tickets: a tile that it covers is not called painted, and no key or finger means it.

    def _with_recall(self, scene: Scene, recall: RecallList) -> Scene:
        look, panel, chosen = self.look, self.panel, recall.chosen
        name = look.station_names.get(recall.station, {})
        view = RecallView(
            recall.station,
            self._whole_ticket(chosen, recall.station) if chosen is not None else None,
            look.name(name, recall.station).text,
            panel.keymap.labels,
            panel.touch,
        )
        ops, buttons = recall_panel(look, panel.w, panel.h, self._bottom_h, recall, view)
        return covered(scene, ops, buttons)

    def _with_full(self, scene: Scene, full: FullView) -> Scene:
        look, board = self.look, self.board
        rows = rail_rows(board.all_day, self.screen.on_page)
        panel = self.panel
        group, areas = all_day_panel(
            look, panel.w, panel.h, rows, board.held_milli, full.cursor, panel.keymap.labels
        )
        return covered(scene, group, tuple(Rows(a.x, a.y, a.w, a.h, (), FILTER + item) for a, item in areas))

    def _with_menu(self, scene: Scene, menu: Menu) -> Scene:
        key = menu.subject.key if menu.subject is not None else None
        chosen = self.intents.selected
        tiles = sorted(scene.stands.tiles, key=lambda one: one.key != chosen)
        beside = next((one.box for one in tiles if key is not None and shows(one, key)), None)
        panel = self.panel
        ops, buttons, box = menu_panel(
            self.look, panel.w, panel.h, self._bottom_h, menu, beside, touch=panel.touch
        )
        return covered(scene, ops, buttons, box)

    @property
    def _bottom_h(self) -> int:
        return self.panel.bottom_h or self.look.theme.bottom_bar_h

    def _whole_ticket(self, order: Order, station: str) -> Ticket | None:
        """All of an order that the recall list has, to look at."""
        return whole_ticket(order, station)

    def _page_of_row(self) -> int:
        if self.row is None or self._scene is None:
            return 0
        page = self._scene.page_of(self.row.key)
        return self.intents.page if page is None else page

    def _flashing(self, now_s: float) -> frozenset[TicketKey]:
        return frozenset(
            key for key, at_s in self._fresh.items() if at_s is None or flash_on(round((now_s - at_s) * 1000))
        )

    # After the flip

    def flipped(self, now_s: float, epoch: Epoch) -> Painted | None:
        scene = self._scene
        assert scene is not None, "nothing was painted"
        self.history.painted(scene.stands, now_s)
        if self.panel.flash:
            for tile in scene.stands.tiles:
                if tile.key in self._fresh and self._fresh[tile.key] is None:
                    self._fresh[tile.key] = now_s
        else:
            self._fresh.clear()
        over = [key for key, at_s in self._fresh.items() if at_s is not None and now_s - at_s > NEW_S]
        for key in over:
            del self._fresh[key]
        for tile in scene.stands.tiles:
            if tile.stand is Stand.GAP:
                self.history.forget(tile.key)
        said = (
            (self.row.order_id,)
            if self.row is not None and self.row.says_all and not self.intents.saying
            else ()
        )
        in_order, places = self.board.in_order(), self.slots.places
        if self.reports.unchanged(
            scene.stands, places, in_order, self.row, self.intents.saying, self.intents.covered
        ):
            return None
        order, on_page = self._standing_tickets(scene)
        return self.reports.flipped(
            epoch,
            self.board.tickets,
            order,
            on_page,
            self.history,
            said,
            self._must_show,
            covered=self.intents.covered,
        )

    def _standing_tickets(self, scene: Scene) -> tuple[tuple[TicketKey, ...], set[TicketKey]]:
        """All tickets in their order, and those of which something stands on the page."""
        order = tuple(place.key for place in self.slots.places if place.stand is Stand.LIVE)
        return order, {tile.key for tile in scene.stands.tiles if tile.stand is Stand.LIVE}

    def _behind(self, scene: Scene) -> Iterable[TicketKey]:
        """Tickets on later pages."""
        return scene.behind

    def _must_show(self, line: TicketLine) -> bool:
        """Whether a ticket is painted only when this line of it was."""
        return True

    def connected(self) -> None:
        self.reports.connected()

    def tiles(self) -> Iterable[TicketKey]:
        return self.board.tickets
