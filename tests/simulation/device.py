"""A terminal or a screen: its journal on its own disk, and the real link logic around it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from heard.command import (
    Acknowledge,
    AddLines,
    Answer,
    BumpLines,
    ChangeLine,
    Command,
    Hold,
    MarkPaid,
    MarkPickedUp,
    Outcome,
    PaintedLine,
    Reason,
    RecallLines,
    Rush,
    StartLines,
    Undo,
    Verb,
    VoidLines,
    VoidOrder,
)
from heard.link.core.commands import Commands, Fate
from heard.link.core.journal_order import JournalOrder, Renew
from heard.link.core.reflector import Reflector
from heard.order import Line, LineState, Modifier, Order, OrderType
from heard.stream import Bookmark, Change, SnapshotEnd, View, ViewKind, WatchRequest
from heard.ticket import tickets
from heard.v1 import pos_pb2
from heard.wire import decode_batch, decode_command, encode_command, submit_reply_from_pb
from hub.rpc.caller import Caller
from tests.simulation.checks import Broken, Observer, check_acknowledged, read_of
from tests.simulation.hub import Downlink, SimHub, Uplink

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

    def __init__(self, name: str, station: str, seed: int, observer: Observer) -> None:
        self.name = name
        self.station = station
        self.random = random.Random(seed)
        self.observer = observer
        self.view = (
            View(ViewKind.PREP, station=station) if station else View(ViewKind.TERMINAL, terminal=name)
        )
        self.disk = Disk(f"{name}-1")
        self.made = 0
        self.orders: list[str] = []
        self.acknowledged: set[str] = set()
        self.undoable: tuple[str, int] | None = None
        self._start()

    def _start(self) -> None:
        self.reflector = Reflector()
        self.order = JournalOrder(1, self.disk.acked, self.disk.next_seq)
        self.commands = Commands()
        for seq in range(self.disk.acked, self.disk.next_seq):
            self.commands.made(seq, self._decode(seq))
        self.down: Downlink | None = None
        self.up: Uplink | None = None
        self.greeted = False

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

    def _decode(self, seq: int) -> Command:
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

    def disconnect(self, hub: SimHub, *, still_on_its_way: bool) -> None:
        """Both streams break."""
        if self.down is not None:
            self.down.watcher.close()
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
        command = self._decode(answer.seq)
        check_acknowledged(hub.store, command, answer)
        fate = self.commands.answered(answer.seq, answer, now_s, self.reflector.rev)
        if fate is Fate.FINAL and answer.outcome is Outcome.DONE:
            self.acknowledged.add(command.user)
            if self.station and isinstance(command.verb, BumpLines):
                self.undoable = (command.order_id, answer.seq)
        if answer.reason is Reason.INVALID:
            raise Broken(f"{self.name} sent what can never be accepted: {answer.field} {answer.message}")

    def offer_parked(self, now_s: float) -> None:
        """What was answered GONE in a young epoch goes to the journal's end."""
        for seq in self.commands.due(now_s):
            command = self._decode(seq)
            new_seq = self.disk.next_seq
            moved = replace(command, seq=new_seq)
            self.disk.rows[new_seq] = encode_command(moved)
            self.disk.next_seq += 1
            self.order.appended(new_seq)
            self.commands.moved(seq, new_seq)

    # --- its people

    def act(self) -> None:
        """Somebody does something."""
        if self.station:
            self._cook()
        else:
            self._ring_up()

    def _line(self, number: int) -> Line:
        category = self.random.choice(("grill", "fry", "both", "unmapped"))
        modifiers = (Modifier("extra"),) if self.random.random() < 0.3 else ()
        return Line(
            f"{self.name}-{self.made}-{number}",
            f"item-{category}",
            {"en": category},
            self.random.randint(1, 3) * 1000,
            modifiers=modifiers,
            category=category,
        )

    def _ring_up(self) -> None:
        chance = self.random.random()
        if chance < 0.45 or not self.orders:
            order_id = f"{self.name}-o{self.made}"
            lines = tuple(self._line(number) for number in range(self.random.randint(1, 3)))
            kind = self.random.choice((OrderType.DINE_IN, OrderType.TAKEAWAY))
            self.command(order_id, Hold(Order(order_id, type=kind, terminal=self.name, lines=lines)))
            self.orders.append(order_id)
            return
        order_id = self.random.choice(self.orders)
        shown = self.reflector.documents.get(order_id)
        lines = shown.lines if isinstance(shown, Order) else ()
        if chance < 0.6:
            self.command(order_id, AddLines((self._line(0),)))
        elif chance < 0.75 and lines:
            line = self.random.choice(lines)
            version = shown.version if isinstance(shown, Order) and self.random.random() < 0.7 else 0
            self.command(
                order_id, ChangeLine(line.line_id, version, quantity_milli=self.random.randint(1, 4) * 1000)
            )
        elif chance < 0.83 and lines:
            self.command(order_id, VoidLines((self.random.choice(lines).line_id,), "guest left"))
        elif chance < 0.86:
            self.command(order_id, VoidOrder("guest left"))
        elif chance < 0.9:
            self.command(order_id, Rush(True))
        elif chance < 0.95:
            self.command(order_id, MarkPaid(1000, "cash"))
        else:
            self.command(order_id, MarkPickedUp())

    def _cook(self) -> None:
        documents = [one for one in self.reflector.documents.values() if isinstance(one, Order)]
        if self.undoable is not None and self.random.random() < 0.15:
            order_id, seq = self.undoable
            self.undoable = None
            self.command(order_id, Undo(self.station, seq))
            return
        if not documents:
            return
        order = self.random.choice(sorted(documents, key=lambda one: one.order_id))
        found = tickets(order, self.station)
        if not found:
            return
        ticket = self.random.choice(found)
        painted = tuple(
            PaintedLine(one.line.line_id, one.at.version) for one in ticket.lines if one.open or one.unseen
        )
        chosen = painted if self.random.random() < 0.6 else painted[:1]
        done = tuple(
            PaintedLine(one.line.line_id, one.at.version)
            for one in ticket.lines
            if one.at.state is LineState.DONE
        )
        chance = self.random.random()
        if ticket.unseen and chance < 0.7:
            self.command(order.order_id, Acknowledge(self.station, painted))
        elif done and chance < 0.2:
            self.command(order.order_id, RecallLines(self.station, done[:1]))
        elif chance < 0.35:
            self.command(order.order_id, StartLines(self.station, chosen))
        elif chosen:
            seq = self.command(order.order_id, BumpLines(self.station, chosen))
            painted_now = {one.line_id: read_of(order, one.line_id, self.station) for one in chosen}
            self.observer.meant[self._decode(seq).user] = {
                line_id: read for line_id, read in painted_now.items() if read is not None
            }
