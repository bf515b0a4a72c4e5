"""What staff is told of fiscal counters: an alarm names the series that it is about now."""

from __future__ import annotations

from heard.stream import CounterReport, RangeWish
from hub.core.alarm_words import AlarmText
from hub.rpc.caller import Caller
from hub.rpc.counters import EMPTY_MS, Counters
from hub.store.memory import MemoryStore
from tests.waiting import until

TILL = Caller("T1", "00000001")


class Site:
    """The counters of a hub whose clock the test turns, and the alarms that stand."""

    def __init__(self) -> None:
        self.at_ms = 1_000_000
        self.store = MemoryStore(seed=1, now_ms=lambda: self.at_ms)
        self.alarms: dict[str, AlarmText] = {}
        self.counters = Counters(self.store, self._alarm)
        self.counters.opened(TILL, lambda advice, ranges: None)

    def _alarm(self, name: str, text: AlarmText | None) -> None:
        if text is None:
            del self.alarms[name]
        else:
            self.alarms[name] = text

    async def wishes(self, series: str) -> None:
        """The till has no number left in it, and says so."""
        wish = RangeWish(f"T1.{series}.1", series, TILL.incarnation, 100)
        self.counters.reported(TILL, (), (wish,))
        await until(lambda: [one.wishes for one in self.counters.books] == [(wish,)])

    async def judges(self, series: str, advice: str, words: str) -> None:
        """The cloud says of that series."""
        finding = {"kind": "GAP", "detail": words}
        answer = {"device": "T1", "series": series, "incarnation": TILL.incarnation, "advice": advice}
        await self.counters.took_advice([answer | {"findings": [finding]}])


async def test_the_alarm_of_no_number_left_names_the_series_that_is_wished_for_now() -> None:
    site = Site()
    for series in ("INV", "CREDIT"):
        await site.wishes(series)
        site.counters.tick()
        assert not site.alarms, "a block may be on its way"
        site.at_ms += EMPTY_MS
        site.counters.tick()
        assert f"left in series {series}:" in site.alarms["numbers-left/T1"]
    site.counters.closed(TILL, site.counters._tills[TILL].tell)
    site.counters.tick()
    assert not site.alarms, "a till that is off needs no number"


async def test_the_alarm_of_a_wrong_counter_names_what_is_wrong_now() -> None:
    site = Site()
    reports = [CounterReport(series, TILL.incarnation, 1, 0, 5) for series in ("INV", "CREDIT")]
    site.counters.reported(TILL, reports, ())
    await until(lambda: [len(one.counters) for one in site.counters.books] == [2])
    await site.judges("INV", "CHECK", "4 is missing")
    assert all(word in site.alarms["numbers/T1"] for word in ("INV", "4 is missing"))
    await site.judges("CREDIT", "CHECK", "2 is missing")
    assert all(word in site.alarms["numbers/T1"] for word in ("CREDIT", "2 is missing"))
    await site.judges("CREDIT", "OK", "")
    assert "INV" in site.alarms["numbers/T1"], "the other one is still wrong"
    await site.judges("INV", "OK", "")
    assert not site.alarms
