"""Reports of a screen that wait for the stream: merged by order, so that their number is bounded by the tickets. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from heard.stream import Behind, Painted


def merge(reports: Iterable[Painted]) -> Painted | None:
    """One report that says what all of these say, oldest first; None for none.

    A whole picture and a new epoch forget what came before; a later word about an order replaces the earlier one, unless it is
    about an older version.
    """
    epoch = None
    whole = False
    shown: dict[str, int] = {}
    behind: dict[str, Behind] = {}
    for report in reports:
        if report.whole_picture or report.epoch != epoch:
            shown.clear()
            behind.clear()
            whole = report.whole_picture
            epoch = report.epoch
        for order_id, version in report.newly_shown:
            shown[order_id] = max(version, shown.get(order_id, 0))
            waits = behind.get(order_id)
            if waits is not None and waits.version <= version:
                del behind[order_id]
        for one in report.behind:
            waits = behind.get(one.order_id, one)
            if one.version >= waits.version and one.version > shown.get(one.order_id, -1):
                behind.pop(one.order_id, None)  # told anew, it stands last: in whatever parts they are merged
                behind[one.order_id] = one
    if epoch is None:
        return None
    return Painted(epoch, tuple(shown.items()), tuple(behind.values()), whole)
