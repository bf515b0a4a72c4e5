"""Keeps out of a screen's memory what it does not use: a Pi runs several programs, and we promise 80 MB."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

MIXER = ("pygame.mixer", "pygame.mixer_music")
"""With its decoders of every music format 3 MB; `ui.sound` asks for it when the first sound is due."""
OPENSSL = ("ssl", "_hashlib")
"""asyncio and hashlib would load OpenSSL, 8 MB; gRPC brings its own TLS, and Python its own hashes."""


@contextmanager
def lean() -> Iterator[None]:
    """While a screen runs, these fail to import as if they were not installed; enter it before the rest is imported."""
    for name in (*MIXER, *OPENSSL):
        if name not in sys.modules:
            sys.modules[name] = None  # type: ignore[assignment]  # how Python marks it
    try:
        yield
    finally:
        allow((*MIXER, *OPENSSL))


def allow(names: tuple[str, ...]) -> None:
    """They may be imported again."""
    for name in names:
        if name in sys.modules and sys.modules[name] is None:
            del sys.modules[name]
