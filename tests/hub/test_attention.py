"""A whole hub: the pass hears of a station that does not answer, a screen's key quiets it, the answer takes it down."""

from __future__ import annotations

from pathlib import Path

from heard.command import Acknowledge, Command, PaintedLine, VoidLines
from heard.stream import Alive, Bookmark, Live, Notice, View, ViewKind
from tests.hub.day_time import HOUR_S, Sky
from tests.hub.rpc.serving import Watch, a_report, an_order

GRILL = View(ViewKind.PREP, "grill")


async def told(expo: Watch, key: str) -> Notice | None:
    """The next word about that key."""
    while batch := await expo.batch():
        for event in batch:
            if isinstance(event, Live) and event.key == key:
                assert event.value is None or isinstance(event.value, Notice)
                return event.value
    raise AssertionError("the stream ended")


async def test_the_pass_is_told_of_a_void_until_the_station_answers(tmp_path: Path) -> None:
    sky = Sky.at("2026-11-23T19:00")
    async with sky.hub(tmp_path) as client:
        expo = client.watch(View(ViewKind.EXPO), "expo")
        await client.hold(an_order("o1"))
        sky.later(60 / HOUR_S)
        await client.execute(Command("o1", VoidLines(("l1",)), command_id="c1"))
        screen, report = client.screen(), client.report()
        await screen.batch()
        sky.later(25 / HOUR_S)
        await report.write(a_report(GRILL, alive=Alive(1, key_ms_ago=1_000)))
        while not client.hub.heard.hearing.screens.live("grill"):
            await screen.batch()
        sky.later(40 / HOUR_S)
        await expo.until(Bookmark)
        await expo.until(Bookmark)
        assert not [one for one in expo.events if isinstance(one, Live) and "unanswered" in one.key]
        sky.later(61 / HOUR_S)
        notice = await told(expo, "alarm/unanswered/grill")
        assert notice is not None
        assert notice.text["en"] == "GRILL has not answered the void of #1. Tell the grill."
        assert (notice.sound, notice.order_ids) == ("void", ("o1",))
        line = client.hub.store.open_orders()[0].lines[0]
        seen = Acknowledge("grill", (PaintedLine("l1", line.stations[0].version),))
        await client.execute(Command("o1", seen, command_id="c2"), "screen")
        sky.later(1 / HOUR_S)
        assert await told(expo, "alarm/unanswered/grill") is None


async def test_the_pass_is_told_where_nobody_seems_to_be(tmp_path: Path) -> None:
    sky = Sky.at("2026-11-23T19:00")
    async with sky.hub(tmp_path) as client:
        expo = client.watch(View(ViewKind.EXPO), "expo")
        await client.hold(an_order("o1"))
        sky.later(481 / HOUR_S)
        notice = await told(expo, "alarm/nobody/grill")
        assert notice is not None
        assert notice.text == {"en": "NOBODY AT GRILL?", "ar": "لا أحد في Grill؟"}
        assert notice.sound == ""
