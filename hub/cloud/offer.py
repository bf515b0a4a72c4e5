"""One call that offers documents to the cloud, and its answers, item by item.

An answer that does not fit its request is a failure of the whole call: nobody may be taken for SYNCED by a mix-up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from heard.revision import Epoch
from hub.cloud.answer import CloudFailed
from hub.cloud.documents import Offered
from hub.core.cloud_failure import Failure, FailureClass
from hub.core.epochs import epoch_body
from hub.core.outbox import BATCH_BYTES_MAX, BATCH_DOCUMENTS_MAX, ItemAnswer, PushResult

REASON_CHARACTERS_MAX = 200


@dataclass(frozen=True, slots=True)
class Answered:
    """What the cloud said of one document; `held` is its own one, with AHEAD."""

    answer: ItemAnswer
    held: Mapping[str, Any] | None = None


def parts(documents: Sequence[Offered]) -> Iterator[list[Offered]]:
    """As they go out: within the contract's bounds, a larger one alone. The plan counts smaller bytes than JSON has."""
    part: list[Offered] = []
    size = 0
    for one in documents:
        if part and (size + len(one.data) > BATCH_BYTES_MAX or len(part) >= BATCH_DOCUMENTS_MAX):
            yield part
            part, size = [], 0
        part.append(one)
        size += len(one.data)
    if part:
        yield part


def read_answers(offered: Sequence[Offered], body: Any) -> list[Answered]:
    """One answer per document, in their order. Raises CloudFailed."""
    results = body.get("results") if isinstance(body, dict) else None
    if not isinstance(results, list) or len(results) != len(offered):
        raise CloudFailed(_unfit("its answer has not one result per document"))
    return [_read(one, result) for one, result in zip(offered, results, strict=True)]


def check_epoch(epoch: Epoch, body: Any) -> None:
    """Raises CloudFailed for an answer that was given to an earlier life of this store: a proxy may have kept it."""
    found = body.get("epoch") if isinstance(body, dict) else None
    if found is None:
        return
    ours = epoch_body(epoch)
    if not isinstance(found, dict) or {key: found.get(key) for key in ours} != ours:
        raise CloudFailed(_unfit("its answer is about another epoch"))


def watermark_of(body: Any) -> int:
    """The hint that master data may have changed; 0 for none."""
    found = body.get("watermark") if isinstance(body, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def _read(one: Offered, result: Any) -> Answered:
    if not isinstance(result, dict) or result.get("kind") != one.kind or result.get("id") != one.document_id:
        raise CloudFailed(_unfit(f"its answer is not about {one.kind} {one.document_id}"))
    if one.version and result.get("version") != one.version:
        raise CloudFailed(_unfit(f"its answer is not about version {one.version} of {one.document_id}"))
    try:
        word = PushResult(result.get("result"))
    except ValueError:
        raise CloudFailed(_unfit(f"it answered {str(result.get('result'))[:40]!r} to a document")) from None
    if word is PushResult.REJECTED:
        return Answered(ItemAnswer(word, _reason(result)))
    held = result.get("held")
    document = held.get("document") if isinstance(held, dict) else None
    return Answered(ItemAnswer(word), document if isinstance(document, dict) else None)


def _reason(result: Mapping[str, Any]) -> str:
    detail, code = result.get("detail"), result.get("code")
    words = detail if isinstance(detail, str) and detail else f"the cloud rejected it ({code})"
    return " ".join(words.split())[:REASON_CHARACTERS_MAX]


def _unfit(reason: str) -> Failure:
    return Failure(FailureClass.TRANSIENT, reason)
