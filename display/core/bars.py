"""The top bar (station, counts, link, clock; amber when not live) and the red banner below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from display.core import palette as p
from display.core.aging import duration
from display.core.draw import Colour, Group, Weight
from display.core.isolate import ltr
from display.core.link_state import Bar, LinkBar
from display.core.look import ICONS, STATION_ICON, Look, Said
from display.core.pen import Pen
from display.core.wording import Words
from heard.order import Text
from heard.quick import quick

ITEM_GAP = 48  # between two counts of the top bar
BANNER_H = 40
OUT_NAMED_MAX = 12
"""Items that the top bar tries to name: more do not fit a screen."""


@dataclass(frozen=True, slots=True)
class Count:
    """A number of the top bar: its word in the wording, and the colour of its value."""

    key: str
    n: int
    colour: Colour = p.INK


@quick
@dataclass(frozen=True, slots=True)
class TopBar:
    """What the top bar shows. `waiting`: tickets on other pages; `oldest_s` None without a ticket."""

    name: Text
    station: str
    icon: str
    link: LinkBar
    clock: str
    oldest_s: int | None = None
    oldest_late: bool = False
    late: int = 0
    waiting: int = 0
    waiting_late: int = 0
    business_date: str = ""
    at_least: bool = False
    last_order: str = ""
    last_order_time: str = ""
    counts: tuple[Count, ...] = ()  # before the others
    word: str = ""  # PAUSED 12:00, CLOSED
    out: tuple[str, ...] = ()  # names of what is out
    alarms: tuple[Said, ...] = ()  # in place of the counts
    filtered: str = ""  # the item of which alone the tickets are shown


def top_bar(look: Look, w: int, bar: TopBar) -> Group:
    """The bar over the whole width; its height never changes, so nothing below it moves."""
    t = look.theme
    pen = Pen(look, w)
    amber = bar.link.amber
    y = t.top_bar_h // 2
    end = w - t.bar_padding
    ink = p.WARN_INK if amber else p.INK
    pen.text(end, y, bar.clock, t.bar_clock, Weight.BOLD, ink, at="end")
    end -= pen.width(bar.clock, t.bar_clock, Weight.BOLD) + t.px(25)
    x = t.bar_padding
    icon = bar.icon if bar.icon in ICONS else STATION_ICON
    if bar.link.bar is Bar.NOT_LIVE:
        icon = "wifi-off"
    elif bar.link.bar is Bar.LIVE_AGAIN:
        icon = "wifi"
    pen.icon(x, y, icon, t.station_icon, p.WARN_INK if amber else p.QUANTITY_MANY)
    x += t.station_icon + t.px(13)
    name = look.name(bar.name, bar.station)
    name = Said(name.text.upper(), name.rtl)
    named_w = pen.width(name, t.bar_title, Weight.BOLD) + t.px(36)
    if not amber or _amber_fits(look, pen, bar, end - x - named_w):
        pen.text(x, y, name, t.bar_title, Weight.BOLD, ink)
    else:
        named_w = 0  # what it means goes before whose screen it is
    if amber:
        _amber(look, pen, bar, x + named_w, end)
    else:
        _quiet(look, pen, bar, x + named_w - t.px(36), end)
    return Group("top", 0, 0, w, t.top_bar_h, p.WARN if amber else p.BAR, tuple(pen.ops))


def _quiet(look: Look, pen: Pen, bar: TopBar, x: int, end: int) -> None:
    t, words = look.theme, look.words
    y = t.top_bar_h // 2
    if bar.link.bar is Bar.LIVE:
        live, icon, colour = words.say("live"), "wifi", p.CHECK
    else:
        live, icon, colour = words.say("wait.starting"), "wifi-off", p.WARN
    pen.icon(end - t.link_icon, y, icon, t.link_icon, colour)
    end -= t.link_icon + t.px(12)
    said = Said(live, look.rtl)
    pen.text(end, y, said, t.bar_text, Weight.REGULAR, p.LABEL, at="end")
    end -= pen.width(said, t.bar_text, Weight.REGULAR) + t.px(ITEM_GAP)
    words_of = [bar.word] if bar.word else []
    if bar.filtered:
        words_of.append(words.say("only", item=bar.filtered))
    other = _other_name(look, bar)
    if other is not None:  # the numbers go before it
        other_w = t.px(15) + pen.width(other, t.bar_text, Weight.MEDIUM)
        if bar.alarms or x + other_w + _rest_w(look, pen, bar, words_of) <= end:
            pen.text(x + t.px(15), y, other, t.bar_text, Weight.MEDIUM, p.LABEL)
            x += other_w
    for word in words_of:
        said = look.said(word, look.rtl)
        width = pen.width(said, t.pill_text, Weight.BOLD) + 2 * t.pill_padding
        x += t.px(24)
        pen.rect(x, y - t.pill_h // 2, width, t.pill_h, p.WARN, t.pill_radius)
        pen.text(x + t.pill_padding, y, said, t.pill_text, Weight.BOLD, p.WARN_INK)
        x += width
    if bar.alarms:
        _alarm(look, pen, bar.alarms, x + t.px(24), end)
        return
    x += t.px(56)
    for label, value, colour in _counts(look, bar):
        said, shown = Said(label, look.rtl), Said(value, look.rtl)
        label_w = pen.width(said, t.bar_text, Weight.REGULAR) + t.px(13)
        value_w = pen.width(shown, t.bar_value, Weight.BOLD)
        if x + label_w + value_w > end:
            return
        pen.text(x, y, said, t.bar_text, Weight.REGULAR, p.LABEL)
        pen.text(x + label_w, y, shown, t.bar_value, Weight.BOLD, colour)
        x += label_w + value_w + t.px(ITEM_GAP)
    out = [look.said(text, look.rtl) for text in _out(look, bar.out)] if bar.out else []
    widths = [pen.width(said, t.bar_text, Weight.SEMIBOLD) for said in out]
    if bar.business_date:
        said = Said(words.say("business_date", date=bar.business_date), look.rtl)
        after_x = x + pen.width(said, t.bar_text, Weight.SEMIBOLD) + t.px(ITEM_GAP)
        # It gives way to what is out.
        if after_x + min(widths, default=-t.px(ITEM_GAP)) <= end:
            pen.text(x, y, said, t.bar_text, Weight.SEMIBOLD, p.QUANTITY_MANY)
            x = after_x
    for said, width in zip(out, widths, strict=True):
        if x + width <= end:
            pen.text(x, y, said, t.bar_text, Weight.SEMIBOLD, p.OVERDUE)
            break


def _rest_w(look: Look, pen: Pen, bar: TopBar, words_of: Sequence[str]) -> int:
    """How much room the pills and numbers take."""
    t = look.theme
    width = t.px(56)
    for word in words_of:
        said = look.said(word, look.rtl)
        width += t.px(24) + pen.width(said, t.pill_text, Weight.BOLD) + 2 * t.pill_padding
    for label, value, _ in _counts(look, bar):
        width += pen.width(Said(label, look.rtl), t.bar_text, Weight.REGULAR) + t.px(13 + ITEM_GAP)
        width += pen.width(Said(value, look.rtl), t.bar_value, Weight.BOLD)
    return width - t.px(ITEM_GAP)


def _out(look: Look, names: Sequence[str]) -> Iterator[str]:
    """ "86: Arayes, Cola", fewer names and how many more, at last only their number."""
    words = look.words
    for n in range(min(len(names), OUT_NAMED_MAX), 0, -1):
        items = words.say("comma").join(names[:n])
        if n < len(names):
            items += f" {ltr(f'+{look.number((len(names) - n) * 1000)}')}"
        yield words.say("out", items=items)
    yield words.say("out.count", n=len(names))


ALARM_TEXTS, ALARM_IN_TWO = (30, 26), (22, 18, 15)
"""Sizes of an alarm in one row, and in two: the first that fits."""


def _alarm(look: Look, pen: Pen, alarms: tuple[Said, ...], x: int, end: int) -> None:
    """The first alarm on red over the counts, and how many more there are; nothing below it moves."""
    t = look.theme
    y = t.top_bar_h // 2
    h = t.top_bar_h - t.px(12)
    pen.rect(x, y - h // 2, end - x, h, p.LATE, t.pill_radius)
    pen.icon(x + t.px(14), y, "triangle-alert", t.px(30), p.WHITE)
    x += t.px(56)
    if len(alarms) > 1:
        more = f"+{look.number((len(alarms) - 1) * 1000)}"
        pen.text(end - t.px(14), y, more, t.bar_value, Weight.BOLD, p.WHITE, at="end")
        end -= pen.width(more, t.bar_value, Weight.BOLD) + t.px(14)
    said = alarms[0]
    room = end - t.px(14) - x
    for size in ALARM_TEXTS:
        if pen.width(said, t.px(size), Weight.BOLD) <= room:
            pen.text(x, y, said, t.px(size), Weight.BOLD, p.WHITE)
            return
    for size in ALARM_IN_TWO:
        rows = look.measurer.wrap(said.text, t.px(size), Weight.BOLD, max(1, room), said.rtl)
        if len(rows) <= 2:
            break
    for n, text in enumerate(rows[:2]):
        at = y if len(rows) == 1 else y + (t.px(size // 2 + 2) if n else -t.px(size // 2 + 2))
        pen.text(x, at, Said(text, said.rtl), t.px(size), Weight.BOLD, p.WHITE)


def _other_name(look: Look, bar: TopBar) -> Said | None:
    for language in (*look.languages[1:], *look.site_languages):
        text = bar.name.get(language, "")
        if language != look.first and text and text != look.pick(bar.name):
            said = look.said(text)
            return Said(said.text.upper(), said.rtl)
    return None


def _counts(look: Look, bar: TopBar) -> list[tuple[str, str, str]]:
    words = look.words
    oldest = look.said(duration(bar.oldest_s), False).text if bar.oldest_s is not None else "–"
    waiting = _count(look, bar.waiting, bar.at_least)
    if bar.waiting_late:
        waiting += " " + words.say("waiting.late", n=bar.waiting_late)
    return [
        *((words.say(one.key), _count(look, one.n, bar.at_least), one.colour) for one in bar.counts),
        (words.say("oldest"), oldest, p.OVERDUE if bar.oldest_late else p.INK),
        (words.say("late"), _count(look, bar.late, bar.at_least), p.OVERDUE if bar.late else p.INK),
        (words.say("waiting"), waiting, p.INK),
    ]


def _count(look: Look, count: int, at_least: bool) -> str:
    """A number, in one piece with its "≥", which must not be mirrored in Arabic."""
    number = look.number(count * 1000)
    return ltr(f"≥ {number}") if at_least else number


def _amber(look: Look, pen: Pen, bar: TopBar, x: int, end: int) -> None:
    """NOT LIVE or LIVE AGAIN in both languages, the station's first; what does not fit goes from the end."""
    t, words = look.theme, look.words
    y = t.top_bar_h // 2
    if bar.link.bar is Bar.LIVE_AGAIN:
        for language in look.two_languages:
            said = Said(look.words_in(language).say("live_again"), look.words_in(language).rtl)
            if x + pen.width(said, t.bar_title, Weight.BOLD) > end:
                break
            pen.text(x, y, said, t.bar_title, Weight.BOLD, p.WARN_INK)
            x += pen.width(said, t.bar_title, Weight.BOLD) + t.px(ITEM_GAP)
        return
    head = _head(look, bar)
    pen.text(x, y, head, t.bar_title, Weight.BOLD, p.WARN_INK)
    x += pen.width(head, t.bar_title, Weight.BOLD) + t.px(28)
    size, rows = _amber_rows(look, pen, bar, end - x, AMBER_STEPS)
    counted = Said(f"{words.say('late')} {_count(look, bar.late, True)}", look.rtl)
    counted_w = pen.width(counted, size, Weight.SEMIBOLD)
    widest = max((pen.width(said, size, Weight.SEMIBOLD) for said in rows), default=0)
    for n, said in enumerate(rows):
        row_y = y if len(rows) == 1 else y + (t.px(15) if n else -t.px(15))
        pen.text(x, row_y, said, size, Weight.SEMIBOLD, p.WARN_INK)
    if x + widest + t.px(ITEM_GAP) + counted_w <= end:
        pen.text(end - t.px(6), y, counted, size, Weight.SEMIBOLD, p.WARN_INK, at="end")


