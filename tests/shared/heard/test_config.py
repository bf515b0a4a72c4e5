"""Settings files: what is right arrives typed, what is wrong is named with its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from heard import config
from heard.errors import UserError


@dataclass(frozen=True, slots=True)
class Station:
    name: str
    warn_s: int = 480
    languages: tuple[str, ...] = ("en",)

    def __post_init__(self) -> None:
        if self.warn_s < 0:
            raise ValueError(f"warn_s is {self.warn_s}, below 0")


@dataclass(frozen=True, slots=True)
class Settings:
    data: Path = Path("data")
    ratio: float = 1.0
    debug: bool = False
    digits: Literal["western", "arabic"] = "western"
    zone: str | None = None
    stations: tuple[Station, ...] = ()
    ages: Mapping[str, int] = field(default_factory=dict)


def load(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "hub.toml"
    file.write_text(text)
    return config.load(Settings, file)


def test_everything_arrives_typed(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        'data = "/srv/heard"\nratio = 2\ndigits = "arabic"\nzone = "Asia/Riyadh"\nages = {DINE_IN = 5}\n'
        '[[stations]]\nname = "grill"\nlanguages = ["en", "ar"]\n',
    )
    assert settings == Settings(
        Path("/srv/heard"),
        2.0,
        False,
        "arabic",
        "Asia/Riyadh",
        (Station("grill", 480, ("en", "ar")),),
        {"DINE_IN": 5},
    )


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("degbu = true", "unknown key 'degbu'", "did you mean 'debug'?"),
        ("xyzzy = 1", "unknown key 'xyzzy'", "known here: ages, data, debug"),
        ("[[stations]]\nname='g'\nwran_s = 1", "unknown key 'stations[0].wran_s'", "did you mean 'warn_s'?"),
        ("[[stations]]\nwarn_s = 1", "'stations[0].name' is missing", "required"),
        ("[[stations]]\nname = 'g'\nwarn_s = -1", "stations[0]: warn_s is -1, below 0", "mend"),
        ("debug = 1", "debug is 1, not true or false", "write true or false"),
        ("ratio = true", "ratio is True, not a number", "a number"),
        ("stations = 'grill'", "stations is 'grill', not a list", "a list"),
        ("digits = 'arabik'", "digits is 'arabik'", "did you mean 'arabic'?"),
        ("ages = {DINE_IN = 'x'}", "ages.DINE_IN is 'x', not a whole number", "whole number"),
        ("debug = ", "is not TOML", "mend that line"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, what: str, hint: str) -> None:
    with pytest.raises(UserError) as caught:
        load(tmp_path, text)
    assert what in caught.value.what
    assert hint in caught.value.hint
    assert str(tmp_path / "hub.toml") in caught.value.what
    assert caught.value.exit_code == 2


def test_a_missing_file_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no settings file"):
        config.load(Settings, tmp_path / "no.toml")
    (tmp_path / "hub.toml").write_bytes(b"data = '\xff'")
    with pytest.raises(UserError, match="not UTF-8"):
        config.load(Settings, tmp_path / "hub.toml")
    with pytest.raises(UserError, match="cannot be read"):
        config.load(Settings, tmp_path)
