"""Unencrypted calls stay on this machine unless the command line says otherwise. Pairing with certificates replaces this."""

from __future__ import annotations

import ipaddress

from heard.errors import UserError
from hub.config.model import Config


def is_loopback(host: str) -> bool:
    """True for addresses that cannot be reached from another machine; of names, only "localhost" counts."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def check_plaintext(config: Config) -> None:
    """Raises UserError where orders would leave this machine unencrypted without having been told to."""
    host = config.network.host
    if not config.unsafe_plaintext and not is_loopback(host):
        raise UserError(
            f"{host} can be reached by other machines, and orders would go there unencrypted",
            "listen on 127.0.0.1, or for tests give --unsafe-plaintext, until pairing brings certificates",
        )
