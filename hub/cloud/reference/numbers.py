"""Fiscal numbers: ranges, reports of counters, and what is MISSING, DUPLICATE, REGRESSED or a FORK."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from hub.cloud.reference.fields import HEX16, INTEGER_MAX, Fields
from hub.cloud.reference.problem import Problem

REPORTS_MAX = 200
FINDINGS_SHOWN_MAX = 20
"""Per segment; one finding is a whole run of numbers, so more than this is for people with a database."""
RANGE_MAX = 100_000


@dataclass(frozen=True, slots=True)
class FiscalNumber:
    """The number that a document carries."""

    series: str
    incarnation: str
    number: int


@dataclass(frozen=True, slots=True)
class Report:
    """Where a counter stands, by the one who counts. `last` None is prefix mode."""

    device: str
    incarnation: str
    series: str
    first: int
    last: int | None
    next: int
    pending: int
    closed: bool
    nonce: str
    previous_nonce: str


@dataclass(frozen=True, slots=True)
class Sent:
    """When a request left its hub: on the hub's own time line, which never falls in an epoch."""

    epoch_n: int
    epoch_random: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Reports:
    """One request; `sent` is None where the hub does not say."""

    reports: tuple[Report, ...]
    sent: Sent | None = None


@dataclass(frozen=True, slots=True)
class RangeRequest:
    """A wish for numbers."""

    request_id: str
    device: str
    incarnation: str
    series: str
    size: int


def read_fiscal(item: Fields) -> FiscalNumber:
    """Check the number of a document. Raises Problem malformed."""
    return FiscalNumber(item.text("series"), item.text("incarnation"), item.integer("number", 1))


def read_reports(body: Fields) -> Reports:
    """Check a request. Raises Problem malformed."""
    reports = tuple(_read_report(item) for item in body.items("reports", 1, REPORTS_MAX))
    if not body.has("sent"):
        return Reports(reports)
    sent = body.inner("sent")
    epoch = sent.inner("epoch")
    return Reports(
        reports, Sent(epoch.integer("n", 1), epoch.text("random", HEX16), sent.integer("at_ms", 0))
    )


def read_range(body: Fields) -> RangeRequest:
    """Check a request. Raises Problem malformed."""
    return RangeRequest(
        request_id=body.text("request_id"),
        device=body.text("device"),
        incarnation=body.text("incarnation"),
        series=body.text("series"),
        size=body.integer("size", 1, RANGE_MAX),
    )


def allocate(db: sqlite3.Connection, hub: str, wish: RangeRequest) -> dict[str, object]:
    """The block of this request id, new or as given before. Raises Problem request-id-reused."""
    row = db.execute("SELECT * FROM ranges WHERE hub=? AND request_id=?", (hub, wish.request_id)).fetchone()
    if row is None:
        top = db.execute(
            "SELECT coalesce(max(last),0) FROM ranges WHERE hub=? AND series=?", (hub, wish.series)
        ).fetchone()[0]
        # Numbers that came without a block were issued all the same: never give them out again.
        used = db.execute(
            "SELECT coalesce(max(number),0) FROM fiscal WHERE hub=? AND series=?", (hub, wish.series)
        ).fetchone()[0]
        first = max(top, used) + 1
        values = (
            hub,
            wish.request_id,
            wish.device,
            wish.incarnation,
            wish.series,
            first,
            first + wish.size - 1,
        )
        db.execute("INSERT INTO ranges VALUES (?,?,?,?,?,?,?)", values)
        row = db.execute(
            "SELECT * FROM ranges WHERE hub=? AND request_id=?", (hub, wish.request_id)
        ).fetchone()
    asked = wish.device, wish.incarnation, wish.series, wish.size
    if asked != (row["device"], row["incarnation"], row["series"], row["last"] - row["first"] + 1):
        raise Problem(
            "request-id-reused", f"request {wish.request_id} asked for something else before; make a new id"
        )
    return {name: row[name] for name in ("request_id", "device", "incarnation", "series", "first", "last")}


