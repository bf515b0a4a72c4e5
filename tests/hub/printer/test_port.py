"""A printer on a real socket: what it is asked, what comes out, and what we believe of it."""

from __future__ import annotations

import socket

import pytest
from PIL import Image, ImageChops

from hub.core.slip_rows import Row, Style
from hub.printer import port
from hub.printer.answers import Status, is_status, job_id, says_done, status_of
from hub.printer.escpos import encode
from hub.printer.port import Port, Result, ask
from hub.printer.render import picture
from tests.fakes.printer import COVER_OPEN, ONLINE, PAPER_FINE, PAPER_OUT, FakePrinter
from tests.waiting import until

ROWS = (Row(Style.TITLE, ("#214",)), Row(Style.ITEM, ("Zinger Burger", "برجر زنجر"), "2"))


def same(one: Image.Image, other: Image.Image) -> bool:
    return (
        one.size == other.size
        and ImageChops.difference(one.convert("L"), other.convert("L")).getbbox() is None
    )


async def test_what_comes_out_is_the_picture_to_the_dot_and_is_known_to_be_out() -> None:
    async with FakePrinter() as printer:
        outcome = await Port("127.0.0.1", printer.port).print(encode([picture(ROWS)], 7), 7)
    assert outcome.result is Result.PRINTED
    (slip,) = printer.slips
    assert same(slip, picture(ROWS))


async def test_a_slip_longer_than_one_raster_command_comes_out_whole() -> None:
    rows = tuple(Row(Style.ITEM, (f"Dish {number}",), "1") for number in range(60))
    async with FakePrinter() as printer:
        outcome = await Port("127.0.0.1", printer.port).print(encode([picture(rows)], 1), 1)
    assert outcome.result is Result.PRINTED
    assert same(printer.slips[0], picture(rows))


@pytest.mark.parametrize(
    ("offline", "paper", "why"),
    [(COVER_OPEN, PAPER_FINE, "its cover is open"), (ONLINE, PAPER_OUT, "it has no paper")],
)
async def test_a_printer_that_cannot_print_gets_nothing(offline: int, paper: int, why: str) -> None:
    async with FakePrinter(offline, paper) as printer:
        it = Port("127.0.0.1", printer.port)
        assert (await it.status()).why == why
        outcome = await it.print(encode([picture(ROWS)], 1), 1)
    assert (outcome.result, outcome.why, printer.slips) == (Result.NOT_PRINTED, why, [])


async def test_a_printer_that_hangs_up_in_the_middle_may_have_printed() -> None:
    async with FakePrinter(hangs_up_after=500) as printer:
        outcome = await Port("127.0.0.1", printer.port).print(encode([picture(ROWS)], 1), 1)
    assert outcome.result is Result.MAYBE


async def test_an_old_printer_that_answers_nothing_may_have_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port, "STATUS_S", 0.05)
    monkeypatch.setattr(port, "DONE_S", 0.2)
    async with FakePrinter(mute=True) as printer:
        outcome = await Port("127.0.0.1", printer.port).print(encode([picture(ROWS)], 1), 1)
        await until(lambda: printer.slips)
    assert outcome.result is Result.MAYBE
    assert outcome.why == "it did not say that it was done"


async def test_nobody_at_the_other_end_is_known_not_to_have_printed() -> None:
    async with FakePrinter() as printer:
        free = printer.port
    it = Port("127.0.0.1", free)
    outcome = await it.print(encode([picture(ROWS)], 1), 1)
    assert outcome.result is Result.NOT_PRINTED
    assert outcome.why
    assert not (await it.status()).ready


JOB = b"\x37\x22" + job_id(7) + b"\0"


