"""One screen's part of a preflight: it shows the panel, beeps, and takes one key, which means nothing else. Pure.

The panel never hides a ticket: where tickets stand, or as soon as one comes, it is a line in the top bar instead. The first
key or touch is the answer in either form. What comes within half a second after a panel went means the panel, as a cook's
key means the picture that was seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from heard.preflight import KeyCheck, Preflight, PreflightReport, PreflightResult, SoundCheck

SETTLE_S = 0.5
DONE_S = 0.7
"""The answer stands there for so long, so that people see that it was taken."""
GUEST_S = 5.0
"""On a guests' screen, which takes no key: long enough to be seen from the counter."""
RESULT_S = 20.0
OVERDUE_S = 5.0
"""A hub that does not say the end is not waited for any longer."""


class Form(Enum):
    """How it shows: not at all, over the whole screen, or as a line in the top bar."""

    NONE = 0
    PANEL = 1
    LINE = 2


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown: how far this screen is, or (`result`) what was found everywhere."""

    form: Form = Form.NONE
    left_s: int = 0
    report: PreflightReport = field(default_factory=lambda: PreflightReport(""))
    result: PreflightResult | None = None


@dataclass(slots=True)
class Check:
    """`takes_keys`: cooks press keys here; `device`: this screen's id; `told_results`: it shows what others found.

    Seconds are monotonic."""

    takes_keys: bool
    device: str
    told_results: bool = False
    characters: tuple[str, ...] = ()
    """To be looked for in the fonts."""
    _report: PreflightReport = field(default_factory=lambda: PreflightReport(""))
    _sent: PreflightReport | None = None
    _running: bool = False
    _shown: bool = False
    _busy: bool = False
    _ends_s: float = 0.0
    _done_s: float | None = None
    _nobodys_s: float = float("-inf")
    _result: PreflightResult | None = None
    _result_until_s: float = 0.0

    # What the hub says

    def told(self, value: Preflight | None, now_s: float, hub_now_ms: int) -> None:
        """The newest word; None: none runs."""
        if value is None:
            self._close(now_s)
            return
        if value.result is not None:
            self._ended(value, value.result, now_s)
            return
        self._sent = None
        if value.id != self._report.id:
            keys = KeyCheck.UNSPECIFIED if self.takes_keys else KeyCheck.NONE
            self._report = PreflightReport(value.id, keys=keys)
            self._done_s, self._busy, self._result = None, False, None
        self._ends_s = now_s + max(0, value.ends_ms - hub_now_ms) / 1000
        self.characters = value.characters
        self._running = True
        self._shown = self._done_s is None

    def lost(self, now_s: float) -> None:
        """There is no hub: nothing is shown until it says again that one runs. What was answered stays answered."""
        self._close(now_s)

    def _ended(self, value: Preflight, result: PreflightResult, now_s: float) -> None:
        self._close(now_s)
        if (self.told_results or value.by == self.device) and self._result is not result:
            self._result, self._result_until_s, self._busy = result, now_s + RESULT_S, False

    def _close(self, now_s: float) -> None:
        if self.form is Form.PANEL:
            self._nobodys_s = now_s + SETTLE_S
        self._running = self._shown = False

    # What happens here

    def passed(self, now_s: float, *, busy: bool) -> None:
        """Time passes. `busy`: something stands on the screen that must not be hidden."""
        if busy and self.form is not Form.NONE:
            if self.form is Form.PANEL and not self._shown:
                self._nobodys_s = now_s + SETTLE_S  # a key meant for the result must not bump
            self._busy = True
        if self._running and now_s >= self._ends_s + OVERDUE_S:
            self._close(now_s)
        if self._shown and self._done_s is not None and now_s >= self._done_s:
            if self.form is Form.PANEL:
                self._nobodys_s = now_s + SETTLE_S
            self._shown = False
        if self._result is not None and now_s >= self._result_until_s:
            self._dismiss(now_s)

    def flipped(self, now_s: float, *, seen: bool) -> None:
        """A picture stands on the panel; `seen`: somebody could see it."""
        if not self._running or not seen or self._report.painted:
            return
        self._report = replace(self._report, painted=True)
        if not self.takes_keys and self._done_s is None:
            self._done_s = now_s + GUEST_S

    @property
    def wants_beep(self) -> bool:
        """After the picture, never before it."""
        return self._running and self._report.painted and self._report.sound is SoundCheck.UNSPECIFIED

    def beeped(self, sound: SoundCheck, why: str = "") -> None:
        """What became of the beep."""
        self._report = replace(self._report, sound=sound, sound_why=why)

    def found(self, missing: tuple[str, ...], sizes: str, *, unplugged: bool) -> None:
        """What the fonts lack of `characters`, advice on sizes, and whether the bump bar is gone."""
        self._report = replace(
            self._report, missing=missing, asked=len(self.characters), sizes=sizes, unplugged=unplugged
        )

    @property
    def asks(self) -> bool:
        """It shows, and waits for a key."""
        return self._shown and self.takes_keys and self._done_s is None

    def takes(self, key: str, device: str, now_s: float, *, repeat: bool = False) -> bool:
        """True where this key or touch is the preflight's, and means nothing else."""
        if now_s < self._nobodys_s:
            return True
        if self._shown and self.takes_keys:
            if self.asks and not repeat:
                self._report = replace(self._report, keys=KeyCheck.TAKEN, key=key, key_device=device)
                self._done_s = now_s + DONE_S
                self._nobodys_s = now_s + SETTLE_S
            # A panel that still says what was taken hides the tickets: no key means them.
            return self.form is Form.PANEL or now_s < self._nobodys_s
        if self._result is not None and self.form is Form.PANEL:
            if not repeat:
                self._dismiss(now_s)
            return True
        return False

    def _dismiss(self, now_s: float) -> None:
        if self.form is Form.PANEL:
            self._nobodys_s = now_s + SETTLE_S
        self._result = None

    # What comes out

    @property
    def form(self) -> Form:
        """How it shows now."""
        if not self._shown and self._result is None:
            return Form.NONE
        return Form.LINE if self._busy else Form.PANEL

    def card(self, now_s: float) -> Card:
        """What is shown now."""
        left_s = max(0, round(self._ends_s - now_s))
        return Card(self.form, left_s, self._report, self._result if not self._shown else None)

    def report(self) -> PreflightReport | None:
        """What the hub has not been told yet."""
        if not self._running or self._report == self._sent:
            return None
        self._sent = self._report
        return self._report

    def next_due_s(self) -> float | None:
        """When `passed` will change something."""
        due = []
        if self._running:
            due.append(self._ends_s + OVERDUE_S)
        if self._shown and self._done_s is not None:
            due.append(self._done_s)
        if self._result is not None:
            due.append(self._result_until_s)
        return min(due, default=None)
