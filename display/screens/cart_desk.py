"""Everything that a guest's screen at a till knows between two pictures; see `display.screens.role`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from display.core.aging import ticked
from display.core.cart_watch import CartWatch, Code, Showing, Shown
from display.core.draw import Image, Measurer, Picture
from display.core.fixture import Fixture
from display.core.guest import Sheet
from display.core.guest_panes import BAND_H, SIGN_BAND, SIGN_IDLE
from display.core.link_state import SILENCE_S, Bar, LinkWatch
from display.core.look import Look
from display.screens.cart import HEAD_SQUARE, CartView, picture
from display.screens.from_fixture import look_of
from display.screens.role import GuestScene, Moment, Onlooker, Panel, Setup
from heard.revision import Epoch
from heard.stream import Cart, CartState, Document, Live, Painted, SiteProfile

SHOWING = {CartState.OPEN: Showing.OPEN, CartState.PAYMENT: Showing.PAYMENT, CartState.PAID: Showing.PAID}


class CartDesk(Onlooker):
    """One terminal's screen: a `display.screens.role.Desk`."""

    def __init__(self, setup: Setup) -> None:
        self.look = setup.look
        self._panel = setup.panel
        self._setup = setup
        self._config = setup.config
        self._watch = CartWatch(self._config.paid_s)
        self._link = LinkWatch(setup.now_s)
        self._site = SiteProfile()
        self._idle_since_s = setup.now_s
        self._image = ""
        self._shown = Shown(Showing.IDLE)
        self._made: tuple[CartView, Look, Picture] | None = None
        self._told: tuple[str, int] | None = None
        self._key = ""
        """The live key of the till's cart; other keys come on this stream too."""

    @property
    def busy(self) -> bool:
        return self._watch.rung or self._shown.showing is not Showing.IDLE

    # What comes in

    def settle(self, look: Look, panel: Panel, site: SiteProfile) -> None:
        self.look, self._panel, self._site = look, panel, site

    def documents(
        self, puts: Iterable[Document], removes: Iterable[str], *, reset: bool, pending: Collection[int]
    ) -> None:
        """A cart's view has no documents."""

    def live_values(self, values: Sequence[Live], now_s: float) -> None:
        for live in values:
            if isinstance(live.value, Cart):
                self._key = live.key
            if live.key == self._key:
                self._watch.take(live, now_s)

    # The picture

    def pass_time(self, moment: Moment) -> None:
        self._link.update(moment.now_s, live=moment.live, last_message_s=moment.last_message_s)
        self._watch.link(moment.live, moment.now_s)

    def scene(self, moment: Moment) -> GuestScene:
        shown = self._watch.shown(moment.now_s, self.look.wall_of(moment.now_ms))
        if shown.showing is Showing.IDLE and self._shown.showing is not Showing.IDLE:
            self._idle_since_s, self._image = moment.now_s, ""
        self._shown = shown
        idle = shown.showing is Showing.IDLE
        bar = self._link.bar(moment.now_s)
        view = CartView(
            w=self._panel.w,
            h=self._panel.h,
            shown=shown,
            site=self._site.name,
            site_name=tuple(zip(self.look.languages, self._config.shop_name, strict=False)),
            clock=self.look.said(moment.clock, False).text if idle else "",
            image=self._idle_image(moment.now_s) if idle else "",
            logo=self._logo(idle=idle),
            not_live_s=bar.silent_s if bar.bar is Bar.NOT_LIVE else None,
            unsafe=moment.unsafe,
        )
        if self._made is None or self._made[0] != view or self._made[1] is not self.look:
            self._made = (view, self.look, picture(self.look, view))
        return GuestScene(self._made[2])

    def _logo(self, *, idle: bool) -> str:
        """The shop's logo once it is there in the size in which it is drawn now."""
        name = self._setup.logo
        if not name:
            return ""
        side = logo_side(Sheet(self.look, self._panel.w, self._panel.h), idle=idle, image=bool(self._image))
        return name if self._setup.ready(Image(0, 0, side, side, name, cover=False)) else ""

    def _idle_image(self, now_s: float) -> str:
        """The pictures take turns; one that is not ready yet leaves the one before, and the next is asked for in time."""
        names = [name for name in self._setup.pictures if not self._setup.broken(name)]
        if not names:
            return ""
        turn = int((now_s - self._idle_since_s) / self._config.picture_every_s)
        wanted = names[turn % len(names)]
        if self._setup.ready(_full(self._panel, self.look, wanted)):
            self._image = wanted
            following = names[(turn + 1) % len(names)]
            if following != wanted:
                self._setup.ready(_full(self._panel, self.look, following))
        return self._image if self._image in names else ""

    def flipped(self, now_s: float, epoch: Epoch) -> Painted | None:
        """The cart that stands on the screen, by its revision."""
        cart = self._shown.cart
        told = (f"cart:{self._config.terminal}", cart.cart_revision) if cart is not None else None
        if told == self._told:
            return None
        self._told = told
        return Painted(epoch, (told,) if told is not None else (), whole_picture=True)

    def connected(self) -> None:
        self._told = None

    def next_due_s(self, moment: Moment) -> float:
        now_s = moment.now_s
        due = [now_s + (ticked(moment.now_ms) + 1000 - moment.now_ms) / 1000]
        wall_ms = self.look.wall_of(moment.now_ms)
        for one in (self._watch.next_due_s(now_s, wall_ms), self._link.next_due_s(now_s)):
            if one is not None:
                due.append(one)
        return max(min(due), now_s)


def _full(panel: Panel, look: Look, name: str) -> Image:
    """As `display.core.guest_panes.idle` draws it, so that it is ready in that size."""
    sheet = Sheet(look, panel.w, panel.h)
    return Image(0, 0, panel.w, panel.h - sheet.px(BAND_H), name)


def logo_side(sheet: Sheet, *, idle: bool, image: bool) -> int:
    """How large the logo stands."""
    return sheet.px(HEAD_SQUARE if not idle else SIGN_BAND if image else SIGN_IDLE)


def desk(setup: Setup) -> CartDesk:
    """A desk for a running screen."""
    return CartDesk(setup)


def picture_of(fixture: Fixture, measurer: Measurer) -> Picture:
    """A picture without a hub: the cart of the fixture, or the idle screen."""
    look = look_of(fixture, measurer)
    return picture(look, view_of(fixture, look))


def view_of(fixture: Fixture, look: Look) -> CartView:
    """What a fixture's moment shows."""
    live = fixture.silent_s < SILENCE_S
    cart = fixture.cart
    shown = Shown(Showing.IDLE)
    if cart is not None and cart.state in SHOWING:
        code = Code(fixture.code) if fixture.code else Code.SHOWN if cart.qr else Code.NONE
        newest = cart.newest_line_id or (cart.lines[-1].line_id if cart.lines else "")
        shown = Shown(SHOWING[cart.state], cart, newest, code) if live else Shown(Showing.COVERED)
    return CartView(
        w=fixture.width,
        h=fixture.height,
        shown=shown,
        site=fixture.profile.name,
        site_name=tuple(zip(look.languages, fixture.shop_name, strict=False)),
        clock=look.said(fixture.clock, False).text if shown.showing is Showing.IDLE else "",
        not_live_s=None if live else int(fixture.silent_s),
        unsafe=fixture.unsafe,
    )
