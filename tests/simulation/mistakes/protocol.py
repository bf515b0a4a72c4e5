"""Mistakes of streams, journals and commits: what is shown, sent again, and acknowledged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import patch

from heard.link.core.commands import Commands
from heard.link.core.journal_order import JournalOrder
from heard.link.core.reflector import Reflector
from heard.order import LineState
from heard.revision import NO_EPOCH, Epoch
from heard.stream import Change
from hub.core import (
    cooking,
    identity,
    kitchen,
)
from hub.core.edit import Edit
from hub.core.watching import Digests
from hub.rpc import feeds, frames, watcher
from hub.rpc.desk import Desk
from hub.rpc.feeds import Feeds, ViewFeed
from hub.rpc.submit import SubmitSession
from hub.rpc.watcher import Watcher
from hub.store.seam import Compacted
from tests.simulation.hub import SimHub, SimStore
from tests.simulation.mistakes.plant import both, mistake


@mistake("a repeated command takes effect again", 3)
def _() -> Any:
    def forgets(docs: Any, command: Any) -> Any:
        found = answered(docs, command)
        return found if isinstance(found, identity.Expected) else None

    answered = identity.answered_before
    return patch.object(kitchen, "answered_before", forgets)


@mistake("the answer is given before the commit", 9)
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


@mistake("a bump takes lines that changed since they were painted", 6)
def _() -> Any:
    return patch.object(cooking, "judge_version", lambda *_: None)


@mistake("a bump closes the whole ticket, also what came later", 10)
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


@mistake("a resumed stream leaves one change out", 3)
def _() -> Any:
    def skips(self: ViewFeed, rev: int) -> int:
        place: int = place_of(self, rev)
        return min(self.count, place + 1)

    place_of = ViewFeed.place_of
    return patch.object(ViewFeed, "place_of", skips)


@mistake("what leaves a view is not removed from it", 1)
def _() -> Any:
    take = Feeds._take

    def blind(self: Feeds, entry: Any, gathered: Any, touched: Any) -> None:
        take(self, replace(entry, old_views=entry.new_views), gathered, touched)

    return patch.object(Feeds, "_take", blind)


@mistake("the log's pages forget what left the view", 9)
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


@mistake("a stream goes on in an epoch that is over", 14)
def _() -> Any:
    why = Watcher._why_not_resume

    def careless(self: Watcher, epoch: Epoch, from_rev: int) -> str:
        return why(self, self._store.epoch if epoch.n else epoch, from_rev)

    return patch.object(Watcher, "_why_not_resume", careless)


@mistake("a stream goes on from a revision whose log is gone", 11)
def _() -> Any:
    why = Watcher._why_not_resume
    read = SimStore.log

    def careless(self: Watcher, epoch: Epoch, from_rev: int) -> str:
        reason = why(self, epoch, from_rev)
        return "" if reason.startswith("the log begins") else reason

    def rest(self: SimStore, from_rev: int, limit: int) -> Any:
        return read(self, max(from_rev, self.compact_rev), limit)

    return both(patch.object(Watcher, "_why_not_resume", careless), patch.object(SimStore, "log", rest))


@mistake("a restored backup keeps its epoch", 2)
def _() -> Any:
    def same(self: SimHub, image: Any) -> None:
        store = SimStore.from_image(image, 1, self._now_ms, self.store.epoch)
        self.store = store
        self._boot()

    return patch.object(SimHub, "restore", same)


@mistake("a crash loses what was on its way and answered", 1)
def _() -> Any:
    def forgetful(self: SimHub) -> None:
        image = self.store.image()
        kept = {key: doc for key, doc in image.docs.items() if not key.startswith("order/")}
        last = max((key for key in image.docs if key.startswith("order/")), default="")
        kept.update({key: doc for key, doc in image.docs.items() if key.startswith("order/") and key != last})
        self.store = SimStore.from_image(replace(image, docs=kept), 1, self._now_ms)
        self._boot()

    return patch.object(SimHub, "crash", forgetful)


@mistake("the seq is not kept with the effect", 1)
def _() -> Any:
    consumed = identity.consumed

    def other_time(
        docs: Any, command: Any, answer: Any, now_ms: int, undo: Any, *, undo_changed: bool
    ) -> Any:
        puts = consumed(docs, command, answer, now_ms, undo, undo_changed=undo_changed)
        return {} if now_ms % 5 == 0 else puts

    return patch.object(kitchen, "consumed", other_time)


@mistake("a new picture is laid over the old one", 2)
def _() -> Any:
    replaced = Reflector._replace

    def merged(self: Reflector, documents: Any) -> None:
        replaced(self, {**self._documents, **documents})

    return patch.object(Reflector, "_replace", merged)


@mistake("a screen keeps what was removed", 1)
def _() -> Any:
    change = Reflector._change

    def keeps(self: Reflector, event: Change, puts: Any) -> str:
        put = self._documents.get(event.order_id) if event.put is None else event.put
        return change(self, replace(event, put=put), puts)

    return patch.object(Reflector, "_change", keeps)


@mistake("a screen takes part of a snapshot for the whole", 6)
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


@mistake("a new epoch is not offered the journal", 16)
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

    return both(
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


@mistake("a command that was GONE after a restore is not offered again", 2)
def _() -> Any:
    return patch.object(Commands, "due", lambda self, now_s: ())


@mistake("the digest forgets what was removed", 1)
def _() -> Any:
    put = Digests.put

    def lazy(self: Digests, order_id: str, version: int, new_views: Any) -> None:
        if new_views:
            put(self, order_id, version, new_views)

    return patch.object(Digests, "put", lazy)


@mistake("compaction is taken for the end of the log", 11)
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

    return both(patch.object(SimStore, "log", silent), patch.object(Watcher, "_why_not_resume", trusting))
