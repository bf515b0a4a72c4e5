"""One command stream a device, a bound on all, nothing new while the hub stops."""

import pytest

from hub.rpc import sessions as module
from hub.rpc.errors import Stopping, TooMany
from hub.rpc.sessions import Sessions, Stream


def stream(kind: str, device: str, since_ms: int = 0) -> Stream:
    return Stream(kind, device, "", since_ms, lambda _: None)


def test_a_new_command_stream_replaces_the_old_one_of_its_device() -> None:
    sessions = Sessions()
    old, other, new = stream("submit", "T1"), stream("submit", "T2"), stream("submit", "T1")
    assert sessions.open(old) == ()
    assert sessions.open(other) == ()
    assert sessions.open(new) == (old,)
    sessions.close(old)  # ends later than the new one began
    assert sessions.is_newest(new)
    assert sessions.open(stream("submit", "T1")) == (new,)


def test_watches_of_a_device_are_bounded_by_ending_the_oldest() -> None:
    sessions = Sessions()
    opened = [stream("watch", "S1", since) for since in range(module.WATCHES_PER_DEVICE_MAX)]
    for one in opened:
        assert sessions.open(one) == ()
    assert sessions.open(stream("report", "S1", 99)) == ()
    assert sessions.open(stream("watch", "S1", 100)) == (opened[0],)


def test_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STREAMS_MAX", 2)
    sessions = Sessions()
    sessions.open(stream("watch", "a"))
    sessions.open(stream("watch", "b"))
    with pytest.raises(TooMany):
        sessions.open(stream("watch", "c"))


async def test_stopping() -> None:
    sessions = Sessions()
    one = stream("watch", "a")
    sessions.open(one)
    sessions.stopping = True
    with pytest.raises(Stopping):
        sessions.open(stream("watch", "b"))
    sessions.close(one)
    await sessions.all_ended()