def note_document(
    db: sqlite3.Connection, hub: str, device: str, document_id: str, content_hash: str, number: FiscalNumber
) -> None:
    """Remember the number of a document that was taken; a second document under it is a DUPLICATE."""
    _note_incarnation(db, hub, device, number.incarnation)
    db.execute(
        "INSERT INTO fiscal VALUES (?,?,?,?,?,?,?)",
        (hub, number.series, number.number, document_id, content_hash, device, number.incarnation),
    )
    others = db.execute(
        "SELECT id FROM fiscal WHERE hub=? AND series=? AND number=? ORDER BY id",
        (hub, number.series, number.number),
    ).fetchall()
    if len(others) > 1:
        detail = f"{number.series} {number.number} stands on {' and '.join(row['id'] for row in others[:5])}"
        _find(
            db,
            hub,
            "DUPLICATE",
            (device, number.incarnation, number.series),
            number.number,
            number.number,
            detail,
        )


def report(db: sqlite3.Connection, hub: str, request: Reports, now_ms: int) -> dict[str, object]:
    """Take reports; findings and advice per report, in their order. Raises Problem overtaken."""
    if request.sent is not None:
        _take_in_order(db, hub, request.sent)
    return {"results": [_take(db, hub, one, now_ms) for one in request.reports]}


def advice(db: sqlite3.Connection, hub: str) -> list[dict[str, object]]:
    """What the gateway reminds of: segments of each device's newest incarnation that are not OK."""
    rows = db.execute(
        "SELECT DISTINCT device, incarnation, series FROM segments s WHERE hub=? AND incarnation="
        " (SELECT incarnation FROM incarnations i WHERE i.hub=s.hub AND i.device=s.device ORDER BY place DESC LIMIT 1)",
        (hub,),
    ).fetchall()
    found = [_advice(db, hub, (row["device"], row["incarnation"], row["series"])) for row in rows]
    return [one for one in found if one["advice"] != "OK"][:FINDINGS_SHOWN_MAX]


def counters(db: sqlite3.Connection, hub: str) -> dict[str, object]:
    """All segments as last reported, and every finding."""
    segments, findings = [], []
    keys = set()
    for row in db.execute(
        "SELECT * FROM segments WHERE hub=? ORDER BY device, incarnation, series, first", (hub,)
    ).fetchall():
        names = ("device", "incarnation", "series", "first", "last", "next", "pending")
        shown = {name: row[name] for name in names} | {
            "closed": bool(row["closed"]),
            "reported_at_ms": row["reported_ms"],
        }
        segments.append(shown | {"received": _received(db, row)})
        keys.add((row["device"], row["incarnation"], row["series"]))
    for row in db.execute("SELECT DISTINCT device, incarnation, series FROM findings WHERE hub=?", (hub,)):
        keys.add((row["device"], row["incarnation"], row["series"]))
    for key in sorted(keys):
        findings += _findings(db, hub, key)
    return {"segments": segments, "findings": findings}


Key = tuple[str, str, str]
"""Device, incarnation, series."""


def _read_report(item: Fields) -> Report:
    first = item.integer("first", 1)
    last = item.integer("last", first) if item.has("last") else None
    previous = item.value.get("previous_nonce")
    if not isinstance(previous, str) or len(previous) > 64:
        raise item.wrong("previous_nonce", "a string of at most 64")
    nonce = item.value.get("nonce")
    if not isinstance(nonce, str) or not 8 <= len(nonce) <= 64:
        raise item.wrong("nonce", "a string of 8 to 64")
    return Report(
        device=item.text("device"),
        incarnation=item.text("incarnation"),
        series=item.text("series"),
        first=first,
        last=last,
        next=item.integer("next", first, INTEGER_MAX if last is None else last + 1),
        pending=item.integer("pending", 0),
        closed=item.boolean("closed", default=False),
        nonce=nonce,
        previous_nonce=previous,
    )


def _take_in_order(db: sqlite3.Connection, hub: str, sent: Sent) -> None:
    """What a slow line brings after a newer report of the same store would look like a second machine with the same counter."""
    name = f"reports-sent/{hub}/{sent.epoch_n}/{sent.epoch_random}"
    row = db.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()
    if row is not None and sent.at_ms < int(row["value"]):
        raise Problem("overtaken", "a later report of this hub came before this one; report as it stands now")
    db.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (name, str(sent.at_ms)))


