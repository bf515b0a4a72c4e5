"""The preflight in plain values: every screen paints, beeps and takes a key, and a report says which did not."""

from __future__ import annotations

from dataclasses import dataclass

from heard.order import NO_TEXT, OpenEnum, Text

PREFLIGHT_KEY = "preflight"
"""The live value's key; it is cleared when no preflight runs."""
WAIT_S_DEFAULT = 60
WAIT_S_MIN, WAIT_S_MAX = 5, 600
"""From one walk along the screens of a truck to that along a stadium's."""


class SoundCheck(OpenEnum):
    """What became of a screen's beep."""

    UNSPECIFIED = 0
    PLAYED = 1
    OFF = 2
    BROKEN = 3


class KeyCheck(OpenEnum):
    """Whether a screen took a key or a touch; NONE: guests' screens, and those without a panel."""

    UNSPECIFIED = 0
    TAKEN = 1
    NONE = 2


@dataclass(frozen=True, slots=True)
class PreflightReport:
    """All that one screen can say so far; the newest holds. What is not known yet is False or UNSPECIFIED.

    `missing`: what of the asked characters no font here has. `sizes`: advice where its letters are too small.
    """

    id: str
    painted: bool = False
    sound: SoundCheck = SoundCheck.UNSPECIFIED
    sound_why: str = ""
    keys: KeyCheck = KeyCheck.UNSPECIFIED
    key: str = ""
    key_device: str = ""
    unplugged: bool = False
    missing: tuple[str, ...] = ()
    asked: int = 0
    sizes: str = ""


@dataclass(frozen=True, slots=True)
class PreflightRow:
    """One screen, printer or station. `problems` and `warnings` are words of PROBLEMS, the gravest first."""

    kind: str
    role: str
    place: str
    name: Text = NO_TEXT
    device: str = ""
    connected: bool = False
    report: PreflightReport = PreflightReport("")
    why: str = ""
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


SCREEN, PRINTER, STATION = "screen", "printer", "station"
PROBLEMS = (
    "no_screen",
    "gone",
    "no_answer",
    "not_painted",
    "no_sound",
    "no_key",
    "no_printer",
    "sound_off",
    "glyphs",
    "sizes",
)
"""From the gravest to the slightest; the last three only warn."""


@dataclass(frozen=True, slots=True)
class PreflightName:
    """A name that some screen cannot show as it should: languages in which it is missing, characters without a glyph.

    `unreadable`: no language of it can be written.
    """

    kind: str
    id: str
    text: str
    lacks: tuple[str, ...] = ()
    glyphs: tuple[str, ...] = ()
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class PreflightResult:
    """The report. `names` are at most NAMES_LISTED of `names_total`."""

    id: str
    by: str
    running: bool
    wait_s: int
    took_s: float
    rows: tuple[PreflightRow, ...] = ()
    names: tuple[PreflightName, ...] = ()
    names_total: int = 0
    names_checked: int = 0
    unreadable_total: int = 0

    @property
    def failed(self) -> bool:
        """Something must be mended before the doors open."""
        return bool(self.unreadable_total) or any(row.problems for row in self.rows)


NAMES_LISTED = 50


@dataclass(frozen=True, slots=True)
class Preflight:
    """What screens are told: one runs until `ends_ms` (hub time), or (`result`) it is over and this was found.

    `characters`: of the site's names, to be looked for in the fonts. `by`: the user or device that began it.
    """

    id: str
    ends_ms: int
    by: str = ""
    characters: tuple[str, ...] = ()
    result: PreflightResult | None = None
