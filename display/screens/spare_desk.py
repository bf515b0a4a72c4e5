"""The spare role: a screen in reserve, which lists the site's screens and becomes the one that is chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from display.core import palette as p
from display.core.aging import ticked
from display.core.draw import Measurer, Op, Picture, Rect, Weight
from display.core.effects import Become, Effect
from display.core.fixture import Fixture
from display.core.keymap import Press
from display.core.look import Look, Said
from display.core.pen import Pen
from display.core.spare import PER_PAGE, Choice, Spare, choices
from display.core.theme import Theme
from display.core.touch import Gesture, Touched
from display.screens.from_fixture import look_of
from display.screens.role import GuestScene, Moment, Onlooker, Panel, Setup
from heard.revision import Epoch
from heard.stream import Document, Live, Painted, SiteProfile

HEAD_H, ROW_H, FOOT_H = 190, 84, 84
ROOM_W, ROOM_H = 800, 760


class SpareDesk(Onlooker):
    """One spare: a `display.screens.role.Desk`."""

    busy = False

    def __init__(self, setup: Setup) -> None:
        self.look, self._panel = setup.look, setup.panel
        self.spare = Spare()

    def settle(self, look: Look, panel: Panel, site: SiteProfile) -> None:
        self.look, self._panel = look, panel
        self.spare.settle(choices(site))

    def documents(
        self, puts: Iterable[Document], removes: Iterable[str], *, reset: bool, pending: Collection[int]
    ) -> None:
        """It shows none."""

    def live_values(self, values: Sequence[Live], now_s: float) -> None:
        """It tells of none."""

    def press(self, press: Press, now_s: float) -> tuple[Effect, ...]:
        self.spare.press(press, now_s)
        return self._chosen()

    def touch(self, touched: Touched, now_s: float) -> tuple[Effect, ...]:
        if touched.gesture not in (Gesture.TAP, Gesture.LET_GO):
            return ()  # one finger names a row once, and a towel none
        row = row_at(self.look, self._panel.w, self._panel.h, len(self.spare.rows), touched.y)
        self.spare.name(-1 if row is None else row, now_s)
        return self._chosen()

    def _chosen(self) -> tuple[Effect, ...]:
        chosen = self.spare.chosen
        return (Become(chosen.role, chosen.station),) if chosen is not None else ()

    def pass_time(self, moment: Moment) -> None:
        self.spare.passed(moment.now_s)

    def scene(self, moment: Moment) -> GuestScene:
        panel = self._panel
        return GuestScene(picture(self.look, panel.w, panel.h, self.spare, moment.clock, touch=panel.touch))

    def flipped(self, now_s: float, epoch: Epoch) -> Painted | None:
        return None

    def next_due_s(self, moment: Moment) -> float:
        return moment.now_s + (ticked(moment.now_ms) + 1000 - moment.now_ms) / 1000


def picture(look: Look, w: int, h: int, spare: Spare, clock: str, *, touch: bool = False) -> Picture:
    """The list with its digits; the row that was named is marked, and what saying yes means stands below."""
    look = _fitted(look, w, h)
    t, words = look.theme, look.words
    pen = Pen(look, w)
    pad = t.px(40)
    pen.text(pad, t.px(60), Said(words.say("spare.title"), look.rtl), t.px(48), Weight.BOLD, p.INK)
    pen.text(w - pad, t.px(60), look.said(clock, False), t.bar_clock, Weight.BOLD, p.LABEL, at="end")
    ask = "spare.which" if spare.rows else "spare.none"
    pen.text(pad, t.px(128), Said(words.say(ask), look.rtl), t.px(40), Weight.SEMIBOLD, p.QUANTITY_MANY)
    row_h = _row_h(look, h, len(spare.rows))
    for n, one in enumerate(spare.rows):
        _row(look, pen, t.px(HEAD_H) + n * row_h, row_h, n, one, asked=n == spare.asked)
    y = h - t.px(FOOT_H // 2)
    if spare.asked is not None:
        name = look.name(spare.rows[spare.asked].name, spare.rows[spare.asked].station).text
        key = "spare.touch_again" if touch else "spare.again"
        text, colour = words.say(key, n=spare.asked + 1, name=name.upper()), p.CHECK
    else:
        text, colour = words.say("spare.hint"), p.LABEL
    pen.text(pad, y, Said(text, look.rtl), t.px(36), Weight.BOLD, colour)
    if spare.pages > 1:
        page = Said(words.say("page_of", n=spare.page + 1, total=spare.pages), look.rtl)
        pen.text(w - pad, y, page, t.bar_text, Weight.REGULAR, p.LABEL, at="end")
    ops: tuple[Op, ...] = (Rect(0, 0, w, h, p.PAGE), *pen.ops)
    return Picture(w, h, p.PAGE, ops)


def _row(look: Look, pen: Pen, y: int, row_h: int, n: int, one: Choice, *, asked: bool) -> None:
    t, beside = look.theme, p.INK if asked else p.LABEL
    pad, h = t.px(40), row_h - t.px(10)
    middle, slot = y + h // 2, min(t.slot, h - t.px(8))
    pen.rect(pad, y, pen.w - 2 * pad, h, p.READY if asked else p.CARD, t.radius)
    pen.rect(pad + t.px(14), middle - slot // 2, slot, slot, p.PAGE, t.slot_radius)
    digit = look.said(str(n + 1), False)
    pen.text(
        pad + t.px(14) + slot // 2,
        middle,
        digit,
        min(t.slot_text, slot * 3 // 4),
        Weight.BOLD,
        p.INK,
        at="centre",
    )
    name = look.name(one.name, one.station)
    size = min(t.px(40), h * 2 // 3)
    x = pad + t.px(34) + slot
    said = Said(name.text.upper(), name.rtl)
    pen.text(x, middle, said, size, Weight.BOLD, p.INK)
    other = next((text for text in one.name.values() if text and text != name.text), "")
    role = look.words.say(f"preflight.role.{one.role}")
    end = pen.w - 2 * pad
    pen.text(end, middle, Said(role, look.rtl), min(t.bar_text, size), Weight.REGULAR, beside, at="end")
    end -= pen.width(Said(role, look.rtl), min(t.bar_text, size), Weight.REGULAR)
    after = x + pen.width(said, size, Weight.BOLD) + t.px(24)
    second = look.said(other)
    if other and look.readable(other) and after + pen.width(second, size, Weight.MEDIUM) < end - t.px(24):
        pen.text(after, middle, second, size, Weight.MEDIUM, beside)


def _row_h(look: Look, h: int, rows: int) -> int:
    """As high as a finger wants, as low as nine of them need."""
    t = look.theme
    room = h - t.px(HEAD_H) - t.px(FOOT_H)
    return min(t.px(ROW_H), room // min(PER_PAGE, max(1, rows)))


def _fitted(look: Look, w: int, h: int) -> Look:
    """Letters that are large for a distance are smaller here where nine rows have no room."""
    return look.with_theme(Theme.at_scale(min(look.theme.scale, h / ROOM_H, w / ROOM_W)))


def row_at(look: Look, w: int, h: int, rows: int, y: int) -> int | None:
    """The row under a finger, on a screen of w x h."""
    look = _fitted(look, w, h)
    found = (y - look.theme.px(HEAD_H)) // _row_h(look, h, rows)
    return found if 0 <= found < rows and y >= look.theme.px(HEAD_H) else None


def desk(setup: Setup) -> SpareDesk:
    """The desk of a spare."""
    return SpareDesk(setup)


def picture_of(fixture: Fixture, measurer: Measurer) -> Picture:
    """A spare of the fixture's site, with the first row named."""
    spare = Spare(choices(fixture.profile))
    spare.name(0, 0.0)
    look = look_of(fixture, measurer)
    return picture(look, fixture.width, fixture.height, spare, fixture.clock, touch=fixture.touch)
