"""A disk that can be cut off: takes the recorded trace of a process and gives any state that a power cut may leave.

What was synced is there. Of what was written since, nothing, some, torn sectors or all may be there; of the names that
were made, renamed or removed in a folder since its last sync, any first part.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
STYLES = ("none", "some", "torn", "all")
_HEAD = struct.Struct("<cBQQQ")


@dataclass(frozen=True, slots=True)
class Event:
    """One completed call: W write, S sync, T truncate, O create or empty, M mkdir, R rename, U unlink, A acknowledged."""

    operation: str
    flags: int
    inode: int
    at: int
    data: bytes

    @property
    def paths(self) -> list[str]:
        return self.data.decode().split("\n")


def read_trace(path: Path) -> list[Event]:
    """All events of a trace file."""
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        operation, flags, inode, offset, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        found.append(Event(operation.decode(), flags, inode, offset, data[at : at + length]))
        at += length
    return found


@dataclass(slots=True)
class _File:
    durable: bytearray = field(default_factory=bytearray)
    volatile: list[tuple[int, bytes | None]] = field(default_factory=list)
    """(offset, data), or (new length, None)."""


@dataclass(slots=True)
class _Name:
    """One change of names: what, in which folder, durable or not."""

    event: Event
    folder: str
    durable: bool = False


class Disk:
    """Plays events one by one; `cut` gives a state after the last one."""

    def __init__(self, root: Path, root_inode: int) -> None:
        self._root = str(root)
        self._files: dict[int, _File] = {}
        self._folders: dict[int, str] = {root_inode: str(root)}
        self._names: list[_Name] = []
        self.acknowledged: list[str] = []

    def play(self, event: Event) -> None:
        """The call was completed before the cut."""
        match event.operation:
            case "A":
                self.acknowledged += event.data.decode().split("\n")[:-1]
            case "W":
                file = self._files.setdefault(event.inode, _File())
                if event.flags:  # O_DSYNC: on disk when it returns
                    _apply(file.durable, event.at, event.data)
                else:
                    file.volatile.append((event.at, event.data))
            case "T":
                self._files.setdefault(event.inode, _File()).volatile.append((event.at, None))
            case "S":
                self._sync(event.inode)
            case "M":
                self._folders[event.inode] = event.paths[0]
                self._names.append(_Name(event, _folder(event.paths[0])))
            case "O":
                file = self._files.setdefault(event.inode, _File())
                if event.flags:
                    file.volatile.append((0, None))
                self._names.append(_Name(event, _folder(event.paths[0])))
            case _:
                self._names.append(_Name(event, _folder(event.paths[-1])))
                if event.operation == "R":
                    self._rename_folders(*event.paths)

    def cut(self, chance: random.Random, place: Path, in_flight: Event | None) -> str:
        """Writes one possible state into the empty folder `place`; returns its style. `in_flight` may be half done."""
        style = chance.choice(STYLES)
        for path, inode in self._tree(chance, style).items():
            target = place / Path(path).relative_to(self._root)
            if inode is None:
                target.mkdir(parents=True, exist_ok=True)
            elif target.name != "lock.mdb" and target.parent.exists():  # LMDB makes its lock file anew
                target.write_bytes(self._content(inode, chance, style, in_flight))
        return style

    def _sync(self, inode: int) -> None:
        if inode in self._folders:
            folder = self._folders[inode]
            for name in self._names:
                name.durable = name.durable or name.folder == folder
            return
        file = self._files.setdefault(inode, _File())
        for at, data in file.volatile:
            _apply(file.durable, at, data)
        file.volatile.clear()

    def _rename_folders(self, one: str, two: str) -> None:
        for inode, path in self._folders.items():
            if path == one:
                self._folders[inode] = two
        for name in self._names:
            if name.folder == one:
                name.folder = two

    def _tree(self, chance: random.Random, style: str) -> dict[str, int | None]:
        """Path -> inode, None for a folder."""
        kept: dict[str, int] = {}
        for folder in {name.folder for name in self._names}:
            waiting = sum(1 for name in self._names if name.folder == folder and not name.durable)
            kept[folder] = {"none": 0, "all": waiting}.get(style, chance.randint(0, waiting))
        found: dict[str, int | None] = {}
        for name in self._names:
            if not name.durable:
                if kept[name.folder] == 0:
                    continue
                kept[name.folder] -= 1
            paths = name.event.paths
            match name.event.operation:
                case "M":
                    found[paths[0]] = None
                case "O":
                    found[paths[0]] = name.event.inode
                case "U":
                    found.pop(paths[0], None)
                case "R":
                    for path in [one for one in found if one == paths[0] or one.startswith(paths[0] + "/")]:
                        found[paths[1] + path[len(paths[0]) :]] = found.pop(path)
        return dict(sorted(found.items()))

    def _content(self, inode: int, chance: random.Random, style: str, in_flight: Event | None) -> bytes:
        file = self._files.get(inode) or _File()
        content = bytearray(file.durable)
        waiting = list(file.volatile)
        if in_flight is not None and in_flight.operation == "W" and in_flight.inode == inode:
            waiting.append((in_flight.at, in_flight.data))
        if style == "torn":
            waiting = [sector for at, data in waiting for sector in _sectors(at, data)]
        if style != "none":
            for at, data in waiting:
                if style == "all" or chance.random() < 0.5:
                    _apply(content, at, data)
        return bytes(content)


def _sectors(at: int, data: bytes | None) -> Iterator[tuple[int, bytes | None]]:
    if data is None:
        yield at, None
        return
    start = at
    while start < at + len(data):
        end = min((start // SECTOR + 1) * SECTOR, at + len(data))
        yield start, data[start - at : end - at]
        start = end


def _apply(content: bytearray, at: int, data: bytes | None) -> None:
    if data is None:
        del content[at:]
        content.extend(bytes(at - len(content)))
        return
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    content[at : at + len(data)] = data


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
