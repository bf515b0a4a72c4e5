"""Hubs and their tokens. A refresh token is for ever and never replaced, so that a lost answer locks nobody out."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3

from hub.cloud.reference.problem import Problem

ACCESS_TOKENS_PER_HUB_MAX = 8
"""A hub uses one; a few more live while refreshes race. The oldest go."""


def add_hub(db: sqlite3.Connection, hub: str, refresh_token: str) -> None:
    """Make a hub known, or give it another refresh token."""
    db.execute(
        "INSERT INTO hubs (hub, refresh_hash) VALUES (?,?) ON CONFLICT (hub) DO UPDATE SET refresh_hash=excluded.refresh_hash",
        (hub, _hash(refresh_token)),
    )


def count_hubs(db: sqlite3.Connection) -> int:
    """How many hubs are known."""
    return int(db.execute("SELECT count(*) FROM hubs").fetchone()[0])


def refresh(
    db: sqlite3.Connection, hub: str, refresh_token: str, now_ms: int, life_s: int
) -> dict[str, object]:
    """A new access token. Raises Problem pairing-lost."""
    found = db.execute("SELECT refresh_hash FROM hubs WHERE hub=?", (hub,)).fetchone()
    if found is None or not secrets.compare_digest(found[0], _hash(refresh_token)):
        raise Problem("pairing-lost", f"hub {hub} with this refresh token is not known: pair the hub anew")
    access = secrets.token_urlsafe(24)
    db.execute("INSERT INTO access VALUES (?,?,?)", (_hash(access), hub, now_ms + life_s * 1000))
    db.execute(
        "DELETE FROM access WHERE hub=? AND token_hash NOT IN"
        " (SELECT token_hash FROM access WHERE hub=? ORDER BY expires_ms DESC LIMIT ?)",
        (hub, hub, ACCESS_TOKENS_PER_HUB_MAX),
    )
    return {"access_token": access, "token_type": "Bearer", "expires_in_s": life_s}


def check(db: sqlite3.Connection, authorization: str, now_ms: int) -> str:
    """The hub that a header `Authorization: Bearer …` speaks for. Raises Problem token-invalid or hub-suspended."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem("token-invalid", "send Authorization: Bearer TOKEN; POST /v1/token makes one")
    found = db.execute(
        "SELECT hub, expires_ms, suspended FROM access JOIN hubs USING (hub) WHERE token_hash=?",
        (_hash(token),),
    ).fetchone()
    if found is None or found["expires_ms"] <= now_ms:
        raise Problem(
            "token-invalid", "this access token is wrong or expired; POST /v1/token makes a new one"
        )
    if found["suspended"]:
        raise Problem("hub-suspended", f"hub {found['hub']} was suspended; ask who runs this cloud")
    return str(found["hub"])


def expire_all(db: sqlite3.Connection) -> None:
    """Every access token is expired from now on."""
    db.execute("UPDATE access SET expires_ms=0")


def suspend(db: sqlite3.Connection, hub: str, suspended: bool) -> None:
    """Answer a hub 403 from now on, or no longer. Raises Problem not-found."""
    if not db.execute("UPDATE hubs SET suspended=? WHERE hub=?", (int(suspended), hub)).rowcount:
        raise Problem("not-found", f"there is no hub {hub}")


def _hash(token: str) -> str:
    # Tokens are long and random, so a plain hash is enough; what lies on the disk opens nothing.
    return hashlib.sha256(token.encode()).hexdigest()