def _head(look: Look, bar: TopBar) -> Said:
    return Said(look.words.say("not_live", age=duration(bar.link.silent_s)), look.rtl)


def _amber_fits(look: Look, pen: Pen, bar: TopBar, room: int) -> bool:
    """Whether what it means can be read beside the station's name."""
    if bar.link.bar is Bar.LIVE_AGAIN:
        return True
    head_w = pen.width(_head(look, bar), look.theme.bar_title, Weight.BOLD) + look.theme.px(28)
    return bool(_amber_rows(look, pen, bar, room - head_w, AMBER_STEPS[:4])[1])


AMBER_STEPS = ((27, True), (24, True), (27, False), (24, False), (21, False), (18, False))
"""Sizes of what NOT LIVE means, with the long words and with the short ones: the first that fits in both languages."""


def _amber_rows(
    look: Look, pen: Pen, bar: TopBar, room: int, steps: Sequence[tuple[int, bool]]
) -> tuple[int, list[Said]]:
    """What it means, a row in each language; none on a bar that is too narrow for any."""
    languages, age = look.two_languages, duration(bar.link.silent_s)
    last, what, short = "not_live.last", "not_live.what", "not_live.short"
    for px, long in steps:
        size, rows = look.theme.px(px), []
        for language in languages:
            one = look.words_in(language)
            for parts in ((last, what), (what,)) if long else ((short,),):
                text = " · ".join(_say(one, part, bar, age, language != look.first) for part in parts)
                if pen.width(Said(text, one.rtl), size, Weight.SEMIBOLD) <= room:
                    rows.append(Said(text, one.rtl))
                    break
        if len(rows) == len(languages):
            return size, rows
    return look.theme.px(AMBER_STEPS[-1][0]), []


