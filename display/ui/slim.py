"""Keeps out of a screen's memory what it does not use: a Pi runs several programs, and we promise 80 MB."""

from __future__ import annotations

import sys

MIXER = ("pygame.mixer", "pygame.mixer_music")
"""With its decoders of every music format 3 MB; `ui.sound` asks for it when the first sound is due."""
OPENSSL = ("ssl", "_hashlib")
"""asyncio and hashlib would load OpenSSL, 8 MB; gRPC brings its own TLS, and Python its own hashes."""


def refuse() -> None:
    """From now on these fail to import, as if they were not installed. For the process of a screen, before it imports more."""
    for name in (*MIXER, *OPENSSL):
        if name not in sys.modules:
            sys.modules[name] = None  # type: ignore[assignment]  # how Python marks it


def allow(names: tuple[str, ...]) -> None:
    """They may be imported again."""
    for name in names:
        if name in sys.modules and sys.modules[name] is None:
            del sys.modules[name]
