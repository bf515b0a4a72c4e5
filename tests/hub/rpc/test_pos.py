"""Submit, Hold and Execute over real gRPC: answers rest on the disk, come in order, and one bad command blocks nobody."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc.aio
import pytest

from heard.command import BumpLines, Command, Hold, MarkPaid, PaintedLine, VoidLines
from heard.order import Order
from heard.stream import Bookmark, Cart, CartLine, CartState, Change, Hello, Live, View, ViewKind
from heard.v1 import command_pb2, customer_pb2, kitchen_pb2, pos_pb2
from heard.wire import live_to_pb
from hub.core import kitchen
from hub.core.decision import Decision
from hub.rpc import customer
from hub.store.seam import DecisionTooLarge, OutcomeUnknown, StoreUnavailable
from tests.hub.rpc.serving import (
    WAIT_S,
    Client,
    a_batch,
    an_order,
    error_detail,
    metadata,
    serving,
)

DONE, ALREADY, REJECTED = (
    command_pb2.OUTCOME_DONE,
    command_pb2.OUTCOME_ALREADY,
    command_pb2.OUTCOME_REJECTED,
)
INVALID = command_pb2.REASON_INVALID


def a_hold(seq: int, order_id: str, **fields: Any) -> Command:
    order = an_order(order_id, **fields)
    return Command(order.order_id, Hold(order), seq=seq)


class Till:
    """A Submit call that collects what it was answered."""

    def __init__(self, call: Any) -> None:
        self.call = call
        self.answers: dict[int, command_pb2.Answer] = {}
        self.next_seq = 0
        self.replies: list[pos_pb2.SubmitReply] = []

    async def reply(self) -> pos_pb2.SubmitReply:
        async with asyncio.timeout(WAIT_S):
            read = await self.call.read()
        assert read is not grpc.aio.EOF, await self.call.code()
        message: pos_pb2.SubmitReply = read
        self.replies.append(message)
        self.answers.update({one.seq: one for one in message.answers})
        self.next_seq = message.next_seq
        return message

    async def until(self, next_seq: int) -> None:
        while self.next_seq < next_seq:
            await self.reply()

    async def error(self) -> grpc.aio.AioRpcError:
        """Reads on to the error with which the hub ends the stream."""
        try:
            while True:
                await self.reply()
        except grpc.aio.AioRpcError as error:
            return error


async def a_till(hub: Client, device: str = "till", incarnation: str = "1") -> Till:
    till = Till(hub.submit(device, incarnation))
    await till.reply()
    return till


async def test_the_greeting_says_where_to_go_on(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        first = await a_till(hub)
        assert first.next_seq == 1
        assert first.replies[0].epoch.n == hub.hub.store.epoch.n
        assert first.replies[0].business_date == hub.hub.services.business_date()
        await first.call.write(a_batch(a_hold(1, "o1"), a_hold(2, "o2")))
        await first.until(3)
    async with serving(tmp_path) as hub:
        assert (await a_till(hub)).next_seq == 3
        assert (await a_till(hub, incarnation="2")).next_seq == 1
        hello = await hub.watch(View(ViewKind.EXPO), "till", "1").until(Hello)
        assert hello.expected_seq == 3


async def test_one_reply_answers_many_commands_and_what_it_says_is_on_disk(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        till = await a_till(hub)
        await till.call.write(a_batch(*[a_hold(seq, f"o{seq}") for seq in range(1, 101)]))
        await till.until(101)
        assert [till.answers[seq].outcome for seq in range(1, 101)] == [DONE] * 100
        assert len(till.replies) < 20
        assert max(one.rev for one in till.answers.values()) <= hub.hub.store.rev
        assert len({one.call_number for one in till.answers.values()}) == 100
    async with serving(tmp_path) as hub:
        assert len(hub.hub.store.open_orders()) == 100


async def test_repeated_commands_have_one_effect(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        till = await a_till(hub)
        for _ in range(3):
            await till.call.write(a_batch(a_hold(1, "o1"), a_hold(2, "o2")))
            await till.until(3)
        again = await a_till(hub)
        await again.call.write(a_batch(a_hold(1, "o1")))
        await again.reply()
        assert again.answers[1].outcome == ALREADY
        assert again.answers[1].call_number == till.answers[1].call_number
        assert len(hub.hub.store.open_orders()) == 2


async def test_a_command_that_comes_too_early_is_not_consumed(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        till = await a_till(hub)
        await till.call.write(a_batch(a_hold(3, "o3")))
        reply = await till.reply()
        assert (reply.expected_seq, reply.next_seq) == (1, 1)
        await till.call.write(a_batch(a_hold(1, "o1"), a_hold(2, "o2"), a_hold(3, "o3")))
        await till.until(4)


WRONG_HOLDS = [
    (replace(an_order("o"), lines=()), "hold.order.lines"),
    (replace(an_order("o"), order_id=""), "order_id"),
    (replace(an_order("o"), lines=(replace(an_order("o").lines[0], quantity_milli=-5),)), "hold.order.lines[0].quantity_milli"),
    (replace(an_order("o"), lines=(replace(an_order("o").lines[0], name={"en": "x" * 121}),)), "hold.order.lines[0].name[en]"),
    (replace(an_order("o"), lines=an_order("o").lines * 2), "hold.order.lines[1].line_id"),
    (replace(an_order("o"), table="x" * 121), "hold.order.table"),
    (replace(an_order("o"), covers=10_001), "hold.order.covers"),
]  # fmt: skip


async def test_bad_commands_are_rejected_by_field_and_block_nobody(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        till = await a_till(hub)
        wrong = [
            Command(order.order_id, Hold(order), seq=seq) for seq, (order, _) in enumerate(WRONG_HOLDS, 1)
        ]
        last = len(wrong) + 2
        batch = a_batch(*wrong, a_hold(last, "good"))
        batch.commands.insert(
            last - 2, command_pb2.Command(seq=last - 1, order_id="o")
        )  # a newer release's verb
        await till.call.write(batch)
        await till.until(last + 1)
        for seq, (_, field) in enumerate(WRONG_HOLDS, 1):
            answer = till.answers[seq]
            assert (answer.outcome, answer.reason, answer.field) == (REJECTED, INVALID, field)
            assert answer.message
        assert till.answers[last - 1].reason == command_pb2.REASON_UNSUPPORTED
        assert till.answers[last].outcome == DONE
        assert [order.order_id for order in hub.hub.store.open_orders()] == ["good"]


async def test_the_simple_calls_refuse_the_same_by_status(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        for order, field in WRONG_HOLDS:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await hub.hold(order)
            assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
            detail = error_detail(caught.value)
            assert detail.field == ("order.order_id" if field == "order_id" else field.removeprefix("hold."))
            assert detail.field in str(caught.value.details())
        assert hub.hub.store.open_orders() == []


async def test_hold_again_is_harmless_and_with_other_content_a_conflict(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        first = await hub.hold(an_order("o1"))
        assert (first.outcome, first.call_number) == (DONE, "1")
        again = await hub.hold(an_order("o1"), "another-till")
        assert (again.outcome, again.call_number, again.order_version) == (ALREADY, "1", 1)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await hub.hold(an_order("o1", table="7"))
        assert caught.value.code() is grpc.StatusCode.ALREADY_EXISTS
        assert error_detail(caught.value).reason == command_pb2.REASON_CONFLICT


async def test_execute(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        await hub.hold(an_order("o1"))
        paid = Command("o1", MarkPaid(2400, "card"), command_id="c1")
        assert (await hub.execute(paid)).outcome == DONE
        assert (await hub.execute(paid)).outcome == ALREADY
        stale = Command("o1", BumpLines("grill", (PaintedLine("l1", 99),)), command_id="c2")
        assert (await hub.execute(stale)).outcome == REJECTED  # the kitchen's word is an answer, no error
        gone = await hub.execute(Command("nobody", VoidLines(("l1",)), command_id="c3"))
        assert gone.reason == command_pb2.REASON_GONE
        for command, field in (
            (Command("o1", MarkPaid(1)), "command.command_id"),
            (Command("o1", MarkPaid(1), seq=4, command_id="c4"), "command.seq"),
            (Command("", MarkPaid(1), command_id="c5"), "command.order_id"),
        ):
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await hub.execute(command)
            assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
            assert error_detail(caught.value).field == field
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await hub.execute(Command("o1", MarkPaid(1), command_id="c1"))
        assert caught.value.code() is grpc.StatusCode.ALREADY_EXISTS


async def test_a_new_stream_of_a_device_ends_its_old_one(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        old = await a_till(hub)
        new = await a_till(hub)
        error = await old.error()
        assert error.code() is grpc.StatusCode.ABORTED
        assert error_detail(error).hint == "give each device an id of its own"
        await new.call.write(a_batch(a_hold(1, "o1")))
        await new.until(2)
        await a_till(hub, "other-till")
        assert hub.hub.services.sessions.count("submit") == 2


async def test_what_a_till_sent_before_it_hung_up_is_answered_and_stored(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        till = await a_till(hub)
        await till.call.write(a_batch(*[a_hold(seq, f"o{seq}") for seq in range(1, 31)]))
        await till.call.done_writing()
        await till.until(31)
        assert await till.call.read() is grpc.aio.EOF
        assert await till.call.code() is grpc.StatusCode.OK


async def test_a_command_without_a_seq_and_a_call_without_incarnation(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        till = await a_till(hub)
        await till.call.write(a_batch(a_hold(1, "o1"), a_hold(0, "o2")))
        error = await till.error()
        assert error_detail(error).field == "commands[1].seq"
        assert (await hub.hold(an_order("o1"))).outcome == ALREADY  # the good one before it was taken
        nameless = Till(hub.pos.Submit(metadata=metadata("till")))
        assert error_detail(await nameless.error()).field == "metadata[heard-incarnation]"


async def test_no_space_ends_the_stream_and_consumes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path) as hub:
        till = await a_till(hub)
        with monkeypatch.context() as patched:
            patched.setattr(
                type(hub.hub.store), "submit_soon", _failing(StoreUnavailable("the disk is full"))
            )
            await till.call.write(a_batch(a_hold(1, "o1")))
            error = await till.error()
            assert error.code() is grpc.StatusCode.UNAVAILABLE
            assert "nothing was stored" in error_detail(error).hint
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await hub.hold(an_order("o2"))
            assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        again = await a_till(hub)
        assert again.next_seq == 1
        await again.call.write(a_batch(a_hold(1, "o1")))
        await again.until(2)
        assert again.answers[1].outcome == DONE


async def test_an_unknown_outcome_is_answered_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path) as hub:
        till = await a_till(hub)
        with monkeypatch.context() as patched:
            patched.setattr(type(hub.hub.store), "submit_soon", _failing(OutcomeUnknown("EIO")))
            await till.call.write(a_batch(a_hold(1, "o1")))
            error = await till.error()
        assert till.answers == {}
        assert error.code() is grpc.StatusCode.UNAVAILABLE


def _failing(error: Exception) -> Any:
    def submit_soon(_self: Any, _keys: Any, _decide: Any, done: Any) -> None:
        asyncio.get_running_loop().call_soon(done, error)

    return submit_soon


@pytest.mark.parametrize("error", [DecisionTooLarge("49 keys"), RuntimeError("a mistake of ours")])
async def test_a_command_that_the_hub_cannot_carry_out_is_refused_and_blocks_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    decide = kitchen.decide

    def breaks(docs: Any, command: Command, now_ms: int, site: Any) -> Decision | kitchen.Expected:
        if command.order_id == "bad":
            raise error
        return decide(docs, command, now_ms, site)

    monkeypatch.setattr(kitchen, "decide", breaks)
    async with serving(tmp_path) as hub:
        till = await a_till(hub)
        await till.call.write(a_batch(a_hold(1, "o1"), a_hold(2, "bad")))
        await till.until(3)
        await till.call.write(a_batch(a_hold(3, "o3")))
        await till.until(4)
        assert [till.answers[seq].outcome for seq in (1, 2, 3)] == [DONE, REJECTED, DONE]
        assert till.answers[2].reason == INVALID


async def test_call_numbers_are_leased_once_and_again_when_used(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        till = await a_till(hub)

        async def lease(left: int, *commands: Command) -> tuple[int, int] | None:
            """What is leased upon these words; None when a later command is answered and no lease came."""
            await till.call.write(a_batch(*commands, numbers_left=left))
            last = seq()
            await till.call.write(a_batch(Command("x", MarkPaid(1), seq=last), numbers_left=99))
            found = None
            while last not in till.answers:
                reply = await till.reply()
                if reply.HasField("lease"):
                    found = (reply.lease.first, reply.lease.last)
            return found

        used = iter(range(1, 100))

        def seq() -> int:
            return next(used)

        assert await lease(0) == (1, 20)
        assert await lease(0) is None  # a client that does not use its block gets no further one
        assert await lease(15, a_hold(seq(), "o1", call_number="1")) is None  # enough left
        assert await lease(5, a_hold(seq(), "o2", call_number="2")) == (21, 40)
    async with serving(tmp_path) as hub:
        till = await a_till(hub)
        assert await lease(5) == (21, 40)  # told again after a restart, under the same lease


async def test_a_cart_is_shown_at_once_and_again_to_who_comes_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customer, "CART_SILENT_MAX_S", 0.6)
    cart = Cart(
        "T1", 1, CartState.OPEN, "SAR", (CartLine("l1", {"en": "Kofta\u202e"}, 1000),), total_minor=2400
    )
    view = View(ViewKind.CART, terminal="T1")
    async with serving(tmp_path) as hub:
        guest = hub.watch(view, "cds")
        await guest.until(Bookmark)
        till = await a_till(hub)
        live = live_to_pb(Live("cart", "1", 1, cart))
        await till.call.write(pos_pb2.SubmitRequest(live=[live], numbers_left=99))
        shown = await guest.until(Live)
        assert shown.value == replace(cart, lines=(replace(cart.lines[0], name={"en": "Kofta"}),))
        assert (await hub.watch(view, "cds2").until(Live)).value == shown.value
        cleared = await guest.until(Live)  # the till says nothing more
        assert cleared.value is None
        other = await a_till(hub, "another")
        await till.call.write(pos_pb2.SubmitRequest(live=[live], numbers_left=99))
        await guest.until(Live)
        await other.call.write(a_batch(a_hold(1, "o1"), live=[live], numbers_left=99))
        await other.until(2)
        assert hub.hub.services.counters.live_values_refused == 1, "the terminal is another till's"


async def test_a_wrong_cart_takes_the_one_before_down(tmp_path: Path) -> None:
    """A guest must not go on looking at an amount that is not the till's any more."""
    async with serving(tmp_path) as hub:
        guest = hub.watch(View(ViewKind.CART, terminal="T1"), "cds")
        await guest.until(Bookmark)
        till = await a_till(hub)
        for seq, qr in ((1, "a"), (2, "x" * 3000)):
            live = live_to_pb(Live("cart", "1", seq, Cart("T1", seq, CartState.PAYMENT, qr=qr)))
            await till.call.write(pos_pb2.SubmitRequest(live=[live], numbers_left=99))
        values = [(await guest.until(Live)).value for _ in range(2)]
        assert [getattr(value, "qr", None) for value in values] == ["a", None]


