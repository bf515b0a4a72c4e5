"""What every reader of settings needs: an error that names line and key, and the checks that raise it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from heard.errors import UserError
from heard.order import NO_TEXT, Text
from hub.config.lines import Lines
from hub.config.lines import Path as Keys

NEAREST_CUTOFF = 0.5
NAME_CHARACTERS_MAX = 120
LANGUAGES_MAX = 8


class WrongSetting(UserError):
    """A value that a key may not have; `keys` is the key's path."""

    def __init__(self, what: str, hint: str, keys: Keys) -> None:
        super().__init__(what, hint)
        self.keys = keys


class Checks:
    """Of one file, or of a table without lines."""

    def __init__(self, lines: Lines | None, source: str) -> None:
        self._lines = lines
        self.source = source

    def wrong(self, keys: Keys, what: str, hint: str = "") -> UserError:
        """The error for what stands at these keys; `what` goes on after them."""
        place = "" if self._lines is None else f"{self.source}, line {self._lines.of(keys)}: "
        return WrongSetting(f"{place}{_dotted(keys)} {what}", hint, keys)

    def with_line(self, error: UserError) -> UserError:
        """The library names the key, in full; here its line is added."""
        what = error.what.removeprefix(f"{self.source}: ")
        if self._lines is None:
            return UserError(what, error.hint, error.exit_code)
        found = [keys for keys in self._lines.paths() if _named_in(_dotted(keys), what)]
        if not found:
            return error
        line = self._lines.of(max(found, key=lambda keys: len(_dotted(keys))))
        return UserError(f"{self.source}, line {line}: {what}", error.hint, error.exit_code)

    def range(self, keys: Keys, value: int, low: int, high: int) -> None:
        """Raises unless the number lies within both."""
        if not low <= value <= high:
            raise self.wrong(keys, f"is {value}", f"write a whole number from {low} to {high}")

    def one_of(self, keys: Keys, value: str, words: Iterable[str]) -> None:
        """Raises for any other word, with the nearest one."""
        known = list(words)
        if value in known:
            return
        nearest = difflib.get_close_matches(value, known, n=1, cutoff=NEAREST_CUTOFF)
        more = f"; did you mean {nearest[0]!r}?" if nearest else ""
        raise self.wrong(keys, f"is {value!r}", f"write one of: {', '.join(known)}{more}")

    def languages(self, keys: Keys, languages: tuple[str, ...], *, required: bool = False) -> None:
        """Raises for what are no tags of languages."""
        if required and not languages:
            raise self.wrong(keys, "is empty", 'write at least one language, such as ["en"]')
        if len(languages) > LANGUAGES_MAX:
            raise self.wrong(keys, f"has {len(languages)} languages", f"write at most {LANGUAGES_MAX}")
        for tag in languages:
            if not tag or len(tag) > 16 or not tag.replace("-", "").isalnum() or not tag.isascii():
                raise self.wrong(keys, f"holds {tag!r}", 'write language tags such as "en", "ar", "pt-BR"')

    def name(self, keys: Keys, name: Any, language: str) -> Text:
        """A text, or one by language, as names by language; one text is in `language`. Raises for anything else."""
        texts = {language: name} if isinstance(name, str) and name else name or NO_TEXT
        if not isinstance(texts, Mapping) or not all(isinstance(text, str) for text in texts.values()):
            raise self.wrong(
                keys, f"is {name!r}", 'write a text, or one by language: { en = "Grill", ar = "الشواية" }'
            )
        for tag, text in texts.items():
            self.languages(keys, (tag,))
            if not 1 <= len(text) <= NAME_CHARACTERS_MAX:
                raise self.wrong(
                    keys, f"has {len(text)} characters in {tag!r}", f"write 1 to {NAME_CHARACTERS_MAX}"
                )
        return dict(texts) or NO_TEXT


def _dotted(keys: Keys) -> str:
    """ "routes[1].items", as the library writes it."""
    text = ""
    for part in keys:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _named_in(dotted: str, what: str) -> bool:
    """Whether the message names exactly this key, or one inside it."""
    start = what.find(dotted)
    before = what[start - 1] if start > 0 else " "
    after = what[start + len(dotted) : start + len(dotted) + 1]
    return start >= 0 and before in " '\"" and after in ("", " ", "'", '"', ":", "[", ".")
