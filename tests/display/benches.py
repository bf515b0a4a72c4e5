"""What tests say of a bench: three tickets on it, words and places of its picture, the one command that was sent."""

from __future__ import annotations

import dataclasses
from typing import Any

from display.core.draw import Group, Text
from display.core.effects import AskRecall, Effect, Send
from display.core.standing import Stood
from display.screens.scene import Scene
from heard.command import Verb
from heard.order import HistoryEntry, LineState, Order, OrderState, StationState
from tests.display.desks import STATION, Bench


def three_tickets(**how: Any) -> Bench:
    """A bench whose tickets, of one, two and three lines, have stood for a while."""
    made = Bench(**how)
    for lines in (1, 2, 3):
        made.hold(lines)
    made.wait(2.0)
    return made


def verb(effects: tuple[Effect, ...]) -> Verb:
    """The one command among effects."""
    sends = [effect for effect in effects if isinstance(effect, Send)]
    assert len(sends) == 1, effects
    return sends[0].verb


def words(scene: Scene, key: str) -> str:
    """What stands in the group of that key."""
    found = []

    def look(ops: tuple[object, ...]) -> None:
        for op in ops:
            if isinstance(op, Group):
                look(op.ops)
            elif isinstance(op, Text):
                found.append(op.text)

    look(tuple(op for op in scene.picture.ops if isinstance(op, Group) and op.key == key))
    return "\n".join(found)


def written(scene: Scene, prefix: str) -> list[str]:
    """What stands in the groups whose key begins so."""
    return [
        op.text
        for group in scene.picture.ops
        if isinstance(group, Group) and group.key.startswith(prefix)
        for op in group.ops
        if isinstance(op, Text)
    ]


def header(bench: Bench, n: int) -> tuple[int, int]:
    """A place in the header of the nth tile that was flipped last."""
    box = bench.flips[-1][1].tiles[n].box
    return box.x + 200, box.y + 20


def tile(bench: Bench, order_id: str) -> Stood:
    return next(one for one in bench.flips[-1][1].tiles if one.key[0] == order_id)


def done(bench: Bench, order_id: str, *lines: int) -> None:
    """These lines were bumped."""
    for n in lines:
        bench.change(
            order_id, n, lambda at, version: dataclasses.replace(at, state=LineState.DONE, version=version)
        )


def recalled(bench: Bench, *orders: Order, search: str = "") -> None:
    bench.desk.recalled(AskRecall(search, STATION), orders)
    bench.turn()
    bench.wait(0.6)


def a_bumped(bench: Bench, state: OrderState = OrderState.READY) -> Order:
    """An order that this station has made; the first line of it was bumped by a key."""
    order = bench.orders[bench.hold(2)]
    done(bench, order.order_id, 0, 1)
    order = bench.orders[order.order_id]
    history = (
        HistoryEntry("bump", "grill-2", bench.now_ms, 2, station=STATION, key_device="keys"),
        HistoryEntry("bump", "fry-1", bench.now_ms, 3, station="fry"),
    )
    there = StationState(STATION, bumped_at_ms=bench.now_ms)
    order = dataclasses.replace(order, state=state, history=history, stations=(there,))
    bench.orders[order.order_id] = order
    bench.wait(5.0)
    return order