def _take(db: sqlite3.Connection, hub: str, new: Report, now_ms: int) -> dict[str, object]:
    key = new.device, new.incarnation, new.series
    _note_incarnation(db, hub, new.device, new.incarnation)
    old = db.execute(
        "SELECT * FROM segments WHERE hub=? AND device=? AND incarnation=? AND series=? AND first=?",
        (hub, *key, new.first),
    ).fetchone()
    top = new.next
    if old is not None and new.nonce != old["nonce"]:
        if new.next < old["next"]:
            detail = f"next was {old['next']}, now {new.next}: restored from a copy, or reset"
            _find(db, hub, "REGRESSED", key, new.next, old["next"] - 1, detail)
            top = old["next"]  # what was issued stays issued
        elif new.previous_nonce != old["nonce"]:
            detail = "the report does not follow the last one: two machines count with this counter"
            _find(db, hub, "FORK", key, old["next"], max(old["next"], new.next - 1), detail)
    values = (hub, *key, new.first, new.last, top, new.pending, int(new.closed), new.nonce, now_ms)
    db.execute("INSERT OR REPLACE INTO segments VALUES (?,?,?,?,?,?,?,?,?,?,?)", values)
    return _advice(db, hub, key)


def _advice(db: sqlite3.Connection, hub: str, key: Key) -> dict[str, object]:
    findings = _findings(db, hub, key)
    kinds = {one["kind"] for one in findings}
    word = "NEW_INCARNATION" if kinds - {"MISSING"} else "REPUSH" if kinds else "OK"
    device, incarnation, series = key
    found: dict[str, object] = {"device": device, "incarnation": incarnation, "series": series}
    return found | {"advice": word, "findings": findings[:FINDINGS_SHOWN_MAX]}


def _findings(db: sqlite3.Connection, hub: str, key: Key) -> list[dict[str, object]]:
    rows = db.execute(
        "SELECT * FROM findings WHERE hub=? AND device=? AND incarnation=? AND series=? ORDER BY kind, low",
        (hub, *key),
    ).fetchall()
    found = [_shown(row["kind"], key, row["low"], row["high"], row["detail"]) for row in rows]
    segments = db.execute(
        "SELECT * FROM segments WHERE hub=? AND device=? AND incarnation=? AND series=? AND pending=0 ORDER BY first",
        (hub, *key),
    ).fetchall()
    for segment in segments:
        for low, high in _gaps(db, segment):
            found.append(_shown("MISSING", key, low, high, "issued, and confirmed as sent, but not here"))
    return found


def _gaps(db: sqlite3.Connection, segment: sqlite3.Row) -> list[tuple[int, int]]:
    """Runs of numbers of a segment, below its next, under which no document came from its device and incarnation."""
    rows = db.execute(
        "SELECT DISTINCT number FROM fiscal WHERE hub=? AND series=? AND number>=? AND number<? AND device=? AND incarnation=? ORDER BY number",
        (*(segment[name] for name in ("hub", "series", "first", "next", "device", "incarnation")),),
    )
    gaps = []
    expected = segment["first"]
    for (number,) in rows:
        if number > expected:
            gaps.append((expected, number - 1))
        expected = number + 1
    if expected < segment["next"]:
        gaps.append((expected, segment["next"] - 1))
    return gaps


def _received(db: sqlite3.Connection, segment: sqlite3.Row) -> int:
    high = segment["last"] if segment["last"] is not None else (1 << 63) - 1
    names = (segment[name] for name in ("hub", "series", "device", "incarnation", "first"))
    return int(
        db.execute(
            "SELECT count(*) FROM fiscal WHERE hub=? AND series=? AND device=? AND incarnation=? AND number>=? AND number<=?",
            (*names, high),
        ).fetchone()[0]
    )


def _find(db: sqlite3.Connection, hub: str, kind: str, key: Key, low: int, high: int, detail: str) -> None:
    db.execute(
        "INSERT OR REPLACE INTO findings VALUES (?,?,?,?,?,?,?,?)", (hub, kind, *key, low, high, detail)
    )


def _note_incarnation(db: sqlite3.Connection, hub: str, device: str, incarnation: str) -> None:
    db.execute(
        "INSERT OR IGNORE INTO incarnations SELECT ?,?,?, coalesce(max(place),0)+1 FROM incarnations WHERE hub=? AND device=?",
        (hub, device, incarnation, hub, device),
    )


def _shown(kind: str, key: Key, low: int, high: int, detail: str) -> dict[str, object]:
    device, incarnation, series = key
    place: dict[str, object] = {"device": device, "incarnation": incarnation, "series": series}
    return {"kind": kind} | place | {"from": low, "to": high, "detail": detail}
