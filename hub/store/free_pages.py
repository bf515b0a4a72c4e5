"""The list of free pages in LMDB's file, read by hand: its tables do not reach it, and a writer that misses a page of it dies of SIGBUS.

The layout is LMDB 0.9's, on this machine: a page is a header of 16 bytes and, in a tree, the places of its nodes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from mmap import mmap

HEADER_BYTES = 16
_HEADER = struct.Struct("<QHHHH")  # page number, padding, flags, lower, upper
_NODE = struct.Struct("<HHHH")  # low and high half of a size or page number, flags, bytes of the key
_TREE = struct.Struct("<IHHQQQQQ")  # padding, flags, depth, branch, leaf and overflow pages, entries, root
_META_TREES_AT = HEADER_BYTES + 24
_META_TXN_AT = _META_TREES_AT + 2 * _TREE.size + 8
_BRANCH, _LEAF = 0x01, 0x02
_ELSEWHERE = 0x01  # a node whose data lies in overflow pages
_NONE = (1 << 64) - 1
DEPTH_MAX = 16  # LMDB's own is 32 for any tree; a list of free pages of 8 GiB has 3 levels


def list_is_within(data: bytes | mmap, page: int) -> bool:
    """True when every page of the newest list of free pages lies within the file. Raises struct.error for a torn one."""
    end = len(data) // page
    meta = max((0, 1), key=lambda number: struct.unpack_from("<Q", data, number * page + _META_TXN_AT)[0])
    _, _, depth, _, _, _, _, root = _TREE.unpack_from(data, meta * page + _META_TREES_AT)
    return root == _NONE or (
        depth <= DEPTH_MAX and all(number < end for number in _pages(data, page, root, end))
    )


def _pages(data: bytes | mmap, page: int, root: int, end: int) -> Iterator[int]:
    """The numbers of all pages below `root`; the first that lies outside ends its branch."""
    todo = [root]
    while todo:
        number = todo.pop()
        yield number
        if number >= end:
            continue
        at = number * page
        _, _, flags, lower, _ = _HEADER.unpack_from(data, at)
        for place in range(at + HEADER_BYTES, at + lower, 2):
            node = at + struct.unpack_from("<H", data, place)[0]
            low, high, extra, key_bytes = _NODE.unpack_from(data, node)
            if flags & _BRANCH:
                todo.append(low | high << 16 | extra << 32)
            elif flags & _LEAF and extra & _ELSEWHERE:
                first = struct.unpack_from("<Q", data, node + _NODE.size + key_bytes)[0]
                size = low | high << 16
                yield first + (HEADER_BYTES + size - 1) // page