@pytest.mark.parametrize(
    "live",
    [
        kitchen_pb2.Live(key="x", lease=kitchen_pb2.NumberLease(first=1, last=2)),
        kitchen_pb2.Live(key="x", cart=customer_pb2.Cart(terminal="")),
        kitchen_pb2.Live(key="x", cart=customer_pb2.Cart(terminal="T1", qr="x" * 3000)),
        kitchen_pb2.Live(key="x" * (65 << 10), cart=customer_pb2.Cart(terminal="T1")),
    ],
)
async def test_a_wrong_live_value_is_left_out_and_no_order_waits_for_it(
    tmp_path: Path, live: kitchen_pb2.Live, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(tmp_path) as hub:
        till = await a_till(hub)
        for seq in (1, 2):
            await till.call.write(a_batch(a_hold(seq, f"o{seq}"), live=[live], numbers_left=99))
        await till.until(3)
        assert [till.answers[seq].outcome for seq in (1, 2)] == [DONE, DONE]
        assert hub.hub.services.counters.live_values_refused == 2
        assert caplog.text.count("cannot be shown") == 1


async def test_screens_see_what_a_till_sends_in_the_order_it_was_sent(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        screen = hub.screen()
        await screen.until(Bookmark)
        till = await a_till(hub)
        for seq in range(1, 41):
            await till.call.write(a_batch(a_hold(seq, f"o{seq}")))
        await screen.until(Change, order_id="o40")
        changes = [event for event in screen.events if isinstance(event, Change)]
        assert [one.order_id for one in changes] == [f"o{seq}" for seq in range(1, 41)]
        assert all(isinstance(one.put, Order) for one in changes)
        assert [one.rev for one in changes] == sorted({one.rev for one in changes})
