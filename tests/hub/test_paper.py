"""A printer's station on a whole hub, the printer on a real socket: what comes out, once, and who is told."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import ImageChops

from heard.command import (
    AddLines,
    Command,
    MoveTicket,
    Outcome,
    PaintedLine,
    PrintTicket,
    RecallLines,
    SendOut,
    Undo,
    VoidLines,
)
from heard.errors import UserError
from heard.expo import card_version
from heard.order import Line, Order, OrderState
from heard.stream import HeardState, HeardValue, Notice, View, ViewKind
from hub.api import Asked
from hub.config import Station
from hub.config.model import Kitchen
from hub.core.on_paper import wanted_rows
from hub.core.printing import to_print
from hub.core.routing import Rule
from hub.core.slip import Marks, Place, slip
from hub.core.slip_rows import Look
from hub.figures import figures
from hub.printer import jobs
from hub.printer.render import picture
from tests.fakes.printer import PAPER_FINE, PAPER_OUT, FakePrinter
from tests.hub.rpc.serving import a_batch, an_order, serving
from tests.hub.test_floor import say, the, where
from tests.hub.test_settings import of_file, put
from tests.waiting import until

NAME = {"en": "Bar Printer", "ar": "طابعة البار"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "AGAIN_FIRST_S", 0.01)
    monkeypatch.setattr(jobs, "AGAIN_MAX_S", 0.05)


def a_bar(printer: FakePrinter) -> dict[str, Any]:
    """A grill, and a bar that has a printer for a screen."""
    address = f"127.0.0.1:{printer.port}"
    bar = Station("bar", NAME, "printer", languages=("en", "ar"), address=address)
    return {
        "stations": (Station("grill", {"en": "Grill"}), bar),
        "routes": (Rule(("grill",), categories=("grills",)), Rule(("bar",), categories=("drinks",))),
    }


def came_out(printer: FakePrinter, number: int, order: Order, marks: Marks = Marks()) -> bool:  # noqa: B008
    """Whether that slip is, to the dot, what this version of the order looks like on paper."""
    (ticket,) = to_print(order, "bar")
    wanted = picture(slip(ticket, Place(NAME, "00:00"), Look(("en", "ar")), marks))
    slip_of = printer.slips[number].convert("L")
    if slip_of.size != wanted.size:
        return False
    # All but the first row, which has the clock.
    box = ImageChops.difference(slip_of, wanted.convert("L")).getbbox()
    return box is None or box[3] < 100


async def test_a_slip_comes_out_once_the_till_is_told_and_the_pass_does_not_wait(tmp_path: Path) -> None:
    async with FakePrinter() as printer:
        async with serving(tmp_path, **a_bar(printer)) as client:
            till = client.watch(View(ViewKind.TERMINAL, terminal="T1"), "till")
            await client.hold(an_order("o1", "drinks"))
            await until(lambda: the(client, "o1").state is OrderState.READY)
            await till.site(HeardValue, lambda one: one.state is HeardState.PRINTED)
            assert [entry.verb for entry in the(client, "o1").history] == ["hold", "printed"]
            await client.hold(an_order("o2"))
            assert len(printer.slips) == 1
        async with serving(tmp_path, **a_bar(printer)) as client:
            await client.hold(an_order("o3", "drinks"))
            await until(lambda: the(client, "o3").state is OrderState.READY)
        assert len(printer.slips) == 2


async def test_a_void_prints_a_slip_of_its_own(tmp_path: Path) -> None:
    lines = tuple(Line(name, name, {"en": name}, category="drinks") for name in ("tea", "water"))
    async with FakePrinter() as printer, serving(tmp_path, **a_bar(printer)) as client:
        await client.hold(an_order("o1", lines=lines))
        await until(lambda: the(client, "o1").state is OrderState.READY)
        seen: list[Order] = []
        client.hub.store.on_commit(lambda entries: seen.extend(one.order for one in entries if one.order))
        await say(client, VoidLines(("tea",)), "till", "o1")
        await until(lambda: len(printer.slips) == 2)
        await until(lambda: not to_print(the(client, "o1"), "bar"))
        assert came_out(printer, 1, seen[0])


async def test_what_waited_when_the_hub_stopped_says_that_it_may_lie_there_already(tmp_path: Path) -> None:
    async with FakePrinter(paper=PAPER_OUT) as printer:
        async with serving(tmp_path, **a_bar(printer)) as client:
            staff = client.watch(View(ViewKind.EXPO), "pass")
            await client.hold(an_order("o1", "drinks"))
            held = the(client, "o1")
            said = await staff.site(Notice, lambda one: "Printer" in one.text["en"])
            assert said.text["en"] == "Bar Printer does not print: it has no paper."
        printer.paper = PAPER_FINE
        async with serving(tmp_path, **a_bar(printer)) as client:
            await until(lambda: the(client, "o1").state is OrderState.READY)
            assert len(printer.slips) == 1
            assert came_out(printer, 0, held, Marks(may_be_printed=True))
            assert not came_out(printer, 0, held)


async def test_a_slip_that_dies_is_told_to_staff_and_tills_and_never_comes_out_in_the_morning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "JOB_LIFE_S", 0.3)
    async with FakePrinter(paper=PAPER_OUT) as printer, serving(tmp_path, **a_bar(printer)) as client:
        till = client.watch(View(ViewKind.TERMINAL, terminal="T1"), "till")
        await client.hold(an_order("o1", "drinks"))
        number = the(client, "o1").call_number
        said = (await till.site(Notice, lambda one: "did not print" in one.text["en"])).text["en"]
        assert said.startswith(f"Bar Printer did not print #{number}. Tell the kitchen")
        assert "it has no paper" in said
        printer.paper = PAPER_FINE
        await client.hold(an_order("o2", "drinks"))
        await until(lambda: the(client, "o2").state is OrderState.READY)
        assert len(printer.slips) == 1
        assert the(client, "o1").state is OrderState.HELD
        lines = (Line("l2", "tea", {"en": "Tea"}, category="drinks"),)
        await say(client, AddLines(lines), "till", "o1")  # a change is news, and takes with it what died
        await until(lambda: the(client, "o1").state is OrderState.READY)
        assert len(printer.slips) == 2


async def test_a_hub_that_cannot_print_says_what_to_install_and_serves_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "hub.printer.escpos", None)
    async with FakePrinter() as printer, serving(tmp_path, **a_bar(printer)) as client:
        assert (
            "this hub cannot print: hub.printer.escpos is not installed: install heard[hub,printer]"
            in caplog.text
        )
        staff = client.watch(View(ViewKind.EXPO), "pass")
        said = (await staff.site(Notice)).text["en"]
        assert said == "this hub cannot print: hub.printer.escpos is not installed."
        assert client.hub.health().problems["printers"] in said
        await client.hold(an_order("o1"))
        await client.hold(an_order("o2", "drinks"))
        assert the(client, "o2").state is OrderState.HELD, "kept for when it can"
        assert len(client.hub.store.open_orders()) == 2


async def test_a_printer_is_not_set_at_a_hub_that_cannot_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "hub.printer.escpos", None)
    async with FakePrinter() as printer, serving(tmp_path, **of_file()) as client:
        with pytest.raises(UserError, match="this hub cannot print") as caught:
            await put(client, "stations.bar", {"role": "printer", "address": f"127.0.0.1:{printer.port}"})
        assert caught.value.hint == "install heard[hub,printer]"
        assert client.hub.config.printers == ()
        await put(client, "site.name", "Harbour Grill")
        assert client.hub.health().problems == {}


async def test_a_printer_that_is_set_moved_and_taken_away_while_the_hub_runs(tmp_path: Path) -> None:
    async with (
        FakePrinter() as printer,
        FakePrinter() as other,
        serving(tmp_path, **of_file()) as client,
    ):
        bar = {"role": "printer", "address": f"127.0.0.1:{printer.port}"}
        await put(client, "stations.bar", bar)
        await put(client, "routes", [{"stations": ["bar"], "categories": ["drinks"]}])
        await client.hold(an_order("o1", "drinks"))
        await until(lambda: the(client, "o1").state is OrderState.READY)
        assert (len(printer.slips), len(other.slips)) == (1, 0)
        await put(client, "stations.bar.address", f"127.0.0.1:{other.port}")
        await client.hold(an_order("o2", "drinks"))
        await until(lambda: the(client, "o2").state is OrderState.READY)
        assert (len(printer.slips), len(other.slips)) == (1, 1)
        other.paper = PAPER_OUT
        await client.hold(an_order("o3", "drinks"))
        assert where(client, "o3") == [("l1", "bar", "QUEUED")]
        await until(lambda: "printer-bar" in client.hub.health().problems)
        await put(client, "routes", [])
        await client.hub.settings.unset(Asked({"key": "stations.bar", "by": "omar"}))
        # What stood there is shown where somebody cooks, and no alarm of a printer that is gone stays.
        await until(lambda: [there for _, there, _ in where(client, "o3")] == ["grill", "fry"])
        assert client.hub.health().problems == {}


async def test_a_copy_comes_out_once_and_again_only_when_it_is_asked_for_again(tmp_path: Path) -> None:
    async with FakePrinter(paper=PAPER_OUT) as printer:
        places = a_bar(printer)
        grill, bar = places["stations"]
        places["stations"] = (replace(grill, printer="bar"), bar)
        async with serving(tmp_path, **places) as client:
            await client.hold(an_order("o1"))
            command = Command("o1", PrintTicket("grill"), command_id="one-key")
            answers = [await client.execute(command, "s-grill") for _ in range(2)]
            assert [one.outcome for one in answers] == [Outcome.DONE, Outcome.ALREADY]
            assert answers[0].message == "prints at Bar Printer"
            (slip_,) = the(client, "o1").slips
        printer.paper = PAPER_FINE
        async with serving(tmp_path, **places) as client:  # asked for, and the hub stopped
            await until(lambda: not the(client, "o1").slips)
            assert len(printer.slips) == 1
            wanted = picture(
                wanted_rows(
                    the(client, "o1"),
                    slip_,
                    bar.profile(("en",)),
                    client.hub.site,
                    copy=True,
                    may_be_printed=True,
                )
            )
            assert ImageChops.difference(printer.slips[0].convert("L"), wanted.convert("L")).getbbox() is None
            await client.execute(command, "s-grill")
            await say(client, PrintTicket("grill"), "s-grill", "o1")
            await until(lambda: [one.verb for one in the(client, "o1").history].count("slip") == 2)
            assert len(printer.slips) == 2
            assert the(client, "o1").lines[0].stations[0].state.name == "QUEUED", "no cook's work"


async def test_expos_bump_prints_its_slip_and_the_bump_after_an_undo_a_copy(tmp_path: Path) -> None:
    async with FakePrinter() as printer:
        places = a_bar(printer) | {"kitchen": Kitchen(slip_on_bump="bar")}
        async with serving(tmp_path, **places) as client:
            await client.hold(an_order("o1"))

            def bump(seq: int) -> Command:
                lines = tuple(PaintedLine(one.line_id, card_version(one)) for one in the(client, "o1").lines)
                return Command("o1", SendOut(lines), seq, device="expo", incarnation="i")

            stream = client.submit("expo", "i")

            async def tell(command: Command) -> None:
                await stream.write(a_batch(command))
                while not (await stream.read()).answers:
                    pass

            first = bump(1)
            for _ in range(2):  # a journal that is replayed
                await tell(first)
            await until(lambda: not the(client, "o1").slips)
            assert len(printer.slips) == 1
            await tell(Command("o1", Undo("expo", 1), 2, device="expo", incarnation="i"))
            assert not the(client, "o1").slips
            await tell(bump(3))
            assert [one.copy for one in the(client, "o1").slips] == [True]
            await until(lambda: not the(client, "o1").slips)
            assert len(printer.slips) == 2
            assert printer.slips[1].height > printer.slips[0].height, "it says COPY"


async def test_a_copy_that_nobody_can_print_dies_and_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "JOB_LIFE_S", 0.3)
    async with FakePrinter(paper=PAPER_OUT) as printer, serving(tmp_path, **a_bar(printer)) as client:
        till = client.watch(View(ViewKind.TERMINAL, terminal="T1"), "till")
        await client.hold(an_order("o1"))
        await say(client, PrintTicket("grill", printer="bar"), "s-grill", "o1")
        await till.site(Notice, lambda one: "did not print" in one.text["en"])
        await until(lambda: not the(client, "o1").slips)
        assert the(client, "o1").history[-1].verb == "no_slip"
        printer.paper = PAPER_FINE
        await say(client, PrintTicket("grill", printer="bar"), "s-grill", "o1")
        await until(lambda: the(client, "o1").history[-1].verb == "slip")
        assert len(printer.slips) == 1
        told = {one.name: dict(one.values) for one in figures(client.hub.sources)}
        bar = (("station", "bar"),)
        assert {name: values[bar] for name, values in told.items() if bar in values} == {
            "heard_printer_slips_waiting": 0,
            "heard_printer_slips_printed_total": 1,
            "heard_printer_slips_died_total": 1,
            "heard_printer_stuck": 0,
        }
        assert told["heard_orders_taken_over_total"] == {(): 0}


async def test_a_recalled_slip_comes_out_as_a_copy_and_one_that_is_pulled_away_not_at_all(
    tmp_path: Path,
) -> None:
    async with FakePrinter() as printer, serving(tmp_path, **a_bar(printer)) as client:
        seen: list[Order] = []
        client.hub.store.on_commit(lambda entries: seen.extend(one.order for one in entries if one.order))
        await client.hold(an_order("o1", "drinks"))
        await until(lambda: the(client, "o1").state is OrderState.READY)
        at = the(client, "o1").lines[0].stations[0]
        await say(client, RecallLines("bar", (PaintedLine("l1", at.version),)), "till", "o1")
        (recalled,) = [one for one in seen if one.history[-1].verb == "recall"]
        await until(lambda: len(printer.slips) == 2 and the(client, "o1").state is OrderState.READY)
        assert came_out(printer, 1, recalled, Marks(copy=True))
        printer.paper = PAPER_OUT
        await client.hold(an_order("o2", "drinks"))
        at = the(client, "o2").lines[0].stations[0]
        await say(client, MoveTicket("bar", "grill", (PaintedLine("l1", at.version),)), "s-grill", "o2")
        await until(lambda: client.hub.paper.counts()["bar"].waiting == 0)
        printer.paper = PAPER_FINE
        await client.hold(an_order("o3", "drinks"))
        await until(lambda: the(client, "o3").state is OrderState.READY)
        assert len(printer.slips) == 3
        assert the(client, "o2").lines[0].stations[0].may_be_at == ("bar",)
