"""Stream events, live values, reports and requests to and from protobuf."""

from __future__ import annotations

from collections.abc import Iterable

from heard import stream as s
from heard.revision import Epoch
from heard.v1 import kitchen_pb2, pos_pb2
from heard.wire.command import answer_from_pb, answer_to_pb
from heard.wire.counters import news_of, put_news
from heard.wire.document import document_from_pb, document_to_pb
from heard.wire.live import lease_from_pb, lease_to_pb, live_from_pb, live_to_pb
from heard.wire.site import profile_from_pb, profile_to_pb


def epoch_to_pb(epoch: Epoch, into: kitchen_pb2.Epoch | None = None) -> kitchen_pb2.Epoch:
    """`into` is filled and returned when given."""
    message = kitchen_pb2.Epoch() if into is None else into
    message.n = epoch.n
    message.random = epoch.random
    return message


def epoch_from_pb(message: kitchen_pb2.Epoch) -> Epoch:
    """The epoch; an unset one is NO_EPOCH."""
    return Epoch(message.n, message.random)


def view_to_pb(view: s.View, into: kitchen_pb2.View | None = None) -> kitchen_pb2.View:
    """`into` is filled and returned when given."""
    message = kitchen_pb2.View() if into is None else into
    message.kind = view.kind.value  # type: ignore[assignment]
    message.station = view.station
    message.terminal = view.terminal
    return message


def view_from_pb(message: kitchen_pb2.View) -> s.View:
    """The view."""
    return s.View(s.ViewKind(message.kind), message.station, message.terminal)


def watch_request_to_pb(request: s.WatchRequest) -> kitchen_pb2.WatchRequest:
    """The request."""
    message = kitchen_pb2.WatchRequest(
        from_rev=request.from_rev,
        client=request.client,
        screen=request.screen,
        headless=request.headless,
        count_headless=request.count_headless,
    )
    view_to_pb(request.view, message.view)
    if request.epoch.n:
        epoch_to_pb(request.epoch, message.epoch)
    return message


def watch_request_from_pb(message: kitchen_pb2.WatchRequest) -> s.WatchRequest:
    """The request."""
    return s.WatchRequest(
        view_from_pb(message.view),
        epoch_from_pb(message.epoch),
        message.from_rev,
        message.client,
        message.screen,
        message.headless,
        message.count_headless,
    )


def _hello_to_pb(hello: s.Hello, message: kitchen_pb2.Hello) -> None:
    for name in (
        "store_id",
        "rev",
        "compact_rev",
        "hub_time_ms",
        "business_date",
        "expected_seq",
        "site_name",
        "wall_ms",
        "clock_suspect",
        "unsafe_plaintext",
        "hub_version",
        "gap_at_ms",
    ):
        setattr(message, name, getattr(hello, name))
    epoch_to_pb(hello.epoch, message.epoch)
    profile_to_pb(hello.profile, message.profile)


def _hello_from_pb(message: kitchen_pb2.Hello) -> s.Hello:
    return s.Hello(
        store_id=message.store_id,
        epoch=epoch_from_pb(message.epoch),
        rev=message.rev,
        compact_rev=message.compact_rev,
        hub_time_ms=message.hub_time_ms,
        business_date=message.business_date,
        expected_seq=message.expected_seq,
        site_name=message.site_name,
        wall_ms=message.wall_ms,
        clock_suspect=message.clock_suspect,
        unsafe_plaintext=message.unsafe_plaintext,
        profile=profile_from_pb(message.profile),
        hub_version=message.hub_version,
        gap_at_ms=message.gap_at_ms,
    )


def event_to_pb(event: s.Event, into: kitchen_pb2.Event | None = None) -> kitchen_pb2.Event:
    """`into` is filled and returned when given."""
    message = kitchen_pb2.Event() if into is None else into
    match event:
        case s.Change():
            message.change.rev = event.rev
            if event.put is None:
                message.change.remove_order_id = event.order_id
            else:
                document_to_pb(event.put, message.change.put)
        case s.Bookmark():
            message.bookmark.rev = event.rev
            message.bookmark.hub_time_ms = event.hub_time_ms
            message.bookmark.business_date = event.business_date
            message.bookmark.digest = event.digest
            if event.wall_offset_ms is not None:
                message.bookmark.wall_offset_ms = event.wall_offset_ms
            message.bookmark.clock_suspect = event.clock_suspect
            message.bookmark.gap_at_ms = event.gap_at_ms
        case s.Live():
            live_to_pb(event, message.live)
        case s.Hello():
            _hello_to_pb(event, message.hello)
        case s.Reset():
            message.reset.reason = event.reason
            message.reset.SetInParent()
        case s.SnapshotItem():
            document_to_pb(event.doc, message.snapshot_item.doc)
        case s.SnapshotEnd():
            message.snapshot_end.rev = event.rev
            message.snapshot_end.count = event.count
            message.snapshot_end.digest = event.digest
            message.snapshot_end.SetInParent()
        case s.Goodbye():
            message.goodbye.retry_after_ms = event.retry_after_ms
            message.goodbye.reason = event.reason
            message.goodbye.SetInParent()
    return message


