"""The hub of the simulation: the real store on files, the real pusher, puller, catalogue and counters, tills with their journals."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from heard.command import Command, IssueFiscal, Verb
from heard.numbering import Book, FiscalPlan
from heard.order import Order
from hub.cloud.catalogue import Catalogue
from hub.cloud.counting import Counting
from hub.cloud.pull import Puller
from hub.cloud.push import Pusher, change_outbox
from hub.core.counters import news_for
from hub.core.decision import CounterBook, Decision, Docs, EpochBegan, counter_key, device_key, epoch_key
from hub.core.epochs import decide_began
from hub.core.identity import expected_seq
from hub.core.kitchen import Expected, decide, needs
from hub.core.outbox import Retry
from hub.core.site import Site
from hub.core.sync_graph import Module, check_graph
from hub.core.sync_steps import Trigger
from hub.rpc.caller import Caller
from hub.rpc.counters import Counters
from hub.store.layout import DataDir, Identity
from hub.store.opening import open_store
from hub.store.swap import copy_store, making, put_in_place, set_epoch
from tests.simulation.cloud.wire import Wire
from tests.simulation.disk import SMALL, DiskStore
from tests.simulation.hub import PLAN, PROFILE

GRAPH = check_graph(
    (
        Module("categories"),
        Module("item_definitions", ("categories",)),
        Module("item_barcodes", ("item_definitions",)),
    )
)
TURNS = 8
"""Of the loop, so that everything that can go on has gone on."""


@dataclass
class Till:
    """One terminal: what it has made, by incarnation, and its fiscal numbers. All of it is on its disk at once."""

    name: str
    chance: random.Random
    number: int = 1
    commands: list[Command] = field(default_factory=list)
    book: Book = field(init=False)
    copies: int = 0
    """Times that its card was put back to an older copy."""
    _copy: tuple[int, list[Command], Book] | None = None

    def __post_init__(self) -> None:
        self.book = Book(self.name, FiscalPlan()).under(self.incarnation, self.nonce)

    @property
    def incarnation(self) -> str:
        return f"{self.number:06x}00"

    @property
    def caller(self) -> Caller:
        return Caller(self.name, self.incarnation)

    def nonce(self) -> str:
        return f"{self.chance.getrandbits(64):016x}"

    def make(self, order_id: str, verb: Verb, epoch_n: int) -> None:
        """Journal first."""
        seq = len(self.commands) + 1
        self.commands.append(Command(order_id, verb, seq, "", self.name, self.incarnation, epoch_n))

    def issue(self, order_id: str, epoch_n: int) -> None:
        """A number and its document, in one transaction of its journal."""
        number, self.book = self.book.take()
        document = IssueFiscal(
            f"{self.name}-{self.nonce()}", "invoice", number.series, number.incarnation, number.number,
            json.dumps({"no": number.text}), 100, "SAR",
        )  # fmt: skip
        self.make(order_id, document, epoch_n)

    def renew(self) -> None:
        """A new incarnation: what no hub has answered goes with it, under new seqs."""
        self.number += 1
        self.book = self.book.under(self.incarnation, self.nonce)
        self.commands = []

    def copy(self) -> None:
        self._copy = self.number, list(self.commands), self.book

    def put_back(self) -> bool:
        """Its card is replaced by the older copy."""
        if self._copy is None or self._copy[0] != self.number:
            return False
        _, self.commands, self.book = self._copy
        self.commands = list(self.commands)
        self.copies += 1
        return True


class SimSite:
    """One hub process over one disk."""

    def __init__(self, root: Path, seed: int, clock: Callable[[], int], wire: Wire) -> None:
        self.random = random.Random(seed)
        DiskStore.groups = random.Random(seed)
        self._files = DataDir(root)
        self._clock = clock
        self.wire = wire
        self.epoch_n = 1
        self.restored = 0
        self._options = replace(
            SMALL, monotonic=lambda: clock() / 1000, wall_ms=lambda: 0, archive_days_kept=0
        )
        self._tasks: dict[str, asyncio.Task[Any]] = {}

    async def boot(self) -> None:
        """Starts on what is on disk."""
        self.store = DiskStore(open_store(self._files, self._options), self._options)
        n = self.store.epoch.n
        key = epoch_key(n)
        self.store.submit_soon(
            frozenset((key,)), lambda docs, now: decide_began(docs, n, now), lambda _: None
        )
        self.commit_all()
        began = self.store.get(key)
        assert isinstance(began, EpochBegan)
        self.site = Site(PLAN, PROFILE, epoch_n=n, epoch_began_ms=began.at_ms)
        self.pusher = Pusher(self.wire, self.store, self._clock, chance=self.random.random)
        self.counters = Counters(self.store, lambda _name, _text: None)
        self.counting = Counting(self.wire, self.counters)
        catalogue = Catalogue(self.store.rows, GRAPH)
        await self._finish(catalogue.load())
        client: Any = self.wire
        self.puller = Puller(
            client, catalogue, 60, self._clock, lambda: self._clock() / 1000, self.random.random
        )
        self.puller._look_for_network = lambda: None  # type: ignore[method-assign]  # the world says when
        self.puller.plan.trigger(Trigger.START)
        self.catalogue = catalogue

    async def _finish(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.ensure_future(work)
        while not task.done():
            await asyncio.sleep(0)
            self.store.step()
        task.result()

    def commit_all(self) -> None:
        while self.store.step():
            pass

    async def settle(self) -> None:
        """Everything that waits for nobody goes on; what a task raised is raised here."""
        for _ in range(TURNS):
            await asyncio.sleep(0)
        for name, task in list(self._tasks.items()):
            if task.done():
                del self._tasks[name]
                task.result()

    def _spawn(self, name: str, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        if name not in self._tasks:
            self._tasks[name] = asyncio.ensure_future(work())

    def push(self) -> None:
        """The pusher looks at what is due."""
        self._spawn("push", self.pusher._step)

    def pull(self) -> None:
        self._spawn("pull", self._pull)

    async def _pull(self) -> None:
        for action in self.puller.plan.actions(self._clock(), self.random.random()):
            await self.puller._begin(action)

    def count(self) -> None:
        self._spawn("count", self._count)

    async def _count(self) -> None:
        await self.counting._guarded(())

    def retry(self, keys: list[str]) -> None:
        """A person asks for another try of what is in ERROR."""
        self._spawn("retry", lambda: change_outbox(self.store, [Retry(key) for key in keys]))

    def offer(self, till: Till) -> None:
        """The till's stream: what the hub expects next of it, as its Hello says."""
        expected = expected_seq(self.store.get(device_key(till.name)), till.incarnation)
        if expected > len(till.commands) + 1:
            till.renew()  # the hub has seen more of it than it ever made: this is an older copy
            return
        if expected <= len(till.commands):
            command = till.commands[expected - 1]
            self.store.submit_soon(
                needs(command), lambda docs, now: self._decide(docs, command, now), lambda _: None
            )

    def _decide(self, docs: Docs, command: Command, now_ms: int) -> Decision:
        found = decide(docs, command, now_ms, self.site)
        if isinstance(found, Expected):  # offered twice at once
            return Decision(None, {key: doc.version if doc else None for key, doc in docs.items()})
        return found

    def report(self, till: Till) -> None:
        """The till says where its counters stand, and hears what the cloud said of them."""
        self.counters.opened(till.caller, lambda *_: None)
        answered = expected_seq(self.store.get(device_key(till.name)), till.incarnation) - 1
        waiting = [one for one in till.commands[answered:] if isinstance(one.verb, IssueFiscal)]
        self.counters.reported(till.caller, till.book.reports(len(waiting)), ())
        book = self.store.get(counter_key(till.name))
        if isinstance(book, CounterBook):
            for one in news_for(book, till.incarnation, ()).advice:
                if one.new_incarnation and one.incarnation == till.incarnation:
                    till.renew()
                elif one.confirmed_nonce:
                    till.book = till.book.confirmed(one.confirmed_nonce, one.confirmed_next, till.nonce)

    def orders(self) -> list[Order]:
        """All that are on disk."""
        ids = [one.order_id for one in self.store.open_orders()]
        for day in {one.business_date for one in self.store.open_orders()} | {"1970-01-01", "1969-12-31"}:
            ids += self.store.outbox.closed_on(day)
        found = [self.store.outbox.order(one) for one in dict.fromkeys(ids)]
        return [one for one in found if one is not None]

    async def stop_tasks(self) -> None:
        tasks = [*self._tasks.values(), *self.puller._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()

    async def crash(self) -> None:
        """kill -9 and start again."""
        await self.stop_tasks()
        self.store.crash()
        await self.boot()

    async def restore(self, image: Path) -> None:
        """An old backup in the store's place, with a new epoch."""
        await self.stop_tasks()
        self.store.crash()
        self.epoch_n += 1
        self.restored += 1
        identity = Identity(self.store.store_id, self.epoch_n, self.random.getrandbits(64))
        ready = making(self._files)
        copy_store(image, ready)
        set_epoch(ready, identity)
        put_in_place(self._files, ready, "replaced")
        await self.boot()

    async def close(self) -> None:
        await self.stop_tasks()
        self.store.crash()
