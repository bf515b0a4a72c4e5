"""What was set at the hub, as a document with who and when; whether a value may be is judged in `hub.config`. Pure."""

from __future__ import annotations

from hub.core.decision import SETTINGS_KEY, Decision, Doc, Docs, Setting, Settings

SETTINGS_MAX = 1_000
"""Keys set at one hub; a large site sets a few dozen."""
CHANGES_KEPT = 200
BYTES_MAX = 200_000
"""Of all values: the document stays below what the store takes."""


class SettingsMoved(Exception):
    """Somebody else set something since this change was checked: check again."""


class TooManySettings(Exception):
    """The document would outgrow its place."""


def settings_of(doc: Doc | None) -> Settings:
    """What is set, nothing where nothing ever was."""
    return doc if isinstance(doc, Settings) else Settings(0)


def decide_set(docs: Docs, checked_version: int, key: str, value: str, by: str, at_ms: int) -> Decision:
    """Sets a key to a JSON value, "" takes it away. Reads SETTINGS_KEY. Raises SettingsMoved and TooManySettings.

    Keys within a table that is set whole, and the key itself, are replaced by it.
    """
    old = settings_of(docs.get(SETTINGS_KEY))
    if old.version != checked_version:
        raise SettingsMoved
    entry = Setting(key, value, by, at_ms)
    kept = tuple(one for one in old.entries if one.key != key and not one.key.startswith(f"{key}."))
    entries = (*kept, entry) if value else kept
    if len(entries) > SETTINGS_MAX or sum(len(one.value.encode()) for one in entries) > BYTES_MAX:
        raise TooManySettings
    changes = [*old.changes, entry][-CHANGES_KEPT:]
    while len(changes) > 1 and sum(len(one.value) for one in changes) > BYTES_MAX // 8:
        changes.pop(0)
    made = Settings(old.version + 1, entries, tuple(changes))
    return Decision(None, {SETTINGS_KEY: old.version or None}, {SETTINGS_KEY: made})
