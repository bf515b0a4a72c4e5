"""Users: who works here, and in which role."""

from __future__ import annotations

from dataclasses import dataclass

from heard.order import Text
from hub.cloud.modules.row import Fields, ModuleSpec


@dataclass(frozen=True, slots=True)
class User:
    """`role` is the vendor's word."""

    user_id: str
    name: Text
    role: str


def _read(row_id: str, fields: Fields) -> User:
    return User(row_id, fields.name(), fields.text("role", 40, default=None))


MODULE = ModuleSpec("users", _read, {})
