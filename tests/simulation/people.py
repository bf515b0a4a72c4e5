"""What people do in the simulation: tills ring up, cooks press keys on what was painted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from heard.command import (
    Acknowledge,
    AddLines,
    BumpLines,
    ChangeLine,
    ChangeOrder,
    CloseStation,
    EightySix,
    FireCourse,
    Hold,
    HoldCourse,
    MarkPaid,
    MarkPickedUp,
    Merge,
    MoveTicket,
    OpenStation,
    PaintedLine,
    Pause,
    RecallLines,
    Remake,
    Rush,
    SendOut,
    Split,
    StartLines,
    Transfer,
    Undo,
    VoidLines,
    VoidOrder,
)
from heard.expo import expo_card
from heard.order import Course, Line, LineState, Modifier, Note, Order, OrderType
from heard.ticket import tickets
from tests.simulation.checks import read_of
from tests.simulation.floor import PAUSE_MS_MAX

if TYPE_CHECKING:
    from tests.simulation.device import Device

SITE = ("out", "pause", "close", "open")
TILL = {
    "hold": 30,
    "add": 10,
    "change": 34,
    "change order": 6,
    "void line": 6,
    "void order": 2,
    "rush": 5,
    "paid": 6,
    "picked up": 3,
    "fire": 4,
    "hold course": 2,
    "split": 4,
    "merge": 8,
    "transfer": 8,
    "remake": 3,
    "send out": 5,
    "out": 4,
    "pause": 6,
    "close": 4,
    "open": 3,
}
"""What a till does, by weight."""
BUSY_WITH = 3  # newest orders of a till that people still change: so that changes and bumps meet
LOOKS = 0.6  # of a cook's keys: at what came in a moment ago
OTHERS_TABLE = 0.12  # of all changes: at the other till's table, while its own till is busy with it


def act(device: Device, now_ms: int) -> None:
    """Somebody does something."""
    if device.station:
        if device.random.random() < LOOKS:
            device.paint(now_ms)
        _cook(device)
    else:
        _ring_up(device, now_ms)


def _line(device: Device, number: int) -> Line:
    category = device.random.choice(("grill", "fry", "both", "unmapped", "steps"))
    modifiers = (Modifier("extra"),) if device.random.random() < 0.3 else ()
    return Line(
        f"{device.name}-{device.made}-{number}",
        f"item-{category}",
        {"en": category},
        device.random.randint(1, 3) * 1000,
        modifiers=modifiers,
        category=category,
        course=device.random.choice((0, 0, 0, 2)),
    )


def _ring_up(device: Device, now_ms: int) -> None:
    verb = device.random.choices(tuple(TILL), tuple(TILL.values()))[0] if device.orders else "hold"
    if verb == "hold":
        order_id = f"{device.name}-o{device.made}"
        lines = tuple(_line(device, number) for number in range(device.random.randint(1, 3)))
        kind = device.random.choice((OrderType.DINE_IN, OrderType.TAKEAWAY))
        held = Order(order_id, type=kind, terminal=device.name, lines=lines)
        if device.random.random() < 0.6:
            held = replace(
                held, courses=(Course(2, fires_at_ms=device.random.choice((0, 0, now_ms + 5_000))),)
            )
        if device.random.random() < 0.15:
            held = replace(held, due_at_ms=now_ms + device.random.randrange(1, 20_000))
        device.command(order_id, Hold(held))
        device.orders[order_id] = device.tables[order_id] = [line.line_id for line in lines]
        return
    if verb in SITE:
        _manage(device, verb, now_ms)
        return
    tables = device.tables if device.random.random() < OTHERS_TABLE else device.orders
    order_id = device.random.choice(list(tables)[-BUSY_WITH:])
    line_id = device.random.choice(tables[order_id])
    shown = device.reflector.documents.get(order_id)
    version = shown.version if isinstance(shown, Order) and device.random.random() < 0.5 else 0
    match verb:
        case "add":
            line = _line(device, 0)
            device.command(order_id, AddLines((line,)))
            tables[order_id].append(line.line_id)
        case "change":
            quantity = device.random.randint(1, 4) * 1000
            device.command(order_id, ChangeLine(line_id, version, quantity_milli=quantity))
        case "change order":
            device.command(order_id, _other_words(device, now_ms))
        case "void line":
            device.command(order_id, VoidLines((line_id,), "guest left"))
        case "void order":
            device.command(order_id, VoidOrder("guest left"))
        case "rush":
            device.command(order_id, Rush(device.random.random() < 0.7))
        case "paid":
            device.command(order_id, MarkPaid(1000, "cash"))
        case "fire":
            device.command(
                order_id, FireCourse(device.random.choice((0, 2)), device.random.choice((0, now_ms + 3_000)))
            )
        case "hold course":
            device.command(order_id, HoldCourse(2))
        case "split":
            new_id = f"{device.name}-s{device.made}"
            device.command(order_id, Split(new_id, (line_id,)))
            device.orders[new_id] = device.tables[new_id] = [line_id]
        case "merge":
            others = [one for one in device.reflector.documents if one != order_id]
            if others:
                device.command(order_id, Merge(device.random.choice(others)))
        case "transfer":
            device.command(
                order_id, Transfer(str(device.random.randrange(9)), area=device.random.choice(("", "hall")))
            )
        case "remake":
            device.command(order_id, Remake((line_id,), "dropped"))
        case "send out":
            card = expo_card(shown) if isinstance(shown, Order) else None
            if card is not None and card.lines_to_send:
                chosen = device.random.sample(
                    card.lines_to_send, device.random.randint(1, len(card.lines_to_send))
                )
                device.command(
                    order_id, SendOut(tuple(PaintedLine(one.line.line_id, one.version) for one in chosen))
                )
        case _:
            device.command(order_id, MarkPickedUp())


def _other_words(device: Device, now_ms: int) -> ChangeOrder:
    """What is said of the whole order is changed: a note (an allergy perhaps), its guest or when it is due."""
    match device.random.randrange(4):
        case 0:
            return ChangeOrder(guest=device.random.choice(("Omar", "Nora", "")))
        case 1:
            return ChangeOrder(
                covers=device.random.randint(0, 4), due_at_ms=now_ms + device.random.randrange(1, 20_000)
            )
        case _:
            words = device.random.choice(((), ("no onion",), ("nut allergy",)))
            return ChangeOrder(notes=tuple(Note({"en": one}) for one in words))


def _manage(device: Device, verb: str, now_ms: int) -> None:
    """Somebody says what is out, pauses, closes or opens a station."""
    station = device.random.choice(("grill", "fry"))
    match verb:
        case "out":
            item_id = device.random.choice(("item-grill", "item-fry", "item-both"))
            device.command("", EightySix(item_id, device.random.random() < 0.4))
        case "pause":
            where = device.random.choice(("", station))
            resume = device.random.random() < 0.3
            until_ms = 0 if resume else now_ms + device.random.randint(20_000, PAUSE_MS_MAX)
            device.command("", Pause(where, until_ms, resume))
        case "close":
            device.command("", CloseStation(station))
        case _:
            device.command("", OpenStation(station))


def _cook(device: Device) -> None:
    if device.undoable is not None and device.random.random() < 0.15:
        order_id, seq = device.undoable
        device.undoable = None
        device.command(order_id, Undo(device.station, seq))
        return
    if not device.glass:
        return
    order = device.glass[device.random.choice(sorted(device.glass))]
    pending = {one.command.order_id for one in device.commands.pending.values()}
    if order.order_id in pending and device.random.random() < 0.8:
        return  # its lines are greyed
    found = tickets(order, device.station)
    if not found:
        return
    ticket = device.random.choice(found)
    painted = tuple(
        PaintedLine(one.line.line_id, one.at.version) for one in ticket.lines if one.open or one.unseen
    )
    chosen = painted if device.random.random() < 0.6 else painted[:1]
    done = tuple(
        PaintedLine(one.line.line_id, one.at.version)
        for one in ticket.lines
        if one.at.state is LineState.DONE
    )
    chance = device.random.random()
    if ticket.unseen and chance < 0.7:
        device.command(order.order_id, Acknowledge(device.station, painted))
    elif done and chance < 0.2:
        device.command(order.order_id, RecallLines(device.station, done[:1]))
    elif chance < 0.35:
        device.command(order.order_id, StartLines(device.station, chosen))
    elif chance < 0.47 and chosen:
        other = "fry" if device.station == "grill" else "grill"
        seq = device.command(order.order_id, MoveTicket(device.station, other, chosen))
        device.undoable = (order.order_id, seq)
    elif chosen:
        seq = device.command(order.order_id, BumpLines(device.station, chosen))
        painted_now = {one.line_id: read_of(order, one.line_id, device.station) for one in chosen}
        device.observer.meant[device.decode(seq).user] = {
            line_id: read for line_id, read in painted_now.items() if read is not None
        }
