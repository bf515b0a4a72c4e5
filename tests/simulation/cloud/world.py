"""One run from one seed: tills, a hub and its cloud, and everything that goes wrong between them."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path
from unittest.mock import patch

from heard.command import (
    AddLines,
    BumpLines,
    Hold,
    MarkPaid,
    MarkPickedUp,
    PaintedLine,
    Rush,
    VoidOrder,
)
from heard.order import Line, LineState, Order, OrderType, Totals
from hub.cloud import pace, push
from hub.cloud.apply import judged_row
from hub.cloud.modules.row import BadRow
from hub.core.decision import device_key
from hub.core.identity import expected_seq
from hub.core.outbox import OutboxRow
from hub.core.sync_steps import Trigger
from tests.simulation.checks import Broken
from tests.simulation.cloud.checks import check, check_the_end, menu
from tests.simulation.cloud.site import SimSite, Till
from tests.simulation.cloud.vendor import MODULES, Vendor
from tests.simulation.cloud.wire import Wire

STEPS = 160
BACKUP_AT = 70
ORDERS_MAX = 8
RESTORES_MAX = 2
COPIES_MAX = 1
QUIET_ROUNDS_MAX = 150
"""One document a round after an outage, each suspect once more: eight orders with their papers need some fifty."""
QUIET_MS = 400_000
"""Between two rounds of quiet: the longest waits of the plans pass in ten of them."""
SALE_EVERY = 4
"""Of the quiet rounds one has a sale: each has one push, and what waits must come between."""
NAMES = ("Burger", "برجر", "Fries")


class World:
    """`run` raises Broken, or whatever the real code raises, at the first step that breaks a promise."""

    def __init__(self, seed: int, root: Path) -> None:
        self.random = random.Random(seed)
        self.now_ms = 1_000_000
        self.vendor = Vendor(self._tick)
        self.wire = Wire(self.vendor, random.Random(seed + 1), lambda: self.now_ms)
        self.hub = SimSite(root, seed + 2, self._tick, self.wire)
        self.tills = [
            Till("T1", random.Random(seed + 3)),
            Till("T2", random.Random(seed + 4)),
            Till("grill", random.Random(seed + 5)),
        ]
        self.made: list[str] = []
        self.poisoned: set[str] = set()
        self.backup: Path | None = None
        self.bad_rows = False
        self.checked_rows: dict[str, OutboxRow] = {}
        self.live_generations: dict[str, int] = {}
        self.commits_seen = -1

    def _tick(self) -> int:
        self.now_ms += 1
        return self.now_ms

    async def run(self, steps: int = STEPS) -> None:
        """Faults for `steps`, then quiet until everything has settled."""
        # The rests and measures of a real machine would make two runs of one seed differ.
        with (
            patch.object(pace, "SLICE_REST_S_MAX", 0.0),
            patch.object(pace, "SLICE_S_MAX", float("inf")),
            patch.object(pace, "WORK_S_MAX", float("inf")),
            patch.object(push, "REST_TIMES", 0.0),
            patch.object(pace, "SLICE_KEYS_FIRST", 1),  # a crash may come between two rows of a page
            patch.object(push, "STORE_WAIT_S", 0.0),
        ):
            await self.hub.boot()
            try:
                self._first_menu()
                restored_at = self.random.randrange(95, 140) if self.random.random() < 0.6 else -1
                for number in range(steps):
                    self.now_ms += self.random.randrange(1_500)
                    if number == BACKUP_AT:
                        self.hub.commit_all()
                        self.backup = self.hub.store.image()
                    if number == restored_at:
                        await self._restore()
                    await self._step()
                    await self.hub.settle()
                    check(self, deep=number % 6 == 0)
                await self._quiet()
            finally:
                await self.hub.close()

    # --- what happens

    async def _step(self) -> None:
        chance = self.random.random()
        hub = self.hub
        if chance < 0.16:
            self._act(self.random.choice(self.tills))
        elif chance < 0.32:
            hub.offer(self.random.choice(self.tills))
        elif chance < 0.48:
            for _ in range(self.random.randint(1, 3)):
                hub.store.step()
                await asyncio.sleep(0)
        elif chance < 0.60:
            hub.push()
        elif chance < 0.68:
            hub.pull()
        elif chance < 0.84:
            for _ in range(self.random.randint(1, 3)):
                self.wire.deliver(faults=True)
                await hub.settle()
        elif chance < 0.88:
            for till in self.tills:
                hub.report(till)
            hub.count()
        elif chance < 0.93:
            self._edit_menu()
        else:
            await self._fault()

    async def _fault(self) -> None:
        chance = self.random.random()
        hub = self.hub
        if chance < 0.18:
            self.wire.deliver_late()
        elif chance < 0.34:
            self.wire.down = not self.wire.down
            if not self.wire.down:
                hub.pusher.network_back()
                hub.puller.trigger(Trigger.NETWORK_BACK)
        elif chance < 0.50:
            await hub.crash()
            self.live_generations.clear()
            self.wire.closed_until_ms = 0  # what was asked of the hub before it died is forgotten
        elif chance < 0.56 and hub.restored < RESTORES_MAX:
            await self._restore()
        elif chance < 0.76:
            module = self.random.choice(MODULES)
            rows = sorted(self.vendor.rows(module))
            if rows:
                self.vendor.edit(module, {}, (self.random.choice(rows),))
            self.vendor.reset(module)
        elif chance < 0.84:
            self.now_ms += self.random.choice((30_000, 600_000))
        elif chance < 0.90:
            hub.pusher.push_now()
            hub.puller.trigger(Trigger.BUTTON)
        elif chance < 0.95:
            self.tills[0].copy()
        elif self.tills[0].copies < COPIES_MAX and self.tills[0].put_back():
            hub.offer(self.tills[0])  # it says hello before anybody works with it

    async def _restore(self) -> None:
        if self.backup is None:
            return
        for _ in range(4):  # an hour of ordinary business, of which the backup knows nothing
            self._act(self.tills[1])
            await self._round(faults=True)
        await self.hub.restore(self.backup)
        self.wire.closed_until_ms = 0
        self.checked_rows.clear()
        self.live_generations.clear()
        if self.random.random() < 0.8:
            self.tills[1].renew()  # a tablet broke too: only the cloud knows what it did since the backup

    def _act(self, till: Till) -> None:
        epoch_n = self.hub.site.epoch_n
        if till.name == "grill":
            order = self._some_order()
            painted = (
                ()
                if order is None
                else tuple(
                    PaintedLine(line.line_id, at.version)
                    for line in order.lines
                    if (at := line.at("grill")) and at.state in (LineState.QUEUED, LineState.STARTED)
                )
            )
            if order is not None and painted:
                till.make(order.order_id, BumpLines("grill", painted), epoch_n)
            return
        mine = [one for one in self.made if one.startswith(till.name)]
        if not mine or (len(self.made) < ORDERS_MAX and self.random.random() < 0.4):
            poisoned = self.random.random() < 0.2
            self._sell(till, self.random.choice(("item", "batch", "crash")) if poisoned else "")
            return
        order_id = self.random.choice(mine)
        chance = self.random.random()
        if chance < 0.25:
            till.make(order_id, MarkPaid(100, "card"), epoch_n)
        elif chance < 0.45:
            till.issue(order_id, epoch_n)
        elif chance < 0.6:
            line = Line(f"{order_id}.x{len(till.commands)}", "fries", {"en": "Fries"}, category="fry")
            till.make(order_id, AddLines((line,)), epoch_n)
        elif chance < 0.7:
            till.make(order_id, VoidOrder("mistake"), epoch_n)
        elif chance < 0.85:
            till.make(order_id, MarkPickedUp(), epoch_n)
        else:
            till.make(order_id, Rush(self.random.random() < 0.5), epoch_n)

    def _some_order(self) -> Order | None:
        open_now = self.hub.store.open_orders()
        return self.random.choice(open_now) if open_now else None

    def _first_menu(self) -> None:
        self.vendor.edit("categories", {f"c{n}": {"name": {"en": f"Category {n}"}} for n in range(3)})
        self.vendor.edit(
            "item_definitions",
            {f"i{n}": {"name": {"en": f"Dish {n}"}, "category_id": f"c{n % 3}"} for n in range(5)},
        )
        self.vendor.edit("item_barcodes", {f"b{n}": {"item_id": f"i{n % 5}"} for n in range(6)})

    def _edit_menu(self) -> None:
        """A vendor's office at work, also between two pages of a pull."""
        vendor, chance = self.vendor, self.random.random()
        number = self.random.randrange(8)
        if chance < 0.2:
            vendor.edit(
                "categories", {f"c{number}": {"name": {"en": f"Category {self.random.randrange(99)}"}}}
            )
        elif chance < 0.5:
            parents = sorted(vendor.rows("categories"))
            parent = self.random.choice(parents) if parents and self.random.random() < 0.9 else "nowhere"
            self.bad_rows = self.bad_rows or parent == "nowhere"
            row = {"name": {"en": f"Dish {self.random.randrange(99)}"}, "category_id": parent}
            vendor.edit("item_definitions", {f"i{number}": row})
        elif chance < 0.6:
            self.bad_rows = True
            vendor.edit("item_definitions", {f"i{number}": {"name": 7}})
        elif chance < 0.75:
            items = sorted(vendor.rows("item_definitions"))
            if items:
                vendor.edit("item_barcodes", {f"b{number}": {"item_id": self.random.choice(items)}})
        elif chance < 0.85:
            vendor.edit("item_barcodes", {}, (f"b{number}",))
        elif chance < 0.95:
            vendor.edit("item_definitions", {}, (f"i{number}",))
        else:
            vendor.edit("categories", {}, (f"c{number}",))

    def _sell(self, till: Till, poison: str = "") -> None:
        order_id = f"{till.name}-{len(self.made)}"
        self.made.append(order_id)
        if poison:
            self.vendor.poison[order_id] = poison
            self.poisoned.add(order_id)
        lines = tuple(
            Line(
                f"{order_id}.{n}",
                "burger",
                {"en": self.random.choice(NAMES)},
                category=self.random.choice(("grill", "fry")),
            )
            for n in range(self.random.randint(1, 3))
        )
        held = Order(order_id, str(len(self.made)), OrderType.TAKEAWAY, lines=lines, terminal=till.name,
                     totals=Totals("SAR", 100, 0, 13, 100))  # fmt: skip
        till.make(order_id, Hold(held), self.hub.site.epoch_n)

    # --- faults are over

    async def _quiet(self) -> None:
        self.wire.down = False
        self.wire.late.clear()
        self._repair_menu()
        self.hub.pusher.push_now()
        self.hub.puller.trigger(Trigger.BUTTON)
        for count in range(QUIET_ROUNDS_MAX):
            self.now_ms += QUIET_MS
            waiting = self._open_rows() if count % SALE_EVERY == 0 else ()
            if waiting and all(key.partition("/")[2] in self.poisoned for key in waiting):
                self._sell(self.tills[1])  # the house sells on: what the cloud takes proves what it refuses
            await self._round()
            check(self, deep=True)
            if self._settled():
                break
        else:
            raise Broken(f"not quiet after {QUIET_ROUNDS_MAX} rounds: {self._what_is_open()}")
        check_the_end(self)

    def _repair_menu(self) -> None:
        """The vendor's office mends what it broke."""
        categories = sorted(self.vendor.rows("categories")) or ["c0"]
        if not self.vendor.rows("categories"):
            self.vendor.edit("categories", {"c0": {"name": {"en": "All"}}})
        for row_id, row in self.vendor.rows("item_definitions").items():
            if row.get("name") == 7 or row.get("category_id") not in categories:
                good = {"name": {"en": f"Mended {row_id}"}, "category_id": categories[0]}
                self.vendor.edit("item_definitions", {row_id: good})
        items = set(self.vendor.rows("item_definitions"))
        gone = tuple(
            one for one, row in self.vendor.rows("item_barcodes").items() if row["item_id"] not in items
        )
        self.vendor.edit("item_barcodes", {}, gone)

    async def _round(self, *, faults: bool = False) -> None:
        """Everybody gets on with it; with `faults` only till T2 and the pusher do."""
        hub = self.hub
        for till in self.tills[1:2] if faults else self.tills:
            hub.offer(till)
        hub.commit_all()
        if faults:
            hub.push()
            await hub.settle()
            self.wire.deliver(faults=True)
            await hub.settle()
            hub.commit_all()
            return
        for till in self.tills:
            hub.report(till)
        hub.commit_all()
        hub.push()
        hub.pull()
        hub.count()
        for _ in range(12):
            await hub.settle()
            while self.wire.waiting:
                self.wire.deliver(faults=False)
                await hub.settle()
            hub.commit_all()

    def _open_rows(self) -> list[str]:
        outbox = self.hub.store.outbox
        hopeless = {f"order/{one}" for one, how in self.vendor.poison.items() if how == "crash"}
        return [row.key for row in (*outbox.live(0), *outbox.backlog(0)) if row.key not in hopeless]

    def _waiting_commands(self) -> int:
        store = self.hub.store
        return sum(
            len(till.commands) + 1 - expected_seq(store.get(device_key(till.name)), till.incarnation)
            for till in self.tills
        )

    def _menu_differs(self) -> str:
        for module in MODULES:
            ours, theirs = menu(self, module), self.vendor.rows(module)
            stones = self.hub.catalogue.tombstones[module]
            if self.hub.catalogue.quarantined[module]:
                return f"{module}: {sorted(self.hub.catalogue.quarantined[module])} in quarantine"
            if set(ours) - stones != set(theirs):
                return f"{module}: has {sorted(ours)}, the cloud {sorted(theirs)}"
            for row_id, row in theirs.items():
                if json.loads(judged_row(self.hub.catalogue, module, row_id, row)) != ours[row_id]:
                    return f"{module} {row_id}: {ours[row_id]}, the cloud {row}"
        return ""

    def _settled(self) -> bool:
        try:
            menu = self._menu_differs()
        except BadRow:
            return False
        return not self._open_rows() and not self._waiting_commands() and not menu

    def _what_is_open(self) -> str:
        return f"rows {self._open_rows()}, {self._waiting_commands()} commands, menu {self._menu_differs()!r}"


def run(seed: int, root: Path) -> None:
    """One seed, whole."""
    asyncio.run(World(seed, root / str(seed)).run())
