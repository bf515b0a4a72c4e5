"""The door of a terminal's verbs: what each of them goes through."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from heard.command import Verb


@dataclass(frozen=True, slots=True)
class Accepted:
    """A command that is on the terminal's disk. `call_number` is what the guest is told; it never changes."""

    order_id: str
    seq: int
    call_number: str = ""


class Verbs(ABC):
    """Each verb returns when the command is on this terminal's disk; what came of it is the hub's answer."""

    @abstractmethod
    def new_id(self) -> str:
        """A UUIDv7 for an order or a line."""

    @abstractmethod
    async def _do(
        self, order_id: str, verb: Verb, user: str, values: dict[str, str] | None = None
    ) -> Accepted: ...

    @abstractmethod
    async def _date(self) -> str:
        """The business date to stamp where no hub can: "" while it is there."""
