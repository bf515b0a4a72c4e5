"""The preflight over a screen: what to do here, how far it is, and at the end what was found everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from display.core import palette as p
from display.core.draw import Colour, Group, Op, Rect, Weight
from display.core.look import Look, Said
from display.core.pen import Pen
from display.core.preflight import Card, Form
from display.core.theme import Theme
from heard.order import Text
from heard.preflight import KeyCheck, PreflightResult, PreflightRow, SoundCheck

HEAD_H, FOOT_H, ROW_H, CHIP_H = 84, 56, 58, 60
ROOM_W, ROOM_H = 640, 560
"""What the panel needs at scale 1: letters that are large for a distance are smaller here where it has less."""
NAMED_BY_ROLE = frozenset({"board", "cart", "expo"})
NAME_TEXT, ASK_TEXT = 72, 104


def preflight_panel(
    look: Look, w: int, h: int, card: Card, name: Text, *, touch: bool = False, bars: bool = True
) -> tuple[Op, ...]:
    """The panel over a screen of w x h, whose bars stay in view where it has them (`bars`)."""
    t = look.theme
    top, bottom = (t.top_bar_h, t.bottom_bar_h) if bars else (0, 0)
    panel_w, panel_h = min(w - 2 * t.px(40), t.px(1360)), h - top - bottom - 2 * t.gap
    look = look.with_theme(Theme.at_scale(min(t.scale, panel_h / ROOM_H, panel_w / ROOM_W)))
    pen = Pen(look, panel_w)
    if card.result is not None:
        _result(look, pen, panel_h, card.result)
    else:
        _asking(look, pen, panel_h, card, name, touch=touch)
    cover = Rect(0, top, w, h - top - bottom, p.PAGE)
    return (
        cover,
        Group(
            "preflight",
            (w - panel_w) // 2,
            top + t.gap,
            panel_w,
            panel_h,
            p.BAR,
            tuple(pen.ops),
            t.radius,
            p.PAGE,
        ),
    )


def preflight_line(look: Look, card: Card, *, touch: bool = False) -> tuple[str, str]:
    """What stands in the top bar where the panel would hide tickets: calm words, and what must be mended."""
    words = look.words
    if card.form is not Form.LINE:
        return "", ""
    title = words.say("preflight.title")
    if card.result is not None:
        told = f"{title} · {_verdict(look, card.result)}"
        return ("", " · ".join((told, *_wrongs(look, card.result)))) if card.result.failed else (told, "")
    if card.report.keys is KeyCheck.TAKEN:
        return words.say("preflight.line.taken"), ""
    return words.say("preflight.line.touch" if touch else "preflight.line"), ""


def role_name(look: Look, role: str) -> Text:
    """What a screen without a station's name is called."""
    return {
        language: look.words_in(language).say(f"preflight.role.{role}") for language in look.two_languages
    }


