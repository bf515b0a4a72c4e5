"""`heard printer` beside a hub that runs, as somebody types it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from hub import paper
from tests.fakes.printer import PAPER_OUT, FakePrinter
from tests.hub.commands.test_running import heard
from tests.hub.rpc.serving import an_order, serving
from tests.hub.test_floor import the
from tests.hub.test_paper import a_bar
from tests.hub.test_settings import of_file
from tests.waiting import until

Out = pytest.CaptureFixture[str]


async def test_how_the_printers_are_and_a_copy(tmp_path: Path, capsys: Out) -> None:
    data = ("--data", str(tmp_path))
    async with FakePrinter() as printer, serving(tmp_path, **a_bar(printer)) as client:
        await client.hold(an_order("o1", "drinks"))
        await until(lambda: the(client, "o1").history[-1].verb == "printed")
        number = the(client, "o1").call_number
        assert await heard("printer", "list", *data) == 0
        assert (
            capsys.readouterr().out == f"bar  127.0.0.1:{printer.port}  ready  0 waiting, 1 printed, 0 died\n"
        )
        assert await heard("printer", "copy", f"#{number}", "--station", "bar", *data) == 0
        assert capsys.readouterr().out == f"#{number} prints at Bar Printer\n"
        await until(lambda: len(printer.slips) == 2)
        printer.paper = PAPER_OUT
        assert await heard("printer", "copy", "o1", "--printer", "bar", *data) == 0
        assert await heard("printer", "copy", "o1", "--printer", "bar", *data) == 0
        assert capsys.readouterr().out.endswith("prints at Bar Printer already\n")
        await until(lambda: "printer-bar" in client.hub.health().problems)
        assert await heard("printer", "list", "--json", *data) == 1
        (row,) = json.loads(capsys.readouterr().out)["printers"]
        assert (row["ready"], row["state"], row["waiting"]) == (False, "it has no paper", 1)
        for wrong, words in (
            (("copy", "999"), "the hub has no order '999' today"),
            (("copy", "o1"), "The pass has no printer: set kitchen.slip_on_bump"),
            (("copy", "o1", "--printer", "grill"), "'grill' is no printer"),
        ):
            assert await heard("printer", *wrong, *data) == 2
            assert words in capsys.readouterr().err


async def test_a_site_without_printers(tmp_path: Path, capsys: Out) -> None:
    async with serving(tmp_path):
        assert await heard("printer", "list", "--data", str(tmp_path)) == 0
        assert capsys.readouterr().out == 'no station has the role "printer"\n'


async def test_the_printer_of_the_readme_is_set_while_the_hub_runs_and_prints(
    tmp_path: Path, capsys: Out
) -> None:
    page = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    block = page.partition("## Kitchen printers")[2].split("```")[1]
    async with FakePrinter() as printer, serving(tmp_path, **of_file()) as client:
        for line in block.strip().splitlines():
            words = shlex.split(line.replace("10.0.0.9", f"127.0.0.1:{printer.port}"))
            assert words[0] == "heard"
            assert await heard(*words[1:], "--data", str(tmp_path)) == 0, line
        assert capsys.readouterr().out.endswith("died\nbar has printed a test slip\n")
        await client.hold(an_order("o1", "drinks"))
        await until(lambda: len(printer.slips) == 2)


async def test_a_test_slip_comes_out_or_says_why_not(
    tmp_path: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = ("--data", str(tmp_path))

    async def why_not() -> str:
        """What it says in the end: on a busy machine the printer is asked later than half a second after."""
        while True:
            assert await heard("printer", "test", "bar", *data) == 1
            if "others wait before it" not in (told := capsys.readouterr().err):
                return told

    async with FakePrinter() as printer, serving(tmp_path, **a_bar(printer)):
        assert await heard("printer", "test", "bar", *data) == 0
        assert capsys.readouterr().out == "bar has printed a test slip\n"
        assert len(printer.slips) == 1
        printer.paper = PAPER_OUT
        monkeypatch.setattr(paper, "TEST_S", 0.5)
        assert "bar did not print: it has no paper" in await why_not()
        assert await heard("printer", "test", "grill", *data) == 2
        assert "'grill' is no printer" in capsys.readouterr().err
    async with FakePrinter(mute=True) as printer, serving(tmp_path, **a_bar(printer)):
        assert "heard config set stations.bar.silent true" in await why_not()
    async with FakePrinter(mute=True) as printer, serving(tmp_path / "busy", **a_bar(printer)) as client:
        await client.hold(an_order("o1", "drinks"))
        await until(lambda: printer.slips)
        assert await heard("printer", "test", "bar", "--data", str(tmp_path / "busy")) == 1
        told = capsys.readouterr().err
        assert "others wait before it" in told
        assert "silent" not in told, "another one's slip says nothing of this printer"
