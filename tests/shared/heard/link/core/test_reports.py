"""Merged reports say what all of them said, and no more of them wait than there are orders."""

from hypothesis import example, given
from hypothesis import strategies as st

from heard.link.core.reports import merge
from heard.revision import Epoch
from heard.stream import Behind, Painted

E1, E2 = Epoch(1, 1), Epoch(2, 2)


def test_nothing_to_say() -> None:
    assert merge([]) is None


def test_the_newest_version_of_each_order_is_told_once() -> None:
    merged = merge([Painted(E1, (("a", 1), ("b", 4))), Painted(E1, (("a", 3),)), Painted(E1, (("b", 2),))])
    assert merged == Painted(E1, (("a", 3), ("b", 4)))


def test_a_whole_picture_forgets_what_came_before_and_stays_whole() -> None:
    merged = merge(
        [Painted(E1, (("a", 1),)), Painted(E1, (("b", 1),), whole_picture=True), Painted(E1, (("c", 1),))]
    )
    assert merged == Painted(E1, (("b", 1), ("c", 1)), whole_picture=True)


def test_another_epoch_forgets_what_came_before() -> None:
    merged = merge([Painted(E1, (("a", 9),), whole_picture=True), Painted(E2, (("a", 1),))])
    assert merged == Painted(E2, (("a", 1),))


def test_behind_is_told_until_that_version_was_painted() -> None:
    assert merge([Painted(E1, behind=(Behind("a", 2, 5),)), Painted(E1, (("a", 2),))]) == Painted(
        E1, (("a", 2),)
    )
    assert merge([Painted(E1, (("a", 2),)), Painted(E1, behind=(Behind("a", 2, 5),))]) == Painted(
        E1, (("a", 2),)
    )
    newer = Painted(E1, (("a", 2),), (Behind("a", 3, 4),))
    assert (
        merge([Painted(E1, (("a", 2),)), Painted(E1, behind=(Behind("a", 3, 5), Behind("a", 3, 4)))]) == newer
    )


def test_an_older_version_that_was_painted_leaves_the_newer_one_behind() -> None:
    merged = merge([Painted(E1, behind=(Behind("a", 5, 2),)), Painted(E1, (("a", 1),))])
    assert merged == Painted(E1, (("a", 1),), (Behind("a", 5, 2),))


REPORT = st.builds(
    Painted,
    st.sampled_from([E1, E2]),
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 5)), max_size=4).map(tuple),
    st.lists(st.builds(Behind, st.sampled_from("abc"), st.integers(1, 5), st.integers(1, 9)), max_size=3).map(
        tuple
    ),
    st.booleans(),
)


@example(
    [
        Painted(E1, behind=(Behind("a", 1, 1), Behind("b", 1, 1))),
        Painted(E1, behind=(Behind("a", 2, 1),)),
        Painted(E1, (("a", 1),)),
    ],
    1,
)
@example([Painted(E1, (("a", 1),)), Painted(E1, behind=(Behind("a", 2, 1), Behind("a", 1, 1)))], 1)
@given(st.lists(REPORT, min_size=1, max_size=8), st.integers(0, 8))
def test_merging_in_parts_says_the_same(reports: list[Painted], cut: int) -> None:
    reports.sort(key=lambda report: report.epoch)  # epochs only rise
    parts = [one for one in (merge(reports[:cut]), merge(reports[cut:])) if one is not None]
    merged = merge(reports)
    assert merged is not None
    assert merge(parts) == merged
    assert len(merged.newly_shown) <= 3
    assert len(merged.behind) <= 3
    assert merged.epoch == reports[-1].epoch
