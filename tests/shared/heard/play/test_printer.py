"""The demo's printer: takes what a hub sends, answers, and leaves a picture; and what guests do to their drinks."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from random import Random

from PIL import Image, ImageChops

from heard.command import ChangeLine, ChangeOrder, Hold, PrintTicket, Split, VoidLines
from heard.play.children import Children
from heard.play.cues import with_cues
from heard.play.menu import DEMO_MENU, load_menu
from heard.play.printer import (
    CATEGORY,
    IN_A_ROW,
    PICTURE,
    PICTURED_MAX,
    SALADS,
    PrinterPart,
    Slip,
    png,
    with_bar,
    with_paper,
)
from heard.play.rush import lunch_rush
from heard.play.script import Script
from heard.play.stage import Stage
from hub.core.slip_rows import Row, Style
from hub.printer.escpos import encode
from hub.printer.port import Port, Result, ask
from hub.printer.render import picture

MENU = with_bar(load_menu(DEMO_MENU))


def a_rush(seed: int, seconds: float = 60.0, *, cues: bool = False) -> Script:
    random = Random(seed)
    count = iter(range(10_000))

    def mint() -> str:
        return f"o{next(count)}"

    rush = lunch_rush(MENU, random, seconds, mint)
    rush = with_cues(rush, MENU, random, seconds, mint) if cues else rush
    return with_paper(rush, random, mint)


def printed_max(script: Script) -> int:
    """No act prints more than one slip, and only one of an order that the bar's printer has a part of."""
    bars = {
        act.order_id
        for act in script.acts
        if isinstance(act.verb, Hold)
        and any(line.category in (CATEGORY, SALADS) for line in act.verb.order.lines)
    }
    return sum(act.order_id in bars for act in script.acts)


async def test_what_the_hub_prints_in_a_minute_is_on_the_picture_to_the_dot(tmp_path: Path) -> None:
    """The first slip too: the take-over and the copy that the README names had left it."""
    most = max(printed_max(a_rush(seed, cues=True)) for seed in range(60))
    assert IN_A_ROW < most <= PICTURED_MAX
    stage = Stage(tmp_path, MENU, Children(tmp_path))
    part = PrinterPart(tmp_path / "out")
    await part.start(stage)
    try:
        assert (await ask(stage.printer)).words == "ready"
        host, _, port = stage.printer.rpartition(":")
        tea = (Row(Style.TITLE, ("#214",)), Row(Style.ITEM, ("Karak Tea", "شاي كرك"), "2"))
        laban = (Row(Style.TITLE, ("#215",)), Row(Style.ITEM, ("Laban", "لبن"), "1"))
        for job, rows in enumerate((tea, laban, *[tea] * (most - 2)), start=1):
            outcome = await Port(host, int(port)).print(encode([picture(rows)], job), job)
            assert outcome.result is Result.PRINTED
    finally:
        await part.stop(stage)
        stage.broken.cancel()
    assert stage.files == [str(tmp_path / "out" / PICTURE)]
    drawn = await asyncio.to_thread(Image.open, tmp_path / "out" / PICTURE)
    left = 16
    for rows in (tea, laban):
        slip = picture(rows).convert("L")
        there = drawn.convert("L").crop((left, 0, left + slip.width, slip.height))
        assert ImageChops.difference(there, slip).getbbox() is None
        left += slip.width + 16


async def test_what_is_no_printers_command_ends_the_call_and_nothing_else(tmp_path: Path) -> None:
    stage = Stage(tmp_path, MENU, Children(tmp_path))
    part = PrinterPart(tmp_path)
    await part.start(stage)
    try:
        host, _, port = stage.printer.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()
        assert (await ask(stage.printer)).ready
    finally:
        await part.stop(stage)
        stage.broken.cancel()


def test_slips_stand_in_rows_on_black() -> None:
    slips = [Slip(2, bytes(2 * height)) for height in (3, 5, *[4] * (IN_A_ROW - 2), 6)]
    drawn = Image.open(io.BytesIO(png(slips)))
    assert drawn.size == ((IN_A_ROW * (2 + 2) + 2) * 8, (5 + 16) + (6 + 16))
    assert [drawn.getpixel((16, y)) for y in (0, 2, 3, 5 + 16, 5 + 16 + 5)] == [255, 255, 0, 255, 255]


def test_a_drink_is_sent_back_and_a_slip_asked_for_again_after_they_were_printed() -> None:
    seen = set()
    for seed in range(12):
        script = a_rush(seed)
        held = {act.order_id: (act.at_s, act.verb.order) for act in script.acts if isinstance(act.verb, Hold)}
        assert [act.at_s for act in script.acts] == sorted(act.at_s for act in script.acts)
        for act in script.acts:
            if isinstance(act.verb, VoidLines) and act.verb.reason == "guest wants it later":
                at_s, order = held[act.order_id]
                (line_id,) = act.verb.line_ids
                line = order.line(line_id)
                assert line is not None
                assert (line.category, act.at_s) == (CATEGORY, at_s + 3.0)
                seen.add("void")
            elif isinstance(act.verb, PrintTicket):
                seen.add("copy")
            elif isinstance(act.verb, Split):
                at_s, order = held[act.order_id]
                (line_id,) = act.verb.line_ids
                line = order.line(line_id)
                assert line is not None
                assert (line.category, act.at_s) == (CATEGORY, at_s + 3.0)
                seen.add("apart")
            elif isinstance(act.verb, Hold) and act.verb.order.lines[0].category == SALADS:
                assert len(act.verb.order.lines) == 1
                seen.add("salad")
            elif isinstance(act.verb, ChangeOrder):
                assert act.at_s == held[act.order_id][0] + 3.0
                seen.add("note")
            elif isinstance(act.verb, ChangeLine) and act.verb.quantity_milli is None:
                changed = held[act.order_id][1].line(act.verb.line_id)
                assert changed is None or changed.category != CATEGORY
        for _, order in held.values():
            assert not any(line.notes for line in order.lines if line.category == CATEGORY)
    assert seen == {"void", "copy", "note", "apart", "salad"}
    assert not any(
        isinstance(act.verb, Hold) and act.verb.order.lines[0].category == SALADS
        for act in a_rush(1, 10.0).acts
    ), "a hub that began just now waits for its screens"
