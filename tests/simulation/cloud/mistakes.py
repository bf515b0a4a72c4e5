"""Mistakes planted in the real code of the cloud's side, each of which the simulation must catch: the test of the test."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from heard.numbering import Book
from hub.cloud import apply as apply_module
from hub.cloud import pull, push, settle
from hub.cloud.batch import Batch
from hub.cloud.documents import push_body
from hub.cloud.offer import Answered
from hub.core import ahead, counters, identity, outbox
from hub.core.cloud_failure import FailureClass
from hub.core.outbox import ItemAnswer, PushResult, Settlement, Verdict
from hub.core.push_plan import PushPlan
from hub.rpc.counters import Counters
from hub.store import group, opening
from hub.store import outbox as stored
from tests.simulation.mistakes.plant import Plant

MISTAKES: dict[str, Plant] = {}


FIRST_SEED: dict[str, int] = {}
"""Where the search begins for a mistake that few seeds meet."""


def mistake(words: str, seed: int = 0) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Names a mistake."""

    def named(plant: Callable[[], Any]) -> Callable[[], Any]:
        MISTAKES[words] = plant
        FIRST_SEED[words] = seed
        return plant

    return named


# --- orders out


@mistake("an answer to an older version settles the newer one", 19)
def _() -> Any:
    def blind(row: Any, _version: int, state: Any, reason: str = "") -> Any:
        return None if row is None else replace(row, state=state, reason=reason)

    return patch.object(outbox, "settled", blind)


@mistake("a call that broke counts as pushed", 3)
def _() -> Any:
    failed = PushPlan.failed

    def hopes(self: PushPlan, failure: Any, now_ms: int, chance: float) -> Any:
        rows = self.in_flight
        found = failed(self, failure, now_ms, chance)
        return (
            [Settlement(row, Verdict.SYNCED) for row in rows]
            if failure.kind is FailureClass.TRANSIENT
            else found
        )

    return patch.object(PushPlan, "failed", hopes)


@mistake("a transient failure is an error of the document", 3)
def _() -> Any:
    failed = PushPlan.failed

    def blames(self: PushPlan, failure: Any, now_ms: int, chance: float) -> Any:
        rows = self.in_flight
        found = failed(self, failure, now_ms, chance)
        if failure.kind is FailureClass.TRANSIENT:
            return [Settlement(row, Verdict.ERROR, failure.reason) for row in rows]
        return found

    return patch.object(PushPlan, "failed", blames)


@mistake("a refused batch is not bisected: all of it is in error", 3)
def _() -> Any:
    def all_of_them(self: PushPlan, rows: Any, failure: Any, now_ms: int, chance: float) -> Any:
        return [Settlement(row, Verdict.ERROR, failure.reason) for row in rows]

    return patch.object(PushPlan, "_refused", all_of_them)


@mistake("a document that is refused alone is in error at once, though the cloud refuses everything", 3)
def _() -> Any:
    def at_once(self: PushPlan, row: Any, failure: Any, now_ms: int, chance: float) -> Any:
        return [Settlement(row, Verdict.ERROR, failure.reason)]

    return patch.object(PushPlan, "_refused_alone", at_once)


@mistake("AHEAD counts as taken", 1)
def _() -> Any:
    judge = PushPlan._judge

    def taken(self: PushPlan, row: Any, answer: Any, now_ms: int, chance: float) -> Any:
        if answer.result is PushResult.AHEAD:
            return Settlement(row, Verdict.SYNCED)
        return judge(self, row, answer, now_ms, chance)

    return patch.object(PushPlan, "_judge", taken)


@mistake("AHEAD is an error", 1)
def _() -> Any:
    judge = PushPlan._judge

    def error(self: PushPlan, row: Any, answer: Any, now_ms: int, chance: float) -> Any:
        if answer.result is PushResult.AHEAD:
            return Settlement(row, Verdict.ERROR, "ahead")
        return judge(self, row, answer, now_ms, chance)

    return patch.object(PushPlan, "_judge", error)


@mistake("a merge forgets that the cloud has it paid", 80)
def _() -> Any:
    decide = ahead.decide_merge
    return patch.object(ahead, "decide_merge", lambda ours, theirs: replace(decide(ours, theirs), paid=False))


@mistake("a merge takes an older state than the cloud's", 9)
def _() -> Any:
    decide = ahead.decide_merge
    return patch.object(ahead, "decide_merge", lambda ours, theirs: replace(decide(ours, theirs), state=None))


@mistake("a merge drops the lines that only the cloud knows", 1)
def _() -> Any:
    decide = ahead.decide_merge
    return patch.object(
        ahead, "decide_merge", lambda ours, theirs: replace(decide(ours, theirs), lines_added=())
    )


@mistake("a merge is not written", 7)
def _() -> Any:
    async def nothing(self: push.Pusher, row: Any) -> None: ...

    return patch.object(push.Pusher, "_merge", nothing)


@mistake("an order is written without its row in the outbox")
def _() -> Any:
    return patch.object(group, "order_writes", lambda *_: iter(()))


@mistake("a change of an order that is pushed already is not pushed again")
def _() -> Any:
    writes = stored.order_writes

    def once(key: bytes, old: Any, new: Any, size: int) -> Iterator[Any]:
        return iter(()) if old is not None and new is not None else writes(key, old, new, size)

    return patch.object(group, "order_writes", once)


@mistake("after a restore nothing is offered again", 40)
def _() -> Any:
    return patch.object(opening, "offer_again", lambda *_: 0)


@mistake("after a restore the epoch of before is told")
def _() -> Any:
    first = re.compile(rb'"n":\d+')
    return patch.object(push, "push_body", lambda epoch, part: first.sub(b'"n":1', push_body(epoch, part)))


