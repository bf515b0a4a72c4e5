"""The journal's order and the pending marks against a model hub: each command takes effect once, in order, whatever is lost."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heard.command import Answer, Command, Outcome, Reason, Rush
from heard.link.core.commands import GONE_RETRY_S, YOUNG_EPOCH_S, Commands, Fate
from heard.link.core.journal_order import WINDOW, JournalOrder, Renew
from heard.revision import Epoch

E1, E2 = Epoch(1, 1), Epoch(2, 2)
COMMAND = Command("o1", Rush())


def done(seq: int, rev: int = 0, reason: Reason = Reason.NONE) -> Answer:
    return Answer(Outcome.REJECTED if reason else Outcome.DONE, seq=seq, rev=rev, reason=reason)


def journal(commands: int, acked: int = 1, oldest: int = 1) -> JournalOrder:
    return JournalOrder(oldest, acked, commands + 1, E1)


def test_nothing_goes_out_before_the_stream_is_open() -> None:
    order = journal(3)
    assert not order.take()
    assert order.opened(1, E1) is None
    assert order.take() == range(1, 4)


def test_the_window_is_bounded_and_moves_with_the_answers() -> None:
    order = journal(WINDOW + 10)
    order.opened(1, E1)
    order.sent(order.take().stop)
    assert (order.in_flight, len(order.take())) == (WINDOW, 0)
    order.acknowledged(6)
    assert order.take() == range(WINDOW + 1, WINDOW + 6)


def test_answers_that_were_lost_are_asked_for_again() -> None:
    order = journal(5, acked=3)
    order.opened(6, E1)
    assert order.take() == range(3, 6), "the hub has them all, but we lack its answers"
    order.sent(6)
    assert order.answered(3)
    assert order.acknowledged(6) == ()
    assert order.acked == 4, "the hub's count says nothing of answers that it gave to an older stream"
    assert order.answered(4)
    assert order.answered(5)
    assert (order.acked, order.unanswered) == (6, 0)


def test_a_cumulative_ack_covers_what_was_sent_on_this_stream() -> None:
    order = journal(4)
    order.opened(1, E1)
    order.sent(5)
    assert order.answered(1)
    assert order.acknowledged(4) == (2, 3)
    assert (order.acked, order.in_flight) == (4, 1)


def test_a_refusal_goes_back_once_for_all_that_was_in_flight() -> None:
    order = journal(9, acked=5)
    order.opened(5, E1)
    order.sent(order.take().stop)
    assert order.expected(3) is None
    assert order.take() == range(3, 10)
    order.sent(10)
    assert order.expected(3) is None
    assert not order.take(), "the second refusal was about the same commands"
    order.answered(3)
    order.expected(3)
    assert order.take() == range(3, 10), "a refusal after progress is a new one"


def test_a_restored_hub_gets_the_journal_from_where_it_stands() -> None:
    order = journal(9, acked=10)
    assert not order.unanswered
    assert order.opened(4, E2) is None
    assert order.take() == range(4, 10)
    order.sent(10)
    assert not order.answered(4), "it had been answered before"
    assert order.unanswered == 0


@pytest.mark.parametrize(
    ("expected", "answered_too", "words"),
    [(12, False, "older copy"), (2, True, "new one")],
    ids=["journal put back", "store is new"],
)
def test_a_journal_that_does_not_reach_begins_a_new_incarnation(
    expected: int, answered_too: bool, words: str
) -> None:
    order = journal(9, acked=8, oldest=5)
    renew = order.opened(expected, E2)
    assert isinstance(renew, Renew)
    assert renew.answered_too is answered_too
    assert words in renew.reason
    assert not order.is_open


def test_a_mark_leaves_when_the_stream_gets_there() -> None:
    commands = Commands()
    commands.made(1, COMMAND)
    assert commands.answered(1, done(1, rev=7), 0.0, stream_rev=5) is Fate.FINAL
    assert commands.pending[1].answered_rev == 7
    assert commands.reached(6) == ()
    assert commands.reached(7) == (1,)
    assert not commands.pending


def test_a_mark_leaves_at_once_when_the_stream_was_first() -> None:
    commands = Commands()
    commands.made(1, COMMAND)
    commands.answered(1, done(1, rev=7), 0.0, stream_rev=9)
    assert not commands.pending


def test_a_new_epoch_forgets_marks_whose_revision_means_nothing() -> None:
    commands = Commands()
    commands.made(1, COMMAND)
    commands.made(2, COMMAND)
    commands.answered(1, done(1, rev=7), 0.0, stream_rev=5)
    commands.new_epoch(1.0)
    assert set(commands.pending) == {2}


def test_gone_in_a_young_epoch_is_offered_again_and_later_is_final() -> None:
    commands = Commands()
    commands.made(1, COMMAND)
    assert commands.answered(1, done(1, reason=Reason.GONE), 0.0, 0) is Fate.FINAL
    commands.new_epoch(0.0)
    commands.made(2, COMMAND)
    assert commands.answered(2, done(2, reason=Reason.GONE), 1.0, 0) is Fate.PARKED
    assert commands.due(1.0) == ()
    assert commands.next_due_s() == 1.0 + GONE_RETRY_S
    assert commands.due(1.0 + GONE_RETRY_S) == (2,)
    commands.moved(2, 9)
    assert (set(commands.pending), commands.parked) == ({9}, 0)
    assert commands.answered(9, done(9, reason=Reason.GONE), YOUNG_EPOCH_S, 0) is Fate.FINAL
    assert not commands.pending


@dataclass
class ModelHub:
    """Keeps the next expected seq of one incarnation, and what it did. `drop` answers are lost on the way."""

    epoch: Epoch = E1
    expected: dict[str, int] = field(default_factory=dict)
    effects: list[tuple[str, int]] = field(default_factory=list)

    def offer(self, incarnation: str, seq: int) -> Answer | int:
        expected = self.expected.get(incarnation, 1)
        if seq > expected:
            return expected
        if seq < expected:
            return Answer(Outcome.ALREADY, seq=seq)
        self.expected[incarnation] = seq + 1
        self.effects.append((incarnation, seq))
        return Answer(Outcome.DONE, seq=seq)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["append", "send", "lose", "deliver", "break", "forget", "ack", "rollback"]),
            st.integers(1, 5),
        ),
        max_size=60,
    )
)
def test_each_command_takes_effect_once_and_in_order(steps: list[tuple[str, int]]) -> None:
    hub = ModelHub()
    incarnation = "i1"
    order = JournalOrder(1, 1, 1)
    replies: list[Answer | int] = []
    answered: set[int] = set()

    def connect() -> None:
        replies.clear()
        order.closed()
        assert order.opened(hub.expected.get(incarnation, 1), hub.epoch) is None

    def reply() -> None:
        one = replies.pop(0)
        if isinstance(one, int):
            assert order.expected(one) is None
        elif order.answered(one.seq):
            assert one.seq not in answered, "the first answer is told once"
            answered.add(one.seq)

    connect()
    for what, count in steps:
        match what:
            case "append":
                for _ in range(count):
                    order.appended(order.next_seq)
            case "send" | "lose":
                for seq in order.take(count):
                    answer = hub.offer(incarnation, seq)
                    order.sent(seq + 1)
                    if what == "send":
                        replies.append(answer)
                if what == "lose":
                    connect()
            case "deliver" if replies:
                reply()
            case "ack":
                # The hub may acknowledge without answers all that it had when the stream began or later.
                while replies:
                    reply()
                answered.update(order.acknowledged(hub.expected.get(incarnation, 1)))
            case "break":
                connect()
            case "forget":
                # The client restarts: what it remembers of the answers may be old.
                order = JournalOrder(1, max(1, order.acked - count), order.next_seq, order.epoch)
                answered = {seq for seq in answered if seq < order.acked}
                connect()
            case "rollback":
                hub.epoch = Epoch(hub.epoch.n + 1, 0)
                hub.expected[incarnation] = max(1, hub.expected.get(incarnation, 1) - count)
                hub.effects = [effect for effect in hub.effects if effect[1] < hub.expected[incarnation]]
                connect()
        assert order.oldest <= order.acked <= order.next_seq
        assert 0 <= order.in_flight <= WINDOW
    for _ in range(200):
        if not order.unanswered and not order.take():
            break
        for seq in order.take():
            replies.append(hub.offer(incarnation, seq))
            order.sent(seq + 1)
        while replies:
            reply()
    assert order.unanswered == 0
    assert hub.effects == [(incarnation, seq) for seq in range(1, order.next_seq)]
