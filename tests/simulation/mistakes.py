"""Mistakes planted in the real code, each of which the simulation must catch: the test of the test.

Every one replaces a real function by one that a hurried hand could have written. `MISTAKES` maps a name in words to what
plants it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from display.core import allday
from heard.link.core.commands import Commands
from heard.link.core.journal_order import JournalOrder
from heard.link.core.reflector import Reflector
from heard.order import LineState
from heard.revision import NO_EPOCH, Epoch
from heard.stream import Change, Painted
from heard.ticket import TO_MAKE_STATES
from hub import floor
from hub.core import (
    among,
    cooking,
    eighty_six,
    hearing,
    identity,
    kitchen,
    moves,
    rehoming,
    site_verbs,
    stations,
)
from hub.core.edit import DONE, Edit
from hub.core.hearing import Hearing
from hub.core.lifecycle import LINE_TABLE, Stand
from hub.core.staging import Staging
from hub.core.watching import Digests
from hub.rpc import feeds, frames, watcher
from hub.rpc.desk import Desk
from hub.rpc.feeds import Feeds, ViewFeed
from hub.rpc.submit import SubmitSession
from hub.rpc.watcher import Watcher
from hub.store.seam import Compacted
from tests.simulation.hub import SimHub, SimStore

Plant = Callable[[], Any]
MISTAKES: dict[str, Plant] = {}


def mistake(words: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Names a mistake."""

    def named(plant: Callable[[], Any]) -> Callable[[], Any]:
        MISTAKES[words] = plant
        return plant

    return named


@mistake("a repeated command takes effect again")
def _() -> Any:
    def forgets(docs: Any, command: Any) -> Any:
        found = answered(docs, command)
        return found if isinstance(found, identity.Expected) else None

    answered = identity.answered_before
    return patch.object(kitchen, "answered_before", forgets)


@mistake("the answer is given before the commit")
def _() -> Any:
    submit = Desk.submit

    def early(self: Desk, command: Any, told: Any) -> None:
        gone = [False]

        def once(result: Any) -> None:
            if not gone[0]:
                gone[0] = True
                told(result)

        submit(self, command, once)
        assert isinstance(self._store, SimStore)
        waiting = self._store._waiting
        if waiting and waiting[-1].decision.answer is not None:
            once(replace(waiting[-1].decision.answer, rev=self._store.rev))

    return patch.object(Desk, "submit", early)


@mistake("a bump takes lines that changed since they were painted")
def _() -> Any:
    return patch.object(cooking, "judge_version", lambda *_: None)


@mistake("a bump closes the whole ticket, also what came later")
def _() -> Any:
    bump = cooking.bump

    def whole(edit: Edit, verb: Any) -> Any:
        verdict = bump(edit, verb)
        for line in edit.lines:
            at = line.at(verb.station)
            if at is not None and at.state in (LineState.QUEUED, LineState.STARTED):
                edit.put_at(line, replace(at, state=LineState.DONE, version=edit.version))
        return verdict

    return patch.object(kitchen, "HANDLERS", {**kitchen.HANDLERS, "bump": whole})


@mistake("a resumed stream leaves one change out")
def _() -> Any:
    def skips(self: ViewFeed, rev: int) -> int:
        place: int = place_of(self, rev)
        return min(self.count, place + 1)

    place_of = ViewFeed.place_of
    return patch.object(ViewFeed, "place_of", skips)


@mistake("what leaves a view is not removed from it")
def _() -> Any:
    take = Feeds._take

    def blind(self: Feeds, entry: Any, gathered: Any, touched: Any) -> None:
        take(self, replace(entry, old_views=entry.new_views), gathered, touched)

    return patch.object(Feeds, "_take", blind)


@mistake("the log's pages forget what left the view")
def _() -> Any:
    pieces = feeds.pieces_of

    def blind(entries: Any, name: str) -> bytes:
        return pieces([replace(entry, old_views=entry.new_views) for entry in entries], name)

    return patch.object(watcher, "pieces_of", blind)


