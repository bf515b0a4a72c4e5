"""Commands about the site and no order: 86, pause, close and open a station, and UNDO of an 86."""

from __future__ import annotations

from dataclasses import replace

from heard.command import CloseStation, Command, EightySix, OpenStation, Pause, Reason, SiteVerb, Undo
from heard.order import NO_TEXT
from heard.why import why
from hub.core import eighty_six, stations
from hub.core.decision import (
    DAY_KEY,
    OUT_KEY,
    SITE_DEEDS_KEY,
    STATIONS_KEY,
    Decision,
    Doc,
    Docs,
    Key,
    OutItem,
    OutOfStock,
    SiteDeed,
    SiteDeeds,
    UndoRecord,
)
from hub.core.edit import Verdict, refused
from hub.core.identity import consumed, decision
from hub.core.site import Site

SITE_DEEDS_KEPT = 300
"""A busy day has some ten; 60 KB at most."""


def is_site_command(command: Command) -> bool:
    """True where the command is about no order."""
    return isinstance(command.verb, SiteVerb) or (isinstance(command.verb, Undo) and not command.order_id)


def needs(command: Command) -> frozenset[Key]:
    """The documents of the site that `decide` reads."""
    if isinstance(command.verb, EightySix | Undo):
        return frozenset((OUT_KEY, DAY_KEY, SITE_DEEDS_KEY))
    return frozenset((STATIONS_KEY, SITE_DEEDS_KEY))


def decide(docs: Docs, command: Command, now_ms: int, site: Site) -> Decision:
    """What becomes of a new command about the site."""
    key, made, undo = OUT_KEY, None, None
    doc: Doc | None = None
    verb = command.verb
    match verb:
        case EightySix():
            made, doc, undo = eighty_six.set_availability(docs, command, verb, now_ms, site)
        case Undo():
            made, doc, undo = eighty_six.undo(docs, command, verb, now_ms, site)
        case Pause():
            key = STATIONS_KEY
            made, doc = stations.pause(docs, command, verb, now_ms, site)
        case CloseStation():
            key = STATIONS_KEY
            made, doc = stations.close(docs, command, verb, now_ms, site)
        case OpenStation():
            key = STATIONS_KEY
            made, doc = stations.open_(docs, command, verb, now_ms, site)
        case _:
            made = refused(Reason.UNSUPPORTED, why("command.unknown"))
    deed = None if doc is None else _deed(docs, command, doc, now_ms, site)
    return _decided(docs, command, made, {key: doc} if doc else {}, deed, undo, now_ms)


def _deed(docs: Docs, command: Command, doc: Doc, now_ms: int, site: Site) -> SiteDeed | None:
    """What the flight recorder keeps: what holds from now on, whatever the key was called."""
    by = SiteDeed(now_ms, command.device, command.user, command.verb.name, "")
    match command.verb:
        case EightySix(item_id, available, name):
            return replace(by, what=item_id, on=not available, name=name)
        case Undo():
            before, after = _out(docs.get(OUT_KEY)), _out(doc)
            item_id = next(iter(before.keys() ^ after.keys()), "")
            found = after.get(item_id) or before.get(item_id)
            name = found.name if found is not None else NO_TEXT
            return replace(by, verb=EightySix.name, what=item_id, on=item_id in after, name=name)
        case Pause(station, until_ms, resume):
            left_ms = 0 if resume else until_ms - (now_ms + site.wall_offset_ms)
            return replace(by, what=station, on=not resume, until_ms=left_ms)
        case CloseStation(station, to_station):
            return replace(by, what=station, to_station=to_station)
        case OpenStation(station):
            return replace(by, verb=CloseStation.name, what=station, on=False)
        case _:
            return None


def _out(doc: Doc | None) -> dict[str, OutItem]:
    return {one.item_id: one for one in doc.items} if isinstance(doc, OutOfStock) else {}


def _decided(
    docs: Docs,
    command: Command,
    verdict: Verdict,
    puts: dict[Key, Doc],
    deed: SiteDeed | None,
    undo: UndoRecord | None,
    now_ms: int,
) -> Decision:
    answer = verdict.answer(command, None)
    # A station that was closed cannot be "undone" by a key that meant the bump before it.
    changed = bool(puts) and isinstance(command.verb, EightySix | Undo)
    if deed is not None:
        known = docs.get(SITE_DEEDS_KEY)
        book = known if isinstance(known, SiteDeeds) else SiteDeeds(0)
        puts[SITE_DEEDS_KEY] = SiteDeeds(book.version + 1, (*book.deeds, deed)[-SITE_DEEDS_KEPT:])
    puts.update(consumed(docs, command, answer, now_ms, undo, undo_changed=changed))
    return decision(docs, answer, puts)
