"""The envelope of every record on disk: layout version, CRC over key and body, body.

Imports nothing of the kitchen, so that the child that checks a store before serving starts fast.
"""

from __future__ import annotations

import struct
from zlib import crc32

from hub.store.corrupt import CorruptRecord

RECORD_VERSION = 1
"""Layout of the bodies; a store's schema (see `migrations`) says which versions it may hold."""
_HEADER = struct.Struct(">BI")
HEADER_BYTES = _HEADER.size


def seal(key: bytes, body: bytes) -> bytes:
    """The bytes to store under `key`; the CRC covers the key too, so a value under a wrong key is found."""
    return _HEADER.pack(RECORD_VERSION, crc32(body, crc32(key))) + body


def unseal(key: bytes, record: bytes) -> bytes:
    """The body of a stored record. Raises CorruptRecord."""
    if len(record) < HEADER_BYTES:
        raise CorruptRecord(key, f"{len(record)} bytes are too short for a record")
    version, crc = _HEADER.unpack_from(record)
    body = record[HEADER_BYTES:]
    if crc32(body, crc32(key)) != crc:
        raise CorruptRecord(key, "its CRC does not match")
    if version > RECORD_VERSION:
        raise CorruptRecord(key, f"layout version {version} is newer than this hub's {RECORD_VERSION}")
    return body
