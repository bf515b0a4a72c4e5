"""The kernel is asked whether the clock is in step; where it cannot tell, it is not."""

from __future__ import annotations

import ctypes

import pytest

from hub import ntp


@pytest.mark.parametrize(("says", "in_step"), [(0, True), (4, True), (5, False), (-1, False)])
def test_what_the_kernel_says(monkeypatch: pytest.MonkeyPatch, says: int, in_step: bool) -> None:
    monkeypatch.setattr(ntp, "_adjtimex", lambda: lambda _buffer: says)
    assert ntp.in_step() is in_step


def test_a_machine_without_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ntp, "_adjtimex", lambda: None)
    assert not ntp.in_step()


def test_the_call_is_found_on_linux() -> None:
    ask = ntp._adjtimex()
    assert ask is not None
    assert 0 <= ask(ctypes.create_string_buffer(ntp.TIMEX_BYTES)) <= ntp.NOT_IN_STEP
