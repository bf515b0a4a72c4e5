"""The guests' order board as draw operations: who is ready and where, who is being prepared, and riders apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from display.core import palette as p
from display.core.board_grid import (
    PREPARING_STEPS,
    READY_STEPS,
    RIDER_PREPARING_STEPS,
    RIDER_READY_STEPS,
    Grid,
    Step,
    grid,
    placed,
)
from display.core.draw import Colour, Group, Op, Picture, Weight
from display.core.guest import Sheet, fitting, line
from display.core.guest_panes import STRIP_H, strips
from display.core.isolate import ltr
from display.core.look import Look, Said
from display.core.pen import Pen
from display.core.pickups import Block, Called, Numbers
from heard.order import ONE_MILLI

HEAD_H, PAD, GAP = 132, 44, 24
READY_SHARE, PORTRAIT_READY_SHARE = 0.55, 0.58
RIDERS_SHARE = 0.29
RIDERS_HEAD_H, FOOT_H, ROW_H = 84, 84, 76
HEAD_TEXT, RIDERS_TEXT, POINT_TEXT, NAME_TEXT, BRAND_TEXT, FOOT_TEXT, CLOCK_TEXT = 64, 38, 34, 34, 30, 30, 44
ROW_TEXT = 44
ROW_NUMBERS_MAX = 40


@dataclass(frozen=True, slots=True)
class BoardView:
    """Everything that a picture is made from, besides the look."""

    w: int
    h: int
    numbers: Numbers
    clock: str = ""
    site: str = ""
    site_name: tuple[tuple[str, str], ...] = ()
    not_live_s: int | None = None
    unsafe: bool = False


@dataclass(frozen=True, slots=True)
class _Side:
    """READY or PREPARING: its box, its colours, its words."""

    key: str
    icon: str
    x: int
    y: int
    w: int
    h: int
    head: Colour
    page: Colour
    cell: Colour
    ink: Colour
    rule: Colour
    riders: Colour


def picture(look: Look, view: BoardView) -> Picture:
    """The picture of a moment."""
    sheet = Sheet(look, view.w, view.h)
    bottom = sheet.px(STRIP_H) if view.not_live_s is not None else 0
    ready, preparing = _sides(sheet, bottom)
    any_riders = any(one is not None for one in view.numbers.riders.ready) or bool(
        view.numbers.riders.preparing
    )
    ops: list[Op] = []
    for side, is_ready in ((ready, True), (preparing, False)):
        ops.append(sheet.area(side.x, side.y, side.w, side.h, side.page))
        ops.append(_head(sheet, side, _clear(sheet, view, side)))
        ops += _column(sheet, side, view, is_ready=is_ready, riders=any_riders)
    ops.append(_foot(sheet, view, preparing))
    ops += strips(sheet, view.not_live_s, unsafe=view.unsafe, ask="board.ask")
    return Picture(view.w, view.h, p.BOARD_PREPARING_PAGE, tuple(ops))


def _clear(sheet: Sheet, view: BoardView, side: _Side) -> int:
    """Height at the top that the red banner covers."""
    return sheet.px(STRIP_H) if view.unsafe and side.y == 0 else 0


def _sides(sheet: Sheet, bottom: int) -> tuple[_Side, _Side]:
    h = sheet.h - bottom
    if sheet.portrait:
        ready_h = round(h * PORTRAIT_READY_SHARE)
        boxes = (0, 0, sheet.w, ready_h), (0, ready_h, sheet.w, h - ready_h)
    else:
        ready_w = round(sheet.w * READY_SHARE)
        boxes = (0, 0, ready_w, h), (ready_w, 0, sheet.w - ready_w, h)
    return (
        _Side(
            "ready", "circle-check", *boxes[0], p.BOARD_READY_HEAD, p.BOARD_READY_PAGE, p.BOARD_READY_CELL,
            p.WHITE, p.BOARD_READY_RULE, p.BOARD_RIDERS,
        ),
        _Side(
            "preparing", "flame", *boxes[1], p.BOARD_PREPARING_HEAD, p.BOARD_PREPARING_PAGE,
            p.BOARD_PREPARING_CELL, p.BOARD_PREPARING_INK, p.BOARD_PREPARING_RULE, p.LABEL,
        ),
    )  # fmt: skip


def _head(sheet: Sheet, side: _Side, clear: int) -> Group:
    px = sheet.px
    pen = sheet.pen(side.w)
    h = px(HEAD_H) + clear
    middle = clear + px(HEAD_H) // 2
    pen.icon(px(PAD), middle, side.icon, px(68), p.WHITE)
    texts = sheet.say(f"board.{side.key}")
    start = px(PAD + 68 + 18)
    room = (side.w - start - px(PAD)) // len(texts) - px(12) * (len(texts) - 1)
    size = min(fitting(pen, one, px(HEAD_TEXT), Weight.BOLD, room) for one in texts)
    line(pen, start, middle, texts[0], size, Weight.BOLD, p.WHITE, room)
    if len(texts) > 1:
        line(pen, side.w - px(PAD), middle, texts[1], size, Weight.BOLD, p.WHITE, room, at="end")
    return sheet.group(f"{side.key}/head", side.x, side.y, side.w, h, side.head, pen.ops)


def _column(sheet: Sheet, side: _Side, view: BoardView, *, is_ready: bool, riders: bool) -> list[Op]:
    px = sheet.px
    top = side.y + px(HEAD_H) + _clear(sheet, view, side) + px(32)
    bottom = side.y + side.h - (px(24) if is_ready else px(FOOT_H))
    numbers = view.numbers
    if not riders:
        return _block(sheet, side, numbers.guests, top, bottom, is_ready=is_ready, riders=False)
    split = (
        side.y + side.h - max(round(side.h * RIDERS_SHARE), px(RIDERS_HEAD_H + 200 + (0 if is_ready else 60)))
    )
    split = max(split, top + px(160))
    ops = _block(sheet, side, numbers.guests, top, split - px(16), is_ready=is_ready, riders=False)
    ops.append(_riders_head(sheet, side, split))
    return ops + _block(
        sheet, side, numbers.riders, split + px(RIDERS_HEAD_H), bottom, is_ready=is_ready, riders=True
    )


def _riders_head(sheet: Sheet, side: _Side, y: int) -> Group:
    px = sheet.px
    pen = sheet.pen(side.w)
    pen.rect(0, 0, side.w, max(1, px(2)), side.rule)
    middle = px(RIDERS_HEAD_H) // 2 + px(4)
    pen.icon(px(PAD), middle, "bike", px(46), side.riders)
    texts = sheet.say("board.riders")
    room = (side.w - px(2 * PAD + 60)) // len(texts) - px(10)
    line(pen, px(PAD + 60), middle, texts[0], px(RIDERS_TEXT), Weight.SEMIBOLD, side.riders, room)
    if len(texts) > 1:
        line(
            pen,
            side.w - px(PAD),
            middle,
            texts[1],
            px(RIDERS_TEXT),
            Weight.SEMIBOLD,
            side.riders,
            room,
            at="end",
        )
    return sheet.group(f"{side.key}/riders", side.x, y, side.w, px(RIDERS_HEAD_H), side.page, pen.ops)


def _block(
    sheet: Sheet, side: _Side, block: Block, top: int, bottom: int, *, is_ready: bool, riders: bool
) -> list[Op]:
    """The cells of one block between `top` and `bottom`."""
    steps: Sequence[Step]
    if is_ready:
        steps = RIDER_READY_STEPS if riders else READY_STEPS
        return _ready(sheet, side, block.ready, steps, (top, bottom), riders=riders)
    steps = RIDER_PREPARING_STEPS if riders else PREPARING_STEPS
    return _preparing(sheet, side, block.preparing, steps, (top, bottom), riders=riders)


def _ready(
    sheet: Sheet, side: _Side, ready: Sequence[Called | None], steps: Sequence[Step], span: tuple[int, int],
    *, riders: bool,
) -> list[Op]:  # fmt: skip
    px = sheet.px
    top, bottom = span
    w = side.w - 2 * px(PAD)
    fine = grid(steps, w, bottom - top, px(GAP), sheet.s, len(ready))
    row_h = px(ROW_H) if len(ready) > fine.count else 0
    if row_h:
        fine = grid(steps, w, bottom - top - row_h, px(GAP), sheet.s, len(ready))
    where = placed(ready, fine.count)
    ops: list[Op] = []
    for n, one in where.cells:
        box = _box(sheet, side, fine, n, top, bottom - row_h)
        ops.append(_cell(sheet, side, one, box, px(fine.text), riders=riders))
    if where.row:
        key = f"{side.key}/{'rider-' if riders else ''}row"
        ops.append(_row(sheet, side, key, where.row, bottom - row_h + px(8), row_h))
    return ops


def _preparing(
    sheet: Sheet, side: _Side, waiting: Sequence[Called], steps: Sequence[Step], span: tuple[int, int],
    *, riders: bool,
) -> list[Op]:  # fmt: skip
    px = sheet.px
    top, bottom = span
    fine = grid(steps, side.w - 2 * px(PAD), bottom - top, px(GAP), sheet.s, len(waiting))
    shown = list(waiting[: fine.count])
    over = len(waiting) - len(shown)
    ops: list[Op] = []
    if over:
        shown = shown[:-1]
        over += 1
    for n, one in enumerate(shown):
        box = _box(sheet, side, fine, n, top, bottom)
        ops.append(_cell(sheet, side, one, box, px(fine.text), riders=riders))
    if over:
        x, y, w, h = _box(sheet, side, fine, fine.count - 1, top, bottom)
        pen = sheet.pen(w)
        said = _plus(sheet, over)
        line(pen, w // 2, h // 2, said, px(fine.text), Weight.BOLD, p.LABEL, w - px(16), at="centre")
        key = f"{side.key}/{'rider-' if riders else ''}more"
        ops.append(sheet.group(key, x, y, w, h, side.page, pen.ops))
    return ops


def _plus(sheet: Sheet, n: int) -> str:
    """ "+12" in the site's digits."""
    return ltr(f"+{sheet.look.number(n * ONE_MILLI)}")


