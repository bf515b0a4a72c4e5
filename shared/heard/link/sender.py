"""The Submit stream: commands from the journal in order, live values of this device, and the hub's answers.

Journal first: a command goes out only when it is on our disk. What gathers while one message is being written goes out in the
next one; there is no linger. The stream may break and come back alone, while the picture goes on.

Longer than a room: one stream with one state; parts of it would share all of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import grpc
import grpc.aio

from heard.backoff import Backoff
from heard.clock import Clock
from heard.command import Answer, Command, IssueFiscal, Outcome, Verb
from heard.errors import InvalidInput, LinkError
from heard.link.channel import SEND_BYTES_MAX, call_error, call_metadata
from heard.link.core.commands import GONE_RETRY_S, Commands, Fate
from heard.link.core.journal_order import JournalOrder, Renew
from heard.link.journal_file import JournalFile
from heard.link.journal_store import Kept, Made, RowState
from heard.revision import NO_EPOCH, Epoch
from heard.stream import (
    CounterAdvice,
    CounterReport,
    Hello,
    Live,
    LiveValue,
    NumberLease,
    NumberRange,
    RangeWish,
    SubmitReply,
)
from heard.v1 import pos_pb2
from heard.wire import (
    check_command,
    decode_command,
    encode_command,
    live_to_pb,
    put_counters,
    submit_reply_from_pb,
)

log = logging.getLogger(__name__)

SUBMIT = "/heard.v1.PosService/Submit"
COMMAND_BYTES_MAX = SEND_BYTES_MAX - 4096
"""One command must fit in a message beside live values."""
FRESH_MAX = 1024
"""Commands whose bytes are kept in memory until they are sent; the rest is read from the journal."""
LIVE_KEYS_MAX = 64
"""Live values of one device: its cart, and room."""
NUMBERS_ENOUGH = 0xFFFFFFFF
"""`numbers_left` of a device that gives no call numbers: the hub need not lease any."""
REOPEN = Backoff(low_s=0.2, high_s=5.0, first_s=0.8)
"""Between two Submit streams on one channel; grows, because a hub that refuses only this stream needs mending."""
STABLE_S = 10.0
"""A stream that lived so long was a good one; shorter ones make the waits grow."""
TELLINGS_MAX = 3
"""Two devices of one name take the stream from each other for ever: that is said three times, not each second."""

AnswerListener = Callable[[Command, Answer], None]


class Sender:
    """Commands and live values of one device. `rev` gives the revision that the picture has reached."""

    def __init__(
        self,
        journal: JournalFile,
        *,
        device: str,
        clock: Clock,
        random: Random,
        rev: Callable[[], int],
        on_answer: AnswerListener,
    ) -> None:
        self.journal = journal
        self.commands = Commands()
        self.numbers_left: Callable[[], int] = lambda: NUMBERS_ENOUGH
        self.on_lease: Callable[[NumberLease], None] = lambda lease: None
        self._device = device
        self._clock = clock
        self._random = random
        self._rev = rev
        self._on_answer = on_answer
        kept = journal.kept
        self.order = JournalOrder(
            kept.oldest, kept.acked, kept.next_seq, _epoch(kept.values.get("epoch", ""))
        )
        self._fresh: dict[int, bytes] = {}
        self._sent: dict[int, bytes] = {}
        self._live: dict[str, Live] = {}
        self._live_dirty: set[str] = set()
        self._live_seq = 0
        self._say_numbers = False
        self._say_counters = False
        self._call: Any = None
        self.counters: Callable[[], tuple[Sequence[CounterReport], RangeWish | None]] = lambda: ((), None)
        self.on_renewed: Callable[[], None] = lambda: None
        self.on_news: Callable[[Sequence[CounterAdvice], Sequence[NumberRange]], None] = lambda _a, _r: None
        self._wake = asyncio.Event()
        self._parking: asyncio.TimerHandle | None = None
        self._told_often = False
        self._broken = ""
        for seq, data in kept.unanswered:
            self.commands.made(seq, self._decode(seq, data))
        for seq, data in kept.parked:
            self.commands.park(seq, self._decode(seq, data), clock.monotonic())

    async def command(
        self,
        order_id: str,
        verb: Verb,
        user: str = "",
        values: dict[str, str] | None = None,
        key_device: str = "",
        first_seq: int = 0,
    ) -> Command:
        """Check and write a command; returns when it is on disk. `values` are journal values of the same transaction.

        InvalidInput for what no hub would ever accept, LinkError where our disk does not take it.
        """
        at_ms = self._clock.wall_ms()
        command = check_command(
            Command(
                order_id=order_id,
                verb=verb,
                device=self._device,
                incarnation=self.journal.incarnation,
                epoch_n=self.order.epoch.n,
                user=user,
                made_at_ms=at_ms,
                key_device=key_device,
                first_seq=first_seq,
            )
        )
        data = encode_command(command)
        if len(data) > COMMAND_BYTES_MAX:
            raise InvalidInput(
                f"command.{verb.name}",
                f"has {len(data)} bytes, more than {COMMAND_BYTES_MAX}",
                "send fewer lines at once",
            )
        seq = await self.journal.append(data, at_ms, lambda seq: self._appended(seq, command, data), values)
        return replace(command, seq=seq, incarnation=self.journal.incarnation)

    async def issue(
        self,
        key: str,
        take: Callable[[str, str], tuple[str, IssueFiscal]],
        told: Callable[[str], None],
        order_id: str,
        user: str,
    ) -> Command:
        """Take a number from the journal's value under `key` and write its document, in one transaction.

        `take` (the value, the incarnation -> the value after it, the document) runs on the journal's thread. `told` gets the
        value before the command can go out, so that no report is older than a document beside it. Raises what `take` raises,
        InvalidInput, and LinkError where our disk does not take it.
        """
        at_ms, epoch_n = self._clock.wall_ms(), self.order.epoch.n

        def make(text: str, incarnation: str) -> Made:
            after, document = take(text, incarnation)
            command = check_command(
                Command(
                    order_id,
                    document,
                    device=self._device,
                    incarnation=incarnation,
                    epoch_n=epoch_n,
                    user=user,
                    made_at_ms=at_ms,
                )
            )
            data = encode_command(command)
            if len(data) > COMMAND_BYTES_MAX:
                raise InvalidInput("command.issue_fiscal", f"has {len(data)} bytes", "send a shorter body")
            return Made(data, after, command)

        def stored(made: Made) -> None:
            told(made.text)
            self._appended(made.seq, made.result, made.data)
            self.say_counters()

        made = await self.journal.append_made(key, make, at_ms, stored)
        command: Command = replace(made.result, seq=made.seq)
        return command

    def say_counters(self) -> None:
        """Tell the hub where the fiscal counters stand."""
        self._say_counters = True
        self._wake.set()

    def show(self, key: str, value: LiveValue | None) -> None:
        """Send the newest value of `key`, None to clear it; an older one that has not gone out is dropped."""
        if key not in self._live and len(self._live) >= LIVE_KEYS_MAX:
            raise InvalidInput(
                "key", f"is one more than {LIVE_KEYS_MAX} live values", "clear those that are over"
            )
        self._live_seq += 1
        self._live[key] = Live(key, self.journal.incarnation, self._live_seq, value)
        self._live_dirty.add(key)
        self._wake.set()

    def say_numbers(self) -> None:
        """Tell the hub how many call numbers are left."""
        self._say_numbers = True
        self._wake.set()

    async def run(self, channel: grpc.aio.Channel, hello: Hello) -> None:
        """Keep a Submit stream on `channel` until cancelled."""
        self._greet(hello)
        expected = hello.expected_seq
        failures = 0
        while True:
            began_s = self._clock.monotonic()
            renew = self.order.opened(expected, hello.epoch)
            if renew is None:
                renew = await self._stream(channel)
            if renew is not None:
                await self._renew(renew)
                # A new incarnation, of which the hub knows nothing yet.
                expected = 1
                continue
            failures += 1
            if self._clock.monotonic() - began_s >= STABLE_S:
                failures = 1
            self._told_often = failures > TELLINGS_MAX
            await asyncio.sleep(REOPEN.wait_s(failures, self._random.random()))
            # What had gone out may have been answered to the broken stream: only an answer proves it.
            expected = self.order.next_seq

    def _greet(self, hello: Hello) -> None:
        if self.order.epoch not in (NO_EPOCH, hello.epoch):
            log.warning(
                "the hub's store is another generation (%s): its journal is offered again", hello.epoch
            )
            self.commands.new_epoch(self._clock.monotonic())
        if self.order.epoch != hello.epoch:
            self.journal.set_value("epoch", f"{hello.epoch.n} {hello.epoch.random}")

    async def _stream(self, channel: grpc.aio.Channel) -> Renew | None:
        """One Submit stream to its end; Renew where the journal must begin a new incarnation."""
        self._sent.clear()
        self._live_dirty.update(self._live)
        self._say_numbers = self._say_counters = True
        self._wake.set()
        call: Any = channel.stream_stream(SUBMIT)(
            metadata=call_metadata(self._device, self.journal.incarnation)
        )
        self._call = call
        writer = asyncio.create_task(self._write(call), name="heard-submit-write")
        self._park_later()
        try:
            while True:
                raw = await call.read()
                if raw is grpc.aio.EOF:
                    self._end("the hub ended the stream of commands")
                    return None
                renew = self._reply(submit_reply_from_pb(pos_pb2.SubmitReply.FromString(raw)))
                if renew is not None:
                    return renew
        except grpc.RpcError as error:
            self._end(call_error(error)[0])
            return None
        except asyncio.CancelledError:
            if asyncio.current_task().cancelling():  # type: ignore[union-attr]
                raise
            return None  # the call was cancelled, by the writer
        finally:
            self._call = None
            self.order.closed()
            writer.cancel()
            call.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    def _end(self, reason: str) -> None:
        if not self._broken and not self._told_often:
            log.warning("commands cannot be sent: %s; trying again", reason)
        self._broken = reason

    async def _write(self, call: Any) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                message = await self._message()
                while message is not None:
                    await call.write(message)
                    message = await self._message()
        except (grpc.RpcError, asyncio.InvalidStateError) as error:
            log.debug("the stream of commands ended while writing: %s", error)
        except LinkError as error:
            self._end(error.what)
            call.cancel()

    async def _message(self) -> bytes | None:
        """The next message with all that waits and fits, None when nothing waits."""
        seqs = self.order.take()
        if not (seqs or self._live_dirty or self._say_numbers or self._say_counters):
            return None
        batch = pos_pb2.SubmitRequest(numbers_left=self.numbers_left())
        self._say_numbers = False
        if self._say_counters:
            self._say_counters = False
            put_counters(batch, *self.counters())
        for key in sorted(self._live_dirty):
            live_to_pb(self._live[key], batch.live.add())
            if self._live[key].value is None:
                del self._live[key]
        self._live_dirty.clear()
        size = batch.ByteSize()
        end = seqs.start
        rows = await self._stored(seqs)
        if seqs and (not rows or rows[0][0] != seqs.start):
            self.order.pruned(rows[0][0] if rows else self.order.acked)
            raise LinkError(f"command {seqs.start} is no longer in the journal")
        for seq, data in rows:
            size += len(data) + 16
            if size > SEND_BYTES_MAX and end > seqs.start:
                break
            pb = batch.commands.add()
            pb.MergeFromString(data)
            pb.seq = seq
            self._sent[seq] = data
            end = seq + 1
        self.order.sent(end)
        return batch.SerializeToString()

    async def _stored(self, seqs: range) -> list[tuple[int, bytes]]:
        if all(seq in self._fresh for seq in seqs):
            return [(seq, self._fresh.pop(seq)) for seq in seqs]
        found = await self.journal.read(seqs)
        for seq, _ in found:
            self._fresh.pop(seq, None)
        return found

    def _reply(self, reply: SubmitReply) -> Renew | None:
        if self._broken:
            if not self._told_often:
                log.info("commands are sent again")
            self._broken = ""
        for answer in reply.answers:
            self._answered(answer)
        if reply.next_seq:
            for seq in self.order.acknowledged(reply.next_seq):
                self._settle(seq, Answer(Outcome.ALREADY, seq=seq, message="answered before"))
        if reply.lease is not None:
            self.on_lease(reply.lease)
        if reply.counter_advice or reply.ranges:
            self.on_news(reply.counter_advice, reply.ranges)
        self._wake.set()
        return self.order.expected(reply.expected_seq) if reply.expected_seq else None

    def _answered(self, answer: Answer) -> None:
        if answer.seq in self._sent:
            self.order.answered(answer.seq)
            self._settle(answer.seq, answer)

    def _settle(self, seq: int, answer: Answer) -> None:
        data = self._sent.pop(seq, None)
        mark = self.commands.pending.get(seq)
        fate = self.commands.answered(seq, answer, self._clock.monotonic(), self._rev())
        if fate is Fate.PARKED:
            self.journal.answered(seq, RowState.PARKED)
            self._park_later()
            return
        state = RowState.REJECTED if answer.outcome is Outcome.REJECTED else RowState.ANSWERED
        self.journal.answered(seq, state)
        if mark is not None:
            self._on_answer(mark.command, answer)
        elif data is not None:
            self._on_answer(self._decode(seq, data), answer)

    def _appended(self, seq: int, command: Command, data: bytes) -> None:
        self.order.appended(seq)
        self.commands.made(seq, replace(command, seq=seq, incarnation=self.journal.incarnation))
        if len(self._fresh) < FRESH_MAX:
            self._fresh[seq] = data
        self._wake.set()

    def _decode(self, seq: int, data: bytes) -> Command:
        return replace(decode_command(data, self._device, self.journal.incarnation), seq=seq)

    async def renew(self, reason: str) -> None:
        """Begin a new incarnation with what is not answered, on a new stream."""
        await self._renew(Renew(reason, answered_too=False))
        if self._call is not None:
            self._call.cancel()

    async def _renew(self, renew: Renew) -> None:
        log.error("%s; the device begins a new incarnation", renew.reason)
        await self.journal.renew(answered_too=renew.answered_too, told=self._renewed)

    def _renewed(self, kept: Kept, seqs: Mapping[int, int]) -> None:
        self._fresh.clear()
        self._sent.clear()
        self.order.renewed(kept.acked, kept.next_seq)
        self.commands.renumbered(seqs)
        self.on_renewed()

    def _park_later(self) -> None:
        due_s = self.commands.next_due_s()
        if due_s is None or self._parking is not None:
            return
        wait_s = max(0.0, due_s - self._clock.monotonic())
        self._parking = asyncio.get_running_loop().call_later(wait_s, self._move_parked)

    def _move_parked(self) -> None:
        self._parking = None
        for seq in self.commands.due(self._clock.monotonic()):
            self._move(seq)
        self._park_later()

    def _move(self, seq: int) -> None:
        mark = self.commands.pending.get(seq)

        def done(future: asyncio.Future[int]) -> None:
            if not future.cancelled() and future.exception() is not None and mark is not None:
                self.commands.park(seq, mark.command, self._clock.monotonic() + GONE_RETRY_S)
                self._park_later()

        future = self.journal.move(seq, self._clock.wall_ms(), lambda new_seq: self._moved(seq, new_seq))
        future.add_done_callback(done)

    def _moved(self, seq: int, new_seq: int) -> None:
        self.order.appended(new_seq)
        self.commands.moved(seq, new_seq)
        self._wake.set()

    def close(self) -> None:
        """Stop timers."""
        if self._parking is not None:
            self._parking.cancel()


def _epoch(text: str) -> Epoch:
    n, _, random = text.partition(" ")
    return Epoch(int(n), int(random)) if n and random else NO_EPOCH
