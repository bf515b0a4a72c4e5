"""Ranges never overlap; missing, duplicate, regressed and forked counters are found, and nothing else is."""

from __future__ import annotations

from typing import Any

from tests.hub.cloud.reference.contract import Api
from tests.hub.cloud.reference.making import batch, invoice, report


async def tell(api: Api, *reports: dict[str, Any]) -> list[Any]:
    answer = await api.post("/v1/counters/reports", {"reports": list(reports)})
    assert answer.status == 200, answer.body
    return [
        (one["advice"], [(f["kind"], f["from"], f["to"]) for f in one["findings"]])
        for one in answer.body["results"]
    ]


def wish(request_id: str, size: int = 100, **fields: Any) -> dict[str, Any]:
    made = {"request_id": request_id, "device": "till-1", "incarnation": "i1", "series": "INV", "size": size}
    return made | fields


async def test_a_sound_counter_has_no_finding(api: Api) -> None:
    await api.post("/v1/documents", batch(*(invoice(n) for n in range(1, 6))))
    assert await tell(api, report(6, "1")) == [("OK", [])]
    assert await tell(api, report(6, "1")) == [("OK", [])]  # the answer was lost, the same again
    await api.post("/v1/documents", batch(invoice(6)))
    assert await tell(api, report(7, "2", "1")) == [("OK", [])]
    (segment,) = (await api.get("/v1/counters")).body["segments"]
    assert (segment["next"], segment["received"]) == (7, 6)


async def test_a_report_that_was_overtaken_on_its_way_is_no_fork(api: Api) -> None:
    """A call that timed out at the hub arrives after the next one: it is the same till."""

    async def at(at_ms: int, one: dict[str, Any], n: int = 1) -> int:
        sent = {"epoch": {"n": n, "random": "0" * 16}, "at_ms": at_ms}
        return (await api.post("/v1/counters/reports", {"reports": [one], "sent": sent})).status

    async def found() -> list[str]:
        return [one["kind"] for one in (await api.get("/v1/counters")).body["findings"]]

    assert await at(10, report(1, "1")) == 200
    assert await at(30, report(2, "2", "1", pending=1)) == 200
    assert await at(20, report(2, "1", pending=1)) == 409
    assert await at(30, report(2, "2", "1", pending=1)) == 200, "the same once more"
    assert await at(5, report(2, "2", "1", pending=1), n=2) == 200, (
        "a restored hub's time may be an earlier one"
    )
    assert await found() == []
    assert await at(40, report(2, "9", "1", pending=1), n=2) == 200
    assert await found() == ["FORK"]


async def test_missing_is_said_only_once_all_was_sent_and_heals(api: Api) -> None:
    await api.post("/v1/documents", batch(*(invoice(n) for n in (1, 2, 5, 7))))
    assert await tell(api, report(10, "1", pending=1)) == [("OK", [])]
    assert await tell(api, report(10, "2", "1")) == [("REPUSH", [("MISSING", 3, 4), ("MISSING", 6, 6), ("MISSING", 8, 9)])]  # fmt: skip
    await api.post("/v1/documents", batch(*(invoice(n) for n in (3, 4, 6, 8, 9))))
    assert (await api.get("/v1/counters")).body["findings"] == []


async def test_two_documents_under_one_number_are_a_duplicate_and_both_kept(api: Api) -> None:
    answer = await api.post("/v1/documents", batch(invoice(1), invoice(1, id="inv-other")))
    assert [one["result"] for one in answer.body["results"]] == ["ACCEPTED", "ACCEPTED"]
    assert await tell(api, report(2, "1")) == [("NEW_INCARNATION", [("DUPLICATE", 1, 1)])]


async def test_a_counter_that_went_back_is_regressed(api: Api) -> None:
    await api.post("/v1/documents", batch(*(invoice(n) for n in range(1, 10))))
    await tell(api, report(5, "1"))
    await tell(api, report(10, "2", "1"))
    assert await tell(api, report(6, "3", "1")) == [("NEW_INCARNATION", [("REGRESSED", 6, 9)])]


async def test_a_cloned_disk_is_a_fork(api: Api) -> None:
    """Two machines start from one card at next = 5; each counts on by itself."""
    await api.post("/v1/documents", batch(*(invoice(n) for n in range(1, 7))))
    assert await tell(api, report(5, "1")) == [("OK", [])]
    assert await tell(api, report(6, "here-2", "1")) == [("OK", [])]
    assert await tell(api, report(7, "there-2", "1")) == [("NEW_INCARNATION", [("FORK", 6, 6)])]


async def test_advice_rides_on_the_gateway_until_the_device_has_a_new_incarnation(api: Api) -> None:
    await tell(api, report(5, "1", pending=4))
    await tell(api, report(3, "2", "1", pending=4))
    (advice,) = (await api.get("/v1/gateway")).body["counters"]
    assert (advice["device"], advice["advice"]) == ("till-1", "NEW_INCARNATION")
    await tell(api, report(1, "3", incarnation="i2", series="A2"))
    assert (await api.get("/v1/gateway")).body["counters"] == []
    assert [one["kind"] for one in (await api.get("/v1/counters")).body["findings"]] == ["REGRESSED"]


async def test_ranges_do_not_overlap_and_repeat_by_request_id(api: Api) -> None:
    got = [
        (await api.post("/v1/counters/ranges", one)).body for one in (wish("r1"), wish("r2", 50), wish("r1"))
    ]
    assert [(one["first"], one["last"]) for one in got] == [(1, 100), (101, 150), (1, 100)]
    other = (await api.post("/v1/counters/ranges", wish("r3", series="REFUND"))).body
    assert other["first"] == 1
    reused = await api.post("/v1/counters/ranges", wish("r1", 99))
    assert (reused.status, reused.body["type"]) == (409, "/problems/request-id-reused")


async def test_a_range_never_holds_a_number_that_came_already(api: Api) -> None:
    number = {"series": "INV", "incarnation": "i1", "number": 40}
    await api.post("/v1/documents", batch(invoice(40, fiscal_number=number)))
    assert (await api.post("/v1/counters/ranges", wish("r1"))).body["first"] == 41


async def test_range_mode_counts_each_segment_by_itself(api: Api) -> None:
    await api.post("/v1/counters/ranges", wish("r1"))
    await api.post("/v1/counters/ranges", wish("r2", device="till-2"))
    documents = [
        invoice(n, fiscal_number={"series": "INV", "incarnation": "i1", "number": n}) for n in (1, 2, 101)
    ]
    documents[2]["device"] = "till-2"
    await api.post("/v1/documents", batch(*documents))
    here = report(4, "1", series="INV", last=100)
    there = report(102, "1", series="INV", device="till-2", first=101, last=200, closed=True)
    assert await tell(api, here, there) == [("REPUSH", [("MISSING", 3, 3)]), ("OK", [])]


async def test_next_beyond_the_segment_is_malformed(api: Api) -> None:
    body = {"reports": [report(102, "1", last=100)]}
    answer = await api.post("/v1/counters/reports", body)
    assert (answer.status, answer.body["field"]) == (400, "reports[0].next")
