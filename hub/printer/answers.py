"""The few bytes by which a printer says how it is and what it has done. Needs neither Pillow nor ESC/POS."""

from __future__ import annotations

import struct
from dataclasses import dataclass

STATUS_OFFLINE = b"\x10\x04\x02"  # DLE EOT 2: why it is offline
STATUS_PAPER = b"\x10\x04\x04"  # DLE EOT 4: its paper
_FIXED_MASK, _FIXED = 0b10010011, 0b00010010  # bits that every real-time status has so
_COVER, _PAPER_STOP, _ERROR = 0x04, 0x20, 0x40
_PAPER_END = 0x60
_DONE_HEAD = b"\x37\x22"
_DONE_BYTES = 7


@dataclass(frozen=True, slots=True)
class Status:
    """How a printer says that it is; `why` in words when it cannot print. `silent`: it takes jobs and says nothing."""

    why: str = ""
    silent: bool = False

    @property
    def ready(self) -> bool:
        return not self.why

    @property
    def words(self) -> str:
        """For people: "ready", "it has no paper"."""
        return self.why or (
            "ready, but it never says how it is: what it prints is not known" if self.silent else "ready"
        )


def status_of(offline: int, paper: int) -> Status:
    """From the answers to STATUS_OFFLINE and STATUS_PAPER."""
    if offline & _COVER:
        return Status("its cover is open")
    if paper & _PAPER_END or offline & _PAPER_STOP:
        return Status("it has no paper")
    if offline & _ERROR:
        return Status("it reports an error")
    return Status()


def is_status(byte: int) -> bool:
    """True for a byte that can be an answer to a status request."""
    return byte & _FIXED_MASK == _FIXED


def done_jobs(received: bytes) -> list[int]:
    """Jobs that the printer says it has done, among all that came from it."""
    found = []
    at = received.find(_DONE_HEAD)
    while at >= 0 and len(received) >= at + _DONE_BYTES:
        found.append(struct.unpack(">I", received[at + 2 : at + 6])[0])
        at = received.find(_DONE_HEAD, at + _DONE_BYTES)
    return found


def job_number(job: int) -> int:
    """As the printer will say it: seven bits a byte."""
    return job & 0x7F7F7F7F
