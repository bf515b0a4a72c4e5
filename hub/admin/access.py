"""How a program of the hub's own user reaches the running hub: address and token, in a file only that user can read.

The token is new with each start and the file goes with a clean stop, so that whoever listens on the port of a hub that died
learns nothing of use.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from heard.errors import UserError

TOKEN_BYTES = 32
FILE_BYTES_MAX = 4_096
MODE = 0o600


@dataclass(frozen=True, slots=True)
class Access:
    """Where the hub's API listens, what each call must carry, and which hub it is."""

    address: str
    token: str
    version: str = ""
    pid: int = 0


def new_token() -> str:
    """A secret that cannot be guessed."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def write_access(path: Path, access: Access) -> None:
    """Whole or not at all, readable by this user only. Blocking. Raises UserError."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.unlink(missing_ok=True)  # it would keep the mode that somebody else gave it
        with os.fdopen(
            os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, MODE), "w"
        ) as file:
            json.dump(asdict(access), file)
        half.replace(path)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror}", "the hub's user must own its data folder", 1
        ) from error


def read_access(path: Path) -> Access:
    """What `write_access` wrote. Raises OSError, and ValueError for anything else."""
    with path.open("rb") as file:
        found = json.loads(file.read(FILE_BYTES_MAX))
    try:
        return Access(str(found["address"]), str(found["token"]), str(found["version"]), int(found["pid"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} is not of ours") from error


def remove_access(path: Path) -> None:
    """The hub stops. Never raises."""
    with contextlib.suppress(OSError):
        path.unlink()
