"""Settings of a screen: the sample is loaded, and a mistake says what, where and what to do."""

from dataclasses import fields
from pathlib import Path

import pytest

from display.config import Config, load
from heard.errors import UserError

SAMPLE = Path(__file__).parent.parent.parent / "systemd" / "display.toml"


def test_the_sample_has_every_setting_at_its_default() -> None:
    assert load(SAMPLE) == Config(station="grill")
    text = SAMPLE.read_text(encoding="utf-8")
    for field in fields(Config):
        assert f"\n{field.name} = " in text, f"{field.name} is not explained"


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("stations = 1", "stations is not a setting", "did you mean station?"),
        ("columms = 3", "columms is not a setting", "did you mean columns?"),
        ("columns = 9", "columns is 9", "1 to 6"),
        ('columns = "4"', "columns must be a whole number", ""),
        ("rail = 1", "rail must be true or false", ""),
        ("rotation = 45", "rotation is 45", "0, 90, 180 or 270"),
        ('keys = "qwerty"', "keys is 'qwerty'", '"keyboard"'),
        ('grammar = "digits"', "grammar is 'digits'", '"digit-selects"'),
        ('languages = "ar"', "languages must be a list", ""),
        ('languages = ["ar", "en", "fr"]', "languages is", "one or two"),
        ("screen_inches = 24", "belong together", "both"),
        ("station = ", "not TOML", "sample"),
        ("scale = 5", "scale is 5.0", "0.75 to 2"),
        ("scale = 0.5", "scale is 0.5", "0.75 to 2"),
    ],
)
def test_a_mistake_is_named(text: str, what: str, hint: str, tmp_path: Path) -> None:
    file = tmp_path / "display.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as error:
        load(file)
    assert str(file) in error.value.what
    assert what in error.value.what
    assert hint in error.value.hint
    assert error.value.exit_code == 2


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot read .*nothing\.toml"):
        load(tmp_path / "nothing.toml")
