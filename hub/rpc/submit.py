"""One device's command stream: what came in, what is decided, and the next cumulative reply. No gRPC in here.

Replies gather what was answered since the last one was written: one message for a whole commit. A command that came too
early is not consumed; the reply names the seq to go on from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from heard.command import Answer, Hold
from heard.errors import InvalidInput
from heard.revision import Epoch
from heard.stream import CounterAdvice, NumberLease, NumberRange, SubmitReply
from heard.v1 import pos_pb2
from heard.wire import check_command, command_from_pb, counters_of, submit_reply_to_pb
from hub.core.identity import Expected
from hub.rpc.caller import Caller
from hub.rpc.counters import Counters
from hub.rpc.desk import Desk, Result
from hub.rpc.leases import Leases

IN_FLIGHT_MAX = 1_024
"""Commands of one device whose answer is not sent yet; a client sends 256 at most. Above it its stream is not read."""


class SubmitSession:
    """Made with what the hub expects; `take` what comes, send what `reply` gives, until `error` or `drained`."""

    def __init__(
        self,
        caller: Caller,
        desk: Desk,
        leases: Leases,
        counters: Counters,
        next_seq: int,
        epoch: Epoch,
        business_date: Callable[[], str],
        wake: Callable[[], None],
    ) -> None:
        self.caller = caller
        self.in_flight = 0
        self.error: Exception | None = None
        self.reading = True
        self._desk = desk
        self._next_seq = next_seq
        self._epoch = epoch
        self._business_date = business_date
        self._wake = wake
        self._answered_above: set[int] = set()
        self._answers: list[Answer] = []
        self._expected = 0
        self._lease: NumberLease | None = None
        self._greeting = True
        self._leases = leases
        self._counters = counters
        self._advice: tuple[CounterAdvice, ...] = ()
        self._ranges: tuple[NumberRange, ...] = ()

    @property
    def drained(self) -> bool:
        """True when nothing more comes in and everything is answered."""
        return not self.reading and self.in_flight == 0

    def ended(self) -> bool:
        """True once the stream must end: nothing more of it may be taken."""
        return self.error is not None

    @property
    def full(self) -> bool:
        """True where nothing more may be taken: too much waits for the disk, or for a client that reads no answers."""
        return self.in_flight + len(self._answers) >= IN_FLIGHT_MAX

    def take(self, index: int, message: pos_pb2.SubmitRequest) -> None:
        """The command at `index` of a request. Raises InvalidInput for one without a seq; any other mistake is an answer."""
        command = command_from_pb(message.commands[index], self.caller.device, self.caller.incarnation)
        if not command.seq:
            raise InvalidInput(f"commands[{index}].seq", "is 0", "number the commands of a stream from 1")
        self.in_flight += 1
        seq = command.seq
        try:
            command = check_command(command)
        except InvalidInput as error:
            self._desk.reject(
                command,
                InvalidInput(error.field.removeprefix("command."), error.what, error.hint),
                lambda result: self._told(seq, result),
            )
            return
        self._desk.submit(command, lambda result: self._told(seq, result))
        if isinstance(command.verb, Hold) and command.verb.order.call_number:
            self._leases.used(self.caller)

    def numbers_left(self, count: int) -> None:
        """The terminal has so many call numbers left."""
        self._leases.left(self.caller, count, self._leased)

    def opened(self) -> None:
        """The stream is this till's newest: what is said of its fiscal numbers goes here."""
        self._counters.opened(self.caller, self._news)

    def closed(self) -> None:
        """The stream has ended."""
        self._counters.closed(self.caller, self._news)

    def counted(self, message: pos_pb2.SubmitRequest) -> None:
        """What the message says of fiscal counters."""
        if message.counters or message.range_wishes:
            self._counters.reported(self.caller, *counters_of(message))

    def _news(self, advice: Sequence[CounterAdvice], ranges: Sequence[NumberRange]) -> None:
        self._advice, self._ranges = tuple(advice), tuple(ranges)
        self._wake()

    def _leased(self, lease: NumberLease) -> None:
        self._lease = lease
        self._wake()

    def fail(self, error: Exception) -> None:
        """The stream must end with this error."""
        if self.error is None:
            self.error = error
        self._wake()

    def stop_reading(self) -> None:
        """Nothing more comes in: what is in flight is answered, then the stream ends."""
        self.reading = False
        self._wake()

    def reply(self) -> bytes | None:
        """The next message, None when there is nothing to say."""
        news = self._advice or self._ranges
        if not (self._answers or self._expected or self._lease or self._greeting or news):
            return None
        reply = SubmitReply(
            self._next_seq,
            tuple(self._answers),
            max(self._expected, self._next_seq) if self._expected else 0,
            self._epoch,
            self._lease,
            self._business_date(),
            self._advice,
            self._ranges,
        )
        self._advice, self._ranges = (), ()
        self._answers.clear()
        self._expected = 0
        self._lease = None
        self._greeting = False
        return submit_reply_to_pb(reply).SerializeToString()

    def _told(self, seq: int, result: Result) -> None:
        self.in_flight -= 1
        if isinstance(result, Answer):
            self._answers.append(result)
            if seq == self._next_seq:
                self._next_seq += 1
                while self._next_seq in self._answered_above:
                    self._answered_above.discard(self._next_seq)
                    self._next_seq += 1
            elif seq > self._next_seq:
                self._answered_above.add(seq)
        elif isinstance(result, Expected):
            self._expected = result.n
        else:
            self.fail(result)
        self._wake()
