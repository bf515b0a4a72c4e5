"""What the address of a cloud may be: HTTPS, or plain HTTP on this machine, as `heard cloud` speaks it. Pure."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

CLOUD_HUB_ID = re.compile(r"[A-Za-z0-9._:@+-]{1,128}")
"""As openapi.yaml has it."""
CLOUD_URL_HINT = 'write the address up to, without, /v1: "https://cloud.example.com"'
URL_CHARACTERS_MAX = 2_000


def cloud_url_error(url: str) -> str:
    """What is wrong with it, in words; "" when it may be used."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme not in ("https", "http") or not host:
        return "it is no web address"
    if len(url) > URL_CHARACTERS_MAX or not url.isprintable() or " " in url or port == 0:
        return "it cannot be an address"
    if parts.username is not None or parts.password is not None:
        return "a password does not belong into an address; the secret_file is for that"
    if parts.query or parts.fragment:
        return "it has a ? or # part"
    if parts.path.rstrip("/").endswith("/v1"):
        return "the hub adds /v1 itself"
    if parts.scheme == "http" and not _is_here(host):
        return "without TLS anybody on the way could read and change it; plain http is for this machine only"
    return ""


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
