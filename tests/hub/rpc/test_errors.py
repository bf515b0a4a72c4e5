"""One table from exceptions to statuses; what is not in it is our mistake, and is logged."""

from __future__ import annotations

import logging
from typing import Any

import grpc
import pytest
from google.protobuf.message import DecodeError

from heard.command import Answer, Outcome, Reason
from heard.errors import InvalidInput
from heard.link.channel import call_error
from heard.v1 import errors_pb2
from heard.why import Why
from hub.rpc.errors import (
    MESSAGE_BYTES_MAX,
    Fenced,
    NotFound,
    Stopping,
    TooMany,
    TooSlow,
    refuse,
    refuse_answer,
)
from hub.store.seam import DecisionTooLarge, OutcomeUnknown, StoreUnavailable

Status = grpc.StatusCode


class Aborted(Exception):
    pass


class Call:
    """A call that remembers how it was ended."""

    def __init__(self) -> None:
        self.status: Status | None = None
        self.details = ""
        self.detail = errors_pb2.ErrorDetail()

    async def abort(self, status: Status, details: str, trailing: tuple[tuple[str, bytes], ...]) -> None:
        self.status, self.details = status, details
        ((key, data),) = trailing
        assert key == "heard-error-bin"
        self.detail = errors_pb2.ErrorDetail.FromString(data)
        raise Aborted


async def refused(error: Exception) -> Call:
    call = Call()
    with pytest.raises(Aborted):
        await refuse(call, error)
    return call


CASES: list[tuple[Exception, Status, str, str]] = [
    (InvalidInput("order.lines", "is empty", "add one"), Status.INVALID_ARGUMENT, "order.lines", "add one"),
    (InvalidInput("x", "is wrong"), Status.INVALID_ARGUMENT, "x", "mend the named field"),
    (DecodeError("raw \x00 bytes"), Status.INVALID_ARGUMENT, "", "send protobuf messages of heard.v1"),
    (DecisionTooLarge("49 keys"), Status.INVALID_ARGUMENT, "", "send fewer lines"),
    (NotFound("order_id", "is unknown", "look again"), Status.NOT_FOUND, "order_id", "look again"),
    (Fenced("T1 opened another"), Status.ABORTED, "", "an id of its own"),
    (StoreUnavailable("the disk is full"), Status.UNAVAILABLE, "", "nothing was stored"),
    (OutcomeUnknown("EIO"), Status.UNAVAILABLE, "", "under the same id"),
    (Stopping("the hub is stopping"), Status.UNAVAILABLE, "", "connect again"),
    (TooSlow("nothing was read"), Status.UNAVAILABLE, "", "read what the hub sends"),
    (TooMany("2000 streams"), Status.RESOURCE_EXHAUSTED, "", "close streams"),
    (ValueError("oops"), Status.INTERNAL, "", ""),
]


@pytest.mark.parametrize(
    ("error", "status", "field", "hint"), CASES, ids=[repr(row[0])[:30] for row in CASES]
)
async def test_the_table(error: Exception, status: Status, field: str, hint: str) -> None:
    call = await refused(error)
    assert (call.status, call.detail.field) == (status, field)
    assert hint in call.detail.hint
    assert call.details.startswith(call.detail.message)
    assert call.detail.hint in call.details
    assert call.detail.message not in call.detail.hint, "said once"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Stopping("the hub is stopping"), "hub.stopping"),
        (TooSlow("nothing was read"), "hub.busy"),
        (TooMany("2000 streams"), "hub.busy"),
        (OutcomeUnknown("EIO"), "hub.stopping"),
        (StoreUnavailable("the socket of the disk is gone"), "hub.cannot_store"),
    ],
)
async def test_a_screen_says_what_the_hub_said_and_not_that_it_is_silent(error: Exception, code: str) -> None:
    call = await refused(error)
    trailing = grpc.aio.Metadata(("heard-error-bin", call.detail.SerializeToString()))
    assert call.status is not None
    said, status = call_error(grpc.aio.AioRpcError(call.status, grpc.aio.Metadata(), trailing, call.details))
    assert (isinstance(said, Why) and said.code, status) == (code, call.status.name)


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ("failed to connect to all addresses", "hub.silent"),
        ("Socket closed", "hub.silent"),
        ("too busy", "hub.ended"),
    ],
)
def test_a_hub_that_says_nothing_is_silent(details: str, code: str) -> None:
    nothing = grpc.aio.Metadata()
    said, _ = call_error(grpc.aio.AioRpcError(Status.UNAVAILABLE, nothing, nothing, details))
    assert isinstance(said, Why)
    assert said.code == code


class Derived(StoreUnavailable):
    """As the store's own errors are."""


async def test_an_error_is_known_by_its_family() -> None:
    assert (await refused(Derived("map full"))).status is Status.UNAVAILABLE


async def test_raw_input_is_not_told_back() -> None:
    call = await refused(DecodeError("\x1b[31mSECRET"))
    assert "SECRET" not in call.details
    call = await refused(InvalidInput("field", "holds '\x1b[31m\u202e'" + "x" * 5000))
    assert call.details.isprintable()
    assert len(call.detail.message.encode()) <= MESSAGE_BYTES_MAX


async def test_our_own_mistake_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    call = await refused(ZeroDivisionError("x"))
    assert "ZeroDivisionError" in caplog.text
    assert "ZeroDivisionError" not in call.details


ANSWERS: list[tuple[Reason, Status | None]] = [
    (Reason.INVALID, Status.INVALID_ARGUMENT),
    (Reason.CONFLICT, Status.ALREADY_EXISTS),
    (Reason.STALE, None),
    (Reason.GONE, None),
    (Reason.NOT_NOW, None),
    (Reason.UNSUPPORTED, None),
    (Reason.NONE, None),
]


@pytest.mark.parametrize(("reason", "status"), ANSWERS)
async def test_answers_of_the_simple_calls(reason: Reason, status: Status | None) -> None:
    call: Any = Call()
    answer = Answer(Outcome.REJECTED, reason=reason, message="why", field="f")
    if status is None:
        await refuse_answer(call, answer)
        return
    with pytest.raises(Aborted):
        await refuse_answer(call, answer)
    assert (call.status, call.detail.field, call.detail.reason) == (status, "f", reason)
