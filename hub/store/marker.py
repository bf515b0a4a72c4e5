"""The marker: a small file outside the store that says which store it must be, and how far it was at least.

An empty, exchanged or rolled-back store cannot be told from a good one by looking at it alone.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from zlib import crc32

from hub.store.files import write_atomically

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Marker:
    """A lower bound: the store of `store_id` had reached at least (`epoch_n`, `rev`), and hub time `hub_ms`."""

    store_id: str
    epoch_n: int
    epoch_random: int
    rev: int
    hub_ms: int
    clean: bool = False


def write_marker(path: Path, marker: Marker) -> None:
    """Atomically. Raises OSError."""
    body = {"format": FORMAT, **asdict(marker), "epoch_random": f"{marker.epoch_random:016x}"}
    write_atomically(path, json.dumps({**body, "crc": _crc(body)}, indent=1).encode() + b"\n")


def read_marker(path: Path) -> Marker | None:
    """The marker; None where there is none. Raises ValueError when it cannot be trusted."""
    try:
        body = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    try:
        crc = body.pop("crc")
        if crc != _crc(body):
            raise ValueError(f"{path}: its CRC does not match")
        if body.pop("format") > FORMAT:
            raise ValueError(f"{path} was written by a newer hub")
        return Marker(**{**body, "epoch_random": int(body["epoch_random"], 16)})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not a marker: {error!r}") from error


def _crc(body: dict[str, object]) -> int:
    return crc32(json.dumps(body, sort_keys=True).encode())