@mistake("a bookmark runs ahead of the changes")
def _() -> Any:
    newest = Watcher._newest

    def early(self: Watcher, size: int) -> bytes | None:
        mark = b""
        if self._bookmark_due:
            self._bookmark_due = False
            rev, digest = self._store.rev, self._feeds.digest(self._feed)
            mark = frames.bookmark(self._mark(rev, digest))
        return (mark + (newest(self, size) or b"")) or None

    return patch.object(Watcher, "_newest", early)


@mistake("a stream goes on in an epoch that is over")
def _() -> Any:
    why = Watcher._why_not_resume

    def careless(self: Watcher, epoch: Epoch, from_rev: int) -> str:
        return why(self, self._store.epoch if epoch.n else epoch, from_rev)

    return patch.object(Watcher, "_why_not_resume", careless)


@mistake("a stream goes on from a revision whose log is gone")
def _() -> Any:
    why = Watcher._why_not_resume
    read = SimStore.log

    def careless(self: Watcher, epoch: Epoch, from_rev: int) -> str:
        reason = why(self, epoch, from_rev)
        return "" if reason.startswith("the log begins") else reason

    def rest(self: SimStore, from_rev: int, limit: int) -> Any:
        return read(self, max(from_rev, self.compact_rev), limit)

    return _both(patch.object(Watcher, "_why_not_resume", careless), patch.object(SimStore, "log", rest))


@mistake("a restored backup keeps its epoch")
def _() -> Any:
    def same(self: SimHub, image: Any) -> None:
        store = SimStore.from_image(image, 1, self._now_ms, self.store.epoch)
        self.store = store
        self._boot()

    return patch.object(SimHub, "restore", same)


@mistake("a crash loses what was on its way and answered")
def _() -> Any:
    def forgetful(self: SimHub) -> None:
        image = self.store.image()
        kept = {key: doc for key, doc in image.docs.items() if not key.startswith("order/")}
        last = max((key for key in image.docs if key.startswith("order/")), default="")
        kept.update({key: doc for key, doc in image.docs.items() if key.startswith("order/") and key != last})
        self.store = SimStore.from_image(replace(image, docs=kept), 1, self._now_ms)
        self._boot()

    return patch.object(SimHub, "crash", forgetful)


@mistake("the seq is not kept with the effect")
def _() -> Any:
    consumed = identity.consumed

    def other_time(
        docs: Any, command: Any, answer: Any, now_ms: int, undo: Any, *, undo_changed: bool
    ) -> Any:
        puts = consumed(docs, command, answer, now_ms, undo, undo_changed=undo_changed)
        return {} if now_ms % 5 == 0 else puts

    return patch.object(kitchen, "consumed", other_time)


@mistake("a new picture is laid over the old one")
def _() -> Any:
    replaced = Reflector._replace

    def merged(self: Reflector, documents: Any) -> None:
        replaced(self, {**self._documents, **documents})

    return patch.object(Reflector, "_replace", merged)


@mistake("a screen keeps what was removed")
def _() -> Any:
    change = Reflector._change

    def keeps(self: Reflector, event: Change, puts: Any) -> str:
        put = self._documents.get(event.order_id) if event.put is None else event.put
        return change(self, replace(event, put=put), puts)

    return patch.object(Reflector, "_change", keeps)


@mistake("a screen takes part of a snapshot for the whole")
def _() -> Any:
    apply = Reflector.apply

    def hasty(self: Reflector, events: Any, now_s: float) -> Any:
        taken = apply(self, events, now_s)
        if self._staged is not None and self.hello is not None:
            self._replace(self._staged)
            self.epoch, self.rev, self._settled = self.hello.epoch, self.hello.rev, self.hello.rev
            self._staged, self.complete = None, True
        return taken

    return patch.object(Reflector, "apply", hasty)


@mistake("a client does not go back to the expected seq")
def _() -> Any:
    return patch.object(JournalOrder, "expected", lambda self, seq: None)


@mistake("a new epoch is not offered the journal")
def _() -> Any:
    opened = JournalOrder.opened
    expected_ = JournalOrder.expected

    def forgets(self: JournalOrder, expected: int, epoch: Epoch) -> Any:
        new = self.epoch not in (NO_EPOCH, epoch)
        found = opened(self, expected, epoch)
        if new and found is None:
            self._cursor = self._confirmed = self.acked = self.next_seq
        return found

    def stubborn(self: JournalOrder, seq: int) -> Any:
        return expected_(self, max(seq, self.acked))

    return _both(
        patch.object(JournalOrder, "opened", forgets), patch.object(JournalOrder, "expected", stubborn)
    )


