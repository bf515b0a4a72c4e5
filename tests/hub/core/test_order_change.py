"""Notes, guest, covers and due time of an order that the kitchen has: every ticket says so, and what matters must be seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from heard.command import Acknowledge, ChangeOrder, Outcome, Reason
from heard.expo import expo_card
from heard.order import ChangeKind, Note
from heard.ticket import tickets
from hub.core.site import LEAD_MS
from tests.hub.core.making import Kitchen

PLAIN, NUTS = Note({"en": "for the whole table: no onion"}), Note({"en": "NUT allergy!"})


def test_other_notes_are_a_change_that_each_cook_must_see() -> None:
    kitchen = Kitchen()
    kitchen.hold(notes=(Note({"en": "window seat"}),))
    kitchen.bump("fry")
    answer = kitchen.do(ChangeOrder(notes=(PLAIN,)))
    assert (answer.outcome, kitchen.order().notes) == (Outcome.DONE, (PLAIN,))
    (tile,) = tickets(kitchen.order(), "grill")
    assert all(one.unseen for one in tile.lines)
    assert tickets(kitchen.order(), "fry") == (), "what is made is not asked for again"
    assert kitchen.line("c").changes == ()
    heard = {there.station: there.ticket_version for there in kitchen.order().stations}
    assert heard == {"grill": 3, "fry": 2}
    entry = kitchen.order().history[-1]
    assert (entry.verb, entry.detail, entry.line_ids) == ("change_order", "notes", ("a", "b"))


def test_the_bump_after_the_acknowledgement_is_not_stale() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    before = kitchen.painted("grill")
    kitchen.do(ChangeOrder(notes=(PLAIN,)))
    assert kitchen.do(Acknowledge("grill", before), "grill").reason is Reason.STALE, (
        "painted before the change"
    )
    kitchen.do(Acknowledge("grill", kitchen.painted("grill")), "grill")
    (tile,) = tickets(kitchen.order(), "grill")
    assert not tile.unseen
    assert kitchen.bump("grill").outcome is Outcome.DONE


def test_an_allergy_in_them_is_one_of_every_line_and_expos_to_confirm() -> None:
    kitchen = Kitchen()
    kitchen.hold()
    kitchen.bump("fry")
    kitchen.do(ChangeOrder(notes=(NUTS,)))
    assert kitchen.order().notes == (replace(NUTS, allergy=True),)
    for one in kitchen.order().lines:
        assert one.changes[-1].kind is ChangeKind.ALLERGY, one.line_id
    card = expo_card(kitchen.order())
    assert card is not None
    assert card.unconfirmed
    assert "allergy is not confirmed" in kitchen.send_out().message


@pytest.mark.parametrize(
    ("verb", "touched"),
    [
        (ChangeOrder(guest="Omar"), True),
        (ChangeOrder(due_at_ms=5_000_000), True),
        (ChangeOrder(covers=5), False),  # no ticket shows it
    ],
)
def test_what_every_open_ticket_shows_must_be_heard_there(verb: ChangeOrder, touched: bool) -> None:
    kitchen = Kitchen()
    kitchen.hold()
    version = kitchen.order().version
    assert kitchen.do(verb).outcome is Outcome.DONE
    assert {there.ticket_version for there in kitchen.order().stations} == {version + touched}
    assert kitchen.do(verb).outcome is Outcome.ALREADY
    assert not any(ticket.unseen for ticket in tickets(kitchen.order(), "grill"))


def test_none_leaves_as_it_is_and_empty_takes_away() -> None:
    kitchen = Kitchen()
    kitchen.hold(notes=(PLAIN,), guest="Ali", covers=2)
    assert kitchen.do(ChangeOrder()).outcome is Outcome.ALREADY
    kitchen.do(ChangeOrder(notes=(), guest=""))
    order = kitchen.order()
    assert (order.notes, order.guest, order.covers) == ((), "", 2)


def test_a_scheduled_order_moves_with_its_time() -> None:
    kitchen = Kitchen()
    hour_ms = 3_600_000
    kitchen.hold(due_at_ms=kitchen.now_ms + hour_ms)
    kitchen.do(ChangeOrder(due_at_ms=kitchen.now_ms + 2 * hour_ms))
    assert kitchen.order().scheduled
    assert set(kitchen.states().values()) == {"WAITING"}
    kitchen.do(ChangeOrder(due_at_ms=kitchen.now_ms + LEAD_MS // 2))
    assert not kitchen.order().scheduled, "too soon to wait: the kitchen has it now"
    assert set(kitchen.states().values()) == {"QUEUED"}
    kitchen.do(ChangeOrder(due_at_ms=kitchen.now_ms + 2 * hour_ms))
    assert not kitchen.order().scheduled, "what the kitchen has stays there"
    assert set(kitchen.states().values()) == {"QUEUED"}
