"""Every document and log entry comes back from its bytes as it was; foreign bytes are an error of ours, not a crash."""

import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heard.command import Answer, LineAnswer, Outcome, Reason
from heard.order import Line, LineState, Order, StationLine, StationState, VoidAnswer
from hub.core import decision
from hub.core.decision import AnswerRecord, BusinessDay, CallNumbers, DeviceRecord, Doc, UndoRecord
from hub.store.codec import (
    ANSWER_KIND,
    JSON_KINDS,
    ORDER_KIND,
    LogRecord,
    answer_at_ms,
    decode_doc,
    decode_log,
    encode_doc,
    encode_log,
    log_hub_ms,
)
from hub.store.corrupt import CorruptRecord
from hub.store.plain import from_plain, to_plain
from tests.hub.store.making import an_order

UNDO = UndoRecord(
    "i1",
    7,
    "o1",
    "grill",
    "bump",
    1_700_000_000_000,
    3,
    (("l1", StationLine("grill", LineState.STARTED, 2, void_answer=VoidAnswer.MADE, recalled=True)),),
    StationState("grill", 1, 2, 3, True, 4),
)
DOCS: list[Doc] = [
    an_order("o1", table="12", guest="Zoë"),
    DeviceRecord("T1", 3, {"i1": 8, "i2": 1}),
    DeviceRecord("T1", 3, {}, UNDO),
    AnswerRecord(1, Answer(Outcome.DONE, seq=4, order_id="o1", order_version=2), 1_700_000_000_000, "ab12"),
    AnswerRecord(
        2,
        Answer(
            Outcome.PARTLY, lines=(LineAnswer("l1", Outcome.REJECTED, Reason.STALE, Line("l1", "burger")),)
        ),
        5,
    ),
    BusinessDay(2, "2026-11-23", 5, 6),
    CallNumbers(9, 220, 11),
]


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: type(doc).__name__)
def test_documents_come_back(doc: Doc) -> None:
    assert decode_doc(b"k", encode_doc(doc)) == doc


def test_every_kind_of_document_has_a_rule() -> None:
    kinds = set(typing.get_args(decision.Doc))
    assert kinds == {Order, AnswerRecord, *JSON_KINDS.values()}
    assert len({ORDER_KIND, ANSWER_KIND, *JSON_KINDS}) == len(kinds)


def test_a_document_without_a_rule_is_an_error() -> None:
    with pytest.raises(TypeError, match="no rule for str"):
        encode_doc("text")  # type: ignore[arg-type]


@given(st.binary(max_size=60))
def test_foreign_bytes_are_a_corrupt_record(body: bytes) -> None:
    for letter in (ORDER_KIND, ANSWER_KIND, *JSON_KINDS, b""):
        try:
            decode_doc(b"k", letter + body)
        except CorruptRecord:
            continue
    try:
        decode_log(b"k", body)
    except CorruptRecord:
        return


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(CorruptRecord, match="unknown kind b'Z'"):
        decode_doc(b"k", b"Z{}")


def test_the_time_of_an_answer_is_read_without_decoding_it() -> None:
    assert answer_at_ms(encode_doc(DOCS[3])) == 1_700_000_000_000
    assert answer_at_ms(encode_doc(DOCS[0])) == 0


VIEWS = st.frozensets(st.sampled_from(["expo", "board", "prep:grill", "terminal:T1", "prep:جريل"]))


@given(
    st.integers(0, 2**63),
    st.text(max_size=40).map(lambda text: f"order/{text}"),
    st.none() | st.binary(max_size=50),
    VIEWS,
    VIEWS,
)
def test_log_records_come_back(
    hub_ms: int, key: str, order_bytes: bytes | None, old: frozenset[str], new: frozenset[str]
) -> None:
    record = LogRecord(hub_ms, key, order_bytes, old, new)
    body = encode_log(record)
    assert decode_log(b"k", body) == record
    assert log_hub_ms(body) == hub_ms


def test_plain_values_leave_defaults_out_and_take_them_back() -> None:
    assert to_plain(BusinessDay(1, "d", 2)) == {"version": 1, "date": "d", "opened_at_ms": 2}
    assert from_plain(
        BusinessDay, {"version": 1, "date": "d", "opened_at_ms": 2, "of_tomorrow": 1}
    ) == BusinessDay(1, "d", 2)
    with pytest.raises(TypeError):
        from_plain(BusinessDay, {"version": 1})
