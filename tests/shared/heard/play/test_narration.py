"""A play in words: one line for each thing that happened, read from orders as the hub shows them."""

from dataclasses import replace

import pytest

from heard.order import Allergen, Course, HistoryEntry, Line, Note, Order, VoidAnswer
from heard.play.narration import EARLY_MAX, Narrator, happened, of_void, who
from heard.stream import HeardState, HeardValue, LineVoided

KOFTA = Line("l1", "kofta", {"en": "Kofta", "ar": "كفتة"}, 2000)
FRIES = Line("l2", "fries", {"en": "Fries"})
TEA = Line("l3", "tea", {"ar": "شاي"}, added_version=2)
ORDER = Order("o1", "214", lines=(KOFTA, FRIES, TEA), covers=4, notes=(Note({"en": "nut allergy"}),))


def entry(verb: str, *line_ids: str, device: str = "play-1a2b3c-T2", detail: str = "") -> HistoryEntry:
    return HistoryEntry(verb, device, 0, 2, line_ids, detail=detail)


@pytest.mark.parametrize(
    ("device", "words"),
    [
        ("play-1a2b3c-T2", "till 2"),
        ("play-grill", "the grill"),
        ("play-grill-2", "the grill"),
        ("demo-expo", "the expo"),
        ("hub", "the hub"),
    ],
)
def test_who(device: str, words: str) -> None:
    assert who(device) == words


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (entry("rush"), "rushed by till 2"),
        (entry("rush", detail="off"), "no rush any more, by till 2"),
        (entry("void_lines", "l1", detail="guest left"), "2 Kofta voided by till 2: guest left"),
        (entry("void_order", "l1", "l2"), "cancelled by till 2"),
        (
            entry("recall", "l1", "l2", "l3", device="play-grill-2"),
            "2 Kofta, 1 Fries and 1 more recalled at the grill",
        ),
        (entry("remake", "l2", detail="dropped"), "1 Fries to be made once more, by till 2: dropped"),
        (entry("add_lines", "l3"), "1 شاي added by till 2"),
        (entry("change_line", "l1"), "2 Kofta changed by till 2"),
        (
            entry("take_over", "l1", device="hub", detail="to bar"),
            "seen by no screen in time: taken over, to bar",
        ),
        (entry("change_order", detail="notes, covers"), "nut allergy, 4 guests, told by till 2"),
        (entry("split", "l1", detail="to 019f-77 #61"), "split to #61 by till 2"),
        (entry("split", "l1", detail="from 019f-76"), ""),
        (entry("merge", "l1", detail="from 019f-77 #61"), "merge from #61 by till 2"),
        (entry("fire", detail="2"), "course 2 fired by till 2"),
        (entry("hold"), ""),
        (entry("bump", "l1", device="play-grill"), ""),
        (entry("mark_paid", detail="card"), ""),
    ],
)
def test_one_entry_in_words(one: HistoryEntry, words: str) -> None:
    assert happened(ORDER, one) == words


def test_courses_and_allergies_go_by_their_names() -> None:
    courses = (Course(1, {"en": "Starters"}, fired=True), Course(2, {"en": "Main"}))
    dinner = replace(ORDER, courses=courses, allergens=(Allergen("nuts", {"en": "nuts"}),))
    assert happened(dinner, entry("hold")) == "in courses by till 2: starters, then main"
    assert happened(dinner, entry("fire", "l1", detail="2")) == "main fired by till 2"
    assert happened(dinner, entry("add_lines", "l1", "l2")) == "ALLERGY told by till 2: nuts"


def test_what_the_kitchen_says_of_a_void() -> None:
    value = HeardValue("o1", "grill", 3, HeardState.HEARD, voided=(LineVoided("l1", VoidAnswer.NOT_MADE),))
    assert of_void(ORDER, value) == "void at the grill: 2 Kofta was NOT MADE"
    assert of_void(ORDER, replace(value, voided=())) == ""


class Seen:
    """What a narrator needs of tills: the newest version of each order."""

    def __init__(self, *orders: Order) -> None:
        self.seen = {one.order_id: one for one in orders}


def test_an_answer_that_comes_before_its_void_is_told_after_it() -> None:
    voided = replace(ORDER, version=2, history=(entry("void_lines", "l1"),))
    told: list[str] = []
    narrator = Narrator(Seen(voided), lambda words: told.append(words.partition(" ")[2]))  # type: ignore[arg-type]
    value = HeardValue("o1", "grill", 2, HeardState.PENDING, voided=(LineVoided("l1", VoidAnswer.MADE),))
    narrator._heard(value)
    assert told == []
    narrator._orders((voided,))
    narrator._heard(value)
    assert told == ["#214 2 Kofta voided by till 2", "#214 void at the grill: 2 Kofta was MADE"]
    for n in range(2 * EARLY_MAX):
        narrator._heard(replace(value, order_id=f"never-shown-{n}"))
    assert len(narrator._early) == EARLY_MAX
