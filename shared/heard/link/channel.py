"""Channels to a hub: gRPC options, call metadata, and the one place where credentials come in."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

import grpc
import grpc.aio
from google.protobuf.message import DecodeError

from heard.config import DEFAULT_HUB_PORT
from heard.errors import LinkError, UserError
from heard.v1 import errors_pb2
from heard.why import Why, why
from heard.wire import why_from_pb

RECEIVE_BYTES_MAX = 4 << 20
"""A message of the stream is at most 1 MiB; room for a hub of the next release."""
SEND_BYTES_MAX = 192 << 10
"""A hub takes 256 KiB a message; a batch of commands stays below it with room for headers."""
DEVICE_BYTES_MAX = 64
ERROR_KEY = "heard-error-bin"
"""Trailing metadata of a refused call: an ErrorDetail."""

CHANNEL_OPTIONS: tuple[tuple[str, int], ...] = (
    ("grpc.max_receive_message_length", RECEIVE_BYTES_MAX),
    # Without keepalive a client never notices a silent cut; with it alone, only after 4.4 s. The link's own 2.5 s come first.
    ("grpc.keepalive_time_ms", 2000),
    ("grpc.keepalive_timeout_ms", 2000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.http2.ping_timeout_ms", 1000),
    # What measures a line's bandwidth is a ping behind every message: on a LAN it learns nothing, and wakes a still screen as often
    # again as its messages do.
    ("grpc.http2.bdp_probe", 0),
    # A fresh channel must be a fresh connection, not one from the pool that is in a back-off of up to 120 s.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.enable_retries", 0),
    ("grpc.enable_http_proxy", 0),
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """How a device proves who it is and knows its hub. Pairing will add certificates here, and only here."""

    unsafe_plaintext: bool = False

    def check(self, address: str) -> None:
        """LinkError where plaintext would leave this machine without leave."""
        if not self.unsafe_plaintext and not is_loopback(address):
            raise LinkError(
                f"the hub at {address} is not on this machine, and plaintext is allowed only here",
                "give --unsafe-plaintext to both sides for tests, until pairing brings certificates",
            )

    def open(self, address: str) -> grpc.aio.Channel:
        """A channel to `address`; LinkError where that is not allowed."""
        self.check(address)
        return grpc.aio.insecure_channel(address, options=CHANNEL_OPTIONS)


LOOPBACK_PLAINTEXT = Credentials()
UNSAFE_PLAINTEXT = Credentials(unsafe_plaintext=True)


def split_address(address: str) -> tuple[str, int]:
    """Host and port of "HOST:PORT", "HOST", "[::1]:PORT" or "::1"; UserError for anything else."""
    bad = UserError(
        f"{address!r} is not an address of a hub",
        f"give HOST:PORT, for example 192.168.1.10:{DEFAULT_HUB_PORT}",
    )
    host, port = address.strip(), str(DEFAULT_HUB_PORT)
    if host.startswith("["):
        host, bracket, rest = host[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise bad
        port = rest[1:] if rest else port
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    if (
        not host
        or any(c in host for c in " /?#@")
        or not port.isascii()
        or not port.isdigit()
        or not 0 < int(port) < 65536
    ):
        raise bad
    return host, int(port)


def join_address(host: str, port: int) -> str:
    """ "HOST:PORT", with brackets around an IPv6 address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_loopback(address: str) -> bool:
    """True for addresses that cannot leave this machine; a name is looked up by nobody, only "localhost" counts."""
    host, _ = split_address(address)
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def call_metadata(device: str, incarnation: str = "") -> tuple[tuple[str, str], ...]:
    """Who calls: `heard-device`, and `heard-incarnation` of devices that send commands."""
    found = (("heard-device", device),)
    return (*found, ("heard-incarnation", incarnation)) if incarnation else found


def check_device(device: str) -> str:
    """The device id, or UserError: letters, digits, - _ . : and at most 64 of them."""
    if (
        not device
        or len(device) > DEVICE_BYTES_MAX
        or not all(c.isascii() and (c.isalnum() or c in "-_.:") for c in device)
    ):
        raise UserError(
            f"{device!r} is no device id",
            f"1 to {DEVICE_BYTES_MAX} of the letters a-z A-Z, digits, and - _ . :",
        )
    return device


def call_error(error: grpc.RpcError) -> tuple[str, str]:
    """What a failed call says to people, and the status name: ("the hub refused …", "UNAVAILABLE")."""
    code = error.code() if isinstance(error, grpc.aio.AioRpcError) else None
    details = (error.details() if isinstance(error, grpc.aio.AioRpcError) else None) or str(error)
    name = code.name if code is not None else "UNKNOWN"
    english = f"the hub ended the call: {name}: {details[:200]}"
    told = _told(error)
    if told is not None:  # before any word is looked at: a hub that answers may well say "connect again"
        return Why(english, told.code, told.values), name
    if code is grpc.StatusCode.UNAVAILABLE and ("connect" in details.lower() or "socket" in details.lower()):
        return why("hub.silent"), name
    return why("hub.ended", english, status=name), name


def _told(error: grpc.RpcError) -> Why | None:
    """The reason that the hub itself gave, where it gave one."""
    metadata = error.trailing_metadata() if isinstance(error, grpc.aio.AioRpcError) else None
    for key, value in metadata or ():
        if key == ERROR_KEY and isinstance(value, bytes):
            try:
                detail = errors_pb2.ErrorDetail.FromString(value)
            except DecodeError:
                return None
            said = why_from_pb(detail.message, detail.why)
            return said if said.code else None
    return None