@mistake("only what is urgent is pushed: nobody sweeps", 7)
def _() -> Any:
    step = PushPlan.next

    def waits(self: PushPlan, rows: Any, now_ms: int) -> Any:
        return step(self, rows, now_ms) if self._awake or self._refresh else None

    return patch.object(PushPlan, "next", waits)


@mistake("answers are taken in their order, whomever they speak of", 2)
def _() -> Any:
    def in_order(offered: Any, body: Any) -> Any:
        results = body["results"]
        answers = [ItemAnswer(PushResult(one["result"]), one.get("detail", "")) for one in results]
        answers += [ItemAnswer(PushResult.ACCEPTED)] * (len(offered) - len(answers))
        held = [one.get("held", {}).get("document") for one in results] + [None] * len(offered)
        return [Answered(answer, doc) for answer, doc, _ in zip(answers, held, offered, strict=False)]

    return patch.object(push, "read_answers", in_order)


@mistake("the cloud asks for patience and is called all the same", 5)
def _() -> Any:
    back_off = PushPlan._back_off

    def hurries(self: PushPlan, failure: Any, now_ms: int, chance: float) -> None:
        back_off(self, replace(failure, retry_after_ms=0), now_ms, chance)

    return patch.object(PushPlan, "_back_off", hurries)


@mistake("one poisoned document holds up all others for ever", 4)
def _() -> Any:
    def stuck(self: PushPlan, box: Any, now_ms: int) -> Any:
        rows = sorted((*box.live(0), *box.backlog(0)), key=lambda row: row.changed_at_ms)
        return tuple(rows[:1])

    return patch.object(PushPlan, "_choose", stuck)


@mistake("payments are no documents")
def _() -> Any:
    return patch.object(identity, "payment_papers", lambda *_: ())


# --- master data in


@mistake("the cursor goes to disk before the page's rows", 8)
def _() -> Any:
    write = apply_module._write

    async def early(catalogue: Any, page: Any, judged: Any, state: Any, wall_ms: int) -> None:
        place = "shadow_cursor" if state.shadow else "cursor"
        state = replace(state, **{place: page.cursor})
        await catalogue.put_state(page.module, state)
        await write(catalogue, page, judged, state, wall_ms)

    return patch.object(apply_module, "_write", early)


@mistake("a module that is pulled anew is poured over the old rows", 3)
def _() -> Any:
    apply = apply_module.apply

    async def over(catalogue: Any, page: Any, *, from_start: bool, wall_ms: int) -> None:
        state = replace(catalogue.states[page.module], cursor="", reset_wanted=False, shadow=0)
        if from_start:
            await catalogue.put_state(page.module, state)
        await apply(catalogue, page, from_start=False, wall_ms=wall_ms)

    return patch.object(pull, "apply", over)


@mistake("the shadow serves before its last page", 3)
def _() -> Any:
    apply = apply_module.apply

    async def early(catalogue: Any, page: Any, *, from_start: bool, wall_ms: int) -> None:
        await apply(catalogue, page, from_start=from_start, wall_ms=wall_ms)
        if catalogue.states[page.module].shadow:
            await settle.finish_shadow(catalogue, page.module)

    return patch.object(pull, "apply", early)


@mistake("a row is deleted while another refers to it", 12)
def _() -> Any:
    async def nobody(*_: Any) -> set[str]:
        return set()

    return patch.object(settle, "_referred", nobody)


@mistake("a deleted row goes at once", 11)
def _() -> Any:
    change = apply_module._change

    def at_once(catalogue: Any, module: str, generation: int, one: Any) -> Any:
        if one.held is None and one.data is None:
            return catalogue.row_writes(module, generation, one.row_id, None)
        return change(catalogue, module, generation, one)

    return patch.object(apply_module, "_change", at_once)


@mistake("a row that refers to nothing is taken", 7)
def _() -> Any:
    judged = apply_module.judged_row

    def trusting(catalogue: Any, module: str, row_id: str, row: Any) -> bytes:
        has = catalogue.has
        catalogue.has = lambda *_: True
        try:
            return judged(catalogue, module, row_id, row)
        finally:
            catalogue.has = has

    return patch.object(apply_module, "judged_row", trusting)


@mistake("a held row is never tried again", 17)
def _() -> Any:
    async def none(_catalogue: Any) -> int:
        return 0

    return patch.object(pull, "retry_held", none)


@mistake("a page's change of a row is lost where the row is there already")
def _() -> Any:
    add = Batch.add

    async def keeps(self: Batch, writes: Any, delta: int = 0) -> None:
        await add(self, writes if delta or None in writes.values() else {}, delta)

    return patch.object(Batch, "add", keeps)


# --- numbers


@mistake("a number is given twice", 4)
def _() -> Any:
    take = Book.take

    def again(self: Book) -> Any:
        number, after = take(self)
        return number, self if number.number == 2 else after

    return patch.object(Book, "take", again)


@mistake("a number is left out", 20)
def _() -> Any:
    take = Book.take

    def skips(self: Book) -> Any:
        number, after = take(self)
        return number, take(after)[1] if number.number == 2 else after

    return patch.object(Book, "take", skips)


@mistake("a fiscal document stays at the hub", 22)
def _() -> Any:
    issue = counters.issue

    def silent(*arguments: Any) -> Any:
        return replace(issue(*arguments), outbox=())

    return patch.object(counters, "issue", silent)


@mistake("documents that are still to be pushed are reported as sent", 22)
def _() -> Any:
    return patch.object(Counters, "_unsynced", lambda self: 0)
