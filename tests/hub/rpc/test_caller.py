"""Device and incarnation are read from metadata and refused by name."""

import pytest

from heard.errors import InvalidInput
from hub.rpc.caller import Caller, read_caller


def test_a_caller() -> None:
    metadata = (("user-agent", "x"), ("heard-device", "till-1.A:2_b"), ("heard-incarnation", "7"))
    assert read_caller(metadata, incarnation=True) == Caller("till-1.A:2_b", "7")
    assert read_caller((("heard-device", "x"),)) == Caller("x", "")


@pytest.mark.parametrize("device", ["", "x" * 65, "a b", "a/b", "caisse-é", "a\n", b"till"])
def test_a_wrong_device(device: str | bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_caller((("heard-device", device),))
    assert caught.value.field == "metadata[heard-device]"


def test_no_metadata() -> None:
    with pytest.raises(InvalidInput, match="missing"):
        read_caller(None)


def test_a_required_incarnation() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_caller((("heard-device", "x"),), incarnation=True)
    assert caught.value.field == "metadata[heard-incarnation]"
