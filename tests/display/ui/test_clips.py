"""Recorded clips: found by language and name, joined into one call, and never a reason to stop."""

import logging
import wave
from pathlib import Path

import pytest

from display.ui.clips import Clips
from display.ui.sound import Speaker


def a_clip(file: Path, ms: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(22_050)
        out.writeframes(b"\0\0" * (22_050 * ms // 1000))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("call", "2", "hundred"):
        a_clip(tmp_path / "en" / f"{name}.wav", 100)
    a_clip(tmp_path / "AR" / "Call.WAV", 100)
    (tmp_path / "en" / "14.wav").write_bytes(b"no sound")
    (tmp_path / "en" / "notes.txt").write_text("x")
    return tmp_path


def test_clips_are_known_by_language_and_name(folder: Path) -> None:
    assert Clips(folder).names == {"en/call", "en/2", "en/hundred", "en/14", "ar/call"}
    assert Clips().names == frozenset()


def test_an_empty_folder_says_how_clips_are_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert Clips(tmp_path).names == frozenset()
    assert "en/call.wav" in caplog.text


def test_a_call_is_one_sound_and_a_broken_clip_silences_it_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    clips = Clips(folder)
    speaker = Speaker(0.5, clips=clips)
    try:
        speaker.play("call/en/call,2,hundred")
        sound = clips.sound("call/en/call,2,hundred")
        assert sound is not None
        assert sound.get_length() == pytest.approx(0.3, abs=0.02)
        with caplog.at_level(logging.WARNING):
            speaker.play("call/en/call,14")
            speaker.play("call/en/call,99")
        assert caplog.text.count("a number is not called") == 2
        speaker.play("ready")
    finally:
        speaker.close()
