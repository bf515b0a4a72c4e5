"""The reflector against a model hub: its picture is the hub's at its revision, whatever breaks in between."""

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from heard.link.core.reflector import RELIST_PAUSE_S, RELISTS_MAX, Reflector
from heard.order import Order
from heard.revision import NO_EPOCH, Epoch, digest
from heard.stream import (
    Bookmark,
    Change,
    Event,
    HeardState,
    HeardValue,
    Hello,
    Live,
    Reset,
    SnapshotEnd,
    SnapshotItem,
)

FIRST = Epoch(1, 7)


@dataclass
class ModelHub:
    """One view of a hub: a log of (rev, order id, order or None), and what stood at each revision."""

    epoch: Epoch = FIRST
    rev: int = 0
    compact_rev: int = 0
    view: dict[str, Order] = field(default_factory=dict)
    log: list[tuple[int, str, Order | None]] = field(default_factory=list)
    history: dict[tuple[Epoch, int], dict[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.remember()

    def remember(self) -> None:
        self.history[self.epoch, self.rev] = {key: order.version for key, order in self.view.items()}

    def commit(self, changes: dict[str, bool]) -> None:
        """One revision: True puts (a new version of) the order, False takes it out of the view."""
        self.rev += 1
        for key, put in changes.items():
            old = self.view.pop(key, None)
            if put:
                self.view[key] = Order(key, version=(old.version if old else 0) + self.rev)
            elif old is None:
                continue
            self.log.append((self.rev, key, self.view.get(key)))
        self.remember()

    def restore(self) -> None:
        """A new generation that has lost every other order; its revisions begin anew."""
        self.epoch = Epoch(self.epoch.n + 1, 7)
        self.rev = 3
        self.view = dict(list(self.view.items())[::2])
        self.log.clear()
        self.compact_rev = self.rev
        self.remember()

    def compact(self) -> None:
        self.compact_rev = max(0, self.rev - 1)
        self.log = [entry for entry in self.log if entry[0] > self.compact_rev]

    def stream(self, epoch: Epoch, from_rev: int) -> list[Event]:
        """Everything a watcher gets up to the head, as single events."""
        events: list[Event] = [self.hello()]
        if epoch != self.epoch or not self.compact_rev <= from_rev <= self.rev:
            events += self.snapshot("resume is not possible")
        else:
            events += self.changes(from_rev)
            events.append(self.bookmark())
        return events

    def hello(self) -> Hello:
        return Hello("s1", self.epoch, self.rev, self.compact_rev, 1_000, "2026-11-23")

    def snapshot(self, reason: str) -> list[Event]:
        items: list[Event] = [SnapshotItem(order) for order in self.view.values()]
        return [Reset(reason), *items, SnapshotEnd(self.rev, len(items), self.digest())]

    def changes(self, from_rev: int) -> list[Event]:
        return [Change(rev, key, order) for rev, key, order in self.log if rev > from_rev]

    def digest(self) -> int:
        return digest((key, order.version) for key, order in self.view.items())

    def bookmark(self) -> Bookmark:
        return Bookmark(self.rev, 1_000, "2026-11-23", self.digest())


def versions(reflector: Reflector) -> dict[str, int]:
    return {key: document.version for key, document in reflector.documents.items()}


def synced(hub: ModelHub) -> Reflector:
    reflector = Reflector()
    reflector.apply(hub.stream(*reflector.begin()), 0.0)
    assert reflector.complete
    return reflector


def test_a_snapshot_is_the_picture_and_a_change_alters_it() -> None:
    hub = ModelHub()
    hub.commit({"a": True, "b": True})
    reflector = synced(hub)
    assert versions(reflector) == hub.history[hub.epoch, hub.rev]
    hub.commit({"a": False, "c": True})
    taken = reflector.apply([*hub.changes(1), hub.bookmark()], 1.0)
    assert [document.order_id for document in taken.applied.puts] == ["c"]
    assert taken.applied.removes == ("a",)
    assert (taken.applied.reset, taken.applied.rev, reflector.digest) == (False, 2, hub.digest())
    assert not taken.relist


def test_two_documents_of_one_revision_are_taken_but_a_repeat_is_refused() -> None:
    hub = ModelHub()
    reflector = synced(hub)
    hub.commit({"a": True, "b": True})
    assert not reflector.apply(hub.changes(0), 1.0).relist
    assert reflector.apply(hub.changes(0)[:1], 2.0).relist == "revision 1 came after 1"


def test_a_revision_cut_in_two_by_a_broken_stream_comes_whole_the_next_time() -> None:
    hub = ModelHub()
    reflector = synced(hub)
    hub.commit({"a": True, "b": True})
    reflector.apply(hub.changes(0)[:1], 1.0)
    reflector.apply(hub.stream(*reflector.begin()), 2.0)
    assert versions(reflector) == hub.history[hub.epoch, hub.rev]
    assert reflector.complete


def test_the_old_picture_stays_until_the_snapshot_is_whole() -> None:
    hub = ModelHub()
    hub.commit({"a": True, "b": True})
    reflector = synced(hub)
    before = versions(reflector)
    hub.restore()
    events = hub.stream(*reflector.begin())
    for event in events[:-1]:
        taken = reflector.apply([event], 1.0)
        assert versions(reflector) == before
        assert not taken.applied
        assert not reflector.complete
    taken = reflector.apply(events[-1:], 1.0)
    assert taken.new_epoch
    assert taken.applied.reset
    assert taken.applied.removes == ("b",)
    assert versions(reflector) == {"a": 1}
    assert (reflector.epoch, reflector.rev) == (hub.epoch, 3)


def test_changes_without_a_hello_or_of_another_epoch_are_refused() -> None:
    hub = ModelHub()
    hub.commit({"a": True})
    reflector = synced(hub)
    hub.commit({"b": True})
    reflector.begin()
    assert reflector.apply(hub.changes(1), 1.0).relist
    reflector = synced(hub)
    reflector.begin()
    other = replace(hub.hello(), epoch=Epoch(9, 9))
    assert reflector.apply([other, Change(7, "x", Order("x", version=1))], 1.0).relist
    assert "x" not in reflector.documents


def test_a_bookmark_behind_the_picture_is_refused() -> None:
    hub = ModelHub()
    hub.commit({"a": True})
    reflector = synced(hub)
    old = hub.bookmark()
    hub.commit({"b": True})
    reflector.apply([*hub.changes(1), hub.bookmark()], 1.0)
    assert reflector.apply([old], 2.0).relist == "bookmark 1 came after revision 2"


def test_a_wrong_digest_lists_again_and_the_fourth_in_a_minute_pauses_with_an_alarm() -> None:
    hub = ModelHub()
    hub.commit({"a": True})
    reflector = synced(hub)

    def wrong(now: float) -> tuple[str, str]:
        taken = reflector.apply([replace(hub.bookmark(), digest=1)], now)
        assert not reflector.complete
        return taken.relist, taken.alarm

    for attempt in range(RELISTS_MAX):
        assert wrong(attempt * 1.0) == ("the picture differs from the hub's at revision 1", "")
        assert reflector.begin() == (NO_EPOCH, 0)
        assert not reflector.apply(hub.stream(NO_EPOCH, 0), attempt * 1.0).relist
        assert reflector.complete
    relist, alarm = wrong(10.0)
    assert (relist, "pausing 30 s" in alarm) == ("", True)
    assert wrong(11.0) == ("", ""), "the alarm is raised once"
    hub.commit({"b": True})
    reflector.apply(hub.changes(1), 12.0)
    assert "b" in reflector.documents, "a suspect picture still gets its tickets"
    assert wrong(10.0 + RELIST_PAUSE_S)[1], "still wrong after the pause"
    relist, alarm = wrong(75.0)
    assert (relist != "", alarm) == (True, ""), "the old ones are more than a minute ago"


def test_a_broken_snapshot_pauses_with_the_stream_closed() -> None:
    hub = ModelHub()
    hub.commit({"a": True})
    reflector = Reflector()
    for attempt in range(RELISTS_MAX + 1):
        events = hub.stream(*reflector.begin())
        events[-1] = SnapshotEnd(hub.rev, 5, 0)
        taken = reflector.apply(events, 0.1 * attempt)
        assert taken.relist == "the snapshot has 1 of 5 documents"
        assert taken.pause_s == (RELIST_PAUSE_S if attempt == RELISTS_MAX else 0.0)
    assert not reflector.documents


def test_live_values_the_last_of_a_key_wins_and_an_older_seq_is_ignored() -> None:
    def heard(seq: int, state: HeardState, incarnation: str = "i1") -> Live:
        return Live("heard/o1/grill", incarnation, seq, HeardValue("o1", "grill", 1, state))

    reflector = Reflector()
    taken = reflector.apply([heard(2, HeardState.HEARD), heard(1, HeardState.PENDING)], 0.0)
    assert taken.applied.live_values == (heard(2, HeardState.HEARD),)
    taken = reflector.apply([heard(1, HeardState.NOT_HEARD, "i2")], 0.0)
    assert taken.applied.live_values == (heard(1, HeardState.NOT_HEARD, "i2"),)
    reflector.apply([Live("heard/o1/grill", "i2", 2, None)], 0.0)
    assert reflector.live == {}


def test_a_restored_picture_resumes() -> None:
    hub = ModelHub()
    hub.commit({"a": True})
    first = synced(hub)
    hub.commit({"b": True})
    second = Reflector()
    second.restore(first.documents.values(), first.epoch, first.rev)
    assert second.begin() == (hub.epoch, 1)
    second.apply(hub.stream(hub.epoch, 1), 0.0)
    assert versions(second) == hub.history[hub.epoch, 2]
    assert second.complete


KEYS = st.sampled_from("abcde")
STEP: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.one_of(
    st.tuples(st.just("commit"), st.dictionaries(KEYS, st.booleans(), min_size=1, max_size=3)),
    st.tuples(st.sampled_from(["break", "restore", "compact", "corrupt", "reset"]), st.just({})),
    st.tuples(st.just("deliver"), st.dictionaries(st.just("n"), st.integers(1, 4), min_size=1)),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(STEP, max_size=50))
def test_the_picture_is_the_hubs_at_its_revision(steps: list[tuple[str, dict[str, Any]]]) -> None:
    hub = ModelHub()
    reflector = Reflector()
    wire: list[Event] = []
    cursor = 0
    now = 0.0

    def connect() -> None:
        nonlocal cursor
        wire[:] = hub.stream(*reflector.begin())
        cursor = hub.rev

    def deliver(count: int) -> None:
        nonlocal now
        now += 31.0  # digests may be wrong as often as they like
        batch, wire[:count] = wire[:count], []
        rev_before, epoch_before = reflector.rev, reflector.epoch
        taken = reflector.apply(batch, now)
        if taken.relist:
            connect()
            return
        assert taken.applied.reset or reflector.epoch == epoch_before
        assert taken.applied.reset or reflector.rev >= rev_before
        assert reflector.digest == digest(versions(reflector).items())
        if reflector.complete and not wire:
            assert versions(reflector) == hub.history[reflector.epoch, reflector.rev]

    connect()
    for what, arguments in steps:
        match what:
            case "commit":
                hub.commit({key: bool(put) for key, put in arguments.items()})
                wire += [*hub.changes(cursor), hub.bookmark()]
                cursor = hub.rev
            case "deliver":
                deliver(arguments["n"])
            case "break":
                connect()
            case "restore":
                hub.restore()
                connect()
            case "compact":
                hub.compact()
            case "corrupt":
                wire.append(replace(hub.bookmark(), digest=12345))
            case "reset":
                wire += hub.snapshot("the watcher fell off the log")
    while wire:
        deliver(3)
    if not reflector.complete:
        connect()
        deliver(len(wire))
    assert reflector.complete
    assert (reflector.epoch, reflector.rev) == (hub.epoch, hub.rev)
    assert versions(reflector) == hub.history[hub.epoch, hub.rev]
