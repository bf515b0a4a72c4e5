"""Every alarm of the hub itself is said in English and in Arabic, and every word of the table by somebody."""

from __future__ import annotations

import copy
import pickle
import re
from pathlib import Path
from string import Formatter

import pytest

from hub.core.alarm_words import WORDS, AlarmText, alarm
from hub.store.disk import LADDER

HUB = Path(__file__).parents[3] / "hub"
ARABIC = re.compile(r"[\u0621-\u064a]{2}")


@pytest.mark.parametrize("key", WORDS)
def test_it_has_both_languages_with_the_same_values(key: str) -> None:
    english, arabic = ({name for _, name, _, _ in Formatter().parse(one) if name} for one in WORDS[key])
    assert english == arabic
    said = alarm(key, **dict.fromkeys(english, "X"))
    assert said == said.text["en"]
    assert ARABIC.search(said.text["ar"])
    assert not ARABIC.search(said)


def test_what_is_raised_is_in_the_table_and_all_of_the_table_is_raised() -> None:
    raised = set()
    for file in HUB.rglob("*.py"):
        raised |= set(re.findall(r'\balarm\(\s*"([a-z_.0-9]+)"', file.read_text(encoding="utf-8")))
    raised |= {rung.words for rung in LADDER}
    raised |= {"store.no_space", "store.no_space_reserve"}  # one of them, by what was given back
    assert raised == set(WORDS)


def test_a_copy_of_an_alarm_is_the_alarm() -> None:
    said = alarm("numbers.went_back")
    for one in (copy.deepcopy(said), pickle.loads(pickle.dumps(said))):
        assert (one, one.text) == (said, said.text)


def test_a_cause_is_said_in_each_language_and_a_path_keeps_its_order() -> None:
    said = alarm("clock", why=alarm("clock.jumped", time="2026-11-25 10:00 UTC"))
    assert said == (
        "The hub's clock is in doubt: the clock jumped; it says 2026-11-25 10:00 UTC. The business day does not roll."
    )
    assert "قفزت الساعة؛ تقول \u20662026-11-25 10:00 UTC\u2069" in said.text["ar"]
    assert alarm("cloud.documents", n=3).text["ar"].startswith("3 ")
    assert AlarmText() == ""
