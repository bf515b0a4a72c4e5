"""What must hold after every step between a hub and its cloud, and in the end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from heard.command import (
    Hold,
    IssueFiscal,
)
from heard.order import Order
from hub.cloud.documents import order_document
from hub.cloud.keys import last_part, span
from hub.core.outbox import OrderSyncState, OutboxRow
from hub.core.payment_papers import payment_papers
from tests.simulation.checks import Broken
from tests.simulation.cloud.vendor import MODULES

if TYPE_CHECKING:
    from tests.simulation.cloud.world import World


def check(world: World, *, deep: bool) -> None:
    if world.wire.calls_while_closed:
        raise Broken("the cloud asked for patience and was called all the same")
    _check_switch(world)
    commits = world.hub.store.stats.commits
    if commits != world.commits_seen:
        world.commits_seen = commits
        _check_orders(world)
    if deep:
        _check_menu(world)
        if not world.tills[0].copies and not world.hub.restored and (found := world.vendor.findings()):
            raise Broken(f"the cloud found {found[0]} though nothing was wrong")


def _check_orders(world: World) -> None:
    for order in world.hub.orders():
        key = f"order/{order.order_id}"
        row = world.hub.store.outbox.get(key)
        if row is None:
            raise Broken(f"{key} has no row in the outbox")
        if world.checked_rows.get(key) == row:
            continue
        if row.version != order.version:
            raise Broken(f"{key} is at version {order.version}, its row at {row.version}")
        _check_row(world, order, row)
        world.checked_rows[key] = row


def _check_switch(world: World) -> None:
    """A module that was pulled anew serves when all of it is there, never before."""
    for module, state in world.hub.catalogue.states.items():
        if state.live == world.live_generations.get(module, state.live):
            world.live_generations[module] = state.live
            continue
        world.live_generations[module] = state.live
        watermark = world.hub.puller.plan._cycle.watermark
        wanted = {one for one, seq in world.vendor.seqs(module).items() if seq <= watermark}
        there = menu(world, module).keys() | world.hub.catalogue.quarantined[module]
        if not wanted <= there:
            raise Broken(f"{module} was switched over without {sorted(wanted - there)}")


def _check_row(world: World, order: Order, row: OutboxRow) -> None:
    if row.state is OrderSyncState.ERROR and order.order_id not in world.poisoned:
        raise Broken(f"{row.key} is in ERROR though nothing is wrong with it: {row.reason}")
    if row.state is not OrderSyncState.SYNCED:
        return
    held = world.vendor.held(order.order_id)
    if held is None:
        raise Broken(f"{row.key} is SYNCED and not at the cloud")
    if held["version"] < row.version:
        raise Broken(f"{row.key} is SYNCED at {row.version}, the cloud has {held['version']}")
    if held["version"] == row.version and held["content_hash"] != order_document(order).content_hash:
        raise Broken(f"{row.key} is SYNCED at {row.version}, the cloud has another content")


def _check_newest(world: World, order: Order, row: OutboxRow) -> None:
    """Once faults stop, the cloud has the newest version, in the epoch that is now."""
    held = world.vendor.held(order.order_id)
    assert held is not None
    if (held["version"], held["epoch_n"]) != (row.version, world.hub.store.epoch.n):
        there = f"{held['version']} of epoch {held['epoch_n']}"
        raise Broken(
            f"{row.key} is at {row.version} of epoch {world.hub.store.epoch.n}, the cloud has {there}"
        )


def menu(world: World, module: str) -> dict[str, dict[str, object]]:
    live = world.hub.catalogue.states[module].live
    found = world.hub.store.rows.rows(*span(f"r/{module}/{live:08d}/"), 1_000)
    return {last_part(key): json.loads(data) for key, data in found}


def _check_menu(world: World) -> None:
    menus = {module: menu(world, module) for module in MODULES}
    for module, field, parent in (
        ("item_definitions", "category_id", "categories"),
        ("item_barcodes", "item_id", "item_definitions"),
    ):
        for row_id, row in menus[module].items():
            refers = row.get(field)
            if refers and refers not in menus[parent]:
                raise Broken(f"{module} {row_id} refers to {refers}, which is not there")


def check_the_end(world: World) -> None:
    papers = world.vendor.papers()
    known = {order.order_id: order for order in world.hub.orders()}
    for till in world.tills:
        for command in till.commands:
            if isinstance(command.verb, Hold) and command.order_id not in known:
                raise Broken(f"{command.order_id}, accepted at {till.name}, is lost")
    for order in known.values():
        row = world.hub.store.outbox.get(f"order/{order.order_id}")
        assert row is not None
        poison = world.vendor.poison.get(order.order_id)
        if poison in ("item", "batch") and row.state is not OrderSyncState.ERROR:
            raise Broken(f"{row.key} is refused by the cloud and stands in {row.state.value}")
        if poison is None and row.state is not OrderSyncState.SYNCED and order.order_id not in world.poisoned:
            raise Broken(f"{row.key} stands in {row.state.value} in the end: {row.reason}")
        if row.state is OrderSyncState.SYNCED:
            _check_newest(world, order, row)
        for paper in payment_papers({}, {f"order/{order.order_id}": order}):
            if paper.key not in papers:
                raise Broken(f"{paper.key} is not at the cloud")
    _check_numbers(world)


def _check_numbers(world: World) -> None:
    """Numbers are unique and without a gap, and what is not so was found by the cloud."""
    used: dict[tuple[str, int], list[str]] = {}
    for row in world.vendor.db.execute("SELECT series, number, id FROM fiscal"):
        used.setdefault((row["series"], row["number"]), []).append(row["id"])
    found = world.vendor.findings()
    for (series, number), documents in used.items():
        if len(documents) > 1:
            if not world.tills[0].copies:
                raise Broken(f"{series} {number} stands on {documents}")
            if not any(one["kind"] == "DUPLICATE" and one["series"] == series for one in found):
                raise Broken(f"nobody found that {series} {number} stands on {documents}")
    if world.tills[0].copies or world.hub.restored:
        return  # documents went with a card, or are told of before they are offered again
    if found:
        raise Broken(f"the cloud found {found[0]} though nothing was wrong")
    for till in world.tills:
        issued = [one.verb for one in till.commands if isinstance(one.verb, IssueFiscal)]
        for one in issued:
            if (one.series, one.number) not in used:
                raise Broken(f"{one.series} {one.number} of {till.name} is not at the cloud")
        if [one.number for one in issued] != list(range(1, len(issued) + 1)):
            raise Broken(f"{till.name} issued {[one.number for one in issued]}")
