"""What listeners are told after each batch."""

from __future__ import annotations

from dataclasses import dataclass

from heard.stream import Document, Live


@dataclass(frozen=True, slots=True)
class Applied:
    """One batch was taken in: the newest document of each key in `puts`; `reset`: the picture was replaced by a snapshot.

    After a reset `puts` is the whole picture and `removes` what is no longer in it. `rev` is the revision of the picture.
    `came_s` is the moment (monotonic) at which its message was read from the connection.
    """

    puts: tuple[Document, ...] = ()
    removes: tuple[str, ...] = ()
    reset: bool = False
    rev: int = 0
    live_values: tuple[Live, ...] = ()
    came_s: float = 0.0

    def __bool__(self) -> bool:
        """False where nothing that anybody could paint has changed."""
        return bool(self.reset or self.puts or self.removes or self.live_values)
