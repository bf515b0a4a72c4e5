"""Everything that the guests' order board knows between two pictures; see `display.screens.role`."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence

from display.core.aging import ticked
from display.core.calling import clips, missing
from display.core.draw import Measurer, Picture
from display.core.fixture import Fixture
from display.core.link_state import SILENCE_S, Bar, LinkWatch
from display.core.look import Look
from display.core.pickups import CALLS_MAX, PickUps, Rules
from display.core.sounding import PAUSE_S, Sound
from display.screens.board import BoardView, picture
from display.screens.from_fixture import look_of
from display.screens.role import GuestScene, Moment, Onlooker, Panel, Setup
from display.ui.clips import PREFIX
from heard.board import BoardEntry, board_entry
from heard.order import Order, OrderType
from heard.revision import Epoch
from heard.stream import Document, Live, Painted, PickUpCancelled, SiteProfile

CALL_PAUSE_S = 6.0
"""One number in one language takes some 3 s; two voices at once help nobody."""


class BoardDesk(Onlooker):
    """One order board: a `display.screens.role.Desk`."""

    def __init__(self, setup: Setup) -> None:
        self.look = setup.look
        self._panel = setup.panel
        self._config = config = setup.config
        types = frozenset(OrderType[one.upper()] for one in config.board_types)
        self.numbers = PickUps(Rules(types, config.board_names, config.board_leaves_min))
        self._link = LinkWatch(setup.now_s)
        self._site = SiteProfile()
        self._clips = setup.clips
        self._chime = False
        self._calls: deque[str] = deque(maxlen=CALLS_MAX * 2)
        self._next_sound_s = float("-inf")
        self._made: tuple[BoardView, Look, Picture] | None = None
        self._told: frozenset[tuple[str, int]] = frozenset()
        self._whole = True

    @property
    def busy(self) -> bool:
        return bool(self.numbers.versions)

    # What comes in

    def settle(self, look: Look, panel: Panel, site: SiteProfile) -> None:
        self.look, self._panel, self._site = look, panel, site

    def documents(
        self, puts: Iterable[Document], removes: Iterable[str], *, reset: bool, pending: Collection[int]
    ) -> None:
        self.numbers.apply((one for one in puts if isinstance(one, BoardEntry)), removes, reset=reset)

    def live_values(self, values: Sequence[Live], now_s: float) -> None:
        for live in values:
            if isinstance(live.value, PickUpCancelled):
                self.numbers.cancelled(live.value.order_id)

    # The picture

    def pass_time(self, moment: Moment) -> None:
        self._link.update(moment.now_s, live=moment.live, last_message_s=moment.last_message_s)

    def scene(self, moment: Moment) -> GuestScene:
        numbers = self.numbers.at(moment.now_ms, live=moment.live)
        self._call(self.numbers.take_calls())
        bar = self._link.bar(moment.now_s)
        view = BoardView(
            w=self._panel.w,
            h=self._panel.h,
            numbers=numbers,
            clock=self.look.said(moment.clock, False).text,
            site=self._site.name,
            site_name=tuple(zip(self.look.languages, self._config.shop_name, strict=False)),
            not_live_s=bar.silent_s if bar.bar is Bar.NOT_LIVE else None,
            unsafe=moment.unsafe,
        )
        if self._made is None or self._made[0] != view or self._made[1] is not self.look:
            self._made = (view, self.look, picture(self.look, view))
        return GuestScene(self._made[2])

    def flipped(self, now_s: float, epoch: Epoch) -> Painted | None:
        """Each order at the version that stands on the board."""
        shown = frozenset(self.numbers.versions)
        new, whole = shown - self._told, self._whole
        self._told, self._whole = shown, False
        if not new and not whole:
            return None
        return Painted(epoch, tuple(sorted(shown if whole else new)), whole_picture=whole)

    def connected(self) -> None:
        self._whole = True

    def next_due_s(self, moment: Moment) -> float:
        now_s = moment.now_s
        due = [now_s + (ticked(moment.now_ms) + 1000 - moment.now_ms) / 1000]
        at_ms = self.numbers.next_due_ms() if moment.live else None
        if at_ms is not None:
            due.append(now_s + (at_ms - moment.now_ms) / 1000)
        link_s = self._link.next_due_s(now_s)
        if link_s is not None:
            due.append(link_s)
        if self._chime or self._calls:
            due.append(self._next_sound_s)
        return max(min(due), now_s)

    # Sound

    def _call(self, numbers: Iterable[str]) -> None:
        for number in numbers:
            self._chime = True
            for language in self._config.call_languages:
                names = clips(number, language)
                if names and not missing([f"{language}/{name}" for name in names], self._clips):
                    self._calls.append(f"{PREFIX}{language}/{','.join(names)}")

    def sound(self, now_s: float, silent: Collection[str] = ()) -> str | None:
        """The chime, then each number that is to be called, one after the other."""
        if now_s < self._next_sound_s:
            return None
        if self._chime:
            self._chime = False
            self._next_sound_s = now_s + PAUSE_S
            return Sound.READY
        if self._calls:
            self._next_sound_s = now_s + CALL_PAUSE_S
            return self._calls.popleft()
        return None


def desk(setup: Setup) -> BoardDesk:
    """A desk for a running screen."""
    return BoardDesk(setup)


def picture_of(fixture: Fixture, measurer: Measurer) -> Picture:
    """A picture without a hub: the board of a fixture's orders."""
    look = look_of(fixture, measurer)
    return picture(look, view_of(fixture, look))


def view_of(fixture: Fixture, look: Look) -> BoardView:
    """What a fixture's moment shows; `flashing` are the numbers that have just become ready."""
    live = fixture.silent_s < SILENCE_S
    newest = [one for one in fixture.orders if one.call_number in fixture.flashing]
    before = [one for one in fixture.orders if one not in newest]
    numbers = PickUps(Rules(names=fixture.names))
    numbers.apply(_entries(before), (), reset=True)
    numbers.at(fixture.now_ms, live=True)
    numbers.apply(_entries(newest), (), reset=False)
    for number in fixture.cancelled:
        for order in fixture.orders:
            if order.call_number == number:
                numbers.cancelled(order.order_id)
                numbers.apply((), (order.order_id,), reset=False)
    return BoardView(
        w=fixture.width,
        h=fixture.height,
        numbers=numbers.at(fixture.now_ms, live=True),
        clock=look.said(fixture.clock, False).text,
        site=fixture.profile.name,
        site_name=tuple(zip(look.languages, fixture.shop_name, strict=False)),
        not_live_s=None if live else int(fixture.silent_s),
        unsafe=fixture.unsafe,
    )


def _entries(orders: Iterable[Order]) -> list[BoardEntry]:
    return [entry for entry in map(board_entry, orders) if entry is not None]
