"""The top bar (station, counts, link, clock; amber when not live), the bottom bar (keys, page) and the red banner."""

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
from display.core.tiles import Area
from display.core.wording import Words
from heard.order import Text
from heard.quick import quick

ITEM_GAP = 48  # between two counts of the top bar
BANNER_H = 40
OUT_NAMED_MAX = 12
"""Items that the top bar tries to name: more do not fit a screen."""
TURNS = frozenset({"undo"})  # signs that follow the reading direction


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


@dataclass(frozen=True, slots=True)
class Hint:
    """A key (or several) and what it does; `queued` where it will wait for the hub."""

    key: str
    text: str
    queued: bool = False
    action: str = ""
    icon: str = ""


@quick
@dataclass(frozen=True, slots=True)
class BottomBar:
    """What the bottom bar shows; `say` and `changed` take the place of the hints."""

    hints: tuple[Hint, ...]
    page: int
    pages: int
    waiting: int = 0
    waiting_oldest_min: int = 0
    waiting_late: int = 0
    waiting_rush: bool = False
    waiting_allergy: bool = False
    at_least: bool = False
    say: str = ""
    changed: Said | None = None
    touch: bool = False


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
    pen.text(x, y, name, t.bar_title, Weight.BOLD, ink)
    x += pen.width(name, t.bar_title, Weight.BOLD)
    if amber:
        _amber(look, pen, bar, x + t.px(36), end)
    else:
        _quiet(look, pen, bar, x, end)
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
    other = _other_name(look, bar)
    if other is not None and x + t.px(15) + pen.width(other, t.bar_text, Weight.MEDIUM) < end:
        pen.text(x + t.px(15), y, other, t.bar_text, Weight.MEDIUM, p.LABEL)
        x += t.px(15) + pen.width(other, t.bar_text, Weight.MEDIUM)
    words_of = [bar.word] if bar.word else []
    if bar.filtered:
        words_of.append(words.say("only", item=bar.filtered))
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
    if bar.business_date:
        said = Said(words.say("business_date", date=bar.business_date), look.rtl)
        if x + pen.width(said, t.bar_text, Weight.SEMIBOLD) <= end:
            pen.text(x, y, said, t.bar_text, Weight.SEMIBOLD, p.QUANTITY_MANY)
            x += pen.width(said, t.bar_text, Weight.SEMIBOLD) + t.px(ITEM_GAP)
    if bar.out:
        for text in _out(look, bar.out):
            said = look.said(text, look.rtl)
            if x + pen.width(said, t.bar_text, Weight.SEMIBOLD) <= end:
                pen.text(x, y, said, t.bar_text, Weight.SEMIBOLD, p.OVERDUE)
                break


def _out(look: Look, names: Sequence[str]) -> Iterator[str]:
    """ "86: Arayes, Cola", fewer names and how many more, at last only their number."""
    words = look.words
    for n in range(min(len(names), OUT_NAMED_MAX), 0, -1):
        items = words.say("comma").join(names[:n])
        if n < len(names):
            items += f" {ltr(f'+{look.number((len(names) - n) * 1000)}')}"
        yield words.say("out", items=items)
    yield words.say("out.count", n=len(names))


