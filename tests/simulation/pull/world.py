"""One seed: a cloud that is edited, faults, crashes at any write; after each write and each crash what is on disk is judged."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping
from typing import Any

from hub.cloud.catalogue import Catalogue
from hub.cloud.modules import MODULES
from hub.cloud.pull import Puller
from hub.cloud.state import ModuleState
from hub.core.sync_graph import Module, check_graph
from hub.core.sync_steps import Phase, Trigger
from hub.store.rows import MemoryRows
from hub.store.seam import StoreUnavailable
from tests.simulation.pull.cloud import FakeClient, FakeCloud, Row

GRAPH = check_graph(
    [
        Module("categories"),
        Module("item_definitions", ("categories",)),
        Module("item_barcodes", ("item_definitions",)),
        Module("prices", ("item_definitions",)),
        Module("tables"),
    ]
)
TURNS = 6
CYCLES_TO_QUIET = 4
"""Once faults are over: one that pulls, one that frees held rows' children, two for what was cut off before."""
WAIT_S = 20.0


class Crashed(Exception):
    """The process ends here."""


class DiskRows(MemoryRows):
    """What is on disk; a write may be the last thing that a process does, before or after it took effect, or find no room."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self.crash_in = 0
        self.full = 0.0

    async def write(self, rows: Mapping[str, bytes | None]) -> float:
        chance = self._world.chance
        if chance.random() < self.full:
            raise StoreUnavailable("no room")
        self.crash_in -= 1
        last = self.crash_in == 0
        if last and chance.random() < 0.5:
            self._world.crashed.set()
            await asyncio.Event().wait()
        took_s = await super().write(rows)
        self._world.judge_write()
        if last:
            self._world.crashed.set()
            await asyncio.Event().wait()
        return took_s


class World:
    """`run` ends, or raises AssertionError with what was wrong."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.cloud = FakeCloud(GRAPH.order)
        self.client = FakeClient(self.cloud, self.chance, self.chance.choice((1, 3, 20, 20)))
        self.client.between = [self.edit]
        self.rows = DiskRows(self)
        self.crashed = asyncio.Event()
        self.wrong: list[str] = []
        self.bad: set[tuple[str, str]] = set()
        self._served: dict[str, set[str]] = {name: set() for name in GRAPH.order}
        self._live: dict[str, int] = {}

    async def run(self) -> None:
        for _ in range(self.chance.randrange(15, 40)):
            self.edit()
        for _ in range(TURNS):
            for _ in range(self.chance.randrange(0, 12)):
                self.edit()
            if self.chance.random() < 0.25:
                self.cloud.generation[self.chance.choice(GRAPH.order)] += 1
            self.client.trouble = self.chance.choice((0.0, 0.1, 0.3))
            self.rows.full = self.chance.choice((0.0, 0.0, 0.05))
            self.rows.crash_in = self.chance.choice((0, self.chance.randrange(1, 20)))
            await self.turn(1)
        self.client.trouble = self.rows.full = 0.0
        self.client.between, self.rows.crash_in = [], 0
        self.mend()
        await self.turn(CYCLES_TO_QUIET)
        self.judge_end()

    async def turn(self, cycles: int) -> None:
        """A process: loads, pulls, ends cleanly or not."""
        self.crashed.clear()
        catalogue = Catalogue(self.rows, GRAPH)
        catalogue.slices.keys_max = self.chance.choice((3, 3, 100))
        await catalogue.load()
        self.judge_disk()
        puller = Puller(self.client, catalogue, 3600, lambda: 1, chance=lambda: 0.0)  # type: ignore[arg-type]
        puller.start()
        if self.chance.random() < 0.1 and cycles == 1:
            puller.reset(self.chance.choice(GRAPH.order))
        async with asyncio.timeout(WAIT_S):
            for number in range(cycles):
                if number:
                    puller.trigger(Trigger.BUTTON)
                while not self.crashed.is_set() and not (  # noqa: ASYNC110
                    puller.record.cycles > number and puller.plan.phase is Phase.IDLE
                ):
                    await asyncio.sleep(0.0005)
            # What is settled after a cycle ends before the next one; a clean stop cuts it off as well.
            while cycles > 1 and puller.plan.phase is Phase.IDLE and puller._unsettled:  # noqa: ASYNC110
                await asyncio.sleep(0.0005)
        await puller.stop()
        assert not self.wrong, self.wrong[0]

    # --- the vendor's office

    def edit(self) -> None:
        """One change of the catalogue; one in sixteen is a mistake."""
        module = self.chance.choice(GRAPH.order)
        row_id = f"{module[:2]}{self.chance.randrange(8)}"
        if self.chance.random() < 0.25:
            self._delete(module, row_id)
        elif self.chance.random() < 1 / 16:
            self.bad.add((module, row_id))
            self.cloud.put(module, row_id, {"name": "none", "price_minor": "x", "item_id": 5})
        else:
            self.cloud.put(module, row_id, self._row(module))
            self.bad.discard((module, row_id))

    def _row(self, module: str) -> Row:
        text = {"en": f"n{self.chance.randrange(1000)}"}
        parents = GRAPH.parents[module]
        if not parents:
            return {"name": text}
        there = sorted(self.cloud.rows(parents[0]))
        # Mostly one that is there; the others wait for their parent.
        parent = self.chance.choice(there) if there and self.chance.random() < 0.97 else f"{parents[0][:2]}9"
        if module == "item_definitions":
            return {"name": text, "category_id": parent}
        if module == "prices":
            return {"item_id": parent, "price_minor": self.chance.randrange(1000), "currency": "SAR"}
        return {"item_id": parent, "quantity_milli": self.chance.randrange(1, 1000)}

    def _delete(self, module: str, row_id: str) -> None:
        """As an office does: what refers to it goes too, mostly."""
        if self.chance.random() < 0.93:
            for child in GRAPH.children(module):
                for child_id, row in self.cloud.rows(child).items():
                    if row_id in row.values():
                        self._delete(child, child_id)
        if row_id in self.cloud.rows(module):
            self.cloud.put(module, row_id, None)

    def mend(self) -> None:
        """Every mistake of the office is put right: bad rows are made good, missing parents are made."""
        for module, row_id in sorted(self.bad):
            if row_id in self.cloud.rows(module):
                self.cloud.put(module, row_id, self._row(module))
        for module in GRAPH.deletion_order():
            for row in list(self.cloud.rows(module).values()):
                for field, parent in MODULES[module].refers.items():
                    wanted = row.get(field)
                    if wanted and parent in GRAPH.parents[module] and wanted not in self.cloud.rows(parent):
                        self.cloud.put(parent, wanted, self._row(parent))
        for module in GRAPH.deletion_order()[1:]:  # what was just made may lack a parent itself
            for row in list(self.cloud.rows(module).values()):
                wanted = row.get("category_id")
                if wanted and wanted not in self.cloud.rows("categories"):
                    self.cloud.put("categories", wanted, self._row("categories"))

    # --- judging

    def states(self) -> dict[str, ModuleState]:
        found = {}
        for module in GRAPH.order:
            data = self.rows.row(f"s/{module}")
            found[module] = ModuleState() if data is None else ModuleState.from_json(data)
        return found

    def live(self, module: str, state: ModuleState) -> dict[str, Any]:
        prefix = f"r/{module}/{state.live:08d}/"
        return {
            key[len(prefix) :]: json.loads(data)
            for key, data in self.rows.rows(prefix, prefix[:-1] + "0", 999)
        }

    def judge_write(self) -> None:
        """At any commit: nothing dangles, nothing vanishes, numbers are true, a shadow takes over whole."""
        states = self.states()
        content = {module: self.live(module, state) for module, state in states.items()}
        for module, state in states.items():
            served = set(content[module])
            if state.rows != len(served):
                self.wrong.append(f"{module}: {state.rows} rows are told, {len(served)} are there")
            for row_id, row in content[module].items():
                for field, parent in MODULES[module].refers.items():
                    if parent in GRAPH.parents[module] and row.get(field, "") not in {"", *content[parent]}:
                        self.wrong.append(
                            f"{module} {row_id} refers to {row[field]}, which is not in {parent}"
                        )
            for row_id in self._served[module] - served:
                if all(row is not None for _, row in self.cloud.versions(module, row_id)):
                    self.wrong.append(f"{module} {row_id} vanished, and was never deleted")
            taken_over = state.live != self._live.get(module, state.live)
            if taken_over and (module, state.cursor) not in self.cloud.ends:
                self.wrong.append(f"{module}: a shadow took over before its last page")
            self._served[module], self._live[module] = served, state.live

    def judge_disk(self) -> None:
        """After a stop or a crash: what lies before a cursor is there, or held back."""
        for module, state in self.states().items():
            at = self.cloud.position(module, state.cursor) if state.cursor else None
            if at is None:
                continue
            served = self.live(module, state)
            for row_id in {one for name, one, _ in self.cloud.log[:at] if name == module}:
                if self.rows.row(f"q/{module}/{row_id}") is not None:
                    continue
                if state.shadow and self.rows.row(f"r/{module}/{state.shadow:08d}/{row_id}") is not None:
                    continue  # it was held back before, is good by now, and comes with the shadow
                newest, row = self.cloud.versions(module, row_id)[-1]
                if newest > at:
                    continue  # as of the newest watermark it comes later
                deleted = self.rows.row(f"t/{module}/{row_id}") is not None
                found = served.get(row_id)
                if found != row and not (deleted and row is None):
                    self.wrong.append(f"{module} {row_id} is {found}; before the cursor it is {row}")
        assert not self.wrong, self.wrong[0]

    def judge_end(self) -> None:
        """Faults are over: the catalogue is the cloud's, and nothing is left beside it."""
        for module, state in self.states().items():
            assert self.live(module, state) == self.cloud.rows(module), f"{module} is not the cloud's"
        for prefix, what in (("q/", "quarantine"), ("t/", "tombstones")):
            left = self.rows.rows(prefix, prefix[0] + "0", 99)
            assert not left, f"{what} left: {left}"
        generations = {tuple(key.split("/")[1:3]) for key, _ in self.rows.rows("r/", "r0", 9_999)}
        known = {(module, f"{state.live:08d}") for module, state in self.states().items()}
        assert generations <= known, f"generations left: {generations - known}"
        indexed = {key.split("/", 3)[3] for key, _ in self.rows.rows("x/prices/", "x/prices0", 999)}
        assert indexed == {f"{row['item_id']}/{row_id}" for row_id, row in self.cloud.rows("prices").items()}
