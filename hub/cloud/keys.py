"""Where the catalogue's rows lie in the store's `Rows`: r/ rows by generation, x/ their second index, t/ q/ s/ what stands beside.

A module's rows lie in generations, so that a module that is pulled anew fills a shadow beside the one that serves.
"""

from __future__ import annotations

CHECKED = "k/checked"


def state_key(module: str) -> str:
    """Cursor and generations of a module."""
    return f"s/{module}"


def row_key(module: str, generation: int, row_id: str) -> str:
    return f"r/{module}/{generation:08d}/{row_id}"


def found_key(module: str, generation: int, value: str, row_id: str) -> str:
    """The second index of a row: by the field that its module is also found by."""
    return f"x/{module}/{generation:08d}/{value}/{row_id}"


def tombstone_key(module: str, row_id: str) -> str:
    """A row that the cloud deleted and that something still refers to."""
    return f"t/{module}/{row_id}"


def quarantine_key(module: str, row_id: str) -> str:
    return f"q/{module}/{row_id}"


def span(prefix: str) -> tuple[str, str]:
    """(after, before) of all keys that begin with `prefix`, which ends with a slash: the digit 0 follows it."""
    assert prefix.endswith("/"), prefix
    return prefix, f"{prefix[:-1]}0"


def last_part(key: str) -> str:
    """The row's id."""
    return key.rpartition("/")[2]


def generation_of(key: str) -> int:
    """Of a key that begins with r/ or x/."""
    return int(key.split("/", 3)[2])