ALARM_TEXTS = (30, 26, 22, 18)
"""Sizes of an alarm: the first that fits."""


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
    rows = look.measurer.wrap(said.text, t.px(ALARM_TEXTS[-1]), Weight.BOLD, max(1, room), said.rtl)[:2]
    for n, text in enumerate(rows):
        at = y if len(rows) == 1 else y + (t.px(12) if n else -t.px(12))
        pen.text(x, at, Said(text, said.rtl), t.px(ALARM_TEXTS[-1]), Weight.BOLD, p.WHITE)


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
    t = look.theme
    y = t.top_bar_h // 2
    words = look.words
    languages = tuple(dict.fromkeys((look.first, *look.languages, *look.site_languages)))[:2]
    age = duration(bar.link.silent_s)
    if bar.link.bar is Bar.LIVE_AGAIN:
        for language in languages:
            said = Said(look.words_in(language).say("live_again"), look.words_in(language).rtl)
            pen.text(x, y, said, t.bar_title, Weight.BOLD, p.WARN_INK)
            x += pen.width(said, t.bar_title, Weight.BOLD) + t.px(ITEM_GAP)
        return
    head = Said(words.say("not_live", age=age), look.rtl)
    pen.text(x, y, head, t.bar_title, Weight.BOLD, p.WARN_INK)
    x += pen.width(head, t.bar_title, Weight.BOLD) + t.px(28)
    size = t.px(27)
    counted = Said(f"{words.say('late')} {_count(look, bar.late, True)}", look.rtl)
    counted_w = pen.width(counted, size, Weight.SEMIBOLD)
    rows = []
    for language in languages:
        one = look.words_in(language)
        for parts in (("not_live.last", "not_live.what"), ("not_live.what",)):
            said = Said(
                " · ".join(_say(one, part, bar, age, language != look.first) for part in parts), one.rtl
            )
            if x + pen.width(said, size, Weight.SEMIBOLD) <= end:
                break
        rows.append(said)
    widest = max(pen.width(said, size, Weight.SEMIBOLD) for said in rows)
    for n, said in enumerate(rows):
        row_y = y if len(rows) == 1 else y + (t.px(15) if n else -t.px(15))
        pen.text(x, row_y, said, size, Weight.SEMIBOLD, p.WARN_INK)
    if x + widest + t.px(ITEM_GAP) + counted_w <= end:
        pen.text(end - t.px(6), y, counted, size, Weight.SEMIBOLD, p.WARN_INK, at="end")


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
    said = Said(look.words.say("unsafe"), look.rtl)
    h = t.px(BANNER_H)
    pen.icon(t.bar_padding, h // 2, "triangle-alert", t.px(26), p.WHITE)
    pen.text(t.bar_padding + t.px(38), h // 2, said, t.px(26), Weight.SEMIBOLD, p.WHITE)
    return Group("banner", 0, y, w, h, p.LATE, tuple(pen.ops))


def bottom_bar(
    look: Look, w: int, y: int, h: int, bar: BottomBar
) -> tuple[Group, tuple[tuple[Area, str], ...]]:
    """Keys or buttons and the page; with the areas that may be touched (from the bar's corner) and their actions."""
    t = look.theme
    pen = Pen(look, w)
    end = _page(look, pen, bar, h)
    areas: tuple[tuple[Area, str], ...] = ()
    if bar.say:
        pen.text(t.bar_padding, h // 2, Said(bar.say, look.rtl), t.bar_text, Weight.SEMIBOLD, p.QUANTITY_MANY)
    elif bar.changed is not None:
        width = pen.width(bar.changed, t.bar_text, Weight.SEMIBOLD) + 2 * t.pill_padding
        pen.rect(t.bar_padding, (h - t.key_h) // 2, width, t.key_h, p.CHIP, t.key_radius)
        x = t.bar_padding + t.pill_padding
        pen.text(x, h // 2, bar.changed, t.bar_text, Weight.SEMIBOLD, p.NOTE)
        areas = (_area(pen, t.bar_padding, 0, width, h, "changed"),)
    elif bar.touch:
        areas = _buttons(look, pen, bar.hints, h, end)
    else:
        _keys(look, pen, bar.hints, h, end)
    return Group("bottom", 0, y, w, h, p.BAR, tuple(pen.ops)), areas


def _area(pen: Pen, x: int, y: int, w: int, h: int, action: str) -> tuple[Area, str]:
    return Area(pen.w - x - w if pen.rtl else x, y, w, h), action


def _page(look: Look, pen: Pen, bar: BottomBar, h: int) -> int:
    """Page and waiting at the end edge; where the hints must stop."""
    t, words = look.theme, look.words
    y, end = h // 2, pen.w - t.bar_padding
    if bar.waiting:
        text = words.say("plus_waiting", n=bar.waiting)
        if bar.at_least:
            text = f"{ltr('≥')} {text}"
        if bar.waiting_oldest_min:
            text += " · " + words.say("minutes", n=bar.waiting_oldest_min)
        said = Said(text, look.rtl)
        pen.text(end, y, said, t.bar_text, Weight.BOLD, p.QUANTITY_MANY, at="end")
        end -= pen.width(said, t.bar_text, Weight.BOLD) + t.px(14)
        if bar.waiting_allergy:
            pen.icon(end - t.link_icon, y, "triangle-alert", t.link_icon, p.OVERDUE)
            end -= t.link_icon + t.px(10)
        if bar.waiting_rush:
            pen.icon(end - t.link_icon, y, "zap", t.link_icon, p.PILL_RUSH)
            end -= t.link_icon + t.px(10)
        end -= t.px(16)
    if bar.pages > 1 or bar.page > 0:
        said = Said(words.say("page_of", n=bar.page + 1, total=bar.pages), look.rtl)
        pen.text(end, y, said, t.hint_text, Weight.REGULAR, p.LABEL, at="end")
        end -= pen.width(said, t.hint_text, Weight.REGULAR) + t.px(30)
    return end


def _keys(look: Look, pen: Pen, hints: Sequence[Hint], h: int, end: int) -> None:
    t, x = look.theme, look.theme.bar_padding
    y = h // 2
    for hint in hints:
        key_w = max(pen.width(hint.key, t.key_text, Weight.BOLD) + 2 * t.key_padding, t.key_h)
        said = Said(hint.text, look.rtl)
        queued = Said(look.words.say("key.queued"), look.rtl) if hint.queued else None
        text_w = pen.width(said, t.hint_text, Weight.REGULAR)
        queued_w = pen.width(queued, t.px(24), Weight.BOLD) + t.px(8) if queued is not None else 0
        if x + key_w + t.px(10) + text_w + queued_w > end:
            return
        pen.rect(x, y - t.key_h // 2, key_w, t.key_h, p.CHIP, t.key_radius)
        pen.text(x + key_w // 2, y, hint.key, t.key_text, Weight.BOLD, p.INK, at="centre")
        x += key_w + t.px(10)
        pen.text(x, y, said, t.hint_text, Weight.REGULAR, p.LABEL)
        x += text_w
        if queued is not None:
            pen.text(x + t.px(8), y, queued, t.px(24), Weight.BOLD, p.WARN)
            x += queued_w
        x += t.px(26)


def _buttons(look: Look, pen: Pen, hints: Sequence[Hint], h: int, end: int) -> tuple[tuple[Area, str], ...]:
    t, x = look.theme, look.theme.bar_padding
    found = []
    for hint in hints:
        said = Said(hint.text, look.rtl)
        icon_w = t.px(28) + t.px(14) if hint.icon else 0
        text_w = pen.width(said, t.bar_text, Weight.SEMIBOLD)
        width = max(icon_w + text_w + t.px(44), h)
        if x + width > end:
            break
        pen.rect(x, t.px(4), width, h - t.px(8), p.CHIP, t.key_radius)
        start = x + (width - icon_w - text_w) // 2
        if hint.icon:
            pen.icon(start, h // 2, hint.icon, t.px(28), p.INK, mirrored=hint.icon in TURNS)
        pen.text(start + icon_w, h // 2, said, t.bar_text, Weight.SEMIBOLD, p.INK)
        found.append(_area(pen, x, 0, width, h, hint.action))
        x += width + t.px(12)
    return tuple(found)