@mistake("the cumulative ack is one too high")
def _() -> Any:
    reply = SubmitSession.reply

    def generous(self: SubmitSession) -> bytes | None:
        self._next_seq += 1
        try:
            return reply(self)
        finally:
            self._next_seq -= 1

    return patch.object(SubmitSession, "reply", generous)


@mistake("a command that was GONE after a restore is not offered again")
def _() -> Any:
    return patch.object(Commands, "due", lambda self, now_s: ())


@mistake("the digest forgets what was removed")
def _() -> Any:
    put = Digests.put

    def lazy(self: Digests, order_id: str, version: int, new_views: Any) -> None:
        if new_views:
            put(self, order_id, version, new_views)

    return patch.object(Digests, "put", lazy)


@mistake("compaction is taken for the end of the log")
def _() -> Any:
    read = SimStore.log

    def silent(self: SimStore, from_rev: int, limit: int) -> Any:
        try:
            return read(self, from_rev, limit)
        except Compacted:
            return ()

    why = Watcher._why_not_resume

    def trusting(self: Watcher, epoch: Epoch, from_rev: int) -> str:
        reason = why(self, epoch, from_rev)
        return "" if reason.startswith("the log begins") else reason

    return _both(patch.object(SimStore, "log", silent), patch.object(Watcher, "_why_not_resume", trusting))


@contextmanager
def _both(first: Any, second: Any) -> Iterator[None]:
    with first, second:
        yield


# --- of hearing and of the kitchen


@mistake("a screen that painted an older version is taken for one that painted the newest")
def _() -> Any:
    painted = Hearing.painted

    def credulous(self: Hearing, device: str, station: str, report: Painted, now_ms: int) -> Any:
        newest = tuple(
            (order_id, max(version, self._orders[order_id].order.version if order_id in self._orders else 0))
            for order_id, version in report.newly_shown
        )
        return painted(self, device, station, replace(report, newly_shown=newest), now_ms)

    return patch.object(Hearing, "painted", credulous)


@mistake("a bump of one line is taken for proof of the whole ticket")
def _() -> Any:
    return patch.object(hearing, "proof_of", lambda old, new, station: new.version)


@mistake("what was heard once stays heard after the next change")
def _() -> Any:
    def keeps(fact: Any, version: int, now_ms: int, *, by_cook: bool) -> None:
        fact.version = version

    changed = Hearing.changed

    def forgetful(self: Hearing, old: Any, new: Any, now_ms: int) -> Any:
        effects = changed(self, old, new, now_ms)
        held = self._orders.get(new.order_id) if new is not None else None
        for fact in held.facts.values() if held is not None else ():
            fact.proven = max(fact.proven, 1) if fact.proven == 0 else 1 << 60
        return effects

    return _both(
        patch.object(Hearing, "_supersede", staticmethod(keeps)), patch.object(Hearing, "changed", forgetful)
    )


@mistake("nobody looks at the clock for what nobody has painted")
def _() -> Any:
    return patch.object(Hearing, "tick", lambda self, now_ms: [])


@mistake("a hub that starts alarms before its screens are back")
def _() -> Any:
    return patch.object(hearing, "GRACE_MS", -1)


@mistake("an alarm is raised again for each order")
def _() -> Any:
    alarm = Hearing._alarm

    def loud(self: Hearing, held: Any, station: str, fact: Any, now_ms: int, effects: list[Any]) -> None:
        alarmed = self._alarmed.pop(station, {})
        alarm(self, held, station, fact, now_ms, effects)
        self._alarmed[station].update(alarmed)

    return patch.object(Hearing, "_alarm", loud)


@mistake("a change does not ask to be heard")
def _() -> Any:
    def marks_only(edit: Edit, station: str) -> None:
        if edit.command.verb.name != "change_line":
            touch(edit, station)

    touch = Edit.touch
    return patch.object(Edit, "touch", marks_only)


# --- of the kitchen's other verbs


