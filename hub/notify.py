"""Tells systemd of readiness, stop and life: sd_notify by its protocol, a datagram to NOTIFY_SOCKET."""

from __future__ import annotations

import os
import socket
from contextlib import suppress


class Notifier:
    """Does nothing where no supervisor asked for it."""

    def __init__(self) -> None:
        path = os.environ.get("NOTIFY_SOCKET", "")
        self._address = f"\0{path[1:]}" if path.startswith("@") else path
        watchdog_us = os.environ.get("WATCHDOG_USEC", "")
        for_us = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.watchdog_every_s = int(watchdog_us) / 2_000_000 if watchdog_us.isdigit() and for_us else 0.0
        """How often the supervisor wants a sign of life, at half its patience; 0: not asked for."""

    def tell(self, *lines: str) -> None:
        """Sends "READY=1" and the like. A supervisor that does not listen is no reason to fail."""
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
            out.setblocking(False)
            out.connect(self._address)
            out.send("\n".join(lines).encode())
