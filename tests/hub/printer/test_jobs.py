"""The slips of one printer: in order, tried again, marked where an earlier try may lie there, dead after ten minutes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from hub.core.slip_rows import Row, Slip, Style
from hub.printer import jobs as jobs_module
from hub.printer.jobs import JOB_LIFE_S, JOBS_MAX, Job, Jobs
from hub.printer.port import Outcome, Result
from tests.waiting import until


class Paper:
    """A printer that does as it is told, one outcome a try; then it prints."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.got: list[bytes] = []
        self.out: list[bytes] = []

    async def print(self, data: bytes, job: int) -> Outcome:
        self.got.append(data)
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome(Result.PRINTED)
        if outcome.result is not Result.NOT_PRINTED:
            self.out.append(data)
        return outcome

    async def why_not(self) -> str:
        return "its cover is open"


class Bench:
    """A queue with a clock of its own."""

    def __init__(self, paper: Paper, encode: Callable[[tuple[Slip, ...], int], bytes] | None = None) -> None:
        self.now_s = 0.0
        self.ended: dict[str, str] = {}
        self.trouble: list[str] = []
        words = encode or (lambda slips, _job: " ".join(row.texts[0] for row in slips[0]).encode())
        self.jobs = Jobs("pass", paper, words, lambda: self.now_s, self.trouble.append)

    def add(self, name: str) -> None:
        def rows(maybe: bool) -> tuple[Slip, ...]:
            return ((Row(Style.ITEM, (name,)), *((Row(Style.WORD, ("again",)),) if maybe else ())),)

        self.jobs.add(Job(name, rows, lambda why: self.ended.__setitem__(name, why), self.now_s))

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.ended) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.005)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "AGAIN_FIRST_S", 0.01)
    monkeypatch.setattr(jobs_module, "AGAIN_MAX_S", 0.02)


async def test_slips_come_out_in_order() -> None:
    bench = Bench(paper := Paper())
    bench.jobs.start()
    for name in ("a", "b", "c"):
        bench.add(name)
    await bench.until(3)
    await bench.jobs.close()
    assert paper.out == [b"a", b"b", b"c"]
    assert bench.ended == {"a": "", "b": "", "c": ""}


async def test_a_printer_without_paper_prints_when_it_has_some_and_says_so_once() -> None:
    bench = Bench(paper := Paper(*[Outcome(Result.NOT_PRINTED, "it has no paper")] * 3))
    bench.jobs.start()
    bench.add("a")
    await bench.until(1)
    await bench.jobs.close()
    assert paper.out == [b"a"], "once"
    assert bench.trouble == ["it has no paper", ""]


async def test_what_may_lie_there_already_says_so_on_its_next_slip() -> None:
    bench = Bench(
        paper := Paper(Outcome(Result.MAYBE, "it hung up"), Outcome(Result.NOT_PRINTED, "no paper"))
    )
    bench.jobs.start()
    bench.add("a")
    bench.add("b")
    await bench.until(2)
    await bench.jobs.close()
    assert paper.out == [b"a", b"a again", b"b"]


async def test_a_printer_that_was_off_all_night_prints_nothing_of_it_in_the_morning() -> None:
    bench = Bench(paper := Paper(*[Outcome(Result.NOT_PRINTED, "it does not answer")] * 2))
    for name in ("old", "older"):
        bench.add(name)
    bench.now_s = JOB_LIFE_S - 1
    bench.add("young")
    bench.now_s = JOB_LIFE_S
    bench.jobs.start()
    await bench.until(3)
    await bench.jobs.close()
    assert paper.out == [b"young"]
    assert bench.ended["old"].startswith("not printed for 10 minutes")
    assert bench.ended["young"] == ""


async def test_the_queue_is_bounded_and_the_oldest_is_told() -> None:
    bench = Bench(Paper())
    for number in range(JOBS_MAX + 1):
        bench.add(f"{number}")
    assert bench.jobs.waiting == JOBS_MAX
    assert bench.ended == {"0": f"{JOBS_MAX} slips wait for pass"}


async def test_a_slip_that_cannot_be_drawn_ends_alone() -> None:
    def encode(slips: tuple[Slip, ...], _job: int) -> bytes:
        if slips[0][0].texts[0] == "bad":
            raise ValueError("no such glyph")
        return slips[0][0].texts[0].encode()

    bench = Bench(paper := Paper(), encode)
    bench.jobs.start()
    bench.add("bad")
    bench.add("good")
    await bench.until(2)
    await bench.jobs.close()
    assert paper.out == [b"good"]
    assert "no such glyph" in bench.ended["bad"]


async def test_the_slip_that_is_coming_out_is_never_the_one_that_makes_room() -> None:
    class Slow(Paper):
        async def print(self, data: bytes, job: int) -> Outcome:
            self.got.append(data)
            await asyncio.Event().wait()
            raise AssertionError

    bench = Bench(paper := Slow())
    bench.jobs.start()
    bench.add("first")
    await until(lambda: paper.got)
    for number in range(JOBS_MAX):
        bench.add(f"{number}")
    assert list(bench.ended) == ["0"]
    await bench.jobs.close()


async def test_a_printer_that_never_says_what_it_did_gets_each_slip_twice_and_no_third_time() -> None:
    bench = Bench(paper := Paper(*[Outcome(Result.MAYBE, "it did not say that it was done")] * 4))
    bench.jobs.start()
    bench.add("a")
    bench.add("b")
    await bench.until(2)
    await bench.jobs.close()
    assert paper.out == [b"a", b"a again", b"b", b"b again"]
    assert bench.ended["a"] == "sent 2 times: it did not say that it was done"
