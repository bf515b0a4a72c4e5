"""What must be true at every step: the promises, said of what the hub holds and what its watchers show."""

from __future__ import annotations

from collections.abc import Sequence

from display.core.allday import sums
from heard.board import BoardEntry, board_entry
from heard.command import Answer, Command, Hold, Outcome
from heard.order import Line, LineState, Order
from heard.revision import Epoch, digest
from heard.stream import Document
from heard.ticket import OPEN_STATES, TO_MAKE_STATES, is_open, tickets, views
from hub.core.decision import DeviceRecord, device_key, order_key
from hub.store.seam import Entry, Store

Shown = dict[str, Document]
Read = tuple[str, str, int, int, tuple[str, ...]]


class Broken(AssertionError):
    """A promise does not hold."""


def picture(orders: Sequence[Order], view: str) -> Shown:
    """What a watcher of `view` must show."""
    shown: Shown = {}
    for order in orders:
        if is_open(order) and view in views(order):
            entry: Order | BoardEntry | None = board_entry(order) if view == "board" else order
            assert entry is not None
            shown[order.order_id] = entry
    return shown


class Observer:
    """Looks at every commit, and remembers what each view was at each revision."""

    def __init__(self) -> None:
        self.history: dict[Epoch, dict[int, dict[str, Order]]] = {}
        self.meant: dict[str, dict[str, Read]] = {}
        """For each bump by its user: the named lines as that screen had painted them when the key was pressed."""
        self.made: set[tuple[str, str]] = set()
        """(line, station) that is made now, in whichever order the line stands."""

    def attach(self, store: Store) -> None:
        """Begin with this store; its epoch names its history."""
        self.made = {place for order in store.open_orders() for place in made_of(order)}
        self.history.setdefault(store.epoch, {})[store.rev] = {
            order.order_id: order for order in store.open_orders()
        }
        store.on_commit(lambda entries: self.committed(store, entries))

    def committed(self, store: Store, entries: Sequence[Entry]) -> None:
        """Called by the store; the entries are in order of rev."""
        revs = self.history[store.epoch]
        newest = max(revs)
        state = dict(revs[newest])
        for entry in entries:
            if entry.rev < newest:
                raise Broken(f"revision {entry.rev} was committed after {newest}")
            if entry.rev > newest:
                revs[newest] = state
                state = dict(state)
                newest = entry.rev
            order_id = entry.key.partition("/")[2]
            before = state.pop(order_id, None)
            if entry.order is not None:
                self.order_changed(before or entry.old, entry.order)
                if is_open(entry.order):
                    state[order_id] = entry.order
            revs[newest] = state

    def order_changed(self, before: Order | None, after: Order) -> None:
        """One effect a command, rising versions, and no bump of what nobody was shown."""
        users = [entry.user for entry in after.history if entry.user]
        if len(users) != len(set(users)):
            raise Broken(f"{after.order_id}: a command took effect twice: {users}")
        self._check_all_day(after)
        self._check_places(before, after)
        if before is None:
            return
        if after.version != before.version + 1:
            raise Broken(f"{after.order_id} goes from version {before.version} to {after.version}")
        self._check_done(before, after)

    def _check_places(self, before: Order | None, after: Order) -> None:
        """What moves between orders and stations is not made again, and stands in no more places than before."""
        verb = after.history[-1].verb
        stations = {line.line_id: len(line.stations) for line in before.lines} if before is not None else {}
        for line in after.lines:
            if verb == "move" and len(line.stations) > stations[line.line_id]:
                raise Broken(f"{after.order_id} line {line.line_id} stands at more stations after a push")
            for at in line.stations:
                place = (line.line_id, at.station)
                again = verb in MOVING and place in self.made and at.state in OPEN_STATES
                if again and not _takes_over(before, line):
                    raise Broken(f"{after.order_id} line {line.line_id} is to be made again after {verb}")
                self.made.discard(place)
            self._check_kept(before, after, line, verb)
        self.made.update(made_of(after))

    @staticmethod
    def _check_kept(before: Order | None, after: Order, line: Line, verb: str) -> None:
        """What was made stays made, and what was open stays open somewhere."""
        old = None if before is None else before.line(line.line_id)
        if old is None or verb not in MOVING:
            return
        for at in old.stations:
            if at.state is LineState.DONE and line.at(at.station) is None:
                raise Broken(
                    f"{after.order_id} line {line.line_id} was made at {at.station}, {verb} forgets it"
                )
        if any(at.state in OPEN_STATES for at in old.stations) and not any(
            at.state in OPEN_STATES for at in line.stations
        ):
            raise Broken(f"{after.order_id} line {line.line_id} is to be made by nobody after {verb}")

    def _check_all_day(self, order: Order) -> None:
        """All-day is the sum over the station's open lines: what the tiles show, and nothing else."""
        for station in {at.station for line in order.lines for at in line.stations}:
            shown = sums(tickets(order, station)) if is_open(order) else sums(())
            to_make = sum(shown.to_make_milli.values())
            left = sum(
                max(0, line.quantity_milli - at.made_milli)
                for line in order.lines
                for at in line.stations
                if at.station == station and at.state in TO_MAKE_STATES
            )
            if to_make != (left if is_open(order) else 0):
                raise Broken(
                    f"{order.order_id} at {station}: the all-day says {to_make}, its open lines {left}"
                )

    def _check_done(self, before: Order, after: Order) -> None:
        """Only bump (or an undone recall) makes a line DONE, and only as it was painted when the key was pressed."""
        entry = after.history[-1]
        meant = self.meant.get(entry.user, {})
        was = {line.line_id: line for line in before.lines}
        for line in after.lines:
            old = was.get(line.line_id)
            for at in line.stations:
                old_at = None if old is None else old.at(at.station)
                if old is None or old_at is None or at.state is not LineState.DONE:
                    continue
                if old_at.state is LineState.DONE or entry.verb == "undo":
                    continue
                if entry.verb != "bump":
                    raise Broken(f"{after.order_id} line {line.line_id} was made DONE by {entry.verb}")
                if old_at.state is LineState.WAITING:
                    raise Broken(f"{after.order_id} line {line.line_id} was made before it was fired")
                # A line of nobody's stands on every screen: the first bump is for all.
                station = entry.station if line.nobodys else at.station
                if meant.get(line.line_id) != read_of(before, line.line_id, station):
                    raise Broken(
                        f"{after.order_id} line {line.line_id} was bumped in a version nobody painted"
                    )

    def check_view(self, who: str, view: str, epoch: Epoch, rev: int, shown: Shown, said: int) -> None:
        """view == filter(state at rev), and its digest."""
        revs = self.history.get(epoch)
        if revs is None:
            raise Broken(f"{who} is in epoch {epoch}, which never was")
        at = max((one for one in revs if one <= rev), default=None)
        if at is None:
            raise Broken(f"{who} is at revision {rev}, before the first")
        want = picture(list(revs[at].values()), view)
        if want != shown:
            wrong = sorted(key for key in want.keys() | shown.keys() if want.get(key) != shown.get(key))
            raise Broken(f"{who} at revision {rev} does not show the hub's state: {wrong}")
        if digest((key, document.version) for key, document in shown.items()) != said:
            raise Broken(f"{who} has a digest that is not its picture's")


