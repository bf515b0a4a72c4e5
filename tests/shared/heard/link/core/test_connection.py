"""The connection's tables, its deadlines, and that LIVE is never said of an old picture."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heard.link.core.connection import (
    BACKOFF_HIGH_S,
    BACKOFF_LOW_S,
    CHANNEL_TABLE,
    CUT_SHORT_MIN_S,
    GOODBYE_WAIT_MAX_S,
    OPEN_DEADLINE_S,
    PHASE_TABLE,
    SILENCE_S,
    Channel,
    Close,
    Connection,
    Open,
    Output,
    Phase,
    Picture,
    table,
)


def phase(connection: Connection) -> Phase:
    """A call, so that the type checker does not take an earlier assertion for granted."""
    return connection.phase


def live_connection(now_s: float = 0.0) -> Connection:
    connection = Connection(now_s)
    assert connection.start(now_s, somewhere=True) == (Open(1),)
    connection.message(now_s, 1, complete=True)
    assert connection.phase is Phase.LIVE
    return connection


def test_every_state_and_picture_has_a_phase() -> None:
    assert set(PHASE_TABLE) == set(itertools.product(Channel, Picture))


def test_only_a_fresh_picture_is_live() -> None:
    assert {picture for (_, picture), phase in PHASE_TABLE.items() if phase is Phase.LIVE} == {Picture.FRESH}


def test_the_tables_print_every_row() -> None:
    assert len([line for line in table().splitlines() if line]) == len(CHANNEL_TABLE) + len(PHASE_TABLE)


def test_from_nothing_to_live() -> None:
    connection = Connection(10.0)
    assert connection.start(10.0, somewhere=False) == ()
    assert phase(connection) is Phase.SEARCHING
    assert connection.found(11.0) == (Open(1),)
    assert phase(connection) is Phase.CONNECTING
    connection.message(11.1, 1, complete=False)
    assert phase(connection) is Phase.SYNCING
    connection.message(11.2, 1, complete=True)
    assert (connection.phase, connection.live, connection.since_s) == (Phase.LIVE, True, 11.2)


def test_silence_of_2500_ms_is_not_live_since_the_last_message() -> None:
    connection = live_connection()
    connection.message(1.0, 1, complete=True)
    due = connection.next_due_s()
    assert due == 1.0 + SILENCE_S
    assert connection.tick(due - 0.001, 0.5) == ()
    assert connection.live
    assert connection.tick(due, 0.5) == (Close(1),)
    assert (connection.phase, connection.since_s) == (Phase.NOT_LIVE, 1.0)
    assert connection.reason == "no message from the hub for 2.5 s"


def test_a_short_break_is_not_said_but_a_long_one_is() -> None:
    connection = live_connection()
    assert connection.failed(0.1, 1, "reset", 0.0) == (Close(1),)
    assert phase(connection) is Phase.LIVE
    assert connection.tick(0.1 + BACKOFF_LOW_S, 0.0) == (Open(2),)
    connection.message(0.5, 2, complete=False)
    assert phase(connection) is Phase.LIVE, "the old picture is half a second old"
    connection.message(SILENCE_S, 2, complete=False)
    connection.tick(SILENCE_S, 0.0)
    assert phase(connection) is Phase.SYNCING, "messages come, but the picture is not complete"
    connection.message(SILENCE_S + 0.1, 2, complete=True)
    assert phase(connection) is Phase.LIVE


def test_no_answer_within_a_second_tries_again() -> None:
    connection = Connection(0.0)
    connection.start(0.0, somewhere=True)
    assert connection.next_due_s() == OPEN_DEADLINE_S
    assert connection.tick(OPEN_DEADLINE_S, 0.999) == (Close(1),)
    due = connection.next_due_s()
    assert due is not None
    assert OPEN_DEADLINE_S + BACKOFF_LOW_S <= due < OPEN_DEADLINE_S + BACKOFF_HIGH_S
    assert connection.tick(due, 0.0) == (Open(2),)


def test_an_announcement_cuts_the_back_off_short_but_a_flood_is_no_flood_of_calls() -> None:
    connection = Connection(0.0)
    connection.start(0.0, somewhere=True)
    connection.failed(0.5, 1, "refused", 0.99)
    assert connection.found(0.51) == (Open(2),)
    connection.failed(0.52, 2, "refused", 0.99)
    assert connection.found(0.53) == (), "0.02 s after the last attempt began"
    assert connection.next_due_s() == pytest.approx(0.51 + CUT_SHORT_MIN_S)


def test_a_goodbye_gets_the_patience_it_asks_for_up_to_a_limit() -> None:
    connection = live_connection()
    assert connection.goodbye(1.0, 1, "stopping", 0.0, 0.3) == (Close(1),)
    assert connection.tick(1.29, 0.0) == ()
    assert connection.tick(1.3, 0.0) == (Open(2),)
    connection.goodbye(1.4, 2, "stopping", 0.0, 3600.0)
    connection.tick(1.4 + GOODBYE_WAIT_MAX_S - 0.01, 0.0)
    assert connection.tick(1.4 + GOODBYE_WAIT_MAX_S, 0.0) == (Open(3),)


def test_a_pause_is_kept_even_when_the_hub_is_announced() -> None:
    connection = live_connection()
    connection.failed(1.0, 1, "broken snapshot", 0.0, pause_s=30.0)
    assert connection.found(2.0) == ()
    assert connection.tick(30.9, 0.0) == ()
    assert connection.tick(31.0, 0.0) == (Open(2),)


def test_a_restored_picture_is_called_not_live_when_no_hub_comes() -> None:
    connection = Connection(0.0, restored=True)
    connection.start(0.0, somewhere=False)
    assert phase(connection) is Phase.SEARCHING
    due = connection.next_due_s()
    assert due == SILENCE_S
    connection.tick(due, 0.0)
    assert (connection.phase, connection.since_s) == (Phase.NOT_LIVE, 0.0)


def test_a_suspect_picture_is_not_live_although_messages_come() -> None:
    connection = live_connection()
    connection.suspect(1.0, "the picture differs")
    assert (connection.phase, connection.reason) == (Phase.SYNCING, "the picture differs")
    connection.message(1.1, 1, complete=False)
    assert not connection.live
    connection.message(1.2, 1, complete=True)
    assert connection.live


def test_what_comes_from_an_old_channel_is_ignored() -> None:
    connection = live_connection()
    connection.failed(0.1, 1, "reset", 0.0)
    connection.tick(0.31, 0.0)
    assert connection.failed(0.4, 1, "reset", 0.0) == ()
    connection.message(0.4, 1, complete=True)
    assert connection.channel is Channel.OPENING


STEP = st.tuples(
    st.sampled_from(["message", "incomplete", "failed", "goodbye", "found", "nowhere", "suspect", "tick"]),
    st.floats(0.0, 3.0),
    st.floats(0.0, 0.999),
    st.integers(0, 1),
)


@settings(max_examples=300)
@given(st.lists(STEP, max_size=60), st.booleans())
def test_live_means_a_complete_picture_of_2500_ms_and_channels_never_overlap(
    steps: list[tuple[str, float, float, int]], restored: bool
) -> None:
    now = 0.0
    connection = Connection(now, restored=restored)
    open_channels: set[int] = set()
    complete_s: float | None = None

    def carry_out(outputs: tuple[Output, ...]) -> None:
        for output in outputs:
            if isinstance(output, Open):
                assert not open_channels
                open_channels.add(output.number)
            else:
                open_channels.remove(output.number)

    def advance(seconds: float) -> None:
        nonlocal now
        end = now + seconds
        while (due := connection.next_due_s()) is not None and due <= end:
            assert due >= now
            now = due
            carry_out(connection.tick(now, 0.5))
            after = connection.next_due_s()
            assert after is None or after > now, "a tick settles what was due"
        now = end

    carry_out(connection.start(now, somewhere=True))
    for what, wait, chance, age in steps:
        advance(wait)
        number = connection.number - age
        current = number in open_channels
        match what:
            case "message" | "incomplete":
                carry_out(connection.message(now, number, complete=what == "message"))
                if what == "message" and current:
                    complete_s = now
            case "failed":
                carry_out(connection.failed(now, number, "reset", chance))
            case "goodbye":
                carry_out(connection.goodbye(now, number, "bye", chance, wait))
            case "found":
                carry_out(connection.found(now))
            case "nowhere":
                if connection.channel is Channel.OPENING:
                    carry_out(connection.nowhere(now, number))
            case "suspect":
                carry_out(connection.suspect(now, "differs"))
                complete_s = None
            case _:
                carry_out(connection.tick(now, chance))
        # A message on an open but incomplete stream keeps the channel, never the claim to be live.
        if connection.live:
            assert complete_s is not None
            assert now - complete_s < SILENCE_S
        assert connection.live == (connection.phase is Phase.LIVE)
        assert (connection.channel in (Channel.OPENING, Channel.OPEN)) == bool(open_channels)
    # From any state: a hub that answers is found and live within a back-off and two messages.
    carry_out(connection.found(now))
    for _ in range(3):
        if open_channels:
            break
        due = connection.next_due_s()
        assert due is not None
        advance(due - now)
    connection.message(now, connection.number, complete=True)
    assert connection.live
