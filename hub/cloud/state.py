"""How far each module is, as it lies on disk beside its rows."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ModuleState:
    """`live` is the generation that serves; `shadow` the one that a new pull fills, 0 for none. A cursor goes with its generation."""

    cursor: str = ""
    live: int = 1
    rows: int = 0
    shadow: int = 0
    shadow_cursor: str = ""
    shadow_rows: int = 0
    reset_wanted: bool = False
    """Somebody asked for it, or a row on disk is damaged: the next cycle pulls it from the beginning."""
    changed_wall_ms: int = 0

    @property
    def target(self) -> int:
        """The generation that the next page goes to."""
        return self.shadow or self.live

    @property
    def next_cursor(self) -> str:
        """Where the next page begins."""
        return self.shadow_cursor if self.shadow else self.cursor

    def to_json(self) -> bytes:
        return json.dumps(dataclasses.asdict(self), separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, data: bytes) -> ModuleState:
        """Raises ValueError, TypeError for what is none."""
        found = json.loads(data)
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{name: value for name, value in found.items() if name in known})


@dataclass(frozen=True, slots=True)
class Held:
    """A row that could not be used. `row` is what the cloud sent; `missing`: only something that it refers to is not there."""

    reason: str
    at_wall_ms: int
    generation: int
    missing: bool
    row: Mapping[str, Any]

    def to_json(self) -> bytes:
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Held:
        """Raises ValueError, TypeError for what is none."""
        return cls(**json.loads(data))