def event_from_pb(message: kitchen_pb2.Event) -> s.Event | None:
    """The event, None for a kind of a newer release."""
    match message.WhichOneof("kind"):
        case "change":
            change = message.change
            if not change.HasField("put"):
                return s.Change(change.rev, change.remove_order_id, None)
            document = document_from_pb(change.put)
            return None if document is None else s.Change(change.rev, document.order_id, document)
        case "bookmark":
            mark = message.bookmark
            return s.Bookmark(
                mark.rev,
                mark.hub_time_ms,
                mark.business_date,
                mark.digest,
                mark.wall_offset_ms if mark.HasField("wall_offset_ms") else None,
                mark.clock_suspect,
                mark.gap_at_ms,
            )
        case "live":
            return live_from_pb(message.live)
        case "hello":
            return _hello_from_pb(message.hello)
        case "reset":
            return s.Reset(message.reset.reason)
        case "snapshot_item":
            item = document_from_pb(message.snapshot_item.doc)
            return None if item is None else s.SnapshotItem(item)
        case "snapshot_end":
            end = message.snapshot_end
            return s.SnapshotEnd(end.rev, end.count, end.digest)
        case "goodbye":
            return s.Goodbye(message.goodbye.retry_after_ms, message.goodbye.reason)
    return None


def encode_batch(events: Iterable[s.Event]) -> bytes:
    """A serialised WatchBatch; serialised batches may be concatenated into one."""
    message = kitchen_pb2.WatchBatch()
    for event in events:
        event_to_pb(event, message.events.add())
    return message.SerializeToString()


def decode_batch(data: bytes) -> tuple[s.Event, ...]:
    """The events of a serialised WatchBatch, without those of a newer release."""
    found = [event_from_pb(one) for one in kitchen_pb2.WatchBatch.FromString(data).events]
    return tuple([event for event in found if event is not None])


def painted_to_pb(painted: s.Painted, into: kitchen_pb2.Painted | None = None) -> kitchen_pb2.Painted:
    """`into` is filled and returned when given."""
    message = kitchen_pb2.Painted() if into is None else into
    epoch_to_pb(painted.epoch, message.epoch)
    for order_id, version in painted.newly_shown:
        message.newly_shown.add(order_id=order_id, version=version)
    for one in painted.behind:
        message.behind.add(order_id=one.order_id, version=one.version, before=one.before)
    message.whole_picture = painted.whole_picture
    return message


def painted_from_pb(message: kitchen_pb2.Painted) -> s.Painted:
    """The painted report."""
    return s.Painted(
        epoch_from_pb(message.epoch),
        tuple([(one.order_id, one.version) for one in message.newly_shown]),
        tuple([s.Behind(one.order_id, one.version, one.before) for one in message.behind]),
        message.whole_picture,
    )


def alive_to_pb(alive: s.Alive, into: kitchen_pb2.Alive | None = None) -> kitchen_pb2.Alive:
    """`into` is filled and returned when given."""
    message = kitchen_pb2.Alive() if into is None else into
    message.rev = alive.rev
    message.digest = alive.digest
    message.hidden = alive.hidden
    message.output_off = alive.output_off
    if alive.key_ms_ago is not None:
        message.key_ms_ago = alive.key_ms_ago
    return message


def alive_from_pb(message: kitchen_pb2.Alive) -> s.Alive:
    """The alive report."""
    key_ms_ago = message.key_ms_ago if message.HasField("key_ms_ago") else None
    return s.Alive(message.rev, message.digest, message.hidden, message.output_off, key_ms_ago)


def submit_reply_to_pb(reply: s.SubmitReply) -> pos_pb2.SubmitReply:
    """The reply."""
    message = pos_pb2.SubmitReply(
        next_seq=reply.next_seq, expected_seq=reply.expected_seq, business_date=reply.business_date
    )
    for answer in reply.answers:
        answer_to_pb(answer, message.answers.add())
    if reply.epoch.n:
        epoch_to_pb(reply.epoch, message.epoch)
    if reply.lease is not None:
        lease_to_pb(reply.lease, message.lease)
    if reply.counter_advice or reply.ranges:
        put_news(message, reply.counter_advice, reply.ranges)
    return message


def submit_reply_from_pb(message: pos_pb2.SubmitReply) -> s.SubmitReply:
    """The reply."""
    advice, ranges = news_of(message)
    return s.SubmitReply(
        next_seq=message.next_seq,
        answers=tuple(answer_from_pb(one) for one in message.answers),
        expected_seq=message.expected_seq,
        epoch=epoch_from_pb(message.epoch),
        lease=lease_from_pb(message.lease) if message.HasField("lease") else None,
        business_date=message.business_date,
        counter_advice=advice,
        ranges=ranges,
    )
