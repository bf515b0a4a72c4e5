"""Live values: one slot a key, the last wins, everything that stands is sent after a connect, nothing queues."""

from heard.stream import HeardState, HeardValue, Live
from heard.wire import decode_batch
from hub.rpc import live as module
from hub.rpc.live import LiveValues

T1 = "terminal:T1"


def value(order_id: str, state: HeardState = HeardState.HEARD) -> HeardValue:
    return HeardValue(order_id, "grill", 1, state)


def texts(pieces: list[bytes]) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for event in decode_batch(b"".join(pieces)):
        assert isinstance(event, Live)
        found.append((event.key, event.value))
    return found


def test_the_last_value_of_a_key_wins_and_stands_last() -> None:
    values = LiveValues("hub")
    values.put(T1, "a", value("a", HeardState.PENDING))
    values.put(T1, "b", value("b"))
    values.put(T1, "a", value("a"))
    assert texts(values.audience(T1).since(0)) == [("b", value("b")), ("a", value("a"))]


def test_only_what_is_new_is_sent() -> None:
    values = LiveValues("hub")
    values.put(T1, "a", value("a"))
    seen = values.number
    assert values.audience(T1).since(seen) == []
    values.put(T1, "b", value("b"))
    values.put("terminal:T2", "c", value("c"))
    assert texts(values.audience(T1).since(seen)) == [("b", value("b"))]


def test_a_watcher_is_told_what_was_cleared_and_a_new_one_is_not() -> None:
    values = LiveValues("hub")
    values.join((T1,), lambda: None)
    values.put(T1, "a", value("a"))
    seen = values.number
    values.put(T1, "a", None)
    assert texts(values.audience(T1).since(seen)) == [("a", None)]
    assert values.audience(T1).since(0) == []


def test_numbers_rise_so_that_a_client_can_tell_old_from_new() -> None:
    values = LiveValues("hub")
    for order_id in ("a", "b", "a"):
        values.put(T1, order_id, value(order_id))
    events = decode_batch(b"".join(values.audience(T1).since(0)))
    numbers = [event.seq for event in events if isinstance(event, Live)]
    assert numbers == sorted(numbers) == [2, 3]
    assert {event.incarnation for event in events if isinstance(event, Live)} == {"hub"}


def test_watchers_are_woken_for_their_own_audience() -> None:
    values, woken = LiveValues("hub"), []

    def wake() -> None:
        woken.append(1)

    values.join((T1,), wake)
    values.put("terminal:T2", "c", value("c"))
    assert woken == []
    values.put(T1, "a", value("a"))
    assert woken == [1]
    values.leave((T1,), wake)
    values.put(T1, "b", value("b"))
    assert woken == [1]


def test_slots_are_bounded_and_what_stands_outlives_what_was_cleared() -> None:
    values = LiveValues("hub")
    values.join((T1,), lambda: None)
    values.put(T1, "stands", value("stands"))
    for number in range(module.SLOTS_MAX + module.CLEARED_KEPT + 10):
        values.put(T1, f"k{number}", None)
    assert ("stands", value("stands")) in texts(values.audience(T1).since(0))
    for number in range(module.SLOTS_MAX + 10):
        values.put(T1, f"v{number}", value("v"))
    assert len(values.audience(T1).since(0)) == module.SLOTS_MAX


def test_audiences_of_nobody_cost_nothing() -> None:
    values = LiveValues("hub")
    values.put(T1, "a", value("a"))
    values.put(T1, "a", None)
    assert values._audiences == {}

    def wake() -> None: ...

    values.join((T1,), wake)
    values.put(T1, "a", value("a"))
    values.forget(T1, "a")
    values.leave((T1,), wake)
    assert values._audiences == {}
