"""A screen dies or is cut off in service, in the restaurant's words, on a whole hub with a printer on a socket."""

from __future__ import annotations

from pathlib import Path

import pytest

from heard.command import BumpLines, Command, Outcome, PaintedLine, Split
from heard.order import Line, Order, OrderState
from heard.stream import Alive, Bookmark, Painted, View, ViewKind
from hub.api import Asked
from hub.core import hearing
from hub.core.explain import explain_lines
from hub.core.on_paper import ticket_slips, wanted_rows
from hub.core.slip_rows import Style
from hub.printer.render import picture
from tests.fakes.printer import PAPER_OUT, FakePrinter, same_slip
from tests.hub.rpc.serving import a_report, an_order, serving
from tests.hub.test_floor import say, the, where
from tests.hub.test_settings import of_file
from tests.waiting import until

KITCHEN = """
[stations.grill]
backup = ["fry", "bar-printer"]
[stations.fry]
[stations.bar-printer]
role = "printer"
address = "127.0.0.1:PORT"
[[routes]]
stations = ["grill"]
categories = ["grills"]
"""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "NOT_HEARD_MS", 300)
    monkeypatch.setattr(hearing, "GRACE_MS", 0)


async def test_4_the_grills_cable_is_cut_and_both_cooks_bump_nothing_is_made_twice(tmp_path: Path) -> None:
    """The ticket reached the grill's screen, whose answer did not reach the hub; fry takes it over, and both press BUMP."""
    async with (
        FakePrinter() as printer,
        serving(tmp_path, **of_file(KITCHEN.replace("PORT", str(printer.port)))) as client,
    ):
        grill, fry = client.screen("grill", "s-grill"), client.screen("fry", "s-fry")
        await grill.until(Bookmark)
        await fry.until(Bookmark)
        report = client.report("s-fry")
        await report.write(a_report(View(ViewKind.PREP, "fry"), alive=Alive(0)))
        await client.hold(an_order("o1"))
        at_grill = the(client, "o1").lines[0].stations[0].version
        await until(lambda: where(client, "o1") == [("l1", "fry", "QUEUED")])
        there = the(client, "o1").lines[0].stations[0]
        assert there.may_be_at == ("grill",)
        painted = Painted(client.hub.store.epoch, (("o1", the(client, "o1").version),))
        await report.write(a_report(View(ViewKind.PREP, "fry"), painted))
        bumps = [
            Command("o1", BumpLines(station, (PaintedLine("l1", version),)), command_id=f"bump-{station}")
            for station, version in (("grill", at_grill), ("fry", there.version))
        ]
        answers = [(await client.execute(one, f"s-{one.command_id}")).outcome for one in bumps]
        assert answers == [Outcome.DONE, Outcome.ALREADY]
        assert where(client, "o1") == [("l1", "grill", "DONE")]
        assert the(client, "o1").state is OrderState.READY
        assert printer.slips == []


async def test_4_no_screen_lives_and_the_last_of_the_chain_is_paper(tmp_path: Path) -> None:
    """The whole kitchen's screens were never switched on; then the table pays apart."""
    lines = tuple(Line(name, name, {"en": name}, category="grills") for name in ("l1", "l2"))
    async with (
        FakePrinter() as printer,
        serving(tmp_path, **of_file(KITCHEN.replace("PORT", str(printer.port)))) as client,
    ):
        await client.hold(an_order("o1", lines=lines, call_number="42"))
        await until(lambda: {one[1:] for one in where(client, "o1")} == {("bar-printer", "DONE")})
        there = the(client, "o1").lines[0].stations[0]
        assert (there.taken_from, there.may_be_at) == (("grill",), ())
        assert len(printer.slips) == 1
        assert [entry.verb for entry in the(client, "o1").history] == [
            "hold",
            "take_over",
            "printed",
        ]
        seen: list[Order] = []
        client.hub.store.on_commit(lambda entries: seen.extend(one.order for one in entries if one.order))
        await say(client, Split("o2", ("l2",), "57"), "till", "o1")
        await until(lambda: len(printer.slips) == 2 and the(client, "o2").slips == ())
        made = next(one for one in seen if one.order_id == "o2")
        paper = client.hub.config.printers[0].profile(client.hub.config.languages)
        rows = wanted_rows(made, made.slips[0], paper, client.hub.site, copy=False, may_be_printed=False)
        said = [row.texts[0] for row in rows if row.style is Style.WORD]
        assert said == ["WAS #42", "DO NOT MAKE AGAIN", "INSTEAD OF Grill"]
        assert same_slip(printer.slips[1], picture(rows))


async def test_4_the_paper_says_where_to_ask_and_a_bump_of_the_lost_screen_comes_too_late(
    tmp_path: Path,
) -> None:
    """The grill's screen had the ticket and could not say so; no other screen lives, so it came out of the bar's printer."""
    async with (
        FakePrinter() as printer,
        serving(tmp_path, **of_file(KITCHEN.replace("PORT", str(printer.port)))) as client,
    ):
        seen: list[Order] = []
        client.hub.store.on_commit(lambda entries: seen.extend(one.order for one in entries if one.order))
        grill = client.screen("grill", "s-grill")
        await grill.until(Bookmark)
        await client.hold(an_order("o1"))
        at_grill = the(client, "o1").lines[0].stations[0].version
        await until(lambda: where(client, "o1") == [("l1", "bar-printer", "DONE")])
        (taken,) = [one for one in seen if one.history[-1].verb == "take_over"]
        assert taken.lines[0].stations[0].may_be_at == ("grill",)
        paper = client.hub.config.printers[0].profile(client.hub.config.languages)
        (rows,) = ticket_slips(taken, paper, client.hub.site, may_be_printed=False)
        assert "MAY BE AT Grill: ASK" in [text for row in rows for text in row.texts]
        assert same_slip(printer.slips[0], picture(rows))
        bump = Command("o1", BumpLines("grill", (PaintedLine("l1", at_grill),)), command_id="late")
        assert (await client.execute(bump, "s-grill")).outcome == Outcome.ALREADY
        assert where(client, "o1") == [("l1", "bar-printer", "DONE")]
        assert len(printer.slips) == 1


async def test_4_the_printer_is_dead_too_and_the_grill_is_switched_on_at_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its ticket went to a printer without paper; now that the grill's screen lives, it is its own again, and says where to ask."""
    monkeypatch.setattr(hearing, "PRINTER_NOT_HEARD_MS", 300)
    async with (
        FakePrinter(paper=PAPER_OUT) as printer,
        serving(tmp_path, **of_file(KITCHEN.replace("PORT", str(printer.port)))) as client,
    ):
        await client.hold(an_order("o1"))
        await until(lambda: where(client, "o1") == [("l1", "bar-printer", "QUEUED")])
        grill = client.screen("grill", "s-grill")
        await grill.until(Bookmark)
        report = client.report("s-grill")
        await report.write(a_report(View(ViewKind.PREP, "grill"), alive=Alive(0)))
        await until(lambda: where(client, "o1") == [("l1", "grill", "QUEUED")])
        assert the(client, "o1").lines[0].stations[0].may_be_at == ("bar-printer",)
        assert printer.slips == []
        said = "\n".join(explain_lines(await client.hub.site_api.explain(Asked({"order": "o1"}))))
        assert "is at grill (QUEUED, was at grill, then bar-printer)" in said
