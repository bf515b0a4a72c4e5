"""Sounds are our own, short and not clipped; a broken device never stops a screen."""

import os

import pygame
import pytest

from display.core.sounding import Sound
from display.ui.sound import CHECK, CLICK, PEAK, RATE_HZ, TONES, Speaker, samples
from heard.preflight import SoundCheck


def test_every_sound_has_its_tones() -> None:
    assert set(TONES) == {*Sound, CLICK, CHECK}


@pytest.mark.parametrize("name", TONES)
def test_samples_are_short_start_and_end_silent_and_are_not_clipped(name: str) -> None:
    made = samples(TONES[name])
    assert 0 < len(made) <= RATE_HZ
    assert made[0] == 0
    assert abs(made[-1]) < PEAK / 10
    assert PEAK / 2 < max(made) <= PEAK


def test_a_missing_device_is_said_once_and_the_screen_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pygame.mixer.quit()
    monkeypatch.setenv("SDL_AUDIODRIVER", "nonexistent")
    speaker = Speaker(0.5)
    speaker.play(Sound.NEW)
    speaker.play(Sound.VOID)
    speaker.close()
    assert len([record for record in caplog.records if "no sound" in record.message]) == 1


def test_a_device_plays_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "SDL_AUDIODRIVER", "dummy")
    speaker = Speaker(0.5)
    speaker.play(Sound.NEW)
    speaker.play(Sound.VOID)
    busy = [n for n in range(pygame.mixer.get_num_channels()) if pygame.mixer.Channel(n).get_busy()]
    assert len(busy) == 1
    speaker.close()
    speaker.close()


def test_a_click_stops_nothing_that_sounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    speaker = Speaker(0.5)
    speaker.play(Sound.VOID)
    (void,) = (n for n in range(pygame.mixer.get_num_channels()) if pygame.mixer.Channel(n).get_busy())
    sounding = pygame.mixer.Channel(void).get_sound()
    speaker.play(CLICK)
    speaker.sample()
    assert pygame.mixer.Channel(void).get_sound() == sounding
    pygame.mixer.stop()
    speaker.sample()
    assert pygame.mixer.get_busy(), "nothing else said how loud it is"
    speaker.close()


def test_silence_is_a_setting() -> None:
    speaker = Speaker(0.5, enabled=False)
    speaker.play(Sound.NEW)
    speaker.close()


def test_a_beep_says_what_became_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Speaker(0.5, enabled=False).beep() is SoundCheck.OFF
    assert Speaker(0.0).beep() is SoundCheck.OFF
    pygame.mixer.quit()
    monkeypatch.setenv("SDL_AUDIODRIVER", "nonexistent")
    speaker = Speaker(0.5)
    assert speaker.beep() is SoundCheck.BROKEN
    assert speaker.why
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    assert speaker.beep() is SoundCheck.PLAYED, "somebody plugged the speaker in"
    speaker.play(Sound.NEW)
    assert pygame.mixer.get_busy()
    speaker.close()


def test_a_device_that_breaks_while_it_plays_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    speaker = Speaker(0.5)
    assert speaker.beep() is SoundCheck.PLAYED
    pygame.mixer.quit()  # as when it is pulled out
    speaker.play(Sound.VOID)
    speaker.close()
