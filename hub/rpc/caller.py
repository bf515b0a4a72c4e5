"""Who calls: device id and incarnation from the call's metadata. Until pairing they are taken as given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from heard.errors import InvalidInput

DEVICE_KEY = "heard-device"
INCARNATION_KEY = "heard-incarnation"
ID_CHARACTERS_MAX = 64
_ALLOWED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:")


@dataclass(frozen=True, slots=True)
class Caller:
    """A device, and which of its lives; `incarnation` is "" for those that send no commands."""

    device: str
    incarnation: str = ""


def read_caller(metadata: Iterable[tuple[str, str | bytes]] | None, *, incarnation: bool = False) -> Caller:
    """The caller of a call. Raises InvalidInput naming the metadata key; `incarnation`: it is required."""
    found = {key: value for key, value in metadata or () if key in (DEVICE_KEY, INCARNATION_KEY)}
    device = _checked(DEVICE_KEY, found.get(DEVICE_KEY, ""), required=True)
    return Caller(device, _checked(INCARNATION_KEY, found.get(INCARNATION_KEY, ""), required=incarnation))


def _checked(key: str, value: str | bytes, *, required: bool) -> str:
    text = value if isinstance(value, str) else ""
    if not text:
        if required:
            raise InvalidInput(
                f"metadata[{key}]", "is missing", f"send {key} with every call: the id of the calling device"
            )
        return ""
    if len(text) > ID_CHARACTERS_MAX or not _ALLOWED.issuperset(text):
        raise InvalidInput(
            f"metadata[{key}]",
            "is no id",
            f"use 1 to {ID_CHARACTERS_MAX} letters, digits, and - _ . :",
        )
    return text
