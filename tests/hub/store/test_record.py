"""A record that changed on disk in any bit, or lies under a wrong key, is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.store.corrupt import CorruptRecord
from hub.store.record import RECORD_VERSION, seal, unseal


@given(st.binary(max_size=80), st.binary(max_size=300))
def test_what_was_sealed_comes_back(key: bytes, body: bytes) -> None:
    assert unseal(key, seal(key, body)) == body


@given(st.binary(min_size=1, max_size=20), st.binary(max_size=60), st.data())
def test_one_flipped_bit_is_found(key: bytes, body: bytes, data: st.DataObject) -> None:
    record = bytearray(seal(key, body))
    bit = data.draw(st.integers(0, len(record) * 8 - 1))
    if bit < 8:
        return  # the version byte stands outside the CRC; a newer version is refused below
    record[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CorruptRecord):
        unseal(key, bytes(record))


def test_a_record_under_another_key_is_found() -> None:
    with pytest.raises(CorruptRecord, match="CRC"):
        unseal(b"order/2", seal(b"order/1", b"body"))


@pytest.mark.parametrize("record", [b"", b"\1", seal(b"k", b"")[:-1]])
def test_a_short_record_is_found(record: bytes) -> None:
    with pytest.raises(CorruptRecord, match="too short"):
        unseal(b"k", record)


def test_a_newer_layout_is_refused_by_name() -> None:
    record = bytes([RECORD_VERSION + 1]) + seal(b"k", b"body")[1:]
    with pytest.raises(CorruptRecord, match="newer"):
        unseal(b"k", record)
