"""The few bytes by which a printer says how it is and what it has done. Needs neither Pillow nor ESC/POS."""

from __future__ import annotations

from dataclasses import dataclass

STATUS_OFFLINE = b"\x10\x04\x02"  # DLE EOT 2: why it is offline
STATUS_PAPER = b"\x10\x04\x04"  # DLE EOT 4: its paper
_FIXED_MASK, _FIXED = 0b10010011, 0b00010010  # bits that every real-time status has so
_COVER, _PAPER_STOP, _ERROR = 0x04, 0x20, 0x40
_PAPER_END = 0x60
_DONE_HEAD = b"\x37\x22"
_DONE_BYTES = 7
_UNASKED, _UNASKED_BYTES = 0b00010000, 4  # a status that it sends by itself (ASB)
_TURN_MASK = 0b10010000  # bits that no answer to GS r has
_FIRST_SIGN, _SIGNS = 0x20, 95


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


def says_done(received: bytes, job: int) -> bool:
    """True where the printer says, among all that came from it, that it has done the job: by its name, or by having come to the end of it."""
    at = 0
    while at < len(received):
        byte = received[at]
        if received[at : at + 2] == _DONE_HEAD:
            reply = received[at : at + _DONE_BYTES]
            if len(reply) < _DONE_BYTES or reply[2:6] == job_id(job):
                return len(reply) == _DONE_BYTES
            at += _DONE_BYTES
        elif byte & _FIXED_MASK == _UNASKED:
            at += _UNASKED_BYTES
        elif byte & _TURN_MASK == 0:
            return True
        else:
            at += 1  # of an earlier status request, or flow control
    return False


def say_done(job: int) -> bytes:
    """What asks a printer to say when all before it is done: GS ( H, which new ones know, and GS r, which old ones know too."""
    return b"\x1d\x28\x48\x06\x00\x30\x30" + job_id(job) + b"\x1d\x72\x01"


def job_id(job: int) -> bytes:
    """Four signs from 20h to 7Eh: a printer takes no others for a job's name."""
    signs = []
    for _ in range(4):
        job, sign = divmod(job, _SIGNS)
        signs.append(_FIRST_SIGN + sign)
    return bytes(reversed(signs))
