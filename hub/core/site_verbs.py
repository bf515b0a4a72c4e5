"""Commands about the site and no order: 86, pause, close and open a station, and UNDO of an 86."""

from __future__ import annotations

from heard.command import CloseStation, Command, EightySix, OpenStation, Pause, Reason, SiteVerb, Undo
from hub.core import eighty_six, stations
from hub.core.decision import DAY_KEY, OUT_KEY, STATIONS_KEY, Decision, Doc, Docs, Key, UndoRecord
from hub.core.edit import Verdict, refused
from hub.core.identity import consumed, decision
from hub.core.site import Site


def is_site_command(command: Command) -> bool:
    """True where the command is about no order."""
    return isinstance(command.verb, SiteVerb) or (isinstance(command.verb, Undo) and not command.order_id)


def needs(command: Command) -> frozenset[Key]:
    """The documents of the site that `decide` reads."""
    if isinstance(command.verb, EightySix | Undo):
        return frozenset((OUT_KEY, DAY_KEY))
    return frozenset((STATIONS_KEY,))


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
            made = refused(Reason.UNSUPPORTED, "this hub does not know this verb yet")
    return _decided(docs, command, made, key, doc, undo, now_ms)


def _decided(
    docs: Docs,
    command: Command,
    verdict: Verdict,
    key: Key,
    doc: Doc | None,
    undo: UndoRecord | None,
    now_ms: int,
) -> Decision:
    answer = verdict.answer(command, None)
    puts: dict[Key, Doc] = {} if doc is None else {key: doc}
    # A station that was closed cannot be "undone" by a key that meant the bump before it.
    changed = doc is not None and isinstance(command.verb, EightySix | Undo)
    puts.update(consumed(docs, command, answer, now_ms, undo, undo_changed=changed))
    return decision(docs, answer, puts)
