"""Fiscal counters on the stream of commands, to and from protobuf."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from heard.stream import CounterAdvice, CounterReport, NumberRange, RangeWish
from heard.v1 import pos_pb2

COUNTERS_MAX = 64
"""Segments of one device in one message; it keeps 32."""


def put_counters(
    message: pos_pb2.SubmitRequest, reports: Iterable[CounterReport], wish: RangeWish | None
) -> None:
    """Adds them to a request."""
    for report in reports:
        _put(message.counters.add(), report)
    if wish is not None:
        _put(message.range_wishes.add(), wish)


def counters_of(message: pos_pb2.SubmitRequest) -> tuple[tuple[CounterReport, ...], tuple[RangeWish, ...]]:
    """The reports and wishes of a request, no more than COUNTERS_MAX each."""
    return (
        tuple(_get(CounterReport, one) for one in message.counters[:COUNTERS_MAX]),
        tuple(_get(RangeWish, one) for one in message.range_wishes[:COUNTERS_MAX]),
    )


def put_news(
    message: pos_pb2.SubmitReply, advice: Iterable[CounterAdvice], ranges: Iterable[NumberRange]
) -> None:
    """Adds them to a reply."""
    for one in advice:
        _put(message.counter_advice.add(), one)
    for block in ranges:
        _put(message.ranges.add(), block)


def news_of(message: pos_pb2.SubmitReply) -> tuple[tuple[CounterAdvice, ...], tuple[NumberRange, ...]]:
    """The advice and ranges of a reply."""
    return (
        tuple(_get(CounterAdvice, one) for one in message.counter_advice),
        tuple(_get(NumberRange, one) for one in message.ranges),
    )


def _put(message: Any, value: Any) -> None:
    for name in value.__slots__:
        setattr(message, name, getattr(value, name))


def _get(kind: Any, message: Any) -> Any:
    return kind(*(getattr(message, name) for name in kind.__slots__))