@pytest.mark.parametrize(
    ("received", "done"),
    [
        (JOB, True),
        (b"\x12" + JOB, True),
        (JOB[:5], False),
        (b"\x37\x22" + job_id(8) + b"\0" + JOB, True),
        (b"\x37\x22" + job_id(8) + b"\0", False),
        (b"\x10\x00\x00\x00", False),  # a status that it sends by itself
        (b"\x10\x00\x00\x00" + JOB, True),
        (b"\x12\x13\x11", False),
        (b"\x00", True),  # GS r: it has come to the end
        (b"\x12\x0c", True),  # … and its paper is low
        (b"", False),
    ],
)
def test_what_a_printer_says_of_its_job(received: bytes, done: bool) -> None:
    assert says_done(received, 7) is done


def test_a_jobs_name_has_signs_that_every_printer_takes_and_none_is_anothers() -> None:
    names = [job_id(number) for number in (*range(200), 95**2, 95**3, 95**4 - 1)]
    assert all(0x20 <= sign <= 0x7E for name in names for sign in name)
    assert len(set(names)) == len(names)


def test_how_it_is() -> None:
    assert is_status(ONLINE)
    assert not is_status(0x37)
    assert status_of(ONLINE | 0x40, PAPER_FINE) == Status("it reports an error")


async def test_an_older_printer_is_believed_when_it_has_come_to_the_end_of_the_slip() -> None:
    async with FakePrinter(old=True) as printer:
        outcome = await Port("127.0.0.1", printer.port).print(encode([picture(ROWS)], 1), 1)
    assert outcome.result is Result.PRINTED
    assert len(printer.slips) == 1


async def test_one_that_is_said_to_be_silent_counts_when_it_has_taken_the_slip() -> None:
    async with FakePrinter(mute=True) as printer:
        outcome = await Port("127.0.0.1", printer.port, silent=True).print(encode([picture(ROWS)], 1), 1)
        assert outcome.result is Result.PRINTED
        await until(lambda: printer.slips)


@pytest.mark.parametrize(
    ("offline", "paper", "words", "ready"),
    [
        (ONLINE, PAPER_FINE, "ready", True),
        (ONLINE, PAPER_OUT, "it has no paper", False),
        (COVER_OPEN, PAPER_FINE, "its cover is open", False),
    ],
)
async def test_a_printer_is_asked_how_it_is(offline: int, paper: int, words: str, ready: bool) -> None:
    async with FakePrinter(offline, paper) as printer:
        status = await ask(f"127.0.0.1:{printer.port}")
    assert (status.words, status.ready) == (words, ready)
    assert printer.slips == []


async def test_asking_takes_no_longer_than_its_bound_and_says_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with FakePrinter(mute=True) as printer:
        there = f"127.0.0.1:{printer.port}"
        assert (await ask(there, within_s=0.05)).words == "it does not answer"
        monkeypatch.setattr(port, "STATUS_S", 0.05)
        silent = await ask(there)
    assert (silent.ready, silent.silent) == (True, True)
    assert silent.words.startswith("ready, but it never says how it is")
    assert (await ask(there)).words == "its address lets nobody print"
    assert (await ask("no-such-printer.invalid")).words == "no machine has its name"
    with pytest.raises(ValueError, match="that is no host"):
        await ask("a printer")


async def test_a_printer_that_takes_the_call_and_then_hangs_holds_its_slip_only_so_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("STATUS_S", "SEND_S", "DONE_S", "CONNECT_S"):
        monkeypatch.setattr(port, name, 0.2)
    async with FakePrinter(hangs=True) as printer:
        outcome = await Port("127.0.0.1", printer.port).print(encode([picture(ROWS)], 1), 1)
    assert (outcome.result, outcome.why) == (Result.MAYBE, "it did not say that it was done")
    with socket.create_server(("127.0.0.1", 0)) as nobody:  # the system takes the call, nobody reads
        outcome = await Port("127.0.0.1", nobody.getsockname()[1]).print(bytes(16 << 20), 1)
    assert (outcome.result, outcome.why) == (Result.MAYBE, "it does not answer")
