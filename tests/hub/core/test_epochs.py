"""An epoch begins once, whenever a hub is started in it again."""

from __future__ import annotations

from hub.core.decision import Doc, EpochBegan, Key, epoch_key
from hub.core.epochs import decide_began


def test_the_first_start_in_an_epoch_is_remembered() -> None:
    docs: dict[Key, Doc] = {}
    for now_ms in (1000, 2000):
        key = epoch_key(2)
        found = decide_began({key: docs.get(key)}, 2, now_ms)
        assert found.puts.keys() <= found.reads.keys()
        docs.update(found.puts)
    assert docs == {"epoch/2": EpochBegan(1, 1000)}
