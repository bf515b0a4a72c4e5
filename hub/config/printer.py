"""Where a printer is, as the settings write it."""

from __future__ import annotations

PRINTER_PORT = 9100
"""What kitchen printers listen on."""


def host_and_port(address: str) -> tuple[str, int]:
    """Of "10.0.0.9", "10.0.0.9:9100" or "[fe80::9]:9100". Raises ValueError, in words."""
    host, colon, digits = address.rpartition(":")
    if not colon or address.endswith("]"):
        host, digits = address, str(PRINTER_PORT)
    host = host.removeprefix("[").removesuffix("]")
    if not host or any(sign in host for sign in " /?#@[]") or (":" in host and not address.startswith("[")):
        raise ValueError("that is no host")
    if not digits.isdecimal() or not 1 <= int(digits) <= 65_535:
        raise ValueError("the port is a number from 1 to 65535")
    return host, int(digits)
