"""Events that are built around encoded documents are byte for byte what the wire would encode."""

from hypothesis import given
from hypothesis import strategies as st

from heard.board import BoardEntry, board_entry
from heard.order import Order, OrderType
from heard.stream import Bookmark, Change, Live, Notice, SnapshotItem
from heard.wire import decode_batch, encode_batch, encode_document, encode_order, live_to_pb
from hub.rpc import frames

NUMBERS = st.integers(0, 2**63 - 1)
ORDERS = st.builds(
    Order,
    order_id=st.text("abc0-", min_size=1, max_size=64),
    guest=st.text(max_size=200),
    version=st.integers(1, 2**40),
    type=st.sampled_from((OrderType.TAKEAWAY, OrderType.DELIVERY)),
)


@given(rev=NUMBERS, order=ORDERS)
def test_put(rev: int, order: Order) -> None:
    document = frames.order_document(encode_order(order))
    assert document == encode_document(order)
    made = frames.put(max(rev, 1), document)
    assert made == encode_batch((Change(max(rev, 1), order.order_id, order),))


@given(rev=NUMBERS, order=ORDERS)
def test_put_of_the_board(rev: int, order: Order) -> None:
    entry = board_entry(order)
    assert isinstance(entry, BoardEntry)
    made = frames.put(max(rev, 1), encode_document(entry))
    assert made == encode_batch((Change(max(rev, 1), entry.order_id, entry),))


@given(rev=st.integers(1, 2**63 - 1), order_id=st.text("ab/9", min_size=1, max_size=64))
def test_remove(rev: int, order_id: str) -> None:
    assert frames.remove(rev, order_id) == encode_batch((Change(rev, order_id, None),))


@given(order=ORDERS)
def test_snapshot_item(order: Order) -> None:
    made = frames.snapshot_item(frames.order_document(encode_order(order)))
    assert made == encode_batch((SnapshotItem(order),))


@given(
    rev=NUMBERS,
    time=NUMBERS,
    date=st.sampled_from(("", "2026-11-23")),
    digest=st.integers(0, 2**64 - 1),
    offset=st.none() | st.integers(-(2**62), 2**62),
    suspect=st.booleans(),
    gap=NUMBERS,
)
def test_bookmark(
    rev: int, time: int, date: str, digest: int, offset: int | None, suspect: bool, gap: int
) -> None:
    mark = Bookmark(rev, time, date, digest, offset, suspect, gap)
    assert frames.bookmark(mark) == encode_batch((mark,))


def test_live() -> None:
    live = Live("alarm/grill", "hub", 7, Notice("alarm", {"en": "x" * 300}))
    assert frames.live(live_to_pb(live).SerializeToString()) == encode_batch((live,))


def test_concatenated_frames_are_one_batch() -> None:
    joined = frames.remove(1, "a") + frames.remove(2, "b") + frames.bookmark(Bookmark(2, 3, "2026-11-23", 4))
    assert decode_batch(joined) == (
        Change(1, "a", None),
        Change(2, "b", None),
        Bookmark(2, 3, "2026-11-23", 4),
    )
