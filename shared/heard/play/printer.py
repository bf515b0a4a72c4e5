"""The bar's kitchen printer on the stage: a socket that takes ESC/POS, answers as printers do, and leaves its paper as a picture.

The bar is in no menu file: its drinks, and what guests do to them, are added here where a hub can print at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
import zlib
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from random import Random

from heard.command import AddLines, ChangeLine, ChangeOrder, Hold, PrintTicket, Split, VoidLines, VoidOrder
from heard.order import Line, Note, Order, OrderType, Text
from heard.play.menu import Category, Dish, Menu
from heard.play.script import Act, MintId, Script
from heard.play.stage import Stage

BAR = "bar"
CATEGORY = "drinks"
NAME = {"en": "Bar", "ar": "البار"}
LANGUAGES = ("en", "ar")
DRINKS = (
    Dish("mint-lemonade", {"en": "Mint Lemonade", "ar": "ليمون بالنعناع"}, CATEGORY, 1200, weight=14),
    Dish("karak-tea", {"en": "Karak Tea", "ar": "شاي كرك"}, CATEGORY, 600, weight=12),
    Dish("laban", {"en": "Laban", "ar": "لبن"}, CATEGORY, 500, weight=9),
    Dish("water", {"en": "Water", "ar": "ماء"}, CATEGORY, 200, weight=9),
)
SALADS = "salads"
COLD, DESSERT = "cold", "dessert"
"""Stations whose screens are broken in a demo: what the one is to make goes past the other to the printer."""
DARK: Mapping[str, tuple[Text, tuple[str, ...]]] = {
    COLD: ({"en": "Cold", "ar": "البارد"}, (DESSERT, BAR)),
    DESSERT: ({"en": "Dessert", "ar": "الحلويات"}, ()),
}
"""Each with its name and who takes over, in their order."""
FATTOUSH = Dish("fattoush", {"en": "Fattoush", "ar": "فتوش"}, SALADS, 1800)
PICTURED_MAX = 36
"""The newest slips on the picture: all that a play of a minute prints."""
IN_A_ROW = 6
PICTURE = "printer.png"
GAP_BYTES = 2
"""Between two slips, eight dots each."""
BACK_AFTER_S = 3.0
"""A guest sends a drink back when it is on paper, and before the order is fetched."""
FROM_SHARE, APART_FROM_SHARE = 0.3, 0.5
"""Of the play: what is printed earlier may have left the picture at its end."""
NO_SUGAR = Note({"en": "All drinks without sugar", "ar": "كل المشروبات بدون سكر"})
LOST_AT, LOST_FROM_S = 0.7, 15.0
"""Of the play: late, since staff's screens say it from then on; and not while a hub that began just now waits for its screens."""
STATUS_FINE = b"\x12"
SLIP_BYTES_MAX = 4 << 20
"""Four metres of paper: no command of a printer is longer."""


def can_print() -> bool:
    """True where the hub that will be started finds the extra for printers."""
    return all(find_spec(name) is not None for name in ("PIL", "escpos"))


def with_bar(menu: Menu) -> Menu:
    """The menu with drinks that the bar's printer gets, and salads of a station without a screen."""
    by_name = {name.lower(): dish for dish in DRINKS for name in (dish.name["en"], dish.item_id)}
    return replace(
        menu,
        dishes=(*menu.dishes, *DRINKS),
        categories={
            **menu.categories,
            CATEGORY: Category(CATEGORY, (BAR,)),
            SALADS: Category(SALADS, (COLD,)),
        },
        by_name={**menu.by_name, **by_name},
    )


