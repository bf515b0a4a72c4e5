"""Who this screen is: its device id, and the folder where its journal and last picture live."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from heard.errors import UserError

DEVICE_FILE = "device"
JOURNAL_FILE = "journal.db"


def state_folder(given: str, station: str) -> Path:
    """The folder that was named, systemd's, or one in the user's home; made when it is not there."""
    if given:
        folder = Path(given)
    elif os.environ.get("STATE_DIRECTORY"):
        folder = Path(os.environ["STATE_DIRECTORY"].split(":")[0])
    else:
        folder = _home() / "heard" / f"display-{station}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"cannot use {folder} for this screen's journal: {error.strerror}",
            "name a folder that can be written: --state DIR",
            1,
        ) from None
    if not os.access(folder, os.W_OK):
        raise UserError(f"cannot write to {folder}, this screen's folder", "name another one: --state DIR", 1)
    return folder


def _home() -> Path:
    """Where programs of this user keep their state. Raises UserError."""
    if named := os.environ.get("XDG_STATE_HOME"):
        return Path(named)
    try:
        return Path.home() / ".local" / "state"
    except RuntimeError:  # a service's user, or a container's that is only a number
        raise UserError(
            "this user has no home folder for this screen's journal", "name a folder: --state DIR", 1
        ) from None


def device_id(folder: Path, given: str, station: str) -> str:
    """The id that was given, the one of the last start, or a new one that is kept."""
    if given:
        return given
    file = folder / DEVICE_FILE
    try:
        if file.exists():
            kept = file.read_text(encoding="ascii").strip()
            if kept:
                return kept
        made = (
            f"{''.join(c for c in station if c.isascii() and c.isalnum()) or 'screen'}-{secrets.token_hex(4)}"
        )
        file.write_text(made + "\n", encoding="ascii")
        return made
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"cannot keep this screen's id in {file}: {error}", "name a folder: --state DIR", 1
        ) from None
