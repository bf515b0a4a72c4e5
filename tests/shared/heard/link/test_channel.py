"""Addresses, device ids, and that plaintext stays on this machine unless it is told to leave."""

import pytest

from heard.config import DEFAULT_HUB_PORT
from heard.errors import LinkError, UserError
from heard.link.channel import (
    CHANNEL_OPTIONS,
    LOOPBACK_PLAINTEXT,
    UNSAFE_PLAINTEXT,
    call_metadata,
    check_device,
    is_loopback,
    join_address,
    split_address,
)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("10.0.0.5:7000", "10.0.0.5", 7000),
        (" hub.local ", "hub.local", DEFAULT_HUB_PORT),
        ("[::1]:7000", "::1", 7000),
        ("[::1]", "::1", DEFAULT_HUB_PORT),
        ("fe80::1%eth0", "fe80::1%eth0", DEFAULT_HUB_PORT),
    ],
)
def test_addresses(text: str, host: str, port: int) -> None:
    assert split_address(text) == (host, port)
    assert split_address(join_address(host, port)) == (host, port)


@pytest.mark.parametrize(
    "text", ["", ":1", "host:", "host:0", "host:65536", "host:x", "http://hub:1", "[::1", "[::1]x", "a b"]
)
def test_what_is_no_address_says_so(text: str) -> None:
    with pytest.raises(UserError, match="is not an address of a hub") as caught:
        split_address(text)
    assert "HOST:PORT" in caught.value.hint


@pytest.mark.parametrize(
    ("address", "inside"),
    [("127.0.0.1:1", True), ("127.9.9.9", True), ("[::1]:5", True), ("localhost:1", True), ("LOCALHOST", True),
     ("192.168.1.2:1", False), ("0.0.0.0:1", False), ("hub.local:1", False), ("localhost.evil.example:1", False)],
)  # fmt: skip
async def test_plaintext_stays_on_this_machine(address: str, inside: bool) -> None:
    assert is_loopback(address) is inside
    await UNSAFE_PLAINTEXT.open(address).close()
    if inside:
        await LOOPBACK_PLAINTEXT.open(address).close()
    else:
        with pytest.raises(LinkError, match="plaintext is allowed only here"):
            LOOPBACK_PLAINTEXT.open(address)


def test_who_calls() -> None:
    assert call_metadata("T1") == (("heard-device", "T1"),)
    assert call_metadata("T1", "abc") == (("heard-device", "T1"), ("heard-incarnation", "abc"))
    assert check_device("till-1.kitchen_A:2") == "till-1.kitchen_A:2"
    for bad in ("", "a b", "é", "x" * 65, "a/b"):
        with pytest.raises(UserError, match="is no device id"):
            check_device(bad)


def test_every_channel_is_a_fresh_connection_with_keepalive() -> None:
    options = dict(CHANNEL_OPTIONS)
    assert options["grpc.use_local_subchannel_pool"] == 1
    assert options["grpc.keepalive_time_ms"] == options["grpc.keepalive_timeout_ms"] == 2000
    assert options["grpc.max_receive_message_length"] == 4 << 20
    assert options["grpc.http2.bdp_probe"] == 0, "a still screen is woken by its messages alone"
