"""A page or a gateway's answer that is not as the contract says is refused with words; unknown fields are left alone."""

from __future__ import annotations

from typing import Any

import pytest

from hub.cloud.answer import CloudFailed
from hub.cloud.gateway import Policy, SyncResponse, read_sync_response
from hub.cloud.page import BadPage, read_page

PAGE: dict[str, Any] = {"module": "taxes", "changes": [], "cursor": "c.1", "more": False}


def test_the_last_change_of_an_id_stands_and_unknown_fields_do_not_matter() -> None:
    changes = [
        {"id": "a", "row": {"x": 1}},
        {"id": "b", "row": []},
        {"id": "a", "deleted": True, "why": "sold"},
    ]
    page = read_page("taxes", {**PAGE, "changes": changes, "new": 1})
    assert page.changes == {"a": None, "b": {}}


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"module": "users"}, "asked was taxes"),
        ({"cursor": ""}, "cursor"),
        ({"cursor": "a b"}, "cursor"),
        ({"more": 1}, "more is neither"),
        ({"more": True}, "no change"),
        ({"changes": {}}, "no list"),
        ({"changes": [{"id": "a"}] * 2_001}, "no list of at most 2000"),
        ({"changes": [1]}, r"changes\[0\].id"),
        ({"changes": [{"id": "a/b", "row": {}}]}, r"changes\[0\].id"),
        ({"changes": [{"id": "a"}]}, "neither a row nor deleted"),
        ({"changes": [{"id": "a", "deleted": False}]}, "neither a row nor deleted"),
        ({"changes": [{"id": "a", "deleted": True, "row": {}}]}, "neither a row nor deleted"),
    ],
)
def test_bad_pages(changes: dict[str, Any], what: str) -> None:
    with pytest.raises(BadPage, match=what):
        read_page("taxes", {**PAGE, **changes})


ANSWER: dict[str, Any] = {
    "server_time_ms": 5,
    "watermark": 7,
    "modules": [
        {"module": "taxes", "state": "CHANGED", "changes_about": 1},
        {"module": "hats", "state": "RESET", "changes_about": 0},
    ],
    "policy": {"max_sync_retry": 3, "page_rows": 500, "poll_interval_s": 60},
    "counters": [],
    "highest_epoch": {"n": 2, "random": "00000000000000aa"},
}


def test_an_answer_of_the_gateway() -> None:
    assert read_sync_response(ANSWER) == SyncResponse(
        5, 7, {"taxes": False, "hats": True}, Policy(3, 500, 60), (), (2, 0xAA)
    )
    assert read_sync_response({**ANSWER, "highest_epoch": None}).highest_epoch is None


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"watermark": -1}, "watermark"),
        ({"watermark": True}, "watermark"),
        ({"server_time_ms": "now"}, "server_time_ms"),
        ({"modules": [{"module": "taxes", "state": "GONE"}]}, "modules"),
        ({"modules": None}, "modules"),
        ({"policy": []}, "policy"),
        ({"policy": {**ANSWER["policy"], "poll_interval_s": 0}}, "poll_interval_s"),
        ({"policy": {**ANSWER["policy"], "max_sync_retry": 99}}, "max_sync_retry"),
        ({"counters": [1]}, "counters"),
        ({"highest_epoch": {"n": 1, "random": "zz"}}, "highest_epoch"),
        ({"highest_epoch": {"n": 0, "random": "00000000000000aa"}}, "n is no"),
    ],
)
def test_bad_answers_of_the_gateway(changes: dict[str, Any], what: str) -> None:
    with pytest.raises(CloudFailed, match=what):
        read_sync_response({**ANSWER, **changes})