def with_paper(script: Script, random: Random, mint: MintId) -> Script:
    """The script with a drink that is sent back after it was printed, a slip that is asked for once more, another wish, a guest who
    pays for a drink apart, and a salad that no screen shows. Pure."""
    drinks = {line_id for act in script.acts for line_id in _drinks_of(act)}
    acts = [
        replace(act, verb=Hold(_plain(act.verb.order))) if isinstance(act.verb, Hold) else act
        for act in script.acts
        if not (
            isinstance(act.verb, ChangeLine)
            and act.verb.line_id in drinks
            and act.verb.quantity_milli is None
        )
    ]
    changed = {
        act.order_id for act in acts if isinstance(act.verb, AddLines | ChangeOrder | VoidLines | VoidOrder)
    }
    fit = [
        (act.at_s + BACK_AFTER_S, act.verb.order)
        for act in acts
        if isinstance(act.verb, Hold)
        and script.seconds * FROM_SHARE <= act.at_s <= script.seconds - BACK_AFTER_S
        and act.order_id not in changed
        and 0 < len(_drinks(act.verb.order)) < len(act.verb.order.lines)
    ]
    chosen = random.sample(fit, min(3, len(fit)))
    apart = _paid_apart(acts, {order.order_id for _, order in chosen}, script.seconds)
    for at_s, order in chosen[:1]:
        acts.append(Act(at_s, order.order_id, VoidLines(_drinks(order)[:1], "guest wants it later")))
    for at_s, order in chosen[1:2]:
        acts.append(Act(at_s, order.order_id, PrintTicket(BAR)))
    for at_s, order in chosen[2:3]:
        acts.append(Act(at_s, order.order_id, ChangeOrder(notes=(NO_SUGAR,))))
    if apart:
        at_s, order_id, drink = random.choice(apart)
        acts.append(Act(at_s, order_id, Split(mint(), (drink,))))
    if script.seconds * LOST_AT >= LOST_FROM_S:
        salad = _salad(mint())
        acts.append(Act(script.seconds * LOST_AT, salad.order_id, Hold(salad)))
    return Script(tuple(sorted(acts, key=lambda act: act.at_s)))


def _paid_apart(acts: Sequence[Act], others: Container[str], seconds: float) -> list[tuple[float, str, str]]:
    """When, of which order and which drink: one that somebody might pay for alone, and to which nothing else happens."""
    named = {line_id for act in acts if isinstance(act.verb, VoidLines) for line_id in act.verb.line_ids}
    named |= {act.verb.line_id for act in acts if isinstance(act.verb, ChangeLine)}
    voided = {act.order_id for act in acts if isinstance(act.verb, VoidOrder)}
    return [
        (act.at_s + BACK_AFTER_S, act.order_id, drink)
        for act in acts
        if isinstance(act.verb, Hold)
        and seconds * APART_FROM_SHARE <= act.at_s <= seconds - BACK_AFTER_S
        and act.order_id not in others
        and act.order_id not in voided
        and len(act.verb.order.lines) > 1
        for drink in _drinks(act.verb.order)[:1]
        if drink not in named
    ]


def _salad(order_id: str) -> Order:
    line = Line(
        f"{order_id}.1",
        FATTOUSH.item_id,
        FATTOUSH.name,
        category=FATTOUSH.category,
        unit_price_minor=FATTOUSH.price_minor,
        total_minor=FATTOUSH.price_minor,
    )
    return Order(order_id, type=OrderType.TAKEAWAY, guest="Layan", lines=(line,), paid=True)


def _drinks_of(act: Act) -> tuple[str, ...]:
    return _drinks(act.verb.order) if isinstance(act.verb, Hold) else ()


def _plain(order: Order) -> Order:
    """Nobody wants a tea cut in half, nor with extra cheese."""
    lines = tuple(replace(line, notes=()) if line.category == CATEGORY else line for line in order.lines)
    return replace(order, lines=lines)


def _drinks(order: Order) -> tuple[str, ...]:
    return tuple(line.line_id for line in order.lines if line.category == CATEGORY)


@dataclass(frozen=True, slots=True)
class Slip:
    """What was cut off: rows of dots, eight a byte, a set bit is black."""

    width_bytes: int
    rows: bytes

    @property
    def height(self) -> int:
        return len(self.rows) // self.width_bytes


