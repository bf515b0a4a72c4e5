"""A terminal or a screen: its journal on its own disk, and the real link logic around it."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field, replace

from heard.command import (
    Answer,
    BumpLines,
    Command,
    Outcome,
    Reason,
    SiteVerb,
    Verb,
)
from heard.link.core.commands import Commands, Fate
from heard.link.core.journal_order import JournalOrder, Renew
from heard.link.core.reflector import Reflector
from heard.order import Order
from heard.revision import NO_EPOCH
from heard.stream import Alive, Bookmark, Change, Painted, SnapshotEnd, View, ViewKind, WatchRequest
from heard.ticket import tickets
from heard.v1 import pos_pb2
from heard.wire import decode_batch, decode_command, encode_command, submit_reply_from_pb
from hub.rpc.caller import Caller
from tests.simulation.checks import Broken, Observer, check_acknowledged
from tests.simulation.hub import Downlink, SimHub, Uplink
from tests.simulation.listening import Listening

BATCH = 3  # commands in one message


@dataclass
class Disk:
    """What survives the device's death."""

    incarnation: str
    rows: dict[int, bytes] = field(default_factory=dict)
    acked: int = 1
    next_seq: int = 1


class Device:
    """One terminal (`station` "") or one screen of `station`."""

    def __init__(self, name: str, station: str, seed: int, observer: Observer, listening: Listening) -> None:
        self.name = name
        self.station = station
        self.random = random.Random(seed)
        self.observer = observer
        self.listening = listening
        self.view = (
            View(ViewKind.PREP, station=station) if station else View(ViewKind.TERMINAL, terminal=name)
        )
        self.disk = Disk(f"{name}-1")
        self.made = 0
        self.orders: dict[str, list[str]] = {}
        self.tables: dict[str, list[str]] = {}
        """Orders of all tills; the world hands the same to each."""
        self.acknowledged_site: set[str] = set()
        self.acknowledged: set[str] = set()
        self.undoable: tuple[str, int] | None = None
        self._start()

    def _start(self) -> None:
        self.reflector = Reflector()
        self.order = JournalOrder(1, self.disk.acked, self.disk.next_seq)
        self.commands = Commands()
        for seq in range(self.disk.acked, self.disk.next_seq):
            self.commands.made(seq, self.decode(seq))
        self.down: Downlink | None = None
        self.up: Uplink | None = None
        self.greeted = False
        self.glass: dict[str, Order] = {}
        self.frozen_until_ms = 0
        self.reports: deque[Painted] = deque()
        self.whole_next = True
        self.reported_epoch = NO_EPOCH

    @property
    def caller(self) -> Caller:
        return Caller(self.name, self.disk.incarnation)

    @property
    def idle(self) -> bool:
        """Everything was answered, and the picture is complete."""
        return (
            self.disk.acked == self.disk.next_seq
            and not self.commands.parked
            and not self.commands.pending
            and self.reflector.complete
        )

    # --- its disk

    def command(self, order_id: str, verb: Verb) -> int:
        """Journal first."""
        self.made += 1
        seq = self.disk.next_seq
        command = Command(
            order_id,
            verb,
            seq=seq,
            device=self.name,
            incarnation=self.disk.incarnation,
            epoch_n=self.order.epoch.n,
            user=f"{self.name}.{self.made}",
        )
        self._append(seq, command)
        return seq

    def _append(self, seq: int, command: Command) -> None:
        self.disk.rows[seq] = encode_command(command)
        self.disk.next_seq = seq + 1
        self.order.appended(seq)
        self.commands.made(seq, command)

    def decode(self, seq: int) -> Command:
        return decode_command(self.disk.rows[seq], self.name, self.disk.incarnation)

    def die(self, hub: SimHub) -> None:
        """kill -9: journal and nothing else."""
        self.disconnect(hub, still_on_its_way=True)
        self._start()

    # --- its streams

    def connect(self, hub: SimHub) -> None:
        """Opens a Watch stream where there is none."""
        if self.down is None:
            epoch, rev = self.reflector.begin()
            self.greeted = False
            self.down = hub.watch(self.caller, WatchRequest(self.view, epoch, rev, screen=bool(self.station)))
            if self.station:
                hub.heard.joined(self.name, self.station, True)
                self.reports.clear()
                self.whole_next = True

    def disconnect(self, hub: SimHub, *, still_on_its_way: bool) -> None:
        """Both streams break."""
        if self.down is not None:
            self.down.watcher.close()
            if self.station:
                hub.heard.left(self.name, self.station)
        if self.up is not None:
            hub.fence(self.up, still_on_its_way=still_on_its_way)
        self.down = self.up = None
        self.order.closed()

    def hub_died(self) -> None:
        """The connections are gone, and so is everything on its way."""
        self.down = self.up = None
        self.order.closed()

    def receive(self, hub: SimHub, now_s: float) -> None:
        """Takes one message of the picture in."""
        if self.down is None or not self.down.down:
            return
        events = decode_batch(self.down.down.popleft())
        taken = self.reflector.apply(events, now_s)
        if taken.relist:
            raise Broken(f"{self.name} had to list again without a fault: {taken.relist}")
        if taken.hello is not None:
            if self.order.epoch not in (taken.hello.epoch,) and self.order.epoch.n:
                self.commands.new_epoch(now_s)
            self._open_up(hub, taken.hello.expected_seq)
        # A stream that goes on asks again for the last revision, which the picture may already show.
        moved = any(isinstance(event, Change | Bookmark | SnapshotEnd) for event in events)
        if moved and self.reflector._staged is None:
            self.observer.check_view(
                self.name,
                self.view.name,
                self.reflector.epoch,
                self.reflector.rev,
                dict(self.reflector.documents),
                self.reflector.digest,
            )
        if self.reflector.complete:
            self.commands.reached(self.reflector.rev)

    # --- its glass

    def paint(self, now_ms: int) -> None:
        """Flips what the picture holds, and reports it: the whole of it first after a connect or a new epoch."""
        if now_ms < self.frozen_until_ms:
            return
        shown = {
            order_id: document
            for order_id, document in self.reflector.documents.items()
            if isinstance(document, Order) and tickets(document, self.station)
        }
        fresh = {
            order_id: one.version for order_id, one in shown.items() if self.glass.get(order_id) is not one
        }
        self.glass = shown
        for order_id, one in shown.items():
            self.listening.painted(self.station, order_id, one.version)
        if self.down is None:
            return
        if self.whole_next or self.reflector.epoch != self.reported_epoch:
            self.reported_epoch = self.reflector.epoch
            fresh = {order_id: one.version for order_id, one in shown.items()}
        self.reports.append(
            Painted(self.reflector.epoch, tuple(fresh.items()), whole_picture=self.whole_next)
        )
        self.whole_next = False

    def report(self, hub: SimHub, now_ms: int) -> None:
        """The paint loop gives a sign of life, and what it painted reaches the hub."""
        if self.down is None or now_ms < self.frozen_until_ms:
            return
        hub.heard.alive(self.name, self.station, Alive(self.reflector.rev))
        while self.reports:
            hub.heard.painted(self.name, self.station, self.reports.popleft())

    def _open_up(self, hub: SimHub, expected: int) -> None:
        renew = self.order.opened(expected, hub.store.epoch)
        if renew is not None:
            self._renew(renew)
            renew = self.order.opened(1, hub.store.epoch)
            assert renew is None
        self.up = hub.submit(self.caller)

    def _renew(self, renew: Renew) -> None:
        """A new incarnation carries over what no hub has answered, or all of it."""
        old = self.disk
        first = 1 if renew.answered_too else old.acked
        number = int(old.incarnation.rpartition("-")[2]) + 1
        self.disk = Disk(f"{self.name}-{number}")
        seqs: dict[int, int] = {}
        for seq in range(first, old.next_seq):
            command = decode_command(old.rows[seq], self.name, self.disk.incarnation)
            new_seq = self.disk.next_seq
            self.disk.rows[new_seq] = encode_command(replace(command, seq=new_seq))
            self.disk.next_seq += 1
            seqs[seq] = new_seq
        self.order.renewed(1, self.disk.next_seq)
        self.commands.renumbered(seqs)

    def send(self) -> None:
        """Puts the next commands on their way."""
        if self.up is None:
            return
        seqs = self.order.take(BATCH)
        if not seqs:
            return
        message = pos_pb2.SubmitRequest()
        for seq in seqs:
            message.commands.add().MergeFromString(self.disk.rows[seq])
        self.order.sent(seqs.stop)
        self.up.up.append(message.SerializeToString())

    def answers(self, hub: SimHub, now_s: float) -> None:
        """Takes one reply in."""
        if self.up is None or not self.up.down:
            return
        reply = submit_reply_from_pb(pos_pb2.SubmitReply.FromString(self.up.down.popleft()))
        for answer in reply.answers:
            self.order.answered(answer.seq)
            self._settle(hub, answer, now_s)
        for seq in self.order.acknowledged(reply.next_seq):
            self._settle(hub, Answer(Outcome.ALREADY, seq=seq), now_s)
        self.disk.acked = self.order.acked
        if reply.expected_seq:
            renew = self.order.expected(reply.expected_seq)
            if renew is not None:
                raise Broken(f"{self.name}: {renew.reason}")

    def _settle(self, hub: SimHub, answer: Answer, now_s: float) -> None:
        command = self.decode(answer.seq)
        check_acknowledged(hub.store, command, answer)
        fate = self.commands.answered(answer.seq, answer, now_s, self.reflector.rev)
        if fate is Fate.FINAL and answer.outcome is Outcome.DONE:
            self.acknowledged.add(command.user)
            if isinstance(command.verb, SiteVerb):
                self.acknowledged_site.add(command.user)
            if self.station and isinstance(command.verb, BumpLines):
                self.undoable = (command.order_id, answer.seq)
        if answer.reason is Reason.INVALID:
            raise Broken(f"{self.name} sent what can never be accepted: {answer.field} {answer.message}")

    def offer_parked(self, now_s: float) -> None:
        """What was answered GONE in a young epoch goes to the journal's end."""
        for seq in self.commands.due(now_s):
            command = self.decode(seq)
            new_seq = self.disk.next_seq
            moved = replace(command, seq=new_seq)
            self.disk.rows[new_seq] = encode_command(moved)
            self.disk.next_seq += 1
            self.order.appended(new_seq)
            self.commands.moved(seq, new_seq)
