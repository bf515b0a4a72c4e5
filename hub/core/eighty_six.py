"""86: which items are out. A mark that everybody sees, never a refusal; it lasts for the business date on which it was said.

The date stands with each item, so that the day's roll ends them all without writing anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from heard.command import Command, EightySix, Outcome, Reason, Undo
from heard.order import Line, in_english
from heard.stream import ItemAvailability, OutItems
from heard.why import why
from hub.core.decision import (
    DAY_KEY,
    OUT_KEY,
    BusinessDay,
    DeviceRecord,
    Doc,
    Docs,
    OutItem,
    OutOfStock,
    UndoRecord,
    device_key,
)
from hub.core.edit import ALREADY, DONE, Verdict, refused
from hub.core.site import Site
from hub.core.undo import UNDO_MS

ITEMS_OUT_MAX = 500
"""Half a menu; the list goes to every screen as one value (120 KB at most)."""

Made: TypeAlias = tuple[Verdict, OutOfStock | None, UndoRecord | None]


def out_now(doc: Doc | None, business_date: str, *, keep: bool) -> tuple[OutItem, ...]:
    """The items that are out on this business date; with `keep` also those of earlier ones."""
    if not isinstance(doc, OutOfStock):
        return ()
    return tuple(one for one in doc.items if keep or one.business_date == business_date)


def out_items(items: tuple[OutItem, ...]) -> OutItems:
    """As screens and tills are told."""
    return OutItems(
        tuple(ItemAvailability(one.item_id, False, one.name, one.since_ms, one.by) for one in items)
    )


def set_availability(docs: Docs, command: Command, verb: EightySix, now_ms: int, site: Site) -> Made:
    """The item is out, or available again. Reads OUT_KEY and DAY_KEY."""
    items, version, date = _stand(docs, site)
    before = next((one for one in items if one.item_id == verb.item_id), None)
    if (before is None) == verb.available:
        return ALREADY, None, None
    rest = tuple(one for one in items if one.item_id != verb.item_id)
    if verb.available:
        made = rest
    elif len(rest) >= ITEMS_OUT_MAX:
        return refused(Reason.NOT_NOW, why("out.full", n=len(rest)), "eighty_six.item_id"), None, None
    else:
        by = command.user or command.device
        made = (*rest, OutItem(verb.item_id, now_ms, date, by, verb.item_name))
    undo = UndoRecord(
        command.incarnation, command.seq, "", "", "eighty_six", now_ms, version + 1, (), None, verb.item_id, before
    )  # fmt: skip
    return DONE, OutOfStock(version + 1, made), undo


def undo(docs: Docs, command: Command, verb: Undo, now_ms: int, site: Site) -> Made:
    """Takes back this device's last action, an 86, within 60 s; only this item is touched, whatever came between."""
    device = docs.get(device_key(command.device)) if command.seq else None
    record = device.last_action if isinstance(device, DeviceRecord) else None
    if (
        record is None
        or record.verb != "eighty_six"
        or record.seq != verb.undo_seq
        or record.incarnation != command.incarnation
    ):
        return (
            refused(Reason.NOT_NOW, why("undo.not_last")),
            None,
            None,
        )
    if now_ms - record.at_ms > UNDO_MS:
        return refused(Reason.NOT_NOW, why("undo.late_86")), None, None
    items, version, date = _stand(docs, site)
    rest = tuple(one for one in items if one.item_id != record.item_id)
    back = record.item_before
    made = rest if back is None else (*rest, replace(back, business_date=date))
    return DONE, OutOfStock(version + 1, made), None


def flagged(verdict: Verdict, lines: Iterable[Line], out: Mapping[str, str]) -> Verdict:
    """The answer to new lines of which an item is out says so: the till warns, they are taken all the same."""
    found = dict.fromkeys(line.item_id for line in lines if line.item_id in out)
    if not found or verdict.outcome is not Outcome.DONE:
        return verdict
    return replace(verdict, message=f"86: {', '.join(out[item_id] for item_id in found)}")


def names_of(items: tuple[OutItem, ...]) -> dict[str, str]:
    """What each item that is out is called, by its id, for `Site.out`."""
    return {one.item_id: in_english(one.name, one.item_id) for one in items}


def _stand(docs: Docs, site: Site) -> tuple[tuple[OutItem, ...], int, str]:
    doc, day = docs.get(OUT_KEY), docs.get(DAY_KEY)
    date = day.date if isinstance(day, BusinessDay) else ""
    version = doc.version if isinstance(doc, OutOfStock) else 0
    return out_now(doc, date, keep=site.keep_86), version, date
