"""Who must answer a preflight, when it is over, and what must be mended before the doors open."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from heard.preflight import KeyCheck, PreflightReport, PreflightRow, SoundCheck
from heard.stream import SiteProfile, StationProfile, View, ViewKind
from hub.core.names import Names
from hub.core.preflight import SHOWN_ROWS_MAX, Run, shown

GRILL, FRY = View(ViewKind.PREP, "grill"), View(ViewKind.PREP, "fry")
EXPO, BOARD = View(ViewKind.EXPO), View(ViewKind.BOARD)
CART = View(ViewKind.CART, terminal="T1")
PROFILE = SiteProfile(
    stations=(
        StationProfile("grill", {"en": "Grill"}),
        StationProfile("fry", {"en": "Fry"}),
        StationProfile("pass", {"en": "Pass"}, role="expo"),
        StationProfile("bar", {"en": "Bar"}, role="printer"),
    )
)
WELL = PreflightReport("p1", True, SoundCheck.PLAYED, keys=KeyCheck.TAKEN)


@dataclass
class Site:
    """A preflight of one minute that began at 0."""

    run: Run = field(default_factory=lambda: Run("p1", "Sara", 0, 60_000, names_read=True))

    def there(self, *views: View) -> None:
        for view in views:
            self.run.joined(view.name, view)

    def says(self, view: View, report: PreflightReport = WELL, **changes: object) -> bool:
        return self.run.reported(view.name, view, replace(report, **changes))  # type: ignore[arg-type]

    def rows(self, now_ms: int = 60_000, *, end: bool = True) -> dict[str, PreflightRow]:
        if end:
            self.run.end(now_ms)
        return {row.place or row.role: row for row in self.run.result(PROFILE, now_ms).rows}

    def problems(self, now_ms: int = 60_000) -> dict[str, tuple[str, ...]]:
        return {place: row.problems for place, row in self.rows(now_ms).items() if row.problems}


@pytest.fixture(name="site")
def _site() -> Site:
    site = Site()
    site.there(GRILL, FRY, EXPO)
    return site


def test_it_is_over_when_all_have_said_everything(site: Site) -> None:
    assert not site.run.over(0)
    for view in (GRILL, FRY):
        assert site.says(view)
    assert not site.run.over(59_999)
    site.says(EXPO, keys=KeyCheck.UNSPECIFIED)
    assert not site.run.over(59_999)
    site.says(EXPO)
    assert site.run.over(1)
    result = site.run.result(PROFILE, 1_500)
    assert (result.failed, result.took_s, result.by) == (False, 1.5, "Sara")
    assert [row.place for row in result.rows] == ["fry", "grill", ""]


def test_it_is_over_when_its_time_is_up(site: Site) -> None:
    assert not site.run.over(59_999)
    assert site.run.over(60_000)
    assert site.problems() == {"grill": ("no_answer",), "fry": ("no_answer",), "expo": ("no_answer",)}


@pytest.mark.parametrize(
    ("changes", "problems", "warnings"),
    [
        ({}, (), ()),
        ({"painted": False}, ("not_painted",), ()),
        ({"sound": SoundCheck.BROKEN}, ("no_sound",), ()),
        ({"sound": SoundCheck.UNSPECIFIED}, ("no_sound",), ()),
        ({"sound": SoundCheck.OFF}, (), ("sound_off",)),
        ({"keys": KeyCheck.UNSPECIFIED}, ("no_key",), ()),
        ({"keys": KeyCheck.NONE}, (), ()),
        ({"sizes": "too small"}, (), ("sizes",)),
        (
            {"painted": False, "sound": SoundCheck.BROKEN, "keys": KeyCheck.UNSPECIFIED},
            ("not_painted", "no_sound", "no_key"),
            (),
        ),
    ],
)
def test_what_a_screen_says_and_what_it_means(
    site: Site, changes: dict[str, object], problems: tuple[str, ...], warnings: tuple[str, ...]
) -> None:
    site.says(GRILL, WELL, **changes)
    row = site.rows()["grill"]
    assert (row.problems, row.warnings) == (problems, warnings)


def test_a_beep_or_a_key_that_may_still_come_is_no_problem_yet(site: Site) -> None:
    site.says(GRILL, PreflightReport("p1", painted=True))
    assert site.rows(5_000, end=False)["grill"].problems == ()


def test_a_screen_that_dies_in_the_middle_is_gone_unless_it_comes_back(site: Site) -> None:
    for view in (GRILL, FRY, EXPO):
        site.says(view)
    site.run.left(GRILL.name, GRILL)
    assert not site.run.over(1), "it may come back"
    assert site.rows(5_000, end=False)["grill"].problems == ("gone",)
    site.run.joined(GRILL.name, GRILL)
    assert site.run.over(1), "what it has said still holds"
    site.run.left(GRILL.name, GRILL)
    assert site.problems() == {"grill": ("gone",)}


def test_a_screens_new_stream_may_begin_before_its_old_one_ends(site: Site) -> None:
    site.run.joined(GRILL.name, GRILL)
    site.run.left(GRILL.name, GRILL)
    assert site.rows(1, end=False)["grill"].problems == ()


def test_who_connects_during_it_must_answer_too(site: Site) -> None:
    for view in (GRILL, FRY, EXPO):
        site.says(view)
    site.there(CART)
    assert not site.run.over(1)
    site.says(CART, keys=KeyCheck.NONE)
    assert site.run.over(1)
    assert site.rows()["T1"].role == "cart"


def test_a_station_without_any_screen_is_named_and_a_closed_one_is_not() -> None:
    site = Site()
    site.there(GRILL)
    site.says(GRILL)
    assert site.problems() == {"fry": ("no_screen",), "pass": ("no_screen",)}
    rows = site.run.result(PROFILE, 0, frozenset({"fry"})).rows
    assert [row.place for row in rows if row.problems] == ["pass"]


def test_answers_to_another_preflight_and_of_strangers_count_nothing(site: Site) -> None:
    assert not site.says(GRILL, id="p0")
    assert not site.run.reported("stranger", GRILL, WELL)
    site.run.end(5)
    assert not site.says(GRILL), "it is over"


def test_printers_are_waited_for_and_say_why_not(site: Site) -> None:
    for view in (GRILL, FRY, EXPO):
        site.says(view)
    site.run.printers = {"bar": None}
    assert not site.run.over(1)
    site.run.printers["bar"] = "its cover is open"
    assert site.run.over(1)
    row = site.rows(1)["bar"]
    assert (row.kind, row.problems, row.why) == ("printer", ("no_printer",), "its cover is open")


def test_characters_that_a_screen_lacks_are_said_with_the_names_that_have_them(site: Site) -> None:
    names = Names(("en", "ar"))
    names.add("item", "i1", {"en": "Ramen 麺", "ar": "رامن"})
    names.add("item", "i2", {"en": "Soup 🍜", "ar": "شوربة"})
    names.add("item", "i3", {"en": "麺"})
    names.add("item", "i4", {"en": "Kofta", "ar": "كفتة"})
    site.run.names = names
    site.says(GRILL, asked=1)
    site.says(FRY, asked=len(names.characters), missing=("麺", "🍜", "nobody asked for this"))
    site.says(EXPO, asked=len(names.characters))
    assert not site.run.over(1), "grill has not looked at all of them"
    site.says(GRILL, asked=len(names.characters))
    assert site.run.over(1)
    result = site.run.result(PROFILE, 1)
    assert [(one.id, one.lacks, one.glyphs, one.unreadable) for one in result.names] == [
        ("i3", ("ar",), ("麺",), True),
        ("i1", (), ("麺",), False),
        ("i2", (), ("🍜",), False),
    ]
    assert (result.names_total, result.names_checked, result.unreadable_total) == (3, 4, 1)
    assert result.failed, "nobody can read i3"
    fry = next(row for row in result.rows if row.place == "fry")
    assert (fry.report.missing, fry.warnings, fry.problems) == (("麺", "🍜"), ("glyphs",), ())


def test_screens_are_shown_what_must_be_mended_first() -> None:
    site = Site()
    for n in range(40):
        site.run.joined(f"s{n:02d}", GRILL)
        site.run.reported(f"s{n:02d}", GRILL, WELL if n < 38 else replace(WELL, keys=KeyCheck.UNSPECIFIED))
    site.run.end(60_000)
    rows = shown(site.run.result(PROFILE, 60_000)).rows
    assert len(rows) == SHOWN_ROWS_MAX
    assert [row.problems for row in rows[:5]] == [
        ("no_screen",),
        ("no_screen",),
        ("no_key",),
        ("no_key",),
        (),
    ]
