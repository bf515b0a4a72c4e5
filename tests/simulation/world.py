"""One run from one seed: two terminals, two screens, a hub, and everything that goes wrong between them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from heard.command import Hold, Split
from heard.order import Order
from heard.wire import decode_command
from hub.core.decision import order_key
from hub.rpc import feeds, watcher
from tests.simulation.checks import Broken, Observer
from tests.simulation.device import Device
from tests.simulation.hub import STATIONS, SimHub
from tests.simulation.listening import Listening
from tests.simulation.people import act

MakeHub = Callable[[int, Callable[[], int], Observer, Listening], SimHub]
FROZEN_MS_MAX = 20_000
STEPS = 350
QUIET_ROUNDS_MAX = 300
"""Every journal drains in one round trip a command, and what was GONE waits 5 s; more means that something is stuck."""
QUICK_ROUNDS = 150
"""After them time passes faster: what stays GONE is offered again for the first ten minutes of an epoch."""
RESTORES_MAX = 2
SMALL_BATCH_BYTES = 700
SMALL_FEED = 5
SMALL_PAGE = 3


class World:
    """`run` raises Broken, or whatever the real code raises, at the first step that breaks a promise."""

    def __init__(self, seed: int, make_hub: MakeHub = SimHub) -> None:
        self.random = random.Random(seed)
        self.now_ms = 1_000_000
        self.observer = Observer()
        self.listening = Listening(STATIONS)
        self.hub = make_hub(seed, self._tick, self.observer, self.listening)
        self.devices = [
            Device(name, station, seed * 7 + number, self.observer, self.listening)
            for number, (name, station) in enumerate(
                (("T1", ""), ("T2", ""), ("grill", "grill"), ("fry", "fry")), start=1
            )
        ]
        for device in self.devices:
            device.tables = self.devices[0].tables
        self.screens = [device for device in self.devices if device.station]
        self.backup: Any = None
        self.restores = 0
        self.log: list[str] = []

    def _tick(self) -> int:
        self.now_ms += 1
        return self.now_ms

    @property
    def now_s(self) -> float:
        return self.now_ms / 1000

    def run(self, steps: int = STEPS) -> None:
        """Faults for `steps`, then quiet until everything has settled. Pages and messages are small: many seams."""
        with (
            patch.object(feeds, "BATCH_BYTES_MAX", SMALL_BATCH_BYTES),
            patch.object(feeds, "PIECES_MAX", SMALL_FEED),
            patch.object(watcher, "LOG_PAGE", SMALL_PAGE),
        ):
            self._run(steps)

    def _run(self, steps: int) -> None:
        for _ in range(steps):
            self.now_ms += self.random.randrange(200)
            self._step()
            self.hub.tick()
        for number in range(QUIET_ROUNDS_MAX):
            self.now_ms += 250 if number < QUICK_ROUNDS else 4_000
            self._round()
            if self._settled():
                break
        else:
            stuck = [
                f"{one.name} {one.disk.acked}<{one.disk.next_seq}" for one in self.devices if not one.idle
            ]
            raise Broken(f"not quiet after {QUIET_ROUNDS_MAX} rounds: {stuck}")
        self.listening.check_quiet(self.hub.heard)
        self._at_the_end()

    def _round(self) -> None:
        """Everybody gets on with it, nothing goes wrong."""
        for device in self.random.sample(self.devices, len(self.devices)):
            device.connect(self.hub)
            device.offer_parked(self.now_s)
            device.send()
            if device.up is not None:
                device.up.pump()
        while self.hub.store.step():
            pass
        for device in self.devices:
            if device.up is not None:
                device.up.pump()
            if device.down is not None:
                device.down.watcher.bookmark()
                device.down.pump()
            device.answers(self.hub, self.now_s)
            device.receive(self.hub, self.now_s)
        for screen in self.screens:
            screen.frozen_until_ms = 0
            screen.paint(self.now_ms)
            screen.report(self.hub, self.now_ms)
        self.hub.tick()
        for zombie in list(self.hub.zombies):
            zombie.pump()
            if not zombie.up:
                self.hub.zombies.remove(zombie)

    def _step(self) -> None:
        device = self.random.choice(self.devices)
        chance = self.random.random()
        if chance < 0.18:
            act(device, self.now_ms)
        elif chance < 0.25:
            device.connect(self.hub)
        elif chance < 0.39:
            device.send()
        elif chance < 0.5:
            if device.up is not None:
                device.up.pump()
        elif chance < 0.62:
            for _ in range(self.random.randint(1, 4)):
                self.hub.store.step()
        elif chance < 0.74:
            for one in self.random.sample(self.devices, 2):
                if one.down is not None:
                    if self.random.random() < 0.3:
                        one.down.watcher.bookmark()
                    one.down.pump()
        elif chance < 0.85:
            for one in self.random.sample(self.devices, 2):
                for _ in range(self.random.randint(1, 3)):
                    one.receive(self.hub, self.now_s)
                if one.station and self.random.random() < 0.7:
                    one.paint(self.now_ms)
        elif chance < 0.88:
            for screen in self.screens:
                screen.report(self.hub, self.now_ms)
        elif chance < 0.95:
            device.answers(self.hub, self.now_s)
        elif chance < 0.965:
            device.offer_parked(self.now_s)
        else:
            self._fault(device)
        if self.hub.zombies and self.random.random() < 0.1:
            zombie = self.random.choice(self.hub.zombies)
            zombie.pump()
            if not zombie.up:
                self.hub.zombies.remove(zombie)

    def _fault(self, device: Device) -> None:
        chance = self.random.random()
        if chance < 0.08:
            device.frozen_until_ms = self.now_ms + self.random.randrange(FROZEN_MS_MAX)
        elif chance < 0.4:
            device.disconnect(self.hub, still_on_its_way=self.random.random() < 0.5)
        elif chance < 0.5:
            device.die(self.hub)
        elif chance < 0.65:
            self.hub.crash()
            self._all_cut()
        elif chance < 0.8:
            self.hub.store.compact(self.hub.store.rev - self.random.randrange(6))
        elif chance < 0.9:
            self.backup = self.hub.store.image()
        elif self.backup is not None and self.restores < RESTORES_MAX:
            self.restores += 1
            self.hub.restore(self.backup)
            self._all_cut()

    def _all_cut(self) -> None:
        for device in self.devices:
            device.hub_died()

    def _settled(self) -> bool:
        for device in self.devices:
            if not device.idle or device.reflector.epoch != self.hub.store.epoch:
                return False
            if device.down is None or device.reflector.rev != self.hub.store.rev:
                return False
        return not any(order.scheduled for order in self.hub.store.open_orders()) and self.hub.floor.settled

    def _at_the_end(self) -> None:
        """No order that a till has accepted is missing, and nothing that was acknowledged in this epoch is without effect."""
        self._every_line_once()
        done = set() if self.restores else set().union(*(device.acknowledged_site for device in self.devices))
        self.hub.floor.check_quiet(done)
        for device in self.devices:
            for row in device.disk.rows.values():
                command = decode_command(row, device.name, device.disk.incarnation)
                order = self.hub.store.get(order_key(command.order_id))
                if isinstance(command.verb, Hold) and not isinstance(order, Order):
                    raise Broken(f"{command.order_id}, accepted at {device.name}, is lost")
                if self.restores or command.user not in device.acknowledged or not isinstance(order, Order):
                    continue
                if command.user not in {entry.user for entry in order.history}:
                    raise Broken(f"{command.user} ({command.verb.name}) was acknowledged without an effect")

    def _every_line_once(self) -> None:
        """Whatever was split and merged by whom: a line that was rung up stands in exactly one order."""
        ids: set[str] = set()
        rung: set[str] = set()
        for device in self.devices:
            for row in device.disk.rows.values():
                command = decode_command(row, device.name, device.disk.incarnation)
                ids.add(command.order_id)
                if isinstance(command.verb, Split):
                    ids.add(command.verb.new_order_id)
                if isinstance(command.verb, Hold):
                    rung.update(line.line_id for line in command.verb.order.lines)
        found: dict[str, list[str]] = {}
        for order_id in ids:
            order = self.hub.store.get(order_key(order_id))
            for line in order.lines if isinstance(order, Order) else ():
                found.setdefault(line.line_id, []).append(order_id)
        wrong = {
            line_id: found.get(line_id) for line_id in rung | set(found) if len(found.get(line_id, ())) != 1
        }
        if wrong:
            raise Broken(f"these lines are not in exactly one order: {wrong}")


def run(seed: int, make_hub: MakeHub = SimHub) -> None:
    """One seed, whole."""
    world = World(seed, make_hub)
    try:
        world.run()
    finally:
        world.hub.close()
