"""When this epoch of the store began, on the hub's time line; and how the cloud is told of one.

A screen's command from an earlier epoch names versions of that epoch's history. A version that came before this epoch began
is the same in both; a later one of the same number is another, and nothing may be bumped that was not painted.
"""

from __future__ import annotations

from heard.revision import Epoch
from hub.core.decision import Decision, Docs, EpochBegan, epoch_key


def decide_began(docs: Docs, n: int, now_ms: int) -> Decision:
    """Remembers once when epoch `n` began: at the first start of a hub in it, before anything else is decided."""
    key = epoch_key(n)
    known = docs.get(key)
    if isinstance(known, EpochBegan):
        return Decision(None, {key: known.version})
    return Decision(None, {key: None}, {key: EpochBegan(1, now_ms)})


def epoch_body(epoch: Epoch) -> dict[str, object]:
    """An epoch in the words of the cloud's contract."""
    return {"n": epoch.n, "random": f"{epoch.random:016x}"}
