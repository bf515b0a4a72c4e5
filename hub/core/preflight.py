"""A preflight as the hub knows it: who must answer, what they said, and what must be mended before the doors open. Pure.

Everybody connected when it begins, or during it, must answer; who goes away in the middle and does not come back has failed.
It is over once all have said everything, or when its time is up. It lives in memory only: a hub that starts again has none.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

from heard.order import NO_TEXT, Text
from heard.preflight import (
    PRINTER,
    PROBLEMS,
    SCREEN,
    STATION,
    KeyCheck,
    PreflightReport,
    PreflightResult,
    PreflightRow,
    SoundCheck,
)
from heard.stream import SiteProfile, View, ViewKind
from hub.core.names import Names

ROLES = {ViewKind.PREP: "prep", ViewKind.EXPO: "expo", ViewKind.BOARD: "board", ViewKind.CART: "cart"}
SCREENS_MAX = 1_000
"""Screens of one preflight; more are a mistake of whoever connects."""
MISSING_MAX = 200
TEXT_CHARACTERS_MAX = 200
WARNINGS = frozenset(PROBLEMS[PROBLEMS.index("sound_off") :])
SHOWN_ROWS_MAX = 24
"""Rows of the result that screens are shown: what a panel holds."""

Who = tuple[str, str]
"""(device, name of its view)."""


@dataclass(slots=True)
class _Screen:
    view: View
    streams: int = 0
    came: bool = False
    """It watched at some moment of this preflight; else it is only known from before."""
    report: PreflightReport | None = None


def place_of(view: View) -> str:
    """The station or terminal of a view."""
    return view.station or view.terminal


@dataclass(slots=True)
class Run:
    """One preflight. `printers`: station -> why it cannot print, "" for ready, None while it has not answered."""

    id: str
    by: str
    began_ms: int
    wait_ms: int
    names: Names = field(default_factory=Names)
    names_read: bool = False
    printers: dict[str, str | None] = field(default_factory=dict)
    ended_ms: int | None = None
    _screens: dict[Who, _Screen] = field(default_factory=dict)

    @property
    def ends_ms(self) -> int:
        return self.began_ms + self.wait_ms

    @property
    def running(self) -> bool:
        return self.ended_ms is None

    def joined(self, device: str, view: View) -> None:
        """A screen watches that view."""
        known = self._screens.get((device, view.name))
        if known is None:
            if len(self._screens) >= SCREENS_MAX:
                return
            known = self._screens[device, view.name] = _Screen(view)
        known.streams += 1
        known.came = True

    def known(self, device: str, view: View) -> None:
        """That screen was here before and is not now: nobody waits for it, and it has its row."""
        if len(self._screens) < SCREENS_MAX:
            self._screens.setdefault((device, view.name), _Screen(view))

    def left(self, device: str, view: View) -> None:
        """A stream of it has ended; a new one may have begun before."""
        known = self._screens.get((device, view.name))
        if known is not None:
            known.streams = max(0, known.streams - 1)

    def reported(self, device: str, view: View, report: PreflightReport) -> bool:
        """What a screen says of this preflight; True where it was taken."""
        known = self._screens.get((device, view.name))
        if known is None or report.id != self.id or not self.running:
            return False
        known.report = dataclasses.replace(
            report,
            sound_why=report.sound_why[:TEXT_CHARACTERS_MAX],
            key=report.key[:TEXT_CHARACTERS_MAX],
            key_device=report.key_device[:TEXT_CHARACTERS_MAX],
            sizes=report.sizes[:TEXT_CHARACTERS_MAX],
            missing=tuple(one for one in report.missing[:MISSING_MAX] if one in self.names.characters),
        )
        return True

    def over(self, now_ms: int) -> bool:
        """True once there is nothing to wait for."""
        if now_ms >= self.ends_ms:
            return True
        return (
            self.names_read
            and None not in self.printers.values()
            and all(
                one.streams > 0 and one.report is not None and self._is_whole(one.report)
                for one in self._screens.values()
                if one.came
            )
        )

    def end(self, now_ms: int) -> None:
        """From now on nothing changes."""
        self.ended_ms = now_ms

    def result(
        self, profile: SiteProfile, now_ms: int, closed: frozenset[str] = frozenset()
    ) -> PreflightResult:
        """The report as it stands. Stations that are `closed` need no screen."""
        missing: dict[str, None] = {}
        for one in self._screens.values():
            if one.report is not None:
                missing |= dict.fromkeys(one.report.missing)
        listed, total, unreadable = self.names.findings(frozenset(missing))
        ended_ms = now_ms if self.ended_ms is None else self.ended_ms
        return PreflightResult(
            id=self.id,
            by=self.by,
            running=self.running,
            wait_s=self.wait_ms // 1000,
            took_s=max(0, ended_ms - self.began_ms) / 1000,
            rows=(
                *self._stations(profile, closed),
                *self._rows(profile, closed),
                *self._printer_rows(profile),
            ),
            names=listed,
            names_total=total,
            names_checked=len(self.names),
            unreadable_total=unreadable,
        )

    def _rows(self, profile: SiteProfile, closed: frozenset[str]) -> list[PreflightRow]:
        rows = [
            self._row(device, known, profile)
            for (device, _), known in self._screens.items()
            if known.came or _is_wanted(known.view, profile, closed)
        ]
        return sorted(rows, key=lambda row: (list(ROLES.values()).index(row.role), row.place, row.device))

    def _row(self, device: str, known: _Screen, profile: SiteProfile) -> PreflightRow:
        report, connected = known.report or PreflightReport(self.id), known.streams > 0
        found = set(self._problems(known, connected))
        return PreflightRow(
            SCREEN,
            ROLES[known.view.kind],
            place_of(known.view),
            name_of(profile, known.view),
            device,
            connected,
            report,
            problems=tuple(one for one in PROBLEMS if one in found - WARNINGS),
            warnings=tuple(one for one in PROBLEMS if one in found & WARNINGS),
        )

    def _problems(self, known: _Screen, connected: bool) -> list[str]:
        report = known.report
        if not connected:
            return ["gone" if known.came else "no_screen"]
        if report is None:
            return [] if self.running else ["no_answer"]
        found = ["glyphs"] if report.missing else []
        if report.sizes:
            found.append("sizes")
        if report.sound is SoundCheck.BROKEN:
            found.append("no_sound")
        elif report.sound is SoundCheck.OFF:
            found.append("sound_off")
        if self.running:
            return found
        if not report.painted:
            found.append("not_painted")
        if report.sound is SoundCheck.UNSPECIFIED:
            found.append("no_sound")
        if report.keys is KeyCheck.UNSPECIFIED:
            found.append("no_key")
        return found

    def _is_whole(self, report: PreflightReport) -> bool:
        return (
            report.painted
            and report.sound is not SoundCheck.UNSPECIFIED
            and report.keys is not KeyCheck.UNSPECIFIED
            and report.asked >= len(self.names.characters)
        )

    def _stations(self, profile: SiteProfile, closed: frozenset[str]) -> list[PreflightRow]:
        """Stations of the settings that have no screen at all."""
        there = [(known.view.kind, known.view.station) for known in self._screens.values()]
        kinds = {kind for kind, _ in there}
        found = []
        for one in profile.stations:
            kind = next((kind for kind, role in ROLES.items() if role == one.role), None)
            if kind is None or one.station in closed:
                continue
            if (kind, one.station) in there or (kind is not ViewKind.PREP and kind in kinds):
                continue
            row = PreflightRow(STATION, one.role, one.station, one.name, problems=("no_screen",))
            found.append(row)
        return found

    def _printer_rows(self, profile: SiteProfile) -> list[PreflightRow]:
        rows = []
        for station, why in self.printers.items():
            known = profile.station(station)
            name = known.name if known is not None else NO_TEXT
            if why is None and not self.running:
                why = "it did not answer"
            problems = ("no_printer",) if why else ()
            rows.append(
                PreflightRow(
                    PRINTER, PRINTER, station, name, connected=why == "", why=why or "", problems=problems
                )
            )
        return rows


def _is_wanted(view: View, profile: SiteProfile, closed: frozenset[str]) -> bool:
    """Whether a screen that is not here is missed: its station is in the settings and open."""
    return view.station not in closed and (
        view.kind is not ViewKind.PREP or profile.station(view.station) is not None
    )


def name_of(profile: SiteProfile, view: View) -> Text:
    """What people call the screen of that view; empty where the settings do not say."""
    if view.kind is ViewKind.PREP:
        known = profile.station(view.station)
        return known.name if known is not None else NO_TEXT
    of_role = [one for one in profile.stations if one.role == ROLES[view.kind]]
    return of_role[0].name if len(of_role) == 1 else NO_TEXT


def shown(result: PreflightResult) -> PreflightResult:
    """The part of a result that screens are shown: what must be mended first, then what people should know."""
    told = sorted(
        (row for row in result.rows if row.problems or row.warnings), key=lambda row: not row.problems
    )
    rest = [row for row in result.rows if not row.problems and not row.warnings]
    return dataclasses.replace(result, rows=tuple((told + rest)[:SHOWN_ROWS_MAX]), names=result.names[:3])


def summary(result: PreflightResult) -> Mapping[str, object]:
    """For /health."""
    return {
        "running": result.running,
        "failed": result.failed,
        "rows": len(result.rows),
        "with_problems": sum(bool(row.problems) for row in result.rows),
    }
