"""Every refusal is said in English and in Arabic, and every text of the table by somebody."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from heard.command import Answer, Outcome, Reason
from heard.v1 import command_pb2 as pb
from heard.why import NO_WHY, VALUE_CHARACTERS_MAX, WORDS, Why, values_of, why
from heard.wire import answer_from_pb, answer_to_pb, decode_answer, encode_answer

ROOT = Path(__file__).parents[3]
ARABIC = re.compile(r"[\u0621-\u064a]{2}")
LATIN = re.compile(r"[A-Za-z]{2}")


@pytest.mark.parametrize("code", WORDS)
def test_it_has_both_languages_with_the_same_values(code: str) -> None:
    english, arabic = WORDS[code]
    assert values_of(english) == values_of(arabic)
    said = why(code, **dict.fromkeys(values_of(english), "7"))
    assert ARABIC.search(said.said("ar"))
    assert not LATIN.search(said.said("ar"))
    assert not ARABIC.search(said)
    assert said.said("en") == said.said("fr") == said


def test_what_is_refused_is_in_the_table_and_all_of_the_table_is_said() -> None:
    used: set[str] = set()
    for place in ("hub", "shared/heard", "display"):
        for file in (ROOT / place).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            used |= set(re.findall(r'\b_?why\(\s*(?:site, )?"([a-z_]+\.[a-z_0-9]+)"', text))
            used |= set(re.findall(r'\bwhy="([a-z_]+\.[a-z_0-9]+)"', text))
            if file.name == "errors.py" and place == "hub":
                used |= set(re.findall(r'"(command\.[a-z]+)"', text))
    assert used == set(WORDS)


def test_a_reason_keeps_its_code_over_the_wire_and_on_the_disk() -> None:
    said = why("line.begun", station="fry").of_line("l1")
    answer = Answer(Outcome.REJECTED, 3, reason=Reason.NOT_NOW, message=said)
    for back in (answer_from_pb(answer_to_pb(answer)), decode_answer(encode_answer(answer))):
        assert back == answer
        assert isinstance(back.message, Why)
        assert (back.message.code, dict(back.message.values)) == (
            "line.begun",
            {"station": "fry", "line": "l1"},
        )
        assert back.message == "l1: fry has begun it"
        assert back.message.said("ar") == "بدأت fry تحضيره"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(Outcome.REJECTED, 4, message="a hub of before says this"),
        Answer(Outcome.DONE, 4, message="prints at Bar"),
        Answer(Outcome.DONE, 4),
    ],
)
def test_what_the_contract_shows_is_said_of_every_answer(answer: Answer) -> None:
    """`answer.message.said("ar")`, also of an answer without a reason of the table."""
    (shown,) = re.findall(r"`(answer\.message\.said\(.*?\))`", (ROOT / "protos/README.md").read_text("utf-8"))
    message = answer_to_pb(answer)
    assert not message.HasField("why")
    back = answer_from_pb(message)
    assert eval(shown, {"answer": back}) == answer.message
    assert answer_to_pb(back) == message, "passed on it is the same"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_of_a_reason_is_the_reason(copied: Callable[[Answer], Answer]) -> None:
    answer = Answer(Outcome.REJECTED, 3, message=why("line.begun", station="fry"))
    message = copied(answer).message
    assert isinstance(message, Why)
    assert (message, message.said("ar")) == (answer.message, "بدأت fry تحضيره")
    assert asdict(answer)["message"] == answer.message


def test_another_release_knows_other_reasons_and_its_english_is_said() -> None:
    newer = pb.Answer(message="the oven is cold", why=pb.Why(code="oven.cold"))
    assert isinstance(told := answer_from_pb(newer).message, Why)
    assert told.said("ar") == "the oven is cold"
    other_values = pb.Answer(message="fry has begun it", why=pb.Why(code="line.begun", values={"at": "fry"}))
    assert isinstance(told := answer_from_pb(other_values).message, Why)
    assert told.said("ar") == "fry has begun it"


def test_a_value_is_no_story() -> None:
    assert len(why("hub.ended", status="x" * 1000).values["status"]) == VALUE_CHARACTERS_MAX
    assert why("allergy.others", allergens=["nuts" * 60]).values["allergens"] == "nuts" * 50
    items = [f"allergen-{n}" for n in range(30)]
    *said, more = why("allergy.others", allergens=items).values["allergens"].split(", ")
    assert said == items[: len(said)]
    assert more == f"+{30 - len(said)}"
    assert not NO_WHY