def _say(words: Words, part: str, bar: TopBar, age: str, with_name: bool) -> str:
    if part == "not_live.last":
        if not bar.last_order:
            return words.say("not_live.none")
        text = words.say(part, number=bar.last_order, time=bar.last_order_time)
        return f"{words.say('not_live', age=age)} · {text}" if with_name else text
    return words.say(part)


def banner(look: Look, w: int, y: int) -> Group:
    """The red line that says that nothing on this network is encrypted."""
    t = look.theme
    pen = Pen(look, w)
    h, x = t.px(BANNER_H), t.bar_padding + t.px(38)
    pen.icon(t.bar_padding, h // 2, "triangle-alert", t.px(26), p.WHITE)
    texts = [Said(look.words.say(key), look.rtl) for key in ("unsafe", "unsafe.short")]
    fitting = (
        (said, t.px(px))
        for said, px in ((texts[0], 26), (texts[0], 22), (texts[1], 26), (texts[1], 18))
        if x + pen.width(said, t.px(px), Weight.SEMIBOLD) <= w - t.bar_padding
    )
    said, size = next(fitting, (texts[1], t.px(12)))
    pen.text(x, h // 2, said, size, Weight.SEMIBOLD, p.WHITE)
    return Group("banner", 0, y, w, h, p.LATE, tuple(pen.ops))
