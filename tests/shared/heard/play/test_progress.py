"""The progress line: a bar on a terminal, now and then a line elsewhere."""

import io

from heard.play.progress import LINE_EVERY_S, Progress, State, bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_bar_fills_and_fits() -> None:
    assert bar(State(0, 10, 0, 0.0), 200).startswith("[" + "." * 24 + "]")
    assert bar(State(10, 10, 9, 3.25), 200) == "[" + "#" * 24 + "] 10/10 orders  3.2/s  heard 9"
    assert len(bar(State(10, 10, 9, 3.25, "x" * 300), 80)) == 79


def test_a_log_gets_a_line_every_few_seconds() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    for tenth in range(int(LINE_EVERY_S * 20) + 1):
        progress.show(State(tenth, 200, 0, 1.0), tenth / 10)
    progress.clear()
    assert stream.getvalue().count("\n") == 3
    assert "\x1b" not in stream.getvalue()


def test_a_terminal_is_redrawn_and_left_clean() -> None:
    stream = Terminal()
    progress = Progress(stream)
    progress.show(State(1, 2, 1, 1.0), 0.0)
    progress.show(State(2, 2, 1, 1.0), 0.05)
    progress.clear()
    assert stream.getvalue().count("\r") == 2
    assert stream.getvalue().endswith("\r\x1b[K")
