"""A screen's clock is the site's: it follows the hub's wall clock when that is set right, and says the day when it differs."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from display.app.site_time import SiteTime
from heard.clock import SystemClock
from heard.link.core.reflector import WallClock

HUB_MS = 5_000_000
EVENING_MS = int(datetime(2026, 11, 23, 19, 42, tzinfo=UTC).timestamp() * 1000)


def a_link(clock: WallClock, business_date: str = "2026-11-23", *, sure: bool = True) -> Any:
    return SimpleNamespace(
        hub_clock=clock,
        hub_now_ms=lambda: HUB_MS,
        hub_now_sure=sure,
        business_date=business_date,
        last_message_s=1.0,
        state=SimpleNamespace(hello=None, live=True),
    )


async def moment(link: Any) -> Any:
    time = SiteTime(SystemClock())
    time.link = link
    await time.follow_zone("Asia/Riyadh")
    return time.moment(1.0, link)


async def test_the_clock_is_the_hubs_as_it_last_told() -> None:
    found = await moment(a_link(WallClock(EVENING_MS - HUB_MS)))
    assert (found.clock, found.business_date, found.suspect) == ("22:42", "", False)
    set_right = await moment(a_link(WallClock(EVENING_MS - HUB_MS + 2 * 3_600_000)))
    assert (set_right.clock, set_right.business_date) == ("00:42", "2026-11-23"), (
        "past midnight the day is said"
    )


async def test_a_gap_of_the_hubs_time_is_handed_on_and_a_doubtful_clock_alone_is_none() -> None:
    found = await moment(a_link(WallClock(EVENING_MS - HUB_MS, suspect=True)))
    assert (found.gap_at_ms, found.suspect) == (0, False), "its ages are right"
    found = await moment(a_link(WallClock(EVENING_MS - HUB_MS, True, 4_000_000)))
    assert found.gap_at_ms == 4_000_000
    assert (await moment(a_link(WallClock(), sure=False))).suspect, "no hub was met in this run"