def _asking(look: Look, pen: Pen, h: int, card: Card, name: Text, *, touch: bool) -> None:
    t, report = look.theme, card.report
    guests, taken = report.keys is KeyCheck.NONE, report.keys is KeyCheck.TAKEN
    pad = t.px(28)
    title = Said(look.words.say("preflight.title"), look.rtl)
    pen.text(pad, t.px(HEAD_H // 2), title, t.bar_title, Weight.BOLD, p.INK)
    if not guests and not taken:
        left = f"{card.left_s // 60}:{card.left_s % 60:02d}"
        clock = look.said(left, False).text
        pen.text(pen.w - pad, t.px(HEAD_H // 2), clock, t.bar_title, Weight.BOLD, p.LABEL, at="end")
    bottom = _chips(look, pen, h - t.px(FOOT_H // 2), _steps(look, card))
    if report.sizes:
        bottom = _advice(look, pen, bottom - t.px(20), report.sizes)
    ask = "preflight.guest" if guests else "preflight.taken" if taken else _ask_of(touch=touch)
    told = [(one, NAME_TEXT, 20) for one in _names(look, name)]
    told[-1] = (told[-1][0], NAME_TEXT, 56)
    for language in look.two_languages:
        words = look.words_in(language)
        told.append((Said(words.say(ask), words.rtl), ASK_TEXT, 16))
    inks = [*(p.INK, p.LABEL)[: len(told) - 2], p.CHECK if taken else p.QUANTITY_MANY, p.LABEL]
    _centred(look, pen, t.px(HEAD_H), bottom, told, inks)


def _centred(
    look: Look, pen: Pen, top: int, bottom: int, told: Sequence[tuple[Said, int, int]], inks: Sequence[Colour]
) -> None:
    """Lines (text, size at scale 1, the gap after it) in the middle between top and bottom, smaller where there is no room."""
    t, room = look.theme, max(1, bottom - top)
    needed = sum(t.px(size + gap) for _, size, gap in told)
    part = min(1.0, room / needed)
    y = top + max(0, room - needed) // 2
    for (said, size, gap), ink in zip(told, inks, strict=True):
        steps = [max(1, round(size * part * one)) for one in (1.0, 0.8, 0.62, 0.46, 0.34)]
        px = _fitting(look, said, pen.w - 2 * t.px(28), steps)
        pen.text(pen.w // 2, y + round(t.px(size) * part / 2), said, px, Weight.BOLD, ink, at="centre")
        y += round(t.px(size + gap) * part)


def _advice(look: Look, pen: Pen, bottom: int, advice: str) -> int:
    """What would make the letters large enough, above `bottom`; where it begins."""
    t, said = look.theme, look.said(advice)
    rows = look.measurer.wrap(said.text, t.hint_text, Weight.REGULAR, pen.w - 2 * t.px(28), said.rtl)[:4]
    top = bottom - len(rows) * t.px(34)
    for n, row in enumerate(rows):
        y = top + n * t.px(34) + t.px(17)
        pen.text(pen.w // 2, y, Said(row, said.rtl), t.hint_text, Weight.REGULAR, p.WARN, at="centre")
    return top


def _ask_of(*, touch: bool) -> str:
    return "preflight.touch" if touch else "preflight.press"


def _steps(look: Look, card: Card) -> list[tuple[str, Colour, str]]:
    """Words, their colour and sign: what is done, what is wrong, what is waited for."""
    words, report = look.words, card.report
    waits, well, wrong = (p.LABEL, "square"), (p.CHECK, "check"), (p.WARN, "triangle-alert")
    found: list[tuple[str, Colour, str]] = [
        (words.say("preflight.picture"), *(well if report.painted else waits))
    ]
    sound = {
        SoundCheck.UNSPECIFIED: ("preflight.sound", waits),
        SoundCheck.PLAYED: ("preflight.sound", well),
        SoundCheck.OFF: ("preflight.sound.off", waits),
        SoundCheck.BROKEN: ("preflight.sound.broken", wrong),
    }
    key, look_of = sound.get(report.sound, sound[SoundCheck.UNSPECIFIED])
    found.append((words.say(key), *look_of))
    if report.keys is not KeyCheck.NONE:
        found.append((words.say("preflight.key"), *(well if report.keys is KeyCheck.TAKEN else waits)))
    if report.missing:
        found.append((words.say("preflight.letters", n=len(report.missing)), *wrong))
    if report.sizes:
        found.append((words.say("preflight.small"), *wrong))
    return found


def _chips(look: Look, pen: Pen, bottom: int, steps: Sequence[tuple[str, Colour, str]]) -> int:
    """In the middle above `bottom`, in as many rows as they need; where they begin."""
    t = look.theme
    size, icon, pad, gap, h = t.hint_text, t.px(26), t.px(14), t.px(12), t.px(CHIP_H)
    rows: list[list[tuple[int, tuple[str, Colour, str]]]] = [[]]
    room = pen.w - 2 * t.px(20)
    for step in steps:
        w = pen.width(Said(step[0], look.rtl), size, Weight.SEMIBOLD) + icon + 3 * pad
        if rows[-1] and sum(one for one, _ in rows[-1]) + gap * len(rows[-1]) + w > room:
            rows.append([])
        rows[-1].append((w, step))
    y = top = bottom - len(rows) * h
    for row in rows:
        x = (pen.w - sum(w for w, _ in row) - gap * (len(row) - 1)) // 2
        middle = y + (h - t.px(8)) // 2
        for w, (text, colour, sign) in row:
            pen.rect(x, y, w, h - t.px(8), p.CARD, t.block_radius)
            pen.icon(x + pad, middle, sign, icon, colour)
            pen.text(x + 2 * pad + icon, middle, Said(text, look.rtl), size, Weight.SEMIBOLD, colour)
            x += w + gap
        y += h
    return top


def _result(look: Look, pen: Pen, h: int, result: PreflightResult) -> None:
    t, words = look.theme, look.words
    pad = t.px(28)
    colour = p.WARN if result.failed else p.CHECK
    pen.text(
        pad, t.px(HEAD_H // 2), Said(words.say("preflight.title"), look.rtl), t.bar_title, Weight.BOLD, p.INK
    )
    verdict = Said(_verdict(look, result), look.rtl)
    room_w = (
        pen.w - 3 * pad - pen.width(Said(words.say("preflight.title"), look.rtl), t.bar_title, Weight.BOLD)
    )
    size = _fitting(look, verdict, room_w, (36, 30, 26, 22, 18, 14))
    pen.text(pen.w - pad, t.px(HEAD_H // 2), verdict, size, Weight.BOLD, colour, at="end")
    room = (h - t.px(HEAD_H + FOOT_H)) // t.px(ROW_H)
    rows = sorted(result.rows, key=lambda row: (not row.problems, not row.warnings))
    names = bool(result.names_total)
    shown = rows[: max(0, room - names)]
    y = t.px(HEAD_H)
    for row in shown:
        _row(look, pen, y, row)
        y += t.px(ROW_H)
    if names:
        ink = p.WARN if result.unreadable_total else p.LABEL
        said = Said(words.say("preflight.names", n=result.names_total), look.rtl)
        size = _fitting(look, said, pen.w - 2 * pad, (28, 24, 20, 16))
        pen.text(pad, y + t.px(ROW_H // 2), said, size, Weight.REGULAR, ink)
    hint = Said(words.say("preflight.dismiss"), look.rtl)
    pen.text(pad, h - t.px(FOOT_H // 2), hint, t.hint_text, Weight.REGULAR, p.LABEL)
    if len(rows) > len(shown):
        more = Said(words.say("more", n=len(rows) - len(shown)), look.rtl)
        pen.text(pen.w - pad, h - t.px(FOOT_H // 2), more, t.hint_text, Weight.REGULAR, p.LABEL, at="end")


def _row(look: Look, pen: Pen, y: int, row: PreflightRow) -> None:
    """A sign, who it is, and what is wrong with it."""
    t = look.theme
    pad, middle, icon = t.px(28), y + t.px(ROW_H // 2), t.px(30)
    sign, colour = ("check", p.CHECK)
    if row.problems or row.warnings:
        sign, colour = ("triangle-alert", p.WARN if row.problems else p.LABEL)
    pen.rect(pad, y + t.px(3), pen.w - 2 * pad, t.px(ROW_H - 6), p.CARD, t.block_radius)
    pen.icon(2 * pad, middle, sign, icon, colour)
    said = _called(look, row)
    pen.text(2 * pad + icon + t.px(16), middle, said, t.bar_value, Weight.BOLD, p.INK)
    wrong = Said(_wrong(look, row), look.rtl)
    end = pen.w - 2 * pad
    room = end - (2 * pad + icon + t.px(40)) - pen.width(said, t.bar_value, Weight.BOLD)
    size = _fitting(look, wrong, room, (t.bar_value, t.bar_text, t.hint_text), scaled=True)
    pen.text(end, middle, wrong, size, Weight.SEMIBOLD, colour, at="end")


def _verdict(look: Look, result: PreflightResult) -> str:
    words, count = look.words, len(result.rows)
    well = sum(not row.problems for row in result.rows)
    state = words.say("preflight.not_well" if result.failed else "preflight.well")
    of = words.say("preflight.of", n=well, m=count)
    return f"{state} · {of}"


def _wrongs(look: Look, result: PreflightResult) -> list[str]:
    """ "FRY: no key" for each that must be mended."""
    return [f"{_called(look, row).text}: {_wrong(look, row)}" for row in result.rows if row.problems]


def _wrong(look: Look, row: PreflightRow) -> str:
    told = []
    for word in (*row.problems, *row.warnings):
        if word == "no_printer" and row.why and not look.rtl:
            told.append(row.why)
        else:
            told.append(look.words.say(f"preflight.is.{word}"))
    return " · ".join(told)


def _called(look: Look, row: PreflightRow) -> Said:
    name = look.name(row.name)
    if name.text:
        return Said(name.text.upper(), name.rtl)
    role = look.words.say(f"preflight.role.{row.role}") if row.role in NAMED_BY_ROLE else row.role
    return look.said(f"{role} {row.place}".strip(), look.rtl)


def _names(look: Look, name: Text) -> tuple[Said, ...]:
    """In both languages, the screen's own first."""
    texts = [
        text for one in look.two_languages if (text := name.get(one, "").strip()) and look.readable(text)
    ]
    return tuple(look.said(text) for text in dict.fromkeys(texts or [look.pick(name)]))


def _fitting(look: Look, said: Said, room: int, sizes: Sequence[int], *, scaled: bool = False) -> int:
    """The largest of these sizes in which the text has room; the last one where it has in none."""
    for size in sizes:
        px = size if scaled else look.theme.px(size)
        if look.measurer.measure(said.text, px, Weight.BOLD, said.rtl)[0] <= room:
            return px
    return sizes[-1] if scaled else look.theme.px(sizes[-1])
