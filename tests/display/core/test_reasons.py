"""What the hub refused is said in the screen's language, with dishes and stations by their names."""

from __future__ import annotations

import re

import pytest

from display.core.look import Look
from display.core.reasons import reason, spoken
from display.core.theme import Theme
from heard.expo import EXPO
from heard.order import Text
from heard.why import WORDS, Why, values_of, why
from tests.display.desks import Letters

FRY: Text = {"en": "Fry", "ar": "القلي"}
DISH: Text = {"en": "Falafel", "ar": "فلافل"}
LATIN = re.compile(r"[A-Za-z]{2}")
ISOLATES = re.compile("[\u2066-\u2069]")


def look(*languages: str) -> Look:
    return Look(Theme.at_scale(1.0), Letters(), languages, station_names={"fry": FRY})


def plain(said: str) -> str:
    return ISOLATES.sub("", said)


@pytest.mark.parametrize("code", WORDS)
@pytest.mark.parametrize("languages", [("ar",), ("ar", "en")])
def test_an_arabic_screen_says_every_reason_in_arabic(code: str, languages: tuple[str, ...]) -> None:
    values = dict.fromkeys(values_of(WORDS[code][0]), "7") | {"station": "fry"}
    said = reason(look(*languages), why(code, **values).of_line("l1"), DISH)
    assert plain(said).startswith("فلافل: ")
    assert not LATIN.search(said)


@pytest.mark.parametrize(
    ("said", "english", "arabic"),
    [
        (
            why("line.begun", station="fry").of_line("l1"),
            "Falafel: Fry has begun it",
            "فلافل: بدأت القلي تحضيره",
        ),
        (
            why("print.nothing", station=EXPO),
            "Expo has nothing of this order",
            "ليس لدى التسليم شيء من هذا الطلب",
        ),
        (
            why("station.no_screen", role="prep"),
            "the hub has no prep station for this screen",
            "لا محطة لهذه الشاشة في الخادم (شاشة المطبخ)",
        ),
        (
            why("station.unknown", station="fri", known=["fry", EXPO, *(f"bar-{n}" for n in range(30))]),
            "fri is not such a station; Fry, Expo, " + ", ".join(f"bar-{n}" for n in range(24)) + ", +6",
            "لا توجد محطة بهذا الاسم: fri (القلي, التسليم, "
            + ", ".join(f"bar-{n}" for n in range(24))
            + ", +6)",
        ),
        (why("line.split_off", order="0193af #215"), "it was moved to #215", "نُقل إلى #215"),
        (
            why(
                "print.no_printer",
                "Grill has no printer: set stations.grill.printer",
                station="grill",
                key="k",
            ),
            "Grill has no printer: set stations.grill.printer",
            "لا طابعة لـ grill: اضبط k",
        ),
        (
            Why("l1: the oven is cold", "oven.cold", {"line": "l1"}),
            "Falafel: the oven is cold",
            "فلافل: the oven is cold",
        ),
        (Why("fry has begun it", "line.begun", {"at": "fry"}), "fry has begun it", "fry has begun it"),
        ("a hub of before says this", "a hub of before says this", "a hub of before says this"),
    ],
)
def test_names_stand_for_ids_and_a_hub_of_another_release_is_believed(
    said: str, english: str, arabic: str
) -> None:
    assert plain(reason(look("en"), said, DISH)) == english
    assert plain(reason(look("ar"), said, DISH)) == arabic


def test_the_values_of_a_sentence() -> None:
    values = {"why": why("line.voided").of_line("l1"), "dish": DISH, "n": 3}
    english = spoken(look("en"), values)
    assert (plain(str(english["why"])), english["dish"], english["n"]) == (
        "Falafel: the line was voided",
        "Falafel",
        3,
    )
    sentence = look("ar").words.say("say.refused", **spoken(look("ar"), values))
    assert plain(sentence) == "رفض الخادم: فلافل: أُلغي الصنف"
