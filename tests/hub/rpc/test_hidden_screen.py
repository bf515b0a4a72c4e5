"""What a hidden window paints is not heard; what it says together with being shown again is."""

from __future__ import annotations

from pathlib import Path

from heard.stream import Alive, Bookmark, HeardState, HeardValue, Hello, Live, Painted, View, ViewKind
from tests.hub.rpc.serving import a_report, an_order, serving

GRILL = View(ViewKind.PREP, "grill")


async def test_a_window_that_is_shown_again_is_heard_at_once(tmp_path: Path) -> None:
    async with serving(tmp_path) as hub:
        till = hub.watch(View(ViewKind.TERMINAL, terminal="T1"), "T1")
        await till.until(Bookmark)
        screen = hub.screen()
        epoch = (await screen.until(Hello)).epoch
        report = hub.report()
        await report.write(a_report(GRILL, alive=Alive(1, 0, hidden=True)))
        await hub.hold(an_order("o1"))
        shown = Painted(epoch, (("o1", 1),), (), True)
        await report.write(a_report(GRILL, shown))
        await report.write(a_report(GRILL, shown, Alive(1, 0)))
        live = await till.until(Live)
        assert isinstance(live.value, HeardValue)
        assert (live.value.station, live.value.state) == ("grill", HeardState.HEARD)
        report.cancel()
