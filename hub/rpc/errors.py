"""The one table from exceptions to gRPC statuses; each refusal carries an ErrorDetail in `heard-error-bin`."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, NoReturn

import grpc
from google.protobuf.message import DecodeError

from heard.command import Answer, Reason
from heard.errors import InvalidInput
from heard.v1 import errors_pb2
from heard.why import Why, why
from heard.wire import why_to_pb
from hub.store.seam import DecisionTooLarge, OutcomeUnknown, StoreUnavailable

ERROR_KEY = "heard-error-bin"
MESSAGE_BYTES_MAX = 1_000
"""HTTP/2 trailers are limited; the field, not the prose, is what a program reads."""

log = logging.getLogger("heard.rpc")


class Fenced(Exception):
    """A newer stream of the same device has taken over."""


class Stopping(Exception):
    """The hub is going down; come back to its next start."""


class TooSlow(Exception):
    """A client that reads nothing."""


class TooMany(Exception):
    """More streams or devices than the hub serves."""


class NotFound(Exception):
    """What the call names does not exist."""

    def __init__(self, field: str, what: str, hint: str) -> None:
        super().__init__(what)
        self.field = field
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Refusal:
    """How one kind of error is told: status, reason, what to do about it where the error does not say, its code in `heard.why`."""

    status: grpc.StatusCode
    reason: Reason = Reason.NONE
    hint: str = ""
    why: str = ""


TABLE: dict[type[Exception], Refusal] = {
    InvalidInput: Refusal(
        grpc.StatusCode.INVALID_ARGUMENT, Reason.INVALID, "mend the named field", "command.wrong"
    ),
    DecodeError: Refusal(
        grpc.StatusCode.INVALID_ARGUMENT,
        Reason.INVALID,
        "send protobuf messages of heard.v1",
        "command.wrong",
    ),
    DecisionTooLarge: Refusal(
        grpc.StatusCode.INVALID_ARGUMENT, Reason.INVALID, "send fewer lines or shorter texts", "command.wrong"
    ),
    NotFound: Refusal(grpc.StatusCode.NOT_FOUND, Reason.GONE),
    Fenced: Refusal(grpc.StatusCode.ABORTED, hint="give each device an id of its own"),
    StoreUnavailable: Refusal(
        grpc.StatusCode.UNAVAILABLE,
        hint="nothing was stored; offer it again in a moment",
        why="hub.cannot_store",
    ),
    Stopping: Refusal(grpc.StatusCode.UNAVAILABLE, hint="connect again", why="hub.stopping"),
    TooSlow: Refusal(
        grpc.StatusCode.UNAVAILABLE, hint="read what the hub sends, and connect again", why="hub.busy"
    ),
    TooMany: Refusal(
        grpc.StatusCode.RESOURCE_EXHAUSTED, hint="close streams that are not needed", why="hub.busy"
    ),
    OutcomeUnknown: Refusal(
        grpc.StatusCode.UNAVAILABLE,
        hint="the hub restarts; offer the same again under the same id",
        why="hub.stopping",
    ),
}

REFUSED: dict[Reason, grpc.StatusCode] = {
    Reason.INVALID: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.CONFLICT: grpc.StatusCode.ALREADY_EXISTS,
}
"""Answers of the unary calls that are the caller's mistake, and so a status; what the kitchen refuses comes as an Answer."""


def refusal_of(error: Exception) -> Refusal | None:
    """The table's row for this error, None for one that is nobody's input but our mistake."""
    for kind in type(error).__mro__:
        found = TABLE.get(kind)
        if found is not None:
            return found
    return None


async def refuse(context: Any, error: Exception) -> NoReturn:
    """Ends the call as the table says; what is not in it is logged with its traceback and told as INTERNAL."""
    found = refusal_of(error)
    if found is None:
        log.error("a call failed by a mistake of the hub", exc_info=error)
        await abort(
            context,
            grpc.StatusCode.INTERNAL,
            Reason.NONE,
            "",
            why("hub.failed", "the hub failed on this call"),
            "",
        )
    field = getattr(error, "field", "")
    hint = getattr(error, "hint", "") or found.hint
    if isinstance(error, DecodeError):
        what = "the message is not protobuf of this contract"  # the library's text may hold raw input
    else:
        what = f"{field} {error}" if field else str(error)
    told = getattr(error, "what", None)
    if isinstance(told, Why):
        what = Why(what, told.code, told.values)
    elif found.why:
        what = why(found.why, what, **({"field": field} if field else {}))
    await abort(context, found.status, found.reason, field, what, hint)


async def refuse_answer(context: Any, answer: Answer) -> None:
    """Ends a unary call whose answer is the caller's mistake; returns where the answer is to be given as it is."""
    status = REFUSED.get(answer.reason)
    if status is not None:
        await abort(context, status, answer.reason, answer.field, answer.message, "")


async def abort(
    context: Any, status: grpc.StatusCode, reason: Reason, field: str, what: str, hint: str
) -> NoReturn:
    """Ends the call with a status and its ErrorDetail."""
    said = what
    what = what.encode(errors="replace")[:MESSAGE_BYTES_MAX].decode(errors="ignore")
    detail = errors_pb2.ErrorDetail(field=field[:MESSAGE_BYTES_MAX], message=what, hint=hint)
    why_to_pb(said, detail.why)
    detail.reason = reason.value  # type: ignore[assignment]
    text = f"{what}; {hint}" if hint else what
    # gRPC carries details as percent-encoded text; control characters have no place in anybody's log.
    text = "".join(c if c.isprintable() else "?" for c in text)
    await context.abort(status, text, ((ERROR_KEY, detail.SerializeToString()),))
    raise AssertionError("context.abort raises")
