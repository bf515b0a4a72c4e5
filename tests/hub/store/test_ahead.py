"""Deciding ahead of the disk: each decision sees the ones before it, also when commits and losses come in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from heard.command import Answer, Outcome
from hub.store.inline import InlineLmdbStore
from hub.store.seam import Committed
from hub.store.writer import GroupLost, Writer
from tests.hub.store.making import SMALL, Submission, change, hold


@pytest.fixture
def store(tmp_path: Path) -> Iterator[InlineLmdbStore]:
    opened = InlineLmdbStore.open_here(tmp_path, SMALL)
    yield opened
    opened.stop()


@pytest.fixture
def submit(store: InlineLmdbStore) -> Callable[[Submission], list[Answer | None]]:
    """Submits; the list that comes back gets the answer."""

    def call(submission: Submission) -> list[Answer | None]:
        found: list[Answer | None] = []

        def done(outcome: Committed | Exception) -> None:
            assert isinstance(outcome, Committed), outcome
            found.append(outcome.decision.answer)

        store.submit_soon(*submission, done)
        return found

    return call


def versions(*found: list[Answer | None]) -> list[tuple[Outcome, int]]:
    return [(answer.outcome, answer.order_version) for one in found for answer in one if answer is not None]


Submit = Callable[[Submission], list[Answer | None]]


def test_a_commit_of_an_older_revision_does_not_hide_a_newer_one(
    store: InlineLmdbStore, submit: Submit
) -> None:
    held, first = submit(hold("o1")), submit(change("o1", table="1"))
    store.step(1)
    second = submit(change("o1", table="2"))
    while store.step(1):
        pass
    assert versions(held, first, second) == [(Outcome.DONE, 1), (Outcome.DONE, 2), (Outcome.DONE, 3)]


def test_after_a_loss_all_is_decided_again_in_the_order_of_submission(
    store: InlineLmdbStore, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Any = Writer.store
    left = [1]

    def put_on_disk(self: Writer, *arguments: Any) -> Any:
        if left:
            left.pop()
            raise GroupLost("no space", map_full=False)
        return real(self, *arguments)

    monkeypatch.setattr(Writer, "store", put_on_disk)
    found = [submit(hold("o1")), *(submit(change("o1", table=str(n))) for n in range(3)), submit(hold("o1"))]
    store.step(2)
    late = submit(change("o1", table="late"))
    while store.step(2):
        pass
    assert versions(*found, late) == [
        (Outcome.DONE, 1),
        (Outcome.DONE, 2),
        (Outcome.DONE, 3),
        (Outcome.DONE, 4),
        (Outcome.ALREADY, 4),
        (Outcome.DONE, 5),
    ]
    assert [entry.rev for entry in store.log(0, 99)] == sorted({entry.rev for entry in store.log(0, 99)})


def test_an_answer_in_between_is_given_when_what_it_rests_on_is_on_disk(
    store: InlineLmdbStore, submit: Submit
) -> None:
    held, again = submit(hold("o1")), submit(hold("o1"))
    other = submit(hold("o2"))
    assert (held, again, other) == ([], [], [])
    store.step(1)
    assert versions(held) == [(Outcome.DONE, 1)]
    assert again == []
    store.step(1)
    assert versions(again) == [(Outcome.ALREADY, 1)]
    assert other == []
