"""The filter on both images, digests kept with each change, and when a client may resume."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heard.board import BoardEntry
from heard.command import AddLines, BumpLines, MarkPickedUp, Rush, Verb, VoidOrder
from heard.order import Order
from heard.revision import NO_EPOCH, Epoch, digest
from heard.stream import Document, View, ViewKind
from heard.ticket import views
from hub.core.watching import Digests, Picked, document_for, is_ahead, pick, why_reset
from tests.hub.core.making import Kitchen, line

VIEWS = (
    View(ViewKind.PREP, "grill"),
    View(ViewKind.PREP, "fry"),
    View(ViewKind.EXPO),
    View(ViewKind.BOARD),
    View(ViewKind.TERMINAL, terminal="T1"),
)
EPOCH = Epoch(3, 9)


@pytest.mark.parametrize(
    ("old", "new", "picked"),
    [
        (set(), {"expo"}, Picked.PUT),
        ({"expo"}, {"expo"}, Picked.PUT),
        ({"expo"}, set(), Picked.REMOVE),
        (set(), set(), Picked.NOTHING),
        ({"board"}, {"prep:grill"}, Picked.NOTHING),
    ],
)
def test_an_order_that_leaves_a_view_is_removed_from_it(old: set[str], new: set[str], picked: Picked) -> None:
    assert pick("expo", old, new) is picked


def test_the_board_gets_no_lines() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    order = kitchen.order()
    assert isinstance(document_for(ViewKind.BOARD, order), BoardEntry)
    assert document_for(ViewKind.EXPO, order) is order


@pytest.mark.parametrize(
    ("client_epoch", "from_rev", "word"),
    [
        (NO_EPOCH, 0, "begins"),
        (Epoch(3, 8), 15, "epoch"),
        (Epoch(2, 9), 15, "epoch"),
        (EPOCH, 9, "log begins"),
        (EPOCH, 21, "ahead"),
        (EPOCH, 10, ""),
        (EPOCH, 20, ""),
    ],
)
def test_resume_needs_the_same_epoch_and_a_log_that_reaches_back(
    client_epoch: Epoch, from_rev: int, word: str
) -> None:
    reason = why_reset(EPOCH, 20, 10, client_epoch, from_rev)
    assert word in reason
    assert bool(reason) is bool(word)
    assert is_ahead(EPOCH, 20, client_epoch, from_rev) is (word == "ahead")


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(["hold", "bump", "rush", "add", "void", "picked"])),
        max_size=25,
    )
)
def test_following_the_changes_is_the_same_as_listing_again(steps: list[tuple[int, str]]) -> None:
    """After every commit each view that was followed equals the snapshot, and so do its digest and count."""
    kitchen = Kitchen()
    digests = Digests()
    followed: dict[str, dict[str, Document]] = {view.name: {} for view in VIEWS}
    for rev, (number, step) in enumerate(steps, start=1):
        order_id = f"o{number}"
        old = kitchen.docs.get(f"order/{order_id}")
        if old is None:
            kitchen.hold(order_id=order_id)
        elif step == "bump":
            painted = kitchen.painted("grill", order_id=order_id)
            kitchen.do(BumpLines("grill", painted), "grill", order_id)
        else:
            verbs: dict[str, Verb] = {
                "rush": Rush(rev % 2 == 0),
                "add": AddLines((line(f"x{rev}", "fry"),)),
                "void": VoidOrder(),
                "picked": MarkPickedUp(),
            }
            kitchen.do(verbs.get(step, Rush()), order_id=order_id)
        new = kitchen.order(order_id)
        old_views = views(old) if isinstance(old, Order) else frozenset()
        digests.put(order_id, new.version, views(new))
        orders = [doc for doc in kitchen.docs.values() if isinstance(doc, Order)]
        for view in VIEWS:
            mine = followed[view.name]
            match pick(view.name, old_views, views(new)):
                case Picked.PUT if (document := document_for(view.kind, new)) is not None:
                    mine[order_id] = document
                case Picked.REMOVE:
                    del mine[order_id]
            in_it = [document_for(view.kind, one) for one in orders if view.name in views(one)]
            listed = {one.order_id: one for one in in_it if one is not None}
            assert mine == listed
            want = digest((key, document.version) for key, document in listed.items())
            assert (digests.digest(view.name), digests.count(view.name)) == (want, len(listed))
    loaded = Digests()
    loaded.load([doc for doc in kitchen.docs.values() if isinstance(doc, Order)])
    assert [loaded.digest(view.name) for view in VIEWS] == [digests.digest(view.name) for view in VIEWS]
