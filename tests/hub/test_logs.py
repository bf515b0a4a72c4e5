"""Log lines for people and for the journal."""

import io
import logging
import sys

import pytest

from hub import logs


@pytest.fixture
def root_logger() -> object:
    root = logging.getLogger()
    before = (root.handlers[:], root.level, logging.getLogger("heard").level)
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    logging.getLogger("heard").setLevel(before[2])


@pytest.mark.usefixtures("root_logger")
@pytest.mark.parametrize("journal", [False, True])
def test_lines(monkeypatch: pytest.MonkeyPatch, journal: bool) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    monkeypatch.setenv("JOURNAL_STREAM", "8:1") if journal else monkeypatch.delenv(
        "JOURNAL_STREAM", raising=False
    )
    logs.set_up()
    logging.getLogger("heard.hub").info("serving")
    logging.getLogger("heard.alarm").error("two\nlines")
    logging.getLogger("zeroconf").info("chatter")
    lines = out.getvalue().splitlines()
    if journal:
        assert lines == ["<6>heard.hub: serving", "<3>heard.alarm: two", "<3>lines"]
    else:
        assert lines[0].endswith(" INFO    heard.hub: serving")
        assert "ERROR   heard.alarm: two" in lines[1]
        assert len(lines) == 3