def _box(sheet: Sheet, side: _Side, fine: Grid, n: int, top: int, bottom: int) -> tuple[int, int, int, int]:
    px = sheet.px
    gap = px(GAP)
    w = (side.w - 2 * px(PAD) + gap) // fine.columns - gap
    h = min((bottom - top + gap) // fine.rows - gap, px(272))
    column, row = n % fine.columns, n // fine.columns
    return side.x + px(PAD) + column * (w + gap), top + row * (h + gap), w, h


def _cell(
    sheet: Sheet, side: _Side, one: Called, box: tuple[int, int, int, int], size: int, *, riders: bool
) -> Group:
    """A number with its pick-up point, the guest's name or the rider's brand."""
    px = sheet.px
    x, y, w, h = box
    pen = sheet.pen(w)
    paper, ink, small = side.cell, side.ink, p.BOARD_READY_POINT if side.key == "ready" else p.LABEL
    if one.cancelled:
        paper, ink, small = p.BOARD_CANCELLED, p.BOARD_CANCELLED_INK, p.BOARD_CANCELLED_INK
    elif one.newest:
        paper, ink, small = p.BOARD_NEWEST, p.BOARD_NEWEST_INK, p.BOARD_NEWEST_INK
    below = _below(sheet, one, riders=riders)
    number = sheet.look.said(one.number, False)
    below_size = min(px(POINT_TEXT), max(px(26), round(size * 0.36)))
    rows = len(below) if one.cancelled else min(len(below), 1)
    if one.cancelled:  # the words matter more than the number now
        size = round(size * 0.62)
    # Digits are 0.7 of their size high; the number and what stands below it are centred together.
    digits, small_h = round(size * 0.7), round(below_size * 0.7)
    gap = min(round(below_size * 1.2), max(px(8), (h - digits - rows * small_h) // (rows + 2)))
    middle = (h - digits - rows * (gap + small_h)) // 2 + digits // 2
    line(pen, w // 2, middle, number, size, Weight.BOLD, ink, w - px(24), at="centre")
    text_y = middle + digits // 2 + gap + small_h // 2
    if one.cancelled:
        for said in below:
            line(pen, w // 2, text_y, said, below_size, Weight.SEMIBOLD, small, w - px(24), at="centre")
            text_y += gap + small_h
    elif below:
        _pair(sheet, pen, below, text_y, below_size, small, w)
    key = f"{side.key}/{'rider' if riders else 'guest'}/{one.order_id}"
    return sheet.group(key, x, y, w, h, paper, pen.ops, px(18), side.page)


def _below(sheet: Sheet, one: Called, *, riders: bool) -> tuple[Said, ...]:
    if one.cancelled:
        return sheet.say("board.cancelled")
    if riders:
        return (sheet.look.said(one.brand),) if one.brand else ()
    name = (sheet.look.said(one.name),) if one.name else ()
    if not one.point:
        return name
    point = sheet.say("board.counter", n=one.point) if one.point.isdigit() else (sheet.look.said(one.point),)
    return (point[0], *name) if name else point


def _pair(sheet: Sheet, pen: Pen, texts: Sequence[Said], y: int, size: int, colour: Colour, w: int) -> None:
    """One text in the middle, or two at the sides."""
    px = sheet.px
    if len(texts) == 1:
        line(pen, w // 2, y, texts[0], size, Weight.MEDIUM, colour, w - px(24), at="centre")
        return
    pad = px(36)
    room = w - 2 * px(16)
    widths = [pen.width(one, size, Weight.MEDIUM) for one in texts]
    if sum(widths) + px(24) > room - 2 * (pad - px(16)):
        pad = px(16)
    if sum(widths) + px(24) > w - 2 * pad:
        fitting_size = max(px(20), min(size, size * (w - 2 * pad - px(24)) // max(1, sum(widths))))
        size = min(size, fitting_size)
        widths = [pen.width(one, size, Weight.MEDIUM) for one in texts]
        if sum(widths) + px(12) > w - 2 * pad:  # one language is better than two that nobody can read
            line(pen, w // 2, y, texts[0], size, Weight.MEDIUM, colour, w - 2 * pad, at="centre")
            return
    line(pen, pad, y, texts[0], size, Weight.MEDIUM, colour, w)
    line(pen, w - pad, y, texts[1], size, Weight.MEDIUM, colour, w, at="end")


def _row(sheet: Sheet, side: _Side, key: str, numbers: Sequence[Called], y: int, h: int) -> Group:
    """What has no cell any more: one row, oldest first, and how many more."""
    px = sheet.px
    pen = sheet.pen(side.w)
    pad = px(PAD)
    end = side.w - pad
    label = sheet.say("board.also_ready")[0]
    x = pad + line(pen, pad, h // 2, label, px(POINT_TEXT), Weight.SEMIBOLD, p.BOARD_RIDERS, px(300)) + px(28)
    for n, one in enumerate(numbers[:ROW_NUMBERS_MAX]):
        said = sheet.look.said(one.number, False)
        width = pen.width(said, px(ROW_TEXT), Weight.BOLD)
        rest = len(numbers) - n
        more = _plus(sheet, rest)
        more_w = pen.width(more, px(ROW_TEXT), Weight.BOLD) + px(28) if rest > 1 else 0
        if x + width + more_w > end:
            line(pen, x, h // 2, more, px(ROW_TEXT), Weight.BOLD, p.BOARD_RIDERS, end - x)
            break
        pen.text(x, h // 2, said, px(ROW_TEXT), Weight.BOLD, p.WHITE)
        x += width + px(36)
    return sheet.group(key, side.x, y, side.w, h - px(8), side.page, pen.ops)


def _foot(sheet: Sheet, view: BoardView, side: _Side) -> Group:
    """The shop's name and the time, under PREPARING."""
    px = sheet.px
    h = px(FOOT_H)
    pen = sheet.pen(side.w)
    end = side.w - px(PAD)
    width = 0
    if view.clock:
        width = pen.width(view.clock, px(CLOCK_TEXT), Weight.BOLD) + px(28)
        pen.text(end, h // 2, view.clock, px(CLOCK_TEXT), Weight.BOLD, p.WHITE, at="end")
    names = sheet.name(dict(view.site_name) or {sheet.look.first: view.site}, view.site)
    room = end - width - px(PAD)
    x = px(PAD)
    first_w = line(pen, x, h // 2, names[0], px(FOOT_TEXT), Weight.MEDIUM, p.LABEL, room)
    if len(names) > 1:
        second_w = pen.width(names[1], px(FOOT_TEXT), Weight.MEDIUM)
        if first_w + px(48) + second_w <= room:
            pen.text(x + first_w + px(24), h // 2, "·", px(FOOT_TEXT), Weight.MEDIUM, p.LABEL, at="centre")
            pen.text(x + first_w + px(48), h // 2, names[1], px(FOOT_TEXT), Weight.MEDIUM, p.LABEL)
    return sheet.group("foot", side.x, side.y + side.h - h, side.w, h, p.BOARD_PREPARING_PAGE, pen.ops)