def _takes_over(before: Order | None, line: Line) -> bool:
    """A station that had made its part of the line makes that of a closed one too."""
    old = None if before is None else before.line(line.line_id)
    return old is not None and any(
        at.state in OPEN_STATES and line.at(at.station) is None for at in old.stations
    )


MOVING = ("split", "merge", "transfer", "move")


def made_of(order: Order) -> set[tuple[str, str]]:
    """(line, station) of what is made."""
    return {
        (line.line_id, at.station)
        for line in order.lines
        for at in line.stations
        if at.state is LineState.DONE
    }


def read_of(order: Order, line_id: str, station: str) -> Read | None:
    """What a cook reads of a line at this station."""
    line = order.line(line_id)
    at = None if line is None else line.at(station)
    if line is None or at is None:
        return None
    return (
        order.order_id,
        station,
        line.quantity_milli,
        at.made_milli,
        tuple(m.modifier_id for m in line.modifiers),
    )


def check_acknowledged(store: Store, command: Command, answer: Answer) -> None:
    """An answer from this store: its effect and its seq are on disk."""
    record = store.get(device_key(command.device))
    expected = record.expected.get(command.incarnation, 1) if isinstance(record, DeviceRecord) else 1
    if expected <= command.seq:
        raise Broken(f"{command.device} was answered seq {command.seq}, the store expects {expected}")
    held = isinstance(command.verb, Hold) and answer.outcome in (Outcome.DONE, Outcome.ALREADY)
    if held and store.get(order_key(command.order_id)) is None:
        raise Broken(f"the acknowledged order {command.order_id} is not in the store")
