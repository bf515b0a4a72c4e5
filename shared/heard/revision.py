"""Epochs, digests and the identity of a store generation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

DIGEST_MODULUS = 1 << 64


@dataclass(frozen=True, slots=True, order=True)
class Epoch:
    """A store generation: `n` rises with every create or restore, `random` (64 bit) tells two of one n apart."""

    n: int
    random: int

    def __str__(self) -> str:
        return f"{self.n}-{self.random:016x}"


NO_EPOCH = Epoch(0, 0)


def entry_hash(key: str, version: int) -> int:
    """8-byte hash of one document at one version, the same in every language: BLAKE2b-64 of `key NUL version`."""
    return int.from_bytes(hashlib.blake2b(f"{key}\0{version}".encode(), digest_size=8).digest(), "big")


def digest(entries: Iterable[tuple[str, int]]) -> int:
    """Digest of a view: the sum modulo 2**64 of its entries' hashes, so that order and path do not matter."""
    return sum(entry_hash(key, version) for key, version in entries) % DIGEST_MODULUS