@mistake("a split leaves its lines behind as well")
def _() -> Any:
    return patch.object(Edit, "drop_lines", lambda self, line_ids: None)


@mistake("a split forgets the new order")
def _() -> Any:
    split = among.split

    def forgets(edit: Edit, verb: Any) -> Any:
        verdict = split(edit, verb)
        edit.others.clear()
        return verdict

    return patch.object(kitchen, "HANDLERS", {**kitchen.HANDLERS, "split": forgets})


@mistake("a push leaves the line where it was as well")
def _() -> Any:
    move_line = moves.move_line

    def both(edit: Edit, line: Any, at: Any, to_station: str) -> Any:
        made = move_line(edit, line, at, to_station)
        edit.put_line(replace(made, stations=(*made.stations, at)))
        return made

    return patch.object(moves, "move_line", both)


@mistake("a course is bumped before it was fired")
def _() -> Any:
    rules = {**LINE_TABLE, (Stand.WAITING, "bump"): LINE_TABLE[Stand.QUEUED, "bump"]}
    return patch.object(cooking, "LINE_TABLE", rules)


@mistake("a release that the clock missed is never made up")
def _() -> Any:
    return patch.object(Staging, "take", lambda self, now_ms, rules, paused=(): [])


@mistake("the all-day counts what is held")
def _() -> Any:
    return patch.object(allday, "TO_MAKE_STATES", frozenset({*TO_MAKE_STATES, LineState.WAITING}))


# --- of the site, and of tables


@mistake("work stays at a station that was closed")
def _() -> Any:
    return patch.object(floor, "is_homeless", lambda order, there: False)


@mistake("what a closed station had to make is dropped where its equal had made a part")
def _() -> Any:
    move = rehoming._move

    def drops(edit: Edit, line_id: str, at: Any, there: Any) -> str:
        why = move(edit, line_id, at, there)
        line = edit.line(line_id)
        before = edit.order.line(line_id)
        if line is not None and before is not None:
            made = {one.station: one for one in before.stations if one.state is LineState.DONE}
            edit.put_line(replace(line, stations=tuple(made.get(one.station, one) for one in line.stations)))
        return why

    return patch.object(rehoming, "_move", drops)


@mistake("an 86 forgets what else is out")
def _() -> Any:
    set_availability = eighty_six.set_availability

    def only_this(docs: Any, command: Any, verb: Any, now_ms: int, site: Any) -> Any:
        verdict, doc, undo = set_availability(docs, command, verb, now_ms, site)
        return verdict, None if doc is None else replace(doc, items=doc.items[-1:]), undo

    return patch.object(eighty_six, "set_availability", only_this)


@mistake("a command about the site takes effect again when it is sent again")
def _() -> Any:
    consumed = identity.consumed

    def other_time(docs: Any, command: Any, answer: Any, now_ms: int, undo: Any, **how: Any) -> Any:
        return {} if now_ms % 3 == 0 else consumed(docs, command, answer, now_ms, undo, **how)

    return patch.object(site_verbs, "consumed", other_time)


@mistake("a pause never ends")
def _() -> Any:
    state_now = stations.state_now

    def endless(book: Any, names: Any, timetable: Any, wall_ms: int, zone: Any, nobodys: int = 0) -> Any:
        return state_now(book, names, timetable, 1, zone, nobodys)

    return patch.object(floor, "state_now", endless)


@mistake("the last open station can be closed")
def _() -> Any:
    close = stations.close

    def careless(docs: Any, command: Any, verb: Any, now_ms: int, site: Any) -> Any:
        verdict, book = close(docs, command, verb, now_ms, site)
        if book is not None or "last open" not in verdict.message:
            return verdict, book
        known, record = stations._record(docs, verb.station)
        return DONE, stations._with(known, replace(record, closed=True))

    return patch.object(stations, "close", careless)


@mistake("a table that moves is made again at its new place")
def _() -> Any:
    return patch.object(moves, "_untouched", lambda at: True)


@mistake("a merge leaves the last line behind")
def _() -> Any:
    take_in = among.take_in

    def short(into: Edit, order: Any) -> None:
        take_in(into, replace(order, lines=order.lines[:-1]) if len(order.lines) > 1 else order)

    return patch.object(among, "take_in", short)
