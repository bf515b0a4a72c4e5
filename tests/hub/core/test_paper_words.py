"""What staff reads about printers, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import hub.printer
from heard.stream import SiteProfile, StationProfile
from hub.core.causes import CAUSES
from hub.core.paper_words import dead_words, trouble_words

PROFILE = SiteProfile(stations=(StationProfile("bar", {"en": "Bar", "ar": "البار"}, role="printer"),))


def test_what_is_wrong_with_it() -> None:
    assert trouble_words(PROFILE, "bar", "it has no paper") == {
        "en": "Bar does not print: it has no paper.",
        "ar": "البار لا تطبع: لا يوجد ورق.",
    }
    assert trouble_words(PROFILE, "bar", "Is a directory")["ar"] == "البار لا تطبع: السبب في سجل الخادم."


def test_which_orders_it_did_not_print() -> None:
    assert dead_words(PROFILE, "bar", ["#1", "#2"], "it has no paper") == {
        "en": "Bar did not print #1, #2. Tell the kitchen (it has no paper).",
        "ar": "لم تطبع البار #1, #2. أخبر المطبخ (لا يوجد ورق).",
    }
    many = dead_words(PROFILE, "bar", [f"#{n}" for n in range(1, 9)])
    assert many["en"] == "Bar did not print #1, #2, #3 and 5 more. Tell the kitchen."
    assert "و5 غيرها" in many["ar"]


def test_all_that_a_printer_may_have_is_said_in_arabic() -> None:
    folder = Path(hub.printer.__file__).parent
    said = {
        words
        for name in ("port.py", "answers.py")
        for words in re.findall(
            r'"((?:it|its|no machine) [a-z ]+)"', (folder / name).read_text(encoding="utf-8")
        )
    }
    assert said >= {"it has no paper", "it does not answer"}
    assert said <= CAUSES.keys()
