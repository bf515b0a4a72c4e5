"""Lines that no rule matches are counted once each, whether they came with the order or were added later."""

from __future__ import annotations

from pathlib import Path

from heard.command import AddLines, Command, Rush
from heard.order import Line
from tests.hub.rpc.serving import an_order, serving


async def test_nobodys_lines_are_counted_once(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        await hub.hold(an_order("o1", "unknown"))
        assert hub.hub.sources.nobodys_lines == 1
        added = AddLines((Line("l2", "tea", {"en": "Tea"}, category="unknown"),))
        await hub.execute(Command("o1", added, command_id="c1"))
        await hub.execute(Command("o1", Rush(True), command_id="c2"))
        assert hub.hub.sources.nobodys_lines == 2