class PrinterPart:
    """Stands before the hub's part, which finds it in the stage."""

    def __init__(self, out: Path) -> None:
        self._path = out / PICTURE
        self._server: asyncio.Server | None = None
        self.slips: list[Slip] = []

    async def start(self, stage: Stage) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, ValueError):
                await self._serve(stage, reader, writer)
            writer.close()

        self._server = await asyncio.start_server(serve, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        stage.printer = f"{host}:{port}"

    async def stop(self, stage: Stage) -> None:
        del stage
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, stage: Stage, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: the commands that a hub sends, others end it."""
        rows, width_bytes = bytearray(), 0
        while True:
            head = await reader.readexactly(2)
            match head:
                case b"\x10\x04":  # DLE EOT n: how are you?
                    await reader.readexactly(1)
                    writer.write(STATUS_FINE)
                case b"\x1b@":
                    rows.clear()
                case b"\x1dv":  # GS v 0: a raster
                    _, _, xl, xh, yl, yh = await reader.readexactly(6)
                    width_bytes = xl + 256 * xh
                    rows += await reader.readexactly(width_bytes * (yl + 256 * yh))
                    if len(rows) > SLIP_BYTES_MAX:
                        raise ValueError("a slip without an end")
                case b"\x1dV":  # GS V: feed and cut
                    if await reader.readexactly(1) in (b"A", b"B"):
                        await reader.readexactly(1)
                    await self._cut(stage, Slip(width_bytes, bytes(rows)))
                    rows.clear()
                case b"\x1d(":  # GS ( H: say when it is out
                    await reader.readexactly(1)
                    body = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "little"))
                    writer.write(b"\x37\x22" + body[2:6] + b"\0")
                case b"\x1dr":  # GS r: said already
                    await reader.readexactly(1)
                case b"\x1bd" | b"\x1bJ":  # feed
                    await reader.readexactly(1)
                case _:
                    raise ValueError(f"no command of a printer: {head!r}")
            await writer.drain()

    async def _cut(self, stage: Stage, slip: Slip) -> None:
        if not slip.rows:
            return
        self.slips.append(slip)
        await asyncio.to_thread(_write, self._path, self.slips[-PICTURED_MAX:])
        if str(self._path) not in stage.files:
            stage.files.append(str(self._path))


def _write(path: Path, slips: Sequence[Slip]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(png(slips))


def png(slips: Sequence[Slip]) -> bytes:
    """Slips beside each other on black, the oldest first, as a PNG of one bit a dot."""
    shelves = [slips[at : at + IN_A_ROW] for at in range(0, len(slips), IN_A_ROW)]
    width_bytes = max(sum(slip.width_bytes + GAP_BYTES for slip in shelf) for shelf in shelves) + GAP_BYTES
    lines = [line for shelf in shelves for line in _shelf(shelf, width_bytes)]
    head = struct.pack(">IIBBBBB", width_bytes * 8, len(lines), 1, 0, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", head),
            _chunk(b"IDAT", zlib.compress(b"".join(b"\0" + line for line in lines))),
            _chunk(b"IEND", b""),
        )
    )


def _shelf(slips: Sequence[Slip], width_bytes: int) -> Iterator[bytes]:
    """Its lines of dots; below the end of a slip is nothing."""
    for y in range(max(slip.height for slip in slips)):
        line = bytearray(GAP_BYTES)
        for slip in slips:
            row = slip.rows[y * slip.width_bytes : (y + 1) * slip.width_bytes]
            # On paper a set bit is black, in the picture white.
            line += (row.translate(_INVERTED) or bytes(slip.width_bytes)) + bytes(GAP_BYTES)
        yield bytes(line.ljust(width_bytes, b"\0"))
    yield from [bytes(width_bytes)] * GAP_BYTES * 8


_INVERTED = bytes(0xFF ^ byte for byte in range(256))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
