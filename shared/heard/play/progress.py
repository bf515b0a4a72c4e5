"""One line of progress on stderr: redrawn on a terminal, printed every few seconds elsewhere."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TextIO

REDRAW_S = 0.2
LINE_EVERY_S = 5.0
"""Where stderr is no terminal: enough to see that it lives, few enough for a log."""
BAR_CELLS = 24


@dataclass(frozen=True, slots=True)
class State:
    """How far a play is."""

    done: int
    total: int
    heard: int
    rate: float
    note: str = ""

    def text(self) -> str:
        """In words, without a bar."""
        words = f"{self.done:,}/{self.total:,} orders  {self.rate:,.1f}/s  heard {self.heard:,}"
        return f"{words}  {self.note}" if self.note else words


def bar(state: State, columns: int) -> str:
    """A bar and the words beside it, in at most `columns` cells."""
    full = BAR_CELLS if state.total == 0 else BAR_CELLS * min(state.done, state.total) // state.total
    return f"[{'#' * full}{'.' * (BAR_CELLS - full)}] {state.text()}"[: max(0, columns - 1)]


class Progress:
    """Draws states on a stream; the caller says when (monotonic seconds), so it never waits and never floods."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._tty = stream.isatty()
        self._last_s = float("-inf")
        self._drawn = False

    def show(self, state: State, now_s: float) -> None:
        """Draw when it is time again."""
        if now_s - self._last_s < (REDRAW_S if self._tty else LINE_EVERY_S):
            return
        self._last_s = now_s
        if self._tty:
            self._stream.write(f"\r\x1b[K{bar(state, shutil.get_terminal_size().columns)}")
            self._drawn = True
        else:
            self._stream.write(f"{state.text()}\n")
        self._stream.flush()

    def clear(self) -> None:
        """Take the bar away before something else is printed."""
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._drawn = False
